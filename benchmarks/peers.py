"""Peers: other ways of finding the vocabulary's names in a text, each built from the same names without conditions."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ahocorasick_rs
import flashtext2
import re2
import spacy
from spacy.matcher import PhraseMatcher

from analysis.classify.vocabulary import Vocabulary

Names = Mapping[str, tuple[str, ...]]
"""A name as it is written in lower case, and the skills it stands for."""
Finder = Callable[[str], set[str]]
"""Returns the skills that a text names."""

_EDGES: Final = (r"(?<![a-z0-9_])", r"(?![a-z0-9_])")


def names_of(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return every name with the skills of its first form: a peer knows no conditions, and no decoys.

    The vocabulary writes a space for a hyphen; peers take names literally and get both spellings.
    """
    spelled = ((name, forms) for name, forms in vocabulary.forms.items() if forms)
    return {s: (forms[0].skill, *forms[0].also) for name, forms in spelled for s in (name, name.replace(" ", "-"))}


def trie_regex(names: Names) -> Finder:
    """The yardstick: the standard library's `re` over a trie of all names, ASCII boundaries, text lower-cased once."""
    root: dict[str, Any] = {}
    for name in names:
        node = root
        for char in name:
            node = node.setdefault(char, {})
        node[""] = {}
    # The fastest of the shapes tried: "\b" before the names, or a lookbehind in each first letter's branch, are slower.
    pattern = re.compile(_EDGES[0] + _branch(root) + _EDGES[1])

    def find(text: str) -> set[str]:
        return {skill for hit in pattern.findall(text.lower()) for skill in names.get(" ".join(hit.split()), ())}

    return find


def _branch(node: Mapping[str, Any]) -> str:
    parts = [(r"\s+" if char == " " else re.escape(char)) + _branch(child) for char, child in node.items() if char]
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{inner})?" if "" in node else inner


def naive_loop(names: Names) -> Finder:
    """One regular expression per name between two `\\b`, letter case ignored."""
    patterns = [(re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE), skills) for name, skills in names.items()]

    def find(text: str) -> set[str]:
        return {skill for pattern, skills in patterns if pattern.search(text) for skill in skills}

    return find


def aho_corasick(names: Names) -> Finder:
    """ahocorasick_rs, longest match, no boundaries at all."""
    automaton = ahocorasick_rs.AhoCorasick(list(names), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    skills = list(names.values())

    def find(text: str) -> set[str]:
        return {s for number, _, _ in automaton.find_matches_as_indexes(text.lower()) for s in skills[number]}

    return find


def re2_set(names: Names) -> Finder:
    """RE2's set of expressions: which names occur, not where; ASCII boundaries spelled out, for RE2 looks nowhere."""
    options = re2.Options()
    options.max_mem = 1 << 30
    patterns = re2.Set.SearchSet(options)
    for name in names:
        patterns.Add(rf"(?:^|[^a-z0-9_]){re2.escape(name)}(?:$|[^a-z0-9_])")
    patterns.Compile()
    skills = list(names.values())

    def find(text: str) -> set[str]:
        return {skill for number in patterns.Match(text.lower()) or () for skill in skills[number]}

    return find


def flash_text(names: Names) -> Finder:
    """flashtext2: a trie over words as Unicode separates them, letter case ignored."""
    processor = flashtext2.KeywordProcessor(case_sensitive=False)
    for number, name in enumerate(names):
        processor.add_keyword(name, str(number))
    skills = list(names.values())

    def find(text: str) -> set[str]:
        return {skill for number in processor.extract_keywords(text) for skill in skills[int(number)]}

    return find


def phrase_matcher(names: Names) -> Finder:
    """spaCy's PhraseMatcher over a blank English pipeline, attribute LOWER."""
    pipeline = spacy.blank("en")
    # Longer texts are refused by default, for the sake of parsers that a blank pipeline does not have.
    pipeline.max_length = 10**9
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    skills = dict(enumerate(names.values()))
    for number, name in enumerate(names):
        matcher.add(str(number), [pipeline.make_doc(name)])
    by_key = {pipeline.vocab.strings[str(number)]: found for number, found in skills.items()}

    def find(text: str) -> set[str]:
        return {skill for key, _, _ in matcher(pipeline.make_doc(text)) for skill in by_key[key]}

    return find


YARDSTICK: Final = "stdlib trie regex"
PHRASES: Final = "spaCy PhraseMatcher"
LOOP: Final = "one regex per name"
PEERS: Final[dict[str, Callable[[Names], Finder]]] = {
    YARDSTICK: trie_regex,
    "RE2 Set": re2_set,
    "flashtext2": flash_text,
    "ahocorasick_rs, no boundaries": aho_corasick,
    PHRASES: phrase_matcher,
    LOOP: naive_loop,
}
SLOW: Final = frozenset({LOOP})
"""Peers that see a twentieth of the texts only, their time scaled by the characters seen."""


@contextmanager
def ripgrep(names: Names, texts: Sequence[str]) -> Iterator[Callable[[], object] | None]:
    """Yield a run of `rg -c` over all texts as one file, the most that disk and automaton allow; None without rg.

    Lower-cased beforehand and without boundaries, which cost ripgrep twenty times as much with so many names. It counts
    lines and cannot say which skill: a physical reference, no contender.
    """
    program = shutil.which("rg")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        listed, corpus = Path(folder, "names"), Path(folder, "texts")
        listed.write_text("\n".join(names), encoding="utf-8")
        corpus.write_text("\n".join(texts).lower(), encoding="utf-8", errors="replace")
        command = [program, "--count", "--fixed-strings", "--file", str(listed), str(corpus)]
        yield lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

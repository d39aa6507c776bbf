"""Headings: the vocabulary of section headings, read from one checked file and compiled for lookup."""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from analysis.classify.automaton import CLOSED, OPEN, Spotter, View
from analysis.classify.matching import trie_pattern
from analysis.classify.triggers import Alternatives
from analysis.classify.vocabulary import VocabularyError, fold_name
from scrapers.posting import SECTION_KINDS
from scrapers.store import bundled

STRENGTHS: Final = ("strong", "weak", "pattern", "lead")
_COLUMNS: Final = ["lang", "kind", "strength", "heading"]
LONG_LINE: Final = 160
"""A longer line holds text, or several lines whose breaks were lost."""
GAP: Final = re.compile(r"(?<![ \xa0])[ \xa0]{4,}+(?=\S)")
"""A break that became a run of spaces: "...          Requirements          3+ years"."""
MIN_GAPS: Final = 3
FULL_LINE: Final = 90
"""A longer line may start with a heading or hold one, but is none."""
_WORDY: Final = frozenset("_×÷")
"""What counts as part of a word beside letters and digits, at least for some of the expressions."""
_AFTER_WORD: Final = re.compile(r"(?<=[0-9A-Za-z_À-ɏ가-힣])")
_GOES_ON: Final = re.compile(r" [a-z(]")
# Without the underscore: "__Requirements__" is a heading in bold.
_WORD: Final = "0-9a-zÀ-ɏ가-힣"
GLUE: Final = frozenset(
    """
    and or the a an our your their my for to of in on with this that these role position job here you we will have has
    is are be if as at include includes including following from who what us it s 및 또는 와 과 등 은 는 이 가 을 를
    """.split()  # noqa: SIM905
)
WORDS: Final = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_WHOLE: Final = "whole line"
_PLAIN_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r"\((?P<choice>[^()]*)\)|\[(?P<optional>[^\[\]]*)\]|(?P<plain>[^()\[\]]+)")


class Page(NamedTuple):
    """A text and the places in it, sorted, where a heading phrase may start."""

    view: View
    places: Sequence[int]

    def within(self, start: int, end: int) -> Sequence[int]:
        """Return the places of a stretch of the text."""
        first = bisect_left(self.places, start)
        return self.places[first : bisect_left(self.places, end, first)]

    def is_glued(self, start: int, end: int) -> bool:
        """Was a stretch cut out of a word? Then it starts with one, or ends with one, that the text does not show."""
        folded = self.view.folded
        before, after = folded[max(start - 1, 0) : start], folded[end : end + 1]
        if before.isspace() and after.isspace():
            return False
        return before.isalnum() or after.isalnum() or before in _WORDY or after in _WORDY


class Hit(NamedTuple):
    """A heading phrase found in a text."""

    start: int
    end: int
    kind: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """What a phrase means as a heading; a weak one counts only where nothing else stands on its line."""

    kind: str
    is_weak: bool


class Headings:
    """All heading phrases by folded wording, and patterns for whole lines that are worded like a heading."""

    def __init__(
        self,
        phrases: Mapping[str, Heading],
        patterns: Sequence[tuple[str, str, re.Pattern[str]]],
        leads: Sequence[tuple[str, re.Pattern[str]]] = (),
    ) -> None:
        """Compile phrases, patterns (language, kind, expression) and leads (kind, expression)."""
        self.phrases = phrases
        self._leads = tuple(leads)
        # One edge for all phrases, outside the trie: repeated in each leaf it takes seconds to compile.
        self.finder = re.compile(f"(?<![{_WORD}]){_by_script(phrases)}(?![{_WORD}])")
        self._kinds = [kind for _, kind, _ in patterns]
        self._wordings = Alternatives({_WHOLE: [pattern.pattern for _, _, pattern in patterns]})
        self._spotter = Spotter(phrases, lambda phrase: CLOSED if phrase[-1].isascii() else OPEN)
        strong = (phrase for phrase, heading in phrases.items() if not heading.is_weak)
        self._last_words = {_PLAIN_WORD.findall(phrase)[-1] for phrase in strong}
        words = {word for phrase in (*phrases, *GLUE) for word in WORDS.findall(phrase)}
        self._covered = re.compile(rf"(?:\([^)]*+\)?|(?:[^\w(]|_)++|{_by_script(words)}(?![^\W_]))*+$")

    def by_pattern(self, line: str) -> str | None:
        """Return the kind of a folded line that is worded like a heading though not in the vocabulary."""
        first = self._wordings.first(_WHOLE, line)
        return None if first is None else self._kinds[first]

    def by_lead(self, line: str) -> str | None:
        """Return the kind of list that a folded line introduces: "Experience with some of the following:"."""
        if not line.endswith((":", "..", "…")):
            return None
        return next((kind for kind, pattern in self._leads if pattern.search(line)), None)

    def is_covered(self, line: str) -> bool:
        """Could a folded line be nothing but phrases and the small words between them?"""
        return self._covered.match(line) is not None

    def is_ending(self, line: str) -> bool:
        """Could a folded line end with a phrase that is a heading wherever it stands?"""
        words = _PLAIN_WORD.findall(line.rsplit(None, 1)[-1])
        return not words or words[-1] in self._last_words

    def page(self, view: View) -> Page:
        """Return a text with the places where phrases may start."""
        return Page(view, self._spotter.starts(view))


def _by_script(words: Iterable[str]) -> str:
    """Return one expression for all words; apart, so that a Latin letter is not compared with hundreds of Hangul."""
    scripts: dict[str, list[str]] = {r"(?=[\0-\x7f])": [], r"(?=[^\0-\x7f])": []}
    latin, other = scripts.values()
    for word in words:
        (latin if word[0].isascii() else other).append(word)
    tries = [f"{edge}(?:{trie_pattern(group, lambda _: '')})" for edge, group in scripts.items() if group]
    return f"(?:{'|'.join(tries)})" if tries else "(?!)"


def load_headings(path: Path | None = None) -> Headings:
    """Read and check a headings file (default: the bundled one); raise VocabularyError on the first fault.

    Columns lang, kind, strength, heading. A heading may hold `(a|b)` for a choice and `[a|b]` for an optional one;
    with strength "pattern" it is a regular expression over a whole folded line, with "lead" one over a line that
    introduces a list and counts only where no requirements are open.
    """
    path = path or bundled("vocabulary/headings.csv")
    phrases: dict[str, Heading] = {}
    patterns: list[tuple[str, str, re.Pattern[str]]] = []
    leads: list[tuple[str, re.Pattern[str]]] = []
    for number, row in _rows(path):
        if row["kind"] not in SECTION_KINDS:
            raise VocabularyError(f"{path}: line {number}: unknown kind {row['kind']!r}")
        if row["strength"] not in STRENGTHS:
            raise VocabularyError(f"{path}: line {number}: unknown strength {row['strength']!r}")
        if row["strength"] == "pattern":
            patterns.append((row["lang"], row["kind"], _compile(path, number, row["heading"])))
            continue
        if row["strength"] == "lead":
            leads.append((row["kind"], _compile(path, number, row["heading"])))
            continue
        for phrase in expand(row["heading"]):
            phrases.setdefault(phrase, Heading(row["kind"], row["strength"] == "weak"))
    if not phrases:
        raise VocabularyError(f"{path}: holds no heading")
    return Headings(phrases, patterns, leads)


def find_hits(page: Page, start: int, end: int, headings: Headings) -> list[Hit]:
    """Return the heading phrases of a line; in a long line only those that start it, or with a capital or Hangul."""
    view = page.view
    if page.is_glued(start, end):
        # A page of its own, so that the end of the line before, where a break vanished, is no part of the first word.
        part = headings.page(view.part(start, end))
        inner = find_hits(part, 0, end - start, headings)
        return [hit._replace(start=hit.start + start, end=hit.end + start) for hit in inner]
    is_full = end - start <= FULL_LINE
    first = start if end - start <= LONG_LINE else -1
    hits: list[Hit] = []
    reach = start
    for place in page.within(start, end):
        if place < reach or not (is_full or place == first or _is_capital_word(view.text, place)):
            continue
        found = headings.finder.match(view.folded, place, end)
        if found and not is_full:
            found = _shortened(found, view, end, headings)
        if found:
            reach = found.end()
            hits.append(_hit(found, headings))
    return hits


def _is_capital_word(text: str, place: int) -> bool:
    return ("A" <= text[place] <= "Z" or "가" <= text[place] <= "힣") and _AFTER_WORD.match(text, place) is None


def _shortened(found: re.Match[str] | None, view: View, end: int, headings: Headings) -> re.Match[str] | None:
    """Return a phrase without the word that opens the next sentence, as in "Nice to have Experience with"."""
    text = view.text
    while found and _GOES_ON.match(text, found.end(), end):
        last = text.rfind(" ", found.start(), found.end())
        if last < 0 or not text[last + 1].isupper():
            break
        found = headings.finder.match(view.folded, found.start(), last)
    return found


def _hit(found: re.Match[str], headings: Headings) -> Hit:
    heading = headings.phrases.get(found[0]) or headings.phrases[fold_name(found[0])]
    return Hit(found.start(), found.end(), heading.kind, heading.is_weak)


def merge(hits: Sequence[Hit]) -> str:
    """Return one kind for the phrases of a heading.

    Of "자격요건 및 우대사항" the first counts, with cues inside it for the rest; duties with requirements are unknown.
    """
    kinds = {hit.kind for hit in hits if not hit.is_weak} or {hit.kind for hit in hits}
    kinds = kinds - {"unknown", "stack"} or kinds
    if kinds <= {"required", "preferred"}:
        return next(hit.kind for hit in hits if hit.kind in kinds)
    if len(kinds) > 1 and kinds & {"required", "preferred"}:
        return "unknown"
    return next(hit.kind for hit in hits if hit.kind in kinds)


def expand(heading: str) -> Iterator[str]:
    """Yield every folded wording that a heading with choices stands for."""
    options = []
    for part in _PART.finditer(heading):
        if part["choice"] is not None:
            options.append(part["choice"].split("|"))
        elif part["optional"] is not None:
            options.append(["", *part["optional"].split("|")])
        else:
            options.append([part["plain"]])
    for words in product(*options):
        wording = fold_name(" ".join(words)).replace(" ,", ",")
        yield wording
        if "," in wording:
            yield wording.replace(",", "")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != _COLUMNS:
                raise VocabularyError(f"{path}: line 1: columns must be {','.join(_COLUMNS)}")
            for number, row in enumerate(reader, 2):
                if None in row or None in row.values() or not row["heading"].strip():
                    raise VocabularyError(f"{path}: line {number}: must have {len(_COLUMNS)} filled columns")
                yield number, row
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error


def _compile(path: Path, number: int, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise VocabularyError(f"{path}: line {number}: bad pattern: {error}") from error

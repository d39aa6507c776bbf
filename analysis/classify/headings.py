"""Headings: the vocabulary of section headings, read from one checked file and compiled for lookup."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from analysis.classify.matching import trie_pattern
from analysis.classify.vocabulary import VocabularyError, fold_name
from scrapers.posting import SECTION_KINDS
from scrapers.store import bundled

STRENGTHS: Final = ("strong", "weak", "pattern")
_COLUMNS: Final = ["lang", "kind", "strength", "heading"]
LONG_LINE: Final = 160
"""A longer line holds text, or several lines whose breaks were lost."""
FULL_LINE: Final = 90
"""A longer line may start with a heading or hold one, but is none."""
_CAPITAL: Final = re.compile(r"(?<![0-9A-Za-z_À-ɏ가-힣])[A-Z가-힣]")
_HANGUL: Final = re.compile("[가-힣]")
_WORD: Final = "0-9a-z_À-ɏ가-힣"
_PART: Final = re.compile(r"\((?P<choice>[^()]*)\)|\[(?P<optional>[^\[\]]*)\]|(?P<plain>[^()\[\]]+)")


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


@dataclass(frozen=True, slots=True)
class Headings:
    """All heading phrases by folded wording, the expression that finds them, and patterns for whole lines."""

    phrases: Mapping[str, Heading]
    finder: re.Pattern[str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    any_pattern: Mapping[bool, re.Pattern[str]]
    """All patterns in one, for lines that hold Hangul (True) and for all others."""

    def by_pattern(self, line: str) -> str | None:
        """Return the kind of a folded line that is worded like a heading though not in the vocabulary."""
        if not self.any_pattern[_HANGUL.search(line) is not None].search(line):
            return None
        return next((kind for kind, pattern in self.patterns if pattern.search(line)), None)


def load_headings(path: Path | None = None) -> Headings:
    """Read and check a headings file (default: the bundled one); raise VocabularyError on the first fault.

    Columns lang, kind, strength, heading. A heading may hold `(a|b)` for a choice and `[a|b]` for an optional one;
    with strength "pattern" it is a regular expression over a whole folded line.
    """
    path = path or bundled("vocabulary/headings.csv")
    phrases: dict[str, Heading] = {}
    patterns: list[tuple[str, str, re.Pattern[str]]] = []
    for number, row in _rows(path):
        if row["kind"] not in SECTION_KINDS:
            raise VocabularyError(f"{path}: line {number}: unknown kind {row['kind']!r}")
        if row["strength"] not in STRENGTHS:
            raise VocabularyError(f"{path}: line {number}: unknown strength {row['strength']!r}")
        if row["strength"] == "pattern":
            patterns.append((row["lang"], row["kind"], _compile(path, number, row["heading"])))
            continue
        for phrase in expand(row["heading"]):
            phrases.setdefault(phrase, Heading(row["kind"], row["strength"] == "weak"))
    if not phrases:
        raise VocabularyError(f"{path}: holds no heading")
    # One edge for all phrases, outside the trie: repeated in each leaf it takes seconds to compile.
    finder = re.compile(f"(?<![{_WORD}]){trie_pattern(phrases, lambda _: '')}(?![{_WORD}])")
    any_pattern = {
        is_ko: _any(p.pattern for lang, _, p in patterns if (lang == "ko") is is_ko) for is_ko in (True, False)
    }
    return Headings(phrases, finder, tuple((kind, pattern) for _, kind, pattern in patterns), any_pattern)


def find_hits(text: str, folded: str, start: int, end: int, headings: Headings) -> list[Hit]:
    """Return the heading phrases of a line; in a long line only those that start it, or with a capital or Hangul."""
    # A slice, so that the end of the line before, where a break vanished, is no part of the first word.
    line = folded[start:end]
    if end - start > FULL_LINE:
        words = [word.start() for word in _CAPITAL.finditer(text, start, end)]
        starts = words if end - start > LONG_LINE or start in words else [start, *words]
        found: Iterable[re.Match[str] | None] = (headings.finder.match(line, word - start) for word in starts)
    else:
        found = headings.finder.finditer(line)
    hits: list[Hit] = []
    for hit in filter(None, found):
        heading = headings.phrases.get(hit[0]) or headings.phrases[fold_name(hit[0])]
        if not hits or start + hit.start() >= hits[-1].end:
            hits.append(Hit(start + hit.start(), start + hit.end(), heading.kind, heading.is_weak))
    return hits


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


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")


def _compile(path: Path, number: int, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise VocabularyError(f"{path}: line {number}: bad pattern: {error}") from error

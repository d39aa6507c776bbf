"""Headings: the vocabulary of section headings, read from one checked file and compiled for lookup."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from analysis.classify.matching import trie_pattern
from analysis.classify.vocabulary import VocabularyError, fold_name
from scrapers.posting import SECTION_KINDS
from scrapers.store import bundled

STRENGTHS: Final = ("strong", "weak", "pattern")
_COLUMNS: Final = ["lang", "kind", "strength", "heading"]
_WORD: Final = "0-9a-z_À-ɏ가-힣"
_PART: Final = re.compile(r"\((?P<choice>[^()]*)\)|\[(?P<optional>[^\[\]]*)\]|(?P<plain>[^()\[\]]+)")


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
    any_pattern: re.Pattern[str]


def load_headings(path: Path | None = None) -> Headings:
    """Read and check a headings file (default: the bundled one); raise VocabularyError on the first fault.

    Columns lang, kind, strength, heading. A heading may hold `(a|b)` for a choice and `[a|b]` for an optional one;
    with strength "pattern" it is a regular expression over a whole folded line.
    """
    path = path or bundled("vocabulary/headings.csv")
    phrases: dict[str, Heading] = {}
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for number, row in _rows(path):
        if row["kind"] not in SECTION_KINDS:
            raise VocabularyError(f"{path}: line {number}: unknown kind {row['kind']!r}")
        if row["strength"] not in STRENGTHS:
            raise VocabularyError(f"{path}: line {number}: unknown strength {row['strength']!r}")
        if row["strength"] == "pattern":
            patterns.append((row["kind"], _compile(path, number, row["heading"])))
            continue
        for phrase in expand(row["heading"]):
            phrases.setdefault(phrase, Heading(row["kind"], row["strength"] == "weak"))
    if not phrases:
        raise VocabularyError(f"{path}: holds no heading")
    # One edge for all phrases, outside the trie: repeated in each leaf it takes seconds to compile.
    finder = re.compile(f"(?<![{_WORD}]){trie_pattern(phrases, lambda _: '')}(?![{_WORD}])")
    any_pattern = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in patterns) or r"(?!)")
    return Headings(phrases, finder, tuple(patterns), any_pattern)


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

"""Clauses: the sentences of a posting, and which stretch of each a softening or hardening cue speaks about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from analysis.classify.headings import GAP, MIN_GAPS
from analysis.classify.triggers import STAND_IN, Alternatives
from analysis.classify.vocabulary import VocabularyError
from scrapers.store import bundled

GROUPS: Final = (
    *("soft_after", "soft_before", "soft_item", "soft_alone", "hard_after", "hard_before", "hard_alone"),
    *("negated", "breaks", "starts", "candidate", "candidate_near", "candidate_strict", "ours"),
)
_SCOPED: Final = ("soft_item", "soft_before", "soft_after", "hard_before", "hard_after")
_ALONE: Final = ("soft_alone", "soft_after", "soft_before", "hard_alone", "hard_after", "hard_before")
# One letter first: what starts with a set of letters is found fastest.
_SENTENCE_END: Final = re.compile(
    r"[\s.!?다요](?:(?<=\s)(?:[•●▪]\s|\s+(?=\S))|(?<=[다요])\.(?=\s)|(?<=[.!?])(?:"
    r"(?=\s|$)(?<!e\.g.)(?<!i\.e.)(?<!\betc.)(?<!\bvs.)(?<!\bex.)(?<!incl.)(?<!\d.)(?!\s*[a-z(])"
    r"|(?=\s+[A-Z])(?<!e\.g.)(?<!i\.e.)(?<!\bvs.)|(?=[A-Z][a-z])(?<=[a-z]{3}.)))"
)
# Where breaks became runs of spaces, two spaces are what a comma left: "Airflow  Git  Agile is a plus".
_NARROW: Final = re.compile(r"\s{2,3}")
_FILLER: Final = re.compile(r"\W|\b(?:but|is|are|a|the|highly|strongly|very|not|it's)\b")
_JOINED: Final = re.compile(r"\s*(?:or|and|및|또는)\b")
# "(must: we review plans)", "(preferred, not required)": what follows only explains the cue.
_AFTERTHOUGHT: Final = re.compile(r"\s?[:：;]\s|\s[-–—]\s")
_LEAD: Final = re.compile(r"(?:[\W_]|\d{1,2}[.)])*+")
_BARE_CUE: Final = 40
_LONG_LINE: Final = 200
_LONGEST: Final = 4000
"""No sentence is longer: cues are weighed against each other, and a megabyte without a full stop is no sentence."""


class Span(NamedTuple):
    """The stretch of text a cue speaks about."""

    start: int
    end: int
    is_soft: bool
    cue: str


class _Mark(NamedTuple):
    """A cue where it stands."""

    start: int
    end: int
    group: str
    cue: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A folded sentence that starts at `start` of the whole text; `spans` of its cues count in the sentence."""

    start: int
    text: str
    spans: tuple[Span, ...]
    seen: int
    """Which cues may stand in it, as `Alternatives.seen` tells."""
    _found: dict[str, re.Match[str] | None] = field(default_factory=dict, compare=False, repr=False)

    def find(self, group: str, cues: Alternatives) -> re.Match[str] | None:
        """Return the first cue of a group; looked for once, for a list of skills is one sentence."""
        if group not in self._found:
            self._found[group] = cues.search(group, self.text, self.seen)
        return self._found[group]


@dataclass(frozen=True, slots=True)
class Group:
    """One group of cues."""

    cues: Alternatives
    name: str

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first cue of the group in a folded text."""
        return self.cues.search(self.name, text, self.cues.seen(text))


class Cues:
    """The cue wordings of one file, compiled."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Compile the expressions of each group."""
        self.cues = Alternatives(groups)
        self.groups = {group: Group(self.cues, group) for group in groups}
        self._reaching = self.cues.mask({*_SCOPED, *_ALONE})
        # The capital is asked for first: all else would be tried at every letter of a long line.
        # Without its line breaks a list would be one sentence: "Knowledge of SQL Experience with Kafka is a plus".
        starts = "|".join(f"(?:{pattern})" for pattern in groups["starts"])
        self._start = re.compile(
            # First what is quickest to tell: these are tried at every letter of a long line.
            rf"(?=[A-Z\d])(?:(?:(?<=[a-z0-9)+#.\"”%?!*] )|(?<=[a-z0-9)+#.,?!]))"
            rf"(?<!\bof )(?<!\band )(?<!\bor )(?<!\bin )(?<!\bwith )(?<!\bthe )(?<!\bto )(?<!\ba )(?<!\bour )(?<!\ban )"
            rf"(?<!\bfor )(?:{starts})\b"
            # "... React, NextJS, CSS Experience building": after a name only where no name can follow.
            rf"|(?<=[A-Z] )(?:{starts})(?=,? [a-z(]))"
        )

    @classmethod
    def load(cls, path: Path | None = None) -> "Cues":
        """Read and check a cue file (default: the bundled one); raise VocabularyError on the first fault."""
        path = path or bundled("vocabulary/cues.yaml")
        try:
            data = yaml.safe_load(path.read_bytes())
        except (OSError, yaml.YAMLError) as error:
            raise VocabularyError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
        if not isinstance(data, dict):
            raise VocabularyError(f"{path}: must be a mapping of groups")
        if strange := sorted(map(str, set(data) ^ {*GROUPS, "version"})):
            raise VocabularyError(f"{path}: group {strange[0]!r} is missing or unknown; groups: {', '.join(GROUPS)}")
        return cls({group: _checked(path, group, data[group]) for group in GROUPS})

    def cut(self, text: str, start: int, end: int) -> list[int]:
        """Return where the sentences of one line, or of a part of it, start, and where the last one ends."""
        # Without the blanks at its end: no sentence follows them, and a million would be tried from each of them.
        last = end
        while last > start and text[last - 1].isspace():
            last -= 1
        is_wide = text.find("    ", start, last) >= 0 and len(GAP.findall(text, start, last)) >= MIN_GAPS
        ends = _SENTENCE_END.finditer(text, start, last)
        cuts = {start, end, *(found.end() for found in ends if not (is_wide and _NARROW.fullmatch(found[0])))}
        if end - start > _LONG_LINE:
            cuts.update(found.start() for found in self._start.finditer(text, start, end))
        edges = sorted(cuts)
        if end - start > _LONGEST:
            edges = [i for left, right in pairwise(edges) for i in range(left, right, _LONGEST)] + [end]
        return edges

    def read(self, folded: str, start: int, end: int) -> Sentence:
        """Return a sentence with the reach of its cues."""
        text = folded[start:end]
        seen = self.cues.seen(text)
        return Sentence(start, text, tuple(self._spans(text, seen)) if seen & self._reaching else (), seen)

    def _spans(self, sentence: str, seen: int) -> Iterator[Span]:
        """Yield what each cue covers; brackets are read by themselves, and the rest as if they were empty."""
        outer = []
        edge = 0
        for opened, closed in _brackets(sentence):
            inner = sentence[opened + 1 : closed]
            for span in self._reach(inner, seen):
                yield span._replace(start=span.start + opened + 1, end=span.end + opened + 1)
            if (mark := self._lone_cue(inner, seen)) is not None:
                # "(preferred) Kafka": at the start of an item it speaks of what follows.
                is_first = _LEAD.fullmatch(sentence, 0, opened) is not None
                start = closed if is_first else self._qualified(sentence, opened, closed, seen)
                end = len(sentence) if is_first else opened
                yield Span(start, end, mark.group.startswith("soft"), mark.cue)
            outer += [sentence[edge : opened + 1], " " * (closed - opened - 1)]
            edge = closed
        yield from self._reach("".join([*outer, sentence[edge:]]), seen)

    def _reach(self, clause: str, seen: int) -> Iterator[Span]:
        """Yield the spans of a text without brackets."""
        marks = sorted(self._marks(clause, seen))
        floor, before = 0, 0
        stops = [mark.start for mark in marks if mark.group.endswith("before")]
        for mark in marks:
            is_soft = mark.group.startswith("soft")
            if mark.group.endswith("before"):
                before += 1
                semicolon = clause.find(";", mark.end)
                end = min([*stops[before : before + 1], semicolon if semicolon >= 0 else len(clause), len(clause)])
                yield Span(mark.start, end, is_soft, mark.cue)
                continue
            clause_start = self._clause_start(clause, floor, mark.start, seen)
            start = _item_start(clause, clause_start, mark.start) if mark.group == "soft_item" else clause_start
            yield Span(start, mark.start, is_soft, mark.cue)
            floor = max(floor, mark.end)

    def _marks(self, clause: str, seen: int) -> Iterator[_Mark]:
        is_taken = bytearray(len(clause))
        for group in _SCOPED:
            for found in self.cues.finditer(group, clause, seen):
                start, end = found.span()
                if end > start and not any(is_taken[start:end]):
                    is_taken[start:end] = b"\1" * (end - start)
                    yield _Mark(start, end, group, found[0].strip())

    def _clause_start(self, clause: str, floor: int, end: int, seen: int) -> int:
        """Return where the clause before `end` starts; a break right before the cue divides nothing."""
        breaks = self.cues.finditer("breaks", clause, seen, floor, end)
        return max([floor, *(b.start() for b in breaks if clause[b.end() : end].strip(" ,"))])

    def _lone_cue(self, inner: str, seen: int) -> _Mark | None:
        """Return the cue of brackets that hold nothing else, as in "Airflow (preferred)"."""
        inner = _AFTERTHOUGHT.split(inner, maxsplit=1)[0]
        if len(inner) > _BARE_CUE:
            return None
        for group in _ALONE:
            found = self.cues.search(group, inner, seen)
            # "(AWS preferred)" speaks of AWS, not of what stands before the brackets.
            if found and not _FILLER.sub("", inner[: found.start()] + inner[found.end() :]):
                return _Mark(0, 0, group, found[0].strip())
        return None

    def _qualified(self, sentence: str, opened: int, closed: int, seen: int) -> int:
        """Return where that starts which a cue in brackets qualifies: a whole clause at its end, one item in a list."""
        floor = self._clause_start(sentence, 0, opened, seen)
        is_last = not sentence[closed + 1 :].strip(" .,;")
        return floor if is_last and "," not in sentence[floor:opened] else _item_start(sentence, floor, opened)


def _item_start(clause: str, floor: int, end: int) -> int:
    """Return the start of the list item that ends at `end`; "X, Y or Z preferred" is one item, for it ends in "or"."""
    comma = max(clause.rfind(mark, floor, end) for mark in ",;/·ㆍ")
    item = clause[comma + 1 : end]
    return floor if comma < 0 or _JOINED.match(item) or len(item.split()) > 6 else comma + 1


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Yield open and close of each outermost pair of round brackets; an unclosed one ends with the text."""
    depth, opened = 0, 0
    for found in re.finditer(r"[()]", text):
        if found[0] == "(":
            opened = found.start() if depth == 0 else opened
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield opened, found.start()
    if depth:
        yield opened, len(text)


def _checked(path: Path, group: str, patterns: Any) -> list[str]:
    if not isinstance(patterns, list) or not patterns or not all(isinstance(p, str) for p in patterns):
        raise VocabularyError(f"{path}: {group}: must be a list of patterns")
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise VocabularyError(f"{path}: {group}: bad pattern {pattern!r}: {error}") from error
    # A zero byte stands for the skill in the examined text, so that an e-mail's "@" cannot be taken for it.
    return [pattern.replace("@", STAND_IN) for pattern in patterns]

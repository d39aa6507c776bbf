"""Clauses: the sentences of a posting, and which stretch of each a softening or hardening cue speaks about."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from analysis.classify.vocabulary import VocabularyError
from scrapers.store import bundled

GROUPS: Final = (
    *("soft_after", "soft_before", "soft_item", "soft_alone", "hard_after", "hard_before", "hard_alone"),
    *("negated", "breaks", "starts", "candidate", "candidate_near", "candidate_strict", "ours"),
)
_SCOPED: Final = ("soft_item", "soft_before", "soft_after", "hard_before", "hard_after")
_SENTENCE_END: Final = re.compile(
    r"(?<!e\.g)(?<!i\.e)(?<!\betc)(?<!\bvs)(?<!\bex)(?<!incl)(?<!\d)[.!?](?=\s|$)(?!\s*[a-z(])"
    r"|(?<!e\.g)(?<!i\.e)(?<!\bvs)[.!?](?=\s+[A-Z])|\s[•●▪]\s|\s{2,}(?=\S)|[다요]\.(?=\s)|(?<=[a-z]{3})[.!?](?=[A-Z][a-z])"
)
_FILLER: Final = re.compile(r"\W|\b(?:but|is|are|a|the|highly|strongly|very|not|it's)\b")
_JOINED: Final = re.compile(r"\s*(?:or|and|및|또는)\b")
# "(must: we review plans)", "(preferred, not required)": what follows only explains the cue.
_AFTERTHOUGHT: Final = re.compile(r"\s?[:：;]\s|\s[-–—]\s")
_BARE_CUE: Final = 40
_LONG_LINE: Final = 200


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


class Cues:
    """The cue wordings of one file, compiled."""

    def __init__(self, groups: Mapping[str, re.Pattern[str]]) -> None:
        self.groups = groups
        # Without its line breaks a list would be one sentence: "Knowledge of SQL Experience with Kafka is a plus".
        self._start = re.compile(
            rf"(?:(?<=[a-z0-9)+#.,] )|(?<=[a-z0-9)+#.,]))"
            rf"(?<!\bof )(?<!\band )(?<!\bor )(?<!\bin )(?<!\bwith )(?<!\bthe )"
            rf"(?:{groups['starts'].pattern})\b"
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
        return cls({group: _compile(path, group, data[group]) for group in GROUPS})

    def cut(self, text: str, start: int, end: int) -> list[int]:
        """Return where the sentences of one line, or of a part of it, start, and where the last one ends."""
        cuts = {start, end, *(found.end() for found in _SENTENCE_END.finditer(text, start, end))}
        if end - start > _LONG_LINE:
            cuts.update(found.start() for found in self._start.finditer(text, start, end))
        return sorted(cuts)

    def read(self, folded: str, start: int, end: int) -> Sentence:
        """Return a sentence with the reach of its cues."""
        text = folded[start:end]
        return Sentence(start, text, tuple(self._spans(text)))

    def _spans(self, sentence: str) -> Iterator[Span]:
        """Yield what each cue covers; brackets are read by themselves, and the rest as if they were empty."""
        outer = sentence
        for opened, closed in _brackets(sentence):
            inner = sentence[opened + 1 : closed]
            for span in self._reach(inner):
                yield span._replace(start=span.start + opened + 1, end=span.end + opened + 1)
            if (mark := self._lone_cue(inner)) is not None:
                start = self._qualified(sentence, opened, closed)
                yield Span(start, opened, mark.group.startswith("soft"), mark.cue)
            outer = outer[: opened + 1] + " " * (closed - opened - 1) + outer[closed:]
        yield from self._reach(outer)

    def _reach(self, clause: str) -> Iterator[Span]:
        """Yield the spans of a text without brackets."""
        marks = sorted(self._marks(clause))
        for i, mark in enumerate(marks):
            is_soft = mark.group.startswith("soft")
            if mark.group.endswith("before"):
                stops = [later.start for later in marks[i + 1 :] if later.group.endswith("before")]
                semicolon = clause.find(";", mark.end)
                end = min([*stops, semicolon if semicolon >= 0 else len(clause), len(clause)])
                yield Span(mark.start, end, is_soft, mark.cue)
                continue
            floor = max((m.end for m in marks[:i] if not m.group.endswith("before")), default=0)
            floor = self._clause_start(clause, floor, mark.start)
            start = _item_start(clause, floor, mark.start) if mark.group == "soft_item" else floor
            yield Span(start, mark.start, is_soft, mark.cue)

    def _marks(self, clause: str) -> Iterator[_Mark]:
        taken: list[tuple[int, int]] = []
        for group in _SCOPED:
            for found in self.groups[group].finditer(clause):
                if found[0] and not any(a < found.end() and found.start() < b for a, b in taken):
                    taken.append(found.span())
                    yield _Mark(found.start(), found.end(), group, found[0].strip())

    def _clause_start(self, clause: str, floor: int, end: int) -> int:
        """Return where the clause before `end` starts; a break right before the cue divides nothing."""
        breaks = self.groups["breaks"].finditer(clause, floor, end)
        return max([floor, *(b.start() for b in breaks if clause[b.end() : end].strip(" ,"))])

    def _lone_cue(self, inner: str) -> _Mark | None:
        """Return the cue of brackets that hold nothing else, as in "Airflow (preferred)"."""
        inner = _AFTERTHOUGHT.split(inner, maxsplit=1)[0]
        if len(inner) > _BARE_CUE:
            return None
        for group in ("soft_alone", "soft_after", "soft_before", "hard_alone", "hard_after", "hard_before"):
            found = self.groups[group].search(inner)
            if found and len(_FILLER.sub("", inner[: found.start()] + inner[found.end() :])) <= 4:
                return _Mark(0, 0, group, found[0].strip())
        return None

    def _qualified(self, sentence: str, opened: int, closed: int) -> int:
        """Return where that starts which a cue in brackets qualifies: a whole clause at its end, one item in a list."""
        floor = self._clause_start(sentence, 0, opened)
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


def _compile(path: Path, group: str, patterns: Any) -> re.Pattern[str]:
    if not isinstance(patterns, list) or not patterns or not all(isinstance(p, str) for p in patterns):
        raise VocabularyError(f"{path}: {group}: must be a list of patterns")
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise VocabularyError(f"{path}: {group}: bad pattern {pattern!r}: {error}") from error
    # A zero byte stands for the skill in the examined text, so that an e-mail's "@" cannot be taken for it.
    return re.compile("|".join(f"(?:{p})" for p in patterns).replace("@", "\0"))

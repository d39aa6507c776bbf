"""Silver lines: lines of postings that no cue decides, with the level that their section gives them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, pairwise
from typing import Any, Final, NamedTuple

import pyarrow as pa

from analysis.classify.clauses import Cues
from analysis.classify.headings import load_headings
from analysis.classify.levels import Place, decide
from analysis.classify.line_model import masked
from analysis.classify.matching import Match, Matcher
from analysis.classify.sections import kind_of_heading, outline
from analysis.classify.vocabulary import fold, load_vocabulary
from analysis.fingerprint import company_id
from scrapers.posting import digest

COLUMNS: Final = ("posting_id", "source", "family", "lang", "title", "company", "text", "sections")
"""Columns of a posting that lines are read from."""
LONG_LINE: Final = 200
"""Of a longer line the sentence is read."""
_NOWHERE: Final = Place("unknown", "", is_native=False)
_LENGTHS: Final = (6, 400)
_PER_SECTION: Final = 6
_PER_EMPLOYER: Final = 60
_SHARES: Final = {"hn": 0.25, "korean_board": 1.0}
_SHARE: Final = 0.8
_WORD: Final = re.compile(r"\w")


class Line(NamedTuple):
    """A masked line: level is empty where origin is open; n_skills counts the places that name a skill."""

    text: str
    level: str
    origin: str
    lang: str
    employer: str
    posting: str
    n_skills: int


class LineReader:
    """Reads the lines of postings that the rules leave open; holds the compiled vocabularies."""

    def __init__(self) -> None:
        self._headings = load_headings()
        self._cues = Cues.load()
        self._matcher = Matcher(load_vocabulary())

    def read(self, row: Mapping[str, Any]) -> Iterator[Line]:
        """Yield a posting's lines; at most six of a section, all of which name a skill."""
        posting = row["posting_id"]
        employer = company_id(row["company"]) or f"unknown in {row['source']}"
        for text, level, origin in self._parts(row):
            for line, n_skills in islice(self._open_lines(text), _PER_SECTION):
                is_ours = origin == "open" and self._cues.groups["ours"].search(fold(line)) is not None
                told = ("mentioned", "ours") if is_ours else (level, origin)
                yield Line(line, *told, row["lang"], employer, posting, n_skills)

    def _parts(self, row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield text, level and origin of each part of a posting."""
        if row["title"]:
            yield row["title"], "mentioned", "title"
        if row["sections"]:
            for section in row["sections"]:
                kind = section["kind"]
                kind = kind_of_heading(section["heading"], self._headings) if kind == "unknown" else kind
                if kind != "unknown":
                    yield section["text"], _level(kind), "native"
            return
        text: str = row["text"]
        changes = outline(text, self._headings).changes
        edges = [*(change.start for change in changes), len(text)]
        yield text[: edges[0]], "", "open"
        for change, (start, end) in zip(changes, pairwise(edges), strict=True):
            part = text[start:end]
            at = part.find(change.heading)
            body = part[at + len(change.heading) :] if at >= 0 else part
            yield body, *(("", "open") if change.kind == "unknown" else (_level(change.kind), "heading"))

    def _open_lines(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the lines of a part, long ones sentence by sentence, that name a skill and that no cue decides."""
        folded = fold(text)
        matches = self._matcher.find(text)
        starts = [match.start for match in matches]
        found = []
        for left, right in self._pieces(text):
            named = matches[bisect_left(starts, left) : bisect_left(starts, right)]
            if named:
                found.append((digest(text[left:right]), left, right, named))
        for _, left, right, named in sorted(found):
            # Asked last: reading the cues of every line takes longer than all the rest.
            if self._is_open(folded, left, right, named):
                spans = {(match.start, match.end) for match in named}
                yield masked(text, left, right, spans).strip(), len(spans)

    def _pieces(self, text: str) -> Iterator[tuple[int, int]]:
        for line in re.finditer(r"[^\n]+", text):
            start, end = line.span()
            cuts = self._cues.cut(text, start, end) if end - start > LONG_LINE else [start, end]
            for left, right in pairwise(cuts):
                if _LENGTHS[0] <= right - left <= _LENGTHS[1]:
                    yield left, right

    def _is_open(self, folded: str, start: int, end: int, named: list[Match]) -> bool:
        """Would the rules decide nothing here, if the line stood outside every section?"""
        cuts = self._cues.cut(folded, start, end)
        for left, right in pairwise(cuts):
            sentence = self._cues.read(folded, left, right)
            if sentence.spans or self._cues.groups["candidate"].search(sentence.text):
                return False
            inside = [match for match in named if left <= match.start < right]
            if any(decide(self._cues, sentence, m.start, m.end, _NOWHERE).how != "default" for m in inside):
                return False
        return True


def read_lines(postings: Iterable[pa.RecordBatch], seed: int, reader: LineReader | None = None) -> list[Line]:
    """Return the lines of a sample of postings, each wording once, at most sixty of an employer and origin.

    The sample depends on ids and seed alone; Korean boards are read whole, Hacker News to a quarter.
    """
    reader = reader or LineReader()
    found: list[Line] = []
    seen: set[str] = set()
    n_lines: Counter[tuple[str, str]] = Counter()
    for batch in postings:
        for row in batch.select(COLUMNS).to_pylist():
            if not _is_drawn(row, seed):
                continue
            for line in reader.read(row):
                key = (line.employer, line.origin)
                wording = digest(line.text.casefold())
                if wording in seen or n_lines[key] >= _PER_EMPLOYER or not _WORD.search(line.text):
                    continue
                seen.add(wording)
                n_lines[key] += 1
                found.append(line)
    return found


def _is_drawn(row: Mapping[str, Any], seed: int) -> bool:
    share = _SHARES.get(row["family"], _SHARE)
    return int(digest("lines", str(seed), row["posting_id"]), 16) < share * 2**64


def _level(kind: str) -> str:
    return kind if kind in ("required", "preferred") else "mentioned"

"""Sections: which part of a posting a place stands in, told by its headings in whatever shape they survived."""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.classify.automaton import View
from analysis.classify.heading_lines import BULLET, Change, bare, read_line
from analysis.classify.headings import Headings, Page, find_hits, merge
from analysis.classify.joined import lines

_SEAM: Final = re.compile(r"(?<=[^\s•ㆍ▪◦]) +(?=[•ㆍ▪◦]\s?\S)")
_ANY_SEAM: Final = re.compile(r"(?<=\S) +(?=([-*·ㅇ○●‣•ㆍ▪◦])\s\S)")
_N_SEAMS: Final = 2
# "Stack: Python and Django. You have run Kafka": a list ends with its sentence.
_STACK_END: Final = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\betc)(?<!\bvs)(?<!\bex)(?<!incl)[.!?]\s+(?=[A-Z])")
_ASKED: Final = ("required", "preferred")
_UNKNOWN: Final = Change(0, "unknown", "", "open")
_HANGUL: Final = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of one text, in order."""

    changes: tuple[Change, ...]
    starts: tuple[int, ...]

    def at(self, position: int) -> tuple[str, str]:
        """Return kind and heading of the section a character stands in; kind is unknown before the first heading."""
        i = bisect_right(self.starts, position) - 1
        return (self.changes[i].kind, self.changes[i].heading) if i >= 0 else ("unknown", "")

    def bounds(self, position: int) -> tuple[int, int]:
        """Return where the section of a character starts and ends; the last one ends with the text."""
        i = bisect_right(self.starts, position)
        return (self.starts[i - 1] if i else 0), (self.starts[i] if i < len(self.starts) else sys.maxsize)

    @property
    def is_unsectioned(self) -> bool:
        """Does no heading separate what is asked of the candidate?"""
        return not any(change.kind in _ASKED for change in self.changes)


def outline(text: str, headings: Headings, folded: str | None = None) -> Outline:
    """Return the sections of a text; `folded` saves folding it again."""
    return outline_view(View.of(text, folded), headings)


def outline_view(view: View, headings: Headings, until: int | None = None) -> Outline:
    """Return the same as `outline` for a text that other rules read too.

    Behind the line of `until` (a character offset) the text is read only as far as `is_unsectioned` asks for it.
    """
    stop = len(view.text) if until is None else view.text.find("\n", until)
    changes: list[Change] = []
    is_told = False
    for end, found in _walk(headings.page(view), headings):
        changes += found
        is_told = is_told or any(change.kind in _ASKED for change in found)
        if is_told and 0 <= stop <= end:
            break
    if not is_told:
        changes = _parts(view.folded) or changes
    return Outline(tuple(changes), tuple(change.start for change in changes))


def _walk(page: Page, headings: Headings) -> Iterator[tuple[int, list[Change]]]:
    """Yield the end of each line and the changes of section in it."""
    folded = page.view.folded
    current, fallback, is_label = _UNKNOWN, _UNKNOWN, False
    for start, end in lines(page, headings):
        changes: list[Change] = []
        if is_label and not BULLET.match(folded, start, end):
            current, is_label = fallback, False
            changes.append(current._replace(start=start))
        found = list(_ended(read_line(page, start, end, headings, current.kind), page.view.text, end))
        for change in found:
            if change.scope == "open":
                current, is_label = change, False
            elif change.scope == "label":
                fallback = current if current.kind == "required" else _UNKNOWN
                current, is_label = change, True
        changes += found
        if found and found[-1].scope == "line":
            changes.append(current._replace(start=end))
        yield end, changes


def _ended(found: Sequence[Change], text: str, end: int) -> Iterator[Change]:
    """Yield the changes of a line, with one to unknown where the list of a stack label ends before the line does."""
    for i, change in enumerate(found):
        yield change
        stop = found[i + 1].start if i + 1 < len(found) else end
        if (change.kind, change.scope) == ("stack", "line") and (full := _STACK_END.search(text, change.start, stop)):
            yield Change(full.end(), "unknown", "", "line")


def _parts(folded: str) -> list[Change]:
    """Return the sections of a Korean text without headings whose three fields were joined by single spaces.

    Wanted and Remember list duties, requirements and preferences in this order; where a collector joined the
    fields, exactly two bullets stand in the middle of a line.
    """
    if folded.isascii() or not _HANGUL.search(folded):
        return []
    seams = [seam.end() for seam in _SEAM.finditer(folded)]
    if len(seams) != _N_SEAMS:
        # "Kafka - 2년": other marks stand inside an item too, and count only where they start the lines.
        marks = {line[:1] for line in folded.split("\n")}
        seams = [seam.end() for seam in _ANY_SEAM.finditer(folded) if seam[1] in marks]
    if len(seams) != _N_SEAMS:
        return []
    kinds = zip((0, *seams), ("duties", "required", "preferred"), strict=True)
    return [Change(start, kind, f"({kind} part of three)", "open") for start, kind in kinds]


def kind_of_heading(heading: str, headings: Headings) -> str:
    """Return the kind that a heading given by the source stands for, or unknown."""
    view = View.of(heading)
    if hits := find_hits(headings.page(view), 0, len(heading), headings):
        kind = merge(hits)
        if kind != "unknown":
            return kind
    return headings.by_pattern(bare(view.folded)) or "unknown"

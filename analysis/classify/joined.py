"""Joined lines: where the lines of a posting started whose breaks a collector lost."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from analysis.classify.heading_lines import title_kind
from analysis.classify.headings import GAP, LONG_LINE, MIN_GAPS, Headings, Page, find_hits
from analysis.classify.inner import JOINED_LINE, LINKING

_HANGUL: Final = re.compile("[가-힣]")
# "breadRequirementsPython", "forProven", "Looking For8+ years".
_GLUED: Final = re.compile(
    r"(?:(?<=[a-z])|(?<=\w[.!?:;)%]))"
    r"(?:(?=(?!Script|Hub|Lab|Flow|Point|Ops|In\b|Query|SQL|DB|Torch|Spark)[A-Z][a-z]|[A-Z]{2,}\b)"
    r"|(?=\d{1,2}(?:\s?[-–]\s?\d{1,2})?\+?\s(?:years?|yrs?)\b))|(?<=[A-Z]{2})(?=[A-Z][a-z]{3})"
)
_SEAM: Final = re.compile(r"[A-Z\d](?<=[a-z.!?:;)%A-Z][A-Z\d])")
"""Where lines may be glued at all; asked first, for what starts with a set of letters is found fastest."""
# The capital first: it is rarer than what stands before it.
_CAPITAL_SEAM: Final = re.compile(r"[A-Z](?<=[a-z.!?:)][A-Z])[a-z]")
# A name like OpenShift starts with a capital; what is glued to a plain word or to a full stop is no name.
_SURELY_GLUED: Final = re.compile(r"(?:(?<![A-Za-z])[a-z]{3,}|[a-z]{2}[.!?:)])$")
_WORD_WINDOW: Final = 24
_MIN_GLUED: Final = 5
_MIN_GLUED_LINE: Final = 60
# "Most of us know Java. Experience with some of the following:": the last sentence introduces the list below.
_LEAD_IN: Final = re.compile(r"[.!?]\s(?=[A-Z][^.!?\n]{5,100}:\s{0,9}$)")
_LEAD_WINDOW: Final = 120
_LABEL_WINDOW: Final = 80
# Where a label may start: with a capital after a sentence, after a list item without full stop, or glued to it.
_OPENING: Final = re.compile(
    rf"(?:^|(?<=[a-z)])|(?<=[A-Z] )(?=[A-Z][a-z])|(?<=[)\]\"”] )"
    rf"|(?:^|(?<=\s))(?!(?:{LINKING})\s)[(\"“]?[a-z0-9•*][^\sA-Z]*\s+)(?=[A-Z])"
)
_STOP: Final = re.compile(r"[.!?;:•●▪✓✔]\s*")
# Words of a title: capitalised ones, with small ones between; the last one opens the next sentence.
_RUN: Final = re.compile(
    r"[A-Z](?<![\w/&'’-][A-Z])(?<!, [A-Z])[\w'’/&-]*+"
    r"(?:,?[ ](?:(?:and|or|of|the|for|to|a|in|you|with|&|/|is|are)[ ])*[A-Z(][\w'’/&-]*+\)?){1,8}"
    rf"[ ](?=(?!(?:{LINKING})\b)[a-z(])"
)
_MIN_TITLE: Final = 6
_FREE: Final = re.compile(r"[ \t\xa0]?(?:$|[:：\n]|(?<=\s)(?!(?:해당|충족|참고|참조|확인|우대|관련|중|및|등)))")
_NOUN: Final = 4
_MIN_NOUNS: Final = 2


def lines(page: Page, headings: Headings) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line; a long one whose breaks vanished is cut where headings and items start."""
    text = page.view.text
    whole: list[tuple[int, int]] = []
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        if line:
            whole.append((start, end))
    is_glued = _is_glued(text, whole)
    for start, end in whole:
        is_plain = end - start <= (_MIN_GLUED_LINE if is_glued or text[end - 1] in ": " else LONG_LINE)
        if not is_plain and (edges := {*_edges(page, start, end, headings, is_glued)}):
            yield from pairwise(sorted({start, end, *edges}))
        else:
            yield start, end


def _is_glued(text: str, whole: list[tuple[int, int]]) -> bool:
    """Tell whether a text lost its breaks without a space in their place."""
    seams: list[tuple[int, int]] = []
    for start, end in whole:
        if end - start > LONG_LINE and (found := [*_CAPITAL_SEAM.finditer(text, start, end)]):
            seams += () if _HANGUL.search(text, start, end) else ((start, seam.start()) for seam in found)
    if len(seams) < _MIN_GLUED:
        return False
    lefts = (text[max(start, at - _WORD_WINDOW) : at] for start, at in seams)
    return sum(_SURELY_GLUED.search(left) is not None for left in lefts) >= _MIN_GLUED


def _edges(page: Page, start: int, end: int, headings: Headings, is_glued: bool) -> Iterator[int]:
    """Yield the places inside a line where lines may have started or ended."""
    text = page.view.text
    if is_glued and not _HANGUL.search(text, start, end):
        seams = (seam.start() for seam in _SEAM.finditer(text, start, end))
        yield from (seam for seam in seams if _GLUED.match(text, seam, end))
    is_label = text[end - 1] in ": "
    if is_label and (lead := _LEAD_IN.search(text, max(start, end - _LEAD_WINDOW), end)):
        yield lead.end()
    if end - start <= LONG_LINE:
        return
    gaps = [gap.span() for gap in GAP.finditer(text, start, end)] if text.find("    ", start, end) >= 0 else []
    found = gaps if len(gaps) >= MIN_GAPS else []
    found += _nouns(page, start, end, headings)
    if end - start > JOINED_LINE:
        found += _labels(page, start, end, headings)
        found += () if is_glued else _titles(page, start, end, headings)
    yield from (edge for pair in found for edge in pair)


def _labels(page: Page, start: int, end: int, headings: Headings) -> Iterator[tuple[int, int]]:
    """Yield the headings of a long line that end in a colon: "... with git Finishing Touches (Preferred): Master's"."""
    text = page.view.text
    colon = text.find(":", start, end)
    while colon >= 0:
        left = max(start, colon - _LABEL_WINDOW)
        left = max([left, *(stop.end() for stop in _STOP.finditer(text, left, colon))])
        for word in reversed([*_OPENING.finditer(text, left, colon)]):
            if kind := title_kind(page, word.end(), colon + 1, headings):
                # A stack is named on the line of its label, and inside the requirements it is no section.
                if kind != "stack":
                    yield word.end(), colon + 1
                break
        colon = text.find(":", colon + 1, end)


def _titles(page: Page, start: int, end: int, headings: Headings) -> Iterator[tuple[int, int]]:
    """Yield runs of capitalised words in a long line that are worded like a heading and open no sentence themselves.

    "... creates test plans Experience and Skill Requirements Five years of ..."
    """
    for run in _RUN.finditer(page.view.text, start, end):
        # Its last word opens the sentence that follows.
        left, right = run.start(), run.start() + run[0].rstrip().rfind(" ")
        if right - left <= _MIN_TITLE:
            continue
        is_known = any(hit.start == left and not hit.is_weak for hit in find_hits(page, left, right, headings))
        if not is_known and title_kind(page, left, right, headings):
            yield left, right


def _nouns(page: Page, start: int, end: int, headings: Headings) -> list[tuple[int, int]]:
    """Return the Korean headings of a long line, where at least two different ones stand free in it.

    One alone may be talked about: "우대사항 해당자".
    """
    text = page.view.text
    if text.isascii() or not _HANGUL.search(text, start, end):
        return []
    found = [
        hit
        for hit in find_hits(page, start, end, headings)
        if not hit.is_weak
        and hit.end - hit.start >= _NOUN
        and "가" <= text[hit.start] <= "힣"
        and (hit.start == start or text[hit.start - 1].isspace())
        and _FREE.match(text, hit.end)
    ]
    kinds = {hit.kind for hit in found} & {"required", "preferred", "duties"}
    return [(hit.start, hit.end) for hit in found] if len(kinds) >= _MIN_NOUNS else []

"""Sections: which part of a posting a place stands in, told by its headings in whatever shape they survived."""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from analysis.classify.headings import LONG_LINE, Headings, Hit, find_hits, merge
from analysis.classify.vocabulary import fold

_LEAD: Final = re.compile(r"(?:[\W_]|\d{1,2}[.)\]](?=\s|\D))*")
_TRAIL: Final = re.compile(r"[\W_]*$")
_BULLET: Final = re.compile(r"\s*(?:[-–•·ㆍ▪◦‣∙◾●○*+]\s|[•·ㆍ▪◦‣∙◾]|o\s|\d{1,2}[.)]\s|[ⅰ-ⅹ①-⑳])")
_MARK: Final = re.compile(r"\s*(?:[\[【<＜《〔■□◆◇▶▷★☆※✔✓#]|\*\*|__)")
_COLON: Final = re.compile(r"\s*(?:\([^)\n]{0,40}\)\s*)?[*_\]】>＞》〕)\s]*(?:[:：]|\s[-–—]\s)[*_\s]*")
_CLOSED: Final = re.compile(r"\s*[\]】>＞》〕]\s*[:：]?\s*")
_PAREN: Final = re.compile(r"\([^)]*\)?")
_GLUE: Final = frozenset(
    """
    and or the a an our your their my for to of in on with this that these role position job here you we will have has
    is are be if as at include includes including following from who what us it s 및 또는 와 과 등 은 는 이 가 을 를
    """.split()  # noqa: SIM905
)
_WORDS: Final = re.compile(r"[^\W_]+(?:'[a-z]+)?")
# A heading inside a line follows the end of a sentence, a bullet, an emoji or a bracket, never a comma or a plain word.
_BREAK_BEFORE: Final = re.compile(r"(?:^|[^\w\s,'\"/&(\-]|\s{2,}|\n)\s*[\[【(<*#_\-]*\s*$")
_CAPITAL_AFTER: Final = re.compile(r"[\s*_]*[-•·●▪*]?\s*[A-Z0-9•●▪]")
# "... 성장할 수 있어요. ＜ 이런 분을 찾아요 ＞": a bracketed heading whose line break was lost.
_TAIL: Final = re.compile(r"[\[【<＜《〔][^\[\]【】<>＜＞《》〔〕\n]{2,45}[\]】>＞》〕]\s*$")
_CLOSING: Final = frozenset("]】>＞》〕")
_LINE: Final = re.compile(r"[^\n]+")
_GLUED: Final = re.compile(r"(?<=[a-z.!?:;)%])(?=[A-Z][a-z])")
_MIN_GLUED: Final = 5
_NOUN: Final = 4
_SEAM: Final = re.compile(r"(?<=[^\s•ㆍ▪◦]) +(?=[•ㆍ▪◦]\s?\S)")
_HANGUL: Final = re.compile("[가-힣]")
_SMALL_WORDS: Final = frozenset("and or of the for to a an in you we if with & do is are your our".split())  # noqa: SIM905
_HEADING_LENGTH: Final = 80
_MANY_SPACES: Final = 11
_LABEL: Final = re.compile(r"([^:：\n]{2,36}?)\s?[:：](?!//)(?=\s*\S)")
_ASIDES: Final = frozenset({"stack", "benefits", "process", "company"})


class Change(NamedTuple):
    """From `start` on a section holds; scope: open, line (this line only) or label (this line and its bullets)."""

    start: int
    kind: str
    heading: str
    scope: str


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
        return not any(change.kind in ("required", "preferred") for change in self.changes)


def outline(text: str, headings: Headings, folded: str | None = None) -> Outline:
    """Return the sections of a text; `folded` saves folding it again."""
    folded = fold(text) if folded is None else folded
    changes: list[Change] = []
    current, fallback, is_label = Change(0, "unknown", "", "open"), Change(0, "unknown", "", "open"), False
    for start, end in _lines(text):
        if is_label and not _BULLET.match(folded, start, end):
            current, is_label = fallback, False
            changes.append(current._replace(start=start))
        found = list(_read_line(text, folded, start, end, headings, current.kind))
        for change in found:
            changes.append(change)
            if change.scope == "open":
                current, is_label = change, False
            elif change.scope == "label":
                fallback = current if current.kind == "required" else Change(0, "unknown", "", "open")
                current, is_label = change, True
        if found and found[-1].scope == "line":
            changes.append(current._replace(start=end))
    if not any(change.kind in ("required", "preferred") for change in changes):
        changes = _parts(folded) or changes
    return Outline(tuple(changes), tuple(change.start for change in changes))


def _parts(folded: str) -> list[Change]:
    """Return the sections of a Korean text without headings whose three fields were joined by single spaces.

    Wanted and Remember list duties, requirements and preferences in this order; where a collector joined the
    fields, exactly two bullets stand in the middle of a line.
    """
    seams = [seam.end() for seam in _SEAM.finditer(folded)]
    if len(seams) != 2 or not _HANGUL.search(folded):
        return []
    kinds = zip((0, *seams), ("duties", "required", "preferred"), strict=True)
    return [Change(start, kind, f"({kind} part of three)", "open") for start, kind in kinds]


def kind_of_heading(heading: str, headings: Headings) -> str:
    """Return the kind that a heading given by the source stands for, or unknown."""
    folded = fold(heading)
    if hits := find_hits(heading, folded, 0, len(folded), headings):
        kind = merge(hits)
        if kind != "unknown":
            return kind
    return headings.by_pattern(_bare(folded)) or "unknown"


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line; a long one whose breaks vanished ("breadRequirementsPython") is cut there."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        seams = [m.start() for m in _GLUED.finditer(text, start, end)] if end - start > LONG_LINE else []
        edges = [start, *seams, end] if len(seams) >= _MIN_GLUED else [start, end]
        yield from pairwise(edges)


def _read_line(text: str, folded: str, start: int, end: int, headings: Headings, state: str) -> Iterator[Change]:
    """Yield the changes of section within one line."""
    lead = _match_end(_LEAD, folded, start, end)
    if lead == end:
        return
    is_closed = folded[lead:end].rstrip()[-1:] in _CLOSING
    if is_closed and (tail := _TAIL.search(folded, lead, end)) and folded[tail.start() - 1] in " .!?)":
        yield from _read_line(text, folded, start, tail.start(), headings, state)
        yield from _read_line(text, folded, tail.start(), end, headings, state)
        return
    hits = find_hits(text, folded, lead, end, headings)
    is_bullet = _BULLET.match(folded, start, end) is not None
    has_content = bool(hits) and hits[0].start == lead and _has_content(folded, hits, end)
    limit = _HEADING_LENGTH if folded[end - 1] not in ":：" else 2 * _HEADING_LENGTH
    if end - lead <= limit and not has_content:
        kind = _whole_line(folded, start, lead, end, hits, is_bullet)
        is_detail = kind is not None and state in ("required", "preferred") and all(hit.is_weak for hit in hits)
        if kind is None or is_detail:
            worded = _by_pattern(text, folded, lead, end, headings, is_bullet)
            kind = worded if not is_detail or worded in _ASIDES else None
        if kind:
            yield Change(start, kind, _bare(text[lead:end]), "open")
        if kind or is_detail:
            return
    has_label = bool(hits) and hits[0].start == lead
    if not has_label and (label := _worded_label(text, folded, lead, end, headings, is_bullet, state)):
        yield label
    for hit in hits:
        change = (
            _label(text, folded, start, lead, hit, is_bullet, state)
            if hit.start == lead
            else _inside(text, folded, start, end, hit)
        )
        if change:
            yield change


def _has_content(folded: str, hits: Sequence[Hit], end: int) -> bool:
    """Does a label at the start of a line, closed by a colon or a bracket, have its content on the same line?"""
    edge = _COLON.match(folded, hits[0].end, end) or _CLOSED.match(folded, hits[0].end, end)
    return edge is not None and bool(re.search(r"[^\W_]", folded[edge.end() : end]))


def _match_end(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    found = pattern.match(text, start, end)
    return found.end() if found else start


def _bare(line: str) -> str:
    return _TRAIL.sub("", line[_match_end(_LEAD, line, 0, len(line)) :])


def _whole_line(folded: str, start: int, lead: int, end: int, hits: Sequence[Hit], is_bullet: bool) -> str | None:
    """Return the kind of a line that is nothing but a heading."""
    if not hits or folded[:end].rstrip().endswith("."):
        return None
    rest = list(folded[lead:end])
    for hit in hits:
        rest[hit.start - lead : hit.end - lead] = " " * (hit.end - hit.start)
    n_left = _n_words(_PAREN.sub(" ", "".join(rest)))
    strong = [hit for hit in hits if not hit.is_weak]
    is_ended = folded[lead:end].rstrip(" *_").endswith((":", "：", "]", "】", "＞", "》", "〕", "?"))
    is_marked = is_ended or (_MARK.match(folded, start) is not None and not is_bullet)
    if n_left == 0:
        return merge(hits) if strong or is_marked or not is_bullet else None
    is_edge = bool(strong) and (
        strong[0].start == lead or strong[-1].end >= lead + len(folded[lead:end].rstrip(" *_:：]】?"))
    )
    return merge(hits) if is_marked and is_edge and n_left <= 4 and not (is_bullet and n_left > 2) else None


def _n_words(rest: str) -> int:
    return sum(word not in _GLUE for word in _WORDS.findall(rest))


def _by_pattern(text: str, folded: str, lead: int, end: int, headings: Headings, is_bullet: bool) -> str | None:
    """Return the kind of a short line that is worded like a heading though not in the vocabulary."""
    if is_bullet or not ("가" <= text[lead] <= "힣" or text[lead].isupper()):
        return None
    line = folded[lead:end].rstrip()
    if line.endswith((".", ",", ";")) or ("," in line and line[-1] not in ":：") or line.count(" ") > _MANY_SPACES:
        return None
    return headings.by_pattern(_TRAIL.sub("", line)) or (headings.by_pattern(line) if line[-1] in ":：" else None)


def _worded_label(
    text: str, folded: str, lead: int, end: int, headings: Headings, is_bullet: bool, state: str
) -> Change | None:
    """Return the change made by a label that is in no vocabulary but worded like a heading: "4. 요구 기술 : Spark"."""
    found = _LABEL.match(folded, lead, end)
    if found is None or not ("가" <= text[lead] <= "힣" or text[lead].isupper()):
        return None
    kind = headings.by_pattern(_TRAIL.sub("", found[1]))
    if kind is None or (kind == "stack" and state in ("required", "preferred")):
        return None
    scope = "line" if is_bullet or kind in _ASIDES else "label"
    return Change(lead, kind, text[lead : found.end(1)], scope)


def _label(text: str, folded: str, start: int, lead: int, hit: Hit, is_bullet: bool, state: str) -> Change | None:
    """Return the change a label at the start of a line makes: "Nice to have: Kafka"."""
    if not (_COLON.match(folded, hit.end) or (lead > start and _CLOSED.match(folded, hit.end))):
        # A heading whose line break was lost: "Requirements Five years of ..."
        return _inside(text, folded, start, len(folded), hit) if not hit.is_weak else None
    if hit.is_weak and state in ("required", "preferred"):
        return None
    if hit.kind == "stack" and state in ("required", "preferred") and is_bullet:
        return None
    scope = "line" if is_bullet or hit.is_weak or hit.kind in _ASIDES else "label"
    line_end = folded.find("\n", hit.end)
    if scope == "label" and (line_end if line_end >= 0 else len(folded)) - start > 2 * LONG_LINE:
        scope = "open"
    return Change(hit.start, hit.kind, text[hit.start : hit.end], scope)


def _inside(text: str, folded: str, start: int, end: int, hit: Hit) -> Change | None:
    """Return the change a heading inside a line makes, where its line breaks were lost."""
    before = folded[max(start, hit.start - 12) : hit.start]
    is_break = _BREAK_BEFORE.search(before) is not None
    first = text[hit.start]
    if hit.is_weak or not (first.isupper() or "가" <= first <= "힣"):
        return None
    change = Change(hit.start, hit.kind, text[hit.start : hit.end], "open")
    is_last = not folded[hit.end : end].strip(" *_:：]】?>)\t\xa0")
    if is_break and is_last:
        return change
    has_colon = _COLON.match(folded, hit.end) is not None
    if is_break and (has_colon or _CLOSED.match(folded, hit.end)):
        return change._replace(scope="line") if hit.kind in _ASIDES else change
    if has_colon and hit.end - hit.start >= _NOUN and not first.isascii() and before[-1:] in " ,.)":
        return change
    is_long = end - start > LONG_LINE
    words = text[hit.start : hit.end].split()
    if is_long and len(words) > 1 and folded[hit.end : hit.end + 1] in (":", "："):
        return change
    is_titled = all(word[0].isupper() or word.lower() in _SMALL_WORDS for word in words) and first.isascii()
    if is_long and is_titled and (is_break or len(words) > 1) and _CAPITAL_AFTER.match(text, hit.end):
        return change
    return None

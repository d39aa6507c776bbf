"""Heading lines: what one line of a posting changes about the section, in whatever shape its heading survived."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from analysis.classify.automaton import View
from analysis.classify.headings import GLUE, LONG_LINE, WORDS, Headings, Hit, Page, find_hits, merge
from analysis.classify.inner import ASIDES, CLOSED, COLON, REACH, has_colon, inner_scope, is_capital, is_closed

# Possessive, or each of a million bullets on one line would be kept for going back.
_LEAD: Final = re.compile(r"(?:[\W_]++|\d{1,2}[.)\]](?=\s|\D))*+")
_LETTER: Final = re.compile(r"[^\W_]")
BULLET: Final = re.compile(r"\s*(?:[-–•·ㆍ▪◦‣∙◾●○*+]\s|[•·ㆍ▪◦‣∙◾]|o\s|\d{1,2}[.)]\s|[ⅰ-ⅹ①-⑳])")
_MARK: Final = re.compile(r"\s*(?:[\[【<＜《〔■□◆◇▶▷★☆※✔✓#]|\*\*|__)")
_PAREN: Final = re.compile(r"\([^)]*\)?")
# The mark first: an expression that starts with a choice is tried at every letter.
_MARKED: Final = re.compile(r"[：】＞》〕–—-](?:(?<![–—-])|(?<=\s[–—-])(?=\s))")
_CLOSED_END: Final = re.compile(r"[^.…:\s]\.")
_BREAK: Final = re.compile(r"(?:[^\w\s,'\"/&(\-]|\s{2})[\W_]*+[^\W_]")
# "... 성장할 수 있어요. ＜ 이런 분을 찾아요 ＞": a bracketed heading whose line break was lost.
_TAIL: Final = re.compile(r"[\[【<＜《〔][^\[\]【】<>＜＞《》〔〕\n]{2,45}[\]】>＞》〕]\s*$")
_LONGEST_TAIL: Final = 47
_CLOSING: Final = frozenset("]】>＞》〕")
_HEADING_LENGTH: Final = 80
_MANY_SPACES: Final = 11
_FAR: Final = 1_000
_MAX_LEFT: Final = 4
_LONGEST_LABEL: Final = 38
_LABEL: Final = re.compile(r"([^:：\n]{2,36}?)\s?[:：](?!//)(?=\s*\S)")


class Change(NamedTuple):
    """From `start` on a section holds; scope: open, line (this line only) or label (this line and its bullets)."""

    start: int
    kind: str
    heading: str
    scope: str


def bare(line: str) -> str:
    """Return a line without bullets and marks around it."""
    if line[:1].isalpha() and line[-1].isalnum():
        return line
    return _without_trail(line[_lead_end(line, 0, len(line)) :])


def _without_trail(line: str) -> str:
    # From behind: looking for a run of marks that ends the line tries each of a million marks inside it.
    last = _LETTER.search(line[::-1])
    return line[: len(line) - last.start()] if last else ""


class _Line(NamedTuple):
    """A line or a part of one; its wording starts at `lead`, which is its end if it has none."""

    start: int
    lead: int
    end: int
    is_bullet: bool


def _look(folded: str, start: int, end: int) -> _Line:
    first = folded[start]
    if ("a" <= first <= "z" and first != "o") or "가" <= first <= "힣":
        return _Line(start, start, end, False)
    return _Line(start, _lead_end(folded, start, end), end, BULLET.match(folded, start, end) is not None)


def read_line(page: Page, start: int, end: int, headings: Headings, state: str) -> list[Change]:
    """Return the changes of section within a line that stands in a section of kind `state`."""
    view = page.view
    line = _look(view.folded, start, end)
    if line.lead == end:
        return []
    found: list[Change] = []
    if _may_hold_phrase(page, line, headings):
        for part in _split(view.folded, line):
            found += _read_part(page, part, headings, state)
    elif kind := _by_pattern(view, line, headings):
        found = [Change(start, kind, bare(view.text[line.lead : end]), "open")]
    if not found and view.text[end - 1] in ":.… " and (introduced := _introduction(view, line, headings, state)):
        return [introduced]
    return found


def _introduction(view: View, line: _Line, headings: Headings, state: str) -> Change | None:
    """Return the change made by a line that introduces a list where no requirements are open: "Experience with:"."""
    start, lead, end, is_bullet = line
    if state in ("required", "preferred") or end - lead > LONG_LINE or _CLOSED_END.match(view.text, end - 2, end):
        return None
    kind = headings.by_lead(view.folded[lead:end].rstrip())
    has_list = is_bullet or BULLET.match(view.folded, end + 1)
    return Change(start, kind, bare(view.text[lead:end]), "label" if has_list else "open") if kind else None


def _may_hold_phrase(page: Page, line: _Line, headings: Headings) -> bool:
    """Could a phrase in the line be a heading? Most lines are told from those cheaply, without looking for phrases."""
    (text, folded, _), places = page
    start, lead, end, _ = line
    if end - start > LONG_LINE or (lead > start and _MARK.match(folded, start, end)):
        return True
    wording = folded[lead:end]
    if ":" in wording or "]" in wording or ">" in wording or "?" in wording:
        return True
    if ("-" in wording or not wording.isascii()) and _MARKED.search(wording):
        return True
    i = bisect_left(places, lead)
    first = places[i] if i < len(places) else end
    is_glued = page.is_glued(lead, end)
    if first >= end and not is_glued:
        return False
    if (first == lead or is_glued) and is_capital(text[lead]) and headings.finder.match(wording):
        return True
    if headings.is_covered(wording):
        return True
    return headings.is_ending(wording) and _BREAK.search(wording) is not None


def _split(folded: str, line: _Line) -> Sequence[_Line]:
    """Return the parts of a line, which are more than one where it ends in bracketed headings."""
    start, lead, end, _ = line
    if not (folded[end - 1] in _CLOSING or folded[end - 1].isspace()):
        return (line,)
    tails: list[tuple[int, int]] = []
    while end > lead:
        last = end
        while folded[last - 1].isspace():
            last -= 1
        tail = _TAIL.search(folded, max(lead, last - _LONGEST_TAIL), end) if folded[last - 1] in _CLOSING else None
        if tail is None or folded[tail.start() - 1] not in " .!?)":
            break
        tails.append((tail.start(), end))
        end = tail.start()
    return [_look(folded, left, right) for left, right in ((start, end), *reversed(tails))]


def _read_part(page: Page, line: _Line, headings: Headings, state: str) -> list[Change]:
    view = page.view
    text, folded, _ = view
    start, lead, end, _ = line
    if lead == end:
        return []
    hits = find_hits(page, lead, end, headings)
    has_label = bool(hits) and hits[0].start == lead
    if end - lead <= _limit(folded, end) and not (has_label and _has_content(folded, hits[0], end)):
        kind = _whole_line(folded, line, hits)
        is_detail = kind is not None and state in ("required", "preferred") and all(hit.is_weak for hit in hits)
        if kind is None or is_detail:
            worded = _by_pattern(view, line, headings)
            kind = worded if not is_detail or worded in ASIDES else None
        if kind:
            return [Change(start, kind, bare(text[lead:end]), "open")]
        if is_detail:
            return []
    label = None if has_label else _worded_label(view, line, headings, state)
    inner = (_label(view, line, hit, state) if hit.start == lead else _inside(view, start, end, hit) for hit in hits)
    return [change for change in (label, *inner) if change]


def _limit(folded: str, end: int) -> int:
    """Return how long a line may be that is a heading as a whole."""
    return _HEADING_LENGTH if folded[end - 1] not in ":：" else 2 * _HEADING_LENGTH


def _lead_end(text: str, start: int, end: int) -> int:
    """Return where the first letter or digit of a line stands that belongs to its wording; its end if none does."""
    found = _LEAD.match(text, start, end)
    return found.end() if found else start


def _has_content(folded: str, label: Hit, end: int) -> bool:
    """Does a label at the start of a line, closed by a colon or a bracket, have its content on the same line?"""
    stop = min(end, label.end + REACH)
    edge = COLON.match(folded, label.end, stop) or CLOSED.match(folded, label.end, stop)
    return edge is not None and _LETTER.search(folded, edge.end(), end) is not None


def _whole_line(folded: str, line: _Line, hits: Sequence[Hit]) -> str | None:
    """Return the kind of a line that is nothing but a heading."""
    if not hits:
        return None
    start, lead, end, is_bullet = line
    wording = folded[lead:end].rstrip()
    # "Even better...": three stops open a list, one ends a sentence.
    is_open = wording.endswith(("..", "…"))
    if wording.endswith(".") and not is_open:
        return None
    n_left = _n_words(folded, lead, end, hits)
    if n_left > _MAX_LEFT:
        return None
    strong = [hit for hit in hits if not hit.is_weak]
    if n_left == 0 and (strong or not is_bullet):
        return merge(hits)
    is_ended = is_open or wording.rstrip(" *_").endswith((":", "：", "]", "】", "＞", "》", "〕", "?"))
    is_marked = is_ended or (not is_bullet and _MARK.match(folded, start, end) is not None)
    if n_left == 0:
        return merge(hits) if is_marked else None
    is_edge = bool(strong) and (strong[0].start == lead or strong[-1].end >= lead + len(wording.rstrip(" *_:：]】?.…")))
    return merge(hits) if is_marked and is_edge and not (is_bullet and n_left > 2) else None


def _n_words(folded: str, lead: int, end: int, hits: Sequence[Hit]) -> int:
    """Return how many words of a line are in no phrase, small ones and those in brackets apart."""
    rest, edge = "", lead
    for hit in hits:
        rest += f"{folded[edge : hit.start]} "
        edge = hit.end
    rest += folded[edge:end]
    if rest.isspace():
        return 0
    if "(" in rest:
        rest = _PAREN.sub(" ", rest)
    return sum(word not in GLUE for word in WORDS.findall(rest))


def _by_pattern(view: View, line: _Line, headings: Headings) -> str | None:
    """Return the kind of a short line that is worded like a heading though not in the vocabulary."""
    _, lead, end, is_bullet = line
    folded = view.folded
    if is_bullet or not is_capital(view.text[lead]) or end - lead > _limit(folded, end):
        return None
    wording = folded[lead:end].rstrip()
    if wording.endswith(("..", "…")):
        wording = wording.rstrip(".… ") + ":"
    last = wording[-1]
    if last in ".,;" or ("," in wording and last not in ":：") or wording.count(" ") > _MANY_SPACES:
        return None
    trimmed = wording if last.isalnum() else _without_trail(wording)
    return headings.by_pattern(trimmed) or (headings.by_pattern(wording) if last in ":：" else None)


def _worded_label(view: View, line: _Line, headings: Headings, state: str) -> Change | None:
    """Return the change made by a label that is in no vocabulary but worded like a heading: "4. 요구 기술 : Spark"."""
    if not is_capital(view.text[line.lead]) or not _has_colon(view.folded, line.lead, line.end):
        return None
    found = _LABEL.match(view.folded, line.lead, line.end)
    if found is None:
        return None
    kind = headings.by_pattern(_without_trail(found[1]))
    if kind is None or (kind == "stack" and state in ("required", "preferred")):
        return None
    scope = "line" if line.is_bullet or kind in ASIDES else "label"
    return Change(line.lead, kind, view.text[line.lead : found.end(1)], scope)


def _has_colon(folded: str, lead: int, end: int) -> bool:
    stop = min(end, lead + _LONGEST_LABEL)
    return folded.find(":", lead, stop) >= 0 or folded.find("：", lead, stop) >= 0


def _label(view: View, line: _Line, hit: Hit, state: str) -> Change | None:
    """Return the change a label at the start of a line makes: "Nice to have: Kafka"."""
    folded = view.folded
    start, lead, _, is_bullet = line
    if not (has_colon(folded, hit) or (lead > start and is_closed(folded, hit))):
        # A heading whose line break was lost: "Requirements Five years of ..."
        end = _line_end(folded, start)
        change = _inside(view, start, end, hit, is_first=True)
        # "- Preferably Python" softens itself, not the bullets below it.
        is_own = is_bullet and hit.kind == "preferred" and end - start <= LONG_LINE
        return change._replace(scope="line") if change and is_own else change
    if hit.is_weak and state in ("required", "preferred"):
        return None
    if hit.kind == "stack" and state in ("required", "preferred") and is_bullet:
        return None
    scope = "line" if is_bullet or hit.is_weak or hit.kind in ASIDES else "label"
    if scope == "label" and _line_end(folded, hit.end) - start > 2 * LONG_LINE:
        scope = "open"
    return Change(hit.start, hit.kind, view.text[hit.start : hit.end], scope)


def _inside(view: View, start: int, end: int, hit: Hit, is_first: bool = False) -> Change | None:
    if hit.is_weak or not is_capital(view.text[hit.start]):
        return None
    scope = inner_scope(view.text, view.folded, start, end, hit, is_first)
    return Change(hit.start, hit.kind, view.text[hit.start : hit.end], scope) if scope else None


def _line_end(folded: str, position: int) -> int:
    # A longer line is a long one: read to its end from each of its headings, a million of them would take hours.
    stop = min(len(folded), position + _FAR)
    end = folded.find("\n", position, stop)
    return end if end >= 0 else stop


def title_kind(page: Page, start: int, end: int, headings: Headings) -> str | None:
    """Return the kind of a stretch inside a line that would be a heading on a line of its own, or None."""
    line = _Line(start, start, end, is_bullet=False)
    kind = _whole_line(page.view.folded, line, find_hits(page, start, end, headings))
    if kind is None and " " in page.view.text[start:end]:
        kind = _by_pattern(page.view, line, headings)
    return kind

"""Heading lines: what one line of a posting changes about the section, in whatever shape its heading survived."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from analysis.classify.automaton import View
from analysis.classify.headings import GLUE, LONG_LINE, WORDS, Headings, Hit, find_hits, merge
from analysis.classify.inner import ASIDES, CLOSED, COLON, REACH, has_colon, inner_scope, is_capital, is_closed

# Possessive, or each of a million bullets on one line would be kept for going back.
_LEAD: Final = re.compile(r"(?:[\W_]++|\d{1,2}[.)\]](?=\s|\D))*+")
_LETTER: Final = re.compile(r"[^\W_]")
BULLET: Final = re.compile(r"\s*(?:[-–•·ㆍ▪◦‣∙◾●○*+]\s|[•·ㆍ▪◦‣∙◾]|o\s|\d{1,2}[.)]\s|[ⅰ-ⅹ①-⑳])")
_MARK: Final = re.compile(r"\s*(?:[\[【<＜《〔■□◆◇▶▷★☆※✔✓#]|\*\*|__)")
_PAREN: Final = re.compile(r"\([^)]*\)?")
# A label or a bracket ends, or a question.
_MARKS: Final = (":", "]", ">", "?")
_MARKED: Final = re.compile(r"[：】＞》〕]|\s[-–—]\s")
_BREAK: Final = re.compile(r"(?:[^\w\s,'\"/&(\-]|\s{2})[\W_]*+[^\W_]")
# "... 성장할 수 있어요. ＜ 이런 분을 찾아요 ＞": a bracketed heading whose line break was lost.
_TAIL: Final = re.compile(r"[\[【<＜《〔][^\[\]【】<>＜＞《》〔〕\n]{2,45}[\]】>＞》〕]\s*$")
_LONGEST_TAIL: Final = 47
_CLOSING: Final = frozenset("]】>＞》〕")
_HEADING_LENGTH: Final = 80
_MANY_SPACES: Final = 11
_LABEL: Final = re.compile(r"([^:：\n]{2,36}?)\s?[:：](?!//)(?=\s*\S)")


class Change(NamedTuple):
    """From `start` on a section holds; scope: open, line (this line only) or label (this line and its bullets)."""

    start: int
    kind: str
    heading: str
    scope: str


def bare(line: str) -> str:
    """Return a line without bullets and marks around it."""
    return _without_trail(line[_lead_end(line, 0, len(line)) :])


def _without_trail(line: str) -> str:
    # From behind: looking for a run of marks that ends the line tries each of a million marks inside it.
    last = _LETTER.search(line[::-1])
    return line[: len(line) - last.start()] if last else ""


def read_line(view: View, start: int, end: int, headings: Headings, state: str) -> Iterator[Change]:
    """Yield the changes of section within a line that stands in a section of kind `state`."""
    text, folded, _ = view
    lead = _lead_end(folded, start, end)
    if lead == end:
        return
    if _may_hold_phrase(view, start, lead, end, headings):
        found = [
            change
            for left, right in _split(folded, start, lead, end)
            for change in _read_part(view, left, right, headings, state)
        ]
    else:
        kind = _by_pattern(text, folded, lead, end, headings, BULLET.match(folded, start, end) is not None)
        found = [Change(start, kind, bare(text[lead:end]), "open")] if kind else []
    if not found and (introduced := _introduction(view, start, lead, end, headings, state)):
        found = [introduced]
    yield from found


def _introduction(view: View, start: int, lead: int, end: int, headings: Headings, state: str) -> Change | None:
    """Return the change made by a line that introduces a list where no requirements are open: "Experience with:"."""
    if state in ("required", "preferred") or end - lead > LONG_LINE or view.text[end - 1] not in ":.… ":
        return None
    kind = headings.by_lead(view.folded[lead:end].rstrip())
    has_list = BULLET.match(view.folded, end + 1) or BULLET.match(view.folded, start, end)
    return Change(start, kind, bare(view.text[lead:end]), "label" if has_list else "open") if kind else None


def _may_hold_phrase(view: View, start: int, lead: int, end: int, headings: Headings) -> bool:
    """Could a phrase in the line be a heading? Most lines are told from those cheaply, without looking for phrases."""
    text, folded, _ = view
    if end - start > LONG_LINE or _MARK.match(folded, start, end):
        return True
    line = folded[lead:end]
    if any(map(line.__contains__, _MARKS)) or ((not line.isascii() or "-" in line) and _MARKED.search(line)):
        return True
    if headings.is_covered(line) or (is_capital(text[lead]) and headings.finder.match(line)):
        return True
    return headings.is_ending(line) and _BREAK.search(line) is not None


def _split(folded: str, start: int, lead: int, end: int) -> list[tuple[int, int]]:
    """Return the parts of a line, which are more than one where it ends in bracketed headings."""
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
    return [(start, end), *reversed(tails)]


def _read_part(view: View, start: int, end: int, headings: Headings, state: str) -> Iterator[Change]:
    text, folded, _ = view
    lead = _lead_end(folded, start, end)
    hits = find_hits(view, lead, end, headings)
    is_bullet = BULLET.match(folded, start, end) is not None
    has_label = bool(hits) and hits[0].start == lead
    if end - lead <= _limit(folded, end) and not (has_label and _has_content(folded, hits[0], end)):
        kind = _whole_line(folded, start, lead, end, hits, is_bullet)
        is_detail = kind is not None and state in ("required", "preferred") and all(hit.is_weak for hit in hits)
        if kind is None or is_detail:
            worded = _by_pattern(text, folded, lead, end, headings, is_bullet)
            kind = worded if not is_detail or worded in ASIDES else None
        if kind:
            yield Change(start, kind, bare(text[lead:end]), "open")
        if kind or is_detail:
            return
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


def _whole_line(folded: str, start: int, lead: int, end: int, hits: Sequence[Hit], is_bullet: bool) -> str | None:
    """Return the kind of a line that is nothing but a heading."""
    line = folded[lead:end].rstrip()
    # "Even better...": three stops open a list, one ends a sentence.
    is_open = line.endswith(("..", "…"))
    if not hits or (line.endswith(".") and not is_open):
        return None
    rest = list(folded[lead:end])
    for hit in hits:
        rest[hit.start - lead : hit.end - lead] = " " * (hit.end - hit.start)
    n_left = _n_words(_PAREN.sub(" ", "".join(rest)))
    strong = [hit for hit in hits if not hit.is_weak]
    is_ended = is_open or line.rstrip(" *_").endswith((":", "：", "]", "】", "＞", "》", "〕", "?"))
    is_marked = is_ended or (_MARK.match(folded, start, end) is not None and not is_bullet)
    if n_left == 0:
        return merge(hits) if strong or is_marked or not is_bullet else None
    is_edge = bool(strong) and (strong[0].start == lead or strong[-1].end >= lead + len(line.rstrip(" *_:：]】?.…")))
    return merge(hits) if is_marked and is_edge and n_left <= 4 and not (is_bullet and n_left > 2) else None


def _n_words(rest: str) -> int:
    return sum(word not in GLUE for word in WORDS.findall(rest))


def _by_pattern(text: str, folded: str, lead: int, end: int, headings: Headings, is_bullet: bool) -> str | None:
    """Return the kind of a short line that is worded like a heading though not in the vocabulary."""
    if is_bullet or not is_capital(text[lead]) or end - lead > _limit(folded, end):
        return None
    line = folded[lead:end].rstrip()
    if line.endswith(("..", "…")):
        line = line.rstrip(".… ") + ":"
    if line.endswith((".", ",", ";")) or ("," in line and line[-1] not in ":：") or line.count(" ") > _MANY_SPACES:
        return None
    trimmed = line if line[-1].isalnum() else _without_trail(line)
    return headings.by_pattern(trimmed) or (headings.by_pattern(line) if line[-1] in ":：" else None)


def _worded_label(
    text: str, folded: str, lead: int, end: int, headings: Headings, is_bullet: bool, state: str
) -> Change | None:
    """Return the change made by a label that is in no vocabulary but worded like a heading: "4. 요구 기술 : Spark"."""
    found = _LABEL.match(folded, lead, end) if is_capital(text[lead]) else None
    if found is None:
        return None
    kind = headings.by_pattern(_without_trail(found[1]))
    if kind is None or (kind == "stack" and state in ("required", "preferred")):
        return None
    scope = "line" if is_bullet or kind in ASIDES else "label"
    return Change(lead, kind, text[lead : found.end(1)], scope)


def _label(text: str, folded: str, start: int, lead: int, hit: Hit, is_bullet: bool, state: str) -> Change | None:
    """Return the change a label at the start of a line makes: "Nice to have: Kafka"."""
    if not (has_colon(folded, hit) or (lead > start and is_closed(folded, hit))):
        # A heading whose line break was lost: "Requirements Five years of ..."
        end = _line_end(folded, start)
        change = _inside(text, folded, start, end, hit, is_first=True)
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
    return Change(hit.start, hit.kind, text[hit.start : hit.end], scope)


def _inside(text: str, folded: str, start: int, end: int, hit: Hit, is_first: bool = False) -> Change | None:
    scope = inner_scope(text, folded, start, end, hit, is_first)
    return Change(hit.start, hit.kind, text[hit.start : hit.end], scope) if scope else None


def _line_end(folded: str, position: int) -> int:
    end = folded.find("\n", position)
    return end if end >= 0 else len(folded)


def title_kind(view: View, start: int, end: int, headings: Headings) -> str | None:
    """Return the kind of a stretch inside a line that would be a heading on a line of its own, or None."""
    hits = find_hits(view, start, end, headings)
    kind = _whole_line(view.folded, start, start, end, hits, is_bullet=False)
    if kind is None and " " in view.text[start:end]:
        kind = _by_pattern(view.text, view.folded, start, end, headings, is_bullet=False)
    return kind

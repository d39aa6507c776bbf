"""Quoting: cuts a few words around the places where a posting names a skill, and marks the names."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise, takewhile
from typing import Final, NamedTuple

from analysis.classify.automaton import View
from analysis.classify.heading_lines import BULLET
from analysis.classify.headings import Headings, load_headings
from analysis.classify.sections import outline_view
from analysis.classify.tagger import Mention
from scrapers.posting import SECTION_KINDS

N_WORDS: Final = 25
"""Words of context on each side of the name, over all lines of a quote: a quotation, never the posting."""
N_CHARS: Final = 220
"""Characters on each side: a list without spaces is one word, however long."""
N_NEIGHBOURS: Final = 2
CUT: Final = "…"
MASK: Final = "○○"

_WORD: Final = re.compile(r"\S+")
_LETTER: Final = re.compile(r"[^\W_]")
_SPACE: Final = re.compile(r"\s+")
_OURS: Final = re.compile(rf"\(\w+ part of three\)|{'|'.join(SECTION_KINDS)}")
"""Headings that no posting has: this project's names for parts that stand without one."""
_PRIVATE: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+"
    r"|(?<!\d)(?:\+\d{1,3}[ .-]?)?\(?\d{2,4}\)?[ .-]\d{3,4}[ .-]\d{4}(?!\d)"
)
"""Addresses and telephone numbers: a quote is about what is asked for, not about whom to call."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a quote as it may be shown: one space between words, no controls; `spans` are what to highlight."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    is_bullet: bool = False


class Quote(NamedTuple):
    """The lines of a quote and the heading they stand under; empty where there is none."""

    heading: str
    lines: tuple[Line, ...]


class _Raw(NamedTuple):
    start: int
    end: int
    is_bullet: bool


def quote(text: str, mentions: Sequence[Mention], at: Mention, company: str | None = None) -> Quote:
    """Return what stands around the mention `at`: its line and those beside it in its section.

    `text` is what the offsets of all `mentions` count in. No more than N_WORDS words and N_CHARS characters stand
    before the name, the heading's own included, and no more after it; lines beside the name's own are quoted whole or
    not at all. A `company` given is masked wherever it is named.
    """
    lines, own, found = _section(text, at)
    line = lines[own]
    heading = _heading(at, found, text[line.start : at.start])
    before = _Budget(N_WORDS - len(heading.split()), N_CHARS)
    after = _Budget(N_WORDS, N_CHARS)
    start, end = before.cut_left(text, line.start, at.start), after.cut_right(text, at.end, line.end)
    above, below = _alike(lines[:own][::-1], line), _alike(lines[own + 1 :], line)
    above = before.beside(text, above)[::-1] if found and start == line.start else []
    below = after.beside(text, below) if found and end == line.end else []
    shown = [*above, _Raw(start, end, line.is_bullet and start == line.start), *below]
    spans = sorted({(m.start, m.end) for m in mentions if m.skill == at.skill})
    edges = (line.start, line.end)
    return Quote(plain(heading, company), tuple(_line(text, raw, spans, edges, company) for raw in shown))


def is_worded(heading: str) -> bool:
    """Tell whether a heading is the posting's own wording, and not a name of ours for a part without one."""
    return bool(heading) and _OURS.fullmatch(heading) is None


def is_whole(lines: Iterable[Line]) -> bool:
    """Tell whether nothing was cut from the lines of a quote."""
    return not any(CUT in (line.text[:1], line.text[-1:]) for line in lines)


def plain(text: str, company: str | None = None) -> str:
    """Return a text on one line without controls, addresses and telephone numbers; a `company` given is masked."""
    text = _SPACE.sub(" ", _PRIVATE.sub(CUT, unicodedata.normalize("NFC", text)))
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    # A Korean particle may follow the name at once, a Latin letter may not.
    return re.sub(rf"(?<!\w){re.escape(company)}(?![A-Za-z])", MASK, text, flags=re.I) if company else text


def to_markdown(text: str) -> str:
    """Return text that may be others' as Markdown: nothing but text, and within its cell or brackets."""
    return re.sub(r"[\\`*\[\]|]|<(?=[A-Za-z/!?])|&(?=#?\w+;)", r"\\\g<0>", text)


class _Budget:
    """The words and characters that one side of a quote may still spend."""

    def __init__(self, n_words: int, n_chars: int) -> None:
        self.n_words, self.n_chars = max(n_words, 0), n_chars

    def cut_left(self, text: str, start: int, stop: int) -> int:
        """Return from where on a line is quoted that ends at `stop`."""
        words = [m.start() for m in _WORD.finditer(text, start, stop)]
        left = start if len(words) <= self.n_words else [*words, stop][len(words) - self.n_words]
        left = max(left, stop - self.n_chars)
        self._spend(text[left:stop])
        return start if not text[start:left].strip() else left

    def cut_right(self, text: str, start: int, stop: int) -> int:
        """Return up to where a line is quoted that goes on at `start`."""
        words = [m.end() for m in _WORD.finditer(text, start, stop)]
        right = stop if len(words) <= self.n_words else [start, *words][self.n_words]
        right = min(right, start + self.n_chars)
        self._spend(text[start:right])
        return stop if not text[right:stop].strip() else right

    def beside(self, text: str, lines: Iterable[_Raw]) -> list[_Raw]:
        """Return the next lines, as many as can be quoted whole."""
        taken: list[_Raw] = []
        for line in lines:
            words = text[line.start : line.end]
            if len(taken) == N_NEIGHBOURS or len(words.split()) > self.n_words or len(words) > self.n_chars:
                break
            self._spend(words)
            taken.append(line)
        return taken

    def _spend(self, words: str) -> None:
        self.n_words -= len(words.split())
        self.n_chars -= len(words)


def _alike(lines: Iterable[_Raw], own: _Raw) -> list[_Raw]:
    """Return the lines up to the first that is no item of the same list."""
    return list(takewhile(lambda line: line.is_bullet == own.is_bullet, lines))


@lru_cache(maxsize=1)
def _headings() -> Headings:
    return load_headings()


def _section(text: str, at: Mention) -> tuple[list[_Raw], int, str]:
    """Return the lines with words of the section around a mention, which of them is its own, and the heading."""
    outlined = outline_view(View.of(text), _headings())
    first, last = outlined.bounds(at.start)
    heading = outlined.at(at.start)[1]
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    lines: list[_Raw] = []
    own = 0
    for begin, behind in pairwise(starts):
        start, end = max(begin, min(first, at.start)), min(behind - 1, max(last, at.end))
        is_own = begin <= at.start < behind
        if (
            start >= end
            or not _LETTER.search(text, start, end)
            or (not is_own and _is_heading(text[start:end], heading))
        ):
            continue
        if is_own:
            own = len(lines)
        bullet = BULLET.match(text, start, end)
        has_mark = bullet is not None and bullet.end() <= at.start if is_own else bullet is not None
        lines.append(_Raw(bullet.end() if bullet and has_mark else start, end, has_mark))
    return lines, own, heading


def _is_heading(line: str, heading: str) -> bool:
    return bool(heading) and heading.casefold() in line.casefold() and len(line) <= len(heading) + 12


def _heading(at: Mention, found: str, before: str) -> str:
    """Return the heading to show above a quote: none where the line itself begins with it, or where it is ours."""
    heading = at.evidence if at.how in ("heading", "native") else found
    if not is_worded(heading) or heading.casefold() in before.casefold():
        return ""
    words = " ".join(heading.split()[:8])
    return words[:60]


def _line(text: str, raw: _Raw, spans: Sequence[tuple[int, int]], edges: tuple[int, int], company: str | None) -> Line:
    """Return a stretch of the text as it is shown; of the line with the name, what was cut is told by an ellipsis."""
    shown, marks, reach = "", [], raw.start
    inside = [(a, b) for a, b in spans if raw.start <= a and b <= raw.end]
    for start, end in inside:
        if start < reach:
            continue
        shown = _joined(shown, plain(text[reach:start], company))
        name = plain(text[start:end])
        marks.append((len(shown), len(shown) + len(name)))
        shown, reach = shown + name, end
    shown = _joined(shown, plain(text[reach : raw.end], company)).rstrip()
    is_own = edges[0] <= raw.start and raw.end <= edges[1]
    lead = f"{CUT} " if is_own and raw.start > edges[0] else ""
    trail = f" {CUT}" if is_own and raw.end < edges[1] else ""
    moved = tuple((a + len(lead), b + len(lead)) for a, b in marks)
    return Line(f"{lead}{shown}{trail}", moved, raw.is_bullet)


def _joined(shown: str, more: str) -> str:
    return shown + (more.lstrip() if not shown or shown.endswith(" ") else more)

"""Overlap: how many postings name one thing, both, or the other, as bars in a row with their numbers in columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.draw.page import Box, Page
from analysis.draw.scales import count_ticks

GAP = 6.0
"""Points between a mark and its words."""
FILL = 0.56
"""Part of a row's height that its bar fills."""


MIN_AXIS = 0.3
"""Part of the page's width that the bars keep: where the shares would take of it, they are left out."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """One row: name, its share in words, and postings naming the first thing only, both, and this one only."""

    name: str
    share: str
    counts: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """How one of the three parts is named and drawn; `word` is the colour of its numbers."""

    name: str
    face: str
    word: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of words right of the bars: head, words by row and the colour of both."""

    head: str
    words: Sequence[str]
    color: str

    def width(self, page: Page, size: float) -> float:
        heads = page.measure(self.head, page.size.small, "bold")[0]
        return max(heads, *(page.measure(words, size)[0] for words in self.words)) + 2 * GAP


def paint_overlaps(page: Page, room: Box, rows: Sequence[Overlap], parts: Sequence[Part], share_name: str) -> None:
    """Fill the room with a bar per row; a line marks where the first thing ends, which is the same in all of them."""
    size, foot = page.size, 1.6 * page.size.label
    columns = _columns(page, rows, parts, share_name)
    head = max(page.measure(c.head, size.small, "bold")[1] for c in columns) + 0.4 * size.small
    pitch = (room.height - head - foot) / len(rows)
    points = min(size.label, pitch / 1.4)
    left = room.left + max(page.measure(row.name, points, "bold")[0] for row in rows) + 2 * GAP
    widths = [column.width(page, points) for column in columns]
    if room.right - left - sum(widths) < MIN_AXIS * page.width:
        columns, widths = columns[:-1], widths[:-1]
    box = Box(left, room.bottom + foot, room.right - sum(widths) - 2 * GAP, room.top - head)
    ax = _scaled_axes(page, box, rows)
    middles = [box.top - (i + 0.5) * pitch for i in range(len(rows))]
    for row, y in zip(rows, middles, strict=True):
        _write(page, left - 1.5 * GAP, y, row.name, points, page.theme.ink, weight="bold")
        _paint_row(page, ax, row, parts, y - box.bottom, FILL * pitch)
    x = room.right - sum(widths)
    for column, width in zip(columns, widths, strict=True):
        x += width
        page.text(
            x, box.top + 0.4 * size.small, column.head, size.small, column.color, weight="bold", ha="right", va="bottom"
        )
        for words, y in zip(column.words, middles, strict=True):
            _write(page, x, y, words, points, column.color)
    ax.axvline(sum(rows[0].counts[:2]), color=page.theme.ink, linewidth=1.0, linestyle=(0, (2, 2)), zorder=4)


def _write(page: Page, x: float, y: float, words: str, size: float, color: str, weight: str = "normal") -> None:
    """Write words left of x on a line whose middle is y: descenders do not lift them."""
    page.text(x, y - 0.36 * size, words, size, color, weight=weight, ha="right", va="baseline")


def _columns(page: Page, rows: Sequence[Overlap], parts: Sequence[Part], share_name: str) -> list[_Column]:
    limit = 0.12 * page.width
    numbers = [
        _Column(page.wrap(part.name, page.size.small, limit, "bold"), [f"{row.counts[i]:,}" for row in rows], part.word)
        for i, part in enumerate(parts)
    ]
    head = page.wrap(share_name, page.size.small, limit, "bold")
    return [*numbers, _Column(head, [row.share for row in rows], page.theme.soft)]


def _scaled_axes(page: Page, box: Box, rows: Sequence[Overlap]) -> Axes:
    ticks = count_ticks(max(sum(row.counts) for row in rows), n_max=7)
    words = page.spare([f"{tick:,}" for tick in ticks], page.size.label, box.width)
    ax = page.axes(box)
    ax.set_xlim(0, ticks[-1])
    ax.set_ylim(0, box.height)
    ax.set_yticks([])
    ax.set_xticks(ticks, words)
    ax.grid(axis="x", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axvline(0, color=page.theme.axis, linewidth=1.2, clip_on=False, zorder=3)
    return ax


def _paint_row(page: Page, ax: Axes, row: Overlap, parts: Sequence[Part], middle: float, height: float) -> None:
    start = 0
    for part, n in zip(parts, row.counts, strict=True):
        shape = Rectangle((start, middle - height / 2), n, height, facecolor=part.face, zorder=2)
        shape.set(edgecolor=page.theme.outline, linewidth=0.6 if n else 0.0)
        ax.add_patch(shape)
        start += n

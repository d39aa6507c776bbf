"""Bars: stacked horizontal bars, each with its total, the total's interval and the words beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.draw.layout import spread
from analysis.draw.page import Box, Page
from analysis.draw.scales import interval, number, percent, tick_labels

GAP = 6.0
"""Points between a mark and its words."""
FILL = 0.52
"""Part of a row's height that its bar fills."""
MIN_PART = 0.05
"""Parts below five points carry no number: it would not fit, and is noise."""


@dataclass(frozen=True, slots=True)
class Segment:
    """How one part of every bar is drawn and named."""

    key: str
    name: str
    face: str
    on_face: str
    word: str
    is_hatched: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: name, a note under it, parts by segment key and the total with its interval, all shares in [0,1]."""

    name: str
    note: str
    parts: Mapping[str, float]
    total: float
    low: float
    high: float
    is_small: bool = False
    unprinted: frozenset[str] = frozenset()
    """Parts too uncertain to print a number for."""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars from the top down, their segments from the left, and the ticks of the share axis."""

    bars: Sequence[Bar]
    segments: Sequence[Segment]
    ticks: Sequence[float]
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class RowName:
    """The words left of a bar, wrapped, with their size in points."""

    name: str
    note: str
    name_size: float
    note_size: float

    def extent(self, page: Page) -> tuple[float, float, float]:
        """Return width, height of the name alone and height of both, in points."""
        width, high = page.measure(self.name, self.name_size, "bold")
        note_width, note_high = page.measure(self.note, self.note_size)
        return max(width, note_width), high, high + 3 + note_high


def paint_bars(page: Page, room: Box, chart: BarChart) -> None:
    """Fill the room with the chart."""
    size, is_named = page.size, bool(chart.bars[0].total)
    # The words over the first bar use the free part of its row first.
    free = (0.5 - FILL / 2) * room.height / len(chart.bars)
    head = max(0.0, 2.8 * size.small - free) if is_named else 0.0
    pitch = (room.height - head - 1.6 * size.label) / len(chart.bars)
    rows = _row_names(page, chart, pitch)
    left = room.left + max(row.extent(page)[0] for row in rows) + 2 * GAP
    box = Box(left, room.bottom + 1.6 * size.label, _right_edge(page, room, chart, left), room.top - head)
    ax = _scaled_axes(page, box, chart)
    for i, (bar, row) in enumerate(zip(chart.bars, rows, strict=True)):
        y = box.top - (i + 0.5) * pitch
        _, high, block = row.extent(page)
        x, top = left - 1.5 * GAP, y + block / 2
        page.text(x, top, row.name, row.name_size, page.theme.ink, weight="bold", ha="right", va="top")
        page.text(x, top - high - 3, row.note, row.note_size, page.theme.muted, ha="right", va="top")
        _paint_bar(page, ax, box, chart, bar, y)
    if is_named:
        _paint_heads(page, box, chart, box.top - (0.5 - FILL / 2) * pitch, room)


def _row_names(page: Page, chart: BarChart, pitch: float) -> list[RowName]:
    """Return the words of every row, all in one size: the largest at which each stays within its row."""
    rows: list[RowName] = []
    for factor in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        name_size, note_size = factor * page.size.label, factor * page.size.small
        limit = 0.3 * page.width
        rows = [
            RowName(
                page.wrap(bar.name, name_size, limit, "bold"),
                page.wrap(bar.note, note_size, limit),
                name_size,
                note_size,
            )
            for bar in chart.bars
        ]
        if max(row.extent(page)[2] for row in rows) <= pitch:
            break
    return rows


def _beside(bar: Bar, decimals: int) -> str:
    return f"{percent(bar.total, decimals)} {interval(bar.low, bar.high, decimals)}"


def _right_edge(page: Page, room: Box, chart: BarChart, left: float) -> float:
    """Return where the axis may end so that the words beside every bar stay in the room."""
    last = page.measure(tick_labels(list(chart.ticks))[-1], page.size.label)[0]
    edges = [room.right - last / 2]
    for bar in chart.bars:
        words = page.measure(_beside(bar, chart.decimals), page.size.label, "bold")[0] + 2 * GAP
        reach = max(bar.high, bar.total) / chart.ticks[-1]
        if reach > 0:
            edges.append(left + (room.right - words - left) / reach)
    return min(edges)


def _scaled_axes(page: Page, box: Box, chart: BarChart) -> Axes:
    ax = page.axes(box)
    ax.set_xlim(0, chart.ticks[-1])
    ax.set_ylim(0, box.height)
    ax.set_yticks([])
    ax.set_xticks(list(chart.ticks), tick_labels(list(chart.ticks)))
    ax.grid(axis="x", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axvline(0, color=page.theme.axis, linewidth=1.2, clip_on=False, zorder=3)
    return ax


def _paint_bar(page: Page, ax: Axes, box: Box, chart: BarChart, bar: Bar, y: float) -> None:
    size, height = page.size, FILL * box.height / len(chart.bars)
    scale = box.width / chart.ticks[-1]
    middle, start = y - box.bottom, 0.0
    for segment in chart.segments:
        part = bar.parts[segment.key]
        _paint_segment(page, ax, segment, Rectangle((start, middle - height / 2), part, height))
        words = number(part, chart.decimals)
        # The whisker of the total runs through the bar: a number may only stand left of it.
        room = (min(start + part, bar.low) - start) * scale
        is_printed = part >= MIN_PART and segment.key not in bar.unprinted
        if is_printed and page.measure(words, size.label)[0] + 1.2 * GAP <= room:
            x = box.left + start * scale + room / 2
            page.text(x, y, words, size.label, segment.on_face, ha="center", va="center")
        start += part
    _paint_interval(page, ax, bar, middle)
    _paint_total(page, box.left + max(bar.high, bar.total) * scale + 2 * GAP, y, bar, chart.decimals)


def _paint_segment(page: Page, ax: Axes, segment: Segment, shape: Rectangle) -> None:
    shape.set(facecolor=segment.face, edgecolor=page.theme.outline, linewidth=0.6)
    ax.add_patch(shape)
    if segment.is_hatched:
        # A hatch takes the colour of the edge, so the outline must be a second patch.
        hatch = Rectangle(shape.get_xy(), shape.get_width(), shape.get_height(), facecolor="none", hatch="//")
        hatch.set(edgecolor=page.theme.hatch, linewidth=0)
        shape.set(zorder=1)
        ax.add_patch(hatch)


def _paint_interval(page: Page, ax: Axes, bar: Bar, middle: float) -> None:
    theme, line = page.theme, page.size.line
    # A dark whisker on a dark segment would vanish: it carries a thin edge of paper.
    for color, width in ((theme.paper, 1.5 * line), (theme.ink, 0.7 * line)):
        ax.hlines(middle, bar.low, bar.high, color=color, linewidth=width, zorder=5, clip_on=False)
    face = theme.paper if bar.is_small else theme.ink
    marks: dict[str, Any] = {"facecolor": face, "edgecolor": theme.ink, "linewidth": 0.5 * line, "clip_on": False}
    ax.scatter([bar.total], [middle], s=(2.8 * line) ** 2, zorder=6, **marks)


def _paint_total(page: Page, x: float, y: float, bar: Bar, decimals: int) -> None:
    size, theme = page.size.label, page.theme
    words = percent(bar.total, decimals)
    # Grid lines would cross the numbers without a ground of their own.
    ground = {"facecolor": theme.paper, "edgecolor": "none", "pad": 1.5}
    page.text(x, y, words, size, theme.ink, weight="bold", va="center", bbox=ground)
    shift = page.measure(words + " ", size, "bold")[0]
    page.text(x + shift, y, interval(bar.low, bar.high, decimals), size, theme.soft, va="center", bbox=ground)


def _paint_heads(page: Page, box: Box, chart: BarChart, top: float, room: Box) -> None:
    """Name the segments over the first bar, in their colours; a word pushed off its segment gets a leader line."""
    size, scale, start = page.size, box.width / chart.ticks[-1], box.left
    centers, edges = [], []
    for segment in chart.segments:
        width = chart.bars[0].parts[segment.key] * scale
        centers.append(start + width / 2)
        edges.append(width / 2)
        start += width
    widths = [page.measure(s.name, size.small, "bold")[0] + 2 * GAP for s in chart.segments]
    wanted = [c + max(0.0, w / 2 - GAP - e) for c, w, e in zip(centers, widths, edges, strict=True)]
    y = top + 1.3 * size.small
    for segment, x, aim in zip(
        chart.segments, spread(wanted, widths, box.left - GAP, room.right + GAP), centers, strict=True
    ):
        page.text(x, y, segment.name, size.small, segment.word, weight="bold", ha="center", va="baseline")
        foot = min(max(aim, x - 0.3 * size.small), x + 0.3 * size.small)
        page.line([(aim, top + 1.5), (foot, y - 0.35 * size.small)], segment.word, 0.9)

"""Dots: rows of estimates with their intervals on one axis, an outside claim as a diamond, words in columns beside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.draw.page import Box, Page

GAP: Final = 6.0
"""Points between a mark and its words."""
MIN_AXIS: Final = 0.2
"""Part of the room's width that the axis needs; where even narrow names leave less, the last columns are left out."""
NAME_LIMITS: Final = (0.26, 0.18)
"""Part of the page's width that the rows' names may take, and take where columns would be left out otherwise."""
BETWEEN: Final = 0.55
"""Lines of free room between rows of several dots."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One estimate: value and bounds in units of the axis (NaN: not drawn), its name in the row, its columns."""

    value: float
    low: float
    high: float
    cells: tuple[str, ...]
    name: str = ""
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class DotRow:
    """What one name stands for: its dots from the top down, and a claim beside them (NaN: words without a place)."""

    name: str
    dots: Sequence[Dot]
    claim: float = math.nan
    claim_words: str = ""


@dataclass(frozen=True, slots=True)
class DotChart:
    """Rows from the top down, the names of their columns, ticks as place and words, and a line to compare with."""

    rows: Sequence[DotRow]
    heads: tuple[str, ...]
    ticks: Sequence[tuple[float, str]]
    is_log: bool = False
    reference: float | None = None


class Plan(NamedTuple):
    """Where the chart stands: the axis, the height of a line, sizes of words, left edges of the columns kept."""

    box: Box
    line: float
    points: float
    names: Sequence[str]
    name_points: float
    columns: Sequence[float]


def log_ticks(low: float, high: float, n_max: int = 5) -> list[tuple[float, str]]:
    """Return places and words of ticks on a logarithmic axis around 1 that covers low..high: ×1/2, ×1, ×2, ×4."""
    low, high = min(low, 1.0), max(high, 1.0)
    step, first, last = 0, 0, 0
    while step == 0 or last - first >= n_max:
        step += 1
        first, last = (math.floor(math.log2(low) / step + 1e-9), math.ceil(math.log2(high) / step - 1e-9))
    exponents = [step * i for i in range(first, max(last, first + 1) + 1)]
    return [(2.0**e, f"×{2**e:,}" if e >= 0 else f"×1/{2**-e:,}") for e in exponents]


def paint_dots(page: Page, room: Box, chart: DotChart) -> None:
    """Fill the room with the chart."""
    plan = _plan(page, room, chart)
    ax = _scaled_axes(page, plan, chart)
    top = plan.box.height
    for row, name in zip(chart.rows, plan.names, strict=True):
        height = _lines_of(row) * plan.line
        middle = top - height / 2
        x = plan.box.left - GAP - _dot_names_width(page, chart, plan.points)
        page.text(x, plan.box.bottom + middle, name, plan.name_points, page.theme.ink, ha="right", va="center")
        for i, dot in enumerate(row.dots):
            _paint_dot(page, ax, plan, dot, middle + ((len(row.dots) - 1) / 2 - i) * plan.line)
        _paint_claim(page, ax, plan, row, middle)
        top -= height
    _paint_heads(page, plan, chart)


def _lines_of(row: DotRow) -> float:
    return len(row.dots) + (BETWEEN if len(row.dots) > 1 else 0)


def _dot_names_width(page: Page, chart: DotChart, points: float) -> float:
    width = max(page.measure(dot.name, points)[0] for row in chart.rows for dot in row.dots)
    return width + GAP if width else 0.0


def _plan(page: Page, room: Box, chart: DotChart) -> Plan:
    n_lines = sum(_lines_of(row) for row in chart.rows)
    head, foot = 1.5 * page.size.foot + GAP, 1.5 * page.size.small + GAP
    line = (room.height - head - foot) / n_lines
    points = min(page.size.small, line / _tallest(page, chart))
    widths = [_column_width(page, chart, i, points) for i in range(len(chart.heads))]
    for limit in NAME_LIMITS:
        names, name_points = _names(page, chart, line, 1.1 * points, limit * page.width)
        left = room.left + max(page.measure(name, name_points)[0] for name in names) + 2 * GAP
        left += _dot_names_width(page, chart, points)
        free = room.right - left - MIN_AXIS * room.width
        if sum(widths) <= free:
            break
    while sum(widths) > free:
        widths.pop()
    right = room.right - sum(widths)
    columns = [right + sum(widths[:i]) + 2 * GAP for i in range(len(widths))]
    ends = [page.measure(words, page.size.small)[0] / 2 for _, words in (chart.ticks[0], chart.ticks[-1])]
    # The words under the last tick may stand below the columns, but not beyond the page.
    box = Box(left + max(0.0, ends[0] - left), room.bottom + foot, min(right, room.right - ends[1]), room.top - head)
    return Plan(box, line, points, names, name_points, columns)


def _tallest(page: Page, chart: DotChart) -> float:
    """Return the height of the tallest words in a line, in multiples of their size, and a little air."""
    words = [words for row in chart.rows for dot in row.dots for words in (*dot.cells, dot.name)]
    return max(page.measure(each, 10)[1] for each in words) / 10 + 0.05


def _column_width(page: Page, chart: DotChart, i: int, points: float) -> float:
    words = [dot.cells[i] for row in chart.rows for dot in row.dots]
    widths = [page.measure(w, points, "bold" if i == 0 else "normal")[0] for w in words]
    return max(*widths, page.measure(chart.heads[i], page.size.foot)[0]) + 2 * GAP


def _names(page: Page, chart: DotChart, line: float, points: float, limit: float) -> tuple[list[str], float]:
    """Return the rows' names, wrapped, and the largest size at which each stays within its row."""
    names: list[str] = []
    for factor in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        names = [page.wrap(row.name, factor * points, limit) for row in chart.rows]
        heights = [page.measure(name, factor * points)[1] for name in names]
        if all(high <= len(row.dots) * line for high, row in zip(heights, chart.rows, strict=True)):
            return names, factor * points
    first = [name.split("\n")[0] for name in names]
    return [a if a == b else a + "…" for a, b in zip(first, names, strict=True)], 0.5 * points


def _scaled_axes(page: Page, plan: Plan, chart: DotChart) -> Axes:
    ax = page.axes(plan.box)
    if chart.is_log:
        ax.set_xscale("log", base=2)
    places = [place for place, _ in chart.ticks]
    ax.set_xlim(places[0], places[-1])
    ax.set_ylim(0, plan.box.height)
    ax.set_yticks([])
    ax.set_xticks(places, _spaced(page, plan.box.width, [words for _, words in chart.ticks]))
    ax.minorticks_off()
    ax.tick_params(labelsize=page.size.small)
    ax.grid(axis="x", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    if chart.reference is not None:
        ax.axvline(chart.reference, color=page.theme.axis, linewidth=1.2, clip_on=False)
    return ax


def _spaced(page: Page, width: float, words: Sequence[str]) -> list[str]:
    """Return the words of evenly spaced ticks; where all would not fit, fewer, the first and the last among them."""
    n = len(words) - 1
    widest = max(page.measure(each, page.size.small)[0] for each in words) + GAP
    step = next((d for d in range(1, n) if n % d == 0 and d * width / n >= widest), n)
    return [each if i % step == 0 else "" for i, each in enumerate(words)]


def _paint_dot(page: Page, ax: Axes, plan: Plan, dot: Dot, y: float) -> None:
    theme, line = page.theme, page.size.line
    base = plan.box.bottom + y
    page.text(plan.box.left - GAP, base, dot.name, plan.points, theme.soft, ha="right", va="center")
    is_shown = not math.isnan(dot.value)
    for i, (x, words) in enumerate(zip(plan.columns, dot.cells, strict=False)):
        style = ("bold", theme.held) if i == 0 and is_shown else ("normal", theme.soft if is_shown else theme.muted)
        page.text(x, base, words, plan.points, style[1], weight=style[0], va="center")
    if not is_shown:
        return
    ax.hlines(y, dot.low, dot.high, color=theme.held, linewidth=0.7 * line, clip_on=False, zorder=3)
    _paint_mark(ax, dot.value, y, "o", 2.8 * line, theme.held, theme.paper if dot.is_small else theme.held)


def _paint_mark(ax: Axes, x: float, y: float, shape: str, size: float, edge: str, face: str) -> None:
    ax.add_line(
        Line2D(
            [x],
            [y],
            marker=shape,
            markersize=size,
            markeredgewidth=size / 6,
            markerfacecolor=face,
            markeredgecolor=edge,
            clip_on=False,
            zorder=4,
        )
    )


def _paint_claim(page: Page, ax: Axes, plan: Plan, row: DotRow, y: float) -> None:
    if not row.claim_words:
        return
    box, base, reach = plan.box, plan.box.bottom + y, 2.2 * page.size.line + GAP
    width = page.measure(row.claim_words, plan.points)[0]
    x = box.left + GAP
    if not math.isnan(row.claim):
        _paint_mark(ax, row.claim, y, "D", 2.6 * page.size.line, page.theme.claim, page.theme.paper)
        place = float(ax.transData.transform((row.claim, 0))[0]) * 72 / page.fig.dpi
        x = place + reach if place + reach + width <= box.right else place - reach - width
    page.text(x, base, row.claim_words, plan.points, page.theme.claim, va="center")


def _paint_heads(page: Page, plan: Plan, chart: DotChart) -> None:
    for x, words in zip(plan.columns, chart.heads, strict=False):
        page.text(x, plan.box.top + GAP, words, page.size.foot, page.theme.muted, va="bottom")


def empty_dot(cells: tuple[str, ...], name: str = "") -> Dot:
    """Return a dot that is named and told of, but not drawn."""
    return replace(Dot(math.nan, math.nan, math.nan, cells), name=name)

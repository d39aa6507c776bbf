"""Heat: counts as a table of tinted cells, gaps in grey, with the totals of its columns and a share of each below."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from analysis.draw.page import Box, Page
from analysis.draw.scales import compact, percent
from analysis.draw.style import Theme

GAP = 6.0
"""Points between a mark and its words."""
N_FEET = 3
"""Rows below the cells: totals, shares, and the bars of the shares."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A named row of counts by column; a column without a count is a gap."""

    name: str
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows from the top down, columns from the left; totals and shares (in [0,1], NaN where withheld) by column."""

    columns: Sequence[int]
    rows: Sequence[HeatRow]
    total: HeatRow
    share_name: str
    shares: Mapping[int, float]
    too_few: str


def paint_heat(page: Page, room: Box, chart: HeatMap) -> None:
    """Fill the room: column names, cells, totals, and the shares as bars of 0 to 100%."""
    pitch = room.height / (len(chart.rows) + N_FEET + 1)
    size = min(page.size.label, pitch / 1.5)
    limit = 0.26 * page.width
    names = [*(row.name for row in chart.rows), chart.total.name]
    heads = [_shorten(page, name, size, limit) for name in names]
    foot = page.wrap(chart.share_name, min(size, page.size.small), limit)
    left = max(
        *(page.measure(head, size, "bold")[0] for head in heads), page.measure(foot, min(size, page.size.small))[0]
    )
    box = Box(room.left + left + 2 * GAP, room.bottom, room.right, room.top - pitch)
    ax = _table_axes(page, box, chart, pitch)
    width = box.width / len(chart.columns)
    x = [box.left + (i + 0.5) * width for i in range(len(chart.columns))]
    years = _column_names(page, chart, size, width)
    for place, words in zip(x, years, strict=True):
        _write(page, place, box.top + 0.5 * pitch, words, size, page.theme.ink)
    for i, (head, row) in enumerate(zip(heads, [*chart.rows, chart.total], strict=True)):
        y, is_total = box.top - (i + 0.5) * pitch, row is chart.total
        weight = "bold" if is_total else "normal"
        _write(page, box.left - GAP, y, head, size, page.theme.ink, weight=weight, ha="right")
        for place, column in zip(x, chart.columns, strict=True):
            _paint_count(page, place, y, row.counts.get(column, 0), chart, size, width, is_total)
    _paint_cells(page, ax, chart, pitch)
    _paint_shares(page, ax, chart, box, pitch, foot, size)


def shade(theme: Theme, n: int, peak: int) -> tuple[float, float, float]:
    """Return the colour of a count up to `peak`, by its square root: the largest would else leave the rest alike."""
    part = math.sqrt(n / peak)
    red, green, blue = (a + part * (b - a) for a, b in zip(to_rgb(theme.band), to_rgb(theme.held), strict=True))
    return red, green, blue


def ink_on(ground: tuple[float, float, float]) -> str:
    """Return black or white, whichever stands out more on a ground: at least 4.58 to 1, as WCAG 2 counts contrast."""
    return max(("#000000", "#FFFFFF"), key=lambda color: contrast(to_rgb(color), ground))


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted(_luminance(color) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: tuple[float, float, float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shorten(page: Page, name: str, size: float, limit: float) -> str:
    """Return a name cut to `limit` points, with an ellipsis where it was cut."""
    if page.measure(name, size, "bold")[0] <= limit:
        return name
    kept = name
    while kept and page.measure(kept + "…", size, "bold")[0] > limit:
        kept = kept[:-1].rstrip()
    return kept + "…"


def _column_names(page: Page, chart: HeatMap, size: float, width: float) -> list[str]:
    long, short = [str(c) for c in chart.columns], [f"’{c % 100:02}" for c in chart.columns]
    names = long if max(page.measure(words, size)[0] for words in long) + 2 <= width else short
    step = next(
        (k for k in range(1, len(names)) if max(page.measure(w, size)[0] for w in names) + 2 <= k * width), len(names)
    )
    # The last column is always named.
    return [words if (len(names) - 1 - i) % step == 0 else "" for i, words in enumerate(names)]


def _table_axes(page: Page, box: Box, chart: HeatMap, pitch: float) -> Axes:
    ax = page.axes(box)
    ax.set_xlim(0, len(chart.columns))
    ax.set_ylim(len(chart.rows) + N_FEET, 0)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def _peak(chart: HeatMap) -> int:
    return max((n for row in chart.rows for n in row.counts.values()), default=1)


def _paint_cells(page: Page, ax: Axes, chart: HeatMap, pitch: float) -> None:
    theme, peak = page.theme, _peak(chart)
    for y, row in enumerate(chart.rows):
        for x, column in enumerate(chart.columns):
            n = row.counts.get(column, 0)
            shape = Rectangle((x, y), 1, 1, facecolor=shade(theme, n, peak) if n else theme.grid)
            # Edges of paper part the cells at any size.
            shape.set(edgecolor=theme.paper, linewidth=1.6)
            ax.add_patch(shape)


def _paint_count(
    page: Page, x: float, y: float, n: int, chart: HeatMap, size: float, width: float, is_total: bool
) -> None:
    if not n and not is_total:
        return
    weight = "bold" if is_total else "normal"
    wordings = [(f"{n:,}", size), (compact(n), size), (compact(n), 0.8 * size), (compact(n), 0.6 * size)]
    words, points = next((w for w in wordings if page.measure(*w, weight)[0] + 3 <= width), wordings[-1])
    color = page.theme.ink if is_total else ink_on(shade(page.theme, n, _peak(chart)))
    _write(page, x, y, words, points, color, weight=weight)


def _paint_shares(page: Page, ax: Axes, chart: HeatMap, box: Box, pitch: float, name: str, size: float) -> None:
    """Write each share over a bar whose track stands for 100%."""
    theme, top = page.theme, len(chart.rows) + 2.15
    points = min(size, page.size.small)
    page.text(box.left - GAP, box.top - top * pitch, name, points, theme.ink, ha="right", va="center")
    width = box.width / len(chart.columns)
    for i, column in enumerate(chart.columns):
        share = chart.shares.get(column, math.nan)
        wordings = [chart.too_few, "–"] if math.isnan(share) else [percent(share), percent(share).rstrip("%")]
        words = next((w for w in wordings if page.measure(w, size)[0] + 3 <= width), wordings[-1])
        _write(page, box.left + (i + 0.5) * width, box.top - (top - 0.35) * pitch, words, size, theme.ink)
        for part, color in ((1.0, theme.grid), (0.0 if math.isnan(share) else share, theme.raw)):
            ax.add_patch(Rectangle((i + 0.05, top + 0.3), 0.9 * part, 0.35, facecolor=color, linewidth=0))


def _write(page: Page, x: float, y: float, words: str, size: float, color: str, **style: Any) -> None:
    """Write words centred on a line whose middle is y: commas and descenders do not lift them."""
    page.text(x, y - 0.36 * size, words, size, color, **{"ha": "center", "va": "baseline", **style})

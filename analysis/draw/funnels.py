"""Funnels: rates against the number of postings behind them, inside the limits that chance alone would keep."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from analysis.draw.page import Box, Page
from analysis.draw.scales import tick_labels

GAP: Final = 6.0
"""Points between a mark and its words."""
Spot = tuple[float, float]
"""A place on the page, in points."""
REACH: Final = (1, 2, 3, 4, 5, 6, 7, 9, 11, 13)
"""How far from a dot its words may stand, in widths of the dot."""
N_TICKS: Final = (1, 2, 5)
"""Leading digits of the numbers that may stand on the axis of sizes."""


class Mark(NamedTuple):
    """Words for a spot: their colour, and how far from it they may stand."""

    at: Spot
    words: str
    color: str
    steps: Sequence[int]


@dataclass(frozen=True, slots=True)
class Part:
    """One dot: how many postings, the share of hits in [0,1], and the words beside it, if it has any."""

    n: int
    rate: float
    words: str = ""
    is_outside: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """Parts, the limits by size (n, low_95, high_95, low_998, high_998), and the pooled rate with its words."""

    parts: Sequence[Part]
    limits: pd.DataFrame
    pooled: float
    pooled_words: str
    ticks: Sequence[float]
    n_words: str


def paint_funnel(page: Page, room: Box, chart: Funnel) -> None:
    """Fill the room with the chart; words of dots that find no free place are left out."""
    size = page.size
    shares = tick_labels(list(chart.ticks))
    left = room.left + max(page.measure(words, size.label)[0] for words in shares) + 2 * GAP
    right = room.right - page.measure(chart.pooled_words, size.small, "bold")[0] - 2 * GAP
    box = Box(left, room.bottom + 1.5 * size.label + 2.4 * size.small, right, room.top - 0.6 * size.label)
    ax = _scaled_axes(page, box, chart, shares)
    _paint_limits(page, ax, chart)
    for part in chart.parts:
        _paint_part(page, ax, part)
    # At 0 the words would meet the last size under the axis.
    lowest = box.bottom + page.measure(chart.pooled_words, size.small, "bold")[1] / 2 - GAP / 2
    y = max(_point(page, ax, chart.parts[0].n, chart.pooled)[1], lowest)
    page.text(box.right + GAP, y, chart.pooled_words, size.small, page.theme.ink, weight="bold", va="center")
    page.text(box.right, room.bottom, chart.n_words, size.small, page.theme.muted, ha="right", va="bottom")
    _name_marks(page, ax, box, chart)


def _scaled_axes(page: Page, box: Box, chart: Funnel, shares: Sequence[str]) -> Axes:
    ax = page.axes(box)
    smallest, largest = min(part.n for part in chart.parts), max(part.n for part in chart.parts)
    ax.set_xscale("log")
    ax.set_xlim(smallest / 1.25, largest * 1.25)
    ax.set_ylim(chart.ticks[0], chart.ticks[-1])
    ax.set_yticks(list(chart.ticks), list(shares))
    ax.minorticks_off()
    places = _size_ticks(page, box, smallest / 1.25, largest * 1.25)
    ax.set_xticks(places, [f"{n:,}" for n in places])
    ax.grid(axis="y", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axhline(0, color=page.theme.axis, linewidth=1.2, clip_on=False)
    return ax


def _size_ticks(page: Page, box: Box, low: float, high: float) -> list[int]:
    """Return round numbers between low and high whose words have room beside each other."""
    for digits in (N_TICKS, (1, 3), (1,)):
        found = [d * 10**e for e in range(10) for d in digits if low <= d * 10**e <= high]
        width = sum(page.measure(f"{n:,}", page.size.label)[0] + 3 * GAP for n in found)
        if width <= 0.8 * box.width:
            return found
    return found[:1]


def _paint_limits(page: Page, ax: Axes, chart: Funnel) -> None:
    theme, curve = page.theme, chart.limits
    n = curve["n"].to_numpy(float)
    ax.fill_between(n, curve["low_95"], curve["high_95"], color=theme.band, linewidth=0, zorder=1)
    for side in ("low_998", "high_998"):
        ax.plot(n, curve[side], color=theme.axis, linewidth=0.4 * page.size.line, zorder=2)
    ax.axhline(chart.pooled, color=theme.ink, linewidth=0.4 * page.size.line, zorder=2)


def _paint_part(page: Page, ax: Axes, part: Part) -> None:
    color = page.theme.held if part.is_outside else page.theme.raw
    face = page.theme.paper if part.is_small else color
    line = page.size.line
    marks: dict[str, Any] = {
        "facecolor": face,
        "edgecolor": color,
        "linewidth": 0.5 * line,
        "clip_on": False,
        "zorder": 4,
    }
    ax.scatter([part.n], [part.rate], s=(2.8 * line) ** 2, **marks)


def _point(page: Page, ax: Axes, n: float, rate: float) -> Spot:
    """Return where a dot stands on the page, in points."""
    x, y = ax.transData.transform((n, rate)) * 72 / page.fig.dpi
    return float(x), float(y)


def _name_marks(page: Page, ax: Axes, box: Box, chart: Funnel) -> None:
    """Write the words of dots and limits, each where it meets no dot, line or other words; far ones get a leader."""
    size, theme, reach = page.size, page.theme, 1.4 * page.size.line + GAP / 2
    dots = [_point(page, ax, part.n, part.rate) for part in chart.parts]
    taken = [_around(at, reach) for at in dots]
    lines = chart.limits.assign(pooled=chart.pooled)
    for name in ("low_998", "high_998", "pooled"):
        taken += [_around(_point(page, ax, n, y), 1.5) for n, y in zip(lines["n"], lines[name], strict=True)]
    named = [(at, part) for at, part in zip(dots, chart.parts, strict=True) if part.words]
    wanted = [Mark(at, part.words, theme.held, REACH) for at, part in named]
    edge = lines.iloc[len(lines) // 6]
    for name, words in (("high_998", "99.8%"), ("high_95", "95%")):
        wanted.append(Mark(_point(page, ax, edge["n"], edge[name]), words, theme.muted, REACH[:2]))
    # Who chooses first decides who finds room: of two orders, the one that leaves fewer unnamed.
    orders = [sorted(wanted, key=lambda mark: sign * mark.at[1]) for sign in (-1, 1)]
    for mark, place in max((_settle(page, box, order, taken, reach) for order in orders), key=len):
        page.text(place.left, place.bottom, mark.words, size.foot, mark.color, va="bottom")
        if math.dist(_nearest(place, mark.at), mark.at) > 2 * reach:
            page.line([mark.at, _nearest(place, mark.at)], mark.color, 0.8)


def _settle(page: Page, box: Box, marks: Sequence[Mark], taken: Sequence[Box], reach: float) -> list[tuple[Mark, Box]]:
    """Return the marks that find room, one after another, and where their words stand."""
    settled: list[tuple[Mark, Box]] = []
    blocked = list(taken)
    for mark in marks:
        near = _places(page, mark.at, mark.words, [step * (reach + 1) for step in mark.steps], box)
        free = (place for place in near if not any(_meet(place, other) for other in blocked))
        written = [place for _, place in settled]
        place = next((place for place in free if not _is_crossed(written, mark.at, _nearest(place, mark.at))), None)
        if place is not None:
            settled.append((mark, place))
            blocked += [place, *_along(mark.at, _nearest(place, mark.at))]
    return settled


def _nearest(place: Box, at: Spot) -> Spot:
    """Return the point of a box that is nearest to a spot: where a leader ends."""
    return min(max(at[0], place.left), place.right), min(max(at[1], place.bottom), place.top)


def _is_crossed(written: Sequence[Box], at: Spot, end: Spot) -> bool:
    return any(_meet(step, words) for step in _along(at, end) for words in written)


def _along(at: Spot, end: Spot) -> list[Box]:
    """Return small boxes that cover a leader."""
    return [_around((at[0] + t * (end[0] - at[0]) / 20, at[1] + t * (end[1] - at[1]) / 20), 1.5) for t in range(21)]


def _around(at: Spot, reach: float) -> Box:
    return Box(at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach)


def _places(page: Page, at: Spot, words: str, steps: Sequence[float], box: Box) -> Iterator[Box]:
    """Yield where in a box words may stand around a spot, the nearest first: right, left, above and below it."""
    width, height = page.measure(words, page.size.foot)
    x, y = at
    for step in steps:
        for left, bottom in (
            (x + step, y - height / 2),
            (x - step - width, y - height / 2),
            *((x + shift - width / 2, y + up) for up in (step, -step - height) for shift in (0, width / 2, -width / 2)),
        ):
            if box.left <= left <= box.right - width and box.bottom <= bottom <= box.top - 2 * height:
                yield Box(left, bottom, left + width, bottom + height)


def _meet(a: Box, b: Box) -> bool:
    return min(a.right, b.right) > max(a.left, b.left) and min(a.top, b.top) > max(a.bottom, b.bottom)

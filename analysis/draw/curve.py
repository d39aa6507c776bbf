"""Curve: one estimate under many specifications, sorted, and below it what each of them chose differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes

from analysis.draw.layout import spread
from analysis.draw.page import Box, Page
from analysis.draw.scales import tick_labels

GAP: Final = 6.0
"""Points between a mark and its words."""
MAX_BELOW: Final = 0.55
"""Part of the room that the choices may take from the curve."""


@dataclass(frozen=True, slots=True)
class Specification:
    """One estimate with its bounds, shares in [0,1]; the choices it departs in, and words if it is the default."""

    rate: float
    low: float
    high: float
    departures: frozenset[str]
    words: str = ""
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Specifications from the lowest up, all choices from the top down, ticks, and words for the first and the last."""

    specifications: Sequence[Specification]
    choices: Sequence[str]
    ticks: Sequence[float]
    lowest: str
    highest: str


def paint_curve(page: Page, room: Box, curve: Curve) -> None:
    """Fill the room with the curve, and the choices under it."""
    size = page.size
    n = max(len(curve.choices), 1)
    sample = max((page.measure(words, 10)[1] / 10 for words in curve.choices), default=1.2) + 0.05
    line = min(sample * size.foot, MAX_BELOW * room.height / n)
    points = line / sample
    names = max((page.measure(words, points)[0] for words in curve.choices), default=0.0)
    ticks = tick_labels(list(curve.ticks))
    left = room.left + max(names, *(page.measure(words, size.small)[0] for words in ticks)) + 2 * GAP
    below = Box(left, room.bottom, room.right, room.bottom + line * len(curve.choices))
    above = Box(left, below.top + 2 * GAP, room.right, room.top - 2 * size.label)
    _shade_default(page, curve, below, above)
    _paint_above(page, above, curve, ticks)
    _paint_below(page, below, curve, line, points)
    _paint_heads(page, above, curve)


def _axes(page: Page, box: Box, curve: Curve) -> Axes:
    ax = page.axes(box)
    ax.set_xlim(-0.7, len(curve.specifications) - 0.3)
    ax.set_xticks([])
    return ax


def _shade_default(page: Page, curve: Curve, below: Box, above: Box) -> None:
    ax = _axes(page, Box(above.left, below.bottom, above.right, above.top), curve)
    ax.set_yticks([])
    for i, each in enumerate(curve.specifications):
        if each.words:
            ax.axvspan(i - 0.5, i + 0.5, color=page.theme.band, linewidth=0)


def _pitch(box: Box, curve: Curve) -> float:
    return box.width / (len(curve.specifications) + 0.4)


def _paint_above(page: Page, box: Box, curve: Curve, ticks: Sequence[str]) -> None:
    theme, line = page.theme, page.size.line
    ax = _axes(page, box, curve)
    ax.set_ylim(curve.ticks[0], curve.ticks[-1])
    ax.set_yticks(list(curve.ticks), list(ticks))
    ax.tick_params(labelsize=page.size.small)
    ax.grid(axis="y", color=theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axhline(0, color=theme.axis, linewidth=1.2, clip_on=False)
    dot = min(2.4 * line, 0.8 * _pitch(box, curve))
    for i, each in enumerate(curve.specifications):
        color = theme.held if each.words else theme.raw
        ax.vlines(i, each.low, each.high, color=color if each.words else theme.axis, linewidth=0.3 * line, zorder=3)
        face = theme.paper if each.is_small else color
        # The default is larger too: grey print keeps no blue.
        marks: dict[str, Any] = {"s": (dot * (1.4 if each.words else 1.0)) ** 2, "facecolor": face, "edgecolor": color}
        ax.scatter([i], [each.rate], linewidth=0.3 * line, zorder=4, clip_on=False, **marks)


def _paint_below(page: Page, box: Box, curve: Curve, line: float, points: float) -> None:
    if not curve.choices:
        return
    theme = page.theme
    ax = _axes(page, box, curve)
    ax.set_ylim(len(curve.choices) - 0.5, -0.5)
    ax.set_yticks([])
    width = min(0.5 * _pitch(box, curve), 1.6 * page.size.line)
    for row, words in enumerate(curve.choices):
        y = box.top - (row + 0.5) * line
        page.text(box.left - 2 * GAP, y, words, points, theme.soft, ha="right", va="center")
        ax.axhline(row, color=theme.grid, linewidth=0.7, zorder=1)
        chosen = [i for i, each in enumerate(curve.specifications) if words in each.departures]
        ax.vlines(chosen, row - 0.32, row + 0.32, color=theme.soft, linewidth=width, zorder=3)


def _paint_heads(page: Page, box: Box, curve: Curve) -> None:
    """Write lowest, default and highest over their dots, pushed apart where they would meet."""
    size, theme = page.size, page.theme
    pitch = _pitch(box, curve)
    heads = [(0, curve.lowest, theme.soft, "normal")]
    heads += [(i, each.words, theme.held, "bold") for i, each in enumerate(curve.specifications) if each.words]
    heads.append((len(curve.specifications) - 1, curve.highest, theme.soft, "normal"))
    widths = [page.measure(words, size.small, weight)[0] + 3 * GAP for _, words, _, weight in heads]
    wanted = [box.left + (i + 0.7) * pitch for i, *_ in heads]
    places = spread(wanted, widths, box.left - GAP, box.right + GAP)
    for x, (_, words, color, weight) in zip(places, heads, strict=True):
        page.text(x, box.top + GAP, words, size.small, color, weight=weight, ha="center", va="bottom")

"""Waterfall: steps from one total to another as floating bars, each with its interval and its words in a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.draw.page import Box, Page
from analysis.draw.scales import span_ticks, tick_labels

GAP = 6.0
"""Points between a mark and its words."""
FILL = 0.5
"""Part of a row's height that its bar fills."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row: a bar from `start` to `end` with the interval of its end, all on the axis; NaN where it is withheld."""

    name: str
    note: str
    value: str
    interval: str
    start: float
    end: float
    low: float
    high: float
    face: str
    is_total: bool = False
    is_hatched: bool = False
    is_small: bool = False

    @property
    def is_shown(self) -> bool:
        return self.end == self.end


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Text sizes of the rows, in points."""

    name: float
    note: float


def paint_waterfall(page: Page, room: Box, steps: Sequence[Step]) -> None:
    """Fill the room with the steps from the top down; axis values are shares, and words stand right of the axis."""
    pitch = (room.height - 1.6 * page.size.label) / len(steps)
    sizes = _choose_sizes(page, steps, pitch)
    limit = 0.34 * page.width
    names = [page.wrap(s.name, sizes.name, limit, "bold") for s in steps]
    notes = [page.wrap(s.note, sizes.note, limit) for s in steps]
    left = max(
        *(page.measure(words, sizes.name, "bold")[0] for words in names),
        *(page.measure(words, sizes.note)[0] for words in notes),
    )
    right = max(_words_width(page, s) for s in steps)
    box = Box(room.left + left + 2 * GAP, room.bottom + 1.6 * page.size.label, room.right - right - 2 * GAP, room.top)
    ax = _scaled_axes(page, box, steps)
    for i, step in enumerate(steps):
        y = box.top - (i + 0.5) * pitch
        name_high, note_high = page.measure(names[i], sizes.name, "bold")[1], page.measure(notes[i], sizes.note)[1]
        top = y + (name_high + 3 + note_high) / 2
        page.text(box.left - 1.5 * GAP, top, names[i], sizes.name, page.theme.ink, weight="bold", ha="right", va="top")
        page.text(
            box.left - 1.5 * GAP, top - name_high - 3, notes[i], sizes.note, page.theme.muted, ha="right", va="top"
        )
        _paint_words(page, box.right + 2 * GAP, y, step)
        if step.is_shown:
            _paint_step(page, ax, step, y - box.bottom, FILL * pitch)
    _paint_links(page, ax, steps, box.height, pitch)


def _choose_sizes(page: Page, steps: Sequence[Step], pitch: float) -> _Sizes:
    """Return the largest sizes at which every row's words stay within its height."""
    sizes = _Sizes(page.size.label, page.size.small)
    for factor in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        sizes = _Sizes(factor * page.size.label, factor * page.size.small)
        limit = 0.34 * page.width
        heights = [
            page.measure(page.wrap(s.name, sizes.name, limit, "bold"), sizes.name, "bold")[1]
            + 3
            + page.measure(page.wrap(s.note, sizes.note, limit), sizes.note)[1]
            for s in steps
        ]
        if max(heights) <= pitch:
            break
    return sizes


def _words_width(page: Page, step: Step) -> float:
    value = page.measure(step.value + " ", page.size.label, "bold")[0]
    return value + (page.measure(step.interval, page.size.small)[0] if step.interval else 0.0)


def _paint_words(page: Page, x: float, y: float, step: Step) -> None:
    color = page.theme.ink if step.is_shown else page.theme.muted
    page.text(x, y, step.value, page.size.label, color, weight="bold" if step.is_shown else "normal", va="center")
    shift = page.measure(step.value + " ", page.size.label, "bold")[0]
    page.text(x + shift, y, step.interval, page.size.small, page.theme.soft, va="center")


def _scaled_axes(page: Page, box: Box, steps: Sequence[Step]) -> Axes:
    ticks = span_ticks([v for s in steps for v in (s.start, s.end, s.low, s.high)], n_max=5)
    ax = page.axes(box)
    ax.set_xlim(ticks[0], ticks[-1])
    ax.set_ylim(0, box.height)
    ax.set_yticks([])
    ax.set_xticks(ticks, page.spare(tick_labels(ticks), page.size.label, box.width))
    ax.grid(axis="x", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axvline(0, color=page.theme.axis, linewidth=1.2, clip_on=False, zorder=3)
    return ax


def _paint_step(page: Page, ax: Axes, step: Step, middle: float, height: float) -> None:
    theme, line = page.theme, page.size.line
    corner = (min(step.start, step.end), middle - height / 2)
    shape = Rectangle(corner, abs(step.end - step.start), height, facecolor=step.face, zorder=2)
    shape.set(edgecolor=theme.outline, linewidth=0.6)
    ax.add_patch(shape)
    if step.is_hatched:
        # A hatch takes the colour of the edge, so the outline must be a second patch.
        hatch = Rectangle(corner, shape.get_width(), height, facecolor="none", hatch="//", zorder=2)
        hatch.set(edgecolor=theme.hatch, linewidth=0)
        ax.add_patch(hatch)
    # A dark whisker on a dark bar would vanish: it carries a thin edge of paper.
    for color, width in ((theme.paper, 1.5 * line), (theme.ink, 0.7 * line)):
        ax.hlines(middle, step.low, step.high, color=color, linewidth=width, zorder=5, clip_on=False)
    face = theme.paper if step.is_small else theme.ink
    marks: dict[str, Any] = {"facecolor": face, "edgecolor": theme.ink, "linewidth": 0.5 * line, "clip_on": False}
    ax.scatter([step.end], [middle], s=(2.6 * line) ** 2, zorder=6, **marks)


def _paint_links(page: Page, ax: Axes, steps: Sequence[Step], height: float, pitch: float) -> None:
    """Join the end of each bar to the start of the next, so that the eye adds them up."""
    for i, (step, following) in enumerate(pairwise(steps)):
        if step.is_shown and following.is_shown:
            y = height - (i + 0.5) * pitch - FILL * pitch / 2
            ax.vlines(step.end, y - (1 - FILL) * pitch, y, color=page.theme.axis, linewidth=1.0, zorder=1)

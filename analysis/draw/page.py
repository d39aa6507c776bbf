"""Page: a figure measured in points from its lower left corner, with head, foot and room for axes between them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from analysis.draw.options import Options
from analysis.draw.spec import Words
from analysis.draw.style import SIZES, THEMES, Size, Theme

SPACING = 1.3
SEPARATOR = " · "


class Box(NamedTuple):
    """A rectangle in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


class Page:
    """One figure and its measures; everything is placed in points, so any size or output format looks the same."""

    def __init__(self, fig: Figure, size: str, theme: str) -> None:
        self.fig = fig
        self.size: Size = SIZES[size]
        self.theme: Theme = THEMES[theme]
        fig.set_size_inches(self.size.width, self.size.height)
        fig.set_dpi(self.size.dpi)
        fig.set_facecolor(self.theme.paper)
        self.width, self.height = self.size.width * 72, self.size.height * 72
        canvas: Any = FigureCanvasAgg(fig)
        self.renderer = canvas.get_renderer()
        self._measured: dict[tuple[str, float, str], tuple[float, float]] = {}

    def text(self, x: float, y: float, words: str, size: float, color: str, **style: Any) -> Text:
        """Place words; `style` goes to matplotlib (ha, va, weight)."""
        placed = self.fig.text(x / self.width, y / self.height, words, **style)
        placed.set(fontsize=size, color=color, linespacing=SPACING)
        return placed

    def measure(self, words: str, size: float, weight: str = "normal") -> tuple[float, float]:
        """Return width and height in points of words drawn at this size."""
        key = (words, size, weight)
        if key not in self._measured:
            probe = Text(0, 0, words, fontsize=size, fontweight=weight, linespacing=SPACING, figure=self.fig)
            box = probe.get_window_extent(self.renderer)
            self._measured[key] = (box.width * 72 / self.fig.dpi, box.height * 72 / self.fig.dpi)
        return self._measured[key]

    def wrap(self, words: str, size: float, limit: float, weight: str = "normal") -> str:
        """Break words at spaces so that no line is wider than `limit` points; a longer single word is cut."""
        return "\n".join(self._fill(words.split(), " ", size, limit, weight))

    def _fill(self, parts: Sequence[str], joint: str, size: float, limit: float, weight: str = "normal") -> list[str]:
        lines: list[str] = []
        for part in parts:
            joined = lines[-1] + joint + part if lines else part
            if self.measure(joined, size, weight)[0] <= limit:
                lines[-1:] = [joined]
            elif self.measure(part, size, weight)[0] <= limit:
                lines.append(part)
            else:
                lines += self._split(part, size, limit, weight)
        return lines

    def _split(self, part: str, size: float, limit: float, weight: str) -> list[str]:
        if " " in part:
            return self._fill(part.split(), " ", size, limit, weight)
        lines = [""]
        for letter in part:
            if lines[-1] and self.measure(lines[-1] + letter, size, weight)[0] > limit:
                lines.append("")
            lines[-1] += letter
        return lines

    def spare(self, words: Sequence[str], size: float, width: float) -> list[str]:
        """Return tick labels for ticks spread evenly over `width` points; where they crowd only 0 and the last stay."""
        widest = max(self.measure(each, size)[0] for each in words)
        is_crowded = widest + 0.5 * size > width / max(len(words) - 1, 1)
        return [w if not is_crowded or w == "0" or i == len(words) - 1 else "" for i, w in enumerate(words)]

    def axes(self, box: Box) -> Axes:
        """Return bare axes filling the box: no ticks, no spines but the one the caller adds."""
        area = (box.left / self.width, box.bottom / self.height, box.width / self.width, box.height / self.height)
        ax = self.fig.add_axes(area)
        ax.set_facecolor("none")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0, pad=6, labelsize=self.size.label, labelcolor=self.theme.muted)
        return ax

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float) -> None:
        """Draw a thin line through points given in page points."""
        x = [p[0] / self.width for p in points]
        y = [p[1] / self.height for p in points]
        self.fig.add_artist(Line2D(x, y, color=color, linewidth=width, transform=self.fig.transFigure))

    def fill(self, box: Box, color: str, edge: str | None = None, width: float = 1.0) -> None:
        """Draw a filled rectangle behind texts, with an outline where an edge colour is given."""
        corner = (box.left / self.width, box.bottom / self.height)
        style: dict[str, Any] = {"facecolor": color, "edgecolor": edge or "none", "linewidth": width}
        area = Rectangle(corner, box.width / self.width, box.height / self.height, **style)
        area.set_transform(self.fig.transFigure)
        self.fig.add_artist(area)

    def stand_in(self, room: Box, words: str) -> None:
        """Write words in the middle of a room that has nothing to draw."""
        x, y = (room.left + room.right) / 2, (room.bottom + room.top) / 2
        self.text(x, y, words, self.size.label, self.theme.muted, ha="center", va="center")

    def frame(self, title: str, subtitle: str, notes: Sequence[str]) -> Box:
        """Write title, subtitle and notes; return the room left between them."""
        size, theme, margin = self.size, self.theme, self.size.margin
        limit = self.width - 2 * margin
        top = self.height - 0.85 * margin
        for words, points, color, weight in (
            (title, size.title, theme.ink, "bold"),
            (subtitle, size.subtitle, theme.soft, "normal"),
        ):
            lines = self.wrap(words, points, limit, weight)
            self.text(margin, top, lines, points, color, weight=weight, va="top")
            top -= self.measure(lines, points, weight)[1] + 0.45 * points
        foot = "\n".join(self._fill(notes, SEPARATOR, size.foot, limit))
        bottom = 0.6 * margin
        self.text(margin, bottom, foot, size.foot, theme.muted, va="bottom")
        return Box(
            margin, bottom + self.measure(foot, size.foot)[1] + size.foot, self.width - margin, top - size.subtitle
        )


def open_page(fig: Figure, words: Words, options: Options) -> tuple[Page, Box]:
    """Return a figure's page with its title, subtitle and notes written, and the room left for the chart."""
    page = Page(fig, options.size, options.theme)
    return page, page.frame(words.title, words.subtitle, words.notes)

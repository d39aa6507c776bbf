"""Plot: the speed of every contender relative to the yardstick, on a logarithmic scale, with its rightness."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.draw.fonts import drawing
from analysis.draw.layout import check_layout
from analysis.draw.page import Box, Page
from analysis.draw.style import DrawError
from benchmarks.peers import YARDSTICK

_NAMES: Final = 132.0
_PROBES: Final = 78.0
_TICKS: Final = (0.001, 0.01, 0.1, 1, 10, 100)


def draw_speed(contenders: Sequence[dict[str, Any]], stem: Path) -> None:
    """Write stem.png and stem.svg; raises DrawError when a text leaves the canvas or touches another."""
    with drawing(), matplotlib.rc_context({"svg.hashsalt": stem.name}):
        fig = Figure()
        _paint(Page(fig, "doc", "light"), sorted(contenders, key=_speed))
        if problems := check_layout(fig):
            raise DrawError(f"{stem.name}: {problems[0]}")
        # Dates and versions inside a file would make an unchanged plot look changed.
        fig.savefig(stem.with_suffix(".png"), dpi=fig.dpi, metadata={"Software": None})
        fig.savefig(stem.with_suffix(".svg"), metadata={"Date": None, "Creator": None})


def _speed(record: dict[str, Any]) -> float:
    return float(record["speed"]["median"])


def _paint(page: Page, records: Sequence[dict[str, Any]]) -> None:
    n_probes = max(r["probes"]["n_texts"] for r in records if "probes" in r)
    room = page.frame(
        "How fast skills are found, and how rightly",
        f"Speed relative to a regular expression of Python's standard library ({YARDSTICK} = 1)",
        ("dot: median of the rounds, line: least and greatest", f"probes: how many of {n_probes} wholly right"),
    )
    size, theme = page.size, page.theme
    for edge, words in ((room.right - 0.45 * _PROBES, "speed"), (room.right, "probes")):
        page.text(edge, room.top, words, size.small, theme.muted, va="top", ha="right")
    top = room.top - 1.5 * size.small
    ax = page.axes(Box(room.left + _NAMES, room.bottom + 2.2 * size.label, room.right - _PROBES, top))
    _scale(ax, page, records)
    for row, record in enumerate(records):
        is_ours = record["name"].startswith("ours")
        color = theme.held if is_ours else theme.raw
        speed, weight = record["speed"], "bold" if is_ours else "normal"
        ax.plot([speed["low"], speed["high"]], [row, row], color=color, linewidth=size.line)
        ax.plot([speed["median"]], [row], "o", color=color, markersize=5)
        height = (ax.get_position().y0 + (row + 0.5) / len(records) * ax.get_position().height) * page.height
        ink = theme.ink if is_ours else theme.soft
        page.text(room.left, height, record["name"], size.label, ink, va="center", weight=weight)
        right = f"{record['probes']['n_right']}" if "probes" in record else "–"
        page.text(room.right, height, right, size.label, ink, va="center", ha="right", weight=weight)
        page.text(room.right - 0.45 * _PROBES, height, words_of(speed), size.label, ink, va="center", ha="right")


def _scale(ax: Axes, page: Page, records: Sequence[dict[str, Any]]) -> None:
    low, high = (pick(r["speed"][end] for r in records) for pick, end in ((min, "low"), (max, "high")))
    ax.set_xscale("log")
    ax.set_xlim(low / 1.5, max(10, high) * 1.5)
    ax.set_ylim(-0.5, len(records) - 0.5)
    ticks = [tick for tick in _TICKS if low / 1.5 <= tick <= max(10, high) * 1.5]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks([])
    ax.vlines(ticks, -0.5, len(records) - 0.5, colors=page.theme.grid, linewidth=0.8, zorder=0)
    ax.axvline(1, color=page.theme.axis, linewidth=1, zorder=0)


def words_of(speed: dict[str, float]) -> str:
    """Return a median speed to three digits, as a fraction of one where that says more."""
    return f"{speed['median']:.3g}" if speed["median"] >= 0.1 else f"1/{1 / speed['median']:.0f}"

"""Quick pictures of results: rates of one series over years as a line, everything else as dots with intervals."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from analysis import wording
from analysis.columns import COLUMNS, SIZES, Estimate, bare, estimates
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.lines import GAP, Look, Series, YearChart, complete, end_labels, paint_years, tick_width, width_of
from analysis.draw.options import Options
from analysis.draw.page import SPACING, Box, Page
from analysis.draw.scales import axis_ticks, decimals_for
from analysis.draw.style import DrawError

MAX_ROWS: Final = 30
"""Rows that can be read on one page."""

_KEYS: Final = ("series", "part", "claim", "population", "skill", "level", "year", "weighting")
_REMARKS: Final = ("flag", "note", "verdict", "method")


class Picture(Figure):
    """A drawn result: a matplotlib figure that a notebook shows by itself."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()

    def savefig(self, fname: Any, **kwargs: Any) -> None:
        """Write the picture as matplotlib does, in its own fonts and resolution unless told otherwise."""
        with drawing():
            super().savefig(fname, **{"dpi": self.dpi, "facecolor": self.get_facecolor(), **kwargs})


class _Row(NamedTuple):
    name: str
    words: str
    values: tuple[float, float, float]
    is_small: bool


def draw(frame: pd.DataFrame, attrs: Mapping[Any, Any], lang: str, size: str, theme: str) -> Picture:
    """Return the picture of a result; `attrs` are its metadata, other options those of figures.

    Raises DrawError for bad options, a table without an estimate that has its interval, and more than MAX_ROWS rows.
    """
    Options(lang=lang, size=size, theme=theme)
    found = estimates(frame.columns)
    if not found or not len(frame):
        lost = ", ".join(bare(frame.columns)) if len(frame) else ""
        why = f": {wording.say(lang, 'why_bare', names=lost)}" if lost else ""
        raise DrawError(f"there is no estimate with its interval to draw{why}")
    estimate = found[0]
    with drawing(), matplotlib.rc_context({"svg.hashsalt": "quick"}):
        fig = Picture()
        page = Page(fig, size, theme)
        subtitle = f"{wording.name_of(estimate.value, lang)} ({wording.say(lang, 'interval')})"
        room = page.frame(wording.title(attrs, lang), subtitle, wording.source(attrs, lang).split(" · "))
        if _is_series(frame, estimate):
            _paint_series(page, room, frame, lang)
        else:
            _paint_rows(page, room, _rows(frame, estimate, lang), estimate)
    return fig


def _is_series(frame: pd.DataFrame, estimate: Estimate) -> bool:
    has_all = {"year", "n", "flag", "covered_weight"} <= set(frame.columns)
    return estimate.value == "rate" and has_all and len(frame) > 1 and _told(frame) == ["year"]


def _paint_series(page: Page, room: Box, frame: pd.DataFrame, lang: str) -> None:
    labels, years = labels_for(lang), range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    look = Look(page.theme.held, page.size.line, weight="bold", band=page.theme.band)
    chart = YearChart(
        years=years,
        n={int(year): int(n) for year, n in zip(frame["year"], frame["n"], strict=True)},
        series=[Series("", complete(frame, years), look)],
        ticks=axis_ticks([*frame["high"], *frame["rate"]]),
        decimals=decimals_for(frame["rate"]),
        withheld=frozenset(int(year) for year in frame.loc[frame["rate"].isna(), "year"]),
    )
    ends = end_labels(page, chart, labels, 0.235 * page.width)
    left, right = tick_width(page, chart), width_of(page, ends, chart)
    paint_years(page, room._replace(left=room.left + left, right=room.right - right), chart, ends, labels)


def _rows(frame: pd.DataFrame, estimate: Estimate, lang: str) -> list[_Row]:
    if len(frame) > MAX_ROWS:
        raise DrawError(f"{len(frame)} rows are too many to read: filter, or take .head({MAX_ROWS})")
    keys = _keys(frame)
    return [
        _Row(
            ", ".join(wording.cell(key, row[key], lang) for key in keys),
            _words(estimate, row, lang),
            (row[estimate.value], row[estimate.low], row[estimate.high]),
            "small" in str(row.get("flag", "")),
        )
        for row in frame.to_dict("records")
    ]


def _words(estimate: Estimate, row: Mapping[Any, Any], lang: str) -> str:
    size = next(name for name in SIZES if name in row)
    return f"{wording.interval(estimate, row, lang)}  n={row[size]:,.0f}"


def _keys(frame: pd.DataFrame) -> list[str]:
    """Return columns that tell the rows apart, no more than are needed."""
    needed: list[str] = []
    for key in _told(frame):
        if not needed or frame.duplicated(needed).any():
            needed.append(key)
    return needed or [str(c) for c in frame.columns[:1]]


def _told(frame: pd.DataFrame) -> list[str]:
    """Return the columns of words and years whose values differ."""
    asked = [c for c in frame.columns if c in COLUMNS and COLUMNS[c].unit in ("text", "year", "yes/no")]
    known = [c for c in dict.fromkeys([*_KEYS, *asked]) if c in frame.columns and c not in _REMARKS]
    return [c for c in known if frame[c].nunique() > 1]


def _paint_rows(page: Page, room: Box, rows: Sequence[_Row], estimate: Estimate) -> None:
    bottom = room.bottom + SPACING * page.size.foot + GAP
    height = (room.top - bottom) / len(rows)
    size = min(page.size.label, height / SPACING)
    names = [page.wrap(row.name, size, 0.35 * page.width).split("\n")[0] for row in rows]
    left = room.left + max(page.measure(name, size)[0] for name in names) + 2 * GAP
    right = room.right - max(page.measure(row.words, size)[0] for row in rows) - 2 * GAP
    box = Box(left, bottom, right, room.top)
    zero = _paint_dots(page, box, rows, estimate)
    for y, (row, name) in enumerate(zip(rows, names, strict=True)):
        middle = box.top - (y + 0.5) * height
        page.text(room.left, middle, name, size, page.theme.ink, va="center")
        page.text(right + 2 * GAP, middle, row.words, size, page.theme.soft, va="center")
    mark = "×1" if estimate.value == "odds_ratio" else "0"
    page.text(zero, bottom - GAP / 2, mark, page.size.foot, page.theme.muted, ha="center", va="top")


def _paint_dots(page: Page, box: Box, rows: Sequence[_Row], estimate: Estimate) -> float:
    """Draw dots and intervals; return where the value of no difference lies, in points of the page."""
    ax = page.axes(box)
    is_log = estimate.value == "odds_ratio"
    place = math.log if is_log else float
    ax.set(xticks=[], yticks=[], ylim=(len(rows) - 0.5, -0.5))
    ends = [0.0]
    for y, row in enumerate(rows):
        if math.isnan(row.values[0]):
            continue
        value, low, high = map(place, row.values)
        ends += [low, high, value]
        color, line = page.theme.held, page.size.line
        face = page.theme.paper if row.is_small else color
        ax.plot([low, high], [y, y], color=color, linewidth=line, alpha=0.45, solid_capstyle="butt", zorder=2)
        ax.plot([value], [y], "o", color=color, markerfacecolor=face, markersize=2.4 * line, zorder=3, clip_on=False)
    start, span = min(ends), (max(ends) - min(ends)) or 1.0
    ax.set_xlim(start, start + span)
    ax.axvline(0, color=page.theme.axis, linewidth=1.2, zorder=1, clip_on=False)
    return box.left - start / span * box.width

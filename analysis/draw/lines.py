"""Lines: rates by year as lines with intervals, direct end labels and counts under each year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

from analysis.draw.labels import Labels
from analysis.draw.layout import spread
from analysis.draw.page import SPACING, Box, Page
from analysis.draw.scales import compact, percent, tick_labels

GAP = 6.0
"""Points between a mark and its words."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn; widths and dodge in points, band None draws thin whiskers instead.

    `word` is the colour of its words where the line's own is too pale to read.
    """

    color: str
    width: float
    marker: str = "o"
    dash: str = "-"
    weight: str = "normal"
    dodge: float = 0.0
    band: str | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A named line; `frame` has one row per year with rate, low, high (NaN where withheld) and flag."""

    name: str
    frame: pd.DataFrame
    look: Look

    @property
    def last(self) -> pd.Series | None:
        """The last year that is shown, or None when every year is withheld."""
        shown = self.frame[self.frame["rate"].notna()]
        return None if shown.empty else shown.iloc[-1]


@dataclass(frozen=True, slots=True)
class YearChart:
    """What one panel shows: years, postings per year, lines, y ticks (shares) and years whose main rate is withheld."""

    years: Sequence[int]
    n: Mapping[int, int]
    """Empty where counts are not written under the years."""
    series: Sequence[Series]
    ticks: Sequence[float]
    ghosts: Sequence[Series] = ()
    withheld: frozenset[int] = frozenset()
    decimals: int = 0
    claim: tuple[float, str] | None = None
    """Share and words of the outside claim; without words its line is named elsewhere."""
    is_panel: bool = False
    has_scale: bool = True
    has_years: bool = True


@dataclass(frozen=True, slots=True)
class YearRow:
    """One row of words under the years, with its name at the left where the words alone do not tell."""

    words: Mapping[int, str]
    size: float
    color: str
    name: str = ""

    @property
    def height(self) -> float:
        return 1.4 * self.size


@dataclass(frozen=True, slots=True)
class YearWords:
    """One wording of years and counts."""

    names: Mapping[int, str]
    name_size: float
    counts: Mapping[int, str]
    count_size: float
    row_name: str

    def width(self, page: Page) -> float:
        """Return the width in points of the widest; short counts count as four letters, so that panels agree."""
        widths = [page.measure(words, self.name_size)[0] for words in self.names.values()]
        return max(widths + [page.measure(words, self.count_size)[0] for words in (*self.counts.values(), "888k")])


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Words for the end of a line, at the height of its share, or for the room where no line could be drawn."""

    words: str
    share: float
    color: str
    weight: str
    is_inside: bool = False


def complete(frame: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return one row per year: a year without a row becomes a gap, so that no line is drawn across it."""
    rows = frame.set_index("year").reindex(list(years))
    return rows.assign(flag=rows["flag"].fillna("")).reset_index()


def end_labels(page: Page, chart: YearChart, labels: Labels, limit: float, is_named: bool = True) -> list[EndLabel]:
    """Return the labels for the ends of the lines, wrapped to `limit` points; a withheld line says so in words.

    A panel all of whose lines are withheld says so once.
    """
    is_empty = chart.is_panel and all(s.last is None for s in chart.series)
    shown = chart.series[:1] if is_empty else chart.series
    found = [_end_label(s, chart, labels, is_named and not is_empty) for s in shown]
    if chart.claim and chart.claim[1]:
        found.append(EndLabel(chart.claim[1], chart.claim[0], page.theme.claim, "normal"))
    return [replace(e, words=page.wrap(e.words, end_size(page, chart), limit, e.weight)) for e in found]


def _end_label(series: Series, chart: YearChart, labels: Labels, is_named: bool) -> EndLabel:
    name, color = series.name if is_named else "", series.look.word or series.look.color
    if (last := series.last) is None:
        # Where no cell at all could be held fixed there is nothing to compare: there are too few postings.
        is_thin = series.frame["flag"].str.contains("low cover") & (series.frame["covered_weight"] > 0)
        why = labels.say("not_comparable" if is_thin.any() else "too_few")
        words = f"{name}: {why}" if name else why
        return EndLabel(words, chart.ticks[-1] / 2, color, series.look.weight, is_inside=chart.is_panel)
    value = percent(last["rate"], chart.decimals)
    if last["year"] != chart.years[-1] and is_named:
        value += f" ({last['year']:.0f})"
    return EndLabel(f"{name} {value}".strip(), last["rate"], color, series.look.weight)


def end_size(page: Page, chart: YearChart) -> float:
    """Return the size of the end labels in points."""
    return page.size.small if chart.is_panel else page.size.label


def width_of(page: Page, labels: Sequence[EndLabel], chart: YearChart) -> float:
    """Return the room in points that end labels need, with their distance from the lines."""
    widths = [page.measure(e.words, end_size(page, chart), e.weight)[0] for e in labels if not e.is_inside]
    return max(widths, default=0.0) + 2.5 * GAP


def tick_size(page: Page, chart: YearChart) -> float:
    """Return the size of the y tick labels in points."""
    return page.size.foot if chart.is_panel else page.size.label


def tick_width(page: Page, chart: YearChart) -> float:
    """Return the room in points that the y tick labels need."""
    return max(page.measure(words, tick_size(page, chart))[0] for words in tick_labels(list(chart.ticks))) + GAP


def paint_years(page: Page, room: Box, chart: YearChart, ends: Sequence[EndLabel], labels: Labels) -> None:
    """Draw a chart whose lines fill the room above the year labels, its end labels right of the room."""
    spacing = room.width / (len(chart.years) if len(chart.years) == 1 else len(chart.years) - 0.5)
    rows = _year_rows(page, chart, labels, spacing)
    # A panel may have no years under it: its counts then keep clear of the lowest tick label.
    gap = GAP if chart.is_panel else 0.5 * GAP
    box = room._replace(bottom=room.bottom + sum(row.height for row in rows) + gap)
    ax = page.axes(box)
    pad = 0.5 if len(chart.years) == 1 else 0.3
    ax.set_xlim(chart.years[0] - pad, chart.years[0] - pad + room.width / spacing)
    _paint_scale(page, ax, chart, box.height)
    y = box.bottom - gap
    for row in rows:
        xs = {year: box.left + (year - chart.years[0] + pad) * spacing for year in row.words}
        for year, words in row.words.items():
            page.text(xs[year], y - row.size * 1.05, words, row.size, row.color, ha="center", va="baseline")
        if row.name and chart.has_scale:
            edge = min(x - page.measure(row.words[year], row.size)[0] / 2 for year, x in xs.items())
            page.text(
                min(edge, box.left) - GAP, y - row.size * 1.05, row.name, row.size, row.color, ha="right", va="baseline"
            )
        y -= row.height
    for series in chart.ghosts:
        ax.plot(
            series.frame["year"], series.frame["rate"], color=page.theme.ghost, linewidth=series.look.width, zorder=1
        )
    if chart.claim:
        ax.axhline(chart.claim[0], color=page.theme.claim, linestyle=":", linewidth=1.6, zorder=2)
    for series in chart.series:
        _paint_series(page, ax, series, spacing)
    _paint_ends(page, box, chart, ends, box.left + (chart.years[-1] - chart.years[0] + pad) * spacing)


def _paint_scale(page: Page, ax: Axes, chart: YearChart, height: float) -> None:
    ticks, words, size = list(chart.ticks), tick_labels(list(chart.ticks)), tick_size(page, chart)
    if not chart.has_scale:
        words = [""] * len(ticks)
    elif height / (len(ticks) - 1) < SPACING * size:
        words[1:-1] = [""] * (len(ticks) - 2)
    ax.set_ylim(0, ticks[-1])
    ax.set_yticks(ticks, words, fontsize=size)
    ax.set_xticks([])
    ax.grid(axis="y", color=page.theme.grid, linewidth=0.9)
    ax.set_axisbelow(True)
    ax.axhline(0, color=page.theme.axis, linewidth=1.2, clip_on=False, zorder=1)


def _year_rows(page: Page, chart: YearChart, labels: Labels, spacing: float) -> list[YearRow]:
    """Return the rows under the years in the fullest wording that fits; crowded years are labelled every k-th."""
    size, theme, years = page.size, page.theme, list(chart.years)
    n = {y: chart.n.get(y, 0) for y in years}
    plain, short = {y: str(y) for y in years}, {y: f"’{y % 100:02}" for y in years}
    wordings = [
        YearWords(plain, size.label, {y: labels.say("n", n=n[y]) for y in years}, size.small, ""),
        YearWords(plain, size.small, {y: f"{n[y]:,}" for y in years}, size.foot, "n"),
        YearWords(short, size.small, {y: compact(n[y]) for y in years}, size.foot, "n"),
    ]
    if chart.is_panel:
        del wordings[:-1]
    tries = [(w, 1) for w in wordings] + [(wordings[-1], step) for step in range(2, len(years) + 1)]
    words, step = next((t for t in tries if t[0].width(page) + GAP <= spacing * t[1]), tries[-1])
    kept = years[::-1][::step][::-1]
    rows = [
        YearRow({y: words.names[y] for y in kept}, words.name_size, theme.ink),
        YearRow({y: words.counts[y] for y in kept}, words.count_size, theme.muted, words.row_name),
    ]
    return rows[not chart.has_years : 2 if chart.n else 1] + _withheld_rows(page, chart, labels, spacing)


def _withheld_rows(page: Page, chart: YearChart, labels: Labels, spacing: float) -> list[YearRow]:
    words, size = labels.say("too_few"), page.size.foot
    if not chart.withheld or page.measure(words, size)[0] + GAP > spacing:
        return []
    return [YearRow({y: words for y in chart.years if y in chart.withheld}, size, page.theme.muted)]


def _paint_series(page: Page, ax: Axes, series: Series, spacing: float) -> None:
    look, frame = series.look, series.frame
    # Sixteen years on half a slide leave 15 points per year: full-size marks would hide each other.
    shrink = min(1.0, max(0.45, spacing / (24 * page.size.line)))
    # The line that the figure is about stays visible where lines coincide.
    top = 6 if look.band else 4
    x = frame["year"] + look.dodge * shrink / spacing
    shown = frame["rate"].notna()
    ax.plot(x, frame["rate"], color=look.color, linewidth=look.width, linestyle=look.dash, clip_on=False, zorder=top)
    alone = shown & ~shown.shift(1, fill_value=False) & ~shown.shift(-1, fill_value=False)
    if look.band:
        ax.fill_between(x, frame["low"], frame["high"], where=shown, color=look.band, linewidth=0, zorder=0.5)
    lined = alone if look.band else shown
    ax.vlines(
        x[lined], frame["low"][lined], frame["high"][lined], color=look.color, linewidth=0.45 * page.size.line, zorder=3
    )
    hollow = frame["flag"].str.contains("small") & shown
    for rows, face in ((shown & ~hollow, look.color), (hollow, page.theme.paper)):
        ax.scatter(
            x[rows],
            frame["rate"][rows],
            s=(shrink * page.size.line * (2.9 if look.band else 2.3)) ** 2,
            marker=look.marker,
            facecolor=face,
            edgecolor=look.color,
            linewidth=0.5 * page.size.line,
            clip_on=False,
            zorder=top + 1,
        )


def _paint_ends(page: Page, box: Box, chart: YearChart, ends: Sequence[EndLabel], edge: float) -> None:
    size = end_size(page, chart)
    ground = {"facecolor": page.theme.paper, "edgecolor": "none", "pad": 1.5}
    for end in (e for e in ends if e.is_inside):
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        page.text(x, y, end.words, size, end.color, weight=end.weight, ha="center", va="center", bbox=ground)
    ends = [e for e in ends if not e.is_inside]
    wanted = [box.bottom + e.share / chart.ticks[-1] * box.height for e in ends]
    heights = [page.measure(e.words, size, e.weight)[1] + 3 for e in ends]
    placed = spread(wanted, heights, box.bottom - SPACING * size / 2, box.top + SPACING * size / 2)
    left = box.right + 1.5 * GAP
    for end, y, aim in zip(ends, placed, wanted, strict=True):
        page.text(left, y, end.words, size, end.color, weight=end.weight, va="center")
        if abs(y - aim) > 0.3 * size:
            page.line([(edge + 1.2 * GAP, aim), (left - 3, y)], end.color, 0.6)

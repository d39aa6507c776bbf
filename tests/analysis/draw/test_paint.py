"""Painting: the artists on the page are the numbers of the frame, no more and no less."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from analysis.draw.style import THEMES
from analysis.fact import DATA_ROLES

Make = Callable[..., FigureData]
SHARES = {
    "standardised": [0.08, 0.09, 0.10, 0.09, 0.13],
    "raw": [0.06, 0.08, 0.11, 0.12, 0.16],
    "hn": [0.01, 0.02, 0.02, 0.02, 0.03],
}


def painted(name: str, data: FigureData, lang: str = "en", **options: Any) -> Figure:
    with drawing():
        fig = Figure()
        figures()[name].paint(fig, data, labels_for(lang), Options(**options))
        return fig


def texts(fig: Figure) -> list[str]:
    return [t.get_text().replace("\n", " ") for t in fig.texts]


def heights(ax: Axes) -> list[list[float]]:
    lines = [np.asarray(line.get_ydata(), float) for line in ax.lines]
    return [line.tolist() for line in lines if line.size == 5]


def hollow(ax: Axes, paper: str = "#ffffff") -> list[tuple[float, float]]:
    marks = [c for c in ax.collections if isinstance(c, PathCollection)]
    return [
        (round(float(x), 4), round(float(y), 4))
        for c in marks
        for x, y in np.asarray(c.get_offsets())
        if to_hex(tuple(np.asarray(c.get_facecolor())[0])) == paper
    ]


def test_lines_are_the_rates(yearly: Make) -> None:
    fig = painted("fig_4_1", yearly(SHARES))
    assert heights(fig.axes[0]) == [SHARES["standardised"], SHARES["raw"], SHARES["hn"]]
    assert fig.axes[0].get_ylim() == (0, 0.2)
    assert hollow(fig.axes[0]) == []


def test_ends_carry_name_and_last_value(yearly: Make) -> None:
    assert {"role and source type held fixed 13.0%", "raw rate 16.0%", "Hacker News only 3.0%"} <= set(
        texts(painted("fig_4_1", yearly(SHARES)))
    )
    ko = texts(painted("fig_4_1", yearly(SHARES), "ko"))
    assert {"직무·출처 유형 고정 13.0%", "단순 비율 16.0%", "Hacker News만 3.0%"} <= set(ko)


def test_years_carry_their_counts(yearly: Make) -> None:
    shown = texts(painted("fig_4_1", yearly(SHARES, n=1234)))
    assert shown.count("n=1,234") == 5
    assert [t for t in shown if t.isdigit()] == ["2020", "2021", "2022", "2023", "2024"]


def test_a_withheld_year_is_a_gap_and_a_small_one_hollow(yearly: Make) -> None:
    flags = {("standardised", 2021): "withheld", ("standardised", 2023): "small;imprecise"}
    fig = painted("fig_4_1", yearly(SHARES, flags=flags))
    line = heights(fig.axes[0])[0]
    assert np.isnan(line[1])
    assert line[2:] == [0.10, 0.09, 0.13]
    assert hollow(fig.axes[0]) == [(2023, 0.09)]
    assert texts(fig).count("too few") == 0
    both = {("standardised", 2021): "withheld", ("raw", 2021): "withheld"}
    assert texts(painted("fig_4_1", yearly(SHARES, flags=both))).count("too few") == 1
    band = next(c for c in fig.axes[0].collections if isinstance(c, FillBetweenPolyCollection))
    assert not any(p.contains_point((2021.0, 0.09)) for p in band.get_paths())
    assert any(p.contains_point((2022.5, 0.095)) for p in band.get_paths())


def test_a_year_without_a_row_is_a_gap(yearly: Make) -> None:
    data = yearly(SHARES)
    frame = data.frame[(data.frame["year"] != 2022) | (data.frame["series"] != "raw")]
    line = heights(painted("fig_4_1", FigureData(frame, data.meta)).axes[0])[1]
    assert np.isnan(line[2])


def test_a_year_alone_has_a_whisker(yearly: Make) -> None:
    flags = {("standardised", y): "withheld" for y in (2020, 2021, 2023, 2024)}
    ax = painted("fig_4_1", yearly({"standardised": SHARES["standardised"]}, flags=flags)).axes[0]
    whiskers = [s for c in ax.collections if isinstance(c, LineCollection) for s in c.get_segments()]
    assert [np.round(s, 6).tolist() for s in whiskers] == [[[2022, 0.08], [2022, 0.12]]]


def test_the_last_shown_year_is_named_when_it_is_not_the_last(yearly: Make) -> None:
    fig = painted("fig_4_1", yearly(SHARES, flags={("raw", 2024): "withheld"}))
    assert "raw rate 12.0% (2023)" in texts(fig)


def test_an_all_withheld_line_says_so(yearly: Make) -> None:
    flags = {("hn", y): "withheld" for y in range(2020, 2025)}
    assert "Hacker News only: too few" in texts(painted("fig_4_1", yearly(SHARES, flags=flags)))


def test_the_claim_is_drawn_only_when_asked(yearly: Make) -> None:
    plain, claimed = painted("fig_4_1", yearly(SHARES)), painted("fig_4_1", yearly(SHARES), claim=0.68)
    assert not any("claim" in t for t in texts(plain))
    assert "the slide’s claim 68%" in texts(claimed)
    assert claimed.axes[0].get_ylim() == (0, 0.8)
    dotted = [line for line in claimed.axes[0].lines if line.get_linestyle() == ":"]
    assert [np.asarray(line.get_ydata()).tolist() for line in dotted] == [[0.68, 0.68]]


def test_panels_share_one_scale(yearly: Make) -> None:
    by_role = {role: [0.05 * (i + 1)] * 5 for i, role in enumerate(DATA_ROLES)}
    fig = painted("fig_4_1", yearly(SHARES, by_role=by_role), by=("role",))
    assert len(fig.axes) == 6
    assert {ax.get_ylim() for ax in fig.axes} == {(0, 0.3)}
    assert [heights(ax)[-1] for ax in fig.axes] == [SHARES["standardised"], *by_role.values()]
    assert len(heights(fig.axes[1])) == len(DATA_ROLES)
    assert "Hacker News only 3.0%" not in texts(fig)


@pytest.mark.parametrize(("covered", "said"), [(0.0, "too few"), (0.3, "not comparable")])
def test_a_panel_without_a_line_says_why_where_the_line_would_be(covered: float, said: str, yearly: Make) -> None:
    flags = {("ml_engineer", y): "withheld;low cover" for y in range(2020, 2025)}
    by_role = dict.fromkeys(DATA_ROLES, [0.1] * 5)
    fig = painted("fig_4_1", yearly(SHARES, flags=flags, by_role=by_role, covered=covered), by=("role",))
    panel = fig.axes[1 + DATA_ROLES.index("ml_engineer")]
    place = next(t for t in fig.texts if t.get_text() == said)
    assert panel.get_position().contains(*place.get_position())
    assert not [line for line in heights(panel) if not np.isnan(line).all()]


def test_panels_have_years_under_the_lowest_row_and_the_claim_in_each(yearly: Make) -> None:
    by_role = dict.fromkeys(DATA_ROLES, [0.1] * 5)
    fig = painted("fig_4_1", yearly(SHARES, by_role=by_role), by=("role",), claim=0.68)
    assert texts(fig).count("’24") == 3
    assert texts(fig).count("1.0k") == 30
    for ax in fig.axes:
        dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
        assert [np.asarray(line.get_ydata()).tolist() for line in dotted] == [[0.68, 0.68]]


def test_one_type_of_source_is_withheld_rather_than_not_comparable(yearly: Make) -> None:
    flags = {("standardised", y): "withheld;low cover" for y in range(2020, 2025)}
    data = yearly(SHARES, flags=flags, covered=0.3)
    assert "role held fixed: withheld" in texts(painted("fig_4_1", data, families=("hn",)))
    assert "role and source type held fixed: not comparable" in texts(painted("fig_4_1", data))


PARTS = {"bi_analyst": (0.012, 0.01, 0.008), "data_engineer": (0.13, 0.06, 0.02), "ml_engineer": (0.04, 0.02, 0.02)}


def widths(fig: Figure, color: str) -> list[float]:
    shapes = [p for p in fig.axes[0].patches if isinstance(p, Rectangle)]
    return [round(p.get_width(), 6) for p in shapes if to_hex(p.get_facecolor()) == color.lower()]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_bars_are_the_parts_largest_role_first(theme: str, pooled: Make) -> None:
    fig = painted("fig_4_2", pooled(PARTS), theme=theme)
    colors = THEMES[theme]
    assert widths(fig, colors.required) == [0.13, 0.04, 0.012]
    assert widths(fig, colors.preferred) == [0.06, 0.02, 0.01]
    assert widths(fig, colors.mentioned) == [0.02, 0.02, 0.008]
    names = [t for t in texts(fig) if t in labels_for("en").roles.values()]
    assert names == ["Data engineer", "ML engineer", "BI / data analyst"]


def test_bars_carry_totals_counts_and_large_parts_only(pooled: Make) -> None:
    shown = texts(painted("fig_4_2", pooled(PARTS, n=1600)))
    assert {"21%", "(19–23)", "8%", "(6–10)", "3%", "(1–5)", "n=1,600, 400 companies"} <= set(shown)
    assert [t for t in shown if t.isdigit()] == ["13", "6"]


def test_a_number_never_stands_on_the_whisker(pooled: Make) -> None:
    shown = texts(painted("fig_4_2", pooled(PARTS, wide=0.2)))
    assert not [t for t in shown if t.isdigit()]


def test_segments_are_named_once_and_not_at_all_without_bars(pooled: Make) -> None:
    assert texts(painted("fig_4_2", pooled(PARTS))).count("preferred") == 1
    empty = painted("fig_4_2", pooled(dict.fromkeys(PARTS, (0.0, 0.0, 0.0)), wide=0.0))
    assert "preferred" not in texts(empty)
    assert texts(empty).count("0%") == 3


def test_withheld_and_small_roles(pooled: Make) -> None:
    fig = painted("fig_4_2", pooled(PARTS, {"ml_engineer": "withheld", "bi_analyst": "small"}))
    assert widths(fig, THEMES["light"].required) == [0.13, 0.012]
    assert [share for share, _ in hollow(fig.axes[0])] == [0.03]
    assert any("Withheld, too few postings: ML engineer (n=1,000)" in t for t in texts(fig))
    none = painted("fig_4_2", pooled(PARTS, dict.fromkeys(PARTS, "withheld")))
    assert "No role can be shown: too few postings" in texts(none)
    assert none.axes == []


def test_claims_never_enter_the_figure_of_roles(pooled: Make) -> None:
    assert "claim" not in figures()["fig_4_2"].takes
    assert not any("claim" in t for t in texts(painted("fig_4_2", pooled(PARTS), claim=0.68)))

"""No text leaves the page or meets another, whatever the numbers are."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import EN, labels_for
from analysis.draw.layout import check_layout, spread
from analysis.draw.options import Options
from analysis.draw.page import SPACING
from analysis.draw.spec import FigureData
from analysis.draw.style import SIZES as SIZES_OF
from analysis.fact import DATA_ROLES
from tests.analysis.draw.extremes.fig_4_1 import FLAT, LINES
from tests.analysis.draw.extremes.fig_4_2 import BARS

Make = Callable[..., FigureData]

EXTREMES = {
    path.stem: importlib.import_module(f"tests.analysis.draw.extremes.{path.stem}").CASES
    for path in sorted((Path(__file__).parent / "extremes").glob("fig_*.py"))
}
STRAINED = [(name, case) for name, cases in EXTREMES.items() for case in cases]


def problems(name: str, data: FigureData, lang: str, options: Options) -> list[str]:
    with drawing():
        fig = Figure()
        figures()[name].paint(fig, data, labels_for(lang), options)
        return check_layout(fig)


def test_every_figure_is_strained() -> None:
    """Cards quote: what strains them is text, in tests of their own."""
    assert EXTREMES.keys() == {name for name, spec in figures().items() if "excerpts" not in spec.takes}


# A page's width is the roomiest: there the longer words of English stand for both languages.
@pytest.mark.parametrize(
    ("size", "lang"), [("slide", "ko"), ("slide", "en"), ("half", "ko"), ("half", "en"), ("doc", "en")]
)
@pytest.mark.parametrize(("name", "case"), STRAINED)
def test_extreme_data_fit(name: str, case: str, size: str, lang: str) -> None:
    data, options = EXTREMES[name][case]
    assert problems(name, data, lang, Options(size=size, **options)) == []


@pytest.mark.parametrize("theme", ["dark", "print"])
@pytest.mark.parametrize("name", EXTREMES)
def test_themes_move_nothing(name: str, theme: str) -> None:
    data, options = next(iter(EXTREMES[name].values()))
    assert problems(name, data, "ko", Options(theme=theme, **options)) == []


@pytest.mark.parametrize("name", EXTREMES)
def test_a_planted_fault_is_found_on_every_figure(name: str) -> None:
    data, options = next(iter(EXTREMES[name].values()))
    with drawing():
        fig = Figure()
        figures()[name].paint(fig, data, EN, Options(**options))
        title = next(t for t in fig.texts if t.get_fontsize() == SIZES_OF["slide"].title)
        fig.text(*title.get_position(), "planted", va="top")
        fig.text(0.99, 0.5, "clipped")
        found = check_layout(fig)
    assert found == ["'clipped' leaves the canvas", f"{title.get_text()!r} overlaps 'planted'"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", list(SIZES_OF))
@pytest.mark.parametrize("claim", [None, 0.68])
def test_panels_leave_room_for_their_lines(claim: float | None, size: str, lang: str, yearly: Make) -> None:
    """A withheld role and long notes may not squeeze the small charts: three lines of text high at least."""
    flags = {("analytics_engineer", y): "withheld;low cover" for y in range(2020, 2025)}
    flags |= {("data_engineer", 2020): "withheld", ("data_engineer", 2021): "small"}
    data = yearly(
        {"standardised": FLAT, "raw": FLAT}, flags=flags, by_role=dict.fromkeys(DATA_ROLES, FLAT), covered=0.3
    )
    options = Options(size=size, by=("role",), claim=claim)
    with drawing():
        fig = Figure()
        figures()["fig_4_1"].paint(fig, data, labels_for(lang), options)
        assert check_layout(fig) == []
    points = fig.get_figheight() * 72
    assert min(ax.get_position().height * points for ax in fig.axes) >= 3 * SPACING * SIZES_OF[size].small


@pytest.mark.parametrize("case", ["usual", "full", "equal ends"])
def test_claims_fit(case: str, yearly: Make) -> None:
    assert problems("fig_4_1", yearly(**LINES[case]), "en", Options(size="half", claim=0.68)) == []


def test_a_single_year_of_panels_fits(yearly: Make) -> None:
    data = yearly({"standardised": [0.1], "raw": [0.1]}, by_role={role: [0.1] for role in DATA_ROLES})
    assert problems("fig_4_1", data, "en", Options(size="doc", years=(2020, 2020), by=("role",))) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("level", ["required", "preferred", "required_or_preferred", "mentioned"])
def test_titles_of_levels_fit(level: str, lang: str, yearly: Make) -> None:
    options = Options(level=level, size="half", families=("job_board", "ats", "korean_board"))
    assert problems("fig_4_1", yearly(**LINES["usual"]), lang, options) == []


def test_long_role_names_fit(pooled: Make) -> None:
    labels = labels_for("en")
    long = dict.fromkeys(labels.roles, "Principal machine learning platform reliability engineer")
    named = replace(labels, roles=long)
    with drawing():
        fig = Figure()
        figures()["fig_4_2"].paint(fig, pooled(**BARS["full"]), named, Options(size="half"))
        assert check_layout(fig) == []


def test_checker_finds_overlap_and_overflow() -> None:
    with drawing():
        fig = Figure(figsize=(4, 3))
        fig.text(0.5, 0.5, "first")
        fig.text(0.51, 0.5, "second")
        fig.text(0.95, 0.1, "runs off the page")
        fig.text(0.5, 0.52, "unseen", visible=False)
        found = check_layout(fig)
    assert sorted(found) == ["'first' overlaps 'second'", "'runs off the page' leaves the canvas"]


def test_spread_by_hand() -> None:
    assert spread([10, 11], [4, 4], 0, 100) == [8.5, 12.5]
    assert spread([1, 50], [10, 10], 0, 100) == [5, 50]
    assert spread([98, 99, 100], [10, 10, 10], 0, 100) == [75, 85, 95]
    assert spread([12, 11], [4, 4], 0, 100) == [13.5, 9.5]
    assert spread([], [], 0, 1) == []


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 8)), max_size=8))
def test_spread_keeps_boxes_apart_and_inside(boxes: list[tuple[int, int]]) -> None:
    centers, extents = [c for c, _ in boxes], [e for _, e in boxes]
    placed = spread(centers, extents, 0, 100)
    edges = sorted((p - e / 2, p + e / 2) for p, e in zip(placed, extents, strict=True))
    assert all(a[1] <= b[0] + 1e-6 for a, b in pairwise(edges))
    assert all(low >= -1e-6 and high <= 100 + 1e-6 for low, high in edges)

"""No text leaves the page or meets another, whatever the numbers are."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.layout import check_layout, spread
from analysis.draw.options import Options
from analysis.draw.page import SPACING
from analysis.draw.spec import FigureData
from analysis.draw.style import SIZES as SIZES_OF
from analysis.fact import DATA_ROLES

SIZES = ("slide", "half", "doc")
Make = Callable[..., FigureData]

FLAT = [0.08, 0.09, 0.10, 0.09, 0.13]
LINES: dict[str, dict[str, Any]] = {
    "usual": {
        "shares": {"standardised": FLAT, "raw": [0.06, 0.08, 0.11, 0.12, 0.16], "hn": [0.01, 0.02, 0.02, 0.02, 0.03]}
    },
    "zero": {"shares": {"standardised": [0.0] * 5, "raw": [0.0] * 5, "hn": [0.0] * 5}, "wide": 0.0},
    "full": {"shares": {"standardised": [1.0] * 5, "raw": [1.0] * 5, "hn": [1.0] * 5}},
    "equal ends": {"shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT}},
    "tiny": {"shares": {"standardised": [0.006] * 5, "raw": [0.005] * 5, "hn": [0.0004] * 5}, "wide": 0.002},
    "large counts": {"shares": {"standardised": FLAT, "raw": FLAT}, "n": 1_234_567},
    "one year": {"shares": {"standardised": [0.08], "raw": [0.09], "hn": [0.02]}, "years": (2020, 2020)},
    "sixteen years": {"shares": {k: FLAT * 3 + [0.5] for k in ("standardised", "raw", "hn")}, "years": (2011, 2026)},
    "withheld": {
        "shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT},
        "flags": {(k, y): "withheld" for k in ("standardised", "raw", "hn") for y in range(2020, 2025)},
        "n": 0,
    },
    "gaps": {
        "shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT},
        "flags": {("standardised", 2021): "withheld", ("standardised", 2022): "small", ("raw", 2024): "withheld"},
    },
}
BARS: dict[str, dict[str, Any]] = {
    "usual": {
        "parts": dict(zip(DATA_ROLES, [(0.13, 0.03, 0.02), (0.03, 0.01, 0.01), (0.04, 0.02, 0.02)], strict=False))
    },
    "zero": {"parts": dict.fromkeys(DATA_ROLES, (0.0, 0.0, 0.0)), "wide": 0.0},
    "full": {"parts": dict.fromkeys(DATA_ROLES, (0.4, 0.3, 0.3))},
    "one level": {"parts": {"data_engineer": (1.0, 0.0, 0.0), "bi_analyst": (0.0, 0.0, 0.01)}},
    "narrow first": {"parts": {"data_engineer": (0.001, 0.001, 0.002), "bi_analyst": (0.0, 0.001, 0.0)}, "wide": 0.3},
    "tiny": {"parts": dict.fromkeys(DATA_ROLES, (0.003, 0.002, 0.001)), "wide": 0.003},
    "large counts": {"parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)), "n": 1_234_567},
    "withheld": {
        "parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)),
        "flags": dict.fromkeys(DATA_ROLES, "withheld"),
        "n": 12,
    },
    "some withheld": {
        "parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)),
        "flags": {"bi_analyst": "withheld", "ml_engineer": "small;imprecise"},
        "wide": 0.2,
    },
}


def problems(name: str, data: FigureData, lang: str, options: Options) -> list[str]:
    with drawing():
        fig = Figure()
        figures()[name].paint(fig, data, labels_for(lang), options)
        return check_layout(fig)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", LINES)
def test_years_fit(case: str, size: str, lang: str, yearly: Make) -> None:
    values = dict(LINES[case])
    years = values.pop("years", (2020, 2024))
    data = yearly(first=years[0], **values)
    assert problems("fig_4_1", data, lang, Options(size=size, years=years)) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", ["full", "sixteen years", "withheld", "large counts"])
def test_panels_fit(case: str, size: str, lang: str, yearly: Make) -> None:
    values = dict(LINES[case])
    years = values.pop("years", (2020, 2024))
    line = values["shares"]["standardised"]
    data = yearly(first=years[0], by_role=dict.fromkeys(DATA_ROLES, line), **values)
    assert problems("fig_4_1", data, lang, Options(size=size, years=years, by=("role",))) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
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


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", BARS)
def test_bars_fit(case: str, size: str, lang: str, pooled: Make) -> None:
    assert problems("fig_4_2", pooled(**BARS[case]), lang, Options(size=size)) == []


@pytest.mark.parametrize("case", ["usual", "full", "equal ends"])
def test_claims_fit(case: str, yearly: Make) -> None:
    assert problems("fig_4_1", yearly(**LINES[case]), "en", Options(size="half", claim=0.68)) == []


def test_a_single_year_of_panels_fits(yearly: Make) -> None:
    data = yearly({"standardised": [0.1], "raw": [0.1]}, by_role={role: [0.1] for role in DATA_ROLES})
    assert problems("fig_4_1", data, "en", Options(size="doc", years=(2020, 2020), by=("role",))) == []


@pytest.mark.parametrize("theme", ["dark", "print"])
def test_themes_move_nothing(theme: str, yearly: Make, pooled: Make) -> None:
    options = Options(theme=theme)
    assert problems("fig_4_1", yearly(**LINES["gaps"]), "ko", options) == []
    assert problems("fig_4_2", pooled(**BARS["usual"]), "ko", options) == []


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

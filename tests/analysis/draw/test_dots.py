"""Dots stand where their numbers say, and a claim beside them; what has no number has no mark."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analysis.draw.dots import Dot, DotChart, DotRow, empty_dot, log_ticks, paint_dots
from analysis.draw.fonts import drawing
from analysis.draw.layout import check_layout
from analysis.draw.page import Box, Page
from analysis.draw.style import THEMES

TICKS = [(0.0, "0"), (0.5, "50"), (1.0, "100%")]


@contextmanager
def painted(rows: list[DotRow], heads: tuple[str, ...] = ("value",)) -> Iterator[Figure]:
    with drawing():
        fig = Figure()
        page = Page(fig, "slide", "light")
        paint_dots(page, Box(40, 40, page.width - 40, page.height - 40), DotChart(rows, heads, TICKS))
        assert check_layout(fig) == []
        yield fig


def test_marks_and_intervals_stand_at_their_numbers() -> None:
    rows = [DotRow("rye", [Dot(0.2, 0.1, 0.3, ("20%",)), Dot(0.4, 0.4, 0.6, ("40%",), is_small=True)], 0.7, "70%")]
    with painted(rows) as fig:
        (ax,) = fig.axes
        points = [(line, np.asarray(line.get_xdata(), float)) for line in ax.lines]
        marks = {(line.get_marker(), float(x[0])): line for line, x in points if len(x) == 1}
        assert marks.keys() == {("o", 0.2), ("o", 0.4), ("D", 0.7)}
        assert to_hex(marks["D", 0.7].get_markeredgecolor()).upper() == THEMES["light"].claim
        assert to_hex(marks["D", 0.7].get_markerfacecolor()).upper() == THEMES["light"].paper
        assert to_hex(marks["o", 0.4].get_markerfacecolor()).upper() == THEMES["light"].paper
        spans = [c.get_segments()[0][:, 0].tolist() for c in ax.collections if isinstance(c, LineCollection)]
        assert spans == [[0.1, 0.3], [0.4, 0.6]]


def test_what_has_no_number_has_words_alone() -> None:
    with painted([DotRow("rye", [empty_dot(("too few",), "all")], math.nan, "ever more")]) as fig:
        (ax,) = fig.axes
        assert not ax.collections
        assert not [line for line in ax.lines if line.get_marker() in ("o", "D")]
        assert {"too few", "ever more", "rye", "all"} <= {text.get_text() for text in fig.texts}


def test_columns_are_left_out_before_the_axis_is_squeezed() -> None:
    wide = "a verdict that takes a great deal of room on the page"
    cells = ("20%", wide, wide, wide)
    with painted([DotRow("rye", [Dot(0.2, 0.1, 0.3, cells)])], ("value", "b", "c", "d")) as fig:
        shown = [text.get_text() for text in fig.texts]
        assert shown.count(wide) < 3
        assert "20%" in shown
        assert fig.axes[0].get_position().width > 0.18


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.5, 3.9, ["×1", "×2", "×4"]),
        (0.3, 2.0, ["×1/4", "×1/2", "×1", "×2"]),
        (1.0, 1.0, ["×1", "×2"]),
        (5.0, 2400.0, ["×1", "×8", "×64", "×512", "×4,096"]),
    ],
)
def test_ticks_by_hand(low: float, high: float, words: list[str]) -> None:
    # 0.3 lies beyond a half: the axis must begin at a quarter.
    assert [word for _, word in log_ticks(low, high)] == words


@given(st.floats(1e-6, 1e6), st.floats(1.0, 1e6))
def test_ticks_cover_and_are_evenly_spaced(low: float, factor: float) -> None:
    places = [place for place, _ in log_ticks(low, low * factor)]
    assert places[0] <= min(low, 1.0) * (1 + 1e-6)
    assert places[-1] * (1 + 1e-6) >= max(low * factor, 1.0)
    assert len(places) <= 6
    assert len({round(math.log2(b / a), 6) for a, b in pairwise(places)}) == 1

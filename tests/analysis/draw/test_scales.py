"""Scales: axes end at a round number that covers the data; numbers never say less or more than they are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.draw.scales import (
    axis_ticks,
    compact,
    count_ticks,
    decimals_for,
    interval,
    number,
    percent,
    signed,
    span,
    span_ticks,
    tick_labels,
)


@pytest.mark.parametrize(
    ("peak", "ticks"),
    [
        (0.006, [0, 0.0025, 0.005, 0.0075]),
        (0.02, [0, 0.005, 0.01, 0.015, 0.02]),
        (0.18, [0, 0.05, 0.1, 0.15, 0.2]),
        (0.30, [0, 0.1, 0.2, 0.3]),
        (0.68, [0, 0.2, 0.4, 0.6, 0.8]),
        (1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_ticks(peak: float, ticks: list[float]) -> None:
    assert axis_ticks([peak, math.nan, 0.0]) == ticks


@pytest.mark.parametrize("values", [[], [math.nan], [0.0]])
def test_ticks_without_data(values: list[float]) -> None:
    assert axis_ticks(values) == [0, 0.01, 0.02, 0.03, 0.04, 0.05]


@given(st.lists(st.floats(1e-6, 1), min_size=1))
def test_ticks_cover_the_data_and_stay_in_range(values: list[float]) -> None:
    ticks = axis_ticks(values)
    assert ticks[0] == 0
    assert max(values) <= ticks[-1] + 1e-9
    assert ticks[-1] <= 1
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.023, 0.078], [0, 0.02, 0.04, 0.06, 0.08]),
        ([-0.03, 0.06, math.nan], [-0.04, -0.02, 0, 0.02, 0.04, 0.06]),
        ([], [0, 0.01, 0.02, 0.03, 0.04, 0.05]),
        ([0.0], [0, 0.01, 0.02, 0.03, 0.04, 0.05]),
    ],
)
def test_span_ticks(values: list[float], ticks: list[float]) -> None:
    assert span_ticks(values) == ticks


@given(st.lists(st.floats(-1, 1), min_size=1))
def test_span_ticks_cover_the_data_and_go_through_zero(values: list[float]) -> None:
    ticks = span_ticks(values)
    assert 0 in ticks
    assert ticks[0] <= min(values) + 1e-9
    assert max(values) <= ticks[-1] + 1e-9
    assert ticks == sorted(set(ticks))


@pytest.mark.parametrize(
    ("peak", "ticks"),
    [(0, [0, 1]), (1, [0, 1]), (7, [0, 2, 4, 6, 8]), (876, [0, 200, 400, 600, 800, 1000]), (10, [0, 2, 4, 6, 8, 10])],
)
def test_count_ticks(peak: int, ticks: list[int]) -> None:
    assert count_ticks(peak) == ticks


@given(st.integers(0, 10**9), st.integers(2, 9))
def test_count_ticks_cover_the_count(peak: int, n_max: int) -> None:
    ticks = count_ticks(peak, n_max)
    assert ticks[-1] >= peak
    assert len(ticks) <= n_max + 1


def test_span_of_points() -> None:
    assert span(1.36, 3.84, " to ") == "(1.4–3.8)"
    assert span(-0.22, 0.1, " to ") == "(−0.2 to 0.1)"
    assert span(-0.04, 0.04, " ~ ") == "(0.0–0.0)"


def test_tick_labels() -> None:
    assert tick_labels([-0.02, 0, 0.02]) == ["−2", "0", "2%"]
    assert tick_labels([0, 0.05, 0.1]) == ["0", "5", "10%"]
    assert tick_labels([0, 0.005, 0.01]) == ["0", "0.5", "1.0%"]
    assert tick_labels([0, 0.0025, 0.005]) == ["0", "0.25", "0.50%"]


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0"), (0.0002, "<0.1"), (0.006, "0.6"), (0.0096, "1"), (0.136, "14"), (1.0, "100")]
)
def test_number(share: float, text: str) -> None:
    assert number(share) == text


@given(st.floats(1e-9, 1))
def test_a_share_above_zero_never_reads_zero(share: float) -> None:
    assert percent(share) != "0%"


def test_interval_and_sign() -> None:
    assert interval(0.11, 0.17) == "(11–17)"
    assert interval(0.0, 0.031, 1) == "(0–3.1)"
    assert [signed(x) for x in (1.14, -0.42, 0.01, -0.01)] == ["+1.1", "−0.4", "0.0", "0.0"]


def test_decimals_only_where_all_are_small() -> None:
    assert decimals_for([0.006, 0.19, math.nan]) == 1
    assert decimals_for([0.006, 0.3]) == 0
    assert decimals_for([math.nan]) == 0


def test_compact() -> None:
    assert [compact(n) for n in (0, 999, 1410, 9_949, 9_960, 94_000, 999_600, 1_234_567)] == [
        "0",
        "999",
        "1.4k",
        "9.9k",
        "10k",
        "94k",
        "1.0M",
        "1.2M",
    ]

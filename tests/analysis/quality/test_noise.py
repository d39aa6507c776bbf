"""Noise: shares, counts and mixes beside the weeks before, where chance alone must seldom stand out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.quality.noise import count_shift, mix_shift, share_shift


def rows(k: int, n: int, n_companies: int = 1000, week: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"hit": np.arange(n) < k, "company": [f"{week} {i % n_companies}" for i in range(n)]})


def test_a_share_that_stays_is_no_shift() -> None:
    found = share_shift(rows(10, 50), [rows(10, 50)] * 6, "hit")
    assert found.usual == pytest.approx(0.2, abs=0.01)
    assert found.change == pytest.approx(0.0, abs=0.01)
    assert found.p > 0.4


def test_the_chance_is_never_smaller_than_that_of_a_known_share() -> None:
    for k in range(11, 30):
        assert share_shift(rows(k, 50), [rows(10, 50)] * 8, "hit").p >= binom.sf(k - 1, 50, 0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 29), st.integers(1, 29))
def test_more_hits_are_never_less_surprising(k: int, usual: int) -> None:
    before = [rows(usual, 30)] * 5
    one, other = (share_shift(rows(each, 30), before, "hit") for each in (k, k + 1))
    assert other.p <= one.p + 1e-12
    assert other.z > one.z


def test_postings_of_one_employer_tell_less_than_those_of_many() -> None:
    before = [rows(5, 50)] * 6
    many = share_shift(rows(30, 30), before, "hit")
    one = share_shift(rows(30, 30, n_companies=1), before, "hit")
    assert many.p < 1e-9
    assert one.p > 0.01


def test_a_source_of_one_employer_is_judged_by_its_weeks() -> None:
    before = [rows(1, 20, n_companies=1)] * 6
    assert share_shift(rows(20, 20, n_companies=1), before, "hit").p < 1e-6


def test_weeks_that_differ_by_habit_let_a_week_differ() -> None:
    steady, restless = (
        [rows(k, 40, week=i) for i, k in enumerate(counts)] for counts in ([10] * 8, [1, 19, 3, 17, 2, 18, 4, 16])
    )
    assert share_shift(rows(26, 40), steady, "hit").p < 1e-3
    assert share_shift(rows(26, 40), restless, "hit").p > 1e-2


def test_a_changed_mix_is_no_shift_of_its_cells() -> None:
    def week(n_rich: int, number: int = 0) -> pd.DataFrame:
        rich, poor = rows(n_rich * 8 // 10, n_rich), rows((50 - n_rich) // 10, 50 - n_rich)
        return pd.concat([rich.assign(cell="rich"), poor.assign(cell="poor")], ignore_index=True).assign(
            company=[f"{number} {i}" for i in range(50)]
        )

    before = [week(10, number) for number in range(1, 9)]
    assert share_shift(week(40), before, "hit").p < 1e-6
    assert share_shift(week(40), before, "hit", "cell").p > 0.05


def test_counts_in_either_direction() -> None:
    assert count_shift(100, [100.0] * 8).p > 0.9
    assert count_shift(40, [100.0] * 8).p < 1e-5
    assert count_shift(220, [100.0] * 8).p < 1e-5
    assert count_shift(2, [6.0] * 4).p > 1e-2


def test_a_mix_of_few_postings_is_no_alarm() -> None:
    random = np.random.default_rng(5)

    def week(n: int, shares: tuple[float, ...] = (0.5, 0.3, 0.2)) -> pd.DataFrame:
        return pd.DataFrame({"role": random.choice(["a", "b", "c"], n, p=shares)})

    before = [week(30) for _ in range(8)]
    chances = [mix_shift(week(12), before, "role").p for _ in range(40)]
    assert np.mean(np.array(chances) < 0.05) <= 0.1
    moved = mix_shift(week(60, (0.05, 0.05, 0.9)), before, "role")
    assert moved.value > 0.25
    assert moved.p < 1e-5

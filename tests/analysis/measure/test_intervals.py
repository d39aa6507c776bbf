import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.measure.intervals import (
    Interval,
    correlate,
    difference,
    flag,
    from_replicates,
    jackknife_wilson,
    wilson,
)

N_DRAWS = 2000
companies = st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1)


def interval(pairs: list[tuple[int, int]], weight: list[float] | None = None) -> Interval:
    k, n = np.array(pairs, dtype=float).T
    return jackknife_wilson(k, n, None if weight is None else np.array(weight))


@pytest.mark.parametrize(("k", "n"), [(0, 12), (1, 7), (30, 100), (12, 12), (999, 4000)])
def test_wilson_agrees_with_statsmodels(k: int, n: int) -> None:
    assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)


def test_nothing_found_is_not_proof_of_nothing() -> None:
    low, high = wilson(0, 12)
    assert low == 0
    assert high == pytest.approx(0.24, abs=0.005)


def test_jackknife_by_hand() -> None:
    # Without each company in turn: 1/4, 5/6, 4/6; all: 5/8.
    found = interval([(4, 4), (0, 2), (1, 2)])
    p = Fraction(5, 8)
    v = Fraction(2, 3) * sum((q - p) ** 2 for q in (Fraction(1, 4), Fraction(5, 6), Fraction(4, 6)))
    n_eff = float(p * (1 - p) / v)
    effective = 64 / 24
    z = float(t.ppf(0.975, effective - 1))
    assert found.rate == 0.625
    assert found.n_eff == pytest.approx(n_eff)
    assert n_eff == pytest.approx(1.8925, abs=1e-4)
    assert found.effective_companies == pytest.approx(effective)
    assert (found.low, found.high) == pytest.approx(wilson(0.625 * n_eff, n_eff, z))
    assert found.n_companies == 3
    assert found.largest_share == 0.5
    assert found.deff == pytest.approx(8 / n_eff)


def test_effective_size_is_never_above_the_number_of_postings() -> None:
    assert interval([(2, 4), (0, 2), (1, 2)]).n_eff == 8


@pytest.mark.parametrize(
    ("pairs", "n_eff"),
    [
        ([(0, 4), (0, 2), (0, 2)], 64 / 24),
        ([(4, 4), (2, 2), (2, 2)], 64 / 24),
        ([(3, 10)] * 7, 7),
        ([(1, 3)] * 11, 11),
        ([(3, 50)], 1),
    ],
    ids=["no hits", "only hits", "all alike", "thirds alike", "one company"],
)
def test_without_variance_the_companies_are_what_was_sampled(pairs: list[tuple[int, int]], n_eff: float) -> None:
    found = interval(pairs)
    assert found.n_eff == pytest.approx(n_eff)
    assert found.low <= found.rate <= found.high


def test_no_data_has_no_rate() -> None:
    nothing = np.zeros(0)
    found = jackknife_wilson(nothing, nothing)
    assert math.isnan(found.rate)
    assert math.isnan(found.low)
    assert (found.n_eff, found.n_companies) == (0, 0)
    assert flag(found) == "withheld"


def test_company_weights_give_the_mean_over_companies() -> None:
    # One vote each: 1/2, 0/1, 3/4; Kish's size 9 / (1/2 + 1 + 1/4).
    found = interval([(1, 2), (0, 1), (3, 4)], [1 / 2, 1, 1 / 4])
    assert found.rate == pytest.approx(1.25 / 3)
    assert found.n == pytest.approx(9 / 1.75)
    assert found.effective_companies == pytest.approx(3)


@given(companies)
def test_bounds_enclose_the_rate(pairs: list[tuple[int, int]]) -> None:
    found = interval(pairs)
    assert 0 <= found.low <= found.rate <= found.high <= 1
    assert 0 < found.n_eff <= sum(n for _, n in pairs) + 1e-9


@given(companies, st.randoms(use_true_random=False))
def test_order_of_companies_is_irrelevant(pairs: list[tuple[int, int]], random: Any) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one, other = interval(pairs), interval(shuffled)
    assert (one.low, one.rate, one.high) == pytest.approx((other.low, other.rate, other.high), abs=1e-9)


@given(companies)
def test_hits_and_misses_mirror_each_other(pairs: list[tuple[int, int]]) -> None:
    found, mirrored = interval(pairs), interval([(n - k, n) for k, n in pairs])
    assert (found.low, found.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-9)


@pytest.mark.parametrize("icc", [0.1, 0.4])
@pytest.mark.parametrize("rate", [0.1, 0.4])
@pytest.mark.parametrize("n_companies", [15, 40, 120, 400])
def test_interval_covers_the_truth(n_companies: int, rate: float, icc: float) -> None:
    """Beta-binomial companies of uneven size: 91% to 98% of the intervals must hold the true rate."""
    random = np.random.default_rng(20_240_601)
    n = np.minimum(40, np.ceil(40 / np.arange(1, n_companies + 1)))
    spread = 1 / icc - 1
    taste = random.beta(rate * spread, (1 - rate) * spread, size=(N_DRAWS, n_companies))
    found = [jackknife_wilson(k.astype(float), n) for k in random.binomial(n.astype(int), taste)]
    assert 0.91 <= np.mean([each.low <= rate <= each.high for each in found]) <= 0.98


def of_size(n_eff: float, low: float = 0.4, high: float = 0.6, largest: float = 0.1) -> Interval:
    return Interval(0.5, low, high, 1000, n_eff, 50, 40, largest)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (of_size(29.99), "withheld"),
        (of_size(30), "small"),
        (of_size(59.99), "small"),
        (of_size(60), ""),
        (of_size(60, 0.3, 0.601), "imprecise"),
        (of_size(40, 0.2, 0.8, 0.3), "small;imprecise;dominated"),
        (of_size(10, 0.1, 0.9, 0.3), "withheld;dominated"),
        (of_size(60, largest=0.2), ""),
        (of_size(math.nan), "withheld"),
    ],
)
def test_flags(found: Interval, words: str) -> None:
    assert flag(found) == words


def test_replicates_of_a_plain_rate_give_the_plain_interval() -> None:
    k, n = np.array([3.0, 0, 5, 2]), np.array([4.0, 6, 9, 2])
    without = (k.sum() - k) / (n.sum() - n)
    assert from_replicates(k.sum() / n.sum(), without, n.sum(), n) == jackknife_wilson(k, n)


def independent(k: int, n: int) -> Interval:
    return Interval(k / n, *wilson(k, n), n, n, n, 1e12, 1 / n)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(56, 70, 48, 80), (0, 40, 0, 30), (9, 10, 3, 10), (5, 400, 0, 300)])
def test_difference_of_independent_rates_agrees_with_newcombe(k1: int, n1: int, k2: int, n2: int) -> None:
    found = difference(independent(k1, n1), independent(k2, n2))
    assert (found.low, found.high) == pytest.approx(
        confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff"), abs=1e-6
    )
    wider = difference(independent(k1, n1), independent(k2, n2), miss=0.01)
    assert (wider.low, wider.high) == pytest.approx(
        confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff", alpha=0.01), abs=1e-6
    )


def test_the_more_two_rates_move_together_the_surer_is_their_difference() -> None:
    one, other = independent(30, 100), independent(50, 100)
    widths = [found.high - found.low for found in (difference(one, other, r) for r in (-0.9, 0.0, 0.5, 0.95))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[1] / 4


def test_difference_from_no_data_is_not_known() -> None:
    nothing = jackknife_wilson(np.zeros(0), np.zeros(0))
    assert np.isnan(difference(nothing, independent(3, 10))).all()


def test_correlation_of_replicates() -> None:
    assert correlate(0.5, np.array([0.4, 0.6]), 0.2, np.array([0.1, 0.3])) == pytest.approx(1)
    assert correlate(0.5, np.array([0.4, 0.6]), 0.2, np.array([0.3, 0.1])) == pytest.approx(-1)
    assert correlate(0.5, np.array([0.4, 0.6, 0.5]), 0.2, np.array([0.2, 0.2, 0.4])) == pytest.approx(0)
    assert correlate(0.5, np.array([0.4, 0.6]), 0.0, np.zeros(2)) == 0

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.sparse import csr_array

from analysis.measure.logistic import RIDGE, Fit, NoFitError, Tally, fit

TWO = np.array([[1.0, 0.0], [1.0, 1.0]])
LEVEL = np.array([False, True])


def tally(n: Any, k: Any) -> Tally:
    return Tally(csr_array(np.asarray(n, dtype=np.float64)), csr_array(np.asarray(k, dtype=np.float64)))


def fit_two(n: Any, k: Any) -> Fit:
    return fit(TWO, tally(n, k), LEVEL, LEVEL)


def market(seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return a design of two factors and a line (12 patterns), weights and hits of 60 companies, halves among them."""
    random = np.random.default_rng(seed)
    a, b = np.repeat([0, 1, 2], 4), np.tile([0, 1], 6)
    design = np.column_stack([np.ones(12), a == 1, a == 2, b, np.arange(12) - 5.5]).astype(np.float64)
    n = random.poisson(0.7, size=(60, 12)) + 0.5 * random.poisson(0.3, size=(60, 12))
    chance = 1 / (1 + np.exp(-(design @ [-1.5, 0.6, -0.4, 0.8, 0.05])))
    return design, n, random.binomial((2 * n).astype(int), chance) / 2


@pytest.mark.parametrize("seed", range(3))
def test_coefficients_agree_with_statsmodels(seed: int) -> None:
    design, n, k = market(seed)
    is_level = np.array([False, True, True, True, False])
    found = fit(design, tally(n, k), is_level, is_level)
    assert not found.penalty.any()
    assert found.beta == pytest.approx(oracle(design, n, k), abs=1e-8)


def test_coefficients_without_a_company_agree_with_statsmodels() -> None:
    """No one-step approximation: every company's refit is the one that statsmodels finds."""
    design, n, k = market(3)
    is_level = np.array([False, True, True, True, False])
    found = fit(design, tally(n, k), is_level, is_level)
    for company in range(60):
        rest = np.arange(60) != company
        assert found.without[company] == pytest.approx(oracle(design, n[rest], k[rest]), abs=1e-8)


def oracle(design: np.ndarray[Any, Any], n: np.ndarray[Any, Any], k: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    hits, misses = k.sum(axis=0), (n - k).sum(axis=0)
    model = sm.GLM(np.column_stack([hits, misses]), design, family=sm.families.Binomial())
    return np.asarray(model.fit(tol=1e-13, maxiter=200).params)


def test_two_rates_by_hand() -> None:
    # 4 of 10 and 9 of 12: log(4/6), and log(9/3) less that; without the first company 2 of 5 and 5 of 8.
    found = fit_two([[5, 4], [3, 4], [2, 4]], [[2, 4], [1, 2], [1, 3]])
    assert found.beta == pytest.approx([np.log(4 / 6), np.log(3) - np.log(4 / 6)])
    assert found.without[0] == pytest.approx([np.log(2 / 3), np.log(5 / 3) - np.log(2 / 3)])


def test_a_level_without_hits_gets_a_ridge() -> None:
    """At the penalised maximum the score equals the penalty: misses times the fitted rate is RIDGE times -beta."""
    found = fit_two([[10, 20], [10, 20]], [[5, 0], [5, 0]])
    assert found.penalty.tolist() == [0, RIDGE]
    rate = 1 / (1 + np.exp(-found.beta.sum()))
    assert 40 * rate == pytest.approx(-RIDGE * found.beta[1])
    assert rate < 0.06
    assert 1 / (1 + np.exp(-found.beta[0])) == pytest.approx(10 / 20, abs=0.1)


def test_a_level_whose_hits_are_one_company_s_gets_a_ridge() -> None:
    found = fit_two([[10, 20], [10, 20]], [[5, 3], [5, 0]])
    assert found.penalty.tolist() == [0, RIDGE]
    assert np.isfinite(found.without).all()


def test_separation_that_no_single_level_shows_gets_a_ridge_on_the_effects() -> None:
    """Every level has hits and misses, yet the second factor without the first always hits, the first alone never."""
    design = np.array([[1.0, a, b] for a in (0, 1) for b in (0, 1)])
    hits = [[2, 5, 0, 3]] * 3
    found = fit(design, tally([[5] * 4] * 3, hits), np.array([False, True, True]), np.array([False, False, True]))
    assert found.penalty.tolist() == [0, 0, RIDGE]
    assert np.isfinite(found.beta).all()
    assert np.abs(found.without).max() < 10


def test_a_rare_skill_and_a_level_that_loves_it() -> None:
    """From one in a thousand a whole Newton step towards nine in ten would overshoot."""
    found = fit_two([[9000, 10], [9000, 10]], [[4, 9], [5, 9]])
    assert found.beta.sum() == pytest.approx(np.log(9))
    assert found.beta[0] == pytest.approx(np.log(9 / 17991))


def test_companies_alike_have_the_same_coefficients() -> None:
    found = fit_two([[3, 4], [5, 8], [3, 4]], [[1, 2], [2, 5], [1, 2]])
    assert found.without[0].tolist() == found.without[2].tolist()
    assert found.without[0].tolist() != found.without[1].tolist()


@pytest.mark.parametrize(
    ("design", "hits", "message"),
    [
        (np.ones((2, 2)), [[1, 1], [1, 1]], "cannot be told apart"),
        (TWO, [[0, 0], [0, 0]], "fewer than two companies"),
        (TWO, [[1, 1], [0, 0]], "fewer than two companies"),
        (TWO, [[9, 9], [9, 9]], "fewer than two companies"),
    ],
)
def test_what_cannot_be_fitted(design: Any, hits: Any, message: str) -> None:
    with pytest.raises(NoFitError, match=message):
        fit(design, tally([[9, 9], [9, 9]], hits), LEVEL, LEVEL)

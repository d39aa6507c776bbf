"""Simulated markets whose mix drifts or whose sources start late: what split, model, panel and chain make of them."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaincinv, expit

from analysis.measure import chained as chained_module
from analysis.measure import change as change_module
from analysis.measure import effects as effects_module
from analysis.measure.chained import chained
from analysis.measure.change import decompose
from analysis.measure.effects import margins
from analysis.measure.population import Query
from analysis.measure.standardise import standardise

YEARS = np.arange(2020, 2025)
ROLES, FAMILIES = ("bi_analyst", "data_engineer"), ("ats", "job_board")
ICC = 0.1
STEADY = expit(-2.2 + 1.58 * np.array([0, 1])[:, None] + 1.0 * np.array([0, 1])) + np.zeros((5, 2, 2))
"""Rates (year, role, family) of a market in which nothing changes, from 10% to 59%."""
RISING = np.array([[0.10, 0.35], [0.25, 0.50]]) + 0.02 * np.arange(5)[:, None, None]
"""Every cell rises by two points a year, eight in all."""
PLAIN = {
    "country": "KR",
    "lang": "ko",
    "is_weak_date": False,
    "is_known_company": True,
    "tagger_version": "1",
    "weight": 1.0,
}


def drifting() -> np.ndarray[Any, Any]:
    """Shares (year, role, family): data engineers from 28% to 65%, the richer portal from 25% to 62%."""
    role, family = np.linspace(0.28, 0.65, 5), np.linspace(0.25, 0.62, 5)
    return np.stack([1 - role, role], axis=1)[:, :, None] * np.stack([1 - family, family], axis=1)[:, None, :]


def starting_late() -> np.ndarray[Any, Any]:
    """Shares (year, role, family): the richer portal is not there before 2022, and then half of the market."""
    family = np.array([0, 0, 0.3, 0.5, 0.5])
    return np.stack([1 - family, family], axis=1)[:, None, :] * np.full((5, 2, 1), 0.5)


@cache
def tastes(rate: float) -> np.ndarray[Any, Any]:
    """Return a thousand equally likely rates of companies, beta distributed around `rate`."""
    spread = 1 / ICC - 1
    return np.asarray(betaincinv(rate * spread, (1 - rate) * spread, (np.arange(1000) + 0.5) / 1000))


def simulate(
    random: np.random.Generator, rates: np.ndarray[Any, Any], shares: np.ndarray[Any, Any], n_year: int = 500
) -> pd.DataFrame:
    """Return a counting frame: uneven companies of one family each, whose tastes (beta, ICC) last over the years."""
    n_companies = 150
    size = np.minimum(40, 40 / np.arange(1, n_companies + 1)) + 1
    parts = []
    for r, f in np.ndindex(2, 2):
        taste = random.integers(1000, size=n_companies)
        for t, year in enumerate(YEARS):
            n = random.poisson(size / size.sum() * n_year * shares[t, r, f])
            company = np.repeat(np.arange(n_companies), n)
            hit = random.random(len(company)) < tastes(rates[t, r, f])[taste[company]]
            names = [f"{FAMILIES[f]}{c}" for c in company]
            cell = {"year": year, "role": ROLES[r], "family": FAMILIES[f], "source": FAMILIES[f]}
            parts.append(pd.DataFrame({"company": names, "hit": hit, **cell}))
    frame = pd.concat(parts, ignore_index=True).assign(**PLAIN)
    return frame.assign(year=frame["year"].astype("Int64"), posting_id=frame.index.astype(str))


@pytest.fixture
def as_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a counting frame stand for facts: thousands of fact tables would take minutes to build."""
    for module in (change_module, effects_module, chained_module):
        monkeypatch.setattr(module, "counted", lambda facts, query: facts)


def last(table: pd.DataFrame, weighting: str) -> "pd.Series[Any]":
    return table[table["weighting"] == weighting].iloc[-1]


def holds(row: "pd.Series[Any]", truth: float) -> bool:
    return bool(row["low"] <= truth <= row["high"])


def test_a_drifting_mix_is_not_taken_for_growth(as_counted: None) -> None:
    """Raw rates rise from 21% to 39% although no cell changes; nothing that holds the mix fixed sees growth."""
    frame: Any = simulate(np.random.default_rng(1), STEADY, drifting(), n_year=2000)
    parts = decompose(frame, Query()).set_index("part")
    assert parts.loc["raw_first", "points"] == pytest.approx(21, abs=4)
    assert parts.loc["raw_last", "points"] == pytest.approx(39, abs=4)
    assert parts.loc["within", "low"] < 0 < parts.loc["within", "high"]
    assert parts.loc["role_mix", "low"] > 4
    assert parts.loc["family_mix", "low"] > 2
    assert parts.loc["not_comparable", "points"] == 0
    truth = float((drifting().mean(axis=0) * STEADY[0]).sum())
    held = standardise(frame, list(YEARS))
    assert all(held.interval(t).low < truth < held.interval(t).high for t in range(5))
    model = margins(frame, Query())
    assert all(holds(row, truth) for _, row in model.iterrows())
    assert model.attrs["odds_ratio"]["low"] < 1 < model.attrs["odds_ratio"]["high"]
    assert holds(last(chained(frame, Query()), "chained"), float((drifting() * STEADY).sum(axis=(1, 2))[0]))


def test_a_source_that_starts_late_hides_eight_points(as_counted: None) -> None:
    """Truth +8 in every cell, crude more than +17: panel, chain and model find the eight."""
    frame: Any = simulate(np.random.default_rng(2), RISING, starting_late(), n_year=2000)
    parts = decompose(frame, Query()).set_index("part")
    assert parts.loc["raw_last", "points"] - parts.loc["raw_first", "points"] > 17
    assert holds(parts.loc["within"], 8)
    assert parts.loc["not_comparable", "low"] > 4
    table = chained(frame, Query())
    assert table.attrs["panel"] == ["ats"]
    first = RISING[0][:, 0].mean()
    assert holds(last(table, "fixed panel"), first + 0.08)
    assert holds(last(table, "chained"), first + 0.08)
    pool = starting_late().sum(axis=0) / 5
    assert holds(margins(frame, Query()).iloc[-1], float((pool * RISING[4]).sum()))


def split_is_covered(random: np.random.Generator) -> dict[str, bool]:
    rates, shares = STEADY + 0.01 * np.arange(5)[:, None, None], drifting()
    found = decompose(simulate(random, rates, shares), Query()).set_index("part")  # type: ignore[arg-type]
    tally = np.stack([shares[0], shares[4]]), np.stack([shares[0] * rates[0], shares[4] * rates[4]])
    truth = change_module.split(*tally, np.ones((2, 2), dtype=np.bool_))
    named = zip(change_module.PARTS[:3], truth, strict=False)
    return {part: holds(found.loc[part], 100 * float(value)) for part, value in named}


def model_is_covered(random: np.random.Generator) -> dict[str, bool]:
    shares, odds = drifting(), np.log(STEADY / (1 - STEADY))
    rates = expit(odds + 0.1 * np.arange(5)[:, None, None])
    found = margins(simulate(random, rates, shares), Query())  # type: ignore[arg-type]
    pool = shares.sum(axis=0) / 5
    rows = zip(found.itertuples(), rates, strict=True)
    covered = {str(row.year): row.low <= (pool * rate).sum() <= row.high for row, rate in rows}
    odds_ratio = found.attrs["odds_ratio"]
    return covered | {"odds_ratio": odds_ratio["low"] <= np.exp(0.1) <= odds_ratio["high"]}


def chain_is_covered(random: np.random.Generator) -> dict[str, bool]:
    found = chained(simulate(random, RISING, starting_late()), Query())  # type: ignore[arg-type]
    first = RISING[0][:, 0].mean()
    names = ("fixed panel", "chained")
    return {name: holds(last(found, name), first + 0.08) for name in names}


@pytest.mark.parametrize(
    ("draw", "n_draws"), [(split_is_covered, 80), (model_is_covered, 25), (chain_is_covered, 60)], ids=str
)
def test_intervals_cover_the_truth(
    as_counted: None, draw: Callable[[np.random.Generator], dict[str, bool]], n_draws: int
) -> None:
    """Coverage of nominal 95% intervals over few draws; the docstrings say what more draws gave."""
    random = np.random.default_rng(20_240_601)
    found = pd.DataFrame([draw(random) for _ in range(n_draws)])
    assert found.mean().min() >= 0.87, found.mean()

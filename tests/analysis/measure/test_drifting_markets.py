"""Simulated markets whose mix drifts or whose sources start late: what split, model, panel and chain make of them."""

from collections.abc import Callable, Hashable, Mapping
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
PLAIN: dict[str, Any] = {
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
    return np.asarray(
        np.stack([1 - role, role], axis=1)[:, :, None] * np.stack([1 - family, family], axis=1)[:, None, :]
    )


def starting_late() -> np.ndarray[Any, Any]:
    """Shares (year, role, family): the richer portal is not there before 2022, and then half of the market."""
    family = np.array([0, 0, 0.3, 0.5, 0.5])
    return np.asarray(np.stack([1 - family, family], axis=1)[:, None, :] * np.full((5, 2, 1), 0.5))


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


Row = Mapping[Hashable, Any]


def parts_of(frame: Any) -> dict[str, Row]:
    return {row["part"]: row for row in decompose(frame, Query()).to_dict("records")}


def last(table: pd.DataFrame, weighting: str) -> Row:
    return table[table["weighting"] == weighting].to_dict("records")[-1]


def holds(row: Row, truth: float) -> bool:
    return bool(row["low"] <= truth <= row["high"])


def mean_of(draw: Callable[[Any], dict[str, float]], rates: Any, shares: Any) -> "pd.Series[Any]":
    """Return what eight markets of 2,000 postings a year say on average: one alone may always err by its interval."""
    random = np.random.default_rng(1)
    return pd.DataFrame([draw(simulate(random, rates, shares, n_year=2000)) for _ in range(8)]).mean()


def growth(frame: Any) -> dict[str, float]:
    """Return points gained from the first to the last year, by everything that may be asked."""
    parts, table, model = parts_of(frame), chained(frame, Query()), margins(frame, Query())
    held = standardise(frame, list(YEARS)).rate
    rates = {"standardised": held[4] - held[0], "model": model["rate"].iloc[4] - model["rate"].iloc[0]}
    for name in ("fixed panel", "chained"):
        rate = table.loc[table["weighting"] == name, "rate"]
        rates[name] = rate.iloc[-1] - rate.iloc[0]
    found = {name: 100 * rate for name, rate in rates.items()} | {k: row["points"] for k, row in parts.items()}
    return found | {"odds_ratio": model.attrs["odds_ratio"]["odds_ratio"], "n_panel": len(table.attrs["panel"])}


def test_a_drifting_mix_is_not_taken_for_growth(as_counted: None) -> None:
    """Raw rates rise from 21% to 39% although no cell changes; whatever holds the mix fixed sees no growth."""
    found = mean_of(growth, STEADY, drifting())
    assert found[["raw_first", "raw_last"]].to_list() == pytest.approx([21, 39], abs=1.5)
    assert found[["within", "standardised", "model", "chained"]].to_list() == pytest.approx([0] * 4, abs=1.5)
    assert found["role_mix"] + found["family_mix"] == pytest.approx(18, abs=1.5)
    assert found["role_mix"] > found["family_mix"] > 5
    assert found["not_comparable"] == 0
    assert found["odds_ratio"] == pytest.approx(1, abs=0.02)
    # A panel holds the families fixed, not their shares: it is no remedy against a drifting mix.
    assert found["fixed panel"] == pytest.approx(18, abs=1.5)


def test_a_source_that_starts_late_hides_eight_points(as_counted: None) -> None:
    """Eight points in every cell, 20 in the raw rate: within, panel, chain and model find the eight."""
    found = mean_of(growth, RISING, starting_late())
    assert found["raw_last"] - found["raw_first"] == pytest.approx(20.5, abs=3)
    names = ["within", "fixed panel", "chained", "standardised", "model"]
    assert found[names].to_list() == pytest.approx([8] * 5, abs=2)
    assert found["not_comparable"] == pytest.approx(12.5, abs=3)
    assert found["n_panel"] == 1


def split_is_covered(random: np.random.Generator) -> dict[str, bool]:
    rates, shares = STEADY + 0.01 * np.arange(5)[:, None, None], drifting()
    found = parts_of(simulate(random, rates, shares))
    tally = np.stack([shares[0], shares[4]]), np.stack([shares[0] * rates[0], shares[4] * rates[4]])
    truth = change_module.split(*tally, np.ones((2, 2), dtype=np.bool_))
    named = zip(change_module.PARTS[:3], truth, strict=False)
    return {part: holds(found[part], 100 * float(value)) for part, value in named}


def model_is_covered(random: np.random.Generator) -> dict[str, bool]:
    shares, odds = drifting(), np.log(STEADY / (1 - STEADY))
    rates = expit(odds + 0.1 * np.arange(5)[:, None, None])
    frame: Any = simulate(random, rates, shares)
    found = margins(frame, Query())
    pool = shares.sum(axis=0) / 5
    rows = zip(found.to_dict("records"), rates, strict=True)
    covered = {str(row["year"]): holds(row, float((pool * rate).sum())) for row, rate in rows}
    return covered | {"odds_ratio": holds(found.attrs["odds_ratio"], float(np.exp(0.1)))}


def chain_is_covered(random: np.random.Generator) -> dict[str, bool]:
    frame: Any = simulate(random, RISING, starting_late())
    found = chained(frame, Query())
    first = RISING[0][:, 0].mean()
    names = ("fixed panel", "chained")
    return {name: holds(last(found, name), first + 0.08) for name in names}


@pytest.mark.parametrize(
    ("draw", "n_draws"),
    [(split_is_covered, 80), (model_is_covered, 25), (chain_is_covered, 60)],
    ids=("split", "model", "chain"),
)
def test_intervals_cover_the_truth(
    as_counted: None, draw: Callable[[np.random.Generator], dict[str, bool]], n_draws: int
) -> None:
    """Coverage of nominal 95% intervals over few draws; the docstrings say what more draws gave."""
    random = np.random.default_rng(20_240_601)
    found = pd.DataFrame([draw(random) for _ in range(n_draws)])
    assert found.mean().min() >= 0.87, found.mean()

"""Steady growth: by hand, against statsmodels, against every possible resample, and in simulated markets."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.api as sm
from statsmodels.stats.contingency_tables import Table

from analysis.measure.intervals import Floats
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.standardise import crude, standardise
from analysis.measure.steady import (
    NOT_STEADY,
    STEADY,
    cell_sums,
    cochran_armitage,
    judge,
    lack_of_fit,
    resample,
    steady,
    verdict_of,
)
from analysis.measure.trend import CANNOT_BE_JUDGED, three_series

Build = Callable[[list[dict[str, Any]]], pa.Table]
YEARS = (2020, 2021, 2022, 2023, 2024)


def postings(rates: dict[int, float], n: int = 400, **more: Any) -> list[dict[str, Any]]:
    return [
        {"posted_on": str(year), "airflow": "required" if i < n * rate else None} | more
        for year, rate in rates.items()
        for i in range(n)
    ]


def market(rates: list[float], n: int = 400) -> list[dict[str, Any]]:
    """Return postings with these yearly rates, on a job board and on Hacker News alike."""
    by_year = dict(zip(YEARS, rates, strict=False))
    return postings(by_year, n) + postings(by_year, n, family="hn")


GROWING = [0.1, 0.2, 0.3, 0.4, 0.5]


def test_growth_in_every_year_and_series_is_steady(facts: Build) -> None:
    table = steady(facts(market(GROWING)), Query(), n_draws=300)
    assert table["series"].tolist() == ["crude", "standardised", "hn"]
    assert table["weighting"].tolist() == ["none", "mix", "none"]
    assert table["verdict"].tolist() == [STEADY] * 3
    assert table["share_rising"].tolist() == pytest.approx([1, 1, 1], abs=0.02)
    assert table[["n_steps", "n_up", "n_down", "n_falls"]].to_numpy().tolist() == [[4, 4, 0, 0]] * 3
    assert table["n_postings"].tolist() == [4000, 4000, 2000]
    assert table.attrs["verdict"] == STEADY
    first = table.attrs["steps"][0]
    assert (first["series"], first["first_year"], first["last_year"]) == ("crude", 2020, 2021)
    assert first["points"] == pytest.approx(10)
    # Two independent rates of 800 postings each.
    assert first["high"] - first["low"] == pytest.approx(2 * 196 * math.sqrt((0.09 + 0.16) / 800), rel=0.02)
    assert len(table.attrs["steps"]) == 12


def test_a_fall_between_is_no_steady_growth(facts: Build) -> None:
    table = steady(facts(market([0.1, 0.3, 0.2, 0.4, 0.5])), Query(), n_draws=300)
    assert table["verdict"].tolist() == [NOT_STEADY] * 3
    assert table["n_down"].tolist() == [1, 1, 1]
    assert table["share_rising"].tolist() == [0, 0, 0]
    assert table.attrs["verdict"] == NOT_STEADY


def test_a_fall_over_several_years_counts_too(facts: Build) -> None:
    # No single step from 2021 on falls beyond noise; from 2021 to 2024 they do.
    table = steady(facts(market([0.2, 0.35, 0.32, 0.29, 0.25])), Query(), n_draws=300)
    hn = table.to_dict("records")[2]
    assert (hn["n_down"], hn["n_falls"], hn["verdict"]) == (0, 1, NOT_STEADY)


def test_a_level_market_does_not_grow(facts: Build) -> None:
    table = steady(facts(market([0.3] * 5, 1500)), Query(), n_draws=300)
    assert table.attrs["verdict"] == NOT_STEADY
    assert table["n_falls"].tolist() == [0, 0, 0]


def test_too_few_postings_are_no_argument_against_growth(facts: Build) -> None:
    table = steady(facts(market([0.25, 0.3, 0.275, 0.325, 0.35], 80)), Query(), n_draws=300)
    assert table["verdict"].tolist() == [CANNOT_BE_JUDGED] * 3
    assert table.attrs["verdict"] == CANNOT_BE_JUDGED


def test_what_hacker_news_does_not_show_cannot_be_judged(facts: Build) -> None:
    by_year = dict(zip(YEARS, GROWING, strict=True))
    alone = steady(facts(postings(by_year)), Query(), n_draws=300)
    assert alone["verdict"].tolist() == [STEADY, STEADY, CANNOT_BE_JUDGED]
    assert alone.attrs["verdict"] == CANNOT_BE_JUDGED
    flat = postings(dict.fromkeys(YEARS, 0.3), 2000, family="hn")
    both = steady(facts(postings(by_year, 2000) + flat), Query(), n_draws=300)
    assert both["verdict"].tolist() == [STEADY, STEADY, NOT_STEADY]
    assert both.attrs["verdict"] == CANNOT_BE_JUDGED


@pytest.mark.parametrize(
    ("boards", "hn"),
    [(GROWING, GROWING), ([0.3] * 5, [0.3] * 5), (GROWING, [0.3] * 5), (GROWING, [0.3] * 2), ([0.3] * 2, GROWING)],
)
def test_the_verdict_alone_is_that_of_the_table(facts: Build, boards: list[float], hn: list[float]) -> None:
    rows = postings(dict(zip(YEARS, boards, strict=False)), 2000)
    rows += postings(dict(zip(YEARS, hn, strict=False)), 1500, family="hn")
    table, query = facts(rows), Query(years=(2020, 2024))
    frames = {name: counted(table, each) for name, each in three_series(query).items()}
    assert verdict_of(frames, query) == steady(table, query).attrs["verdict"]


def test_every_year_asked_must_be_shown(facts: Build) -> None:
    rates = dict(zip(YEARS, GROWING, strict=True))
    thin = [row for row in postings(rates) if row["posted_on"] != "2022"] + postings({2022: 0.3}, 10)
    table = steady(facts(thin + [row | {"family": "hn"} for row in thin]), Query(), n_draws=10)
    assert table["flag"].tolist() == ["withheld"] * 3
    assert table["share_rising"].isna().all()
    assert table.attrs["verdict"] == CANNOT_BE_JUDGED
    longer = steady(facts(market(GROWING)), Query(years=(2019, 2024)), n_draws=10)
    assert longer.attrs["verdict"] == CANNOT_BE_JUDGED
    assert steady(facts(market(GROWING)), Query(years=(2020, 2024)), n_draws=300).attrs["verdict"] == STEADY


def test_nothing_counted_cannot_be_judged(facts: Build) -> None:
    table = steady(facts([]), Query(), n_draws=10)
    assert table["verdict"].tolist() == [CANNOT_BE_JUDGED] * 3
    assert table["first_year"].isna().all()


def test_growth_is_of_one_series(facts: Build) -> None:
    with pytest.raises(QueryError, match="one series: leave role out of by"):
        steady(facts([]), Query(by=("year", "role")))


def test_the_same_seed_gives_the_same_draws(facts: Build) -> None:
    table = facts(market([0.3, 0.32, 0.34, 0.36, 0.38], 150))
    one, same, other = (steady(table, Query(), n_draws=200, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert 0 < one["share_rising"][0] < 1
    assert one["share_rising"].tolist() != other["share_rising"].tolist()


def test_draws_are_those_of_all_possible_samples() -> None:
    """Three companies can be drawn in 27 ways; the mean rates and the share that rises must be theirs."""
    hits = np.array([[[2.0], [3]], [[0], [2]], [[1], [1]]])
    sizes = np.array([[[4.0], [4]], [[2], [2]], [[2], [5]]])
    exact = [hits[list(ids)].sum(axis=0) / sizes[list(ids)].sum(axis=0) for ids in product(range(3), repeat=3)]
    rates = np.array(exact)[..., 0]
    drawn = resample(hits, sizes, np.random.default_rng(1), 40_000)
    assert drawn.mean(axis=0) == pytest.approx(rates.mean(axis=0), abs=0.005)
    assert drawn.std(axis=0) == pytest.approx(rates.std(axis=0), abs=0.005)
    is_rising = rates[:, 1] > rates[:, 0]
    assert (drawn[:, 1] > drawn[:, 0]).mean() == pytest.approx(is_rising.mean(), abs=0.01)


def test_cells_weigh_what_a_sample_holds_of_them() -> None:
    # One kind of company only: every draw is the sample itself. Cells hold 3 and 1 of 4 over both years.
    hits = np.array([[[1.0, 1], [2, 0]]])
    sizes = np.array([[[2.0, 1], [4, 1]]])
    (rates,) = np.unique(resample(hits, sizes, np.random.default_rng(1), 5), axis=0)
    assert rates == pytest.approx([0.75 * 0.5 + 0.25, 0.75 * 0.5])


def test_a_cell_that_a_sample_leaves_empty_is_left_out_of_that_year() -> None:
    hits = np.array([[[1.0, 1], [2, 0]], [[0.0, 0], [0, 0]]])
    sizes = np.array([[[2.0, 0], [4, 1]], [[0.0, 0], [0, 0]]])
    (rates,) = np.unique(resample(hits, sizes, np.random.default_rng(1), 5), axis=0)
    assert rates == pytest.approx([0.5, 6 / 7 * 0.5])


def drawn_frame(facts: Build, n: int) -> pd.DataFrame:
    random = np.random.default_rng(2)
    rate = [0.2, 0.21, 0.25, 0.31, 0.4]
    rows = [
        {"posted_on": str(2020 + i % 5), "airflow": "required" if random.random() < rate[i % 5] else None}
        for i in range(n)
    ]
    return counted(facts(rows), Query(by=("year",)))


def test_lack_of_fit_without_clusters_is_the_deviance_of_a_logistic_line(facts: Build) -> None:
    frame = drawn_frame(facts, 6000)
    found = crude(frame, YEARS)
    k, n = found.k.astype(float), found.n.astype(float)
    design = sm.add_constant(np.arange(5.0))
    oracle = sm.GLM(np.column_stack([k, n - k]), design, family=sm.families.Binomial()).fit()
    lack, p = lack_of_fit(found, np.arange(5))
    assert lack == pytest.approx(oracle.deviance, rel=0.03)
    assert 0 < p < 1
    assert math.isnan(lack_of_fit(found, np.array([0, 1]))[1])


def test_cochran_armitage_without_clusters_agrees_with_statsmodels(facts: Build) -> None:
    found = crude(drawn_frame(facts, 3000), YEARS)
    table = Table(np.column_stack([found.n - found.k, found.k]))
    oracle = table.test_ordinal_association(row_scores=np.arange(5), col_scores=np.arange(2)).zscore
    assert cochran_armitage(found, np.arange(5)) == pytest.approx(oracle, rel=0.01)


def simulated(random: np.random.Generator, rates: list[float], n_companies: int = 120) -> pd.DataFrame:
    """Return a counting frame of companies of uneven size, half of which come back the next year; correlation .1."""
    n = np.minimum(20, np.ceil(20 / np.arange(1, n_companies + 1))).astype(int)
    parts = []
    for t, rate in enumerate(rates):
        size = random.permutation(n)
        company = np.repeat(np.arange(n_companies), size)
        hit = random.random(len(company)) < random.beta(rate * 9, (1 - rate) * 9, n_companies)[company]
        parts.append(pd.DataFrame({"company": company + t * n_companies // 2, "year": 2020 + t, "hit": hit}))
    return pd.concat(parts, ignore_index=True).assign(role="data_engineer", family="hn", weight=1.0)


@pytest.mark.parametrize(
    ("rates", "verdict", "share"),
    [
        ([0.05, 0.25, 0.5, 0.75, 0.95], STEADY, (0.9, 1.0)),
        ([0.1, 0.3, 0.5, 0.5, 0.7], STEADY, (0.0, 0.1)),
        ([0.2, 0.23, 0.26, 0.29, 0.32], NOT_STEADY, (0.0, 0.07)),
        ([0.6, 0.45, 0.3, 0.2, 0.1], NOT_STEADY, (0.9, 1.0)),
    ],
    ids=["steep growth", "one year level", "slow growth", "falling"],
)
def test_verdicts_of_simulated_markets(rates: list[float], verdict: str, share: tuple[float, float]) -> None:
    query, n_draws = Query(by=("year",), years=(2020, 2024)), 60
    random = np.random.default_rng(15)
    found = [judge("hn", simulated(random, rates), query, random, 300)[0]["verdict"] for _ in range(n_draws)]
    assert share[0] <= found.count(verdict) / n_draws <= share[1]


@pytest.mark.parametrize("weights", ["none", "capped", "company", "mix"])
def test_cell_sums_hold_what_the_series_is_formed_of(facts: Build, weights: str) -> None:
    random = np.random.default_rng(7)
    roles = (["data_engineer"], ["bi_analyst", "data_engineer"], ["ml_engineer"])
    rows: list[dict[str, Any]] = [
        {
            "posted_on": str(2020 + i % 3),
            "company_id": f"c{int(random.exponential(25))}",
            "roles": roles[int(random.integers(3))],
            "airflow": "required" if random.random() < 0.3 else None,
            "family": str(random.choice(["hn", "ats"])),
        }
        for i in range(900)
    ]
    rows += [{"posted_on": "2021", "roles": ["data_scientist"]} for _ in range(20)]
    query = Query(by=("year",), weights=weights)
    frame, years = counted(facts(rows), query), (2020, 2021, 2022)
    whole = standardise(frame, years) if weights == "mix" else crude(frame, years, weights)
    hits, sizes = cell_sums(frame, years, weights)

    def pool(hits: Floats, sizes: Floats) -> Floats:
        k, n = hits.sum(axis=0), sizes.sum(axis=0)
        return np.asarray((n.sum(axis=0) / n.sum() * k / n).sum(axis=1))

    assert pool(hits, sizes) == pytest.approx(whole.rate)
    assert hits.shape == (len(whole.sizes), 3, 6 if weights == "mix" else 1)
    for company in (0, 1, 17):
        rest = np.arange(len(hits)) != company
        assert pool(hits[rest], sizes[rest]) == pytest.approx(whole.without[company])

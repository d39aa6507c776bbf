from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.measure.intervals import student_z
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.standardise import crude
from analysis.measure.trend import Trend, agree, trend, trends

Build = Callable[[list[dict[str, Any]]], pa.Table]


def postings(year: int, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    return [{"posted_on": str(year), "airflow": "required" if i < k else None} | more for i in range(n)]


def judged(low: float, high: float, flag: str = "") -> Trend:
    base = Trend(
        weighting="none",
        first_year=2020,
        last_year=2024,
        n_years=5,
        n_postings=100,
        n_companies=50,
        covered_weight=1.0,
    )
    return replace(base, points_per_year=(low + high) / 2, low=low, high=high, flag=flag)


def test_slope_by_hand(facts: Build) -> None:
    # Alike in size and in p(1-p): 30%, 50%, 70% of 100 independent postings weigh 1 : (25/21) : 1, around 2021.
    table = facts([*postings(2020, 100, 30), *postings(2021, 100, 50), *postings(2022, 100, 70)])
    found = trend(table, Query())
    assert found.points_per_year == pytest.approx(20)
    assert found.low < 20 < found.high
    # Two independent rates 2 years apart: sqrt(2 * .21 / 99) / 2 and t(299).
    assert found.high - 20 == pytest.approx(100 * 1.968 * np.sqrt(2 * 0.21 / 99) / 2, rel=0.01)
    assert found.odds_low < found.odds_ratio < found.odds_high
    assert found.odds_ratio == pytest.approx((0.7 / 0.3) / 1, rel=0.02)
    assert (found.first_year, found.last_year, found.n_years, found.n_postings) == (2020, 2022, 3, 300)
    assert found.verdict == "rising"


def test_years_weigh_their_effective_size(facts: Build) -> None:
    sizes, hits = (60, 100, 300, 40), (20, 30, 150, 22)
    table = facts([r for y, n, k in zip(range(2020, 2024), sizes, hits, strict=True) for r in postings(y, n, k)])
    series = crude(counted(table, Query(by=("year",))), range(2020, 2024))
    weight = [series.interval(t).n_eff for t in range(4)]
    rate = np.array(hits) / np.array(sizes)
    expected = np.polyfit(range(4), 100 * rate, 1, w=np.sqrt(weight))[0]
    assert trend(table, Query()).points_per_year == pytest.approx(expected)


def test_interval_by_recount(facts: Build) -> None:
    """The slope without each company, computed from frames without its rows, gives the same interval."""
    random = np.random.default_rng(3)
    rows: list[dict[str, Any]] = [
        {"posted_on": str(2020 + i % 4), "company_id": f"c{int(random.exponential(30))}"}
        | {"airflow": "required" if random.random() < 0.2 + 0.05 * (i % 4) else None}
        for i in range(800)
    ]
    table, years = facts(rows), range(2020, 2024)
    frame = counted(table, Query(by=("year",)))
    whole = crude(frame, years)
    weight = np.sqrt([whole.interval(t).n_eff for t in range(4)])
    names = pd.unique(frame["company"])
    slopes = [
        np.polyfit(range(4), 100 * crude(frame[frame["company"] != name], years).rate, 1, w=weight)[0] for name in names
    ]
    found = trend(table, Query())
    variance = (len(names) - 1) / len(names) * np.square(np.array(slopes) - found.points_per_year).sum()
    n = frame.groupby("company").size().to_numpy()
    z = student_z(n.sum() ** 2 / (n**2).sum())
    assert found.high - found.points_per_year == pytest.approx(z * np.sqrt(variance))
    assert found.points_per_year - found.low == pytest.approx(z * np.sqrt(variance))


def test_a_company_that_stays_the_same_makes_a_trend_more_certain(facts: Build) -> None:
    """The same companies in every year: their tastes cancel in the slope, as the jackknife over companies sees."""
    steady = [r | {"company_id": f"s{i}"} for y in (2020, 2021, 2022) for i, r in enumerate(postings(y, 90, 30))]
    found = trend(facts(steady), Query())
    assert (found.low, found.high) == pytest.approx((0, 0), abs=1e-9)


def test_a_thin_year_is_left_out(facts: Build) -> None:
    rows = [*postings(2020, 100, 30), *postings(2021, 100, 30), *postings(2022, 100, 30)]
    with_thin = trend(facts([*rows, *postings(2023, 20, 20)]), Query())
    assert (with_thin.n_years, with_thin.n_companies) == (3, 300)
    assert with_thin.points_per_year == pytest.approx(0, abs=1e-9)
    assert with_thin.verdict == "no clear trend"


@pytest.mark.parametrize("rows", [[], postings(2020, 100, 30) + postings(2021, 100, 40)])
def test_fewer_than_three_years_are_no_trend(facts: Build, rows: list[dict[str, Any]]) -> None:
    found = trend(facts(rows), Query())
    assert found.verdict == "withheld"
    assert np.isnan([found.points_per_year, found.low, found.high, found.odds_ratio]).all()


def test_one_dominating_company_is_flagged(facts: Build) -> None:
    rows = [r for y in (2020, 2021, 2022) for r in postings(y, 100, 30) + postings(y, 20, 6, company_id="big")]
    assert trend(facts(rows), Query()).flag == ""
    more = [r for y in (2020, 2021, 2022) for r in postings(y, 10, 3, company_id="big")]
    assert trend(facts(rows + more), Query()).flag == "dominated"


def test_a_drifting_mix_is_no_trend_when_held_fixed(facts: Build) -> None:
    rows = []
    for year, n_de, n_bi in ((2020, 60, 140), (2021, 100, 100), (2022, 140, 60)):
        rows += postings(year, n_de, n_de // 2) + postings(year, n_bi, n_bi // 10, roles=["bi_analyst"])
        rows += postings(year, 80, 20, family="hn")
    table = trends(facts(rows), Query())
    assert table["series"].tolist() == ["crude", "standardised", "hn"]
    assert table["verdict"].tolist() == ["rising", "no clear trend", "no clear trend"]
    assert table.attrs["verdict"] == "no clear trend"
    held = trend(facts(rows), Query(weights="mix"))
    assert held.points_per_year == pytest.approx(0, abs=1e-9)
    assert held.low < 0 < held.high


def test_a_verdict_must_hold_in_both_series(facts: Build) -> None:
    rows = [r for y, k in ((2020, 20), (2021, 50), (2022, 80)) for r in postings(y, 100, k)]
    assert trends(facts(rows), Query()).attrs["verdict"] == "cannot be judged"
    rows += [r | {"family": "hn"} for r in rows]
    assert trends(facts(rows), Query()).attrs["verdict"] == "rising"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ((judged(1, 3), judged(0.1, 9)), "rising"),
        ((judged(-3, -1), judged(-2, -0.1)), "falling"),
        ((judged(-1, 1), judged(-2, 3)), "no clear trend"),
        ((judged(1, 3), judged(-2, 3)), "cannot be judged"),
        ((judged(1, 3), judged(-3, -1)), "cannot be judged"),
        ((judged(1, 3), judged(1, 3, "withheld")), "cannot be judged"),
        ((judged(1, 3, "withheld"), judged(1, 3, "withheld")), "cannot be judged"),
    ],
)
def test_agreement(found: tuple[Trend, Trend], verdict: str) -> None:
    assert agree(*found) == verdict


def test_a_trend_is_of_one_series(facts: Build) -> None:
    with pytest.raises(QueryError, match="one series: leave role out of by"):
        trend(facts([]), Query(by=("year", "role")))

"""Limits around a pooled rate: by hand, by the binomial they come from, and on parts that do differ."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.measure.funnel import INSIDE, OUTSIDE, funnel_by, limits
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates

Build = Callable[[list[dict[str, Any]]], pa.Table]


def board(name: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"source": name, "company_id": f"{name} {i}", "airflow": "required" if i < k else None} | more for i in range(n)
    ]


MARKET = [*board("a", 400, 40), *board("b", 400, 40), *board("c", 100, 60, country="US"), *board("d", 5, 1)]


def test_limits_by_hand() -> None:
    """Of two tosses F is 1/4, 3/4, 1: the upper limit lies (1 - .975) / (1/4) = 0.1 of a count under two hits."""
    row = limits(0.5, [2]).iloc[0]
    assert row["high_95"] == pytest.approx((2 - 0.1) / 2)
    assert row["high_998"] == pytest.approx((2 - 0.004) / 2)
    assert (row["low_95"], row["low_998"]) == (0, 0)


def test_limits_between_counts_by_hand() -> None:
    """Of four tosses F is 1, 5, 11, 15, 16 sixteenths: .975 lies in the last, (1 - .975) 16 of a count below it."""
    row = limits(0.5, [4]).iloc[0]
    assert row["high_95"] == pytest.approx((4 - (1 - 0.975) * 16) / 4)
    assert row["low_95"] == 0


@pytest.mark.parametrize("pooled", [0.0, 1.0])
def test_limits_of_a_certain_rate_are_that_rate(pooled: float) -> None:
    assert set(limits(pooled, [1, 50]).drop(columns="n").to_numpy().ravel()) == {pooled}


@given(st.floats(0.001, 0.999), st.integers(1, 100_000))
def test_limits_enclose_each_other_and_the_rate(pooled: float, n: int) -> None:
    row = limits(pooled, [n]).iloc[0]
    ordered = [row[name] for name in ("low_998", "low_95", "high_95", "high_998")]
    assert ordered == sorted(ordered)
    assert 0 <= ordered[0] <= ordered[1] <= pooled + 1 / n
    assert pooled - 1 / n <= ordered[2] <= ordered[3] <= 1


@pytest.mark.parametrize(("name", "nominal"), [("95", 0.05), ("998", 0.002)])
@pytest.mark.parametrize("pooled", [0.05, 0.3])
def test_chance_leaves_the_limits_as_rarely_as_they_say(pooled: float, name: str, nominal: float) -> None:
    """The exact probability over sizes from 200 to 2,000, not a simulation: a little of a count decides each one."""
    sizes = list(range(200, 2001, 20))
    outside = []
    for row in limits(pooled, sizes).to_dict("records"):
        share = np.arange(row["n"] + 1) / row["n"]
        is_out = (share < row[f"low_{name}"]) | (share > row[f"high_{name}"])
        outside.append(binom.pmf(np.flatnonzero(is_out), row["n"], pooled).sum())
    assert 0.7 * nominal < np.mean(outside) < 1.3 * nominal


def test_parts_by_hand(facts: Build) -> None:
    table = funnel_by(facts(MARKET), Query()).set_index("source")
    pooled = 141 / 905
    assert table.attrs["pooled"]["rate"] == pytest.approx(pooled)
    assert table.index.tolist() == ["a", "b", "c", "d"]
    assert table["place"].tolist() == [OUTSIDE["998"], OUTSIDE["998"], OUTSIDE["998"], ""]
    assert table.loc["d", ["rate", "low_95", "high_998"]].isna().all()
    assert table.loc["d", "n"] == 5
    assert table.attrs["n_parts"] == {"shown": 3, "withheld": 1}
    assert table.attrs["n_outside"] == {"95": 3, "998": 3}
    squares = [400 * (0.1 - pooled) ** 2, 400 * (0.1 - pooled) ** 2, 100 * (0.6 - pooled) ** 2]
    assert table.attrs["overdispersion"] == pytest.approx(sum(squares) / 3 / (pooled * (1 - pooled)))
    assert list(table.loc["a", ["country", "first_year", "last_year"]]) == ["KR", 2022, 2022]
    assert table.loc["c", "country"] == "US"


def test_rates_are_those_of_rates(facts: Build) -> None:
    built = facts(MARKET)
    own = funnel_by(built, Query()).set_index("source")
    other = rates(built, Query(by=("source",))).set_index("source")
    for name in ("k", "n", "n_eff", "rate", "low", "high", "flag"):
        assert own[name].equals(other[name].reindex(own.index)), name


def test_parts_that_chance_made_lie_inside(facts: Build) -> None:
    rng = np.random.default_rng(7)
    rows = [row for i in range(20) for row in board(f"board_{i:02}", 300, int(rng.binomial(300, 0.2)))]
    table = funnel_by(facts(rows), Query())
    assert (table["place"] == INSIDE).sum() >= 18
    assert 0.4 < table.attrs["overdispersion"] < 1.8


def test_by_country_names_no_country_twice(facts: Build) -> None:
    table = funnel_by(facts(MARKET), Query(), by="country")
    assert table["country"].tolist() == ["KR", "US"]


def test_nothing_counted_is_an_empty_funnel(facts: Build) -> None:
    table = funnel_by(facts(board("a", 3, 1)), Query(countries=("FR",)))
    assert table.empty
    assert table.attrs["overdispersion"] is None


def test_a_query_of_more_than_one_rate_is_refused(facts: Build) -> None:
    with pytest.raises(QueryError, match="leave by and weights out"):
        funnel_by(facts(MARKET), Query(by=("year",)))

"""Skills compared: worked out by hand, invariants, and how often the interval of a difference holds the truth."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, norm

from analysis.measure.compare import compare
from analysis.measure.intervals import correlate, difference, from_replicates, leave_one_out, student_z, wilson
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates

Build = Callable[[list[dict[str, Any]]], pa.Table]


def postings(both: int, first: int, second: int, neither: int, **more: Any) -> list[dict[str, Any]]:
    """Return postings that name airflow and luigi, airflow alone, luigi alone, and none of them."""
    kinds = [("airflow", "luigi")] * both + [("airflow",)] * first + [("luigi",)] * second + [()] * neither
    return [
        {"skills": [{"skill": skill, "level": "required", "how": "cue"} for skill in kind]} | more for kind in kinds
    ]


def test_a_table_worked_out_by_hand(facts: Build) -> None:
    # 100 postings of as many companies: 30% and 20%, a tenth both.
    table = compare(facts(postings(10, 20, 10, 60)), Query(), ["airflow", "luigi"])
    first, other = table.to_dict("records")
    assert (first["k"], first["n"], first["n_companies"], first["rate"]) == (30, 100, 100, 0.3)
    assert (other["only_first"], other["both"], other["only_other"]) == (20, 10, 10)
    assert math.isnan(first["difference"])
    assert other["difference"] == pytest.approx(-10)
    # Single postings: n_eff = n - 1, and the jackknife's correlation is phi of the fourfold table.
    phi, z = (0.1 - 0.3 * 0.2) / math.sqrt(0.3 * 0.7 * 0.2 * 0.8), student_z(100)
    (l1, u1), (l2, u2) = wilson(0.3 * 99, 99, z), wilson(0.2 * 99, 99, z)
    below, above = 0.2 - l2, u2 - 0.2
    low = math.sqrt(below**2 - 2 * phi * below * (u1 - 0.3) + (u1 - 0.3) ** 2)
    high = math.sqrt(above**2 - 2 * phi * above * (0.3 - l1) + (0.3 - l1) ** 2)
    assert other["difference_low"] == pytest.approx(-10 - 100 * low)
    assert other["difference_high"] == pytest.approx(-10 + 100 * high)
    # Near what pairs that disagree say (McNemar): 20 of one kind, 10 of the other.
    assert other["difference_high"] - other["difference_low"] == pytest.approx(
        2 * 100 * z * math.sqrt((0.3 - 0.1**2) / 99), rel=0.03
    )


def test_rates_are_those_of_rates(facts: Build) -> None:
    rows = [
        row | {"company_id": f"c{i % 37}"} for i, row in enumerate(postings(25, 60, 20, 150) + postings(3, 0, 9, 40))
    ]
    for weights in ("none", "company", "capped"):
        table = compare(facts(rows), Query(weights=weights), ["luigi", "airflow"])
        for skill, row in table.set_index("skill").iterrows():
            (same,) = rates(facts(rows), Query(skill=str(skill), weights=weights)).to_dict("records")
            for name in ("k", "n", "n_companies", "n_eff", "rate", "low", "high", "flag"):
                assert row[name] == same[name], name
    assert table.attrs["query"]["skill"] == "luigi"
    assert "vendors" in table.attrs["definitions"]


@given(st.tuples(*[st.integers(0, 30)] * 3), st.integers(3, 150))
@settings(max_examples=8, deadline=None)
def test_the_other_way_round_is_the_opposite(facts: Build, counts: tuple[int, int, int], n_companies: int) -> None:
    rows = [row | {"company_id": f"c{i % n_companies}"} for i, row in enumerate(postings(*counts, 80))]
    there = compare(facts(rows), Query(), ["airflow", "luigi"]).iloc[1]
    back = compare(facts(rows), Query(), ["luigi", "airflow"]).iloc[1]
    assert there["difference"] == pytest.approx(-back["difference"], nan_ok=True)
    assert there["difference_low"] == pytest.approx(-back["difference_high"], nan_ok=True)
    assert there["difference_high"] == pytest.approx(-back["difference_low"], nan_ok=True)
    if not math.isnan(there["difference"]):
        assert -100 <= there["difference_low"] <= there["difference"] <= there["difference_high"] <= 100


def test_neither_named_is_no_proof_that_they_are_alike(facts: Build) -> None:
    row = compare(facts(postings(0, 0, 0, 100)), Query(), ["airflow", "luigi"]).iloc[1]
    assert row["difference"] == 0
    assert row["difference_low"] < -3
    assert row["difference_high"] > 3


def test_what_is_withheld_has_no_difference(facts: Build) -> None:
    row = compare(facts(postings(5, 5, 5, 10)), Query(), ["airflow", "luigi"]).iloc[1]
    assert row[["rate", "low", "high", "difference", "difference_low", "difference_high"]].isna().all()
    assert (row["n"], row["both"], row["flag"]) == (25, 5, "withheld")


def test_mixed_versions_are_flagged(facts: Build) -> None:
    rows = postings(10, 20, 10, 60) + postings(1, 1, 1, 1, tagger_version="2")
    assert compare(facts(rows), Query(), ["airflow", "luigi"])["flag"].tolist() == ["mixed versions"] * 2


@pytest.mark.parametrize("query", [Query(by=("year",)), Query(by=("year",), weights="mix")])
def test_a_comparison_is_of_the_whole_period(facts: Build, query: Query) -> None:
    with pytest.raises(QueryError, match="over the whole period"):
        compare(facts([]), query, ["airflow", "luigi"])


@pytest.mark.parametrize("together", [0.8, -0.6])
def test_interval_of_a_difference_covers_the_truth(together: float) -> None:
    """Companies whose tastes for two skills go together or exclude each other: 40% against 25%."""
    random, n_draws, n_companies, one, other, icc = np.random.default_rng(8), 400, 120, 0.4, 0.25, 0.4
    n = np.minimum(40, np.ceil(40 / np.arange(1, n_companies + 1)))
    spread, n_held, n_independent = 1 / icc - 1, 0, 0
    for _ in range(n_draws):
        normal = random.multivariate_normal([0, 0], [[1, together], [together, 1]], n_companies)
        tastes = beta.ppf(norm.cdf(normal), np.array([one, other]) * spread, (1 - np.array([one, other])) * spread)
        hits = random.binomial(n.astype(int)[:, None], tastes).astype(float)
        found = [leave_one_out(k, n) for k in hits.T]
        (p1, without_one), (p2, without_other) = ((float(rate), without) for rate, without in found)
        first, second = from_replicates(p1, without_one, n.sum(), n), from_replicates(p2, without_other, n.sum(), n)
        paired = difference(first, second, correlate(p1, without_one, p2, without_other))
        apart = difference(first, second)
        n_held += paired.low <= other - one <= paired.high
        n_independent += apart.low <= other - one <= apart.high
    assert 0.92 <= n_held / n_draws <= 0.98
    # Taken as independent, the same intervals are far too wide or too narrow.
    assert n_independent / n_draws > 0.985 if together > 0 else n_independent / n_draws < 0.925

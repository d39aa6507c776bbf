"""Rates before and after: the same numbers as rates, no change where nothing came, and no certainty from a few."""

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import FACT_SCHEMA
from analysis.measure.before_after import before_after
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates

ROW = {
    "source": "made_up",
    "family": "ats",
    "posted_on": "2024-05-01",
    "posted_on_kind": "published",
    "lang": "en",
    "n_chars": 900,
    "is_truncated": False,
    "is_survivor": False,
    "roles": ["data_engineer"],
    "role_method": "title",
    "is_unsectioned": False,
    "tagger_version": "1",
    "cluster_rank": 0,
}


def facts(postings: list[tuple[int, int, bool]]) -> pa.Table:
    """Return facts of (id, company, has Airflow)."""
    rows: list[dict[str, Any]] = [
        {
            **dict.fromkeys(FACT_SCHEMA.names),
            **ROW,
            "posting_id": f"p{i}",
            "cluster_id": f"p{i}",
            "company_id": f"c{company}",
            "skills": [{"skill": "airflow", "level": "required", "how": "cue"}] if hit else [],
        }
        for i, company, hit in postings
    ]
    return pa.Table.from_pylist(rows, schema=FACT_SCHEMA)


BASE = [(i, i % 100, i % 20 == 0) for i in range(600)]


def change(more: list[tuple[int, int, bool]]) -> dict[str, Any]:
    (row,) = before_after(facts(BASE), facts(BASE + more), Query()).to_dict("records")
    return {str(key): value for key, value in row.items()}


def test_both_rates_are_those_of_rates() -> None:
    before, after = facts(BASE), facts(BASE[:500])
    (row,) = before_after(before, after, Query(by=("year",))).to_dict("records")
    for time, table in (("old", before), ("new", after)):
        (expected,) = rates(table, Query(by=("year",))).to_dict("records")
        for name in ("k", "n", "rate", "low", "high"):
            assert row[f"{name}_{time}"] == pytest.approx(expected[name]), (name, time)
    assert (row["year"], row["n_both"]) == (2024, 500)


def test_nothing_came_and_nothing_moved() -> None:
    row = change([])
    assert (row["delta"], row["delta_low"], row["delta_high"], row["is_real"]) == (0, 0, 0, False)


def test_a_few_postings_without_a_hit_are_no_certain_fall() -> None:
    row = change([(1000 + i, 200 + i, False) for i in range(8)])
    assert row["delta"] < 0 < row["delta_high"]
    assert not row["is_real"]


def test_many_employers_that_all_ask_for_it_are_more_than_noise() -> None:
    row = change([(1000 + i, 200 + i, True) for i in range(40)])
    assert row["delta"] == pytest.approx(100 * (70 / 640 - 30 / 600))
    assert 0 < row["delta_low"] < row["delta"] < row["delta_high"]
    assert row["is_real"]


def test_one_employer_alone_proves_nothing() -> None:
    assert not change([(1000 + i, 200, True) for i in range(40)])["is_real"]


def test_a_rate_withheld_is_not_judged() -> None:
    (row,) = before_after(facts(BASE[:5]), facts(BASE), Query()).to_dict("records")
    assert math.isnan(row["rate_old"])
    assert math.isnan(row["delta"])
    assert row["is_real"] is None


def test_a_weighted_question_is_refused() -> None:
    with pytest.raises(QueryError, match="weights"):
        before_after(facts(BASE), facts(BASE), Query(weights="company"))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 140), st.booleans()), min_size=1, max_size=60))
def test_the_way_back_is_the_change_with_its_sign_turned(more: list[tuple[int, bool]]) -> None:
    later = facts(BASE + [(1000 + i, company, hit) for i, (company, hit) in enumerate(more)])
    (there,) = before_after(facts(BASE), later, Query()).to_dict("records")
    (back,) = before_after(later, facts(BASE), Query()).to_dict("records")
    assert back["delta"] == pytest.approx(-there["delta"])
    assert back["delta_low"] == pytest.approx(-there["delta_high"])
    assert back["is_real"] == there["is_real"]
    assert there["delta_low"] <= there["delta"] <= there["delta_high"]

"""Presence: counts by source and year worked out by hand, and the same postings as rates are of."""

import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from analysis.measure.intervals import N_EFF_SHOWN
from analysis.measure.population import Query, QueryError
from analysis.measure.presence import ALL, COLUMNS, N_TOP, presence
from analysis.measure.rates import rates

Build = Callable[[list[dict[str, Any]]], pa.Table]


def posting(year: int, source: str, **more: Any) -> dict[str, Any]:
    return {"posted_on": f"{year}-03-01", "source": source, **more}


def test_counts_worked_out_by_hand(facts: Build) -> None:
    rows = [posting(2020, "one", company_id="a")] * 3 + [posting(2020, "two", company_id=None, family="hn")]
    rows += [posting(2021, "two", company_id="a", family="hn"), posting(2021, "two", company_id="b", family="hn")]
    table = presence(facts(rows), Query(years=(2020, 2021)))
    assert list(table.columns) == list(COLUMNS)
    found = {(r["source"], r["year"]): r for r in table.to_dict("records")}
    assert {key: (r["n"], r["n_companies"], r["n_top"]) for key, r in found.items()} == {
        (ALL, 2020): (4, 2, 3),
        (ALL, 2021): (2, 2, 2),
        ("one", 2020): (3, 1, 3),
        ("one", 2021): (0, 0, 0),
        ("two", 2020): (1, 1, 0),
        ("two", 2021): (2, 2, 2),
    }
    assert found["two", 2020]["family"] == "hn"
    assert all(math.isnan(r["top_share"]) for r in found.values())
    assert table.attrs["n_postings"] == 6


def test_the_share_of_the_largest_employers(facts: Build) -> None:
    # Twelve employers of 3 postings each, one of 20 and a posting of unknown ones: the ten largest hold 20 + 9 x 3.
    sizes = [3] * 12 + [20]
    rows = [posting(2022, "one", company_id=f"c{i}") for i, n in enumerate(sizes) for _ in range(n)]
    rows += [posting(2022, "one", company_id=None)] * 10
    (whole, single) = presence(facts(rows), Query(years=(2022, 2022))).to_dict("records")
    assert (whole["n"], whole["n_top"]) == (66, 20 + (N_TOP - 1) * 3)
    assert whole["top_share"] == pytest.approx(47 / 66)
    assert single["top_share"] == whole["top_share"]


@pytest.mark.parametrize("n", [N_EFF_SHOWN - 1, N_EFF_SHOWN])
def test_the_share_of_few_postings_is_withheld(n: int, facts: Build) -> None:
    table = presence(facts([posting(2022, "one", company_id="a")] * n), Query(years=(2022, 2022)))
    assert table["top_share"].isna().all() == (n < N_EFF_SHOWN)


def test_sources_add_up_to_what_rates_count(facts: Build) -> None:
    rows = [posting(2020 + i % 3, f"s{i % 4}", cluster_id=f"v{i % 30}", n_chars=900 - 40 * (i % 20)) for i in range(90)]
    table = presence(facts(rows), Query(years=(2020, 2022)))
    by_year = table[table["source"] != ALL].groupby("year")["n"].sum().tolist()
    counted = rates(facts(rows), Query(years=(2020, 2022), by=("year",)))["n"].tolist()
    assert by_year == table[table["source"] == ALL]["n"].tolist() == counted
    assert 0 < sum(counted) < 90


def test_nothing_counted_is_a_row_of_zeros(facts: Build) -> None:
    table = presence(facts([posting(2011, "one")]), Query(years=(2020, 2021)))
    assert table[["source", "year", "n"]].to_numpy().tolist() == [[ALL, 2020, 0], [ALL, 2021, 0]]


def test_other_questions_are_refused(facts: Build) -> None:
    for query in (Query(by=("role",)), Query(weights="company")):
        with pytest.raises(QueryError, match="by source and year"):
            presence(facts([]), query)

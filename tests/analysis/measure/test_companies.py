"""One vote per posting or per company: worked out by hand, and a note exactly where they disagree."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.measure.companies import ANY, EXTRA, companies
from analysis.measure.compare import contrast
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import VALUES, rates
from analysis.measure.standardise import crude

Build = Callable[[list[dict[str, Any]]], pa.Table]
ROWS = ["posting-weighted", "capped", "company-weighted", ANY]


def employer(name: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    return [{"company_id": name, "airflow": "required" if i < k else None} | more for i in range(n)]


def two_sizes(k_large: int, **more: Any) -> list[dict[str, Any]]:
    """200 employers of one posting, 50 of them a hit; 20 of ten postings, with k_large hits each."""
    small = [row for i in range(200) for row in employer(f"small {i}", 1, int(i < 50), **more)]
    return small + [row for i in range(20) for row in employer(f"large {i}", 10, k_large, **more)]


def test_four_rates_by_hand(facts: Build) -> None:
    table = companies(facts(two_sizes(8)), Query()).set_index("weighting")
    assert table.index.tolist() == ROWS
    assert table["rate"].tolist() == pytest.approx(
        [(50 + 160) / 400, (50 + 20 * 3 * 0.8) / (200 + 60), (50 + 20 * 0.8) / 220, 70 / 220]
    )
    assert table["k"].tolist() == [210, 210, 210, 70]
    assert table["n"].tolist() == [400, 400, 400, 220]
    assert table["n_companies"].tolist() == [220] * 4
    assert table.loc[["capped", "company-weighted"], "difference"].tolist() == pytest.approx(
        [100 * (98 / 260 - 0.525), 100 * (0.3 - 0.525)]
    )
    assert table["note"].tolist() == ["", "lower than posting-weighted", "lower than posting-weighted", ""]


def test_sizes_that_do_not_matter_are_not_noted(facts: Build) -> None:
    random = np.random.default_rng(5)
    rows = []
    for i in range(300):
        n = int(min(40, np.ceil(40 / (1 + i % 60))))
        rows += employer(f"c{i}", n, int(random.binomial(n, random.beta(3, 7))))
    table = companies(facts(rows), Query())
    assert table["note"].tolist() == [""] * 4
    compared = table[table["weighting"].isin(["capped", "company-weighted"])]
    assert (compared["difference_low"] < 0).all()
    assert (compared["difference_high"] > 0).all()
    assert table.loc[~table.index.isin(compared.index), "difference"].isna().all()


def test_small_employers_that_ask_more_are_noted(facts: Build) -> None:
    notes = companies(facts(two_sizes(0)), Query())["note"].tolist()
    assert notes == ["", "higher than posting-weighted", "higher than posting-weighted", ""]


def test_rates_are_those_of_rates_by_year_too(facts: Build) -> None:
    table = facts(two_sizes(6) + two_sizes(3, posted_on="2021-04"))
    found = companies(table, Query(by=("year",)))
    assert list(found.columns) == ["skill", "level", "year", *VALUES, *EXTRA]
    assert found["year"].tolist() == [2021] * 4 + [2022] * 4
    for weights, name in (("none", "posting-weighted"), ("capped", "capped"), ("company", "company-weighted")):
        same = rates(table, Query(by=("year",), weights=weights))
        mine = found[found["weighting"] == name].reset_index(drop=True)
        for column in ("k", "n", "n_companies", "n_eff", "rate", "low", "high", "covered_weight", "flag"):
            assert mine[column].tolist() == pytest.approx(same[column].tolist()), column
    assert found.loc[found["weighting"] == ANY, "n"].tolist() == [220, 220]


def test_an_employer_counts_once_in_the_any_rate_of_the_whole_period(facts: Build) -> None:
    rows = [row for i in range(50) for row in employer(f"c{i}", 1, 0) + employer(f"c{i}", 1, 1, posted_on="2021-02")]
    (row,) = companies(facts(rows), Query()).query("weighting == @ANY").to_dict("records")
    assert (row["k"], row["n"], row["rate"]) == (50, 50, 1.0)


def test_unknown_employers_are_told_of(facts: Build) -> None:
    rows = two_sizes(8) + [{"company_id": None} for _ in range(100)]
    table = companies(facts(rows), Query())
    assert table["n_companies"].tolist() == [320] * 4
    assert table.attrs["share_unknown_company"] == pytest.approx(0.2)
    assert set(ROWS) <= set(table.attrs["definitions"])


def test_thin_rates_are_withheld_and_not_compared(facts: Build) -> None:
    table = companies(facts(employer("a", 40, 20) + employer("b", 5, 1) + employer("c", 3, 0)), Query())
    assert table["rate"].isna().all()
    assert table["difference"].isna().all()
    assert table["note"].tolist() == [""] * 4
    assert table["n"].tolist() == [48, 48, 48, 3]
    assert all("withheld" in flag for flag in table["flag"])


def test_mixed_versions_are_flagged(facts: Build) -> None:
    table = companies(facts(two_sizes(8) + employer("new", 2, 1, tagger_version="2")), Query())
    assert all(flag.endswith("mixed versions") for flag in table["flag"])


def test_votes_are_compared_in_one_series(facts: Build) -> None:
    with pytest.raises(QueryError, match="leave role out of by"):
        companies(facts([]), Query(by=("year", "role")))


def test_nothing_counted_has_no_rate(facts: Build) -> None:
    table = companies(facts([]), Query())
    assert table["n"].tolist() == [0] * 4
    assert all(math.isnan(rate) for rate in table["rate"])


@pytest.mark.parametrize(("weights", "lowest"), [("company", 0.91), ("capped", 0.86)])
def test_interval_of_the_difference_covers_the_truth(weights: str, lowest: float) -> None:
    """Nine large employers name the skill in 45% of their postings, small ones in 25%.

    Between capped and posting-weighted hardly more than these nine differ, and where they happen to ask little, both
    the difference and its error come out low.
    """
    random, n_draws, held = np.random.default_rng(6), 200, []
    n = np.minimum(40, np.ceil(40 / np.arange(1, 121))).astype(int)
    true_rate = np.where(n > 4, 0.45, 0.25)
    votes = {"none": n, "company": np.ones_like(n), "capped": np.minimum(n, 3)}
    truth = np.average(true_rate, weights=votes[weights]) - np.average(true_rate, weights=n)
    company = np.repeat(np.arange(len(n)), n)
    for _ in range(n_draws):
        taste = random.beta(true_rate * 4, (1 - true_rate) * 4)
        frame = pd.DataFrame({"company": company, "hit": random.random(len(company)) < taste[company]})
        frame = frame.assign(role="data_engineer", family="hn", weight=1.0)
        _, low, high = contrast(crude(frame, (None,)), crude(frame, (None,), weights))
        held.append(low <= 100 * truth <= high)
    assert lowest <= np.mean(held) <= 0.98

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.measure import chained as module
from analysis.measure.chained import CHAINED, FIXED_PANEL, chained
from analysis.measure.intervals import from_replicates
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import VALUES, rates
from analysis.measure.standardise import read_rows

Build = Callable[[Iterable[dict[str, Any]]], pa.Table]


def postings(year: int, family: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    """Return n postings of n companies, the first k of which name the skill."""
    fact = {"posted_on": str(year), "family": family, "source": family, **more}
    return [fact | {"airflow": "required" if i < k else None} for i in range(n)]


LATE = [
    *postings(2020, "hn", 100, 20),
    *postings(2021, "hn", 80, 20),
    *postings(2021, "job_board", 40, 24),
    *postings(2022, "hn", 50, 15),
    *postings(2022, "job_board", 150, 105),
]
"""hn: 20%, 25%, 30%; the job board starts in 2021: 60%, 70%."""


def column(table: pd.DataFrame, weighting: str, name: str = "rate") -> list[Any]:
    return table.loc[table["weighting"] == weighting, name].tolist()


def test_by_hand(facts: Build) -> None:
    table = chained(facts(LATE), Query())
    assert table.columns.tolist() == ["skill", "level", "year", *VALUES]
    assert column(table, FIXED_PANEL) == pytest.approx([0.20, 0.25, 0.30])
    assert column(table, FIXED_PANEL, "n") == [100, 80, 50]
    assert table.attrs["panel"] == ["hn"]
    # Second link: hn of 80 + 50 postings gains 5 points, the board of 40 + 150 gains 10.
    assert column(table, CHAINED) == pytest.approx([0.20, 0.25, 0.25 + (130 * 0.05 + 190 * 0.10) / 320])
    assert column(table, CHAINED, "k") == [20, 20, 120]
    assert column(table, CHAINED, "n") == [100, 80, 200]
    assert column(table, CHAINED, "covered_weight") == pytest.approx([1, 180 / 220, 180 / 220])
    assert column(table, FIXED_PANEL, "covered_weight") == pytest.approx([230 / 420] * 3)
    assert column(table, FIXED_PANEL, "flag") == ["", "", "small"]


def test_the_first_level_is_the_crude_rate(facts: Build) -> None:
    crude, linked = rates(facts(LATE), Query(by=("year",))), chained(facts(LATE), Query())
    names = ["k", "n", "n_companies", "n_eff", "rate", "low", "high"]
    first = linked[linked["weighting"] == CHAINED].iloc[0]
    assert first[names].tolist() == pytest.approx(crude.iloc[0][names].tolist())
    assert (linked.attrs["n_postings"], linked.attrs["unit"]) == (420, "family")


def test_a_panel_that_covers_little_is_withheld(facts: Build) -> None:
    more = postings(2022, "job_board", 200, 100)
    table = chained(facts([*LATE, *more]), Query())
    # hn holds 230 of 620 postings; both families together are linked well.
    assert column(table, FIXED_PANEL, "covered_weight") == pytest.approx([230 / 620] * 3)
    assert column(table, FIXED_PANEL, "flag") == ["withheld;low cover"] * 3
    assert np.isnan(column(table, FIXED_PANEL)).all()
    assert not np.isnan(column(table, CHAINED)).any()


def test_roles_are_cells_too(facts: Build) -> None:
    """No change inside a role while the mix of roles drifts: the chain stays where it began."""
    rows = []
    for year, n_de, n_bi in ((2020, 60, 140), (2021, 100, 100), (2022, 140, 60)):
        rows += postings(year, "hn", n_de, n_de // 2) + postings(year, "hn", n_bi, n_bi // 10, roles=["bi_analyst"])
    table = chained(facts(rows), Query())
    assert column(table, CHAINED) == pytest.approx([44 / 200] * 3)
    assert column(table, FIXED_PANEL) == pytest.approx([44 / 200, 60 / 200, 76 / 200])


def test_by_source_a_chain_breaks_where_no_source_lasts(facts: Build) -> None:
    rows = [*postings(2020, "job_board", 90, 30), *postings(2021, "job_board", 90, 30, source="other_board")]
    by_family, by_source = chained(facts(rows), Query()), chained(facts(rows), Query(), "source")
    assert column(by_family, CHAINED) == pytest.approx([1 / 3] * 2)
    assert column(by_source, CHAINED) == pytest.approx([1 / 3, np.nan], nan_ok=True)
    assert column(by_source, CHAINED, "flag") == ["", "withheld;low cover"]
    assert by_source.attrs["panel"] == []


def test_a_thin_year_is_stepped_over(facts: Build) -> None:
    rows = [*postings(2020, "hn", 90, 30), *postings(2021, "hn", 12, 12), *postings(2022, "hn", 90, 36)]
    table = chained(facts(rows), Query())
    assert column(table, CHAINED) == pytest.approx([1 / 3, np.nan, 0.4], nan_ok=True)
    assert column(table, CHAINED, "flag") == ["", "withheld", ""]
    assert column(table, CHAINED, "n") == [90, 12, 90]
    assert column(table, CHAINED, "n_companies") == [90, 12, 90]


def test_a_level_outside_0_and_1_ends_the_chain(facts: Build) -> None:
    rows = [*postings(2020, "hn", 40, 38), *postings(2020, "job_board", 60, 57)]
    rows += [*postings(2021, "hn", 40, 40), *postings(2021, "job_board", 60, 3)]
    rows += [*postings(2022, "hn", 90, 80), *postings(2022, "job_board", 10, 0), *postings(2023, "hn", 90, 1)]
    table = chained(facts(rows), Query())
    assert column(table, CHAINED)[1] == pytest.approx(0.43)
    assert column(table, CHAINED)[3] == pytest.approx(np.nan, nan_ok=True)
    assert column(table, CHAINED, "flag")[3] == "withheld"


def test_intervals_by_recount(facts: Build) -> None:
    """Leave each company's rows out and link again: the same replicates, hence the same intervals."""
    random = np.random.default_rng(3)
    rows = [
        {
            "posted_on": str(random.integers(2020, 2023)),
            "family": str(random.choice(["hn", "ats"])),
            "roles": [["data_engineer"], ["bi_analyst", "data_engineer"]][random.integers(2)],
            "company_id": f"c{int(random.exponential(5))}",
            "airflow": random.choice(["required", ""]),
        }
        for _ in range(700)
    ]
    frame = counted(facts(rows), Query(by=("year",), weights="mix"))
    series, _ = link(frame)
    for place, company in enumerate(frame["company"].unique()):
        again, _ = link(frame[frame["company"] != company].reset_index(drop=True))
        assert series.without[place] == pytest.approx(again.rate, abs=1e-12)
    table = chained(facts(rows), Query())
    found = from_replicates(series.rate[2], series.without[:, 2], series.n_iid[2], series.sizes[:, 2])
    assert (column(table, CHAINED, "low")[2], column(table, CHAINED, "high")[2]) == (found.low, found.high)
    assert series.n_iid[2] <= series.n[2]
    assert (series.sizes.sum(axis=0) >= 1 - 1e-12).all()


def link(frame: pd.DataFrame) -> tuple[Any, Any]:
    rows = read_rows(frame, (2020, 2021, 2022))
    return module._chain(rows, np.ones(3, dtype=np.bool_), pd.factorize(frame["posting_id"])[0])


def test_what_cannot_be_asked(facts: Build) -> None:
    with pytest.raises(QueryError, match="unit: 'country' is not one of family, source"):
        chained(facts([]), Query(), "country")
    with pytest.raises(QueryError, match="leave role out of by"):
        chained(facts([]), Query(by=("year", "role")))


def test_nothing_counted(facts: Build) -> None:
    assert chained(facts([]), Query()).empty
    table = chained(facts([]), Query(years=(2020, 2021)))
    assert table["flag"].tolist() == ["withheld;low cover"] * 2 + ["withheld"] * 2
    assert table["n"].tolist() == [0] * 4

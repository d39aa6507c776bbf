import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.measure import change as module
from analysis.measure.change import COLUMNS, PARTS, decompose, split
from analysis.measure.intervals import student_z
from analysis.measure.population import Query, QueryError, counted

Build = Callable[[Iterable[dict[str, Any]]], pa.Table]
PAIR = ("data_engineer", "bi_analyst")
SHAPE = (2, 2, 3)
counts = arrays(np.float64, SHAPE, elements=st.integers(1, 50))
shares = arrays(np.float64, SHAPE, elements=st.floats(0, 1))


def postings(year: int, role: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    """Return n postings of n companies, the first k of which name the skill."""
    return [
        {"posted_on": str(year), "roles": [role], "airflow": "required" if i < k else None} | more for i in range(n)
    ]


def column(table: pd.DataFrame, name: str) -> dict[str, Any]:
    return dict(zip(table["part"], table[name], strict=True))


def points(table: pd.DataFrame) -> dict[str, Any]:
    return column(table, "points")


def uneven(n: int = 600) -> list[dict[str, Any]]:
    random = np.random.default_rng(4)
    roles = (["data_engineer"], ["ml_engineer", "data_scientist"], ["data_scientist"], ["other", "data_engineer"])
    return [
        {
            "posted_on": str(random.choice([2020, 2021])),
            "roles": roles[random.integers(4)],
            "family": str(random.choice(["hn", "ats"])),
            "company_id": f"c{int(random.exponential(5))}",
            "airflow": random.choice(["required", "mentioned", ""]),
        }
        for _ in range(n)
    ]


def test_a_moved_mix_of_roles_is_all_there_is(facts: Build) -> None:
    # 50% of engineers and 10% of analysts in both years; engineers go from 2/3 to 1/5.
    rows = [*postings(2020, PAIR[0], 40, 20), *postings(2020, PAIR[1], 20, 2)]
    rows += [*postings(2021, PAIR[0], 20, 10), *postings(2021, PAIR[1], 80, 8)]
    table = decompose(facts(rows), Query())
    assert table.columns.tolist() == list(COLUMNS)
    found = points(table)
    assert found["raw_first"] == pytest.approx(100 * 22 / 60)
    assert found["raw_last"] == pytest.approx(18)
    assert found["role_mix"] == pytest.approx(18 - 100 * 22 / 60)
    assert [found[p] for p in ("within", "family_mix", "not_comparable")] == pytest.approx([0, 0, 0])
    assert table["n"].tolist() == [60, 160, 160, 160, 0, 100]
    assert table["n_companies"].tolist() == [60, 160, 160, 160, 0, 100]
    assert (table.attrs["first"], table.attrs["last"], table.attrs["n_postings"]) == (2020, 2021, 160)


def test_three_ways_by_hand(facts: Build) -> None:
    """Engineers and analysts at job boards and on company pages; shares .4 .2 .3 .1 become .2 .4 .1 .3."""
    sizes = {2020: (40, 20, 30, 10), 2021: (20, 40, 10, 30)}
    hits = {2020: (20, 5, 6, 1), 2021: (12, 12, 4, 3)}
    cells = [(role, family) for role in PAIR for family in ("job_board", "ats")]
    rows = [
        posting
        for year in sizes
        for (role, family), n, k in zip(cells, sizes[year], hits[year], strict=True)
        for posting in postings(year, role, n, k, family=family)
    ]
    table = decompose(facts(rows), Query())
    rate = [(0.5 + 0.6) / 2, (0.25 + 0.3) / 2, (0.2 + 0.4) / 2, (0.1 + 0.1) / 2]
    within = (0.3 * 0.1 + 0.3 * 0.05 + 0.2 * 0.2) * 100
    # Roles stay .6 and .4: with the role first all of the mix is that of families inside roles.
    family_first_order = 100 * (0.6 * (2 / 3 - 1 / 3) * (rate[1] - rate[0]) + 0.4 * 0.5 * (rate[3] - rate[2]))
    # Families move from .7 and .3 to .3 and .7; engineers inside them from 4/7 and 2/3 to 2/3 and 4/7.
    inside = 100 * ((2 / 3 - 4 / 7) * 0.5 * (rate[0] - rate[2]) + (4 / 7 - 2 / 3) * 0.5 * (rate[1] - rate[3]))
    between = 100 * 0.4 * (0.5 * (4 / 7 + 2 / 3) * (rate[1] - rate[0]) + 0.5 * (3 / 7 + 1 / 3) * (rate[3] - rate[2]))
    found = points(table)
    assert found["within"] == pytest.approx(within)
    assert found["role_mix"] == pytest.approx((0 + inside) / 2)
    assert found["family_mix"] == pytest.approx((family_first_order + between) / 2)
    orders = table.attrs["orders"]
    assert orders["role first"] == pytest.approx({"role_mix": 0, "family_mix": family_first_order})
    assert orders["family first"] == pytest.approx({"role_mix": inside, "family_mix": between})
    assert found["raw_last"] - found["raw_first"] == pytest.approx(31 - 32)


def test_cells_of_one_year_are_not_compared(facts: Build) -> None:
    rows = [*postings(2020, PAIR[0], 60, 30), *postings(2021, PAIR[0], 60, 30), *postings(2021, PAIR[1], 40, 4)]
    rows += postings(2020, "ml_engineer", 9, 9)
    found = decompose(facts(rows), Query())
    assert points(found)["within"] == pytest.approx(0)
    # The nine of 2020 lifted the rate from 50% to 39/69, the forty of 2021 lower it from 50% to 34%.
    assert points(found)["not_comparable"] == pytest.approx(100 * ((0.34 - 0.5) - (39 / 69 - 0.5)))
    assert column(found, "n")["not_comparable"] == 49
    assert found.attrs["covered_weight"] == pytest.approx({2020: 60 / 69, 2021: 0.6})


def test_one_more_company_makes_a_cell_comparable(facts: Build) -> None:
    rows = [*postings(2020, PAIR[0], 60, 30), *postings(2021, PAIR[0], 60, 30), *postings(2021, PAIR[1], 40, 4)]
    found = decompose(facts([*rows, *postings(2020, PAIR[1], 10, 1)]), Query())
    assert points(found)["not_comparable"] == 0
    assert found["n"].tolist() == [70, 170, 170, 170, 0, 100]


def test_bounds_by_recount(facts: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave each company's rows out and start again: the same replicates, hence the same half widths."""
    table = facts(uneven())
    found = decompose(table, Query())
    frame = counted(table, Query(by=("year",), weights="mix"))
    monkeypatch.setattr(module, "counted", lambda facts, query: facts)
    without: list[Any] = [frame[frame["company"] != name].reset_index(drop=True) for name in frame["company"].unique()]
    again = np.array([[points(decompose(each, Query()))[part] for part in PARTS] for each in without])
    estimate = np.array([points(found)[part] for part in PARTS])
    variance = (len(again) - 1) / len(again) * np.square(again - estimate).sum(axis=0)
    sizes = [part.groupby("company")["weight"].sum() for _, part in frame.groupby("year")]
    half = student_z(min(n.sum() ** 2 / (n**2).sum() for n in sizes)) * np.sqrt(variance)
    assert [column(found, "high")[part] for part in PARTS] == pytest.approx(estimate + half)
    assert [column(found, "low")[part] for part in PARTS] == pytest.approx(estimate - half)


def test_a_posting_with_two_roles_is_half_of_each(facts: Build) -> None:
    both = [r | {"roles": list(PAIR)} for y in (2020, 2021) for r in postings(y, "", 40, 20)]
    table = decompose(facts(both), Query())
    assert table["n"].tolist() == [40, 80, 80, 80, 0, 40]
    assert points(table)["raw_first"] == pytest.approx(50)


@given(counts, shares, st.booleans())
def test_parts_add_up(n: Any, share: Any, is_whole: bool) -> None:
    is_common = np.ones(SHAPE[1:], dtype=np.bool_)
    is_common[0, 0] = is_whole
    raw = (n * share).sum(axis=(1, 2)) / n.sum(axis=(1, 2))
    assert split(n, n * share, is_common).sum() == pytest.approx(raw[1] - raw[0], abs=1e-12)


@given(counts, shares)
def test_roles_and_families_are_treated_alike_and_time_runs_both_ways(n: Any, share: Any) -> None:
    is_common = np.ones(SHAPE[1:], dtype=np.bool_)
    found = split(n, n * share, is_common)
    turned = split(n.swapaxes(1, 2), (n * share).swapaxes(1, 2), is_common.T)
    assert turned == pytest.approx(found[[0, 2, 1, 3]], abs=1e-12)
    assert split(n[::-1], (n * share)[::-1], is_common) == pytest.approx(-found, abs=1e-12)


def test_thin_years_and_thin_cover_withhold_the_parts(facts: Build) -> None:
    thin = decompose(facts([*postings(2020, PAIR[0], 20, 5), *postings(2021, PAIR[0], 90, 30)]), Query(), 2020, 2021)
    assert thin["points"].tolist() == pytest.approx([*[math.nan] * 5, 100 / 3], nan_ok=True)
    assert thin["flag"].tolist() == ["withheld"] * 5 + [""]
    assert thin["n"].tolist() == [20, 110, 110, 110, 0, 90]
    rows = [*postings(2020, PAIR[0], 90, 30), *postings(2021, PAIR[0], 20, 9), *postings(2021, PAIR[1], 70, 9)]
    low = decompose(facts(rows), Query())
    assert low["points"].isna().tolist() == [False, True, True, True, True, False]
    assert low["flag"].tolist() == ["", *["withheld;low cover"] * 4, ""]


def test_a_year_without_a_hit_is_said_to_be_one(facts: Build) -> None:
    table = decompose(facts([*postings(2020, PAIR[0], 90, 0), *postings(2021, PAIR[0], 90, 9)]), Query())
    assert table["flag"].tolist() == ["", *["no hits"] * 4, ""]
    assert column(table, "high")["raw_first"] > 0


def test_years_come_from_the_query_or_the_first_and_last_shown(facts: Build) -> None:
    table = facts([r for y in range(2019, 2023) for r in postings(y, PAIR[0], 20 if y == 2019 else 90, y - 2010)])
    assert (decompose(table, Query()).attrs["first"], decompose(table, Query()).attrs["last"]) == (2020, 2022)
    asked = decompose(table, Query(years=(2020, 2022)), first=2021)
    assert (asked.attrs["first"], asked.attrs["last"]) == (2021, 2022)
    assert points(asked)["within"] == pytest.approx(100 / 90)
    assert math.isnan(points(decompose(table, Query(), 2019))["within"])


@pytest.mark.parametrize(
    ("query", "ends", "message"),
    [
        (Query(), (2021, 2020), "between two years, not 2021 and 2020"),
        (Query(), (2020, 2020), "between two years"),
        (Query(years=(2020, 2021)), (2019, 2021), "not both within the years 2020-2021"),
        (Query(by=("year", "role")), (None, None), "leave role out of by"),
        (Query(countries=("FR",)), (None, None), "not None and None"),
    ],
)
def test_what_is_no_change(facts: Build, query: Query, ends: tuple[Any, Any], message: str) -> None:
    table = facts([*postings(2020, PAIR[0], 90, 30), *postings(2021, PAIR[0], 90, 30)])
    with pytest.raises(QueryError, match=message):
        decompose(table, query, *ends)


def test_years_without_postings_are_withheld(facts: Build) -> None:
    table = decompose(facts([]), Query(), 2020, 2021)
    assert table["points"].isna().all()
    assert table["n"].tolist() == [0] * 6

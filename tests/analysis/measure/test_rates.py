import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import DATA_ROLES, LEVELS
from analysis.measure.intervals import jackknife_wilson
from analysis.measure.population import Query
from analysis.measure.rates import VALUES, levels, rates

Build = Callable[[list[dict[str, Any]]], pa.Table]


def spread(n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    """Return n postings of n companies, the first k of which require the skill."""
    return [{"airflow": "required" if i < k else None} | more for i in range(n)]


def test_rates_by_hand(facts: Build) -> None:
    # Companies with 20, 20, 10 and 30 single postings; hits 10, 5, 0 and 12.
    rows = [*spread(20, 10, company_id="a"), *spread(20, 5, company_id="b"), *spread(10, 0, company_id="c")]
    rows += spread(30, 12)
    table = rates(facts(rows), Query())
    assert list(table.columns) == ["skill", "level", *VALUES]
    (row,) = table.to_dict("records")
    k, n = np.array([10.0, 5, 0, *[1] * 12, *[0] * 18]), np.array([20.0, 20, 10, *[1] * 30])
    expected = jackknife_wilson(k, n)
    assert (row["k"], row["n"], row["n_companies"]) == (27, 80, 33)
    assert row["n_eff"] == pytest.approx(expected.n_eff)
    assert row["n_eff"] < 60
    assert math.isnan(row["rate"]) == (expected.n_eff < 30)
    assert "dominated" in row["flag"]


@pytest.mark.parametrize(
    ("weights", "k", "n"),
    [("none", 60 + 60, 100 + 15 + 80), ("company", 60 + 20 + 20 / 2, 141), ("capped", 60 + 60, 100 + 3 + 80)],
)
def test_weights(facts: Build, weights: str, k: float, n: float) -> None:
    # 100 companies with one posting, one with 15 and no hit, 40 with two (20 of them hit once, 20 twice).
    rows = spread(100, 60) + spread(15, 0, company_id="big")
    rows += [{"company_id": f"pair{i % 40}", "airflow": "required" if i < 60 else None} for i in range(80)]
    row = rates(facts(rows), Query(weights=weights)).iloc[0]
    assert row["rate"] == pytest.approx(k / n)
    assert (row["k"], row["n"], row["weighting"]) == (120, 195, weights)


def test_a_thin_cell_is_withheld_with_its_counts(facts: Build) -> None:
    row = rates(facts(spread(29, 9)), Query()).iloc[0]
    assert (row["k"], row["n"], row["flag"]) == (9, 29, "withheld")
    assert row[["rate", "low", "high"]].isna().all()
    shown = rates(facts(spread(31, 9)), Query()).iloc[0]
    assert shown["flag"] == "small;imprecise"
    assert shown["rate"] == pytest.approx(9 / 31)


def test_several_roles_count_in_each_and_once_in_the_total(facts: Build) -> None:
    rows = spread(40, 10, roles=["data_engineer", "ml_engineer"]) + spread(40, 0, roles=["ml_engineer", "other"])
    table = facts(rows)
    by_role = rates(table, Query(by=("role",))).set_index("role")
    assert by_role["n"].to_dict() == {
        "data_engineer": 40,
        "data_scientist": 0,
        "ml_engineer": 80,
        "bi_analyst": 0,
        "analytics_engineer": 0,
    }
    assert by_role["rate"].loc[["data_engineer", "ml_engineer"]].tolist() == pytest.approx([0.25, 0.125])
    assert rates(table, Query())["n"].tolist() == [80]
    assert rates(table, Query(by=("role",))).attrs["n_postings"] == 80


def test_every_year_asked_for_has_a_row(facts: Build) -> None:
    table = facts(spread(40, 10, posted_on="2020") + spread(40, 20, posted_on="2022-07"))
    asked = rates(table, Query(by=("year",), years=(2019, 2022)))
    assert asked["year"].tolist() == [2019, 2020, 2021, 2022]
    assert asked["n"].tolist() == [0, 40, 0, 40]
    assert asked["flag"].tolist()[0] == "withheld"
    assert rates(table, Query(by=("year",)))["year"].tolist() == [2020, 2022]
    by_role = rates(table, Query(by=("year", "role"), years=(2020, 2022)))
    assert by_role[["year", "role"]].values.tolist() == [[y, r] for y in (2020, 2021, 2022) for r in DATA_ROLES]


def test_mix_holds_roles_fixed_per_group_of_the_other_columns(facts: Build) -> None:
    rows = []
    for country in ("KR", "US"):
        for year, n_de, n_bi in ((2020, 60, 30), (2021, 30, 60)):
            rows += spread(n_de, n_de // 2, posted_on=str(year), country=country)
            rows += spread(n_bi, n_bi // 10, posted_on=str(year), country=country, roles=["bi_analyst"])
    table = rates(facts(rows), Query(by=("country", "year"), weights="mix"))
    assert table[["country", "year"]].values.tolist() == [["KR", 2020], ["KR", 2021], ["US", 2020], ["US", 2021]]
    assert table["rate"].tolist() == pytest.approx([0.3] * 4)
    assert table["covered_weight"].tolist() == [1.0] * 4


def test_unknown_country_is_a_group_of_its_own(facts: Build) -> None:
    table = facts(spread(40, 10, country=None) + spread(40, 10))
    assert rates(table, Query(by=("country",)))["country"].tolist() == ["KR", "unknown"]


def test_levels_add_up_to_the_total(facts: Build) -> None:
    rows = [{"airflow": (*LEVELS, None)[i % 4], "roles": [DATA_ROLES[i % 3]]} for i in range(400)]
    table, query = facts(rows), Query(by=("role",))
    parts, total = levels(table, query), rates(table, query)
    assert parts["level"].tolist() == [level for level in LEVELS for _ in DATA_ROLES]
    assert parts.groupby("role")["k"].sum().to_dict() == total.set_index("role")["k"].to_dict()
    shown = total.dropna(subset=["rate"]).set_index("role")["rate"]
    assert parts.groupby("role")["rate"].sum()[shown.index].tolist() == pytest.approx(shown.tolist())
    for level in LEVELS:
        alone = rates(table, Query(by=("role",), level=level))
        assert parts[parts["level"] == level].reset_index(drop=True).equals(alone)


def test_what_the_rates_rest_on(facts: Build) -> None:
    rows = [
        *spread(30, 5, posted_on="2020", company_id=None),
        *spread(50, 5, posted_on="2020", country="US", source="board_two"),
        *spread(20, 5, posted_on="2021", posted_on_kind="scraped", country=None),
    ]
    attrs = rates(facts(rows), Query(by=("year",))).attrs
    assert attrs["sources"] == {"board_one": 50, "board_two": 50}
    assert (attrs["n_postings"], attrs["n_companies"]) == (100, 100)
    assert (attrs["share_unknown_company"], attrs["share_weak_dates"]) == (0.3, 0.2)
    assert attrs["largest_country"] == {2020: {"country": "US", "share": 50 / 80}}
    assert (attrs["tagger_versions"], attrs["warnings"]) == (["1"], [])
    assert attrs["query"]["by"] == ("year",)
    assert json.loads(json.dumps(attrs))["definitions"]["n"].startswith("postings counted")


def test_mixed_tagger_versions_are_flagged(facts: Build) -> None:
    table = facts(spread(100, 20) + spread(100, 20, tagger_version="2"))
    mixed = rates(table, Query())
    assert mixed["flag"].tolist() == ["mixed versions"]
    assert mixed.attrs["warnings"] == ["mixed versions"]
    assert rates(table, Query(by=("tagger_version",)))["flag"].tolist() == ["", ""]


@pytest.mark.parametrize("query", [Query(), Query(by=("year",)), Query(by=("source",)), Query(by=("role",))])
def test_no_facts_give_no_rates(facts: Build, query: Query) -> None:
    table = rates(facts([]), query)
    assert list(table.columns) == ["skill", "level", *query.by, *VALUES]
    assert table["n"].sum() == 0
    assert table["rate"].isna().all()
    assert table.attrs["n_postings"] == 0


row = st.fixed_dictionaries(
    {
        "posted_on": st.sampled_from(["2021", "2022", "2023"]),
        "cluster_id": st.integers(0, 150).map(str),
        "company_id": st.one_of(st.none(), st.integers(0, 60).map(str)),
        "roles": st.lists(st.sampled_from(DATA_ROLES), min_size=1, max_size=3, unique=True),
        "family": st.sampled_from(["hn", "ats"]),
        "airflow": st.sampled_from([None, *LEVELS]),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(row, min_size=20, max_size=200), st.sampled_from(["none", "company", "capped", "mix"]))
def test_bounds_and_totals(facts: Build, rows: list[dict[str, Any]], weights: str) -> None:
    table = facts(rows)
    found = rates(table, Query(by=("year",), weights=weights))
    shown = found.dropna(subset=["rate"])
    assert (shown["low"] <= shown["rate"]).all()
    assert (shown["rate"] <= shown["high"]).all()
    assert shown["low"].ge(0).all()
    assert shown["high"].le(1).all()
    assert (found["rate"].isna() == found["flag"].str.contains("withheld")).all()
    assert (found["rate"].isna() == (found["n_eff"] < 30)).all()
    if weights != "mix":
        total = rates(table, Query(weights=weights))
        assert found[["k", "n"]].sum().tolist() == total[["k", "n"]].iloc[0].tolist()

"""The cube: every cell is what `rates` gives for the same question."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import DATA_ROLES, LEVELS
from analysis.measure.cube import common_skills, cube
from analysis.measure.population import Query
from analysis.measure.rates import rates

Builder = Callable[[Iterable[dict[str, Any]]], pa.Table]
WINDOWS = [(2020, 2022), (2020, 2020), (2021, 2021), (2022, 2022)]
SKILLS = ("airflow", "dbt")


def make(n: int) -> Iterable[dict[str, Any]]:
    """Invented postings of uneven companies: copies, two roles, no role, adverts of a vendor and their copies."""
    random = np.random.default_rng(7)
    for i in range(n):
        skills = [
            {"skill": s, "level": LEVELS[int(random.integers(3))], "how": "cue"}
            for s in SKILLS
            if random.random() < 0.35
        ]
        roles = [DATA_ROLES[int(r)] for r in random.choice(3, size=int(random.integers(1, 3)), replace=False)]
        yield {
            "skills": skills,
            "roles": roles if random.random() < 0.9 else (["software_engineer"] if random.random() < 0.5 else []),
            "company_id": f"c{int(random.zipf(1.6)) % 90}" if random.random() < 0.9 else None,
            "cluster_id": f"v{i - i % 2 if random.random() < 0.3 else i}",
            "cluster_rank": i % 2,
            "family": "hn" if random.random() < 0.4 else "job_board",
            "posted_on": f"{2020 + int(random.integers(3))}-03",
            "vendor_of": "dbt" if random.random() < 0.08 else None,
        }


@pytest.fixture(scope="module")
def market(facts: Builder) -> pa.Table:
    return facts(make(900))


@pytest.fixture(scope="module")
def cells(market: pa.Table) -> pd.DataFrame:
    return cube(market, SKILLS, WINDOWS)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_cell_is_what_rates_gives(market: pa.Table, cells: pd.DataFrame, data: st.DataObject) -> None:
    cell = cells.iloc[data.draw(st.integers(0, len(cells) - 1))]
    query = Query(
        skill=cell["skill"],
        level=cell["level"],
        roles=None if cell["role"] == "all" else (cell["role"],),
        families=None if cell["family"] == "all" else (cell["family"],),
        years=(int(cell["first"]), int(cell["last"])),
    )
    expected = rates(market, query).iloc[0]
    for name in ("k", "n", "n_companies", "flag"):
        assert cell[name] == expected[name], name
    for name in ("n_eff", "rate", "low", "high"):
        assert math.isclose(cell[name], expected[name], rel_tol=1e-9) or (
            math.isnan(cell[name]) and math.isnan(expected[name])
        ), name


def test_the_invented_market_has_vendors_and_both_shown_and_withheld_cells(cells: pd.DataFrame) -> None:
    pooled = cells[(cells["role"] == "all") & (cells["family"] == "all") & (cells["first"] < cells["last"])]
    n = pooled.groupby("skill")["n"].first()
    assert n["dbt"] < n["airflow"]
    assert cells["rate"].notna().any()
    assert cells["rate"].isna().any()


def test_a_rate_by_hand_and_a_company_that_is_everything(facts: Builder) -> None:
    rows = [{"company_id": "one", "airflow": "required"} for _ in range(3)] + [{"company_id": "one"}]
    cells = cube(facts(rows), ("airflow",), [(2022, 2022)])
    found = cells.query("level == 'required' and role == 'data_engineer' and family == 'all'").iloc[0]
    assert (found["k"], found["n"], found["n_companies"], found["n_eff"]) == (3, 4, 1, 1)
    assert found["flag"] == "withheld;dominated"
    assert set(cells["role"]) == {"all", "data_engineer"}


def test_levels_add_up(cells: pd.DataFrame) -> None:
    k = cells.pivot_table(index=["skill", "role", "family", "first", "last"], columns="level", values="k")
    assert (k["required"] + k["preferred"] + k["mentioned"] == k["any"]).all()
    assert (k["required"] + k["preferred"] == k["required_or_preferred"]).all()


def test_mixed_tagger_versions_are_flagged(facts: Builder) -> None:
    table = facts([{"tagger_version": str(i % 2)} for i in range(80)])
    assert set(cube(table, ("airflow",), [(2022, 2022)])["flag"]) == {"mixed versions"}


def test_common_skills_are_those_named_often(facts: Builder) -> None:
    rows: list[dict[str, Any]] = [{"airflow": "required"}] * 3 + [
        {"skills": [{"skill": "dbt", "level": "mentioned", "how": "cue"}]}
    ]
    assert common_skills(facts(rows), 1) == ("airflow", "dbt")
    assert common_skills(facts(rows), 2) == ("airflow",)

"""Reposts: same vacancy, same employer, new id, a later day of posting of the same kind."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from analysis.fact import FACT_SCHEMA, Fact
from analysis.loading import _ENCODED
from analysis.reposts import COLUMNS, reposts


def facts(*rows: dict[str, Any]) -> pa.Table:
    common = {
        "source": "gardens",
        "family": "ats",
        "cluster_id": "c",
        "company_id": "kelp",
        "posted_on_kind": "published",
    }
    made = [asdict(Fact(posting_id=f"p{i}", **{**common, **row})) for i, row in enumerate(rows)]
    return pa.Table.from_pylist(made, FACT_SCHEMA).cast(_ENCODED)


def pairs(table: pa.Table) -> list[tuple[str, str]]:
    found = reposts(table)
    assert tuple(found.columns) == COLUMNS
    return list(zip(found["previous_id"], found["posting_id"], strict=True))


def test_each_later_day_is_one_repost_of_the_one_before() -> None:
    table = facts(
        {"posted_on": "2024-03-01"},
        {"posted_on": "2024-01-05"},
        {"posted_on": "2024-03-01"},
        {"posted_on": "2024-02-01"},
    )
    assert pairs(table) == [("p1", "p3"), ("p3", "p0")]
    assert list(reposts(table)["previous_on"]) == ["2024-01-05", "2024-02-01"]


def test_what_cannot_be_compared_is_none() -> None:
    first = {"posted_on": "2024-01-05"}
    for other in (
        {"posted_on": "2024-02-01", "company_id": "basalt"},
        {"posted_on": "2024-02-01", "cluster_id": "d"},
        {"posted_on": "2024-02-01", "posted_on_kind": "created"},
        {"posted_on": "2024-02"},
        {"posted_on": None},
        {"posted_on": "2024-01-05"},
    ):
        assert pairs(facts(first, other)) == [], other
    for kind in ("seen", "updated", "scraped", "relative"):
        days = ({"posted_on": day, "posted_on_kind": kind} for day in ("2024-01-05", "2024-02-01"))
        assert pairs(facts(*days)) == [], kind
    unknown = ({"posted_on": day, "company_id": None} for day in ("2024-01-05", "2024-02-01"))
    assert pairs(facts(*unknown)) == []


def test_the_same_item_read_twice_is_no_repost() -> None:
    table = facts({"posted_on": "2024-01", "ref": "77"}, {"posted_on": "2024-02", "ref": "77"})
    assert pairs(table) == []
    assert pairs(facts()) == []

"""Builder of small fact tables: every field has a countable default, so that a test names only what it is about."""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pytest

from analysis.fact import FACT_SCHEMA

DEFAULTS: dict[str, Any] = {
    "source": "board_one",
    "family": "job_board",
    "cluster_rank": 0,
    "posted_on": "2022-05-01",
    "posted_on_kind": "published",
    "country": "KR",
    "lang": "ko",
    "n_chars": 900,
    "is_truncated": False,
    "is_survivor": False,
    "vendor_of": None,
    "roles": ["data_engineer"],
    "title_hash": 0,
    "body_hash": 0,
    "near_hash": 0,
    "role_method": "title",
    "role_confidence": 0.9,
    "is_unsectioned": False,
    "tagger_version": "1",
}


def _fact(place: int, row: dict[str, Any]) -> dict[str, Any]:
    name = row.get("posting_id", f"p{place:05d}")
    fact = {**DEFAULTS, "posting_id": name, "cluster_id": name, "company_id": f"c{place}", **row}
    level = fact.pop("airflow", None)
    fact.setdefault("skills", [])
    if level:
        fact["skills"] = [*fact["skills"], {"skill": "airflow", "level": level, "how": "heading"}]
    return fact


@pytest.fixture(scope="session")
def facts() -> Callable[[Iterable[dict[str, Any]]], pa.Table]:
    """Return the builder: rows of fields that differ from the defaults; `airflow` is short for a skill at a level."""

    def build(rows: Iterable[dict[str, Any]]) -> pa.Table:
        return pa.Table.from_pylist([_fact(i, row) for i, row in enumerate(rows)], schema=FACT_SCHEMA)

    return build

"""Invented frames in the shape that figures draw, and invented facts that measure can count."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from analysis.draw.spec import TIDY, FigureData
from analysis.fact import DATA_ROLES, FACT_SCHEMA

Case = tuple[FigureData, dict[str, Any]]
"""Data of a figure and the data options it is drawn with."""

META: dict[str, Any] = {
    "sources": {"hackernews": 14_210, "board_a": 5_210, "greenhouse": 3_100, "board_b": 900},
    "n_postings": 23_420,
    "n_companies": 6_120,
    "share_weak_dates": 0.31,
    "share_unknown_company": 0.04,
    "largest_country": {2020: {"country": "US", "share": 0.5}, 2021: {"country": "KR", "share": 0.4}},
    "tagger_versions": ["1"],
    "trend": {"points_per_year": 1.1, "low": -0.2, "high": 2.4, "verdict": "cannot be judged"},
    "vintage": "2026-07",
}


def make_row(series: str, role: str, level: str, year: int | None, share: float, **values: Any) -> dict[str, Any]:
    n, flag = values.get("n", 1000), values.get("flag", "")
    wide = values.get("wide", 0.02)
    is_hidden = "withheld" in flag
    return {
        "series": series,
        "role": role,
        "level": level,
        "year": year,
        "n": n,
        "k": round(share * n),
        "rate": math.nan if is_hidden else share,
        "low": math.nan if is_hidden else max(0.0, share - wide),
        "high": math.nan if is_hidden else min(1.0, share + wide),
        "n_eff": n / 3,
        "n_companies": n // 4,
        "method": "jackknife-wilson",
        "weighting": "none",
        "covered_weight": values.get("covered", 1.0),
        "flag": flag,
    }


def to_data(rows: list[dict[str, Any]], **meta: Any) -> FigureData:
    return FigureData(pd.DataFrame(rows)[TIDY].astype({"year": "Int64", "flag": "str"}), {**META, **meta})


def make_yearly(
    shares: Mapping[str, list[float]],
    first: int = 2020,
    flags: Mapping[tuple[str, int], str] | None = None,
    by_role: Mapping[str, list[float]] | None = None,
    **values: Any,
) -> FigureData:
    """Make data of 4.1 from shares by series (and by role), each a list by year; flags by (series, year)."""
    marked = flags or {}
    rows = [
        make_row(key, "data_roles", "any", first + i, share, flag=marked.get((key, first + i), ""), **values)
        for key, line in shares.items()
        for i, share in enumerate(line)
    ]
    rows += [
        make_row(key, role, "any", first + i, share, flag=marked.get((role, first + i), ""), **values)
        for key in ("standardised", "raw")
        for role, line in (by_role or {}).items()
        for i, share in enumerate(line)
    ]
    return to_data(rows)


def make_pooled(
    parts: Mapping[str, tuple[float, float, float]], flags: Mapping[str, str] | None = None, **values: Any
) -> FigureData:
    """Make data of 4.2 from (required, preferred, mentioned) by role; flags by role."""
    rows = []
    for role, shares in parts.items():
        flag = (flags or {}).get(role, "")
        rows.append(make_row("total", role, "any", None, sum(shares), flag=flag, **values))
        rows += [
            make_row("part", role, level, None, share, flag=flag, **values)
            for level, share in zip(("required", "preferred", "mentioned"), shares, strict=True)
        ]
    return to_data(rows, share_unsectioned=0.42)


@pytest.fixture
def yearly() -> Callable[..., FigureData]:
    return make_yearly


@pytest.fixture
def pooled() -> Callable[..., FigureData]:
    return make_pooled


@pytest.fixture(scope="session")
def facts() -> pa.Table:
    """Return 1,800 invented facts: 60 companies, five years, five roles, two families; hits in a fixed pattern."""
    rows = []
    for i in range(1800):
        year, role, company = 2020 + i % 5, DATA_ROLES[(i // 5) % 5], f"c{i % 61}"
        level = ("required", "preferred", "mentioned")[i % 3]
        skills = [{"skill": "airflow", "level": level, "how": "heading"}] if (i * 7919) % 100 < 12 + 3 * (i % 5) else []
        row = {
            "posting_id": f"p{i}",
            "cluster_id": f"p{i}",
            "source": "hackernews" if i % 4 else "board_a",
            "family": "hn" if i % 4 else "job_board",
            "company_id": company,
            "posted_on": f"{year}-05-01",
            "posted_on_kind": "thread" if i % 4 else "scraped",
            "country": "KR" if i % 2 else "US",
            "lang": "en",
            "n_chars": 900,
            "roles": [role],
            "role_method": "title",
            "role_confidence": 0.9,
            "skills": skills,
            "is_unsectioned": i % 2 == 0,
            "tagger_version": "1",
            "cluster_rank": 0,
            "title_hash": i,
            "body_hash": i,
            "near_hash": i,
            "is_truncated": False,
            "is_survivor": False,
        }
        rows.append({name: row.get(name) for name in FACT_SCHEMA.names})
    return pa.Table.from_pylist(rows, schema=FACT_SCHEMA)

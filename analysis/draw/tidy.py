"""Tidy: what measure counts, as the rows and metadata that a figure publishes."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.draw.spec import TIDY
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.measure.trend import trends


def tidy(table: pd.DataFrame, series: str, role: str | None = None) -> pd.DataFrame:
    """Return a table of rates as rows with the columns TIDY; `role` names the population of a table not by role."""
    rows = table.assign(series=series) if role is None else table.assign(series=series, role=role)
    rows = rows.reindex(columns=TIDY).astype({"year": "Int64", "flag": "str"})
    rows.attrs = {}
    return rows


def attrs_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return what a table of rates rests on, as plain values."""
    return {str(name): value for name, value in table.attrs.items()}


def trend_of(facts: pa.Table, query: Query) -> dict[str, Any] | None:
    """Return the standardised trend in points per year with the verdict it shares with Hacker News alone.

    None when there are too few years with a rate to speak of a trend.
    """
    table = trends(facts, query)
    row = table[table["series"] == "standardised"].iloc[0]
    slope = {name: float(row[name]) for name in ("points_per_year", "low", "high")}
    if any(math.isnan(value) for value in slope.values()):
        return None
    return {**slope, "verdict": str(table.attrs["verdict"])}


def unsectioned_share(facts: pa.Table, query: Query) -> float | None:
    """Return the share of the counted postings whose text separates no requirements; None when nothing is counted."""
    table = rates(facts, replace(query, by=("is_unsectioned",)))
    n = int(table["n"].sum())
    return int(table.loc[table["is_unsectioned"].astype(bool), "n"].sum()) / n if n else None

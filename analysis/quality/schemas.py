"""Schemas: what postings, facts and rates must look like before anything is made of them."""

from typing import Any, Final

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from analysis.fact import ROLES
from scrapers.posting import DATE_KINDS, FAMILIES

_ID: Final = r"[0-9a-f]{16}"
_DATE: Final = r"[12]\d{3}(-\d\d(-\d\d([T ].*)?)?)?"
_METHODS: Final = ("title", "text", "model", "default")


def _text(**more: Any) -> pa.Column:
    return pa.Column(object, **more)


POSTINGS: Final = pa.DataFrameSchema(
    {
        "posting_id": _text(checks=pa.Check.str_matches(f"^{_ID}$"), unique=True),
        "source": _text(checks=pa.Check.str_length(min_value=1)),
        "family": _text(checks=pa.Check.isin(FAMILIES)),
        "lang": _text(checks=pa.Check.str_length(min_value=1)),
        "posted_at": _text(checks=pa.Check.str_matches(f"^{_DATE}$"), nullable=True),
        "posted_at_kind": _text(checks=pa.Check.isin(tuple(DATE_KINDS))),
    },
    name="postings",
)
"""The new and changed postings of a week."""

FACTS: Final = pa.DataFrameSchema(
    {
        "is_fact": pa.Column(bool, pa.Check(lambda found: found, name="tagged")),
        "n_chars": _text(checks=pa.Check(lambda n: n >= 0, name="no negative length"), nullable=True),
        "role": _text(checks=pa.Check.isin(("", *ROLES))),
        "role_method": _text(checks=pa.Check.isin(_METHODS), nullable=True),
        "role_confidence": _text(checks=pa.Check(lambda p: (p >= 0) & (p <= 1), name="between 0 and 1"), nullable=True),
    },
    name="facts",
)
"""Their facts: every posting has one."""

RATES: Final = pa.DataFrameSchema(
    {
        "k": pa.Column(checks=pa.Check(lambda k: k >= 0, name="no negative count")),
        "n": pa.Column(checks=pa.Check(lambda n: n >= 0, name="no negative count")),
        "rate": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "low": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "high": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
    },
    checks=[
        pa.Check(lambda t: t["k"] <= t["n"], name="k at most n"),
        pa.Check(lambda t: t["rate"].isna() | (t["low"] <= t["rate"]) & (t["rate"] <= t["high"]), name="rate inside"),
    ],
    name="rates",
)
"""The rates that figures are drawn from."""


def faults(schema: pa.DataFrameSchema, table: pd.DataFrame) -> list[str]:
    """Return one line for each column and rule that rows break, with how many do and the first value."""
    if table.empty:
        return []
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as error:
        found = error.failure_cases
        return [
            f"{column or schema.name}: {rule} ({len(rows)}, first {str(rows['failure_case'].iloc[0])[:60]!r})"
            for (column, rule), rows in found.groupby(["column", "check"], dropna=False, sort=True)
        ]
    return []

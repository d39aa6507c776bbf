"""Coverage: in how many postings requirements stand apart, by source and year, and what decided the levels."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.fact import HOWS
from analysis.measure.population import connect

MIN_SHOWN: Final = 30
"""Fewer postings of a source in a year are not compared."""
DROP: Final = 0.20
"""A share that falls by more than this from one year to the next is flagged."""

NONE: Final = "none"
DROPPED: Final = "dropped"
_NOTES: Final = {"": "", NONE: " (none)", DROPPED: " (dropped)"}

_BY_YEAR: Final = """
SELECT source, left(posted_on, 4) AS year, count(*) AS n, avg(CAST(NOT is_unsectioned AS INTEGER)) AS rate
FROM facts GROUP BY ALL ORDER BY source, year NULLS LAST
"""
_BY_HOW: Final = """
SELECT how, count(*) AS n FROM (SELECT unnest(skills, recursive := true) FROM facts) GROUP BY how
"""


def section_coverage(facts: pa.Table) -> pd.DataFrame:
    """Return source, year (null: undated), n, rate and flag, sorted by source and year.

    `rate` is the share of postings in which a heading or a field of the source separates requirements. `flag` is
    none (no posting has any) or dropped (more than DROP below the source's year before), "" otherwise and below
    MIN_SHOWN postings. A source whose layout changed shows here first: its levels silently become mentioned.
    """
    table = _query(facts, _BY_YEAR)
    is_shown = table["n"] >= MIN_SHOWN
    before = table[is_shown & table["year"].notna()].groupby("source")["rate"].shift()
    table["flag"] = ""
    table.loc[table["rate"] < before.reindex(table.index) - DROP, "flag"] = DROPPED
    table.loc[is_shown & (table["rate"] == 0), "flag"] = NONE
    return table


def levels_decided(facts: pa.Table) -> dict[str, float]:
    """Return the share of skills named whose level was decided by each of HOWS; empty when no skill is named."""
    found = _query(facts, _BY_HOW).set_index("how")["n"]
    total = int(found.sum())
    return {how: int(found.get(how, 0)) / total for how in HOWS} if total else {}


def worst(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return the flagged rows, those of most postings first."""
    return coverage[coverage["flag"] != ""].sort_values("n", ascending=False, kind="stable")


def to_lines(coverage: pd.DataFrame) -> list[str]:
    """Return rows as lines for a terminal."""
    return [
        f"  {r['source']} {r['year'] or 'undated'}: {r['rate']:.0%} of {r['n']:,}{_NOTES[r['flag']]}"
        for r in to_rows(coverage)
    ]


def to_rows(coverage: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values, None for an unknown year."""
    plain = coverage.astype(object).where(coverage.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _query(facts: pa.Table, sql: str) -> pd.DataFrame:
    with connect() as connection:
        connection.register("facts", facts.select(["source", "posted_on", "is_unsectioned", "skills"]))
        found: pd.DataFrame = connection.sql(sql).to_arrow_table().to_pandas()
    return found

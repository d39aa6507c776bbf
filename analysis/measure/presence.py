"""Presence: how many of the postings counted each source gives in each year, and how many are of the largest employers.

These are counts of what was collected, not estimates of a market: they have no interval.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.measure.intervals import N_EFF_SHOWN
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import describe, periods

COLUMNS: Final = ("source", "family", "year", "n", "n_companies", "n_top", "top_share")
ALL: Final = "all"
"""Stands in the source column for all sources together, and in the family column beside it."""
N_TOP: Final = 10

DEFINITIONS: Final = {
    "n": "postings counted, of the source whose copy is counted; sources of a year add up to all",
    "n_companies": "employers, a posting of an unknown one being an employer of its own",
    "n_top": f"postings of the {N_TOP} known employers that have most of them in that year",
    "top_share": f"n_top / n; null below {N_EFF_SHOWN} postings",
}


def presence(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return postings counted by source and year: COLUMNS, first the rows of all sources, then sources by name.

    `facts` has the columns of FACT_SCHEMA. Every source that gives a posting has a row for every year shown, with n = 0
    where it gives none; `top_share` is in [0, 1]. `query.skill` only decides whose vendors are left out. Raises
    QueryError for `by` other than year and for weights.
    """
    if set(query.by) - {"year"} or query.weights != "none":
        raise QueryError("presence is counted by source and year, unweighted: leave by and weights out")
    asked = replace(query, by=("year",))
    frame = counted(facts, asked)
    years = periods(frame, asked)
    wholes = [(ALL, ALL, frame)]
    wholes += [(str(name), str(part["family"].iloc[0]), part) for name, part in frame.groupby("source", sort=True)]
    rows = [
        {"source": name, "family": family, "year": year, **_size(part[(part["year"] == year).to_numpy(np.bool_)])}
        for name, family, part in wholes
        for year in years
    ]
    table = describe(pd.DataFrame(rows, columns=list(COLUMNS)), frame, asked)
    table.attrs["definitions"] = {**DEFINITIONS, "duplicates": table.attrs["definitions"]["duplicates"]}
    return table


def _size(part: pd.DataFrame) -> dict[str, float]:
    n = len(part)
    known = part.loc[part["is_known_company"].to_numpy(np.bool_), "company"]
    n_top = int(known.value_counts().nlargest(N_TOP).sum())
    share = n_top / n if n >= N_EFF_SHOWN else math.nan
    return {"n": n, "n_companies": int(part["company"].nunique()), "n_top": n_top, "top_share": share}

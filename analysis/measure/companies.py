"""The same rate with one vote per posting, per company, or in between, and where these disagree."""

import math
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.measure.compare import contrast
from analysis.measure.population import WEIGHTS, Query, QueryError, counted
from analysis.measure.rates import MIXED_VERSIONS, VALUES, as_row, describe, periods
from analysis.measure.standardise import Series, crude

VOTES: Final = {"none": "posting-weighted", "capped": "capped", "company": "company-weighted"}
"""Weights of a query, and what a rate under them is called."""
ANY: Final = "any-rate"

EXTRA: Final = ("difference", "difference_low", "difference_high", "note")
DEFINITIONS: Final = {
    **{name: WEIGHTS[weights] for weights, name in VOTES.items()},
    ANY: "share of companies with at least one hit: k and n count companies; grows with the postings seen of each",
    "difference": "percentage points above posting-weighted, of the same companies",
    "note": "higher or lower than posting-weighted where the interval of the difference leaves zero",
}


def companies(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return the rate posting-weighted, capped, company-weighted and as any-rate: as `rates`, with EXTRA after VALUES.

    `weighting` names the row. With k_g hits in the n_g postings of company g: sum k_g / sum n_g; the same with each
    posting weighing min(n_g, 3) / n_g; the mean of k_g / n_g; and the share of companies with k_g > 0, whose k and n
    count companies. The first three ask the same of different samples: where large employers differ from small ones,
    they estimate different things, and `note` says so when the interval of the difference (in points, paired by
    company, `intervals.difference`) leaves zero. The any-rate is another quantity and not compared: more postings seen
    of a company make a hit more likely, so it is fit for no comparison between years or sources of different size. A
    posting whose employer is not known counts as a company of its own; `.attrs["share_unknown_company"]` is how many.

    Coverage of the nominal 95% interval of the difference, 1,000 draws each of 120 and 400 companies sized
    min(40, ceil(40/i)): 94% to 98% where size and rate have nothing to do with each other, and company-weighted also
    where they do; 89% to 91% of capped where the nine largest employers alone differ (45% against 25%).

    By year, or of the whole period: raises QueryError for other columns in `by`; `query.weights` is not used.
    """
    if others := [name for name in query.by if name != "year"]:
        raise QueryError(f"votes are compared in one series: leave {', '.join(others)} out of by")
    asked = replace(query, weights="none")
    frame = counted(facts, asked)
    years = periods(frame, asked)
    found = {name: crude(frame, years, weights) for weights, name in VOTES.items()}
    found[ANY] = crude(_one_row_each(frame, asked), years)
    suffix = MIXED_VERSIONS if frame["tagger_version"].nunique() > 1 else ""
    rows = [
        as_row(series, t, {"year": year}, asked, suffix) | {"weighting": name} | _beside(found, name, t)
        for t, year in enumerate(years)
        for name, series in found.items()
    ]
    table = pd.DataFrame(rows, columns=["skill", "level", *asked.by, *VALUES, *EXTRA])
    table = describe(table, frame, asked)
    del table.attrs["definitions"]["weights"]
    table.attrs["definitions"] |= DEFINITIONS
    return table


def _one_row_each(frame: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Return a frame with a row per company (and year, where that is asked), a hit if any of its postings is one."""
    places = ["company", *query.by]
    return frame.sort_values("hit", ascending=False, kind="stable").drop_duplicates(places)


def _beside(found: dict[str, Series], name: str, t: int) -> dict[str, Any]:
    """Return the columns EXTRA of one row: how far it lies from the posting-weighted rate."""
    first = VOTES["none"]
    is_compared = name not in (first, ANY)
    value, low, high = contrast(found[first], found[name], t) if is_compared else (math.nan,) * 3
    note = f"higher than {first}" if low > 0 else f"lower than {first}" if high < 0 else ""
    return dict(zip(EXTRA, (value, low, high, note), strict=True))

"""Rates of several skills by year, all on the same postings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import pyarrow as pa

from analysis.measure.hits import hits_of
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import MIXED_VERSIONS, VALUES, describe, make_row, periods, series

VENDORS: Final = "adverts of the vendors of any skill compared are left out for all of them"


def rates_abreast(facts: pa.Table, query: Query, skills: Sequence[str]) -> pd.DataFrame:
    """Return rates by year of two or more skills: skill, level, year, VALUES; skills in the order given.

    As `rates` of each skill by year, but on the same postings, so that n is one for all skills of a year;
    `query.skill` and `query.by` are not used, `.attrs` name the first skill. Raises QueryError as `hits_of` does, and
    for `by` other than year.
    """
    if others := [name for name in query.by if name != "year"]:
        raise QueryError(f"skills stand abreast by year alone: leave {', '.join(others)} out of by")
    asked = replace(query, skill=skills[0] if skills else query.skill, by=("year",))
    frame, hits = hits_of(facts, asked, skills)
    years = periods(frame, asked)
    suffix = MIXED_VERSIONS if frame["tagger_version"].nunique() > 1 else ""
    rows = []
    for skill, hit in zip(skills, hits.T, strict=True):
        found = series(frame.assign(hit=hit), asked, years)
        own = replace(asked, skill=skill)
        rows += [make_row(found, t, {"year": year}, own, suffix) for t, year in enumerate(years)]
    table = describe(pd.DataFrame(rows, columns=["skill", "level", "year", *VALUES]), frame, asked)
    table.attrs["definitions"]["vendors"] = VENDORS
    return table

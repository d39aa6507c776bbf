"""Rates: the table of hits, postings, rates and intervals that answers a query, with what it rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.fact import LEVELS, ROLES
from analysis.measure.correct import CORRECTED, N_AUDITED_FIRM, THIN_AUDIT, Audit, correct, learn
from analysis.measure.correct import METHOD as CORRECTION
from analysis.measure.intervals import METHOD, flag
from analysis.measure.population import UNKNOWN, WEIGHTS, Query, counted
from analysis.measure.standardise import MIN_COVER, Periods, Series, crude, standardise

VALUES: Final = (
    "k",
    "n",
    "n_companies",
    "n_eff",
    "rate",
    "low",
    "high",
    "method",
    "weighting",
    "covered_weight",
    "flag",
)
"""Columns of a table of rates, after skill, level and the columns asked for with `by`."""

MIXED_VERSIONS: Final = "mixed versions"
LOW_COVER: Final = "withheld;low cover"

DEFINITIONS: Final = {
    "k": "postings counted that name the skill at the level asked",
    "n": "postings counted: one per vacancy and year",
    "n_eff": "independent postings that would tell as much; below 30 the rate is withheld",
    "interval": "95%, delete-one-company jackknife, Wilson bounds on the effective size",
    "duplicates": "a vacancy counts once per year, however often it is copied or reposted",
}


def rates(facts: pa.Table, query: Query, audited: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return rates with intervals: skill, level, the `by` columns, then VALUES; what they rest on is in `.attrs`.

    `facts` has the columns of FACT_SCHEMA. `rate`, `low` and `high` are in [0, 1], and NaN in a withheld row, whose
    k and n stay; `flag` joins by ";" withheld or small, imprecise, dominated, mixed versions. By year, every year of
    `query.years` has a row (without `years`, every year found), and by role every role of the population, also when
    nothing was counted. With weights mix, k and n are those of the cells held fixed.

    With `audited`, hits that were read (`analysis.audit.graded`), the columns CORRECTED come after VALUES: the rate,
    low and high had every hit been read, and how many were; NaN in a withheld row. A correction that rests on fewer
    than N_AUDITED_FIRM is flagged as thin audit. Postings that the tagger missed are not in it.
    """
    frame = counted(facts, query)
    audit = None if audited is None else learn(audited)
    table = _tabulate(frame, query, audit).pipe(describe, frame, query)
    if audited is not None:
        table.attrs["definitions"]["correction"] = CORRECTION
        table.attrs["n_audited"] = len(audited)
        graded_by = sorted(audited["tagger_version"].unique())
        if graded_by != table.attrs["tagger_versions"]:
            table.attrs["warnings"].append(f"hits that were read are tagged by {', '.join(graded_by)}")
    return table


def levels(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return rates of required, preferred and mentioned, whose k add up to the k of level any; as `rates` otherwise.

    `query.level` is not used: a posting counts in the one part that is its strongest level.
    """
    frame = counted(facts, query)
    parts = [_tabulate(frame.assign(hit=frame["level"] == level), replace(query, level=level)) for level in LEVELS]
    return pd.concat(parts, ignore_index=True).pipe(describe, frame, replace(query, level="any"))


def periods(frame: pd.DataFrame, query: Query) -> Periods:
    """Return the years a query shows: those asked for, else those found; (None,) when it is not by year."""
    if "year" not in query.by:
        return (None,)
    if query.years is not None:
        return tuple(range(query.years[0], query.years[1] + 1))
    return tuple(int(year) for year in sorted(frame["year"].dropna().unique()))


def series(frame: pd.DataFrame, query: Query, years: Periods) -> Series:
    """Return the series of a counting frame under the query's weights."""
    return standardise(frame, years) if query.weights == "mix" else crude(frame, years, query.weights)


def _tabulate(frame: pd.DataFrame, query: Query, audit: Audit | None = None) -> pd.DataFrame:
    years = periods(frame, query)
    versions = {v for v in frame["tagger_version"].unique() if "tagger_version" not in query.by}
    suffix = MIXED_VERSIONS if len(versions) > 1 else ""
    rows = []
    for key, group in _groups(frame, query):
        found = series(group, query, years)
        new = [as_row(found, t, key | {"year": year}, query, suffix) for t, year in enumerate(years)]
        if audit is not None:
            more = correct(group, query.level, audit, partial(series, query=query, years=years))
            new = [_with_correction(row, correction) for row, correction in zip(new, more, strict=True)]
        rows += new
    extra = () if audit is None else CORRECTED
    table = pd.DataFrame(rows, columns=["skill", "level", *query.by, *VALUES, *extra])
    return table.sort_values(list(query.by), key=_order, ignore_index=True, kind="stable") if query.by else table


def _groups(frame: pd.DataFrame, query: Query) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    names = [name for name in query.by if name != "year"]
    if not names:
        yield {}, frame
        return
    found = {key: group for key, group in frame.groupby(names, observed=True, sort=True)}
    # A role without a single posting is a finding too: its row says n = 0 instead of being absent.
    keys: Sequence[tuple[Any, ...]] = [(r,) for r in query.population or ()] if names == ["role"] else []
    for key in keys or list(found):
        group = found.get(key)
        yield dict(zip(names, key, strict=True)), frame.iloc[:0] if group is None else group


def as_row(found: Series, t: int, key: dict[str, Any], query: Query, suffix: str) -> dict[str, Any]:
    """Return the row of period t of a series: skill, level, `key`, then VALUES; `suffix` ends its flag."""
    interval = found.interval(t)
    is_thin = found.covered_weight < MIN_COVER
    flags = [f for f in (LOW_COVER if is_thin else flag(interval), suffix) if f]
    shown = {name: getattr(interval, name) for name in ("rate", "low", "high")}
    if is_thin or "withheld" in flag(interval):
        shown = dict.fromkeys(shown, float("nan"))
    return {
        "skill": query.skill,
        "level": query.level,
        **key,
        "k": int(found.k[t]),
        "n": int(found.n[t]),
        "n_companies": interval.n_companies,
        "n_eff": interval.n_eff,
        **shown,
        "method": METHOD,
        "weighting": query.weights,
        "covered_weight": found.covered_weight,
        "flag": ";".join(flags),
    }


def _with_correction(row: dict[str, Any], correction: dict[str, float]) -> dict[str, Any]:
    """Add a correction to a row; a rate that is withheld is withheld corrected too."""
    if row["rate"] != row["rate"]:
        return row | correction | dict.fromkeys(CORRECTED[:3], float("nan"))
    is_thin = 0 < correction["n_audited"] < N_AUDITED_FIRM
    return row | correction | {"flag": ";".join(f for f in (row["flag"], THIN_AUDIT if is_thin else "") if f)}


def _order(column: "pd.Series[Any]") -> "pd.Series[Any]":
    if column.name != "role":
        return column
    return column.map({role: i for i, role in enumerate((*ROLES, UNKNOWN))})


def describe(table: pd.DataFrame, frame: pd.DataFrame, query: Query) -> pd.DataFrame:
    """Add what a table of rates rests on as plain values in `.attrs`, from its counting frame.

    A posting with several roles is counted once there.
    """
    postings = frame.drop_duplicates(["posting_id", "year"])
    n = len(postings)
    versions = sorted(postings["tagger_version"].unique())
    table.attrs = {
        "query": asdict(query),
        "sources": {str(k): int(v) for k, v in postings["source"].value_counts().sort_index().items()},
        "n_postings": n,
        "n_companies": int(postings["company"].nunique()),
        "share_unknown_company": float((~postings["is_known_company"]).mean()) if n else 0.0,
        "share_weak_dates": float(postings["is_weak_date"].mean()) if n else 0.0,
        "largest_country": _largest_countries(postings),
        "tagger_versions": versions,
        "warnings": [MIXED_VERSIONS] if len(versions) > 1 else [],
        "definitions": {**DEFINITIONS, "weights": WEIGHTS[query.weights]},
    }
    return table


def _largest_countries(postings: pd.DataFrame) -> dict[int, dict[str, Any]]:
    found = {}
    for year, country in postings.groupby("year")["country"]:
        n = country[country != UNKNOWN].value_counts().sort_index()
        if len(n):
            found[int(str(year))] = {"country": str(n.idxmax()), "share": int(n.max()) / len(country)}
    return found

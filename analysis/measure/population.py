"""The counting population: which postings a question is about, and which of their facts are counted."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa

from analysis.fact import COUNTABLE_KINDS, DATA_ROLES, FACT_SCHEMA, LEVELS, MIN_CHARS, ROLES, WEAK_KINDS
from analysis.faults import Misuse
from scrapers.posting import FAMILIES

LEVEL_CHOICES: Final = {
    "any": LEVELS,
    "required": ("required",),
    "preferred": ("preferred",),
    "required_or_preferred": ("required", "preferred"),
    "mentioned": ("mentioned",),
}
"""What may be asked for, and the levels that answer it; a posting has one level per skill, so single ones add up."""

WEIGHTS: Final = {
    "none": "every posting weighs the same",
    "mix": "role and source type held fixed at their pooled shares",
    "company": "every company weighs the same",
    "capped": "a company weighs as much as its postings, at most three",
}
LANGS: Final = ("ko", "en", "de", "fr", "es", "pt", "other")
UNKNOWN: Final = "unknown"
"""Stands for a country or role that is not known."""
NO_EMPLOYER: Final = "vacancy "
"""Begins the name of the company that a vacancy is where no employer is known; ids of employers are hashes."""

GROUPS: Final = {
    "year": "year",
    "role": "role",
    "source": "source",
    "family": "family",
    "country": "country",
    "lang": "lang",
    "posting_lang": "lang",
    "posted_on_kind": "posted_on_kind",
    "role_method": "role_method",
    "is_unsectioned": "is_unsectioned",
    "tagger_version": "tagger_version",
}
"""What rates may be grouped by, and the column of the counting frame behind it."""

REASONS: Final = (
    "short",
    "truncated",
    "vendor",
    "no countable date",
    "survivor",
    "out of period",
    "not selected",
    "later weak date",
    "duplicate",
    "other role",
)
"""Why a posting is not counted, in the order in which it is asked; the first that applies is the reason."""


class QueryError(Misuse):
    """A question that cannot be asked; the message names what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the facts; raises QueryError when a value is not among those allowed."""

    skill: str = "airflow"
    level: str = "any"
    roles: tuple[str, ...] | None = None
    """None: the five data roles; ("all",): every posting."""
    years: tuple[int, int] | None = None
    """First and last year, both included; None: all, with undated postings unless grouped by year."""
    families: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    """Two-letter codes, or "unknown"; None, as for families and sources: all."""
    posting_lang: str | None = None
    by: tuple[str, ...] = ()
    weights: str = "none"
    with_vendors: bool = False
    with_survivors: bool = False
    date_kinds: tuple[str, ...] = COUNTABLE_KINDS
    """Kinds of date that are believed; a posting with another kind has no year."""

    def __post_init__(self) -> None:
        for name in ("roles", "years", "families", "sources", "countries", "by", "date_kinds"):
            object.__setattr__(self, name, _as_tuple(name, getattr(self, name)))
        if not re.fullmatch(r"[a-z0-9_]+", self.skill):
            raise QueryError(f"skill {self.skill!r} is not a skill id; an id looks like airflow or power_bi")
        _check("level", (self.level,), LEVEL_CHOICES)
        _check("weights", (self.weights,), WEIGHTS)
        _check("families", self.families or (), FAMILIES)
        _check("by", self.by, GROUPS)
        _check("date_kinds", self.date_kinds, COUNTABLE_KINDS)
        if self.roles != ("all",):
            _check("roles", self.roles or (), (*ROLES, "all (alone)"))
        if self.posting_lang is not None:
            _check("posting_lang", (self.posting_lang,), LANGS)
        self._check_shape()

    def _check_shape(self) -> None:
        lists = ("roles", "families", "sources", "countries", "date_kinds")
        if empty := [name for name in lists if getattr(self, name) == ()]:
            raise QueryError(f"{empty[0]} cannot be empty; leave it out for the default")
        if bad := [c for c in self.countries or () if c != UNKNOWN and not re.fullmatch(r"[A-Z]{2}", c)]:
            raise QueryError(f"countries: {bad[0]!r} is not a two-letter code in capitals, nor {UNKNOWN}")
        if self.years is not None and (len(self.years) != 2 or self.years[0] > self.years[1]):
            raise QueryError(f"years must be a first and a last year, not {self.years}")
        if len(set(self.by)) < len(self.by):
            raise QueryError(f"by names a column twice: {', '.join(self.by)}")

    @property
    def population(self) -> tuple[str, ...] | None:
        """The roles counted; None when every posting is."""
        return None if self.roles == ("all",) else self.roles or DATA_ROLES

    @property
    def is_yearly(self) -> bool:
        """True when the answer depends on years, so that dates must be known and survivors are left out."""
        return "year" in self.by or self.years is not None

    @property
    def is_by_role(self) -> bool:
        """True when a posting is counted in each of its roles."""
        return "role" in self.by or self.weights == "mix"


def _as_tuple(name: str, value: Iterable[Any] | None) -> tuple[Any, ...] | None:
    # A lone string is a sequence of letters: roles="data_engineer" would otherwise be refused as role 'd'.
    if isinstance(value, str):
        example = "(2020, 2024)" if name == "years" else f"({value!r},)"
        raise QueryError(f"{name} must be a tuple such as {example}")
    return None if value is None else tuple(value)


def _check(name: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    choices = tuple(allowed)
    if bad := [v for v in values if v not in choices]:
        raise QueryError(f"{name}: {bad[0]!r} is not one of {', '.join(choices)}")


_MARKED: Final = """
WITH fact AS (
    SELECT * EXCLUDE (cluster_id, company_id, country, roles, skills),
        coalesce(nullif(cluster_id, ''), posting_id) AS cluster_id,
        company_id IS NOT NULL AND NOT starts_with(company_id, $no_employer) AS is_known_company,
        coalesce(company_id, $no_employer || coalesce(nullif(cluster_id, ''), posting_id)) AS company,
        coalesce(country, $unknown) AS country,
        CASE WHEN $population IS NULL THEN coalesce(nullif(roles, []), [$unknown])
             ELSE list_filter(roles, lambda r: list_contains($population, r)) END AS roles,
        list_filter(skills, lambda s: s.skill = $skill)[1] AS named,
        struct_extract(named, 'level') AS level, struct_extract(named, 'how') AS how,
        list_contains($weak, posted_on_kind) AS is_weak_date,
        CASE WHEN list_contains($countable, posted_on_kind) THEN TRY_CAST(left(posted_on, 4) AS INTEGER) END AS dated
    FROM facts
), dated AS (
    SELECT *,
        CASE WHEN list_contains($date_kinds, posted_on_kind) THEN dated END AS year,
        min(CASE WHEN n_chars >= $min_chars AND NOT is_truncated THEN dated END)
            OVER (PARTITION BY cluster_id) AS first_year
    FROM fact
), asked AS (
    SELECT *, CASE
        WHEN n_chars < $min_chars THEN 'short'
        WHEN is_truncated THEN 'truncated'
        WHEN list_contains($vendors, vendor_of) AND NOT $with_vendors THEN 'vendor'
        WHEN $is_yearly AND year IS NULL THEN 'no countable date'
        WHEN $is_yearly AND is_survivor AND NOT $with_survivors THEN 'survivor'
        WHEN year NOT BETWEEN $first AND $last THEN 'out of period'
        WHEN NOT list_contains(coalesce($families, [family]), family)
            OR NOT list_contains(coalesce($sources, [source]), source)
            OR NOT list_contains(coalesce($countries, [country]), country)
            OR lang <> coalesce($lang, lang) THEN 'not selected'
        WHEN is_weak_date AND year > first_year THEN 'later weak date'
        END AS reason
    FROM dated
), marked AS (
    SELECT * EXCLUDE (reason), CASE
        WHEN reason IS NOT NULL THEN reason
        WHEN row_number() OVER (PARTITION BY cluster_id, reason, year ORDER BY cluster_rank, posting_id) > 1
            OR (year IS NULL AND max(year) OVER (PARTITION BY cluster_id, reason) IS NOT NULL) THEN 'duplicate'
        WHEN len(roles) = 0 THEN 'other role'
        END AS reason
    FROM asked
)
"""

_COUNTED: Final = """
SELECT posting_id, cluster_id, company, year, {role} AS role, len(roles) AS n_roles, source, family, country, lang,
    coalesce(list_contains($levels, level), false) AS hit, level, how, {weight} AS weight,
    is_weak_date, is_known_company, posted_on_kind, role_method, role_confidence, is_unsectioned, tagger_version
FROM marked WHERE reason IS NULL
ORDER BY cluster_id, year, posting_id, role
"""

_UNUSED: Final = {"ref", "title_hash", "body_hash", "near_hash"}


def connect() -> duckdb.DuckDBPyConnection:
    """Return a database of its own that draws no progress bar, which would fill the log of whoever calls."""
    connection = duckdb.connect()
    # In a notebook without widgets there is no bar, and no setting for it either.
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
    return connection


def _run(facts: pa.Table, query: Query, select: str, beside: Iterable[str] = ()) -> pa.Table:
    first, last = query.years or (None, None)
    known = {
        "unknown": UNKNOWN,
        "no_employer": NO_EMPLOYER,
        "population": query.population,
        "skill": query.skill,
        "vendors": (query.skill, *beside),
        "weak": WEAK_KINDS,
        "countable": COUNTABLE_KINDS,
        "date_kinds": query.date_kinds,
        "min_chars": MIN_CHARS,
        "with_vendors": query.with_vendors,
        "with_survivors": query.with_survivors,
        "is_yearly": query.is_yearly,
        "first": first,
        "last": last,
        "families": query.families,
        "sources": query.sources,
        "countries": query.countries,
        "lang": query.posting_lang,
        "levels": LEVEL_CHOICES[query.level],
    }
    sql = _MARKED + select
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in known.items() if f"${k}" in sql}
    with connect() as connection:
        connection.register("facts", facts.select([n for n in FACT_SCHEMA.names if n not in _UNUSED]))
        return connection.sql(sql, params=values).to_arrow_table()


def counted(facts: pa.Table, query: Query, beside: Iterable[str] = ()) -> pd.DataFrame:
    """Return the counting frame: one row per vacancy and year that answers the query, and per role where that is asked.

    `facts` has the columns of FACT_SCHEMA. Of a vacancy's members that pass the filters the one that joined first is
    counted, once per year, and its roles decide: asking for one role gives the row that grouping by role gives. A
    member dated only by scraping or dataset period counts in the vacancy's first year only, one without a year only
    when no dated member is left. By role (or with weights mix) a posting has one row for each of its roles in the
    population; else `role` is the first of them. `hit` says whether the posting names the skill at the level asked,
    `level` its level or null and `how` what decided it, `weight` is 1, or 1 / n_roles with weights mix. `company` is
    the employer's id, or the vacancy itself when no employer is known. Rows come in a fixed order. Adverts of the
    vendors of the skills `beside` are left out like those of the query's own, so that all are asked of the same
    postings.
    """
    if query.weights == "mix" and "year" not in query.by:
        raise QueryError("weights mix holds role and source type fixed over years: it needs year in by")
    select = _COUNTED.format(
        role="unnest(roles)" if query.is_by_role else "roles[1]",
        weight="1.0 / len(roles)" if query.weights == "mix" else "1.0",
    )
    frame: pd.DataFrame = _run(facts, query, select, beside).to_pandas()
    frame["year"] = frame["year"].astype("Int64")
    frame["weight"] = frame["weight"].astype(float)
    return frame.assign(**{name: frame[column] for name, column in GROUPS.items() if name in query.by})


def reasons(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return facts per source and reason: source, reason (None: counted), n; every fact is in one row's n."""
    select = "SELECT source, reason, count(*) AS n FROM marked GROUP BY ALL ORDER BY ALL"
    found: pd.DataFrame = _run(facts, query, select).to_pandas()
    return found


def each_reason(facts: pa.Table, query: Query) -> dict[str, str | None]:
    """Return why each fact is not counted, by posting_id; None for those that are.

    What decides lies within a vacancy, so that its facts alone give the same answer as all facts.
    """
    found = _run(facts, query, "SELECT posting_id, reason FROM marked").to_pydict()
    return dict(zip(found["posting_id"], found["reason"], strict=True))


def funnel(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return how many facts each rule leaves out: step, n_out, n_left; from all rows (first) down to those counted."""
    found = _run(facts, query, "SELECT reason, count(*) AS n FROM marked GROUP BY reason").to_pydict()
    n_out = dict(zip(found["reason"], found["n"], strict=True))
    steps = pd.DataFrame({"step": ["rows", *REASONS], "n_out": [0, *(n_out.get(r, 0) for r in REASONS)]})
    return steps.assign(n_left=facts.num_rows - steps["n_out"].cumsum())

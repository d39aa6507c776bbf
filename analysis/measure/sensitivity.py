"""Sensitivity: the same rate under every other way of counting that could have been chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.fact import DATA_ROLES, WEAK_KINDS
from analysis.measure.intervals import flag
from analysis.measure.population import LEVEL_CHOICES, NO_EMPLOYER, UNKNOWN, Query, QueryError, connect, counted
from analysis.measure.rates import describe
from analysis.measure.standardise import crude

Specification = Mapping[str, str]
"""One choice for each of DIMENSIONS."""

DIMENSIONS: Final = ("duplicates", "dates", "families", "weighting", "role_rule", "survivors", "vendors", "levels_how")
"""What can be chosen, the main ones first: of MAIN, pairs of departures are tried too."""
MAIN: Final = DIMENSIONS[:5]

DUPLICATES: Final = {
    "vacancy": "coalesce(nullif(cluster_id, ''), posting_id)",
    "same text": "CASE WHEN body_hash = 0 THEN posting_id ELSE 'text ' || body_hash END",
    "every posting": "posting_id",
}
"""What is taken for one vacancy, and its id among facts."""

FAMILY_CHOICES: Final[Mapping[str, tuple[str, ...] | None]] = {
    "all": None,
    "without hn": ("job_board", "ats", "korean_board"),
    "job boards": ("job_board", "korean_board"),
    "hn": ("hn",),
}

MIN_CONFIDENCE: Final = 0.8
ROLE_RULES: Final = {
    "any method": "true",
    "title only": "role_method = 'title'",
    f"confidence {MIN_CONFIDENCE}+": f"role_confidence >= {MIN_CONFIDENCE}",
}
"""Which roles are believed: a posting whose roles are not is in no population of roles."""

DECIDED: Final = ("native", "heading", "cue")
"""Evidence that a person could point at; the other kinds are the model's answer and the default."""
LEVEL_RULES: Final = ("as tagged", "decided only", "undecided counted", "with sections")
"""What becomes of mentions whose level nothing in the text decides: as tagged most are "mentioned"; left out; taken for
the level asked, which bounds the rate from above. Or only postings count whose text has sections."""


def sensitivity(facts: pa.Table, query: Query, frames: "Frames | None" = None) -> pd.DataFrame:
    """Return one rate per specification: DIMENSIONS, is_default, k, n, n_companies, n_eff, rate, low, high, flag.

    The first row is the query's own way of counting. After it come all single departures from it, then all pairs of
    departures in two of MAIN, 52 rows for a yearly question about data roles, three more about a level: not the
    full product, most of which nobody would defend. A dimension that the question settles (families when it names
    some) or that cannot matter (roles when every posting counts, survivors and weak dates without years) has one
    choice. Rates are in [0, 1] and withheld as in `rates`. How names of the skill are spelled cannot be varied:
    facts do not hold the spelling. `.attrs` has what `rates` says of the first row, "n_withheld", "n_distinct" (rows
    that differ in k, n or rate) and "span": the lowest and the highest rate that is not withheld.

    `frames` of the same facts, where several questions are asked of them, share what is counted. Raises QueryError for
    a question of more than one rate.
    Source: specification curve, Simonsohn, Simmons & Nelson, Nature Human Behaviour 4 (2020), 1208-1214.
    """
    if query.by:
        raise QueryError("sensitivity is that of one rate: leave by out")
    frames = Frames(facts) if frames is None else frames
    wanted = specifications(query)
    found: dict[tuple[str, ...], pd.DataFrame] = {}
    rows = []
    for each in wanted:
        # Weights are no part of a frame: one serves every way of weighing.
        key = tuple(choice for name, choice in each.items() if name != "weighting")
        if key not in found:
            found[key] = frames.of(query, each)
        rows.append({**each, "is_default": each == wanted[0], **_measure(found[key], each["weighting"])})
    table = pd.DataFrame(rows).pipe(describe, next(iter(found.values())), query)
    shown = table["rate"].dropna()
    table.attrs |= {
        "n_withheld": len(table) - len(shown),
        "n_distinct": len(table[["k", "n", "rate"]].drop_duplicates()),
        "span": (float(shown.min()), float(shown.max())) if len(shown) else None,
    }
    return table


def specifications(query: Query, dimensions: tuple[str, ...] = DIMENSIONS) -> list[dict[str, str]]:
    """Return the query's own choices, then single departures, then pairs of them in MAIN; only in `dimensions`."""
    choices = _choices(query)
    default = {name: choices[name][0] for name in DIMENSIONS}
    other = {name: choices[name][1:] for name in dimensions}
    singles = [{name: choice} for name in dimensions for choice in other[name]]
    main = [name for name in MAIN if name in dimensions]
    pairs = [{a: x, b: y} for a, b in combinations(main, 2) for x in other[a] for y in other[b]]
    return [default, *({**default, **departure} for departure in singles + pairs)]


def _choices(query: Query) -> dict[str, tuple[str, ...]]:
    has_both_kinds = not set(query.date_kinds).isdisjoint(WEAK_KINDS) and not set(WEAK_KINDS).issuperset(
        query.date_kinds
    )
    is_open = query.families is None and query.sources is None
    levels = LEVEL_RULES if query.population is not None else LEVEL_RULES[:-1]
    return {
        "duplicates": tuple(DUPLICATES),
        "dates": ("all kinds", "without weak kinds") if query.is_yearly and has_both_kinds else ("all kinds",),
        "families": tuple(FAMILY_CHOICES) if is_open else ("as asked",),
        "weighting": tuple(dict.fromkeys((query.weights, "none", "capped", "company"))),
        "role_rule": tuple(ROLE_RULES) if query.population is not None else ("any method",),
        "survivors": _in_or_out(query.with_survivors)[: 2 if query.is_yearly else 1],
        "vendors": _in_or_out(query.with_vendors),
        "levels_how": levels if query.level != "any" else levels[:1],
    }


def _in_or_out(is_in: bool) -> tuple[str, ...]:
    return ("counted", "left out") if is_in else ("left out", "counted")


def depart(facts: pa.Table, query: Query, specification: Specification) -> tuple[pa.Table, Query]:
    """Return the facts and the question by which any estimator answers under a specification.

    Facts whose vacancies cannot answer the question are gone. What is counted as one vacancy never makes employers:
    postings of one vacancy whose employer is not known stay one company.
    """
    return _recast(facts, query, specification), _ask(query, specification)


def _ask(query: Query, specification: Specification) -> Query:
    families = FAMILY_CHOICES.get(specification["families"], query.families)
    kinds = query.date_kinds
    if specification["dates"] == "without weak kinds":
        kinds = tuple(kind for kind in kinds if kind not in WEAK_KINDS)
    return replace(
        query,
        families=families,
        date_kinds=kinds,
        weights=specification["weighting"],
        with_vendors=specification["vendors"] == "counted",
        with_survivors=specification["survivors"] == "counted",
    )


_RECAST: Final = """
WITH fact AS (
    SELECT *, coalesce(nullif(cluster_id, ''), posting_id) AS vacancy, {vacancy} AS counted_as FROM facts
), wanted AS (
    SELECT DISTINCT counted_as FROM fact
    WHERE ($population IS NULL OR list_has_any(roles, $population))
        AND ($countries IS NULL OR list_contains($countries, coalesce(country, $unknown)))
        AND ($first IS NULL OR TRY_CAST(left(posted_on, 4) AS INTEGER) BETWEEN $first AND $last)
)
SELECT * EXCLUDE (vacancy, counted_as) REPLACE (
    counted_as AS cluster_id,
    coalesce(company_id, $no_employer || vacancy) AS company_id,
    CASE WHEN {is_believed} THEN roles ELSE [] END AS roles,
    {skills} AS skills
)
FROM fact SEMI JOIN wanted USING (counted_as)
"""

_SKILLS: Final = {
    "decided only": "list_filter(skills, lambda s: s.skill <> $skill OR list_contains($decided, s.how))",
    "undecided counted": """list_transform(skills, lambda s: {
        'skill': s.skill, 'how': s.how,
        'level': CASE WHEN s.skill = $skill AND NOT list_contains($decided, s.how) THEN $level ELSE s.level END})""",
}


def _recast(facts: pa.Table, query: Query, specification: Specification) -> pa.Table:
    rule = ROLE_RULES[specification["role_rule"]]
    if specification["levels_how"] == "with sections":
        rule = f"{rule} AND NOT is_unsectioned"
    sql = _RECAST.format(
        vacancy=DUPLICATES[specification["duplicates"]],
        is_believed=rule,
        skills=_SKILLS.get(specification["levels_how"], "skills"),
    )
    first, last = query.years or (None, None)
    known: dict[str, Any] = {
        "population": query.population,
        "countries": query.countries,
        "unknown": UNKNOWN,
        "no_employer": NO_EMPLOYER,
        "first": first,
        "last": last,
        "skill": query.skill,
        "decided": DECIDED,
        "level": LEVEL_CHOICES[query.level][0],
    }
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in known.items() if f"${k}" in sql}
    with connect() as connection:
        connection.register("facts", facts)
        return connection.sql(sql, params=values).to_arrow_table()


@dataclass(slots=True)
class Frames:
    """Counting frames of one table of facts, each counted once and shared by all roles, levels and specifications.

    Roles that are not believed, levels and weights change no member's place in its vacancy, so they are read from the
    frame by role and of any level; duplicates, dates, families, survivors and vendors decide who represents a vacancy
    and are counted anew.
    """

    facts: pa.Table
    _recast: dict[tuple[Any, ...], pa.Table] = field(default_factory=dict)
    _counted: dict[tuple[Query, str], pd.DataFrame] = field(default_factory=dict)

    def of(self, query: Query, specification: Specification) -> pd.DataFrame:
        """Return the rows that `counted(*depart(facts, query, specification))` would count, in its columns."""
        return self._rows(query, specification).drop_duplicates(["posting_id", "year"])

    def by_role(self, query: Query, specification: Specification) -> pd.DataFrame:
        """Return the same with a row for each role of the population, weighted as for weights mix."""
        frame = self._rows(query, specification)
        n_roles = frame.groupby("posting_id", sort=False)["role"].transform("size")
        return frame.assign(n_roles=n_roles, weight=1.0 / n_roles)

    def _rows(self, query: Query, specification: Specification) -> pd.DataFrame:
        frame = self._by_role(query, specification)
        is_in = _is_believed(frame, specification)
        if query.population is not None:
            is_in &= frame["role"].isin(query.population)
        frame = frame[is_in]
        return frame.assign(hit=_hits(frame, query.level, specification["levels_how"]))

    def _by_role(self, query: Query, specification: Specification) -> pd.DataFrame:
        is_of_data = query.population is not None and set(query.population) <= set(DATA_ROLES)
        broad = replace(query, roles=None if is_of_data else query.roles, level="any")
        asked = replace(_ask(broad, specification), by=("role",), weights="none")
        duplicates = specification["duplicates"]
        if (asked, duplicates) not in self._counted:
            self._counted[asked, duplicates] = counted(self._facts(broad, duplicates), asked)
        return self._counted[asked, duplicates]

    def _facts(self, query: Query, duplicates: str) -> pa.Table:
        key = (duplicates, query.population, query.countries, query.years)
        if key not in self._recast:
            own = {name: choices[0] for name, choices in _choices(query).items()}
            self._recast[key] = _recast(self.facts, query, own | {"duplicates": duplicates})
        return self._recast[key]


def _is_believed(frame: pd.DataFrame, specification: Specification) -> "pd.Series[bool]":
    rule = {
        "any method": frame["n_roles"] > 0,
        "title only": frame["role_method"] == "title",
    }.get(specification["role_rule"], frame["role_confidence"] >= MIN_CONFIDENCE)
    return rule & ~frame["is_unsectioned"] if specification["levels_how"] == "with sections" else rule


def _hits(frame: pd.DataFrame, level: str, how: str) -> "pd.Series[bool]":
    hits = frame["level"].isin(LEVEL_CHOICES[level])
    is_decided = frame["how"].isin(DECIDED)
    if how == "decided only":
        return hits & is_decided
    return hits | (frame["level"].notna() & ~is_decided) if how == "undecided counted" else hits


def _measure(frame: pd.DataFrame, weighting: str) -> dict[str, Any]:
    found = crude(frame, (None,), weighting)
    interval = found.interval(0)
    flags = flag(interval)
    is_shown = "withheld" not in flags
    return {
        "k": int(found.k[0]),
        "n": int(found.n[0]),
        "n_companies": interval.n_companies,
        "n_eff": interval.n_eff,
        **{name: getattr(interval, name) if is_shown else float("nan") for name in ("rate", "low", "high")},
        "flag": flags,
    }

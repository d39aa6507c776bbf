"""Claims: what somebody says of the demand for a skill, and what the postings say to it."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.measure.population import Query
from analysis.measure.rates import DEFINITIONS, periods, rates, series
from analysis.measure.sensitivity import Frames, Specification, sensitivity, specifications
from analysis.measure.steady import NOT_STEADY, STEADY, verdict_of
from analysis.measure.trend import CANNOT_BE_JUDGED, WITHHELD, Trend, fit, three_series

RELATIONS: Final = ("at_least", "about", "increasing")
TOLERANCE: Final = 0.05
"""By how much "about" may be off unless the claim says otherwise."""

COMPATIBLE: Final = "compatible"
LOWER: Final = "measured lower"
HIGHER: Final = "measured higher"
TOO_LITTLE: Final = "too little data"
VERDICTS: Final = {
    COMPATIBLE: "the interval reaches what is claimed",
    LOWER: "the whole interval lies below what is claimed; of growth: the years do not rise one after another",
    HIGHER: "the whole interval lies above what is claimed",
    TOO_LITTLE: "the rate is withheld: fewer than 30 independent postings; of growth: fewer than three years are shown",
    CANNOT_BE_JUDGED: "of growth: series that ought to agree do not",
}

POPULATIONS: Final[Mapping[str, tuple[str, ...] | None]] = {"all": None, "korea": ("KR",)}
"""Postings a claim is held against, and their countries; one that names countries or a language is judged there."""
AS_CLAIMED: Final = "as claimed"

SHARE: Final = "share"
PER_YEAR: Final = "points per year"

_GROWTH_DIMENSIONS: Final = ("duplicates", "dates", "role_rule", "survivors", "vendors", "levels_how")
"""Families and weights are no choice there: the verdict on growth rests on more than one of them already."""

_OF_GROWTH: Final = {STEADY: COMPATIBLE, NOT_STEADY: LOWER, CANNOT_BE_JUDGED: CANNOT_BE_JUDGED}

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement about the share of postings that ask for a skill or, with weights company, of companies' postings."""

    name: str
    wording: Mapping[str, str]
    """What is claimed about, by language: ko, en."""
    said: Mapping[str, str]
    """The claimed value in the words of whoever claims it, by language."""
    relation: str
    query: Query
    """The measure it is about: skill, level, roles, period and population."""
    value: float | None = None
    """Claimed share in [0, 1]; None for a claim of growth."""
    tolerance: float = TOLERANCE

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest share that agrees with the claim: [v, 1] for at_least, v ± tolerance for about."""
        value = 0.0 if self.value is None else self.value
        return (value, 1.0) if self.relation == "at_least" else (value - self.tolerance, value + self.tolerance)

    def verdict(self, rate: float, low: float, high: float) -> str:
        """Return the verdict on a claimed share from a measured rate and its 95% interval, NaN when withheld.

        The benefit of the doubt is the claim's: as long as one value of the interval agrees with it, it is compatible.
        A rate above what is claimed to be the least is compatible too.
        """
        lowest, highest = self.bounds
        if math.isnan(rate):
            return TOO_LITTLE
        if high < lowest:
            return LOWER
        return HIGHER if low > highest else COMPATIBLE


def judge(facts: pa.Table, claims: Sequence[Claim], on_progress: Progress | None = None) -> pd.DataFrame:
    """Return one row per claim and population, each held against the claim's own measure.

    Columns: claim, population (all, korea or as claimed), ko, en (wording), said_ko, said_en, skill, level, roles,
    first_year, last_year, relation, claimed and tolerance (shares; NaN for growth), unit, k, n, n_companies, n_eff,
    measured, low, high, flag, verdict (one of VERDICTS), n_same of n_specifications under which the verdict is the
    same, n_too_little of them with too little data, spec_low, spec_high (lowest and highest value under any of them).
    `measured` and its bounds are shares in [0, 1], NaN when withheld; of growth the slope in percentage points per year
    with role and source type held fixed, beside k, n, n_companies and n_eff (the sum over years) of all its postings.

    The specifications are those of `sensitivity`; of growth those that leave families and weights alone.
    """
    frames = Frames(facts)
    asked = [(claim, name, query) for claim in claims for name, query in _populations(claim.query)]
    rows = []
    for done, (claim, name, query) in enumerate(asked):
        if on_progress is not None:
            on_progress(done, len(asked))
        measured = _judge_growth(frames, query) if claim.value is None else _judge_share(frames, claim, query)
        rows.append(_said(claim, query, name) | measured)
    table = pd.DataFrame(rows)
    versions = sorted(str(version) for version in facts["tagger_version"].unique().to_pylist())
    table.attrs = {
        "queries": {f"{claim.name} ({name})": asdict(query) for claim, name, query in asked},
        "tagger_versions": versions,
        "definitions": {**DEFINITIONS, **VERDICTS},
    }
    return table


def _populations(query: Query) -> Iterator[tuple[str, Query]]:
    if query.countries is not None or query.posting_lang is not None:
        yield AS_CLAIMED, query
        return
    for name, countries in POPULATIONS.items():
        yield name, replace(query, countries=countries)


def _said(claim: Claim, query: Query, population: str) -> dict[str, Any]:
    first, last = query.years or (None, None)
    return {
        "claim": claim.name,
        "population": population,
        **claim.wording,
        **{f"said_{lang}": said for lang, said in claim.said.items()},
        "skill": query.skill,
        "level": query.level,
        "roles": ",".join(query.roles or ("data roles",)),
        "first_year": first,
        "last_year": last,
        "relation": claim.relation,
        "claimed": math.nan if claim.value is None else claim.value,
        "tolerance": claim.tolerance if claim.relation == "about" else math.nan,
    }


def _judge_share(frames: Frames, claim: Claim, query: Query) -> dict[str, Any]:
    table = sensitivity(frames.facts, query, frames)
    verdicts = [claim.verdict(*row) for row in table[["rate", "low", "high"]].itertuples(index=False)]
    own = table.iloc[0]
    spec_low, spec_high = table.attrs["span"] or (math.nan, math.nan)
    return {
        "unit": SHARE,
        **{name: own[name] for name in ("k", "n", "n_companies", "n_eff")},
        **dict(zip(("measured", "low", "high"), own[["rate", "low", "high"]], strict=True)),
        "flag": own["flag"],
        "verdict": verdicts[0],
        **_count(verdicts),
        "spec_low": spec_low,
        "spec_high": spec_high,
    }


def _count(verdicts: Sequence[str]) -> dict[str, int]:
    return {
        "n_same": verdicts.count(verdicts[0]),
        "n_too_little": verdicts.count(TOO_LITTLE),
        "n_specifications": len(verdicts),
    }


def _judge_growth(frames: Frames, query: Query) -> dict[str, Any]:
    found = [_grow(frames, query, each) for each in specifications(query, _GROWTH_DIMENSIONS)]
    verdicts = [verdict for verdict, _ in found]
    own = found[0][1]
    yearly = rates(frames.facts, replace(query, by=("year",)))
    slopes = [line.points_per_year for _, line in found if not math.isnan(line.points_per_year)]
    return {
        "unit": PER_YEAR,
        "k": int(yearly["k"].sum()),
        "n": int(yearly["n"].sum()),
        "n_companies": yearly.attrs["n_companies"],
        "n_eff": float(yearly["n_eff"].sum()),
        "measured": own.points_per_year,
        "low": own.low,
        "high": own.high,
        "flag": own.flag,
        "verdict": verdicts[0],
        **_count(verdicts),
        "spec_low": min(slopes, default=math.nan),
        "spec_high": max(slopes, default=math.nan),
    }


def _grow(frames: Frames, query: Query, specification: Specification) -> tuple[str, Trend]:
    """Return the verdict on growth and the trend with role and source type held fixed."""
    held = frames.by_role(query, specification)
    hn = frames.of(replace(query, sources=None), {**specification, "families": "hn"})
    asked = three_series(query)
    crude, line = (
        fit(series(frame, asked[name], periods(frame, asked[name])), asked[name].weights)
        for name, frame in (("crude", frames.of(query, specification)), ("standardised", held))
    )
    if WITHHELD in crude.flag:
        return TOO_LITTLE, line
    return _OF_GROWTH[verdict_of({"standardised": held, "hn": hn}, query)], line

"""Skills compared on the same postings: the rate of each, and how far it lies from the first one's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.measure.hits import hits_of
from analysis.measure.intervals import Interval, correlate, difference, flag
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import MIXED_VERSIONS, describe
from analysis.measure.standardise import Series, crude

DEFINITIONS: Final = {
    "difference": "percentage points above the first skill on the same postings; Newcombe's square-and-add of the two "
    "intervals with their jackknife correlation (MOVER)",
    "vendors": "adverts of the vendors of any skill compared are left out for all of them",
}


def compare(facts: pa.Table, query: Query, skills: Sequence[str]) -> pd.DataFrame:
    """Return a row per skill, the first being the one that others are compared with; `query.skill` is not used.

    Columns: skill, level, k, n, n_companies, n_eff, rate, low, high (in [0, 1]), flag; difference, difference_low,
    difference_high (percentage points above the first, NaN in its own row and where either rate is withheld); and the
    postings naming only_first, both or only_other. All rates are of the same postings, hence paired: a company that
    names both skills moves both rates, which the correlation of the two rates without each company in turn accounts
    for (`intervals.difference`, `intervals.correlate`). Weights may be none, company or capped. Raises QueryError for
    fewer than two skills, for `by`, and for weights mix.

    Coverage of the nominal 95% interval of the difference, 2,000 draws for each of 32 markets (15, 40, 120, 400
    companies sized min(40, ceil(40/i)), rates .1 against .1 and .4 against .25, correlation within companies .1 and
    .4, skills chosen together or one instead of the other): 92.3% to 95.9%, mean 94.5%.
    """
    if query.by or query.weights == "mix":
        raise QueryError("skills are compared over the whole period: leave by and weights mix out")
    frame, hits = hits_of(facts, query, skills)
    found = [crude(frame.assign(hit=column), (None,), query.weights) for column in hits.T]
    rows = [
        _row(skill, series, column, found[0], hits[:, 0])
        for skill, series, column in zip(skills, found, hits.T, strict=True)
    ]
    table = describe(pd.DataFrame(rows), frame, replace(query, skill=skills[0]))
    table.insert(1, "level", query.level)
    if MIXED_VERSIONS in table.attrs["warnings"]:
        table["flag"] = [f"{words};{MIXED_VERSIONS}".strip(";") for words in table["flag"]]
    table.attrs["definitions"] |= DEFINITIONS
    return table


def contrast(one: Series, other: Series, t: int = 0, u: int | None = None) -> tuple[float, float, float]:
    """Return difference, low and high, in points, of period u (default t) of a series above period t of another.

    Both series are of the same companies in the same order. NaN where either rate is withheld.
    """
    u = t if u is None else u
    first, second = one.interval(t), other.interval(u)
    if is_withheld(first) or is_withheld(second):
        return (float("nan"),) * 3
    together = correlate(first.rate, one.without[:, t], second.rate, other.without[:, u])
    value, low, high = difference(first, second, together)
    return 100 * value, 100 * low, 100 * high


def is_withheld(found: Interval) -> bool:
    """True when a rate rests on too little to be shown."""
    return "withheld" in flag(found)


def _row(skill: str, series: Series, hit: Any, first: Series, first_hit: Any) -> dict[str, Any]:
    interval = series.interval(0)
    is_hidden, is_first = is_withheld(interval), series is first
    shown = {name: float("nan") if is_hidden else getattr(interval, name) for name in ("rate", "low", "high")}
    points = (float("nan"),) * 3 if is_first else contrast(first, series)
    return {
        "skill": skill,
        "k": int(series.k[0]),
        "n": int(series.n[0]),
        "n_companies": interval.n_companies,
        "n_eff": interval.n_eff,
        **shown,
        "flag": flag(interval),
        **dict(zip(("difference", "difference_low", "difference_high"), points, strict=True)),
        "only_first": int((first_hit & ~hit).sum()),
        "both": int((first_hit & hit).sum()),
        "only_other": int((hit & ~first_hit).sum()),
    }

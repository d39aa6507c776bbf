"""Trends: the slope of yearly rates with its interval, and whether independent series agree on it."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.measure.intervals import (
    MAX_COMPANY_SHARE,
    Floats,
    count_effective_companies,
    jackknife_variance,
    student_z,
)
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import periods, series
from analysis.measure.standardise import MIN_COVER, Series

MIN_YEARS: Final = 3
"""A line through two years is a difference, not a trend."""

CANNOT_BE_JUDGED: Final = "cannot be judged"
WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Change of a rate per year with 95% intervals; every number but the counts is NaN when it is withheld."""

    weighting: str
    first_year: int | None
    last_year: int | None
    n_years: int
    """Years with a rate that may be shown; only these enter."""
    n_postings: int
    n_companies: int
    covered_weight: float
    points_per_year: float = math.nan
    """Slope of the yearly rates, in percentage points per year."""
    low: float = math.nan
    high: float = math.nan
    odds_ratio: float = math.nan
    """Factor by which the odds change per year."""
    odds_low: float = math.nan
    odds_high: float = math.nan
    flag: str = ""
    """withheld, dominated (one company holds more than a fifth of the weight), or empty."""

    @property
    def verdict(self) -> str:
        """Say whether the interval of the slope leaves zero: rising, falling, no clear trend, or withheld."""
        if WITHHELD in self.flag:
            return WITHHELD
        if self.low > 0:
            return "rising"
        return "falling" if self.high < 0 else "no clear trend"


def trend(facts: pa.Table, query: Query) -> Trend:
    """Return the trend of one series of yearly rates, crude or, with weights mix, with role and source type held fixed.

    The slope is that of weighted least squares through the years shown, each weighing its effective size; its interval
    comes from the slopes without each company in turn, those weights held, and Student's t with effective companies
    - 1 degrees of freedom. The odds ratio is the same on log((p n_eff + 1/2) / ((1 - p) n_eff + 1/2)).
    Raises QueryError when the query asks for more than one series.
    """
    if others := [name for name in query.by if name != "year"]:
        raise QueryError(f"a trend is of one series: leave {', '.join(others)} out of by, ask with roles or families")
    asked = replace(query, by=("year",))
    frame = counted(facts, asked)
    found = series(frame, asked, periods(frame, asked))
    return fit(found, query.weights)


def trends(facts: pa.Table, query: Query) -> pd.DataFrame:
    """Return the trends crude, standardised and of Hacker News alone, one row each; `.attrs["verdict"]` sums them up.

    Hacker News is the one source that runs through all years: only when it and the standardised series
    have the same verdict is that the verdict; else it reads "cannot be judged".
    """
    asked = {
        "crude": replace(query, by=("year",), weights="none"),
        "standardised": replace(query, by=("year",), weights="mix"),
        "hn": replace(query, by=("year",), weights="none", families=("hn",), sources=None),
    }
    found = {name: trend(facts, each) for name, each in asked.items()}
    table = pd.DataFrame([{"series": name, **asdict(each), "verdict": each.verdict} for name, each in found.items()])
    table.attrs = {"verdict": agree(found["standardised"], found["hn"]), "query": asdict(query)}
    return table


def agree(*found: Trend) -> str:
    """Return the verdict that all trends share; "cannot be judged" when they differ or one is withheld."""
    verdicts = {each.verdict for each in found}
    return verdicts.pop() if len(verdicts) == 1 and WITHHELD not in verdicts else CANNOT_BE_JUDGED


def fit(found: Series, weighting: str) -> Trend:
    """Return the trend through the years of a series that are shown; withheld when there are too few."""
    is_shown = found.is_shown
    years = [year for year, is_in in zip(found.periods, is_shown, strict=True) if is_in and year is not None]
    sizes = found.sizes[:, is_shown].sum(axis=1)
    base = Trend(
        weighting=weighting,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        n_years=len(years),
        n_postings=int(found.n[is_shown].sum()),
        n_companies=int(np.count_nonzero(sizes)),
        covered_weight=found.covered_weight,
        flag=WITHHELD if len(years) < MIN_YEARS or found.covered_weight < MIN_COVER else "",
    )
    if base.flag:
        return base
    weight = np.array([found.interval(t).n_eff for t, is_in in enumerate(is_shown) if is_in])
    rate, without = found.rate[is_shown], found.without[:, is_shown]

    def slope(scale: Callable[[Floats], Floats]) -> tuple[float, float, float]:
        return _slope(np.array(years, dtype=np.float64), weight, scale(rate), scale(without), sizes)

    points = slope(lambda p: 100 * p)
    odds = [math.exp(x) for x in slope(lambda p: np.log((p * weight + 0.5) / ((1 - p) * weight + 0.5)))]
    values: dict[str, Any] = dict(zip(("points_per_year", "low", "high"), points, strict=True))
    values |= dict(zip(("odds_ratio", "odds_low", "odds_high"), odds, strict=True))
    is_dominated = float(sizes.max() / sizes.sum()) > MAX_COMPANY_SHARE
    return replace(base, **values, flag="dominated" if is_dominated else "")


def _slope(x: Floats, weight: Floats, y: Floats, without: Floats, sizes: Floats) -> tuple[float, float, float]:
    """Return slope, low and high of the weighted line through y (T,), with replicates `without` (G, T)."""
    centred = x - np.average(x, weights=weight)
    per_year = weight * centred / (weight * centred**2).sum()
    estimate = float(per_year @ y)
    variance = jackknife_variance(estimate, without @ per_year, int(np.count_nonzero(sizes)))
    half = student_z(count_effective_companies(sizes)) * math.sqrt(variance)
    return estimate, estimate - half, estimate + half

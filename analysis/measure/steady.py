"""Steady growth: whether every year stands above the one before, in several series, beyond the noise of companies."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import fdtrc

from analysis.measure.intervals import Floats, correlate, count_effective_companies, difference
from analysis.measure.population import Query, counted
from analysis.measure.rates import describe, periods, series
from analysis.measure.standardise import (
    Periods,
    Series,
    common_cells,
    posting_weight,
    read_rows,
    sum_by,
    unstandardised,
)
from analysis.measure.trend import CANNOT_BE_JUDGED, WITHHELD, Trend, fit, three_series

N_DRAWS: Final = 2000
SEED: Final = 2024
SURE: Final = 0.95
"""Share of draws that must rise every year before growth is called steady."""
MIN_GROWTH: Final = 1.05
"""Growth of the odds per year below which there is none to speak of: a rate of 10% would need 17 years to double."""

STEADY: Final = "steady growth"
NOT_STEADY: Final = "no steady growth"

AGREEING: Final = ("standardised", "hn")
"""The series that must have one verdict for it to be that of the whole."""

_BASE: Final = ("weighting", "first_year", "last_year", "n_years", "n_postings", "n_companies", "covered_weight")
_NUMBERS: Final = ("share_rising", "z", "lack_of_fit", "lack_of_fit_p")
_COUNTS: Final = ("n_steps", "n_up", "n_down", "n_falls")


@dataclass(frozen=True, slots=True)
class Step:
    """Change of the rate from one year to a later one, in percentage points, with its 95% interval."""

    series: str
    first_year: int
    last_year: int
    points: float
    low: float
    high: float


def steady(facts: pa.Table, query: Query, n_draws: int = N_DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Return a row per series (crude, standardised, hn) saying how sure it is that every year is above the one before.

    Columns: series, weighting, first_year, last_year, n_years, n_postings, n_companies, covered_weight; share_rising,
    the share of draws in which every year's rate is above that of the year before, companies being drawn with
    replacement (a bootstrap of whole companies, weights of cells and all; seeded, hence the same at every call);
    n_steps, n_up and n_down, the steps from year to year and those whose interval lies above or below 0; n_falls, pairs
    of years of which the later is lower beyond noise, with Bonferroni's correction for all pairs; z, Cochran-Armitage
    at effective sizes; lack_of_fit and its p, of a straight line through the log odds; flag and verdict:

    - steady growth: at least SURE of the draws rise in every year.
    - no steady growth: some year is below an earlier one beyond noise (n_falls > 0), or the odds grow by less than
      MIN_GROWTH a year even at the upper bound of their trend (`trend.fit`).
    - cannot be judged: neither, or a year of the period is withheld. Too few postings are no argument against growth.

    `.attrs["verdict"]` is the verdict that standardised and hn share, else cannot be judged, as with `trends`;
    `.attrs["steps"]` lists each change from year to year with its interval (`intervals.difference`, rates correlated
    by shared companies). Without `query.years`, the period runs from the first to the last year that is shown.
    Weights of the query are not used. Raises QueryError when it asks for more than one series.

    Verdicts of 600 simulated markets each, 5 years of 300 companies (450 postings, correlation .1): growth from 10% to
    50% is steady in 48% (else not judged), from 10% to 40% with one level year in 0.5%, from 20% to 32% never, nor ever
    denied; a fall by ten points on the way is no steady growth in 66%, a decline from 30% to 22% in 95%, a market level
    at 20% in 24%. Of markets that grow by a point a year 1.8% are denied. So the verdict errs on the side of silence.
    """
    asked = three_series(query)
    frames = {name: counted(facts, each) for name, each in asked.items()}
    rows, steps = {}, []
    for name, frame in frames.items():
        rows[name], new = judge(name, frame, asked[name], np.random.default_rng(seed), n_draws)
        steps += new
    table = pd.DataFrame(rows.values()).astype({"first_year": "Int64", "last_year": "Int64"})
    table = describe(table, frames["crude"], asked["crude"])
    table.attrs["verdict"] = _share(rows[name]["verdict"] for name in AGREEING)
    table.attrs |= {"steps": [asdict(step) for step in steps], "n_draws": n_draws, "seed": seed}
    return table


def verdict_of(frames: Mapping[str, pd.DataFrame], query: Query) -> str:
    """Return the verdict of `steady` alone, from the counting frames of the series of AGREEING.

    The series are judged smallest first, the larger one only if the smaller one can be judged.
    """
    asked, verdicts = three_series(query), []
    for name in sorted(AGREEING, key=lambda name: len(frames[name])):
        row, _ = judge(name, frames[name], asked[name], np.random.default_rng(SEED), N_DRAWS)
        verdicts.append(row["verdict"])
        if row["verdict"] == CANNOT_BE_JUDGED:
            break
    return _share(verdicts)


def _share(verdicts: Iterable[str]) -> str:
    shared = set(verdicts)
    return shared.pop() if len(shared) == 1 else CANNOT_BE_JUDGED


def judge(
    name: str, frame: pd.DataFrame, query: Query, random: np.random.Generator, n_draws: int
) -> tuple[dict[str, Any], list[Step]]:
    """Return the row of one series, named, from its counting frame; and its steps, none when it is withheld."""
    years = periods(frame, query)
    found = series(frame, query, years)
    line = fit(found, query.weights)
    base = {"series": name} | {column: getattr(line, column) for column in _BASE}
    shown = _period(found, query)
    if shown is None or WITHHELD in line.flag:
        numbers = dict.fromkeys(_NUMBERS, math.nan) | dict.fromkeys(_COUNTS, 0)
        return base | numbers | {"flag": WITHHELD, "verdict": CANNOT_BE_JUDGED}, []
    drawn = resample(*cell_sums(frame, years, query.weights), random, n_draws)[:, shown]
    steps = [_step(name, found, t, t + 1) for t in shown[:-1]]
    lack, p = lack_of_fit(found, shown)
    row = {
        "share_rising": float((np.diff(drawn, axis=1) > 0).all(axis=1).mean()),
        "z": cochran_armitage(found, shown),
        "lack_of_fit": lack,
        "lack_of_fit_p": p,
        "n_steps": len(steps),
        "n_up": sum(step.low > 0 for step in steps),
        "n_down": sum(step.high < 0 for step in steps),
        "n_falls": sum(_falls(found, shown)),
    }
    return base | row | {"flag": line.flag, "verdict": _verdict(row, line)}, steps


def _verdict(row: dict[str, Any], line: Trend) -> str:
    if row["share_rising"] >= SURE:
        return STEADY
    return NOT_STEADY if row["n_falls"] or line.odds_high < MIN_GROWTH else CANNOT_BE_JUDGED


def _period(found: Series, query: Query) -> NDArray[np.intp] | None:
    """Return the places of the years judged, without a gap; None where one of them is withheld or none is shown."""
    shown = np.flatnonzero(found.is_shown)
    if not len(shown):
        return None
    years = [found.periods[t] or 0 for t in shown]
    first, last = query.years or (years[0], years[-1])
    return shown if years == list(range(first, last + 1)) else None


def cell_sums(frame: pd.DataFrame, periods: Periods, weights: str) -> tuple[Floats, Floats]:
    """Return weighted hits and postings by company, period and cell, (G, T, J): what `crude` and `standardise` pool.

    With weights mix, cells are those held fixed, in the years that are shown; else there is a single cell. With N the
    second array summed over companies, the rate of year t is sum_j W_j p_tj, with W_j the share of cell j in all N.
    """
    rows = read_rows(frame, periods)
    if weights == "mix":
        is_shown = unstandardised(rows, periods).is_shown
        rows = rows.keep(common_cells(rows, is_shown)[rows.cell] & is_shown[rows.period])
    else:
        rows = rows._replace(cell=np.zeros_like(rows.cell))
    names, cell = np.unique(rows.cell, return_inverse=True)
    shape = (rows.n_companies, len(periods) * len(names))
    place = rows.period * len(names) + cell
    tables = (sum_by(rows.company, place, shape, values) for values in (rows.weight * rows.hit, rows.weight))
    hits, sizes = (table.reshape(shape[0], len(periods), len(names)) for table in tables)
    vote = posting_weight(sizes, "none" if weights == "mix" else weights)
    return vote * hits, vote * sizes


def resample(hits: Floats, sizes: Floats, random: np.random.Generator, n_draws: int) -> Floats:
    """Return the yearly rates (B, T) of n_draws samples of companies drawn with replacement, from `cell_sums`.

    Companies that are alike in every year and cell are drawn as one kind, as often as there are such companies: the
    same draws, far cheaper. Cells weigh what they hold of each sample; one that a sample leaves empty in a year is
    left out of that year.
    """
    _, n_years, n_cells = hits.shape
    tables = np.concatenate([table.reshape(len(hits), -1) for table in (hits, sizes)], axis=1)
    kinds, n_alike = np.unique(tables[sizes.any(axis=(1, 2))], axis=0, return_counts=True)
    n_companies = int(n_alike.sum())
    drawn = random.multinomial(n_companies, n_alike / n_companies, n_draws) @ kinds
    k, n = np.split(drawn.reshape(n_draws, 2 * n_years, n_cells), 2, axis=1)
    rate = np.divide(k, n, out=np.zeros_like(k), where=n > 0)
    share = np.where(n > 0, n.sum(axis=1, keepdims=True), 0.0)
    total = share.sum(axis=2)
    rates: Floats = np.divide((share * rate).sum(axis=2), total, out=np.full_like(total, np.nan), where=total > 0)
    return rates


def _together(found: Series, s: int, t: int) -> float:
    return correlate(found.rate[s], found.without[:, s], found.rate[t], found.without[:, t])


def _step(name: str, found: Series, s: int, t: int) -> Step:
    points = difference(found.interval(s), found.interval(t), _together(found, s, t))
    return Step(name, int(found.periods[s] or 0), int(found.periods[t] or 0), *(100 * x for x in points))


def _falls(found: Series, shown: NDArray[np.intp]) -> Iterator[bool]:
    """Yield for each pair of years whether the later one is lower, at one-sided 5% over all pairs together."""
    pairs = list(combinations(shown, 2))
    for s, t in pairs:
        miss = 2 * (1 - SURE) / len(pairs)
        yield difference(found.interval(s), found.interval(t), _together(found, s, t), miss).high < 0


def cochran_armitage(found: Series, shown: NDArray[np.intp]) -> float:
    """Return z = sum n (x - mean x) p / sqrt(p(1-p) sum n (x - mean x)²), with effective sizes for n.

    Each year's z is thus divided by the root of its design effect. NaN where all or none are hits.
    """
    years = np.array([found.periods[t] for t in shown], dtype=np.float64)
    n = np.array([found.interval(t).n_eff for t in shown])
    rate = float(np.average(found.rate[shown], weights=n))
    centred = years - np.average(years, weights=n)
    spread = rate * (1 - rate) * float(n @ centred**2)
    return float((n * centred) @ found.rate[shown]) / math.sqrt(spread) if spread > 0 else math.nan


def lack_of_fit(found: Series, shown: NDArray[np.intp]) -> tuple[float, float]:
    """Return how far the years lie from a straight line on the log odds, and its p; NaN for fewer than three years.

    The smallest (y - a - b x)' V^-1 (y - a - b x), with y the log odds (a half added to hits and misses), and V from
    effective sizes and the correlation of the years by shared companies. Without clusters it is, but for terms of
    order 1/n, the residual deviance of a logistic line: chi-square with T - 2 degrees of freedom. As V is estimated
    from companies, p is Hotelling's: F with T - 2 and effective companies - T + 2.
    """
    n = np.array([found.interval(t).n_eff for t in shown])
    hits, misses = found.rate[shown] * n + 0.5, (1 - found.rate[shown]) * n + 0.5
    error = np.sqrt(1 / hits + 1 / misses)
    together = np.array([[1.0 if s == t else _together(found, s, t) for t in shown] for s in shown])
    years = np.array([found.periods[t] for t in shown], dtype=np.float64)
    root = np.linalg.cholesky(together * np.outer(error, error))
    line = np.linalg.solve(root, np.stack([np.ones_like(years), years - years.mean()], axis=1))
    y = np.linalg.solve(root, np.log(hits / misses))
    coefficients = np.linalg.lstsq(line, y, rcond=None)[0]
    lack, n_free = float(np.square(y - line @ coefficients).sum()), len(shown) - 2
    rest = count_effective_companies(found.sizes[:, shown].sum(axis=1)) - len(shown) + 2
    if n_free < 1 or rest <= 0:
        return math.nan, math.nan
    return lack, float(fdtrc(n_free, rest, lack / n_free * rest / (rest + n_free - 1)))

"""Effects: yearly rates by a logistic regression on year, role and source type, averaged over one and the same mix."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from analysis.measure.intervals import METHOD, Floats, count_effective_companies, jackknife_variance, student_z
from analysis.measure.logistic import RIDGE, Fit, NoFitError, Tally, fit, leave_out, slices
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import MIXED_VERSIONS, VALUES, describe, make_row, periods, yearly
from analysis.measure.standardise import MIN_COMPANIES, Codes, Series, crude, read_rows, unstandardised

EFFECTS: Final = ("role", "family", "source", "country", "lang")
"""What may be held fixed beside the year."""
REST: Final = "rest"
"""Stands for all values of an effect that have too few companies each."""
NO_FIT: Final = "no fit"
"""Flag of every year when no regression can be fitted."""
RIDGED: Final = "ridge"
"""Flag of a year whose own term is held by a ridge: it has too few hits to say more than that it is low."""
WEIGHTING: Final = "model"
DEFINITION: Final = "mean over all postings of the years shown, had they been of that year, by a logistic regression"


class _Cells(NamedTuple):
    """Postings in P patterns of T years and C cells."""

    tally: Tally
    year: Codes
    """(P,)"""
    cell: Codes
    """(P,)"""
    columns: Floats
    """(C, E): one 0/1 column per value of an effect, but for the one with most hits."""
    names: tuple[str, ...]
    """(E,)"""


class _Line(NamedTuple):
    """A regression, and the columns that stand for its years, (T, Y)."""

    fit: Fit
    years: Floats

    def log_odds(self) -> tuple[Floats, Floats]:
        """Return the effects of the years (T,), up to a constant, and the same without each company (G, T)."""
        place = slice(1, 1 + self.years.shape[1])
        return self.years @ self.fit.beta[place], self.fit.without[:, place] @ self.years.T

    def is_ridged(self, t: int) -> bool:
        """Say whether a ridge holds what stands for year t."""
        return bool(self.fit.penalty[1 : 1 + self.years.shape[1]] @ np.abs(self.years[t]))


class _Answer(NamedTuple):
    """What the model says of the T years shown, from G companies."""

    rate: Floats
    without: Floats
    sizes: Floats
    attrs: dict[str, Any]
    warnings: list[str]
    flags: dict[int | None, str]
    """The years that carry a word of warning, and the word."""


def margins(facts: pa.Table, query: Query, effects: Sequence[str] = ("role", "family")) -> pd.DataFrame:
    """Return yearly rates as a logistic model has them: skill, level, year, VALUES, with weighting "model".

    logit P = a + year + one term per value of each of `effects` (of EFFECTS). The rate of a year is the mean of P over
    all postings of the years shown, with the year set to that one (g-computation; Robins, Mathematical Modelling 7,
    1986), so that every year has the same mix. Unlike a standardised rate it needs no cell in every year; it assumes
    instead that a year moves the odds alike in every cell. A posting with r roles is r rows of weight 1/r. Intervals
    are those of `from_replicates` on refits without each company, capped at the year's postings; the usual sandwich is
    unreliable in logit with few or uneven clusters (MacKinnon, Nielsen & Webb, 2024).

    Values of an effect with fewer than MIN_COMPANIES companies are one value, REST, and are left out if that is still
    so; `covered_weight` is the share kept. Years withheld when crude stay out of the fit. Terms without hits, or
    misses, of two companies get a ridge, as `.attrs["warnings"]` says; a year held by one is flagged "ridge" and has
    no odds ratio. Where nothing can be fitted every rate is withheld and flagged "no fit".

    `.attrs["odds_ratio"]` is the factor by which the odds change per year, with a line in place of the year terms:
    odds_ratio, low, high. `.attrs["odds_ratios"]` has the same for each year against the first one shown.
    Coverage of the nominal 95% intervals, 600 draws of a market whose mix drifts (500 postings a year of 300 uneven
    beta-binomial companies, correlation .1): rates 96.5% to 97.3%, the odds ratio per year 94.7%.

    `facts` has the columns of FACT_SCHEMA; `query.weights` is not used. Raises QueryError for a query of several
    series and for unknown effects.
    """
    if bad := [name for name in effects if name not in EFFECTS]:
        raise QueryError(f"effects: {bad[0]!r} is not one of {', '.join(EFFECTS)}")
    asked = yearly(query, "mix")
    frame = counted(facts, asked)
    years = periods(frame, asked)
    is_shown = unstandardised(read_rows(frame, years), years).is_shown
    shown = [year for year, is_in in zip(years, is_shown, strict=True) if is_in and year is not None]
    kept = _merge_thin(frame, shown, effects)
    answer = _solve(_between(kept, shown), shown, effects)
    total = float(_between(frame, shown)["weight"].sum())
    cover = float(_between(kept, shown)["weight"].sum()) / total if total else 0.0
    base = crude(kept.drop_duplicates(["posting_id", "year"]), years)
    series, n_companies = _spread(answer, base, is_shown, cover), np.count_nonzero(base.sizes, axis=0)
    mixed = MIXED_VERSIONS if frame["tagger_version"].nunique() > 1 else ""
    words = [";".join(word for word in (answer.flags.get(year), mixed) if word) for year in years]
    method = f"logistic on year + {' + '.join(effects)}, g-computation, {METHOD}"
    lines = [
        make_row(series, t, {"year": year}, asked, words[t])
        | {"n_companies": int(n_companies[t]), "method": method, "weighting": WEIGHTING}
        for t, year in enumerate(years)
    ]
    table = pd.DataFrame(lines, columns=["skill", "level", "year", *VALUES]).pipe(describe, frame, asked)
    table.attrs |= answer.attrs
    table.attrs["warnings"] += answer.warnings
    table.attrs["definitions"]["weights"] = DEFINITION
    return table


def _between(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    return frame[frame["year"].isin(years).to_numpy(dtype=np.bool_)]


def _merge_thin(frame: pd.DataFrame, shown: list[int], effects: Sequence[str]) -> pd.DataFrame:
    """Return the frame with values of few companies in the years shown merged into REST, which goes if it is thin."""
    for name in effects:
        n_companies = _between(frame, shown).groupby(name)["company"].nunique()
        firm = n_companies.index[n_companies >= MIN_COMPANIES]
        merged = frame.assign(**{name: frame[name].where(frame[name].isin(firm), REST)})
        is_rest = (merged[name] == REST).to_numpy(dtype=np.bool_)
        is_thin = _between(merged[is_rest], shown)["company"].nunique() < MIN_COMPANIES
        frame = merged[~is_rest] if is_thin else merged
    return frame


def _solve(frame: pd.DataFrame, years: list[int], effects: Sequence[str]) -> _Answer:
    try:
        cells = _arrange(frame, years, effects)
        most = int(np.bincount(cells.year, cells.tally.k.sum(axis=0), len(years)).argmax())
        terms = _regress(cells, np.delete(np.eye(len(years)), most, axis=1), is_level=True)
        centred = np.array(years, dtype=np.float64)[:, None] - np.mean(years)
        slope = _regress(cells, centred, is_level=False) if len(years) > 1 else None
    except NoFitError as error:
        nothing = np.full((1, len(years)), math.nan)
        ratios = _ratios(None, None, years, nothing)
        return _Answer(nothing[0], nothing, nothing, ratios, [f"no fit: {error}"], {year: NO_FIT for year in years})
    rate, without = _average(terms, cells)
    sizes = cells.tally.n @ np.eye(len(years))[cells.year]
    names = ["intercept", *(f"year {year}" for i, year in enumerate(years) if i != most), *cells.names]
    ridged = [name for name, penalty in zip(names, terms.fit.penalty, strict=True) if penalty]
    held = "every effect" if set(cells.names) <= set(ridged) and len(cells.names) > 1 else ", ".join(ridged)
    warnings = [f"ridge {RIDGE} on {held}"] if ridged else []
    flags: dict[int | None, str] = {year: RIDGED for t, year in enumerate(years) if terms.is_ridged(t)}
    return _Answer(rate, without, sizes, _ratios(terms, slope, years, sizes), warnings, flags)


def _arrange(frame: pd.DataFrame, years: list[int], effects: Sequence[str]) -> _Cells:
    """Return the rows of a counting frame, all of `years`, as tallies of patterns."""
    if frame.empty:
        raise NoFitError("no posting is left")
    company, companies = pd.factorize(frame["company"])
    year = np.searchsorted(np.array(years), frame["year"].to_numpy(np.int64))
    table = pd.MultiIndex.from_frame(frame[["weight", *effects]].assign(weight=0))
    cell, cells = pd.factorize(table, sort=True)
    patterns, pattern = np.unique(year * len(cells) + cell, return_inverse=True)
    weight, hit = (frame[name].to_numpy(np.float64) for name in ("weight", "hit"))
    shape = (len(companies), len(patterns))
    tally = Tally(*(csr_array((values, (company, pattern)), shape=shape) for values in (weight, weight * hit)))
    columns, names = [np.zeros((len(cells), 0))], []
    for i, effect in enumerate(effects):
        values = cells.get_level_values(i + 1).to_numpy()
        commonest = frame[effect].to_numpy()[hit > 0]
        reference = pd.Series(commonest).mode().min() if len(commonest) else values.min()
        others = [value for value in np.unique(values) if value != reference]
        columns += [(values == value).astype(np.float64)[:, None] for value in others]
        names += [f"{effect} {value}" for value in others]
    return _Cells(tally, patterns // len(cells), patterns % len(cells), np.hstack(columns), tuple(names))


def _regress(cells: _Cells, years: Floats, is_level: bool) -> _Line:
    """Return the regression on columns for the years (T, Y), which are 0/1 if `is_level`, and on those of the cells."""
    design = np.hstack([np.ones((len(cells.year), 1)), years[cells.year], cells.columns[cells.cell]])
    widths = [1, years.shape[1], cells.columns.shape[1]]
    is_effect = np.repeat([False, False, True], widths)
    return _Line(fit(design, cells.tally, np.repeat([False, is_level, True], widths), is_effect), years)


def _average(line: _Line, cells: _Cells) -> tuple[Floats, Floats]:
    """Return the mean of P over all postings with each year set (T,), and the same without each company (G, T)."""
    n_cells = len(cells.columns)
    in_cell = csr_array((np.ones(len(cells.cell)), (np.arange(len(cells.cell)), cells.cell)))
    pool = csr_array(cells.tally.n @ in_cell)
    total = pool.sum(axis=0)
    designs = [np.hstack([np.ones((n_cells, 1)), np.tile(year, (n_cells, 1)), cells.columns]) for year in line.years]
    rate = np.array([expit(design @ line.fit.beta) @ total for design in designs]) / total.sum()
    without = np.zeros((len(line.fit.without), len(designs)))
    for rows in slices(len(without), n_cells):
        rest = leave_out(total, pool, rows)
        for t, design in enumerate(designs):
            chance = expit(line.fit.without[rows] @ design.T)
            without[rows, t] = (chance * rest).sum(axis=1) / rest.sum(axis=1)
    return rate, without


def _ratios(terms: _Line | None, slope: _Line | None, years: list[int], sizes: Floats) -> dict[str, Any]:
    """Return the odds ratios per year and of each year against the first, with bounds; NaN without a regression."""
    z = student_z(count_effective_companies(np.nan_to_num(sizes).sum(axis=1)))

    def ratio(line: _Line | None, t: int) -> dict[str, float]:
        if line is None or line.is_ridged(t) or line.is_ridged(0):
            return dict.fromkeys(("odds_ratio", "low", "high"), math.nan)
        effect, without = line.log_odds()
        change, changes = float(effect[t] - effect[0]), without[:, t] - without[:, 0]
        half = z * math.sqrt(jackknife_variance(change, changes, len(changes)))
        # A line's effects are per year of distance, a term's are those of the year itself.
        span = years[t] - years[0] if line is slope else 1
        values = (change / span, (change - half) / span, (change + half) / span)
        return dict(zip(("odds_ratio", "low", "high"), map(math.exp, values), strict=True))

    per_year = {year: ratio(terms, t) for t, year in enumerate(years) if t}
    return {"odds_ratio": ratio(slope, len(years) - 1), "odds_ratios": per_year}


def _spread(answer: _Answer, base: Series, is_shown: NDArray[np.bool_], cover: float) -> Series:
    """Return the answer over all periods of `base`, whose counts stay; periods that are not shown have no rate."""
    shape = (len(answer.without), len(is_shown))
    rate, without, sizes = np.full(shape[1], math.nan), np.full(shape, math.nan), np.zeros(shape)
    rate[is_shown], without[:, is_shown], sizes[:, is_shown] = answer.rate, answer.without, np.nan_to_num(answer.sizes)
    return replace(base, rate=rate, without=without, sizes=sizes, covered_weight=cover)

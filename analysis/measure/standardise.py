"""Series of rates over years, crude or with role and source type held fixed, and the same without each company."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.measure.intervals import N_EFF_SHOWN, Floats, Interval, from_replicates, kish_size, leave_one_out

Counts = NDArray[np.int64]
Codes = NDArray[np.intp]
Periods = Sequence[int | None]

MIN_COMPANIES: Final = 10
"""Companies that a cell of role and source type needs in every year shown.

With fewer, its whole share of the mix would rest on a rate that one employer moves by more than ten points, and with a
single one the rate without it does not exist. Ten companies are at least ten postings.
"""
CAP: Final = 3


MIN_COVER: Final = 0.5
"""Share of the postings that the cells held fixed must cover: below it the rate speaks of a corner of the market."""


@dataclass(frozen=True, slots=True)
class Series:
    """Rates of T periods over G companies; a rate that cannot be formed is NaN."""

    periods: tuple[int | None, ...]
    k: Counts
    """Postings that name the skill, (T,)."""
    n: Counts
    """Postings counted, (T,)."""
    rate: Floats
    """(T,)"""
    without: Floats
    """The rates without each company in turn, (G, T)."""
    sizes: Floats
    """Weight of each company in each period's rate, (G, T)."""
    n_iid: Floats
    """Size if every posting were independent, (T,)."""
    covered_weight: float = 1.0
    """Share of the postings of the years shown that lies in the cells used; 1 when nothing is held fixed."""

    def interval(self, t: int) -> Interval:
        """Return the interval of the period with index t."""
        return from_replicates(float(self.rate[t]), self.without[:, t], float(self.n_iid[t]), self.sizes[:, t])

    @property
    def is_shown(self) -> NDArray[np.bool_]:
        """True for the periods (T,) that are not withheld."""
        return np.array([self.interval(t).n_eff >= N_EFF_SHOWN for t in range(len(self.periods))], dtype=np.bool_)


class _Rows(NamedTuple):
    company: Codes
    period: Codes
    cell: Codes
    hit: Floats
    weight: Floats
    n_companies: int

    def keep(self, is_kept: NDArray[np.bool_]) -> "_Rows":
        company, period, cell = self.company[is_kept], self.period[is_kept], self.cell[is_kept]
        return _Rows(company, period, cell, self.hit[is_kept], self.weight[is_kept], self.n_companies)


def posting_weight(n: Floats, weights: str) -> Floats:
    """Return what one posting weighs for companies with n postings: 1 (none), 1/n (company) or min(n, 3)/n (capped)."""
    if weights == "none":
        return np.ones_like(n)
    total = np.minimum(n, 1 if weights == "company" else CAP)
    return np.divide(total, n, out=np.zeros_like(n), where=n > 0)


def crude(frame: pd.DataFrame, periods: Periods, weights: str = "none") -> Series:
    """Return the series of a counting frame as it is, with weights none, company or capped.

    `periods` are the years wanted, or (None,) to count all rows as one period.
    """
    rows = _read(frame, periods)
    shape = (rows.n_companies, len(periods))
    n = _sum(rows.company, rows.period, shape)
    k = _sum(rows.company, rows.period, shape, rows.hit)
    weight = posting_weight(n, weights)
    rate, without = leave_one_out(weight * k, weight * n)
    n_iid = np.array([kish_size(weight[:, t], n[:, t]) for t in range(len(periods))])
    n_hits, n_all = (table.sum(axis=0).round().astype(np.int64) for table in (k, n))
    return Series(tuple(periods), n_hits, n_all, rate, without, weight * n, n_iid)


def standardise(frame: pd.DataFrame, periods: Periods) -> Series:
    """Return the series with role and source type held fixed: in year t the sum over cells j of W_j p_tj.

    `frame` has one row per posting and role, with weight 1/r. Cells are role x family with MIN_COMPANIES companies in
    every year shown; W_j is the pooled share of cell j among these cells over those years. Shown are the years that
    are not withheld when crude, so that one thin year does not empty every cell; the others are withheld here too.
    A rate without a company has its postings gone from the p_tj and from the W_j alike.
    Formula: direct standardisation as in SAS/STAT, procedure STDRATE.
    """
    rows = _read(frame, periods)
    is_shown, is_used = _fixed(rows, periods)
    once = rows.keep(is_used & ~frame.duplicated(["posting_id", "year"]).to_numpy())
    k, n = (np.bincount(once.period, w, len(periods)) for w in (once.hit, np.ones_like(once.hit)))
    rate, without, sizes, n_iid = _pool(rows.keep(is_used), is_shown)
    in_window = is_shown[rows.period]
    total = float(rows.weight[in_window].sum())
    covered = float(rows.weight[in_window & is_used].sum()) / total if total else 0.0
    # A posting with two roles is two rows of half a weight, yet only one independent posting.
    n_iid = np.minimum(n_iid, n)
    counts = k.astype(np.int64), n.astype(np.int64)
    return Series(tuple(periods), *counts, rate, without, sizes, n_iid, covered)


def cell_sums(frame: pd.DataFrame, periods: Periods, weights: str) -> tuple[Floats, Floats]:
    """Return weighted hits and postings by company, period and cell, (G, T, J): what `crude` and `standardise` pool.

    With weights mix, cells are those held fixed, in the years that are shown; else there is a single cell. With N the
    second array summed over companies, the rate of year t is sum_j W_j p_tj, with W_j the share of cell j in all N.
    """
    rows = _read(frame, periods)
    if weights == "mix":
        is_shown, is_used = _fixed(rows, periods)
        rows = rows.keep(is_used & is_shown[rows.period])
    else:
        rows = rows._replace(cell=np.zeros_like(rows.cell))
    names, cell = np.unique(rows.cell, return_inverse=True)
    shape = (rows.n_companies, len(periods) * len(names))
    place = rows.period * len(names) + cell
    tables = (_sum(rows.company, place, shape, values) for values in (rows.weight * rows.hit, rows.weight))
    hits, sizes = (table.reshape(shape[0], len(periods), len(names)) for table in tables)
    vote = posting_weight(sizes, "none" if weights == "mix" else weights)
    return vote * hits, vote * sizes


def _fixed(rows: _Rows, periods: Periods) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which periods (T,) are shown and which rows lie in the cells held fixed."""
    is_shown = _unstandardised(rows, periods).is_shown
    return is_shown, _common_cells(rows, is_shown)[rows.cell]


def _read(frame: pd.DataFrame, periods: Periods) -> _Rows:
    company, names = pd.factorize(frame["company"])
    role, _ = pd.factorize(frame["role"])
    family, families = pd.factorize(frame["family"])
    cell = role * max(len(families), 1) + family
    period = np.zeros(len(frame), dtype=np.intp)
    if tuple(periods) != (None,):
        period = np.searchsorted(np.array(periods, dtype=np.int64), frame["year"].to_numpy(np.int64))
    hit, weight = (frame[name].to_numpy(np.float64) for name in ("hit", "weight"))
    return _Rows(company, period, cell, hit, weight, len(names))


def _sum(first: Codes, second: Codes, shape: tuple[int, int], values: Floats | None = None) -> Floats:
    flat = np.bincount(first * shape[1] + second, values, minlength=shape[0] * shape[1])
    return flat.astype(np.float64).reshape(shape)


def _unstandardised(rows: _Rows, periods: Periods) -> Series:
    shape = (rows.n_companies, len(periods))
    sizes = _sum(rows.company, rows.period, shape, rows.weight)
    rate, without = leave_one_out(_sum(rows.company, rows.period, shape, rows.weight * rows.hit), sizes)
    n = sizes.sum(axis=0)
    whole = n.round().astype(np.int64)
    return Series(tuple(periods), whole, whole, rate, without, sizes, n)


def _common_cells(rows: _Rows, is_shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    n_periods, n_cells = len(is_shown), int(rows.cell.max(initial=-1)) + 1
    triples = np.unique((rows.period * n_cells + rows.cell) * rows.n_companies + rows.company)
    places = triples // max(rows.n_companies, 1)
    n_companies = np.bincount(places, minlength=n_periods * n_cells).reshape(n_periods, n_cells)
    return np.asarray((n_companies[is_shown] >= MIN_COMPANIES).all(axis=0) & is_shown.any())


def _pool(rows: _Rows, is_shown: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return rate (T,), without (G, T), sizes (G, T) and n_iid (T,) of rows that all lie in common cells."""
    shape = (rows.n_companies, len(is_shown))
    sizes = _sum(rows.company, rows.period, shape, rows.weight)
    rate, without, n_iid = np.full(shape[1], math.nan), np.full(shape, math.nan), np.zeros(shape[1])
    names, cell = np.unique(rows.cell, return_inverse=True)
    rows = rows._replace(cell=cell)
    window = rows.keep(is_shown[rows.period])
    pool = _sum(window.company, window.cell, (shape[0], len(names)), window.weight)
    for t in np.flatnonzero(is_shown) if len(names) else ():
        rate[t], without[:, t], sizes[:, t], n_iid[t] = _year(rows.keep(rows.period == t), pool)
    return rate, without, sizes, n_iid


def _year(rows: _Rows, pool: Floats) -> tuple[float, Floats, Floats, float]:
    """Return one year's rate, rates without each company, company sizes and size, at the shares of `pool` (G, J)."""
    cell_sizes = _sum(rows.company, rows.cell, pool.shape, rows.weight)
    cell_hits = _sum(rows.company, rows.cell, pool.shape, rows.weight * rows.hit)
    cell_rate, cell_without = leave_one_out(cell_hits, cell_sizes)
    rest = pool.sum(axis=0) - pool
    share = pool.sum(axis=0) / pool.sum()
    share_without = rest / rest.sum(axis=1, keepdims=True)
    per_unit = share / cell_sizes.sum(axis=0)
    n_iid = 1 / float(np.square(rows.weight * per_unit[rows.cell]).sum())
    return float(share @ cell_rate), (share_without * cell_without).sum(axis=1), cell_sizes @ per_unit, n_iid

"""Noise: how surprising a week is beside the weeks before it, when postings come in employers and weeks differ."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import betainc, betaincinv, fdtrc, gammainc, gammaincc, gammaincinv

from analysis.measure.intervals import Floats, count_effective_companies, jackknife_wilson

PRIOR_WEEKS: Final = 4
"""So many weeks of ordinary spread are added to those seen: the spread of four weeks alone is too little known."""
FEW_COMPANIES: Final = 5
"""A source of fewer employers, in effect, has weeks and not employers as its independent units."""
SPREAD: Final = 1.25
SPREAD_OF_FEW: Final = 2.0
"""Ordinary spread between weeks, in terms of independent postings; the latter of a source of few employers."""
DOUBT: Final = 0.01
"""How often the bound of what is usual, from which the tail is taken, lies on the wrong side of it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A value beside what was usual; `z` is signed, `p` the chance of noise alone going as far.

    Of a share `p` is of rising as far, of a count of moving as far in either direction.
    """

    value: float
    usual: float
    z: float
    p: float

    @property
    def change(self) -> float:
        return self.value - self.usual


def share_shift(
    now: pd.DataFrame, before: Sequence[pd.DataFrame], hit: str, cell: str | None = None, *, by_company: bool = True
) -> Shift:
    """Return how far the share of rows with `hit` lies above what the weeks before let expect of the same cells.

    Frames have one row per posting with the columns `hit` (bool), company and, if named, `cell`: the usual share is
    then that of the cells, weighed as they occur now, so that a changed mix is no shift. Sizes are effective ones
    (delete-one-company jackknife) unless the source has few employers, over the spread that the weeks before show,
    PRIOR_WEEKS of ordinary spread added. `p` is the binomial tail at the upper bound of the usual share, for in the
    far tail no normal scale holds; `z` is the distance on Anscombe's arcsine scale.
    """
    pooled = pd.concat(before)
    is_clustered = by_company and _companies(pooled) >= FEW_COMPANIES
    usual = _usual(pooled, hit, cell)
    base = SPREAD_OF_FEW if by_company and not is_clustered else SPREAD
    squares = 0.0
    for week in before:
        expected = float(usual(week).mean())
        size = _size(week, hit, is_clustered)
        squares += (float(week[hit].mean()) - expected) ** 2 * size / max(expected * (1 - expected), 1e-3)
    spread = max(1.0, (PRIOR_WEEKS * base + squares) / (PRIOR_WEEKS + len(before) - 1))
    size, of_all = (_size(rows, hit, is_clustered) / spread for rows in (now, pooled))
    share, expected = float(now[hit].mean()), float(usual(now).mean())
    z = (_angle(share, size) - _angle(expected, of_all)) / math.sqrt(1 / size + 1 / of_all)
    return Shift(share, expected, z, _tail(share, size, expected, of_all))


def _tail(share: float, n: float, usual: float, of_all: float) -> float:
    """Return the chance of a share at least as high among n, where `of_all` let expect the usual one."""
    most = betaincinv(usual * of_all + 0.5, (1 - usual) * of_all + 0.5, 1 - DOUBT)
    k = share * n
    return float(betainc(k, n - k + 1, most)) if k > 0 else 1.0


def count_shift(now: float, before: Sequence[float]) -> Shift:
    """Return how far a count lies off the median of the weeks before, in either direction.

    Counts spread like Poisson's at least, and more where the weeks before do; `p` is twice the tail at the bound of
    the usual count.
    """
    usual = float(np.median(before))
    roots = 2 * np.sqrt(np.asarray(before) + 0.375)
    squares = float(np.square(roots - roots.mean()).sum())
    spread = max(1.0, (PRIOR_WEEKS * SPREAD + squares) / (PRIOR_WEEKS + len(before) - 1))
    n, seen = now / spread, usual * len(before) / spread + 0.5
    low, high = (float(gammaincinv(seen, q)) / len(before) for q in (DOUBT, 1 - DOUBT))
    tail = gammaincc(n + 1, low) if now < usual else gammainc(max(n, 0.5), high)
    z = 2 * (math.sqrt(now + 0.375) - math.sqrt(usual + 0.375)) / math.sqrt(spread * (1 + 1 / len(before)))
    return Shift(now, usual, z, min(1.0, 2 * float(tail)))


def mix_shift(now: pd.DataFrame, before: Sequence[pd.DataFrame], cell: str) -> Shift:
    """Return the population stability index of the shares of cells beside the weeks before, with its chance.

    PSI = sum of (a - b) ln(a / b), half a posting added to each cell; with few postings it is large by noise alone, so
    that `p` comes from chi-square over the spread of the weeks before (F). `usual` is 0.
    """
    pooled = pd.concat(before)
    cells = pd.Index(sorted({*pooled[cell], *now[cell]}))
    old = pooled[cell].value_counts().reindex(cells, fill_value=0).to_numpy(np.float64) + 0.5
    new = now[cell].value_counts().reindex(cells, fill_value=0).to_numpy(np.float64) + 0.5
    shares = old / old.sum()
    free = max(len(cells) - 1, 1)
    spreads = [_spread_of(week, cells, cell, shares) / free for week in before]
    weeks = PRIOR_WEEKS + len(before) - 1
    spread = max(1.0, (PRIOR_WEEKS + sum(spreads)) / weeks)
    a = new / new.sum()
    index = float(((a - shares) * np.log(a / shares)).sum())
    found = _spread_of(now, cells, cell, shares) / free / (1 + len(now) / len(pooled)) / spread
    return Shift(index, 0.0, math.sqrt(found), float(fdtrc(free, weeks, found)))


def _spread_of(week: pd.DataFrame, cells: "pd.Index[str]", cell: str, shares: Floats) -> float:
    """Return chi-square of a week's cells against shares, in effective postings."""
    counts = week[cell].value_counts().reindex(cells, fill_value=0).to_numpy(np.float64)
    expected = len(week) * shares
    scale = 1.0
    if "company" in week:
        # Employers hire for the same roles together; what one has twice tells less than what two have.
        scale = _companies(week) / len(week)
    return float((np.square(counts - expected) / expected).sum()) * scale


def _usual(pooled: pd.DataFrame, hit: str, cell: str | None) -> "_Usual":
    share = (float(pooled[hit].sum()) + 0.5) / (len(pooled) + 1)
    if cell is None:
        return _Usual(None, pd.Series(dtype=float), share)
    found = pooled.groupby(cell)[hit].agg(["sum", "count"])
    return _Usual(cell, (found["sum"] + share) / (found["count"] + 1), share)


@dataclass(frozen=True, slots=True)
class _Usual:
    """What share each row of a week is expected to have, by its cell."""

    cell: str | None
    shares: "pd.Series[float]"
    otherwise: float

    def __call__(self, week: pd.DataFrame) -> "pd.Series[float]":
        if self.cell is None:
            return pd.Series(self.otherwise, index=week.index)
        return week[self.cell].map(self.shares).fillna(self.otherwise)


def _companies(frame: pd.DataFrame) -> float:
    return count_effective_companies(np.bincount(pd.factorize(frame["company"])[0]).astype(np.float64))


def _size(frame: pd.DataFrame, hit: str, is_clustered: bool) -> float:
    """Return how many independent postings tell as much as these."""
    if not is_clustered:
        return float(len(frame))
    codes, names = pd.factorize(frame["company"])
    n = np.bincount(codes, minlength=len(names)).astype(np.float64)
    k = np.bincount(codes, frame[hit].to_numpy(np.float64), len(names)).astype(np.float64)
    return max(jackknife_wilson(k, n).n_eff, 1.0)


def _angle(share: float, n: float) -> float:
    return 2 * math.asin(math.sqrt((share * n + 0.375) / (n + 0.75)))

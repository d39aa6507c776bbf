"""Logistic regression of tallied postings, and the same regression without each company in turn."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, logit

from analysis.measure.intervals import ROUNDING, Floats

RIDGE: Final = 0.5
"""Penalty on the square of a log odds ratio (halved) that the postings alone would send to infinity."""
MAX_STEPS: Final = 30
TOLERANCE: Final = 1e-9
MAX_STEP: Final = 2.0
"""No coefficient moves further at once: from a rate of 1% a whole step towards one of 20% would overshoot."""
_CHUNK: Final = 4_000_000
"""Numbers held at a time for the fits without a company."""


class NoFitError(ValueError):
    """The coefficients cannot be told from these postings."""


class Tally(NamedTuple):
    """Weights and hits of G companies in P patterns of the explaining columns, each (G, P)."""

    n: csr_array
    k: csr_array


class Fit(NamedTuple):
    """Coefficients (Q,), the same without each company (G, Q), and the penalties they were found under (Q,)."""

    beta: Floats
    without: Floats
    penalty: Floats


def fit(design: Floats, tally: Tally, is_level: NDArray[np.bool_], is_effect: NDArray[np.bool_]) -> Fit:
    """Return the logistic regression of `tally` on `design` (P, Q), whose first column is the intercept.

    Newton's method, for all samples without one company at once: these are refits to convergence, no approximation.
    Columns marked in `is_level` (Q,) are 0/1; where such a level has hits, or misses, of fewer than two companies its
    coefficient, or the one without the company, is infinite: it gets a ridge of RIDGE. Where that is not enough all
    columns marked in `is_effect` get it, then all but the intercept. Raises NoFitError when columns cannot be told
    apart, or when fewer than two companies have hits, or misses, at all.
    """
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NoFitError("years and effects cannot be told apart")
    is_thin = _is_separated(design, tally)
    if is_thin[0]:
        raise NoFitError("fewer than two companies have hits, or misses")
    is_held = is_thin & is_level
    for is_more in (is_held, is_effect, np.arange(design.shape[1]) > 0):
        is_held = is_held | is_more
        try:
            return _fit(design, tally, np.where(is_held, RIDGE, 0.0))
        except (NoFitError, np.linalg.LinAlgError):
            continue
    raise NoFitError("the fit does not converge")


def _fit(design: Floats, tally: Tally, penalty: Floats) -> Fit:
    n, k = (each.sum(axis=0) for each in tally)
    start = np.zeros(design.shape[1])
    start[0] = logit(k.sum() / n.sum())
    beta = newton(design, n[None], k[None], penalty, start[None])[0]
    kinds, kind = _distinguish(tally)
    without = np.tile(beta, (kinds.n.shape[0], 1))
    for rows in slices(len(without), len(design) + design.shape[1] ** 2):
        rest = leave_out(n, kinds.n, rows), leave_out(k, kinds.k, rows)
        without[rows] = newton(design, *rest, penalty, without[rows])
    return Fit(beta, without[kind], penalty)


def newton(design: Floats, n: Floats, k: Floats, penalty: Floats, start: Floats) -> Floats:
    """Return the coefficients (B, Q) of B samples with weights and hits (B, P), from `start` (B, Q).

    Maximises the binomial log likelihood less half the sum of penalty * beta². Raises NoFitError when a step after
    MAX_STEPS is still longer than TOLERANCE, LinAlgError when a sample does not determine its coefficients.
    """
    n_columns, beta = design.shape[1], start
    columns = csr_array(design)
    products = csr_array((design[:, :, None] * design[:, None, :]).reshape(len(design), -1))
    for _ in range(MAX_STEPS):
        mean = expit(beta @ columns.T)
        gradient = (k - n * mean) @ columns - penalty * beta
        curvature = ((n * mean * (1 - mean)) @ products).reshape(-1, n_columns, n_columns) + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        longest = np.abs(step).max(axis=1, keepdims=True)
        beta = beta + step * np.minimum(MAX_STEP / np.maximum(longest, TOLERANCE), 1.0)
        if longest.max() < TOLERANCE:
            return np.asarray(beta)
    raise NoFitError("the fit does not converge")


def slices(n_rows: int, width: int) -> Iterator[slice]:
    """Yield slices of rows, each of which holds as many numbers of `width` per row as memory likes."""
    size = max(_CHUNK // max(width, 1), 1)
    for start in range(0, n_rows, size):
        yield slice(start, start + size)


def leave_out(total: Floats, each: csr_array, rows: slice) -> Floats:
    """Return `total` (P,) without each of some companies in turn, (B, P), from what all have (G, P)."""
    rest = total - each[rows].toarray()
    # Of a sum that loses its only addend a hair may remain, on either side of nothing.
    return np.where(rest > ROUNDING, rest, 0.0)


def _distinguish(tally: Tally) -> tuple[Tally, NDArray[np.intp]]:
    """Return one company of each kind, and the kind of each company: most have one posting, so that few kinds exist."""
    kinds: dict[tuple[bytes, ...], int] = {}
    kind = np.zeros(tally.n.shape[0], dtype=np.intp)
    for i in range(len(kind)):
        rows = (each.indptr[i : i + 2] for each in tally)
        parts = [(each.indices[a:b], each.data[a:b]) for each, (a, b) in zip(tally, rows, strict=True)]
        kind[i] = kinds.setdefault(tuple(array.tobytes() for part in parts for array in part), len(kinds))
    _, first = np.unique(kind, return_index=True)
    return Tally(tally.n[first], tally.k[first]), kind


def _is_separated(design: Floats, tally: Tally) -> NDArray[np.bool_]:
    """Say of each column whether fewer than two companies have hits in it, or misses."""
    columns = csr_array(design != 0, dtype=np.float64)
    n_with = [((each @ columns) > ROUNDING).sum(axis=0) for each in (tally.k, tally.n - tally.k)]
    return np.asarray(np.minimum(*n_with) < 2)

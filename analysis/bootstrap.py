"""Bootstrap: figures over postings, each with its n and a percentile interval over resampled postings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.measure.intervals import wilson

N_DRAWS: Final = 1000

Counts = npt.NDArray[np.float64]
Statistic = Callable[[Counts], Counts]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` in [0, 1] with its 95% interval over postings, or None where nothing was scored."""

    name: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    n_postings: int
    n_items: int


@dataclass(frozen=True, slots=True)
class Measure:
    """How a figure is formed: the statistic of the summed counts (classes, 3) `key`, of one class or averaged."""

    name: str
    key: str
    statistic: Statistic
    of: int | None = None


def precision(sums: Counts) -> Counts:
    """Return right / (right + extra) of counts (..., 3)."""
    return sums[..., 0] / (sums[..., 0] + sums[..., 1])


def recall(sums: Counts) -> Counts:
    """Return right / (right + missed) of counts (..., 3)."""
    return sums[..., 0] / (sums[..., 0] + sums[..., 2])


def f1(sums: Counts) -> Counts:
    """Return the harmonic mean of precision and recall; NaN for a class that was never wanted."""
    wanted = sums[..., 0] + sums[..., 2]
    return np.where(wanted > 0, 2 * sums[..., 0] / (2 * sums[..., 0] + sums[..., 1] + sums[..., 2]), np.nan)


def brier(sums: Counts) -> Counts:
    """Return the mean squared difference of confidence and outcome, from its sum and how many."""
    return sums[..., 1] / sums[..., 2]


def calibration_error(sums: Counts) -> Counts:
    """Return the expected calibration error: |sum of (confidence - outcome)| over bins, by how many there are.

    Formula: Guo et al., On calibration of modern neural networks (2017), equation 3.
    """
    error: Counts = np.abs(sums[..., 1]).sum(-1, keepdims=True) / sums[..., 2].sum(-1, keepdims=True)
    return error


_SHARES: Final = (precision, recall, f1)


def draw(n: int, seed: int) -> Counts:
    """Return N_DRAWS resamples of n postings as how often each posting is in each, (N_DRAWS, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=N_DRAWS).astype(float)


def figure(measure: Measure, group: str, tensors: Mapping[str, Counts], draws: Counts) -> Figure:
    """Return one figure of postings; `tensors[key]` holds the counts of each, (n, classes, 3)."""
    counts = tensors[measure.key]
    if measure.of is not None:
        counts = counts[:, [measure.of]]
    n_postings, n_items = int((np.abs(counts).sum((1, 2)) > 0).sum()), int(counts[..., [0, 2]].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        value = mean_of(measure.statistic(counts.sum(0)))
        drawn = mean_of(measure.statistic(np.tensordot(draws, counts, axes=1)))
    if np.isnan(value):
        return Figure(measure.name, group, None, None, None, n_postings, n_items)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    if low == high and n_items and measure.statistic in _SHARES:
        # Without one error the bootstrap has no width; Wilson's bounds say what n still allows.
        bounds = wilson(round(float(value) * n_items), n_items)
        low, high = min(bounds[0], value), max(bounds[1], value)
    return Figure(measure.name, group, float(value), float(low), float(high), n_postings, n_items)


def mean_of(by_class: Counts) -> Counts:
    """Return the mean over the classes that occur; nan where none does."""
    occurs = ~np.isnan(by_class)
    mean: Counts = np.where(occurs, by_class, 0).sum(-1) / occurs.sum(-1)
    return mean

"""Correction: what rates would be had every hit been read, from a sample of hits that was."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from analysis.fact import LEVELS
from analysis.measure.intervals import Z95, wilson
from analysis.measure.population import LEVEL_CHOICES, QueryError
from analysis.measure.standardise import Series
from scrapers.posting import FAMILIES

Cell = tuple[str, str]
"""Family and level of a hit, as tagged."""

CORRECTED: Final = ("rate_corrected", "low_corrected", "high_corrected", "n_audited")
"""Columns that a correction adds to a table of rates."""
THIN_AUDIT: Final = "thin audit"
N_AUDITED_FIRM: Final = 30
"""A correction that rests on fewer postings read is flagged."""

PRIOR: Final = 5.0
"""How many postings read in a family those of all families count for there.

A family with two postings read at a level would otherwise be corrected by halves.
"""

METHOD: Final = (
    "each hit counts as the share of hits read, of its family and tagged level, that were right and read at the level "
    "asked; the audit's noise is added to that of the sample (MOVER)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How hits of one family and tagged level were read: share of each level, and the size that rests on."""

    share: Mapping[str, float]
    """Shares of LEVELS; what they lack to 1 are hits that named something else."""
    size: float

    def rate(self, level: str) -> tuple[float, float, float]:
        """Return the share read at a level of LEVEL_CHOICES, with its 95% Wilson bounds."""
        rate = min(sum(self.share[name] for name in LEVEL_CHOICES[level]), 1.0)
        return (rate, *wilson(rate * self.size, self.size, Z95))


@dataclass(frozen=True, slots=True)
class Audit:
    """What reading a sample of hits says of hits in general."""

    readings: Mapping[Cell, Reading]
    n_read: Mapping[str, int]
    """Postings read, by family."""


def learn(audited: pd.DataFrame) -> Audit:
    """Return what readings say: P(level read | level tagged, family), shrunk to all families by PRIOR postings.

    `audited` has a row per hit read: family, level (as tagged; null rows are no hits any more and say nothing), weight,
    is_right, level_read. Predictive values, not the inverse of a confusion matrix: the sample was drawn from the
    tagger's own hits, so these shares are what it estimates, and they stay shares however small it is, while an
    inverse amplifies its noise and leaves [0, 1]. What they assume is that hits of one family and level are alike in
    every year, country and role. Raises QueryError where a level was never tagged in the sample.
    Source: the direct or "reclassification" estimator, Buonaccorsi, Measurement Error (2010), chapter 2.
    """
    tallies: defaultdict[Cell, _Tally] = defaultdict(_Tally)
    for family, level, weight, is_right, read in zip(*(audited[name] for name in _READ), strict=True):
        if level in LEVELS:
            for cell in ((family, level), (_ALL, level)):
                tallies[cell].add(weight, read if is_right else None)
    if absent := [level for level in LEVELS if (_ALL, level) not in tallies]:
        raise QueryError(f"the audit has no hit tagged {', '.join(absent)}: nothing can be corrected")
    readings = {(f, level): _blend(tallies[f, level], tallies[_ALL, level]) for f in FAMILIES for level in LEVELS}
    return Audit(readings, {f: sum(tallies[f, level].n for level in LEVELS) for f in FAMILIES})


_READ: Final = ("family", "level", "weight", "is_right", "level_read")
_ALL: Final = "all"


@dataclass(slots=True)
class _Tally:
    """Hits read: how many, their weights, and the weight read at each level."""

    n: int = 0
    weight: float = 0.0
    squares: float = 0.0
    read: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, weight: float, read: str | None) -> None:
        self.n += 1
        self.weight += weight
        self.squares += weight * weight
        if read is not None:
            self.read[read] += weight

    def share(self, level: str) -> float:
        return self.read[level] / self.weight if self.weight else 0.0


def _blend(own: _Tally, pooled: _Tally) -> Reading:
    size = own.weight**2 / own.squares if own.n else 0.0
    return Reading(
        {level: (size * own.share(level) + PRIOR * pooled.share(level)) / (size + PRIOR) for level in LEVELS},
        size + PRIOR,
    )


def correct(
    frame: pd.DataFrame, level: str, audit: Audit, measure: Callable[[pd.DataFrame], Series]
) -> list[dict[str, float]]:
    """Return rate, low and high as corrected and the postings read behind them (CORRECTED), one dict per period.

    `frame` is a counting frame, `level` one of LEVEL_CHOICES, `measure` forms the series of a frame under whatever
    weights are asked for; being linear in the hits it also forms the corrected one. Rates of single levels add up to
    that of level any. The bounds join two independent errors: that of the sample, from the interval of the corrected
    series, and that of each reading's share, times the rate of hits it applies to, by the method of variance estimates
    recovery (MOVER; Zou & Donner, Statistics in Medicine 27, 2008): rate - sqrt(sum of squared distances to the lower
    bounds), and likewise above. Postings that the tagger missed are not in it.
    """
    cell = pd.Series(list(zip(frame["family"], frame["level"], strict=True)), index=frame.index, dtype=object)
    present = sorted(c for c in set(cell) if c in audit.readings)
    rates = {c: audit.readings[c].rate(level) for c in present}
    corrected = measure(frame.assign(hit=cell.map({c: r[0] for c, r in rates.items()}).astype(float).fillna(0.0)))
    tagged = {c: measure(frame.assign(hit=cell == c)).rate for c in present}
    n_read = sum(audit.n_read.get(family, 0) for family in {family for family, _ in present})
    found = []
    for t in range(len(corrected.periods)):
        interval = corrected.interval(t)
        below = sum((tagged[c][t] * (rate - low)) ** 2 for c, (rate, low, _) in rates.items())
        above = sum((tagged[c][t] * (high - rate)) ** 2 for c, (rate, _, high) in rates.items())
        low = max(0.0, interval.rate - math.sqrt((interval.rate - interval.low) ** 2 + below))
        high = min(1.0, interval.rate + math.sqrt((interval.high - interval.rate) ** 2 + above))
        found.append(dict(zip(CORRECTED, (interval.rate, low, high, n_read), strict=True)))
    return found

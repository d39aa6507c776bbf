"""Comparison: is a challenger worse than the champion in a figure that is guarded, beyond what chance explains?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from analysis.bootstrap import Counts, Measure, draw, mean_of
from analysis.evaluate import HEADLINE
from analysis.learn.versions import figure_of
from analysis.scoring import Scores, TagLike
from scrapers.posting import Section

Tag = Callable[[str | None, str, Sequence[Section]], TagLike]

LABELLED: Final = (
    "airflow f1",
    "airflow level f1",
    "skill precision",
    "skill recall",
    "skill level f1",
    "main role accuracy",
    "role f1",
)
"""Guarded figures over labelled postings, as `analysis.evaluate` names them."""
TRAINED: Final = ("forward role f1", "line answers right", "line accuracy")
"""Guarded figures that training measures on postings of the store."""
FEW: Final = 300
"""Below so many postings an interval is too wide to guard anything: then the loss itself counts."""
MARGIN: Final = 0.02
"""The largest loss that few postings may show."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One guarded figure of challenger and champion; the interval is of challenger - champion, 95%."""

    name: str
    challenger: float
    champion: float
    low: float
    high: float
    n_postings: int

    @property
    def difference(self) -> float:
        """Challenger less champion."""
        return self.challenger - self.champion

    @property
    def is_worse(self) -> bool:
        """Tell whether the challenger lost beyond noise, or, of few postings, more than `MARGIN`."""
        return self.high < 0 or (self.n_postings < FEW and self.difference < -MARGIN)

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        return {**asdict(self), "difference": self.difference, "is_worse": self.is_worse}


def compare_labelled(
    gold: Sequence[Mapping[str, Any]], challenger: Tag, champion: Tag, seed: int = 0
) -> list[Compared]:
    """Return the guarded figures of two taggers on the same labelled postings.

    Intervals: percentile bootstrap of the difference over postings, both taggers on the same draws. Figures for which
    nothing is labelled are left out.
    """
    pair = [
        [Scores(p, tag(p["title"], p["text"], p["sections"]), False).counts for p in gold]
        for tag in (challenger, champion)
    ]
    draws = draw(len(gold), seed)
    found = (
        _compared(measure, [np.stack([row[measure.key] for row in rows]) for rows in pair], draws)
        for measure in HEADLINE
        if measure.name in LABELLED
    )
    return [compared for compared in found if compared is not None]


def _compared(measure: Measure, pair: Sequence[Counts], draws: Counts) -> Compared | None:
    """Return a figure of two taggers, given the counts (n, classes, 3) of each; None where nothing was scored."""
    with np.errstate(invalid="ignore", divide="ignore"):
        values = [float(mean_of(measure.statistic(counts.sum(0)))) for counts in pair]
        drawn = [mean_of(measure.statistic(np.tensordot(draws, counts, axes=1))) for counts in pair]
    if np.isnan(values).any():
        return None
    low, high = np.nanquantile(drawn[0] - drawn[1], [0.025, 0.975])
    return Compared(measure.name, values[0], values[1], float(low), float(high), int((pair[0].sum((1, 2)) > 0).sum()))


def compare_trained(challenger: Mapping[str, Any], champion: Mapping[str, Any]) -> list[Compared]:
    """Return the guarded figures of two versions' metrics; they come from other postings, so their noise adds up."""
    found = []
    for name in TRAINED:
        new, old = figure_of(challenger, name), figure_of(champion, name)
        if new is None or old is None or not (_has(challenger, name) and _has(champion, name)):
            continue
        spread = float(np.hypot(new["high"] - new["low"], old["high"] - old["low"])) / 2
        difference = new["value"] - old["value"]
        n = min(new["n_postings"], old["n_postings"])
        found.append(Compared(name, new["value"], old["value"], difference - spread, difference + spread, n))
    return found


def not_measured(challenger: Mapping[str, Any], champion: Mapping[str, Any]) -> list[str]:
    """Return the guarded figures that the champion has and the challenger lacks: skipped, they would guard nothing."""
    return [name for name in TRAINED if _has(champion, name) and not _has(challenger, name)]


def _has(metrics: Mapping[str, Any], name: str) -> bool:
    figure = figure_of(metrics, name)
    return figure is not None and figure["value"] is not None

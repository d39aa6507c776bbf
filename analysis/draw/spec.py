"""Spec: what a figure is: its data, its words and how it is painted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.labels import Labels
from analysis.draw.options import Options

TIDY: Final = [
    "series",
    "role",
    "level",
    "year",
    "n",
    "k",
    "rate",
    "low",
    "high",
    "n_eff",
    "n_companies",
    "method",
    "weighting",
    "covered_weight",
    "flag",
]


SHARES: Final = frozenset({"rate", "low", "high", "covered_weight"})


@dataclass(frozen=True, slots=True)
class FigureData:
    """Exactly what is plotted (`frame`: one row per mark, NaN where withheld) and what the notes say of it (`meta`).

    Figures of rates have the columns TIDY. `shares` names the columns that hold shares in [0,1]; a table for readers
    shows those in percent. `meta` must have n_postings, and is published as it is.
    """

    frame: pd.DataFrame
    meta: dict[str, Any] = field(default_factory=dict)
    shares: frozenset[str] = SHARES
    is_counted: bool = True
    """False for quotes, which have no unit, numerator or denominator."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words on and about a figure in one language; `alt` is two sentences, and one more for a claim drawn.

    `measure` says what a number of the figure is (unit, numerator, denominator) where it is not the share of postings
    for data roles that name Airflow.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str
    measure: Mapping[str, str] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """The alt text without its first sentence, which only names the chart; all of it where there is no second."""
        return self.alt.partition(". ")[2] or self.alt


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """A figure: `data` counts, `words` tells, `paint` draws onto an empty matplotlib figure.

    `takes` names the data options that change this figure; the others leave it, and its file names, as they are.
    """

    id: str
    takes: frozenset[str]
    data: Callable[[pa.Table, Options], FigureData]
    words: Callable[[FigureData, Labels, Options], Words]
    paint: Callable[[Figure, FigureData, Labels, Options], None]

"""Spec: what a figure is: its data, its words and how it is painted."""

from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class FigureData:
    """Exactly what is plotted and what the notes say.

    `frame` has the columns TIDY (shares in [0,1], NaN where withheld), or those of `analysis.draw.cards` for a quote.
    """

    frame: pd.DataFrame
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The words on and about a figure in one language; `alt` is two sentences, and one more for a claim drawn."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    alt: str


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

"""Data that strain Figure 4.12."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.draw.spec import FigureData
from analysis.measure.presence import ALL, COLUMNS
from tests.analysis.draw.conftest import META, Case


def make_presence(counts: Mapping[str, Sequence[int]], first: int = 2020, **values: Any) -> FigureData:
    """Make data of 4.12 from counts by source, each a list by year; `share` is that of the largest employers."""
    n_years, share = len(next(iter(counts.values()))), values.get("share", 0.07)
    totals = [sum(line[i] for line in counts.values()) for i in range(n_years)]
    rows = [
        [source, source, first + i, n, n // 2, round(n * share) if n else 0, share if n >= 30 else math.nan]
        for source, line in {ALL: totals, **counts}.items()
        for i, n in enumerate(line)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    meta = {**META, "n_postings": sum(totals), "sources": {name: sum(line) for name, line in counts.items()}}
    return FigureData(frame, {**meta, "sites": values.get("sites", {})}, frozenset({"top_share"}))


MANY = {f"a_source_with_a_rather_long_name_{i}": [10 * i, 0, i, 7, 12] for i in range(1, 31)}

CASES: dict[str, Case] = {
    "usual": (make_presence({"hackernews": [792, 1123, 775, 485, 549], "b": [0, 0, 206, 9868, 0]}), {}),
    "many sources": (make_presence(MANY), {"families": ("job_board", "ats", "korean_board")}),
    "large counts": (make_presence({"a": [1_234_567] * 5, "b": [1] * 5}, share=1.0), {}),
    "one posting": (make_presence({"a": [0, 0, 1, 0, 0]}), {}),
    "one year": (make_presence({"a": [12], "b": [100]}, share=0.0), {"years": (2020, 2020)}),
    "sixteen years": (make_presence({"a": [9868] * 16, "b": [45] * 16}, first=2011), {"years": (2011, 2026)}),
    "sites": (
        make_presence(MANY, sites=dict.fromkeys(MANY, "Greenhouse; Ashby; Workday and employers’ own sites")),
        {},
    ),
}

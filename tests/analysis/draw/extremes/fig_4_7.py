"""Data that strain Figure 4.7."""

import math
from typing import Any

import pandas as pd

from analysis.draw.spec import FigureData
from analysis.measure.change import COLUMNS, PARTS
from tests.analysis.draw.conftest import META, Case


def make_change(first: float, *parts: float, wide: float = 0.4, **values: Any) -> FigureData:
    """Make data of 4.7 from the first rate and the four parts, all in points; `wide` is half of every interval."""
    points = [first, *parts, first + sum(parts)]
    ends = [first]
    for part in parts:
        ends.append(ends[-1] + part)
    flag, n = values.get("flag", ""), values.get("n", 2000)
    rows = []
    for name, value, start, end in zip(
        ("raw_first", *PARTS, "raw_last"), points, [0.0, *ends[:-1], 0.0], [*ends, points[-1]], strict=True
    ):
        is_hidden = "withheld" in flag and name in PARTS
        shown = [math.nan if is_hidden else v for v in (value, value - wide, value + wide)]
        places = [math.nan if is_hidden else v for v in (start, end)]
        rows.append([name, *shown, n, n // 3, flag, *places])
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "start", "end"])
    meta = {"first": 2020, "last": 2024, "covered_weight": {2020: 0.97, 2024: 0.91}}
    return FigureData(frame, {**META, **meta}, frozenset())


def make_none() -> FigureData:
    return FigureData(pd.DataFrame(columns=[*COLUMNS, "start", "end"]), dict(META), frozenset())


CASES: dict[str, Case] = {
    "usual": (make_change(2.3, 2.6, 1.7, -0.1, -0.1), {}),
    "zero": (make_change(0.0, 0.0, 0.0, 0.0, 0.0, wide=0.0), {}),
    "full": (make_change(100.0, 0.0, 0.0, 0.0, 0.0, wide=0.0), {}),
    "nothing to everything": (make_change(0.0, 60.0, 30.0, 10.0, 0.0, wide=20.0), {"level": "required_or_preferred"}),
    "falling below nothing": (make_change(6.0, -9.0, 5.0, -2.0, 1.0, wide=3.0), {"level": "mentioned"}),
    "tiny": (make_change(0.05, 0.02, -0.01, 0.004, -0.004, wide=0.03), {}),
    "large counts": (make_change(12.0, -1.0, 3.0, 2.0, 1.0, n=1_234_567), {}),
    "withheld": (
        make_change(4.0, 1.0, 1.0, 0.0, 0.0, flag="withheld;low cover;no hits"),
        {"families": ("job_board", "ats")},
    ),
    "small": (make_change(40.0, 10.0, -20.0, 10.0, 0.0, wide=15.0, flag="small;imprecise"), {}),
    "no two years": (make_none(), {"years": (2022, 2022)}),
}

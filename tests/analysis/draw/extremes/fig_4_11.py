"""Data that strain Figure 4.11."""

import math
from typing import Any

import pandas as pd

from analysis.draw.spec import FigureData
from analysis.measure.population import Query
from analysis.measure.sensitivity import specifications
from tests.analysis.draw.conftest import META, Case

WANTED = specifications(Query(years=(2020, 2024), level="required"))


def case(rates: list[float], wide: float = 0.02, flag: str = "", **options: Any) -> Case:
    rows = []
    for i, (chosen, rate) in enumerate(zip(WANTED, rates, strict=False)):
        is_hidden = math.isnan(rate)
        counts = {"is_default": i == 0, "k": 9, "n": 900, "n_companies": 90, "n_eff": 400.0}
        bounds = (math.nan, math.nan) if is_hidden else (max(0.0, rate - wide), min(1.0, rate + wide))
        values = {"rate": rate, "low": bounds[0], "high": bounds[1], "flag": "withheld" if is_hidden else flag}
        rows.append({**chosen, **counts, **values})
    return FigureData(pd.DataFrame(rows), {**META, "n_withheld": 0, "n_distinct": 50}), options


N = len(WANTED)
CASES: dict[str, Case] = {
    "usual": case([0.036 + 0.0003 * (i * 7 % N) for i in range(N)]),
    "a level": case([0.4 + 0.003 * (i * 7 % N) for i in range(N)], level="required", families=("hn",)),
    "default lowest": case([0.01 * i for i in range(N)]),
    "default highest": case([0.9 - 0.01 * i for i in range(N)]),
    "zero": case([0.0] * N, wide=0.0),
    "full": case([1.0] * N),
    "small": case([0.2] * N, flag="small"),
    "one": case([0.2]),
    "default withheld": case([math.nan, *([0.1] * (N - 1))]),
    "nothing": case([math.nan] * N),
}

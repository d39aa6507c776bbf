"""Data that strain Figure 4.13."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.draw.fig_4_13 import BOUNDS, COLUMNS, LIMIT, SOURCE
from analysis.draw.spec import SHARES, FigureData
from analysis.measure.funnel import INSIDE, OUTSIDE, limits
from tests.analysis.draw.conftest import META, Case


def case(sizes: list[int], shares: list[float], pooled: float, **values: Any) -> Case:
    curve = limits(pooled, np.unique(np.geomspace(min(sizes), max(sizes), 80).round())).assign(series=LIMIT, flag="")
    own = limits(pooled, np.array(sizes)).assign(
        series=SOURCE,
        source=[f"{values.get('name', 'board')}_{i}" for i in range(len(sizes))],
        country="US",
        first_year=2020,
        last_year=2024,
        rate=shares,
        flag=values.get("flag", ""),
    )
    is_out = (own["rate"] < own["low_998"]) | (own["rate"] > own["high_998"])
    own["place"] = np.where(is_out, OUTSIDE["998"], INSIDE)
    frame = pd.concat([own, curve], ignore_index=True).reindex(columns=COLUMNS).assign(method="jackknife-wilson")
    if values.get("is_hidden"):
        frame["rate"] = np.nan
    meta = {
        **META,
        "pooled": {"rate": pooled, "low": pooled * 0.9, "high": min(1.0, pooled * 1.1)},
        "n_parts": {"shown": len(sizes), "withheld": 2},
        "n_outside": {"95": 3, "998": int(is_out.sum())},
        "overdispersion": 4.2 if 0 < pooled < 1 else None,
        "deff": 1.7,
    }
    return FigureData(frame, meta, SHARES | set(BOUNDS)), {}


SIZES = [32, 55, 130, 400, 420, 450, 900, 3000, 9000]
CASES: dict[str, Case] = {
    "usual": case(SIZES, [0.06, 0.0, 0.08, 0.13, 0.12, 0.02, 0.03, 0.02, 0.036], 0.036),
    "zero": case(SIZES, [0.0] * 9, 0.0),
    "full": case(SIZES, [1.0] * 9, 1.0),
    "all far and alike": case([2000] * 12, [0.5] * 12, 0.1),
    "one": case([40], [0.5], 0.5, flag="small"),
    "huge": case([3, 12_345_678], [0.0, 0.4], 0.4),
    "long names": case([1000, 3000, 9000], [0.9, 0.8, 0.7], 0.1, name="the_board_of_bakers_and_their_data_engineers"),
    "nothing": case(SIZES, [0.1] * 9, 0.1, is_hidden=True),
}

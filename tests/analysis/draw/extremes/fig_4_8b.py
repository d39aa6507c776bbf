"""Data that strain Figure 4.8b."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.draw.fig_4_8 import FIRST, TOOLS
from analysis.draw.spec import FigureData
from tests.analysis.draw.conftest import META, Case


def make_overlaps(n_first: int, others: Sequence[tuple[int, int]], n: int = 20_000, flag: str = "") -> FigureData:
    """Make data of 4.8b from postings naming both and the other only, repeated over the tools."""
    rows: list[dict[str, Any]] = []
    for place, skill in enumerate(TOOLS):
        both, only = (n_first, 0) if skill == FIRST else others[(place - 1) % len(others)]
        k = both + only
        shown = [math.nan if "withheld" in flag else v for v in (k / n, 0.9 * k / n, min(1.0, 1.1 * k / n))]
        rows.append(
            {
                "skill": skill,
                "level": "any",
                "k": k,
                "n": n,
                "n_companies": n // 2,
                "n_eff": n / 2,
                **dict(zip(("rate", "low", "high"), shown, strict=True)),
                "flag": flag,
                "difference": 100 * (k - n_first) / n,
                "only_first": n_first - both,
                "both": both,
                "only_other": only,
            }
        )
    return FigureData(pd.DataFrame(rows), dict(META))


CASES: dict[str, Case] = {
    "usual": (make_overlaps(876, [(29, 410), (36, 147), (51, 87), (68, 2), (33, 12)]), {}),
    "none": (make_overlaps(0, [(0, 0)]), {}),
    "all": (make_overlaps(1000, [(1000, 0)], n=1000), {"level": "required_or_preferred"}),
    "no overlap": (make_overlaps(5, [(0, 7)]), {"level": "mentioned"}),
    "large counts": (make_overlaps(1_234_567, [(234_567, 7_654_321)], n=9_999_999), {}),
    "withheld": (make_overlaps(3, [(1, 1)], n=12, flag="withheld"), {"families": ("job_board", "ats")}),
}

"""Data that strain Figure 4.8."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.draw.fig_4_8 import COLUMNS, TOOLS
from analysis.draw.spec import FigureData
from tests.analysis.draw.conftest import META, Case, make_row

FIVE = (2020, 2024)


def make_tools(shares: Sequence[Sequence[float]], first: int = 2020, **values: Any) -> FigureData:
    """Make data of 4.8 from the shares of tools, each by year, repeated over the tools; flags by (skill, year)."""
    flags = values.pop("flags", {})
    rows = [
        {"skill": skill, **make_row("", "", "any", first + i, share, flag=flags.get((skill, first + i), ""), **values)}
        for place, skill in enumerate(TOOLS)
        for i, share in enumerate(shares[place % len(shares)])
    ]
    frame = pd.DataFrame(rows).reindex(columns=list(COLUMNS)).astype({"year": "Int64", "flag": "str"})
    return FigureData(frame, dict(META))


CASES: dict[str, Case] = {
    "usual": (make_tools([[0.03, 0.05, 0.03, 0.03, 0.05], [0.001, 0.0, 0.002, 0.003, 0.0004]], wide=0.002), {}),
    "zero": (make_tools([[0.0] * 5], wide=0.0), {}),
    "full": (make_tools([[1.0] * 5]), {"level": "required_or_preferred"}),
    "wide": (make_tools([[0.5] * 5], wide=0.5, n=1_234_567), {}),
    "one year": (make_tools([[0.08]]), {"years": (2020, 2020)}),
    "sixteen years": (make_tools([[0.08] * 16], first=2011), {"years": (2011, 2026)}),
    "withheld": (
        make_tools([[0.08] * 5], n=0, flags={(s, y): "withheld" for s in TOOLS for y in range(2020, 2025)}),
        {"families": ("job_board", "ats", "korean_board")},
    ),
    "gaps": (
        make_tools([[0.08] * 5], flags={("luigi", 2021): "withheld;low cover", ("airflow", 2024): "withheld"}),
        {"level": "mentioned"},
    ),
}

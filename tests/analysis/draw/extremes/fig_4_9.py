"""Data that strain Figure 4.9."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.draw.fig_4_9 import ALL, LINES, RAW
from analysis.draw.spec import FigureData
from analysis.fact import DATA_ROLES
from tests.analysis.draw.conftest import Case, make_row, to_data


def make_levels(
    required: Sequence[float],
    preferred: Sequence[float],
    first: int = 2020,
    flags: Mapping[tuple[str, str], str] | None = None,
    **values: Any,
) -> FigureData:
    """Make data of 4.9 from the shares of both levels by year, the same in every role; flags by (series, role)."""
    lines = {LINES[0]: required, LINES[1]: preferred, RAW: [0.1] * len(required)}
    marked = flags or {}
    rows = [
        make_row(series, role, "any", first + i, share, flag=marked.get((series, role), ""), **values)
        for series, shares in lines.items()
        for role in (ALL, *DATA_ROLES)
        for i, share in enumerate(shares)
    ]
    return to_data(rows, share_unsectioned=0.21)


CASES: dict[str, Case] = {
    "usual": (make_levels([0.03, 0.05, 0.04, 0.06, 0.09], [0.01, 0.02, 0.03, 0.02, 0.04]), {}),
    "zero": (make_levels([0.0] * 5, [0.0] * 5, wide=0.0), {}),
    "full": (make_levels([1.0] * 5, [1.0] * 5), {}),
    "equal ends": (make_levels([0.02] * 5, [0.02] * 5), {}),
    "one year": (make_levels([0.5], [0.1], n=1_234_567), {"years": (2020, 2020)}),
    "sixteen years": (make_levels([0.05] * 16, [0.03] * 16, first=2011), {"years": (2011, 2026)}),
    "withheld": (
        make_levels([0.1] * 5, [0.1] * 5, flags={(s, r): "withheld" for s in LINES for r in (ALL, *DATA_ROLES)}, n=0),
        {"families": ("job_board", "ats", "korean_board")},
    ),
    "some withheld": (
        make_levels(
            [0.1] * 5,
            [0.02] * 5,
            flags={("preferred", "bi_analyst"): "withheld", ("required", "ml_engineer"): "small;imprecise"},
        ),
        {},
    ),
}

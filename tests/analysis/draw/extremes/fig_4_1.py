"""Data that strain Figure 4.1."""

from typing import Any

from analysis.fact import DATA_ROLES
from tests.analysis.draw.conftest import Case, make_yearly

FLAT = [0.08, 0.09, 0.10, 0.09, 0.13]
LINES: dict[str, dict[str, Any]] = {
    "usual": {
        "shares": {"standardised": FLAT, "raw": [0.06, 0.08, 0.11, 0.12, 0.16], "hn": [0.01, 0.02, 0.02, 0.02, 0.03]}
    },
    "zero": {"shares": {"standardised": [0.0] * 5, "raw": [0.0] * 5, "hn": [0.0] * 5}, "wide": 0.0},
    "full": {"shares": {"standardised": [1.0] * 5, "raw": [1.0] * 5, "hn": [1.0] * 5}},
    "equal ends": {"shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT}},
    "tiny": {"shares": {"standardised": [0.006] * 5, "raw": [0.005] * 5, "hn": [0.0004] * 5}, "wide": 0.002},
    "large counts": {"shares": {"standardised": FLAT, "raw": FLAT}, "n": 1_234_567},
    "one year": {"shares": {"standardised": [0.08], "raw": [0.09], "hn": [0.02]}, "years": (2020, 2020)},
    "sixteen years": {"shares": {k: FLAT * 3 + [0.5] for k in ("standardised", "raw", "hn")}, "years": (2011, 2026)},
    "withheld": {
        "shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT},
        "flags": {(k, y): "withheld" for k in ("standardised", "raw", "hn") for y in range(2020, 2025)},
        "n": 0,
    },
    "gaps": {
        "shares": {"standardised": FLAT, "raw": FLAT, "hn": FLAT},
        "flags": {("standardised", 2021): "withheld", ("standardised", 2022): "small", ("raw", 2024): "withheld"},
    },
}
PANELS = ("full", "sixteen years", "withheld", "large counts")


def case(shares: dict[str, list[float]], years: tuple[int, int] = (2020, 2024), **values: Any) -> Case:
    return make_yearly(shares, first=years[0], **values), {"years": years}


def by_role(shares: dict[str, list[float]], **values: Any) -> Case:
    data, options = case(shares, by_role=dict.fromkeys(DATA_ROLES, shares["standardised"]), **values)
    return data, {**options, "by": ("role",)}


CASES: dict[str, Case] = {
    **{name: case(**values) for name, values in LINES.items()},
    **{f"{name} by role": by_role(**LINES[name]) for name in PANELS},
}

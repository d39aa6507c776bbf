"""Data that strain Figure 4.2."""

from typing import Any

from analysis.fact import DATA_ROLES
from tests.analysis.draw.conftest import Case, make_pooled

BARS: dict[str, dict[str, Any]] = {
    "usual": {
        "parts": dict(zip(DATA_ROLES, [(0.13, 0.03, 0.02), (0.03, 0.01, 0.01), (0.04, 0.02, 0.02)], strict=False))
    },
    "zero": {"parts": dict.fromkeys(DATA_ROLES, (0.0, 0.0, 0.0)), "wide": 0.0},
    "full": {"parts": dict.fromkeys(DATA_ROLES, (0.4, 0.3, 0.3))},
    "one level": {"parts": {"data_engineer": (1.0, 0.0, 0.0), "bi_analyst": (0.0, 0.0, 0.01)}},
    "narrow first": {"parts": {"data_engineer": (0.001, 0.001, 0.002), "bi_analyst": (0.0, 0.001, 0.0)}, "wide": 0.3},
    "tiny": {"parts": dict.fromkeys(DATA_ROLES, (0.003, 0.002, 0.001)), "wide": 0.003},
    "large counts": {"parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)), "n": 1_234_567},
    "withheld": {
        "parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)),
        "flags": dict.fromkeys(DATA_ROLES, "withheld"),
        "n": 12,
    },
    "some withheld": {
        "parts": dict.fromkeys(DATA_ROLES, (0.1, 0.1, 0.1)),
        "flags": {"bi_analyst": "withheld", "ml_engineer": "small;imprecise"},
        "wide": 0.2,
    },
}

CASES: dict[str, Case] = {name: (make_pooled(**values), {}) for name, values in BARS.items()}

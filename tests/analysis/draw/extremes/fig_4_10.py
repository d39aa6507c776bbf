"""Data that strain Figure 4.10."""

import math
from typing import Any

import pandas as pd

from analysis.draw.spec import FigureData
from tests.analysis.draw.conftest import META, Case

COLUMNS = ("skill", "label", "k_joint", "k_skill", "n", "n_companies", "n_eff", "lift", "odds_ratio", "low", "high")


def row(label: str, odds: float, width: float, **values: Any) -> tuple[Any, ...]:
    return (label, label, values.get("k", 40), 90, 24_000, 30, 200.0, odds, odds, odds / width, odds * width)


def case(rows: list[tuple[Any, ...]], flag: str = "") -> Case:
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(p=1e-9, q=1e-8, flag=flag)
    return FigureData(frame, {**META, "n_tested": 141, "k": 866}, frozenset()), {}


def ladder(top: float, n: int = 20, width: float = 1.8) -> list[tuple[Any, ...]]:
    return [row(f"Oven {i}", max(top * 0.8**i, 0.01), width) for i in range(n)]


CASES: dict[str, Case] = {
    "usual": case(ladder(80)),
    "around one": case(ladder(1.1, width=1.02)),
    "far below one": case(ladder(0.4, width=9.0)),
    "huge": case([row("Dough", 8e5, 50, k=1_234_567), *ladder(90)]),
    "one": case([row("Dough", 2.0, 1.5)], "small"),
    "all alike": case([row(f"Oven {i}", 1.0, 1.0) for i in range(20)]),
    "long names": case([row("Elastic distributed bread and butter orchestration service", 5, 2)] * 20),
    "withheld": case([row("Dough", math.nan, 1.0)] * 3, "withheld"),
    "nothing": case([]),
}

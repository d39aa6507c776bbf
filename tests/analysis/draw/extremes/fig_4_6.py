"""Data that strain Figure 4.6."""

import math
from typing import Any

import pandas as pd

from analysis.draw.fig_4_6 import SHARES
from analysis.draw.spec import FigureData
from analysis.measure.claims import COMPATIBLE, HIGHER, LOWER, TOO_LITTLE
from analysis.measure.trend import CANNOT_BE_JUDGED
from tests.analysis.draw.conftest import META, Case

NAN = math.nan
KO, EN = "제빵 데이터 엔지니어, 필수 또는 우대", "bakery data engineer, required or preferred"


def row(claim: str, population: str, claimed: float, measured: float, verdict: str, **values: Any) -> dict[str, Any]:
    is_hidden = math.isnan(measured)
    wide = values.get("wide", 0.05)
    return {
        "claim": claim,
        "population": population,
        "ko": values.get("ko", KO),
        "en": values.get("en", EN),
        "said_ko": values.get("said", f"{claimed:.0%}"),
        "said_en": values.get("said", f"{claimed:.0%}"),
        "level": "any",
        "claimed": claimed,
        "measured": measured,
        "low": NAN if is_hidden else max(0.0, measured - wide),
        "high": NAN if is_hidden else min(1.0, measured + wide),
        "slope": NAN,
        "slope_low": NAN,
        "slope_high": NAN,
        "k": 9,
        "n": values.get("n", 1234),
        "n_companies": 99,
        "n_eff": 321.5,
        "flag": values.get("flag", ""),
        "verdict": verdict,
        "n_same": 52,
        "n_specifications": 55,
    }


def pair(claim: str, claimed: float, all_: float, korea: float, verdict: str, **values: Any) -> list[dict[str, Any]]:
    return [
        row(claim, "all", claimed, all_, verdict, **values),
        row(claim, "korea", claimed, korea, TOO_LITTLE if math.isnan(korea) else verdict, **values),
    ]


def growth(slope: float) -> list[dict[str, Any]]:
    found = pair("growth", NAN, NAN, NAN, CANNOT_BE_JUDGED, said="steady growth ever since")
    found[0] |= {"slope": slope, "slope_low": slope - 12.5, "slope_high": slope + 12.5}
    return found


def case(rows: list[dict[str, Any]], **meta: Any) -> Case:
    return FigureData(pd.DataFrame(rows), {**META, "queries": {}, "period": [2020, 2024], **meta}, SHARES), {}


USUAL = [
    *pair("a", 0.68, 0.036, 0.084, LOWER),
    *pair("b", 0.85, 0.2, NAN, LOWER, flag="small"),
    *pair("c", 0.3, 0.31, 0.9, HIGHER),
    *growth(0.27),
]
LONG = "the share of postings that ask for ovens, warm, cold or somewhere in between, as said " * 2
CASES: dict[str, Case] = {
    "usual": case(USUAL),
    "zero": case([r for c in "abcde" for r in pair(c, 0.0, 0.0, 0.0, COMPATIBLE, wide=0.0)]),
    "full": case([r for c in "abcde" for r in pair(c, 1.0, 1.0, 1.0, COMPATIBLE)]),
    "equal": case([r for c in "abcde" for r in pair(c, 0.5, 0.5, 0.5, COMPATIBLE, wide=0.5)]),
    "nothing measured": case([r for c in "abc" for r in pair(c, 0.5, NAN, NAN, TOO_LITTLE, n=0)]),
    "growth alone": case(growth(-3.5)),
    "long names": case([r for c in "abc" for r in pair(c, 0.5, 0.2, 0.2, LOWER, ko=LONG, en=LONG, n=1_234_567)]),
    "many claims": case([r for c in "abcdefghij" for r in pair(c, 0.5, 0.2, 0.2, LOWER)]),
    "own population": case([row("a", "as claimed", 0.5, 0.2, LOWER)]),
}

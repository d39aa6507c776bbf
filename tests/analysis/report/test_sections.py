"""The tables of the report: no rate without what it rests on, nothing shown that is withheld."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.draw.options import LANGS
from analysis.report import sections
from analysis.report.evidence import Evidence

SHARE: dict[str, Any] = {
    "ko": "굽는 사람, 언급",
    "en": "bakers, any mention",
    "population": "all",
    "said_ko": "40%",
    "said_en": "40%",
    "unit": "share",
    "relation": "about",
    "n": 1234,
    "n_companies": 210,
    "n_eff": 45.2,
    "measured": 0.123,
    "low": 0.08,
    "high": 0.19,
    "flag": "small",
    "verdict": "measured lower",
    "n_same": 30,
    "n_specifications": 52,
    "spec_low": 0.05,
    "spec_high": 0.2,
}
WITHHELD = SHARE | {"population": "korea", "flag": "withheld", "verdict": "too little data"}
WITHHELD |= dict.fromkeys(("measured", "low", "high", "spec_low", "spec_high"), math.nan)
GROWTH = SHARE | {"unit": "points per year", "measured": -0.31, "low": -0.9, "high": 0.25, "flag": ""}


@pytest.mark.parametrize("lang", LANGS)
def test_claims_stand_with_their_sizes_flags_and_ranges(evidence: Evidence, lang: str) -> None:
    judged = replace(evidence, claims=pd.DataFrame([SHARE, WITHHELD, GROWTH]))
    heads, (share, withheld, growth) = sections.claim_rows(judged, lang)
    assert len(heads) == len(share) == len(withheld) == len(growth)
    assert share[1:4] == ["40%", "12.3%", "8.0–19.0%"]
    assert share[5:] == ["30/52", "5.0–20.0%", "1,234", "210", "45"]
    assert ("small" if lang == "en" else "표본 적음") in share[4]
    assert withheld[2:4] == ["–", "–"]
    assert withheld[6] == "–"
    assert ("Korea" if lang == "en" else "한국") in withheld[0]
    assert growth[2:4] == ["−0.31", "−0.90 – +0.25"]


@pytest.mark.parametrize("lang", LANGS)
def test_without_claims_the_headline_numbers_stand_with_their_sizes(evidence: Evidence, lang: str) -> None:
    heads, rows = sections.claim_rows(evidence, lang)
    assert all(len(row) == len(heads) for row in rows)
    first = evidence.headline
    assert rows[0][2:7] == [
        f"{first['rate']:.1%}",
        sections.span(first["low"], first["high"]),
        f"{first['n']:,}",
        f"{first['n_companies']:,}",
        f"{first['n_eff']:,.0f}",
    ]


def test_the_headline_tells_the_verdict_on_growth_in_both_languages(evidence: Evidence) -> None:
    known = replace(evidence, growth="no steady growth")
    assert "2020–2024: no." in sections.growth(known, "en")
    assert "꾸준한 증가: 아님" in sections.growth(known, "ko")

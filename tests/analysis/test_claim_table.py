import io
from typing import Any

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from analysis.claim_table import tables
from analysis.measure.claims import COMPATIBLE, HIGHER, LOWER, PER_YEAR, SHARE, TOO_LITTLE
from analysis.measure.trend import CANNOT_BE_JUDGED

ROW: dict[str, Any] = {
    "claim": "ovens",
    "population": "all",
    "ko": "데이터 엔지니어와 분석가를 함께 본 오븐의 비율",
    "en": "ovens among data engineers and analysts [together]",
    "said_ko": "85%+",
    "said_en": "85%+",
    "first_year": 2020,
    "last_year": 2024,
    "unit": SHARE,
    "n": 1_234_567,
    "n_eff": 876_543.2,
    "measured": 0.4567,
    "low": 0.4321,
    "high": 0.4999,
    "verdict": LOWER,
    "n_same": 41,
    "n_too_little": 3,
    "n_specifications": 52,
}
NAN = float("nan")


def text(rows: list[dict[str, Any]], lang: str, width: int = 80) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(*tables(pd.DataFrame(rows), lang), sep="\n")
    return out.getvalue().splitlines()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(lang: str) -> None:
    growth = {"unit": PER_YEAR, "measured": -0.27, "low": -1.5, "high": 0.96, "verdict": CANNOT_BE_JUDGED}
    verdicts = [COMPATIBLE, LOWER, HIGHER, TOO_LITTLE]
    rows = [ROW | {"verdict": each} for each in verdicts] + [ROW | growth]
    lines = text(rows, lang)
    assert max(cell_len(line) for line in lines) <= 80
    whole = " ".join("\n".join(lines).split())
    assert "…" not in whole
    for shown in ("45.7%", "43.2%–50.0%", "1,234,567", "876,543", "85%+", "41", "-0.27", "-1.50 – +0.96"):
        assert shown in whole
    assert all(word in whole for word in ROW[lang].split())


def test_columns_stand_under_one_another_in_korean() -> None:
    lines = text([ROW, ROW | {"ko": "짧은 주장", "n": 7, "n_eff": 6.0}], "ko")
    ends = [cell_len(line[: line.index(n) + len(n)]) for n in ("1,234,567", " 7 ") for line in lines if n in line]
    assert ends[0] == ends[1] - 1


def test_the_period_is_in_the_title_when_it_is_everyones() -> None:
    assert text([ROW, ROW], "en")[0].strip() == "All postings, 2020–2024"
    mixed = text([ROW, ROW | {"first_year": 2023, "last_year": 2023}], "en")
    assert mixed[0].strip() == "All postings"
    assert any("2020–2024" in line for line in mixed)
    assert any("2023 " in line for line in mixed)
    assert text([ROW | {"first_year": NAN, "last_year": NAN}], "ko")[0].strip() == "전체 공고"


def test_each_population_has_a_table() -> None:
    lines = text([ROW, ROW | {"population": "korea"}, ROW | {"population": "as claimed"}], "ko")
    titles = [line.strip().removesuffix(", 2020–2024") for line in lines if line.strip().endswith(", 2020–2024")]
    assert titles == ["전체 공고", "한국", "주장이 말하는 공고"]


def test_what_is_withheld_says_so_and_shows_its_postings() -> None:
    thin = ROW | {"measured": NAN, "low": NAN, "high": NAN, "verdict": TOO_LITTLE, "n": 28, "n_eff": 13.0}
    whole = "\n".join(text([thin], "en"))
    assert "withheld" in whole
    assert "eff. 13" in whole
    assert "nan" not in whole
    assert "too little: 3" not in whole

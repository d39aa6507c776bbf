"""The verdicts on claims as a table for a terminal of 80 columns, in Korean or English."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from analysis.measure import claims as measured
from analysis.measure.trend import CANNOT_BE_JUDGED

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "all": "All postings",
        "korea": "Korea",
        measured.AS_CLAIMED: "The postings the claim is about",
        "claim": "claim",
        "said": "claimed",
        "measured": "measured",
        "n": "postings",
        "verdict": "verdict",
        "n_eff": "eff. {n}",
        "per_year": "points a year",
        "withheld": "withheld",
        "same": "{same} of {all} ways",
        "too_little": "too little: {n}",
        measured.COMPATIBLE: "compatible",
        measured.LOWER: "measured lower",
        measured.HIGHER: "measured higher",
        measured.TOO_LITTLE: "too little data",
        CANNOT_BE_JUDGED: "cannot be judged",
        "note": "Each claim is held against its own measure, with its 95% interval. Eff.: independent postings that "
        "would tell as much; below 30 a rate is withheld. Ways: in how many ways of counting (duplicates, dates, "
        "kinds of source, weights, roles, levels) the verdict is the same.",
    },
    "ko": {
        "all": "전체 공고",
        "korea": "한국",
        measured.AS_CLAIMED: "주장이 말하는 공고",
        "claim": "주장",
        "said": "주장값",
        "measured": "측정값",
        "n": "공고 수",
        "verdict": "판정",
        "n_eff": "유효 {n}",
        "per_year": "%p/년",
        "withheld": "보류",
        "same": "{all}가지 중 {same}가지",
        "too_little": "자료 부족 {n}",
        measured.COMPATIBLE: "주장과 부합",
        measured.LOWER: "측정값이 더 낮음",
        measured.HIGHER: "측정값이 더 높음",
        measured.TOO_LITTLE: "자료 부족",
        CANNOT_BE_JUDGED: "판단 불가",
        "note": "주장마다 그 주장의 척도로 비교하며, 둘째 줄은 95% 신뢰구간이다. 유효: 서로 독립인 공고로 환산한 "
        "수이며, 30 미만이면 비율을 보류한다. 가지: 집계 방식(중복, 날짜, 출처 종류, 가중, 직무, 수준)을 바꾸어 "
        "세었을 때 판정이 같은 경우의 수.",
    },
}


def tables(judged: pd.DataFrame, lang: str) -> Iterator[Table | Text]:
    """Yield one table per population of a result of `judge`, in "ko" or "en", and the words that explain them."""
    words = _WORDS[lang]
    periods = {_period(row) for row in judged.to_dict("records")}
    shared = periods.pop() if len(periods) == 1 else ""
    for population, rows in judged.groupby("population", sort=False):
        title = ", ".join(part for part in (words[str(population)], shared) if part)
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
        table.add_column(words["claim"], ratio=1, overflow="fold")
        table.add_column(words["said"], justify="right", overflow="fold", max_width=8)
        for name in ("measured", "n"):
            table.add_column(words[name], justify="right", no_wrap=True)
        table.add_column(words["verdict"], no_wrap=True)
        for row in rows.to_dict("records"):
            table.add_row(*_cells(row, lang, words, "" if shared else _period(row)))
        yield table
        yield Text()
    yield Text(words["note"])


def _period(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["first_year"]):
        return ""
    return "–".join(dict.fromkeys(f"{row[name]:.0f}" for name in ("first_year", "last_year")))


def _cells(row: Mapping[Any, Any], lang: str, words: Mapping[str, str], period: str) -> tuple[Text, ...]:
    ways = words["same"].format(same=row["n_same"], all=row["n_specifications"])
    if row["n_too_little"] and row["verdict"] != measured.TOO_LITTLE:
        ways += "\n" + words["too_little"].format(n=row["n_too_little"])
    return (
        _lines(row[lang], period),
        Text(row[f"said_{lang}"]),
        _lines(*_measured(row, words)),
        _lines(f"{row['n']:,}", words["n_eff"].format(n=f"{row['n_eff']:,.0f}")),
        _lines(words[row["verdict"]], ways),
    )


def _lines(first: str, second: str) -> Text:
    return Text(first, style="bold").append(f"\n{second}", style="not bold dim") if second else Text(first)


def _measured(row: Mapping[Any, Any], words: Mapping[str, str]) -> tuple[str, str]:
    if pd.isna(row["measured"]):
        return words["withheld"], ""
    if row["unit"] == measured.SHARE:
        return f"{row['measured']:.1%}", f"{row['low']:.1%}–{row['high']:.1%}"
    return f"{row['measured']:+.2f}", f"{row['low']:+.2f} – {row['high']:+.2f}\n{words['per_year']}"

"""Headline: the few numbers that open the README, beside what the presentation says of them."""

from typing import Final

import pandas as pd
import pyarrow as pa

from analysis.measure.population import Query
from analysis.measure.rates import rates

PERIOD: Final = (2020, 2024)

ROWS: Final = (
    (Query(years=PERIOD), "68%", "all data roles, any mention", "데이터 직무 전체, 언급"),
    (Query(years=PERIOD, families=("hn",)), "", "the same, Hacker News alone", "같은 기준, Hacker News만"),
    (
        Query(years=PERIOD, roles=("data_engineer",), level="required"),
        "85%+",
        "data engineer, required",
        "데이터 엔지니어, 필수",
    ),
    (
        Query(years=PERIOD, roles=("data_engineer",)),
        "",
        "data engineer, any mention",
        "데이터 엔지니어, 언급",
    ),
    (
        Query(years=PERIOD, roles=("data_engineer",), families=("job_board",)),
        "",
        "the same, job boards alone",
        "같은 기준, 채용 사이트만",
    ),
    (
        Query(years=PERIOD, roles=("data_scientist",), level="preferred"),
        "~50%",
        "data scientist, preferred",
        "데이터 사이언티스트, 우대",
    ),
    (
        Query(years=PERIOD, roles=("ml_engineer",), level="required_or_preferred"),
        "65%",
        "ML engineer, required or preferred",
        "ML 엔지니어, 필수 또는 우대",
    ),
    (Query(years=PERIOD, roles=("bi_analyst",)), "30%", "BI / data analyst, any mention", "BI·데이터 분석가, 언급"),
)
"""Question, what the presentation says, and the words for it; each claim is put beside its own measure."""

HEADS: Final = {
    "en": "| postings of 2020–2024 | measured | 95% interval | postings | companies | the slide says |",
    "ko": "| 2020–2024년 공고 | 측정값 | 95% 신뢰구간 | 공고 수 | 회사 수 | 발표 자료 |",
}


def headline(facts: pa.Table, lang: str) -> str:
    """Return the headline numbers as a Markdown table in "en" or "ko"."""
    lines = [HEADS[lang], "|---|---:|---:|---:|---:|---:|"]
    for query, claim, en, ko in ROWS:
        row = rates(facts, query).iloc[0]
        rate = "–" if pd.isna(row["rate"]) else f"{row['rate']:.1%}"
        span = "–" if pd.isna(row["rate"]) else f"{row['low']:.1%}–{row['high']:.1%}"
        name = en if lang == "en" else ko
        lines.append(f"| {name} | **{rate}** | {span} | {row['n']:,} | {row['n_companies']:,} | {claim} |")
    return "\n".join(lines)

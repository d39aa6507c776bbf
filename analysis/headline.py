"""Headline: the few numbers that open the README, beside what the presentation says of them."""

from collections.abc import Iterator
from typing import Final

import pandas as pd
import pyarrow as pa

from analysis.claim_file import bundled_claims
from analysis.measure.population import Query
from analysis.measure.rates import rates

PERIOD: Final = (2020, 2024)

BESIDE: Final = {
    "data_roles": (
        (
            Query(years=PERIOD, families=("hn",)),
            {"en": "the same, Hacker News alone", "ko": "같은 기준, Hacker News만"},
        ),
    ),
    "data_engineer": (
        (
            Query(years=PERIOD, roles=("data_engineer",)),
            {"en": "data engineer, any mention", "ko": "데이터 엔지니어, 언급"},
        ),
        (
            Query(years=PERIOD, roles=("data_engineer",), families=("job_board",)),
            {"en": "the same, job boards alone", "ko": "같은 기준, 채용 사이트만"},
        ),
    ),
}
"""What is shown under a claim, though nobody claims it: question and words."""

HEADS: Final = {
    "en": "| postings of 2020–2024 | measured | 95% interval | postings | companies | the slide says |",
    "ko": "| 2020–2024년 공고 | 측정값 | 95% 신뢰구간 | 공고 수 | 회사 수 | 발표 자료 |",
}


def headline(facts: pa.Table, lang: str) -> str:
    """Return the headline numbers as a Markdown table in "en" or "ko"."""
    lines = [HEADS[lang], "|---|---:|---:|---:|---:|---:|"]
    for query, name, said in _rows(lang):
        row = rates(facts, query).iloc[0]
        rate = "–" if pd.isna(row["rate"]) else f"{row['rate']:.1%}"
        span = "–" if pd.isna(row["rate"]) else f"{row['low']:.1%}–{row['high']:.1%}"
        lines.append(f"| {name} | **{rate}** | {span} | {row['n']:,} | {row['n_companies']:,} | {said} |")
    return "\n".join(lines)


def _rows(lang: str) -> Iterator[tuple[Query, str, str]]:
    """Yield question, words and what is claimed; each claim stands beside its own measure."""
    for claim in bundled_claims():
        if claim.value is None:
            continue
        yield claim.query, claim.wording[lang], claim.said[lang]
        for query, words in BESIDE.get(claim.name, ()):
            yield query, words[lang], ""

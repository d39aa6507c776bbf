"""Columns: what each column of a result means, its unit, and its name in Korean and English."""

from collections.abc import Collection
from typing import Final, NamedTuple


class Column(NamedTuple):
    """A column of results; unit is share (0 to 1), points (percentage points), ratio, count, year, yes/no or text."""

    en: str
    ko: str
    unit: str
    meaning: str


class Estimate(NamedTuple):
    """Names of the columns that hold an estimate and the bounds of its 95% interval."""

    value: str
    low: str
    high: str


COLUMNS: Final[dict[str, Column]] = {
    "skill": Column("skill", "기술", "text", "skill id of the vocabulary"),
    "level": Column("level", "수준", "text", "level asked: any, required, preferred, required_or_preferred, mentioned"),
    "year": Column("year", "연도", "year", "year of posting"),
    "role": Column("role", "직무", "text", "role advertised; a posting with several counts in each"),
    "source": Column("source", "출처", "text", "platform or dataset"),
    "family": Column("kind of source", "출처 유형", "text", "kind of source: hn, job_board, ats, korean_board"),
    "country": Column("country", "국가", "text", "ISO 3166 two-letter code, or unknown"),
    "lang": Column("language", "언어", "text", "language of the posting"),
    "posting_lang": Column("language", "언어", "text", "language of the posting"),
    "posted_on_kind": Column("kind of date", "날짜 종류", "text", "what kind of date the posting has"),
    "role_method": Column(
        "role decided by", "직무 판정", "text", "what decided the roles: title, text, model, default"
    ),
    "is_unsectioned": Column("without sections", "항목 구분 없음", "yes/no", "nothing separates requirements"),
    "tagger_version": Column("tagger", "태거 판", "text", "version of the tagger that made the facts"),
    "series": Column("series", "계열", "text", "crude, standardised (role and source type held fixed), hn"),
    "part": Column("part", "구성 요소", "text", "part of a change; the parts add up to the last row"),
    "first_year": Column("first year", "첫해", "year", "first year that enters"),
    "last_year": Column("last year", "마지막 해", "year", "last year that enters"),
    "n_years": Column("years", "연수", "count", "years with a rate that may be shown"),
    "posting_id": Column("posting", "공고", "text", "the posting's id"),
    "how": Column("decided by", "근거 종류", "text", "evidence that decided the level"),
    "evidence": Column("evidence", "근거", "text", "the heading or wording that decided the level"),
    "heading": Column("heading", "제목줄", "text", "what the quoted lines stand under"),
    "quote": Column("excerpt", "발췌", "text", "lines quoted, joined by /: at most 25 words on each side"),
    "title": Column("title", "공고명", "text", "job title"),
    "company": Column("company", "회사", "text", "employer"),
    "url": Column("address", "주소", "text", "public address of the posting"),
    "posted_on": Column("posted", "게시일", "text", "when it was posted, as precise as known"),
    "is_example": Column("written example", "직접 쓴 예시", "yes/no", "written for this project, no employer's"),
    "k": Column("hits", "해당 공고", "count", "postings counted that name the skill at the level asked"),
    "k_joint": Column("both", "함께 언급", "count", "postings that name both skills"),
    "k_skill": Column("skill", "해당 기술", "count", "postings that name the skill of the row"),
    "n": Column("postings", "공고 수", "count", "postings counted: one per vacancy and year"),
    "n_postings": Column("postings", "공고 수", "count", "postings counted in all years shown"),
    "n_companies": Column("companies", "회사 수", "count", "employers; an unknown one counts for each vacancy"),
    "n_eff": Column("effective n", "유효 n", "count", "independent postings telling as much; below 30: withheld"),
    "rate": Column("rate", "비율", "share", "share of the postings; NaN where it is withheld, never 0"),
    "rate_corrected": Column("corrected", "보정 비율", "share", "rate had every hit been read by a person"),
    "n_audited": Column("hits read", "검토한 공고", "count", "postings read that the correction rests on"),
    "measured": Column("measured", "측정값", "share", "share measured; of growth: points per year (see unit)"),
    "en": Column("claim", "주장", "text", "what is claimed about, in English"),
    "ko": Column("claim", "주장", "text", "what is claimed about, in Korean"),
    "said_en": Column("claimed", "주장값", "text", "the claimed value in the claim's own words, in English"),
    "said_ko": Column("claimed", "주장값", "text", "the claimed value in the claim's own words, in Korean"),
    "population": Column("population", "대상", "text", "postings a claim is held against: all, korea or as claimed"),
    "n_same": Column("same verdict in", "같은 판정", "count", "ways of counting under which the verdict is the same"),
    "n_specifications": Column("of", "전체 방식", "count", "ways of counting that were tried"),
    "points": Column("points", "%p", "points", "percentage points of the rate or of its change"),
    "points_per_year": Column("points per year", "연 %p", "points", "slope of the yearly rates"),
    "odds_ratio": Column("odds ratio", "오즈비", "ratio", "factor between odds: per year, or with against without"),
    "lift": Column("lift", "향상도", "ratio", "share beside the first skill over the share elsewhere"),
    "difference": Column("difference", "차이", "points", "percentage points above the first row, on the same postings"),
    "only_first": Column("first only", "첫 기술만", "count", "postings that name only the first skill"),
    "both": Column("both", "둘 다", "count", "postings that name both skills"),
    "only_other": Column("other only", "다른 기술만", "count", "postings that name only the skill of the row"),
    "p": Column("p", "p", "share", "two-sided p value"),
    "q": Column("q", "q", "share", "p after Benjamini and Hochberg's adjustment for the number of skills tested"),
    "low": Column("low", "하한", "as estimated", "lower bound of the 95% interval of the estimate beside it"),
    "high": Column("high", "상한", "as estimated", "upper bound of the 95% interval of the estimate beside it"),
    "covered_weight": Column("covered", "포함 비중", "share", "share of the postings that lie in the cells held fixed"),
    "weighting": Column("weights", "가중", "text", "what weighs how much: none, mix, company, capped, ..."),
    "method": Column("method", "방법", "text", "how the interval was formed"),
    "flag": Column("remarks", "비고", "text", "withheld, small, imprecise, dominated, ... joined by ;"),
    "note": Column("note", "참고", "text", "what the row disagrees with, beyond noise"),
    "verdict": Column("verdict", "판정", "text", "what the interval says, in words"),
    "vintage": Column("vintage", "기준일", "text", "state of the data"),
}
"""Columns that results share; those of one function alone are explained in its docstring."""

ESTIMATES: Final = (
    Estimate("rate", "low", "high"),
    Estimate("rate_corrected", "low_corrected", "high_corrected"),
    Estimate("measured", "low", "high"),
    Estimate("points", "low", "high"),
    Estimate("points_per_year", "low", "high"),
    Estimate("difference", "difference_low", "difference_high"),
    Estimate("odds_ratio", "odds_low", "odds_high"),
    Estimate("odds_ratio", "low", "high"),
)
SIZES: Final = ("n", "n_postings")
"""Columns that say how many postings stand behind a row."""


def estimates(columns: Collection[str]) -> list[Estimate]:
    """Return the estimates that stand in a table with their interval and their n; of each value the first that fits."""
    if not any(size in columns for size in SIZES):
        return []
    found: dict[str, Estimate] = {}
    for estimate in ESTIMATES:
        if all(name in columns for name in estimate):
            found.setdefault(estimate.value, estimate)
    return list(found.values())


def bare(columns: Collection[str]) -> list[str]:
    """Return the estimates in a table that have lost their interval or their n."""
    whole = {estimate.value for estimate in estimates(columns)}
    return [name for name in dict.fromkeys(e.value for e in ESTIMATES) if name in columns and name not in whole]


def codebook() -> str:
    """Return the columns of results as a Markdown table: name, unit, Korean, meaning."""
    rows = ["| column | unit | in Korean | meaning |", "|---|---|---|---|"]
    rows += [f"| `{name}` | {c.unit} | {c.ko} | {c.meaning} |" for name, c in COLUMNS.items()]
    return "\n".join(rows)

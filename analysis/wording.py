"""Wording: results in Korean and English words: the question, the numbers with their intervals, flags and sources."""

import math
from collections.abc import Mapping
from typing import Any, Final

from analysis.columns import COLUMNS, Estimate
from analysis.draw.labels import labels_for
from analysis.draw.scales import MINUS

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "rates": ("How often", "요구 비율"),
    "trend": ("Trend over the years", "연도별 추세"),
    "decompose": ("What the change is made of", "변화의 구성"),
    "margins": ("By a logistic model", "로지스틱 모형에 의한 비율"),
    "chained": ("Fixed panel and chained", "고정 패널과 연쇄 비율"),
    "claims": ("Claims against the postings", "주장과 측정값"),
    "cooccur": ("What is named together with it", "함께 언급된 기술"),
    "compare": ("Skills on the same postings", "같은 공고에서 비교"),
    "sensitivity": ("Under other ways of counting", "집계 방식에 따른 차이"),
    "companies": ("One vote per posting or per company", "공고당·회사당 가중 비교"),
    "excerpts": ("In the words of postings", "공고의 표현"),
    "steady": ("Is it steady growth?", "꾸준한 증가인가"),
}
"""What a result is, by the function that made it: English, Korean."""

FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "withheld": ("withheld, too few", "표본 부족으로 보류"),
    "low cover": ("cells cover too little", "고정 칸 부족"),
    "small": ("small sample", "작은 표본"),
    "imprecise": ("imprecise", "구간이 넓음"),
    "dominated": ("one company dominates", "한 회사에 치우침"),
    "mixed versions": ("mixes tagger versions", "태거 판이 섞임"),
    "thin audit": ("few hits read", "검토 공고 부족"),
    "no hits": ("no hits", "해당 공고 없음"),
    "ridge": ("held by a ridge", "능형 제약"),
    "no fit": ("no fit", "적합 불가"),
}

_WEIGHTS: Final[Mapping[str, tuple[str, str]]] = {
    "mix": ("role and source type held fixed", "직무·출처 유형 고정"),
    "company": ("one vote per company", "회사당 한 표"),
    "capped": ("at most three postings' weight per company", "회사당 최대 공고 3건 가중"),
}

_WEIGHED: Final = ("rates", "compare", "sensitivity")
"""Results that have the weights of their question; the others have their own."""

_VALUES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "series": {
        "crude": ("raw rate", "단순 비율"),
        "standardised": ("role and source type held fixed", "직무·출처 유형 고정"),
        "hn": ("Hacker News only", "Hacker News만"),
    },
    "part": {
        "raw_first": ("rate of the first year", "첫해 비율"),
        "within": ("within roles and source types", "직무·출처 유형 안의 변화"),
        "role_mix": ("mix of roles", "직무 구성"),
        "family_mix": ("mix of source types", "출처 유형 구성"),
        "not_comparable": ("not comparable", "비교 불가"),
        "raw_last": ("rate of the last year", "마지막 해 비율"),
    },
    "verdict": {
        "rising": ("rising", "상승"),
        "falling": ("falling", "하락"),
        "no clear trend": ("no clear trend", "뚜렷한 추세 없음"),
        "withheld": ("withheld", "보류"),
        "steady growth": ("steady growth", "꾸준한 증가"),
        "no steady growth": ("no steady growth", "꾸준한 증가 아님"),
        "compatible": ("compatible", "주장과 부합"),
        "measured lower": ("measured lower", "측정값이 더 낮음"),
        "measured higher": ("measured higher", "측정값이 더 높음"),
        "too little data": ("too little data", "자료 부족"),
        "cannot be judged": ("cannot be judged", "판단 불가"),
    },
    "population": {"all": ("all postings", "전체 공고"), "korea": ("Korea", "한국")},
}
"""Words for values that results have in common: English, Korean."""

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "interval": "95% interval",
        "all_roles": "all postings",
        "data_roles": "data roles",
        "all_years": "all years",
        "withheld": "withheld",
        "bare": "not shown",
        "why_bare": "{names}: shown only beside its n, low and high; keep these columns",
        "yes": "yes",
        "no": "no",
        "rows": "{n} more rows; use .head() or filter",
        "rest_on": "{n:,} postings of {companies:,} companies",
        "vintage": "data of {vintage}",
        "no_vintage": "state of the data not stated",
        "version": "airflow-demand {version}",
        "sample": "collected postings, not a random sample",
        "verdict": "Verdict: {verdict}",
    },
    "ko": {
        "interval": "95% 신뢰구간",
        "all_roles": "모든 공고",
        "data_roles": "데이터 직무",
        "all_years": "모든 연도",
        "withheld": "보류",
        "bare": "표시 안 함",
        "why_bare": "{names}: n, low, high와 함께 있을 때만 표시하므로 이 열들을 남겨 두십시오",
        "yes": "예",
        "no": "아니요",
        "rows": "{n}행 더 있음; .head()나 조건으로 줄이십시오",
        "rest_on": "공고 {n:,}건, 회사 {companies:,}곳",
        "vintage": "{vintage} 기준 자료",
        "no_vintage": "자료 기준일 미상",
        "version": "airflow-demand {version}",
        "sample": "수집된 공고이며 무작위 표본이 아님",
        "verdict": "판정: {verdict}",
    },
}


def say(lang: str, key: str, **values: object) -> str:
    """Return a phrase in "ko" or "en"; raises DrawError for any other language."""
    return _WORDS[labels_for(lang).lang][key].format(**values)


def name_of(column: str, lang: str) -> str:
    """Return the heading of a column; of one that is not known, its name with spaces."""
    known = COLUMNS.get(column)
    if known is None:
        return column.replace("_", " ")
    return known.ko if lang == "ko" else known.en


def title(attrs: Mapping[Any, Any], lang: str) -> str:
    """Return what a result is and what was asked, as far as its metadata say."""
    kind = KINDS.get(str(attrs.get("kind")))
    parts = [kind[lang == "ko"]] if kind else []
    if query := attrs.get("query"):
        parts.append(question(query, lang) + (_weights(query, lang) if attrs.get("kind") in _WEIGHED else ""))
    return ": ".join(parts)


def question(query: Mapping[str, Any], lang: str) -> str:
    """Return a question (a Query as a mapping) in words: skill, level, roles, years and what it is narrowed to."""
    labels = labels_for(lang)
    roles = query["roles"]
    if roles is None or tuple(roles) == ("all",):
        who = say(lang, "all_roles" if roles else "data_roles")
    else:
        who = ", ".join(labels.roles[role] for role in roles)
    years = query["years"]
    when = "–".join(dict.fromkeys(str(year) for year in years)) if years else say(lang, "all_years")
    families = [labels.families[name] for name in query["families"] or ()]
    narrowed = [*families, *(query["sources"] or ()), *(query["countries"] or ())]
    return ", ".join([query["skill"], labels.levels[query["level"]], who, when, *narrowed])


def _weights(query: Mapping[str, Any], lang: str) -> str:
    known = _WEIGHTS.get(query["weights"])
    return f", {known[lang == 'ko']}" if known else ""


def interval(estimate: Estimate, row: Mapping[Any, Any], lang: str) -> str:
    """Return an estimate of a row with its interval, "withheld" where it is NaN, a dash where none belongs."""
    value, low, high = (row[name] for name in estimate)
    if value is None or math.isnan(value):
        is_withheld = "withheld" in str(row.get("flag", "")) or estimate.value in ("rate", "measured")
        return say(lang, "withheld") if is_withheld else "–"
    unit = unit_of(estimate, row)
    if unit == "share":
        return f"{value:.1%} ({low:.1%}–{high:.1%})"
    if unit == "ratio":
        return f"×{_factor(value)} ({_factor(low)}–{_factor(high)})"
    if unit == "level":
        return f"{value:.2f} ({low:.2f}–{high:.2f})"
    return f"{value:+.2f} ({low:+.2f} … {high:+.2f})".replace("-", MINUS)


def _factor(value: float) -> str:
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{decimals}f}"


def unit_of(estimate: Estimate, row: Mapping[Any, Any]) -> str:
    """Return share, points, ratio, or level (a rate written in points) for one row of a table."""
    if estimate.value == "measured":
        return "share" if row.get("unit", "share") == "share" else "points"
    if str(row.get("part", "")).startswith("raw"):
        return "level"
    return COLUMNS[estimate.value].unit


def flags(text: object, lang: str) -> str:
    """Return flags, as a result joins them by ";", in words."""
    if not isinstance(text, str):
        return ""
    known = (FLAGS.get(flag, (flag, flag)) for flag in text.split(";") if flag)
    return ", ".join(words[lang == "ko"] for words in known)


def cell(column: str, value: Any, lang: str) -> str:
    """Return any other value of a table in words: counts with thousands, shares in percent, a dash for none."""
    if value is None or value != value or str(value) == "<NA>":
        return "–"
    if column == "flag":
        return flags(value, lang)
    unit = COLUMNS[column].unit if column in COLUMNS else ""
    if unit == "yes/no" or isinstance(value, bool):
        return say(lang, "yes" if value else "no")
    if column in ("p", "q"):
        return f"{value:.3f}" if value >= 0.001 else "<0.001"
    if unit == "share":
        return f"{value:.0%}"
    if unit == "count":
        return f"{value:,.0f}"
    return _label(column, value, lang) if isinstance(value, str) else _number(column, value)


def _number(column: str, value: Any) -> str:
    if column in ("year", "first_year", "last_year"):
        return str(int(value))
    return f"{value:,.3g}" if isinstance(value, float) else str(value)


def _label(column: str, value: str, lang: str) -> str:
    labels = labels_for(lang)
    if known := _VALUES.get(column, {}).get(value):
        return known[lang == "ko"]
    return {"role": labels.roles, "level": labels.levels, "family": labels.families}.get(column, {}).get(value, value)


def source(attrs: Mapping[Any, Any], lang: str) -> str:
    """Return the line under a result: what it rests on, which data, which version."""
    parts = []
    if "n_postings" in attrs:
        parts.append(say(lang, "rest_on", n=attrs["n_postings"], companies=attrs["n_companies"]))
    vintage = attrs.get("vintage")
    parts.append(say(lang, "vintage", vintage=vintage) if vintage else say(lang, "no_vintage"))
    if attrs.get("code_version"):
        parts.append(say(lang, "version", version=attrs["code_version"]))
    return " · ".join([*parts, say(lang, "sample")])

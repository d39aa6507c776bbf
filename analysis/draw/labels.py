"""Labels: the Korean and English words that figures share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from analysis.draw.style import DrawError


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language; `say` fills a template of `words` or of the figure's own."""

    lang: str
    roles: Mapping[str, str]
    levels: Mapping[str, str]
    families: Mapping[str, str]
    sources: Mapping[str, str]
    words: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return the template filled; numbers get thousands separators where the template asks for them."""
        return self.words[key].format(**values)

    def extended(self, ko: Mapping[str, str], en: Mapping[str, str]) -> "Labels":
        """Return labels that also know a figure's own templates, of which there are some in each language."""
        return replace(self, words={**self.words, **(ko if self.lang == "ko" else en)})

    def source(self, name: str) -> str:
        return self.sources.get(name, name)


SOURCES: Final = {
    "hackernews": "Hacker News",
    "greenhouse": "Greenhouse",
    "lever": "Lever",
    "ashby": "Ashby",
    "workable": "Workable",
    "recruitee": "Recruitee",
    "smartrecruiters": "SmartRecruiters",
    "personio": "Personio",
    "lg": "LG",
    "line": "LINE",
    "toss": "Toss",
    "woowahan": "Woowahan",
}

KO: Final = Labels(
    lang="ko",
    roles={
        "data_engineer": "데이터 엔지니어",
        "data_scientist": "데이터 사이언티스트",
        "ml_engineer": "ML 엔지니어",
        "bi_analyst": "BI·데이터 분석가",
        "analytics_engineer": "애널리틱스 엔지니어",
        "software_engineer": "소프트웨어 엔지니어",
        "other": "그 밖의 직무",
    },
    levels={
        "any": "언급",
        "required": "필수",
        "preferred": "우대",
        "required_or_preferred": "필수·우대",
        "mentioned": "업무·기술스택 언급",
    },
    families={
        "hn": "Hacker News",
        "job_board": "채용 플랫폼",
        "ats": "기업 채용 페이지",
        "korean_board": "한국 채용 사이트",
    },
    sources=SOURCES,
    words={
        "count": "{n:,}건",
        "sources": "자료: {names}",
        "more_sources": "{names} 외 {n}곳",
        "postings": "고유 공고 {n:,}건, 회사 {companies:,}곳",
        "posted": "{years}년 게시",
        "interval_method": "95% 신뢰구간: 회사 단위 잭나이프",
        "no_sample": "수집된 공고이며 무작위 표본이 아님",
        "share_weak_dates": "게시일 불확실 {share}",
        "share_unknown_company": "회사 미상 {share}",
        "share_unsectioned": "항목 구분 없는 공고 {share}",
        "covered": "고정 비율에 쓴 공고 {share}",
        "countries": "최다 국가 {runs}",
        "vintage": "{vintage} 기준",
        "withheld": "표본 부족(유효 n<30)은 표시 보류",
        "low_cover": "고정 칸이 절반을 못 덮으면 표시 보류",
        "no_cell": "한 해라도 회사 10곳 미만이면 표시 보류",
        "withheld_list": "표본 부족으로 보류: {names}",
        "small": "빈 표식은 유효 n 30–59",
        "mixed": "주의: 서로 다른 판의 태거 결과가 섞임",
        "too_few": "표본 부족",
        "not_comparable": "비교 불가",
        "n": "n={n:,}",
        "n_companies": "n={n:,}, 회사 {companies:,}곳",
        "only_families": "출처 유형: {names}",
        "figure": "그림 {number}",
        "cite": "airflow-demand, 그림 {number}: {title}{edition}.",
        "edition": " ({edition})",
        "alt_head": "대체 텍스트",
        "table_head": "그림의 수치",
        "cite_head": "인용",
        "numerator": "{skill}를 적은 공고, 수준: {level}(중복은 한 번만 셈)",
        "denominator": "분석 기간에 게시된 데이터 직무 공고(중복은 한 번만 셈)",
        "unit": "공고 중 비율(0–1)",
    },
)

EN: Final = Labels(
    lang="en",
    roles={
        "data_engineer": "Data engineer",
        "data_scientist": "Data scientist",
        "ml_engineer": "ML engineer",
        "bi_analyst": "BI / data analyst",
        "analytics_engineer": "Analytics engineer",
        "software_engineer": "Software engineer",
        "other": "Other roles",
    },
    levels={
        "any": "mentioned at all",
        "required": "required",
        "preferred": "preferred",
        "required_or_preferred": "required or preferred",
        "mentioned": "duties or stack",
    },
    families={
        "hn": "Hacker News",
        "job_board": "job boards",
        "ats": "company career pages",
        "korean_board": "Korean job sites",
    },
    sources=SOURCES,
    words={
        "count": "{n:,}",
        "sources": "Sources: {names}",
        "more_sources": "{names}, {n} more",
        "postings": "{n:,} unique postings, {companies:,} companies",
        "posted": "Posted {years}",
        "interval_method": "95% intervals: company jackknife",
        "no_sample": "Collected postings, not a random sample",
        "share_weak_dates": "Posting date uncertain: {share}",
        "share_unknown_company": "Employer unknown: {share}",
        "share_unsectioned": "No sections: {share}",
        "covered": "Held-fixed cells cover {share}",
        "countries": "Largest country {runs}",
        "vintage": "Data of {vintage}",
        "withheld": "Withheld where effective n < 30",
        "low_cover": "Withheld where held-fixed cells cover under half",
        "no_cell": "Withheld where a year has under 10 companies",
        "withheld_list": "Withheld, too few postings: {names}",
        "small": "Hollow marks: effective n 30–59",
        "mixed": "Caution: mixes tagger versions",
        "too_few": "too few",
        "not_comparable": "not comparable",
        "n": "n={n:,}",
        "n_companies": "n={n:,}, {companies:,} companies",
        "only_families": "Source types: {names}",
        "figure": "Figure {number}",
        "cite": "airflow-demand, Figure {number}: {title}{edition}.",
        "edition": " ({edition})",
        "alt_head": "Alt text",
        "table_head": "Numbers in the figure",
        "cite_head": "Citation",
        "numerator": "postings with {skill} at level: {level} (duplicates counted once)",
        "denominator": "postings for data roles posted in the period (duplicates counted once)",
        "unit": "share of postings (0-1)",
    },
)


def labels_for(lang: str) -> Labels:
    """Return the labels of `ko` or `en`; raises DrawError for any other language."""
    try:
        return {"ko": KO, "en": EN}[lang]
    except KeyError:
        raise DrawError(f"lang {lang!r} is not one of: ko, en") from None

"""Columns: which column of a table holds which field of a posting, guessed from common names or as told."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scrapers.rows import ImportProblem

# In each line the field comes first and then the names it goes by, the surest first; case, spaces, "_" and "-" are
# ignored.
_NAMES: Final = """
dataset: dataset
family: family
native_id: native_id job_id id posting_id job_posting_id req_id requisition_id listing_id jobkey 공고번호 공고ID
url: url job_url link job_link posting_url href apply_url hosted_url absolute_url job_posting_url 링크 공고링크 공고URL
title: title job_title position position_title job_name posting_title role name 포지션 직무명 공고명 채용공고명 제목
 공고제목 직무
company: company company_name employer employer_name organization organisation company_title hiring_organization 회사명
 회사 기업명 기업
location: location job_location location_name place city workplace 근무지 근무지역 위치 지역 근무위치
country: country country_code job_country 국가
text: text description job_description description_plain description_text full_description job_desc jd jd_text body
 content details job_details posting_text job_summary summary description_html 상세내용 공고내용 본문
 내용 상세설명 직무내용 상세요강
posted_at: posted_at date_posted posted_date posted_on job_posted_date posting_date post_date date_published
 published_at published_date publication_date published posted listed_at listed_time original_listed_time open_date
 first_published created_at created date_created date pub_date 게시일 등록일 공고일 작성일
scraped_at: scraped_at crawled_at collected_at fetched_at first_seen scrape_date date_scraped retrieved_at 수집일
updated_at: updated_at date_updated last_updated modified_at 수정일
year: year posted_year post_year 연도
month: month year_month posted_month 월
year_basis: year_basis date_basis posted_at_kind
employment_type: employment_type job_type contract_type commitment schedule_type formatted_work_type work_type 고용형태
 근무형태 채용형태
remote: remote is_remote remote_allowed work_from_home telecommuting 재택 원격
lang: lang language posting_language 언어
sections: sections sections_json
required: required requirements minimum_qualifications basic_qualifications qualifications required_qualifications
 자격요건 지원자격 필수요건
preferred: preferred preferred_qualifications preferred_points nice_to_have desired_qualifications 우대사항 우대조건
duties: duties responsibilities main_tasks tasks 주요업무 담당업무 업무내용
stack: tech_stack tech_stacks stack 기술스택 기술스택및툴
benefits: benefits perks 혜택및복지 복리후생 복지및혜택
process: process hiring_process 채용절차 전형절차
"""


def _read_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for line in _NAMES.strip().replace("\n ", " ").split("\n"):
        field, _, listed = line.partition(":")
        names[field] = listed.split()
    return names


NAMES: Final = _read_names()
SECTION_FIELDS: Final = ("duties", "required", "preferred", "stack", "benefits", "process")
_TEXT_FIELDS: Final = frozenset({"text", "sections", *SECTION_FIELDS})


def to_key(name: str) -> str:
    """Return a column name without case, spaces and punctuation, as names are compared."""
    return "".join(c for c in name.casefold() if c.isalnum())


def find_columns(path: Path, columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return field -> column; `mapping` (the same way round) goes before the guess.

    Raises ImportProblem for a field or column that does not exist or exists twice, and when no column holds the text.
    """
    found = dict(mapping or {})
    for field, column in found.items():
        if field not in NAMES:
            raise ImportProblem(f"there is no field {field!r} to map; fields are {', '.join(NAMES)}")
        if column not in columns:
            raise ImportProblem(f"{path.name}: there is no column {column!r}; its columns are {_listed(columns)}")
    found = {**_guess([c for c in columns if c not in found.values()]), **found}
    if not _TEXT_FIELDS & found.keys():
        raise ImportProblem(
            f"{path.name}: no column holds the text of the postings; its columns are {_listed(columns)}; "
            "name it with --map text=COLUMN"
        )
    if twice := next((c for c in found.values() if columns.count(c) > 1), None):
        raise ImportProblem(f"{path.name}: more than one column is called {twice!r}; rename all but one")
    return found


def _guess(columns: Sequence[str]) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for column in columns:
        by_key.setdefault(to_key(column), column)
    hits = {
        field: next((key for name in names if (key := to_key(name)) in by_key), "") for field, names in NAMES.items()
    }
    return {field: by_key[key] for field, key in hits.items() if key}


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(repr(c if len(c) <= 40 else f"{c[:40]}…") for c in columns[:40])
    return f"{shown} and {len(columns) - 40} more" if len(columns) > 40 else shown or "none"

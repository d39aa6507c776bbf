"""LG: the notices of the group's companies, one posting per job of a notice.

Quirks, as known in 2026-11: list and notices are asked for by POST. A notice holds one or more jobs (`recList`) with
what is required and what is preferred in fields of their own; what it asks of all its jobs stands beside the list.
The only date is that of the first day on which applications are taken, in Korean time without offset.
"""

from collections.abc import Iterator
from typing import Any, Final

from scrapers.build import Record, build, objects, read_detail
from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import dig, join_parts
from scrapers.korea import country_of, to_kst
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.text import clean_text

API: Final = "https://api.careers.lg.com/rmk/job"

SOURCE: Final = Source(
    name="lg",
    title="LG Careers",
    home="https://careers.lg.com/apply",
    family="korean_board",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public answers behind the careers page, without key; not documented; robots.txt allows all",
    languages=("ko", "en"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "remote"),
    concurrency=1,
)

_ALL: Final = {
    "lnbSearch": "",
    "hashTagText": "",
    "recDate": "CREATION_DATE",
    "order": "DESC",
    "careerList": [],
    "companyCodeList": [],
    "desireLocList": [],
    "jobGroupList": [],
}
_FREE: Final = (("detailContext", "상세 내용", "unknown"),)
_OF_JOB: Final = (
    ("mainTask", "주요업무", "duties"),
    ("requiredItem", "지원자격", "required"),
    ("majorCodeName", "전공", "required"),
    ("preferredItem", "우대사항", "preferred"),
)
_OF_NOTICE: Final = (
    ("qualForAppInfo", "공통 지원자격", "required"),
    ("recProcessInfo", "전형절차", "process"),
    ("otherInfo", "기타", "process"),
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the jobs of all open notices; raises TruncatedError when the list is shorter than it says."""
    page = _ask(fetcher, "retrieveJobNoticesList", _ALL)
    notices = objects(page, "data", "jobNoticeList")
    numbers: dict[Any, None] = {}
    for notice in notices:
        number = dig(notice, "jobNoticeId")
        if isinstance(number, bool) or not isinstance(number, int | str):
            yield Reject(SOURCE.name, board, None, "a notice needs a number", str(notice))
        elif notice.get("noticeStatus") in (None, "POSTING"):
            numbers[number] = None
    for number in numbers:
        yield from _read_notice(fetcher, board, number)
    total = dig(page.json(), "data", "listCount")
    if isinstance(total, int) and total > len(notices):
        raise TruncatedError(SOURCE.name, page.url, f"the list holds {len(notices)} of {total} notices")


def _ask(fetcher: Fetcher, path: str, payload: dict[str, Any]) -> Page:
    page = fetcher.post(f"{API}/{path}", payload, is_retried=True)
    if dig(page.json(), "status") != "S":
        raise ParseError(SOURCE.name, page.url, f"the answer is no success: {page.text[:200]}")
    return page


def _read_notice(fetcher: Fetcher, board: str, number: int | str) -> Iterator[Posting | Reject]:
    detail = read_detail(SOURCE.name, board, number, lambda: _ask_notice(fetcher, number))
    if isinstance(detail, Reject):
        yield detail
        return
    page, notice, jobs = detail
    if str(notice.get("recAvail", 1)) == "0":
        return
    for nth, job in enumerate(jobs, 1):
        if isinstance(job, dict):
            yield _to_posting(page, board, number, notice, job, nth if len(jobs) > 1 else None)
        else:
            yield Reject(SOURCE.name, board, str(number), "a job of the notice is no object", str(job))


def _ask_notice(fetcher: Fetcher, number: int | str) -> tuple[Page, dict[str, Any], list[Any]]:
    """Return a notice and its jobs; one without list of jobs is a job itself."""
    page = _ask(fetcher, "retrieveJobNoticesDetail", {"jobNoticeId": number})
    notice = dig(page.json(), "data", "jobNoticesDetail", "jobNoticesDetail")
    if not isinstance(notice, dict):
        raise ParseError(SOURCE.name, page.url, "the answer holds no notice")
    return page, notice, objects(page, "data", "jobNoticesDetail", "recList") or [{}]


def _to_posting(
    page: Page, board: str, number: int | str, notice: dict[str, Any], job: dict[str, Any], nth: int | None
) -> Posting | Reject:
    """Return one job of a notice; of several, each has the number and the name of its part behind the notice's."""
    title, native = notice.get("jobNoticeName"), str(number)
    if nth is not None:
        part = job.get("jobGroupName") or job.get("orgName")
        title, native = f"{title} - {part}" if title and part else title, f"{number}-{job.get('recSectorId') or nth}"
    place = job.get("locationName") or notice.get("workLocation")
    sections = [*_sections(job, _OF_JOB), *_sections(notice, _OF_NOTICE)]
    career = notice.get("careerTypeName")
    record = Record(
        native_id=native,
        title=title,
        # The field of free text is no section: what its parts are, its own headings say.
        text=join_parts([s for s in [*_sections(job, _FREE), *sections] if s.text]),
        sections=sections,
        url=f"https://careers.lg.com/apply/detail?id={number}",
        company=notice.get("companyName"),
        location=place,
        country=country_of(place),
        posted_at=to_kst(notice.get("recStartDate")),
        employment_type=career if isinstance(career, str) and "인턴" in career else None,
    )
    return build(SOURCE, board, page, record)


def _sections(record: dict[str, Any], parts: tuple[tuple[str, str, str], ...]) -> Iterator[Section]:
    for key, heading, kind in parts:
        if isinstance(text := record.get(key), str):
            yield Section(heading, kind, clean_text(text))

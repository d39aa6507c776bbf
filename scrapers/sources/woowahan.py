"""Woowa Brothers (배달의민족): the jobs of its careers site, page by page, each described in an answer of its own.

Quirks, as known in 2026-11: pages are counted from 0 and say how many there are; every answer carries a code, 2000 for
success, now as text and now as number. Deleted and hidden jobs are in the list too. Times are Korean, without offset.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import dig
from scrapers.korea import country_of, to_kst
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines

SITE: Final = "https://career.woowahan.com"
API: Final = f"{SITE}/w1/recruits"

SOURCE: Final = Source(
    name="woowahan",
    title="Woowa Brothers careers",
    home=SITE,
    family="korean_board",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public answers behind the careers page, without key; not documented",
    languages=("ko",),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "remote", "sections"),
    concurrency=1,
)

_COMPANY: Final = "우아한형제들"
_PERMANENT: Final = "BA002001"
_PAGE_SIZE: Final = 100
_MAX_PAGES: Final = 50
_LONGEST_PLACE: Final = 60


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises TruncatedError when the pages end before they said or repeat themselves."""
    yield from read_all(SOURCE, board, _pages(fetcher), partial(_read_job, fetcher), number="recruitNumber")


def _pages(fetcher: Fetcher) -> Iterator[tuple[Page, list[Any]]]:
    numbers: set[str] = set()
    for number in range(_MAX_PAGES):
        page = _ask(fetcher, API, {"page": number, "size": _PAGE_SIZE})
        listed = objects(page, "data", "list")
        n_pages = dig(page.json(), "data", "totalPageNumber")
        if not isinstance(n_pages, int):
            raise ParseError(SOURCE.name, page.url, "the answer does not say how many pages there are")
        if number < n_pages and not listed:
            raise TruncatedError(SOURCE.name, page.url, f"page {number + 1} of {n_pages} is empty")
        yield page, listed
        numbers.update(str(dig(job, "recruitNumber")) for job in listed)
        if number + 1 >= n_pages:
            _check_total(page, len(numbers))
            return
    raise TruncatedError(SOURCE.name, API, f"more than {_MAX_PAGES} pages of jobs")


def _check_total(page: Page, n: int) -> None:
    total = dig(page.json(), "data", "totalSize")
    if isinstance(total, int) and total > n:
        raise TruncatedError(SOURCE.name, page.url, f"the pages hold {n} of {total} jobs")


def _read_job(fetcher: Fetcher, job: Mapping[str, Any]) -> Record | None:
    number = job["recruitNumber"]
    if not isinstance(number, str) or not number.isalnum():
        raise ValueError("a job needs a number")
    if job.get("recruitDeleteYn") is True or job.get("isHidden") is True:
        return None
    page, described = _ask_job(fetcher, number)
    return _to_record(number, job, page, described)


def _ask(fetcher: Fetcher, url: str, params: Mapping[str, Any] | None = None) -> Page:
    page = fetcher.get(url, params)
    if str(dig(page.json(), "code")) != "2000":
        raise ParseError(SOURCE.name, page.url, f"the answer is no success: {page.text[:200]}")
    return page


def _ask_job(fetcher: Fetcher, number: str) -> tuple[Page, dict[str, Any]]:
    page = _ask(fetcher, f"{API}/{number}")
    described = dig(page.json(), "data")
    if not isinstance(described, dict) or not isinstance(described.get("recruitContents"), str):
        raise ParseError(SOURCE.name, page.url, "the answer holds no description")
    return page, described


def _to_record(number: str, job: Mapping[str, Any], page: Page, described: Mapping[str, Any]) -> Record:
    # The field is free text: an address counts as the place, a sentence does not.
    place = job.get("description")
    place = place if isinstance(place, str) and country_of(place) and len(place) <= _LONGEST_PLACE else None
    kind = described.get("employmentType") or job.get("employmentType")
    is_permanent = dig(kind, "recruitItemCode") == _PERMANENT
    return Record(
        native_id=number,
        title=described.get("recruitName") or job.get("recruitName"),
        text=html_to_lines(described["recruitContents"]),
        url=f"{SITE}/recruitment/{number}/detail",
        company=_COMPANY,
        location=place,
        country=country_of(place),
        posted_at=to_kst(described.get("recruitOpenDate") or job.get("recruitOpenDate")),
        employment_type=dig(kind, "recruitItemName") or ("정규직" if is_permanent else None),
        page=page,
    )

"""Woowa Brothers (배달의민족): the jobs of its careers site, page by page, each described in an answer of its own.

Quirks, as known in 2026-11: pages are counted from 0 and say how many there are; every answer carries a code, 2000 for
success, now as text and now as number. Deleted and hidden jobs are in the list too. Times are Korean, without offset.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, build, objects
from scrapers.details import dig, read_detail
from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher, Page
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


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Return the one board there is: the whole site."""
    return [""]


def expand(board: str, since: str | None) -> list[str]:
    """Raise TargetError: the site has no boards."""
    raise TargetError(SOURCE.name, "", f"{board!r} is no board: the site is read as a whole, write {SOURCE.name}")


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises TruncatedError when the pages end before they said or repeat themselves."""
    seen: set[str] = set()
    for number in range(_MAX_PAGES):
        page = _ask(fetcher, API, {"page": number, "size": _PAGE_SIZE})
        listed = objects(page, "data", "list")
        n_pages = dig(page.json(), "data", "totalPageNumber")
        if not isinstance(n_pages, int):
            raise ParseError(SOURCE.name, page.url, "the answer does not say how many pages there are")
        if number < n_pages and not listed:
            raise TruncatedError(SOURCE.name, page.url, f"page {number + 1} of {n_pages} is empty")
        fresh = [job for job in listed if str(dig(job, "recruitNumber")) not in seen]
        if listed and not fresh:
            raise TruncatedError(SOURCE.name, page.url, f"page {number + 1} of {n_pages} repeats an earlier one")
        for job in fresh:
            yield from _read_job(fetcher, board, job, seen)
        if number + 1 >= n_pages:
            _check_total(page, len(seen))
            return
    raise TruncatedError(SOURCE.name, API, f"more than {_MAX_PAGES} pages of jobs")


def _check_total(page: Page, n: int) -> None:
    total = dig(page.json(), "data", "totalSize")
    if isinstance(total, int) and total > n:
        raise TruncatedError(SOURCE.name, page.url, f"the pages hold {n} of {total} jobs")


def _read_job(fetcher: Fetcher, board: str, job: Any, seen: set[str]) -> Iterator[Posting | Reject]:
    """Yield a job that is not seen yet, nothing for one that is not to be shown."""
    number = dig(job, "recruitNumber")
    if not isinstance(number, str) or not number.isalnum():
        seen.add(str(job))
        yield Reject(SOURCE.name, board, None, "a job needs a number", str(job)[:200])
    elif number not in seen:
        seen.add(number)
        if job.get("recruitDeleteYn") is not True and job.get("isHidden") is not True:
            detail = read_detail(SOURCE.name, board, number, lambda: _ask_job(fetcher, number))
            yield detail if isinstance(detail, Reject) else _to_posting(board, number, job, *detail)


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


def _to_posting(
    board: str, number: str, job: Mapping[str, Any], page: Page, described: Mapping[str, Any]
) -> Posting | Reject:
    # The field is free text: an address counts as the place, a sentence does not.
    place = job.get("description")
    place = place if isinstance(place, str) and country_of(place) and len(place) <= _LONGEST_PLACE else None
    kind = described.get("employmentType") or job.get("employmentType")
    is_permanent = dig(kind, "recruitItemCode") == _PERMANENT
    record = Record(
        native_id=number,
        title=described.get("recruitName") or job.get("recruitName"),
        text=html_to_lines(described["recruitContents"]),
        url=f"{SITE}/recruitment/{number}/detail",
        company=_COMPANY,
        location=place,
        country=country_of(place),
        posted_at=to_kst(described.get("recruitOpenDate") or job.get("recruitOpenDate")),
        employment_type=dig(kind, "recruitItemName") or ("정규직" if is_permanent else None),
    )
    return build(SOURCE, board, page, record)

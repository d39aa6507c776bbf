"""LINE: the jobs of LINE's companies in several countries, from the data behind the pages of its careers site.

Quirks, as known in 2026-11: one answer lists all jobs with those that are not published or not public; the description
stands in the data of each job's own page.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, build, objects
from scrapers.details import dig, names_of, read_detail
from scrapers.errors import ParseError, TargetError
from scrapers.fetch import Fetcher, Page
from scrapers.korea import country_of, to_kst
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import clean_text

SITE: Final = "https://careers.linecorp.com"
DATA: Final = f"{SITE}/page-data/ko/jobs"

SOURCE: Final = Source(
    name="line",
    title="LINE careers",
    home=f"{SITE}/ko/jobs/",
    family="korean_board",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public data behind the careers pages, without key; not documented",
    languages=("ko", "en"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "remote", "sections"),
    concurrency=1,
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Return the one board there is: the whole site."""
    return [""]


def expand(board: str, since: str | None) -> list[str]:
    """Raise TargetError: the site has no boards."""
    raise TargetError(SOURCE.name, "", f"{board!r} is no board: the site is read as a whole, write {SOURCE.name}")


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the published jobs; raises ParseError when the answer is not the list it is known to be."""
    page = fetcher.get(f"{DATA}/page-data.json")
    seen: set[str] = set()
    for edge in objects(page, "result", "data", "allStrapiJobs", "edges"):
        job = dig(edge, "node")
        number = str(dig(job, "strapiId"))
        if not isinstance(job, dict) or not number.isdecimal():
            yield Reject(SOURCE.name, board, None, "a job needs a number", str(edge)[:200])
        elif number not in seen and job.get("publish") and job.get("is_public"):
            seen.add(number)
            yield from _read_job(fetcher, board, number, job)


def _read_job(fetcher: Fetcher, board: str, number: str, job: Mapping[str, Any]) -> Iterator[Posting | Reject]:
    detail = read_detail(SOURCE.name, board, number, lambda: _ask_job(fetcher, number))
    if isinstance(detail, Reject):
        yield detail
        return
    page, described = detail
    if described.get("publish") is False:
        return
    cities = names_of(job.get("cities"))
    record = Record(
        native_id=number,
        title=job.get("title"),
        text=clean_text(described["content"]),
        url=f"{SITE}/ko/jobs/{number}/",
        company=names_of(job.get("companies")) or "LINE",
        location=cities,
        country=country_of(cities) if cities and "," not in cities else None,
        posted_at=to_kst(described.get("start_date") or job.get("start_date")),
        employment_type=names_of(job.get("employment_type")),
    )
    yield build(SOURCE, board, page, record)


def _ask_job(fetcher: Fetcher, number: str) -> tuple[Page, dict[str, Any]]:
    page = fetcher.get(f"{DATA}/{number}/page-data.json")
    described = dig(page.json(), "result", "data", "strapiJobs")
    if not isinstance(described, dict) or not isinstance(described.get("content"), str):
        raise ParseError(SOURCE.name, page.url, "the answer holds no description")
    return page, described

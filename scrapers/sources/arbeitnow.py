"""Arbeitnow: open jobs, mostly in Germany, page by page.

Quirks, as known in 2026-11: the size of a page varies, so that only an empty one is the last; the link to the next page
may carry a search of somebody else, so that addresses are built here. Tags are Arbeitnow's and are not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines, to_flag, to_names, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://www.arbeitnow.com/api/job-board-api"
MAX_PAGES: Final = 200

SOURCE: Final = Source(
    name="arbeitnow",
    title="Arbeitnow",
    home="https://www.arbeitnow.com",
    family="job_board",
    licence="no licence for texts; keep numbers and derived facts",
    terms="public API without key, renewed hourly; not to be abused",
    languages=("de", "en"),
    date_kind="published",
    min_interval_hours=1.0,
    never_gives=("updated_at", "sections"),
    attribution="link to the job's page on Arbeitnow",
    concurrency=1,
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises TruncatedError when pages repeat or do not end."""
    yield from read_all(SOURCE, board, _pages(fetcher), _to_record)


def _pages(fetcher: Fetcher) -> Iterator[tuple[Page, list[Any]]]:
    for number in range(1, MAX_PAGES + 1):
        page = fetcher.get(URL, {"page": number})
        jobs = objects(page, "data")
        if not jobs:
            return
        yield page, jobs
    raise TruncatedError(SOURCE.name, URL, f"no end after {MAX_PAGES} pages")


def _to_record(job: Mapping[str, Any]) -> Record:
    return Record(
        native_id=job.get("slug"),
        title=unescape(job.get("title")),
        company=unescape(job.get("company_name")),
        text=as_lines(job.get("description"), "description"),
        url=job.get("url"),
        location=unescape(job.get("location")),
        posted_at=job.get("created_at"),
        employment_type=", ".join(to_names(job.get("job_types"))),
        remote=to_flag(job.get("remote")),
    )

"""Himalayas: remote jobs, newest first, 20 at a time.

Quirks, as known in 2026-11: there are far more jobs than one run may politely ask for, so that a run reads the newest
and ends as truncated, saying so; `pubDate` was seen in seconds and is documented in milliseconds; while pages are read
new jobs push the others down, so that some come twice. `excerpt` is cut, `description` is whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines, to_names, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://himalayas.app/jobs/api"
PAGE_SIZE: Final = 20
MAX_PAGES: Final = 200

SOURCE: Final = Source(
    name="himalayas",
    title="Himalayas",
    home="https://himalayas.app",
    family="job_board",
    licence="no licence for texts; keep numbers and derived facts",
    terms="public API without key, for those who attribute visibly",
    languages=("en",),
    date_kind="published",
    min_interval_hours=1.0,
    never_gives=("updated_at", "sections"),
    attribution="name Himalayas visibly as the source and link to the job's page there",
    concurrency=1,
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the newest jobs; raises TruncatedError when these are not all, or pages repeat."""
    yield from read_all(SOURCE, board, _pages(fetcher), _to_record)


def _pages(fetcher: Fetcher) -> Iterator[tuple[Page, list[Any]]]:
    n_read = 0
    for _ in range(MAX_PAGES):
        page = fetcher.get(URL, {"limit": PAGE_SIZE, "offset": n_read})
        jobs = objects(page, "jobs")
        if not jobs:
            total = page.json().get("totalCount")
            if isinstance(total, int) and total > n_read:
                raise TruncatedError(SOURCE.name, page.url, f"the feed ends after {n_read} of {total} jobs")
            return
        yield page, jobs
        n_read += len(jobs)
    raise TruncatedError(SOURCE.name, URL, f"only the newest {n_read} jobs were read")


def _to_record(job: Mapping[str, Any]) -> Record:
    places = to_names(job.get("locationRestrictions"))
    return Record(
        native_id=job.get("guid") or job.get("applicationLink"),
        title=unescape(job.get("title")),
        company=unescape(job.get("companyName")),
        text=as_lines(job.get("description"), "description"),
        url=job.get("applicationLink") or job.get("guid"),
        location=", ".join(places),
        country=places,
        posted_at=job.get("pubDate"),
        employment_type=", ".join(to_names(job.get("employmentType"))),
        remote=True,
    )

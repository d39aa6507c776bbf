"""The Muse: the open jobs of its category for data, 20 a page.

Quirks, as known in 2026-11: without key 500 requests an hour are answered, the whole site has more pages than that, so
that its own category is asked for; a page past the end is empty; over the limit it answers 403, which is a failure of
the run and says nothing of the jobs.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines, to_names, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://www.themuse.com/api/public/jobs"
CATEGORY: Final = "Data and Analytics"
MAX_PAGES: Final = 250

SOURCE: Final = Source(
    name="themuse",
    title=f'The Muse, "{CATEGORY}"',
    home="https://www.themuse.com",
    family="job_board",
    licence="no licence for texts; keep numbers and derived facts",
    terms="public API without key; 500 requests an hour",
    languages=("en",),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "employment_type", "sections"),
    attribution="link to the job's page on The Muse",
    concurrency=1,
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises TruncatedError when pages repeat, or a page before the last is empty."""
    yield from read_all(SOURCE, board, _pages(fetcher), _to_record)


def _pages(fetcher: Fetcher) -> Iterator[tuple[Page, list[Any]]]:
    number, n_pages = 0, 1
    while number < n_pages:
        if number == MAX_PAGES:
            raise TruncatedError(SOURCE.name, URL, f"only {MAX_PAGES} of {n_pages} pages were read")
        page = fetcher.get(URL, {"page": number, "category": CATEGORY})
        jobs, n_pages = objects(page, "results"), _n_pages(page)
        if not jobs and number < n_pages:
            raise TruncatedError(SOURCE.name, page.url, f"page {number} of {n_pages} is empty")
        yield page, jobs
        number += 1


def _n_pages(page: Page) -> int:
    n_pages = page.json().get("page_count")
    if not isinstance(n_pages, int):
        raise ParseError(SOURCE.name, page.url, "the answer has no number of pages")
    return n_pages


def _to_record(job: Mapping[str, Any]) -> Record:
    places, refs, company = to_names(job.get("locations")), job.get("refs"), job.get("company")
    return Record(
        native_id=job.get("id"),
        title=unescape(job.get("name")),
        company=", ".join(to_names(company)),
        text=as_lines(job.get("contents"), "contents"),
        url=refs.get("landing_page") if isinstance(refs, Mapping) else None,
        location="; ".join(places),
        posted_at=job.get("publication_date"),
        remote=True if any("remote" in place.casefold() for place in places) else None,
    )

"""Remotive: the remote jobs that are open, in one answer.

Quirks, as known in 2026-11: jobs appear a day late; times have no zone; more than two requests a minute are blocked,
four a day are enough. Tags are Remotive's, not the employer's, and are not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://remotive.com/api/remote-jobs"

SOURCE: Final = Source(
    name="remotive",
    title="Remotive",
    home="https://remotive.com",
    family="job_board",
    licence="no licence for texts: no re-submission to other job boards; keep numbers and derived facts",
    terms="public API without key; at most four requests a day are advised, more than two a minute are blocked",
    languages=("en",),
    date_kind="published",
    min_interval_hours=6.0,
    never_gives=("updated_at", "sections"),
    attribution="name Remotive as the source and link to the job's page there",
    concurrency=1,
    intervals={"remotive.com": 30.0},
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises TruncatedError when the feed says that there are more than it gives."""
    page = fetcher.get(URL)
    jobs = objects(page, "jobs")
    yield from read_all(SOURCE, board, [(page, jobs)], _to_record)
    total = page.json().get("total-job-count")
    if isinstance(total, int) and total > len(jobs):
        raise TruncatedError(SOURCE.name, page.url, f"the feed gives {len(jobs)} of {total} jobs")


def _to_record(job: Mapping[str, Any]) -> Record:
    return Record(
        native_id=job.get("id"),
        title=unescape(job.get("title")),
        company=unescape(job.get("company_name")),
        text=as_lines(job.get("description"), "description"),
        url=job.get("url"),
        location=unescape(job.get("candidate_required_location")),
        posted_at=job.get("publication_date"),
        employment_type=job.get("job_type"),
        remote=True,
    )

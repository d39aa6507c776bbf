"""Jobicy: the newest hundred remote jobs, in one answer.

Quirks, as known in 2026-11: a hundred is the most it gives, so that what left the list is older than the others, not
closed; jobs appear six hours late; titles hold HTML entities. `jobExcerpt` is cut, `jobDescription` is whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, to_names, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://jobicy.com/api/v2/remote-jobs"
MOST: Final = 100

SOURCE: Final = Source(
    name="jobicy",
    title="Jobicy",
    home="https://jobicy.com",
    family="job_board",
    licence="no licence for texts: no redistribution to other job boards; keep numbers and derived facts",
    terms="public API without key; not more than one request an hour",
    languages=("en",),
    date_kind="published",
    min_interval_hours=1.0,
    never_gives=("updated_at", "sections"),
    may_vanish=False,
    attribution="credit Jobicy with a direct link; applications go through the job's page there",
    concurrency=1,
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the newest jobs."""
    page = fetcher.get(URL, {"count": MOST})
    yield from read_all(SOURCE, board, [(page, objects(page, "jobs"))], _to_record)


def _to_record(job: Mapping[str, Any]) -> Record:
    return Record(
        native_id=job.get("id"),
        title=unescape(job.get("jobTitle")),
        company=unescape(job.get("companyName")),
        text=as_lines(job.get("jobDescription"), "jobDescription"),
        url=job.get("url"),
        location=unescape(job.get("jobGeo")),
        posted_at=job.get("pubDate"),
        employment_type=", ".join(to_names(job.get("jobType"))),
        remote=True,
    )

"""Remote OK: the newest hundred or so remote jobs, in one answer.

Quirks, as known in 2026-11: the first element of the list is a legal notice, told by its lack of a `position`; what
left the list is older than the others, not closed. Tags are Remote OK's, not the employer's, and are not read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, unescape
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

URL: Final = "https://remoteok.com/api"

SOURCE: Final = Source(
    name="remoteok",
    title="Remote OK",
    home="https://remoteok.com",
    family="job_board",
    licence="no licence for texts; keep numbers and derived facts",
    terms="public API without key, for those who link back",
    languages=("en",),
    date_kind="published",
    min_interval_hours=1.0,
    never_gives=("updated_at", "employment_type", "sections"),
    may_vanish=False,
    attribution="name Remote OK as the source and link, followed by search engines, to the job's page there",
    concurrency=1,
)

_PASSWORD: Final = re.compile(r"\s*Please mention the word \S+ and tag \S+ when applying[^\n]*")
"""What Remote OK adds below the employer's text; it holds a code of who asks, new for each reader."""


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the newest jobs."""
    page = fetcher.get(URL)
    entries = [entry for i, entry in enumerate(objects(page)) if i or not _is_notice(entry)]
    yield from read_all(SOURCE, board, [(page, entries)], _to_record)


def _is_notice(entry: Any) -> bool:
    return isinstance(entry, Mapping) and "position" not in entry


def _to_record(job: Mapping[str, Any]) -> Record:
    return Record(
        native_id=job.get("id"),
        title=unescape(job.get("position")),
        company=unescape(job.get("company")),
        text=_PASSWORD.sub("", as_lines(job.get("description"), "description")),
        url=job.get("url"),
        location=unescape(job.get("location")),
        posted_at=job.get("date") or job.get("epoch"),
        remote=True,
    )

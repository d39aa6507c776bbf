"""Ashby: the public job board API of employers, a whole board in one answer.

Quirks, as known in 2026-11: the server takes 10 to 19 seconds whatever the size; jobs with `isListed` false are for
those who have the link; `workplaceType` is right where it contradicts `isRemote`; the answer does not name the
employer, whose board's name (`jobs.ashbyhq.com/NAME`) stands for it. An unknown board is a 404, while its page on the
site is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from scrapers.ats import as_lines, as_list, as_object, ask_for_board, check_token, in_path, join_names, read_records
from scrapers.build import Record, build, objects
from scrapers.fetch import Fetcher, Page
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

API: Final = "https://api.ashbyhq.com/posting-api/job-board"

SOURCE: Final = Source(
    name="ashby",
    title="Ashby job postings API",
    home="https://developers.ashbyhq.com/docs/public-job-posting-api",
    family="ats",
    licence="none stated for postings: keep numbers and derived facts, publish no text",
    terms="documented as public and without key; no limit stated, repeated requests are throttled",
    languages=("en", "ko", "de", "fr", "es", "pt"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "sections"),
    intervals={"api.ashbyhq.com": 1.0},
    concurrency=4,
    timeout=45.0,
)

_REMOTE: Final = {"remote": True, "onsite": False, "hybrid": False}


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there is no list of boards."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the board that a name stands for."""
    return check_token(SOURCE, board)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the listed jobs of a board, all of them whatever `since`: what is not listed has vanished."""
    page = fetcher.get(f"{API}/{in_path(board)}", {"includeCompensation": "true"})
    yield from read_records(SOURCE, board, page, objects(page, "jobs"), _read_job)


def _read_job(page: Page, board: str, job: Mapping[str, Any]) -> Posting | Reject | None:
    if job.get("isListed") is False:
        return None
    second = [as_object(place, "secondary location") for place in as_list(job.get("secondaryLocations"), "locations")]
    address = as_object(as_object(job.get("address"), "address").get("postalAddress"), "postalAddress")
    text = as_lines(job.get("descriptionHtml"), "descriptionHtml")
    record = Record(
        native_id=job.get("id"),
        title=job.get("title"),
        text=text or as_lines(job.get("descriptionPlain"), "descriptionPlain"),
        url=job.get("jobUrl"),
        company=unquote(board),
        location=join_names([job.get("location"), *(place.get("location") for place in second)]),
        country=None if second else address.get("addressCountry"),
        posted_at=job.get("publishedAt"),
        employment_type=job.get("employmentType"),
        remote=_is_remote(job),
    )
    return build(SOURCE, board, page, record)


def _is_remote(job: Mapping[str, Any]) -> bool | None:
    kind = job.get("workplaceType")
    if isinstance(kind, str) and kind.casefold() in _REMOTE:
        return _REMOTE[kind.casefold()]
    return True if job.get("isRemote") is True else None

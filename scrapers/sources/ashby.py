"""Ashby: the public job board API of employers, a whole board in one answer.

Quirks, as known in 2026-11: the server takes 10 to 19 seconds whatever the size; jobs with `isListed` false are for
those who have the link; `workplaceType` is right where it contradicts `isRemote`; the answer does not name the
employer, whose board's name (`jobs.ashbyhq.com/NAME`) stands for it. An unknown board is a 404, while its page on the
site is not.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from scrapers.build import Record, objects, read_all
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, as_list, as_object, join_names
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board, check_token, in_path

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
    yield from read_all(SOURCE, board, [(page, objects(page, "jobs"))], partial(_to_record, board))


def _to_record(board: str, job: Mapping[str, Any]) -> Record | None:
    if job.get("isListed") is False:
        return None
    second = [as_object(place, "secondary location") for place in as_list(job.get("secondaryLocations"), "locations")]
    address = as_object(as_object(job.get("address"), "address").get("postalAddress"), "postalAddress")
    text = as_lines(job.get("descriptionHtml"), "descriptionHtml")
    return Record(
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


def _is_remote(job: Mapping[str, Any]) -> bool | None:
    kind = job.get("workplaceType")
    if isinstance(kind, str) and kind.casefold() in _REMOTE:
        return _REMOTE[kind.casefold()]
    return True if job.get("isRemote") is True else None

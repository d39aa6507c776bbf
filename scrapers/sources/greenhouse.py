"""Greenhouse: the public job board API of employers, a whole board in one answer.

Quirks, as known in 2026-11: bodies are entity-escaped HTML and come only with `content=true`; `updated_at` moves with
any edit, so that only `first_published` is a posting date; a job without `internal_job_id` is a pool of prospects, no
job; `location.name` may hold a model of work ("Hybrid") while the place stands among the offices. A board has no pages:
another number of jobs than `meta.total` is not all.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, as_list, as_object, join_names, says_remote
from scrapers.places import country_of
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board, check_token, in_path

API: Final = "https://boards-api.greenhouse.io/v1/boards"

SOURCE: Final = Source(
    name="greenhouse",
    title="Greenhouse Job Board API",
    home="https://developers.greenhouse.io/job-board.html",
    family="ats",
    licence="none stated for postings: keep numbers and derived facts, publish no text",
    terms="documented as public and without key; no limit stated for reading",
    languages=("en", "ko", "de", "fr", "es", "pt"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("sections",),
    intervals={"boards-api.greenhouse.io": 1.0},
    concurrency=2,
)

_EMPLOYMENT: Final = frozenset({"employment type", "고용 형태", "고용형태"})


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there is no list of boards."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the board that a token names."""
    return check_token(SOURCE, board)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs of a board, all of them whatever `since`: what is not listed has vanished.

    Raises TruncatedError when the answer holds another number of jobs than it says.
    """
    page = fetcher.get(f"{API}/{in_path(board)}/jobs", {"content": "true", "pay_transparency": "true"})
    jobs = objects(page, "jobs")
    yield from read_all(SOURCE, board, [(page, jobs)], _to_record)
    meta = page.json().get("meta")
    total = meta.get("total") if isinstance(meta, Mapping) else None
    if total != len(jobs):
        raise TruncatedError(SOURCE.name, page.url, f"the answer holds {len(jobs)} jobs and says {total}")


def _to_record(job: Mapping[str, Any]) -> Record | None:
    if job.get("internal_job_id", 0) is None:
        return None
    if "content" not in job:
        raise ValueError("the job comes without its body")
    place = as_object(job.get("location"), "location").get("name")
    offices = [as_object(office, "office") for office in as_list(job.get("offices"), "offices")]
    return Record(
        native_id=job.get("id"),
        title=job.get("title"),
        text=as_lines(job["content"], "content"),
        url=job.get("absolute_url"),
        company=job.get("company_name"),
        location=_place(place, offices),
        country=_country(place, offices),
        posted_at=job.get("first_published"),
        updated_at=job.get("updated_at"),
        employment_type=_employment(as_list(job.get("metadata"), "metadata")),
        remote=says_remote(place),
    )


def _place(place: Any, offices: list[Mapping[str, Any]]) -> str | None:
    """Return the place as written; where it is only a model of work, the offices too."""
    if isinstance(place, str) and place.strip().casefold() not in ("", "hybrid", "remote", "on-site", "onsite"):
        return place
    return join_names([place, *(office.get("location") or office.get("name") for office in offices)])


def _country(place: Any, offices: list[Mapping[str, Any]]) -> str | None:
    named = country_of([place]) if isinstance(place, str) else None
    return named or country_of([where for office in offices if isinstance(where := office.get("location"), str)])


def _employment(metadata: list[Any]) -> str | None:
    fields = (as_object(field, "metadata field") for field in metadata)
    named = (f.get("value") for f in fields if str(f.get("name")).strip().casefold() in _EMPLOYMENT)
    return join_names([one for value in named for one in (value if isinstance(value, list) else [value])])

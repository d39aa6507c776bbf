"""Workable: the jobs of one account, in one answer of the widget that employers put on their own pages.

Quirks, as known in 2026-11: `state` is a region, not a status; dates are days; the body comes with details=true only,
in one field that the employer may have fed from three (where requirements and benefits stand apart they are read as
sections). Drafts, internal jobs and dates of edits are not in it. One guarded host serves all accounts: one request at
a time, and slowly.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, to_flag, to_names, unescape
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board, check_host

URL: Final = "https://apply.workable.com/api/v1/widget/accounts"

SOURCE: Final = Source(
    name="workable",
    title="Workable",
    home="https://apply.workable.com",
    family="ats",
    licence="texts belong to the employers; keep numbers and derived facts",
    terms="public answer of the widget for career pages, without key; no limit is stated, fast readers are shut out",
    languages=("en",),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at",),
    concurrency=1,
    intervals={"apply.workable.com": 2.0},
)

_PARTS: Final = (
    ("description", "", "unknown"),
    ("requirements", "Requirements", "required"),
    ("benefits", "Benefits", "benefits"),
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Refuse: an account must be named."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the account; raises TargetError for what is none."""
    return [check_host(SOURCE, board, (".workable.com",))]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the jobs of an account; raises GoneError for an unknown one."""
    page = fetcher.get(f"{URL}/{board}", {"details": "true"})
    jobs = objects(page, "jobs")
    company = unescape(page.json().get("name")) or board
    yield from read_all(SOURCE, board, [(page, jobs)], partial(_to_record, company))


def _to_record(company: str, job: Mapping[str, Any]) -> Record:
    parts = [Section(heading, kind, as_lines(job.get(key), key)) for key, heading, kind in _PARTS]
    has_parts = any(part.text for part in parts[1:])
    listed = job.get("locations")
    places = [p for p in (listed if isinstance(listed, list) else ()) if isinstance(p, Mapping)] or [job]
    codes = [code for place in places if (code := place.get("countryCode"))]
    return Record(
        native_id=job.get("shortcode"),
        title=unescape(job.get("title")),
        company=company,
        text="" if has_parts else parts[0].text,
        sections=parts if has_parts else (),
        url=job.get("url") or job.get("shortlink"),
        location="; ".join(filter(None, map(_to_place, places))),
        country=codes or job.get("country"),
        posted_at=job.get("published_on") or job.get("created_at"),
        posted_at_kind=None if job.get("published_on") else "created",
        employment_type=job.get("employment_type"),
        remote=to_flag(job.get("telecommuting")),
    )


def _to_place(place: Mapping[str, Any]) -> str:
    parts = (name for key in ("city", "region", "state", "country") for name in to_names(place.get(key)))
    return ", ".join(dict.fromkeys(parts))

"""Toss: the jobs of all its companies, in one answer.

Quirks, as known in 2026-11: the careers site serves Greenhouse records through an address of its own. The description
stands as Markdown among the `metadata`, found by its number or by its Korean label, and `content` is often a shell.
Hidden jobs and pools of candidates (no `internal_job_id`) are in the answer too. By group the same job comes several
times.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import GoneError, ParseError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import dig
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import clean_text, html_to_lines

API: Final = "https://api-public.toss.im/api/v3/ipd-eggnog/career"

SOURCE: Final = Source(
    name="toss",
    title="Toss careers",
    home="https://toss.im/career/jobs",
    family="korean_board",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public answers behind the careers page, without key; not documented",
    languages=("ko", "en"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("remote", "sections"),
    concurrency=1,
)

_COMPANY: Final = (4169410003, "소속 자회사")
_DESCRIPTION: Final = (4155730003, "Job Description")
_EMPLOYMENT: Final = (4112432003, "Employment_Type")
_HIDDEN: Final = (5038345003, "미노출")


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open jobs; raises ParseError when the answer is not the list it is known to be."""
    try:
        page = fetcher.get(f"{API}/jobs")
    except GoneError:
        page = fetcher.get(f"{API}/job-groups")
    yield from read_all(SOURCE, board, [(page, list(_jobs(page)))], _to_record)


def _jobs(page: Page) -> Iterator[Any]:
    """Yield the jobs of a plain list or of a list of groups."""
    if dig(page.json(), "resultType") != "SUCCESS":
        raise ParseError(SOURCE.name, page.url, f"the answer is no success: {page.text[:200]}")
    for entry in objects(page, "success"):
        if not isinstance(entry, dict) or "jobs" not in entry:
            yield entry
        elif isinstance(entry["jobs"], list):
            yield from entry["jobs"] or [entry.get("primary_job")]
        else:
            raise ParseError(SOURCE.name, page.url, "a group has no list of jobs")


def _is_hidden(job: Mapping[str, Any]) -> bool:
    return job.get("internal_job_id", 0) is None or _meta(job, _HIDDEN).lower() in ("true", "t", "1", "yes")


def _to_record(job: Mapping[str, Any]) -> Record | None:
    if _is_hidden(job):
        return None
    return Record(
        native_id=job.get("id"),
        title=job.get("title"),
        text=_text(job),
        url=job.get("absolute_url"),
        company=_meta(job, _COMPANY) or job.get("company_name"),
        location=dig(job, "location", "name"),
        posted_at=job.get("first_published"),
        updated_at=job.get("updated_at"),
        employment_type=_meta(job, _EMPLOYMENT),
    )


def _text(job: Mapping[str, Any]) -> str:
    """Return the description, and below it the lines of `content` that it lacks."""
    written = _meta(job, _DESCRIPTION)
    # Beside <br> the line breaks of Markdown would count as spaces.
    text = clean_text(written.replace("\n", "<br>") if "<br" in written.lower() else written)
    known = {"".join(line.split()) for line in text.split("\n")}
    content = job.get("content")
    lines = html_to_lines(content).split("\n") if isinstance(content, str) else []
    more = [line for line in lines if "".join(line.split()) not in known and not line.startswith("#LI-")]
    return "\n\n".join(filter(None, (text, "\n".join(more))))


def _meta(job: Mapping[str, Any], wanted: tuple[int, str]) -> str:
    """Return the value with that number, or with that word in its label, as text; "" for none."""
    number, label = wanted
    metadata = job.get("metadata")
    entries = [e for e in metadata if isinstance(e, dict)] if isinstance(metadata, list) else []
    values = [e.get("value") for e in entries if e.get("id") == number]
    values += [e.get("value") for e in entries if label in str(e.get("name"))]
    return next(filter(None, map(_plain, values)), "")


def _plain(value: Any) -> str:
    """Return a value as text; lists, also those written as JSON, are joined."""
    if isinstance(value, str) and value.lstrip().startswith('["'):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value)))
    return str(value).strip() if isinstance(value, str | int) else ""

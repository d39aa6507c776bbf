"""Building: how the records of a source's answer become postings, with what is odd about one told as a reject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrapers.countries import to_iso2
from scrapers.dates import parse_date
from scrapers.errors import ParseError
from scrapers.fetch import Page
from scrapers.language import detect
from scrapers.places import country_of
from scrapers.posting import Posting, Section, posting_id
from scrapers.sources import Reject, Source

_EXCERPT = 200


def objects(page: Page, *keys: str) -> list[Any]:
    """Return the list of records that an answer holds under `keys` ("" keys: the answer itself is the list).

    Raises ParseError when there is none: an answer without its list is an error, never an empty board.
    """
    value = page.json()
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, list):
        raise ParseError(page.source, page.url, f"the answer has no list {'.'.join(keys) or 'of records'}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a source says of one job, as written; everything but number and title may be missing."""

    native_id: Any
    title: Any
    text: str = ""
    sections: Sequence[Section] = ()
    url: Any = None
    company: Any = None
    location: Any = None
    country: Any = None
    posted_at: Any = None
    posted_at_kind: str | None = None
    updated_at: Any = None
    employment_type: Any = None
    remote: bool | None = None


def build(source: Source, board: str, page: Page, record: Record) -> Posting | Reject:
    """Return the posting of a record; a Reject when it has no number or no title.

    A text that is empty is taken from the sections. A date that cannot be read leaves posted_at empty, kind "seen".
    """
    native = _line(record.native_id)
    title = _line(record.title)
    if not native or not title:
        reason = "a posting needs a number and a title"
        return Reject(source.name, board, native, reason, repr(record)[:_EXCERPT])
    sections = tuple(s for s in record.sections if s.text.strip())
    text = record.text or "\n\n".join(f"{s.heading}\n{s.text}".strip() for s in sections)
    posted_at = parse_date(record.posted_at)
    location = _line(record.location)
    company = _line(record.company)
    return Posting(
        posting_id=posting_id(source.name, board, native, title, company, text),
        source=source.name,
        board=board,
        native_id=native,
        url=_line(record.url),
        title=title,
        company=company,
        location=location,
        country=to_iso2(_line(record.country)) or (country_of([location]) if location else None),
        lang=detect(text or title),
        family=source.family,
        posted_at=posted_at,
        posted_at_kind=(record.posted_at_kind or source.date_kind) if posted_at else "seen",
        updated_at=parse_date(record.updated_at),
        employment_type=_line(record.employment_type),
        remote=record.remote,
        text=text,
        sections=sections,
        is_truncated=False,
        raw_sha=page.sha,
    )


def _line(value: Any) -> str | None:
    """Return a text or number on one line; None for anything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).split()) or None

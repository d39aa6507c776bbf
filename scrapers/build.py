"""Building: how the answers of a source become postings, entry by entry, what is odd about one told as a reject."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from defusedxml.ElementTree import fromstring

from scrapers.countries import to_iso2
from scrapers.dates import parse_date
from scrapers.errors import BusyError, DeadlineError, FetchError, ParseError, TruncatedError
from scrapers.fetch import Page
from scrapers.fields import dig, join_parts
from scrapers.language import detect
from scrapers.places import country_of
from scrapers.posting import Posting, Section, posting_id
from scrapers.sources import Reject, Source

_T = TypeVar("_T")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML forbids, though texts that were pasted into a form hold them."""
_DECLARED: Final = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.:-]+)[\"']")
_STARTS: Final = (
    *((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be")),
    *((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")),
)
"""How XML may begin: with a byte order mark, else with a "<" as wide as the encoding has it."""


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
    """One country, or a list of those of all places: where they differ the posting has none."""
    posted_at: Any = None
    posted_at_kind: str | None = None
    updated_at: Any = None
    employment_type: Any = None
    remote: bool | None = None
    page: Page | None = None
    """The answer that describes the job, where it is another than the one that lists it."""


Answers = Iterable[tuple[Page, Sequence[Any]]]


def objects(page: Page, *keys: str) -> list[Any]:
    """Return the list of records that an answer holds under `keys` ("" keys: the answer itself is the list).

    Raises ParseError when there is none: an answer without its list is an error, never an empty board.
    """
    value = dig(page.json(), *keys)
    if not isinstance(value, list):
        raise ParseError(page.source, page.url, f"the answer has no list {'.'.join(keys) or 'of records'}")
    return value


def read_xml(page: Page, root: str) -> ET.Element:
    """Return the root element of an XML answer; raises ParseError for none, for a DTD, and for any other root."""
    try:
        found: ET.Element = fromstring(_CONTROLS.sub("", _decode(page.body.lstrip())), forbid_dtd=True)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise ParseError(page.source, page.url, f"the answer is not XML: {error or type(error).__name__}") from error
    if found.tag != root:
        raise ParseError(page.source, page.url, f"the answer is <{found.tag}>, not <{root}>")
    return found


def _decode(body: bytes) -> str:
    """Return XML as text: by how it begins, else as it declares itself, else as UTF-8."""
    encoding = next((encoding for start, encoding in _STARTS if body.startswith(start)), None)
    if encoding is None:
        declared = _DECLARED.match(body[:200])
        encoding = declared[1].decode() if declared else "utf-8"
        # A declaration that could be read as ASCII is wrong where its encoding would have written it otherwise.
        if "<?xml".encode(encoding) != b"<?xml":
            encoding = "utf-8"
    # Stripped as text: cut off behind a wide letter, a line break would leave half of it.
    return body.decode(encoding).rstrip()


def read_all(
    source: Source, board: str, answers: Answers, read: Callable[[Any], Record | None], number: str = ""
) -> Iterator[Posting | Reject]:
    """Yield the posting of every entry of every answer, each once; a Reject for an entry that cannot be read.

    `read` returns None for an entry that is meant for nobody, such as a hidden job, raises ValueError for one that it
    cannot read, and may ask for an answer that describes it: one that fails costs its own job alone. Where it does,
    `number` is the field by which an entry that is listed twice is known, so that it is asked for once.

    Raises TruncatedError when an answer brings nothing but what was there before: a server that ignores page numbers
    would be asked for ever.
    """
    known: set[str] = set()
    for page, entries in answers:
        n_known = len(known)
        for entry in entries:
            named = _number(entry, number) if number else None
            if named is None or named not in known:
                found = _read(source, board, page, entry, read, number)
                yield from _take(found, entry, named, known)
        if entries and len(known) == n_known:
            raise TruncatedError(source.name, page.url, "the answer repeats an earlier one")


def _take(found: Posting | Reject | None, entry: Any, named: str | None, known: set[str]) -> Iterator[Posting | Reject]:
    """Yield what is told for the first time, and all rejects; add what it is known by."""
    key = repr(entry) if found is None or found.native_id is None else found.native_id
    if isinstance(found, Reject) or (found and key not in known):
        yield found
    known.add(key)
    if found and named is not None:
        known.add(named)


def _read(
    source: Source, board: str, page: Page, entry: Any, read: Callable[[Any], Record | None], number: str
) -> Posting | Reject | None:
    if not isinstance(entry, Mapping | ET.Element):
        return Reject(source.name, board, None, "the entry is no object", repr(entry))
    named = _number(entry, number or "id")
    try:
        if number and named is None:
            raise ValueError("a job needs a number")
        found = read_detail(source.name, board, named, lambda: read(entry))
        return build(source, board, found.page or page, found) if isinstance(found, Record) else found
    except ValueError as error:
        return Reject(source.name, board, named, " ".join(str(error).split()), repr(entry))


def _number(entry: Any, key: str) -> str | None:
    return _line(entry.get(key)) if isinstance(entry, Mapping | ET.Element) else None


def read_detail(source: str, board: str, number: object, ask: Callable[[], _T]) -> _T | Reject:
    """Return what `ask` returns, or a Reject where this one answer fails: its job is told of, the others are read on.

    A busy server and the end of the board's time are no fault of one job: BusyError and DeadlineError are raised.
    """
    try:
        return ask()
    except (BusyError, DeadlineError):
        raise
    except (FetchError, ParseError) as error:
        return Reject(source, board, str(number), f"its own page failed: {error.reason}", error.url)


def build(source: Source, board: str, page: Page, record: Record) -> Posting | Reject:
    """Return the posting of a record; a Reject when it has no number or no title.

    A text that is empty is taken from the sections, and stays empty without them. A date that cannot be read leaves
    posted_at empty, kind "seen".
    """
    native = _line(record.native_id)
    title = _line(record.title)
    if not native or not title:
        return Reject(source.name, board, native, "a posting needs a number and a title", repr(record))
    sections = tuple(s for s in record.sections if s.text.strip())
    text = record.text or join_parts(sections)
    posted_at = parse_date(record.posted_at)
    company = _line(record.company)
    return Posting(
        posting_id=posting_id(source.name, board, native, title, company, text),
        source=source.name,
        board=board,
        native_id=native,
        url=_line(record.url),
        title=title,
        company=company,
        location=_line(record.location),
        country=_country(record),
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


def _country(record: Record) -> str | None:
    """Return the country that all places are in; where none is named, the one that the places themselves tell."""
    named = record.country if isinstance(record.country, list) else [record.country]
    codes = {to_iso2(_line(name)) for name in named}
    if len(codes) > 1:
        return None
    location = _line(record.location)
    return next(iter(codes), None) or (country_of([location]) if location else None)


def _line(value: Any) -> str | None:
    """Return a text or number on one line; None for anything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).split()) or None

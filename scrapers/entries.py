"""Entries: what feeds, pages of feeds and XML files have in common, down to the names and flags in one entry."""

import html as entities
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from defusedxml.ElementTree import fromstring

from scrapers.build import Record, build
from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Page
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
_CONTROLS: Final = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]")
"""Bytes that XML forbids, though texts that were pasted into a form hold them."""
_EXCERPT: Final = 200


def read_all(
    source: Source, board: str, answers: Iterable[tuple[Page, Sequence[Any]]], read: Callable[[Any], Record]
) -> Iterator[Posting | Reject]:
    """Yield the posting of every entry of every answer, each number once; a Reject for an entry that cannot be read.

    `read` raises ValueError for an entry that it cannot read. Raises TruncatedError when an answer brings nothing but
    what was there before: a server that ignores page numbers would be asked for ever.
    """
    known: set[str | None] = set()
    for page, entries in answers:
        is_new = not entries
        for entry in entries:
            record = _read(source, board, page, entry, read)
            if isinstance(record, Reject):
                is_new |= record.native_id not in known or record.native_id is None
                yield record
            elif record.native_id not in known:
                is_new = True
                yield record
            known.add(record.native_id)
        if not is_new:
            raise TruncatedError(source.name, page.url, "the answer repeats an earlier one")


def _read(source: Source, board: str, page: Page, entry: Any, read: Callable[[Any], Record]) -> Posting | Reject:
    if not isinstance(entry, Mapping | ET.Element):
        return Reject(source.name, board, None, "the entry is no object", repr(entry)[:_EXCERPT])
    try:
        return build(source, board, page, read(entry))
    except ValueError as error:
        number = entry.get("id")
        return Reject(source.name, board, number and str(number), str(error), repr(entry)[:_EXCERPT])


def to_names(value: Any) -> list[str]:
    """Return the names in a field that holds one name, or a list of names or of objects with a name; [] for others."""
    values = value if isinstance(value, list) else [value]
    named = (v.get("name") if isinstance(v, Mapping) else v for v in values)
    return [name for v in named if isinstance(v, str) and (name := unescape(v).strip())]


def unescape(value: Any) -> Any:
    """Return a line without HTML entities, which job boards leave in titles; anything but text as it is."""
    return entities.unescape(value) if isinstance(value, str) else value


def to_flag(value: Any) -> bool | None:
    """Return a truth value; None for anything that is none."""
    return value if isinstance(value, bool) else None


def read_xml(page: Page, root: str) -> ET.Element:
    """Return the root element of an XML answer; raises ParseError for none, for a DTD, and for any other root."""
    try:
        found: ET.Element = fromstring(_CONTROLS.sub(b"", page.body.strip()), forbid_dtd=True)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise ParseError(page.source, page.url, f"the answer is not XML: {error or type(error).__name__}") from error
    if found.tag != root:
        raise ParseError(page.source, page.url, f"the answer is <{found.tag}>, not <{root}>")
    return found


def refuse_board(source: Source, board: str) -> NoReturn:
    """Refuse the board of a source that has none."""
    raise TargetError(source.name, "", f"it has no boards: write {source.name}, not {source.name}:{board}")


def check_host(source: Source, board: str, suffixes: Sequence[str] = (), *, is_host_allowed: bool = False) -> str:
    """Return the token of a board given as token, or as host under one of the suffixes; other hosts only if allowed.

    Raises TargetError for anything else: a board becomes part of an address, which it must not turn elsewhere.
    """
    bare = next((board.removesuffix(suffix) for suffix in suffixes if board.endswith(suffix)), board)
    token = board if "." in bare else bare
    is_sound = all(map(_LABEL.fullmatch, token.split("."))) and (is_host_allowed or "." not in token)
    if not is_sound:
        raise TargetError(
            source.name, "", f"{board!r} is no board: name the employer's token, as in {source.name}:acme"
        )
    return token

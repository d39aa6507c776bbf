"""Employers' boards at applicant-tracking systems: how one is named, and how its records are read one by one."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn
from urllib.parse import quote, unquote

from scrapers.errors import TargetError, TruncatedError
from scrapers.fetch import Page
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines

_TOKEN: Final = re.compile(r"[^\W_](?:[\w %&+'-]|\.(?!\.)){0,99}")
_REMOTE: Final = re.compile(r"\bremote\b|원격|재택", re.IGNORECASE)
_EXCERPT: Final = 200


def ask_for_board(source: Source) -> NoReturn:
    """Raise TargetError: the platform has no list of its boards."""
    raise TargetError(source.name, "", f"name a board, e.g. {source.name}:TOKEN")


def check_token(source: Source, board: str) -> list[str]:
    """Return the board that a token names; raises TargetError for what can be part of no address."""
    if not _TOKEN.fullmatch(board):
        raise TargetError(source.name, "", f"{board!r} names no board; write {source.name}:TOKEN as in its address")
    return [board]


def in_path(board: str) -> str:
    """Return a token as a part of an address; in lists of boards it may stand escaped already."""
    return quote(unquote(board), safe="")


def read_records(
    source: Source,
    board: str,
    page: Page,
    records: Sequence[Any],
    read: Callable[[Page, str, Mapping[str, Any]], Posting | Reject | None],
) -> Iterator[Posting | Reject]:
    """Yield what `read` makes of each record; None is a record that is meant for nobody, such as a hidden job.

    A record that is no object, or of which `read` says by ValueError what is wrong with it, becomes a Reject.
    """
    for record in records:
        found: Posting | Reject | None
        try:
            found = read(page, board, as_object(record, "the record"))
        except ValueError as error:
            native = str(record["id"]) if isinstance(record, Mapping) and "id" in record else None
            found = Reject(source.name, board, native, " ".join(str(error).split()), repr(record)[:_EXCERPT])
        if found is not None:
            yield found


def take_new(page: Page, records: Sequence[Any], known: set[str]) -> list[Any]:
    """Return the records of a page that no page before had, and add their numbers to `known`.

    Raises TruncatedError when a page repeats what is known: the server has stopped turning pages.
    """
    fresh = {_number(record): record for record in records if _number(record) not in known}
    if records and not fresh:
        raise TruncatedError(page.source, page.url, "a page repeats the ones before it")
    known.update(fresh)
    return list(fresh.values())


def _number(record: Any) -> str:
    # Records without a number are told apart by what they hold: each is a reject of its own.
    number = record.get("id") if isinstance(record, Mapping) else None
    return repr(record) if number is None else str(number)


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """Return an object as it is, an empty one for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f"{what} is {type(value).__name__}, not an object")
    return value or {}


def as_list(value: Any, what: str) -> list[Any]:
    """Return a list as it is, an empty one for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, list):
        raise ValueError(f"{what} is {type(value).__name__}, not a list")
    return value or []


def as_text(value: Any, what: str) -> str:
    """Return a text as it is, "" for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{what} is {type(value).__name__}, not text")
    return value or ""


def as_lines(value: Any, what: str) -> str:
    """Return HTML, entity-escaped or not, as lines of text, "" for null; raises ValueError for what is no text."""
    return html_to_lines(as_text(value, what))


def join_parts(parts: Sequence[str | Section]) -> str:
    """Return parts of a body as one text, each section under its heading, in the order given."""
    blocks = [part if isinstance(part, str) else f"{part.heading}\n{part.text}".strip() for part in parts]
    return "\n\n".join(block for block in blocks if block)


def join_names(names: Sequence[Any]) -> str | None:
    """Return the names that are texts, each once, as "Seoul; Busan"; None when there is none."""
    plain = dict.fromkeys(" ".join(name.split()) for name in names if isinstance(name, str))
    return "; ".join(filter(None, plain)) or None


def says_remote(*names: Any) -> bool | None:
    """Return True when a place or model of work says remote, else None: that it says nothing is no "no"."""
    return any(isinstance(name, str) and _REMOTE.search(name) for name in names) or None

"""Lever: the public postings API of employers, paged; sites kept in the EU are named with a leading "eu.".

Quirks, as known in 2026-11: the requirements stand in `lists` and `additional`, not in `description`; `createdAt` is
when a posting was created, which may be before it was published; the answer does not name the employer, whose site
token (`jobs.lever.co/TOKEN`) stands for the name. There is no total: the last page is a short or an empty one.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines, as_list, as_object, as_text, join_names, join_parts
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board, check_token, in_path

_EU: Final = "eu."
_PAGE: Final = 100
_MAX_PAGES: Final = 100
_REMOTE: Final = {"remote": True, "on-site": False, "onsite": False, "hybrid": False}

SOURCE: Final = Source(
    name="lever",
    title="Lever Postings API",
    home="https://github.com/lever/postings-api",
    family="ats",
    licence="none stated for postings: keep numbers and derived facts, publish no text",
    terms="documented as public and without key, for third parties too; no limit stated for reading",
    languages=("en", "ko", "de", "fr", "es", "pt"),
    date_kind="created",
    min_interval_hours=0.0,
    never_gives=("updated_at",),
    intervals={"api.lever.co": 0.5, "api.eu.lever.co": 0.5},
    concurrency=2,
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there is no list of boards."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the board that a token names."""
    check_token(SOURCE, board.removeprefix(_EU))
    return [board]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open postings of a site, all of them whatever `since`: what is not listed has vanished.

    Raises TruncatedError when pages repeat themselves or do not end.
    """
    host, site = ("api.eu.lever.co" if board.startswith(_EU) else "api.lever.co"), board.removeprefix(_EU)
    answers = _pages(fetcher, f"https://{host}/v0/postings/{in_path(site)}")
    yield from read_all(SOURCE, board, answers, partial(_to_record, site))


def _pages(fetcher: Fetcher, url: str) -> Iterator[tuple[Page, list[Any]]]:
    skip = 0
    for _ in range(_MAX_PAGES):
        page = fetcher.get(url, {"mode": "json", "skip": skip, "limit": _PAGE})
        records = objects(page)
        yield page, records
        if len(records) < _PAGE:
            return
        skip += len(records)
    raise TruncatedError(SOURCE.name, page.url, f"more than {_MAX_PAGES} pages")


def _to_record(site: str, posting: Mapping[str, Any]) -> Record:
    categories = as_object(posting.get("categories"), "categories")
    sections = [_read_list(part) for part in as_list(posting.get("lists"), "lists")]
    intro = _lines(posting, "description") or join_parts(
        [_lines(posting, "opening"), _lines(posting, "descriptionBody")]
    )
    places = as_list(categories.get("allLocations"), "allLocations")
    return Record(
        native_id=posting.get("id"),
        title=posting.get("text"),
        text=join_parts([intro, *sections, _lines(posting, "additional")]),
        sections=sections,
        url=posting.get("hostedUrl"),
        company=site,
        location=join_names([categories.get("location"), *places]),
        country=posting.get("country"),
        posted_at=posting.get("createdAt"),
        employment_type=categories.get("commitment"),
        remote=_REMOTE.get(str(posting.get("workplaceType")).lower()),
    )


def _lines(posting: Mapping[str, Any], name: str) -> str:
    """Return a field of the body as lines, from its plain twin where it has no HTML."""
    return as_lines(posting.get(name), name) or as_lines(posting.get(f"{name}Plain"), f"{name}Plain")


def _read_list(value: Any) -> Section:
    part = as_object(value, "the list")
    heading = " ".join(as_lines(part.get("text"), "the list's heading").split())
    # The items come without the list around them.
    items = as_text(part.get("content"), "the list")
    return Section(heading, "unknown", as_lines(f"<ul>{items}</ul>", "the list"))

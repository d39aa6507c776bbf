"""Greeting: the career sites of its Korean customers, `TENANT.career.greetinghr.com` or a domain of their own.

Quirks, as known in 2026-11: the start page holds the list of openings and the number of the workspace as JSON in its
`__NEXT_DATA__` script; sites of the newer kind leave the list out, and it is asked for page by page. The description
stands in an answer of its own for each opening.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import dig, join_names
from scrapers.korea import country_of, to_kst
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines

API: Final = "https://api.greetinghr.com/ats"
DOMAIN: Final = ".career.greetinghr.com"

SOURCE: Final = Source(
    name="greeting",
    title="Greeting career sites",
    home="https://www.greetinghr.com",
    family="ats",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public data of the career pages, without key; not documented",
    languages=("ko", "en"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "sections"),
    concurrency=1,
)

_SCRIPT: Final = re.compile(r"<script[^>]*\bid=[\"']__NEXT_DATA__[\"'][^>]*>(.*?)</script>", re.S | re.I)
_TENANT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST: Final = re.compile(rf"{_TENANT.pattern}(?:\.{_TENANT.pattern})+")
_PAGE_SIZE: Final = 100
_MAX_PAGES: Final = 50


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: tenants are listed nowhere."""
    raise TargetError(SOURCE.name, "", f"name a board, e.g. {SOURCE.name}:TENANT")


def expand(board: str, since: str | None) -> list[str]:
    """Return the tenant, or the host of a site with a domain of its own, that a name or an address stands for."""
    host = board.removeprefix("https://").split("/")[0].split("?")[0] if board.startswith("https://") else board
    name = host.lower().removesuffix(DOMAIN)
    if any(c.isspace() for c in board) or not (_TENANT.fullmatch(name) or _HOST.fullmatch(name)):
        raise TargetError(SOURCE.name, "", f"{board!r} is neither a tenant nor the host of a career site")
    return [name]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the openings of a career site.

    Raises ParseError for a page without the data it is known for, TruncatedError when the list has no end.
    """
    host = board if "." in board else board + DOMAIN
    page = fetcher.get(f"https://{host}/", accept="text/html")
    queries = _read_queries(page)
    workspace = _find_workspace(queries)
    if workspace is None:
        raise ParseError(SOURCE.name, page.url, "the page names no workspace")
    listed = [dig(q, "state", "data") for q in queries if dig(q, "queryKey") == ["openings"]]
    answers = [(page, listed[0])] if listed and isinstance(listed[0], list) else _pages(fetcher, workspace)
    read = partial(_read_opening, fetcher, board, host, workspace)
    yield from read_all(SOURCE, board, answers, read, number="openingId")


def _read_queries(page: Page) -> list[Any]:
    found = _SCRIPT.search(page.text)
    try:
        data = json.loads(found[1]) if found else None
    except (ValueError, RecursionError) as error:
        raise ParseError(SOURCE.name, page.url, f"the data of the page is not JSON: {error}") from error
    queries = dig(data, "props", "pageProps", "dehydratedState", "queries")
    if not isinstance(queries, list):
        raise ParseError(SOURCE.name, page.url, "the page is no career site: it holds no list of queries")
    return queries


def _find_workspace(queries: list[Any]) -> int | str | None:
    """Return the number of the workspace: it stands in the keys of the queries, or in the answer of the first."""
    for query in queries:
        key = dig(query, "queryKey")
        for part in [*(key if isinstance(key, list) else []), dig(query, "state", "data")]:
            for place in (part, dig(part, "data")):
                if isinstance(number := dig(place, "workspaceId"), int | str) and str(number).isdecimal():
                    return number
    return None


def _pages(fetcher: Fetcher, workspace: int | str) -> Iterator[tuple[Page, list[Any]]]:
    url = f"{API}/v1.1/career/workspaces/{workspace}/openings"
    for number in range(_MAX_PAGES):
        page = fetcher.get(url, {"page": number, "pageSize": _PAGE_SIZE})
        found = objects(page, "data", "datas")
        yield page, found
        if not dig(page.json(), "data", "hasNext"):
            return
        if not found:
            raise TruncatedError(SOURCE.name, page.url, "an empty page before the last one")
    raise TruncatedError(SOURCE.name, url, f"more than {_MAX_PAGES} pages of openings")


def _read_opening(
    fetcher: Fetcher, board: str, host: str, workspace: int | str, opening: Mapping[str, Any]
) -> Record | None:
    if opening.get("deploy") is False:
        return None
    number = opening["openingId"]
    page, described = _ask_opening(fetcher, workspace, number)
    positions = dig(opening, "openingJobPosition", "openingJobPositions")
    places = [p for p in (dig(position, "workspacePlace") for position in _listed(positions)) if p]
    kinds = [dig(position, "jobPositionEmployment", "employmentType") for position in _listed(positions)]
    return Record(
        native_id=number,
        title=described.get("title") or opening.get("title"),
        text=html_to_lines(described["detail"]),
        url=f"https://{host}/ko/o/{number}",
        company=dig(opening, "group", "name") or board,
        location=join_names([dig(p, "location") or dig(p, "place") for p in places]),
        country=[*map(_country, places)],
        posted_at=to_kst(opening.get("openDate")),
        employment_type=join_names(kinds, ", "),
        remote=True if any(dig(p, "workFromHome") is True for p in places) else None,
        page=page,
    )


def _country(place: Any) -> str | None:
    return country_of(join_names([dig(place, key) for key in ("location", "place", "detailPlace")], " "))


def _ask_opening(fetcher: Fetcher, workspace: int | str, number: int | str) -> tuple[Page, dict[str, Any]]:
    page = fetcher.get(f"{API}/v3.5/career/workspaces/{workspace}/openings/{number}")
    described = dig(page.json(), "data", "openingsInfo")
    if not isinstance(described, dict) or not isinstance(described.get("detail"), str):
        raise ParseError(SOURCE.name, page.url, "the answer holds no description")
    return page, described


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

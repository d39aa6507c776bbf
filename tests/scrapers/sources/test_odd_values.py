"""Odd values: whatever stands in one place of an answer, a source tells of it and breaks in no other way."""

import copy
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest

from scrapers.errors import GoneError, ScrapeError
from scrapers.fetch import Fetcher, Page
from scrapers.posting import Posting
from scrapers.sources import load

PAGES = Path(__file__).parents[2] / "pages"
ODD: list[Any] = [None, True, 1.5, "odd", ["odd", None], {"odd": 1}]


class Shelf:
    """Answers in the place of a fetcher, from the pages of a source, one of which may be replaced."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.routes = json.loads((PAGES / source / "routes.json").read_text(encoding="utf-8"))
        self.pages: dict[str, Any] = {}
        for route in self.routes:
            body = (PAGES / source / route["file"]).read_text(encoding="utf-8")
            self.pages[route["file"]] = json.loads(body) if route["file"].endswith(".json") else body
        self.memo: dict[str, Any] = {}

    def get(self, url: str, params: Any = None, accept: str = "") -> Page:
        asked = urlsplit(url).path + (f"?{urlencode(params)}" if params else "")
        return self.answer(url, lambda route: route["path"] == asked)

    def post(self, url: str, payload: Any, headers: Any = None, *, is_retried: bool = False) -> Page:
        path = urlsplit(url).path
        return self.answer(url, lambda route: route["path"] == path and route["body"] == payload)

    def answer(self, url: str, is_asked: Any) -> Page:
        route = next((r for r in self.routes if is_asked(r)), None)
        if route is None or route.get("status", 200) != 200:
            raise GoneError(self.source, url, "not on the shelf")
        body = self.pages[route["file"]]
        text = body if isinstance(body, str) else json.dumps(body)
        return Page(self.source, url, text.encode(), "0")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places(child, (*path, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return changed


def read(source: str, shelf: Shelf) -> tuple[list[Posting], bool]:
    """Return the postings of the source's first board, and whether it was read to its end."""
    board = json.loads((PAGES / source / "targets.json").read_text(encoding="utf-8"))["boards"][0]
    found = []
    try:
        for record in load(source).read_board(cast(Fetcher, shelf), board, None):
            found += [record] if isinstance(record, Posting) else []
    except ScrapeError:
        return found, False
    return found, True


@pytest.mark.parametrize("source", ["toss", "lg", "greeting", "woowahan", "line"])
def test_one_odd_value_costs_one_record_or_is_an_error_of_the_board(source: str) -> None:
    shelf = Shelf(source)
    whole, is_whole = read(source, shelf)
    assert is_whole
    assert whole
    for name, page in shelf.pages.items():
        # One odd value for each place in turn: all of them for all places would take six times as long.
        for path, odd in zip(places(page), cycle(ODD), strict=False):
            shelf.pages[name] = put(page, path, odd)
            found, is_read = read(source, shelf)
            # Of a list or an object the odd value takes all that it held.
            if is_read and not isinstance(_at(page, path), dict | list):
                assert len(found) >= len(whole) - 2, (name, path, odd)
        shelf.pages[name] = page


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value

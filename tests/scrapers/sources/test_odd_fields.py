"""Whatever stands in a field of an entry, it costs that entry at most, and never in silence."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request

from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.runs import to_batch
from scrapers.sources import load

PAGES = Path(__file__).parents[2] / "pages"
ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    -1.5,
    10**30,
    "",
    " ",
    "\u0000",
    [],
    {},
    [None, 3, {"name": [1]}],
    [["x"]],
    {"name": {"name": 1}},
)
FEEDS = {
    "arbeitnow": ("page_1.json", "data", "slug"),
    "himalayas": ("offset_0.json", "jobs", "guid"),
    "jobicy": ("feed.json", "jobs", "id"),
    "remoteok": ("feed.json", "", "id"),
    "remotive": ("feed.json", "jobs", "id"),
    "themuse": ("page_0.json", "results", "id"),
    "workable": ("account.json", "jobs", "shortcode"),
}


def variants(entry: dict[str, Any], number: str) -> Iterator[dict[str, Any]]:
    """Yield the entry with each odd value in each field, and without the field, under numbers of their own."""
    changed = [{**entry, key: odd} for key in entry for odd in ODD if key != number]
    shortened = [{k: v for k, v in entry.items() if k != key} for key in entry if key != number]
    for i, variant in enumerate(changed + shortened):
        yield variant | {number: f"n{i}"}


@pytest.mark.parametrize("name", FEEDS)
def test_every_entry_becomes_a_posting_or_a_reject(name: str, serve: Callable[..., str]) -> None:
    file, key, number = FEEDS[name]
    page = json.loads((PAGES / name / file).read_text(encoding="utf-8"))
    entry = next(e for e in (page[key] if key else page) if number in e)
    odd = list(variants(entry, number))
    body = page | {key: odd, "page_count": 1, "totalCount": 0} if key else [page[0], *odd]
    asked = []

    def answer(request: Request) -> Any:
        asked.append(request.full_path)
        return body if len(asked) == 1 else page | {key: [], "totalCount": 0}

    fetcher = Fetcher(name, base_url=serve(answer), sleep=lambda _: None)
    records = list(load(name).read_board(fetcher, "", None))
    good = [record for record in records if isinstance(record, Posting)]
    assert len(records) == len(odd)
    assert len(good) > len(odd) / 2
    assert to_batch(good).num_rows == len(good)

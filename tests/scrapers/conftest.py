"""A platform of invented boards behind a loopback server, for tests of what works on any platform."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from scrapers import board_check, boards, collect
from scrapers.build import Record, build, objects
from scrapers.client import Client
from scrapers.errors import TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, Source

GARDENS = Source(
    name="gardens",
    title="Gardens",
    home="https://gardens.example",
    family="ats",
    licence="none",
    terms="none",
    languages=("en",),
    date_kind="published",
    min_interval_hours=0.0,
)


class Platform:
    """A source whose boards are what its server answers: two pages each, the second one empty."""

    def __init__(self, name: str) -> None:
        self.SOURCE = replace(GARDENS, name=name)

    def boards(self, fetcher: Fetcher, since: str | None) -> list[str]:
        raise TargetError(self.SOURCE.name, "", f"name a board, e.g. {self.SOURCE.name}:TOKEN")

    def expand(self, board: str, since: str | None) -> list[str]:
        return [board]

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        for number in (1, 2):
            page = fetcher.get(f"https://api.example/{self.SOURCE.name}/{board}/{number}")
            for job in objects(page, "jobs"):
                record = Record(
                    native_id=job["id"],
                    title=job["title"],
                    company=job.get("company"),
                    text=job["text"],
                    posted_at=job.get("posted_at"),
                )
                yield build(self.SOURCE, board, page, record)


@pytest.fixture
def platforms(monkeypatch: pytest.MonkeyPatch) -> dict[str, Platform]:
    """Two platforms, gardens and kitchens; the project's own sources are not there."""
    found = {name: Platform(name) for name in ("gardens", "kitchens")}
    monkeypatch.setattr(boards, "names", lambda: sorted(found))
    monkeypatch.setattr(board_check, "load", found.__getitem__)
    monkeypatch.setattr(collect, "load", found.__getitem__)
    return found


@pytest.fixture
def in_earnest(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> None:
    """Have the loopback server asked in place of the sources by runs that know of no base URL, so that they count."""
    near = {"base_url": httpserver.url_for("/"), "interval": 0.0}
    for module in (board_check, collect):
        monkeypatch.setattr(module, "Client", lambda **more: Client(**{**more, **near}))


def job(number: int, **more: Any) -> dict[str, Any]:
    """One invented job as the platforms give it."""
    return {
        "id": number,
        "title": "Data Engineer",
        "company": "Kelp & Sons",
        "text": f"We plan garden {number}.",
        **more,
    }


def serve(server: HTTPServer, target: str, jobs: list[dict[str, Any]] | None) -> None:
    """Let the server answer for a board: with jobs on the first page and none on the second; None: 404."""
    platform, _, board = target.partition(":")
    for number, content in ((1, jobs), (2, [])):
        handler = server.expect_request(f"/{platform}/{board}/{number}")
        if jobs is None:
            handler.respond_with_data("no such board", status=404)
        else:
            handler.respond_with_data(json.dumps({"jobs": content}), content_type="application/json")

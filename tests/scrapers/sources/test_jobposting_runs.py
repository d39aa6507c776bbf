"""Job pages over several runs: pages that lose their posting, and sites larger than the time of one run."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.collect import BoardResult, collect
from scrapers.fetch import BOARD_SECONDS
from scrapers.kept import Fetch, KeptPages
from scrapers.store import Store

HOST = "careers.heron.example"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WALL = "<h1>Are you a heron?</h1>"


def advert(number: int, **more: Any) -> str:
    data = {"@type": "JobPosting", "title": f"Reed Keeper {number}", "description": f"Keep reed {number}.", **more}
    return f'<html><script type="application/ld+json">{json.dumps(data)}</script></html>'


class Site:
    """A site of numbered job pages; asking for one takes as many seconds as told. None is a page that is not there."""

    def __init__(self, server: HTTPServer, store: Store) -> None:
        self.pages: dict[int, str | None] = {}
        self.asked: list[int] = []
        self.now, self.seconds, self.n_runs, self.has_sitemap = 0.0, 0.0, 0, True
        self._url, self.store = server.url_for("/"), store
        server.expect_request("/robots.txt").respond_with_data("User-agent: *")
        server.expect_request("/sitemap.xml").respond_with_handler(self.sitemap)
        server.expect_request(re.compile(r"/jobs/\d+")).respond_with_handler(self.answer)

    def sitemap(self, request: Request) -> Response:
        if not self.has_sitemap:
            return Response("none", 404)
        return Response(
            f"<urlset>{''.join(f'<url><loc>https://{HOST}/jobs/{n}</loc></url>' for n in self.pages)}</urlset>"
        )

    def answer(self, request: Request) -> Response:
        number = int(request.path.rpartition("/")[2])
        self.asked.append(number)
        self.now += self.seconds
        page = self.pages[number]
        return Response("none", 404) if page is None else Response(page, content_type="text/html")

    def collect(self, **more: Any) -> BoardResult:
        self.asked.clear()
        self.n_runs += 1
        settings = {"base_url": self._url, "interval": 0.0, "clock": lambda: self.now, **more}
        day = NOW + timedelta(days=self.n_runs)
        return collect([f"jobposting:{HOST}"], self.store, run=f"r{self.n_runs}", now=day, **settings).boards[0]


@pytest.fixture
def site(httpserver: HTTPServer, tmp_path: Path) -> Site:
    return Site(httpserver, Store(tmp_path))


def counts(result: BoardResult) -> tuple[str, int, int, int]:
    return result.outcome, result.n, result.n_changed, result.n_vanished


def test_a_page_that_lost_its_posting_closes_it_only_when_it_is_gone_or_named_no_more(site: Site) -> None:
    site.pages = {n: advert(n) for n in range(1, 5)}
    assert counts(site.collect()) == ("ok", 4, 0, 0)
    site.pages[1] = site.pages[2] = WALL
    # In the second run after it as in the first: what the wall showed is never what is known of the page.
    for _ in range(2):
        assert counts(site.collect()) == ("ok", 4, 0, 0)
    site.pages[1] = None
    assert counts(site.collect()) == ("ok", 3, 0, 1)
    del site.pages[2]
    assert counts(site.collect()) == ("ok", 2, 0, 1)
    site.pages[1] = advert(1)
    assert counts(site.collect()) == ("ok", 3, 0, 0)


def test_what_a_page_held_counts_no_longer_than_its_day(site: Site) -> None:
    last = datetime.now(UTC).date()
    site.pages = {1: advert(1, validThrough=last.isoformat()), 2: advert(2), 3: advert(3)}
    assert counts(site.collect()) == ("ok", 3, 0, 0)
    site.pages[1] = advert(1, validThrough=(last - timedelta(days=2)).isoformat())
    assert counts(site.collect()) == ("ok", 2, 0, 1)
    site.pages[1] = WALL
    assert counts(site.collect()) == ("ok", 2, 0, 0)


@pytest.mark.parametrize(("n_walls", "outcome"), [(3, "truncated"), (4, "failed")])
def test_a_wall_before_most_pages_closes_nothing(site: Site, n_walls: int, outcome: str) -> None:
    site.pages = {n: advert(n) for n in range(1, 5)}
    site.collect()
    site.pages |= dict.fromkeys(range(1, n_walls + 1), WALL)
    result = site.collect()
    assert counts(result) == (outcome, 4 - n_walls, 0, 0)
    assert f"{n_walls} of 4 job pages hold no posting where they held one" in result.reason
    assert counts(site.collect(is_replay=True, base_url=None)) == ("ok", 4, 0, 0)


def test_a_site_that_lost_its_sitemap_is_not_gone(site: Site) -> None:
    site.pages, site.has_sitemap = {1: advert(1)}, False
    result = site.collect()
    assert counts(result) == ("failed", 0, 0, 0)
    assert "the site has no sitemap: the server answers 404" in result.reason


def test_a_page_that_never_held_a_posting_holds_nothing_up(site: Site) -> None:
    site.pages = {1: WALL, 2: advert(2)}
    for _ in range(2):
        assert counts(site.collect()) == ("ok", 1, 0, 0)


def test_a_large_site_is_read_over_several_runs(site: Site) -> None:
    site.pages = {n: advert(n) for n in range(1, 9)} | {3: None}
    site.seconds = BOARD_SECONDS / 3
    result = site.collect()
    assert (site.asked, counts(result)) == ([1, 2, 3], ("truncated", 2, 0, 0))
    assert "; 5 of 8 job pages are left for later runs, 5 of them never read" in result.reason
    site.collect()
    assert site.asked == [4, 5, 6]
    assert "5 of 8 job pages are left for later runs, 0 of them never read" in site.collect().reason
    assert site.asked == [7, 8, 1], "then those read longest ago, gone ones among them"
    site.pages = {9: advert(9), **site.pages}
    site.collect()
    assert site.asked == [9, 2, 3]
    site.collect()
    assert site.asked == [4, 5, 6], "pages that came back unchanged have had their turn as well"
    site.seconds = 0.0
    assert counts(site.collect()) == ("ok", 8, 0, 0)


def test_a_page_that_holds_up_a_run_does_not_hold_up_the_next(site: Site) -> None:
    site.pages = {1: advert(1), 2: advert(2)}
    site.seconds = BOARD_SECONDS + 1
    assert counts(site.collect())[0] == "failed"
    assert site.asked == [1]
    site.collect()
    assert site.asked == [2]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from("abcde")))
def test_requests_are_in_the_order_of_their_last_record(urls: list[str]) -> None:
    kept = KeptPages(rows=(Fetch("GET", url, "", "sha") for url in urls))
    last = [url for i, url in enumerate(urls) if url not in urls[i + 1 :]]
    assert sorted(set(urls), key=lambda url: kept.turn("GET", url)) == last
    assert kept.turn("GET", "z") == kept.turn("POST", "a") == -1

"""The rules of robots, and whose they are: against a real server on the loopback."""

import re
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from pytest_httpserver import HTTPServer

from scrapers.client import Manners
from scrapers.errors import BusyError, FetchError
from scrapers.fetch import Fetcher
from tests.scrapers.clock import Time
from tests.scrapers.wire import Wire, page, serve

HOST = "https://jobs.example.org"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serve() as wire:
        yield wire


def fetcher_of(server: HTTPServer, *, checks_robots: bool = False) -> Fetcher:
    at, base = Time(), server.url_for("/")
    return Fetcher("demo", base_url=base, manners=Manners(checks_robots=checks_robots), clock=at.clock, sleep=at.sleep)


def test_robots_are_kept_only_by_sources_that_read_pages(httpserver: HTTPServer) -> None:
    rules = "User-agent: *\nDisallow: /private\nAllow: /private/jobs$\n"
    httpserver.expect_request("/robots.txt").respond_with_data(rules)
    httpserver.expect_request(re.compile("/(open|private/.*)")).respond_with_data("x")
    polite = fetcher_of(httpserver, checks_robots=True)
    assert polite.get(f"{HOST}/open").text == polite.get(f"{HOST}/private/jobs").text == "x"
    with pytest.raises(FetchError, match="robots"):
        polite.get(f"{HOST}/private/x")
    assert [r.path for r, _ in httpserver.log].count("/robots.txt") == 1
    assert fetcher_of(httpserver).get(f"{HOST}/private/x").text == "x"


def test_a_host_is_one_however_it_is_written(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("")
    httpserver.expect_request("/a").respond_with_data("later", status=429, headers={"Retry-After": "3600"})
    fetcher = fetcher_of(httpserver, checks_robots=True)
    for url in (f"{HOST}/a", "HTTPS://Jobs.Example.Org:443/a", "https://jobs.example.org./a"):
        with pytest.raises(BusyError, match="3600 s"):
            fetcher.get(url)
    assert [r.path for r, _ in httpserver.log] == ["/robots.txt", "/a"]


@pytest.mark.parametrize("target", ["http://[", "http://a:b/", "https://jobs.example.org:99999/"])
@pytest.mark.parametrize("checks_robots", [True, False])
def test_a_redirect_to_what_is_no_address_is_a_fetch_error(wire: Wire, target: str, checks_robots: bool) -> None:
    wire.answer = lambda request: [page(b"", "302 Found", f"Location: {target}" if request.path == "/a" else "")]
    with pytest.raises(FetchError):
        Fetcher("demo", base_url=wire.url, manners=Manners(checks_robots=checks_robots)).get(f"{HOST}/a")


def test_a_redirect_is_no_way_around_robots(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private\n")
    for path, target in {"/a": "/b", "/b": "https://other.example.org/private", "/c": "/private"}.items():
        httpserver.expect_request(path).respond_with_data("", status=302, headers={"Location": target})
    httpserver.expect_request("/private").respond_with_data("x")
    for path in ("/a", "/c"):
        with pytest.raises(FetchError, match="robots"):
            fetcher_of(httpserver, checks_robots=True).get(HOST + path)
    assert "/private" not in [r.path for r, _ in httpserver.log]
    assert fetcher_of(httpserver).get(f"{HOST}/a").text == "x"


@pytest.mark.parametrize(("status", "is_allowed"), [(404, True), (429, False), (503, False)])
def test_missing_robots_allow_all_and_broken_ones_nothing(
    httpserver: HTTPServer, status: int, is_allowed: bool
) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=status)
    httpserver.expect_request("/a").respond_with_data("x")
    with nullcontext() if is_allowed else pytest.raises(FetchError, match="robots"):
        assert fetcher_of(httpserver, checks_robots=True).get(f"{HOST}/a").text == "x"

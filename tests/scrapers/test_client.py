"""The client of a run: the limit of each host, shared by all boards, and what sends count as."""

import gzip

import pytest
from pytest_httpserver import HTTPServer

from scrapers.client import Client, Manners
from scrapers.errors import FetchError
from scrapers.fetch import Fetcher
from scrapers.pace import Limit
from tests.scrapers.clock import Time


def test_a_host_is_asked_no_faster_than_its_interval(httpserver: HTTPServer) -> None:
    time_ = Time()
    httpserver.expect_request("/a").respond_with_data("x")
    base = httpserver.url_for("/")
    client = Client(base_url=base, interval=0.25, clock=time_.clock, sleep=time_.sleep)
    boards = [Fetcher("demo", client=client), Fetcher("other", client=client)]
    for i in range(5):
        boards[i % 2].get(f"https://host{i}.example.org/a")
    assert time_.slept == [pytest.approx(0.25, rel=0.05)] * 4
    assert all(wait >= 0.25 for wait in time_.slept)


def test_each_host_has_the_interval_of_its_source_unless_a_longer_one_is_asked_for() -> None:
    manners = Manners(intervals={"fast.example.org": 0.25}, concurrency=3)
    assert Client().limit_of("fast.example.org", manners) == Limit(0.25, 3)
    assert Client().limit_of("jobs.example.org", manners).interval == 1.0
    assert Client(interval=0.5).limit_of("fast.example.org", manners).interval == 0.5
    assert Client(interval=0.5).limit_of("jobs.example.org", manners).interval == 1.0
    assert Client(base_url="http://127.0.0.1:9").limit_of("jobs.example.org", manners).interval == 0.05
    assert Client(base_url="http://127.0.0.1:9", interval=0.2).limit_of("x", manners).interval == 0.2
    assert Client(base_url="https://proxy.example.org").limit_of("fast.example.org", manners).interval == 0.25


def test_a_cookie_of_one_board_is_not_shown_by_the_next(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("x", headers={"Set-Cookie": "who=me; Path=/"})
    client = Client(base_url=httpserver.url_for("/"), interval=0.0)
    for _ in range(2):
        Fetcher("demo", client=client).get("https://jobs.example.org/a")
    assert not [r for r, _ in httpserver.log if "Cookie" in r.headers]


def test_the_connection_is_used_again_and_tells_each_sending(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("x")
    time_ = Time()
    client = Client(base_url=httpserver.url_for("/"), interval=5.0, clock=time_.clock, sleep=time_.sleep)
    fetcher = Fetcher("demo", client=client)
    for _ in range(3):
        fetcher.get("https://jobs.example.org/a")
    assert len(time_.slept) == 2
    assert fetcher.n_requests == 3


def test_the_body_of_a_redirect_is_capped_too(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrapers.client.MAX_BYTES", 10_000)
    bomb, headers = gzip.compress(b" " * 10_001), {"Location": "/a", "Content-Encoding": "gzip"}
    httpserver.expect_request("/b").respond_with_data(bomb, 302, headers)
    httpserver.expect_request("/a").respond_with_data("x")
    with pytest.raises(FetchError, match="the page is larger than"):
        Fetcher("demo", base_url=httpserver.url_for("/")).get("https://jobs.example.org/b")

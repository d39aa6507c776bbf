"""Greeting: sites without list, sites that are none, names of tenants, details that fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.errors import GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, greeting

PAGES = Path(__file__).parents[2] / "pages" / "greeting"


class Site:
    """A start page behind a redirect, the list of openings page by page, and each opening."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/")
        self.start = (PAGES / "newsite.html").read_text(encoding="utf-8")
        self.lists = [json.loads((PAGES / f"list_{n}.json").read_text(encoding="utf-8")) for n in (0, 1)]
        server.expect_request("/").respond_with_data("", 301, {"Location": "/ko/home"})
        server.expect_request("/ko/home").respond_with_handler(lambda _: Response(self.start))
        server.expect_request("/ats/v1.1/career/workspaces/902/openings").respond_with_handler(self.answer_list)
        for n in (6201, 6202):
            body = json.loads((PAGES / f"opening_{n}.json").read_text(encoding="utf-8"))
            server.expect_request(f"/ats/v3.5/career/workspaces/902/openings/{n}").respond_with_json(body)

    def answer_list(self, request: Request) -> Response:
        return Response(json.dumps(self.lists[int(request.args["page"])]), content_type="application/json")

    def read(self, board: str = "newsite") -> list[Posting | Reject]:
        fetcher = Fetcher("greeting", base_url=self.url, sleep=lambda _: None)
        return list(greeting.read_board(fetcher, board, None))


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def test_a_site_without_list_is_asked_for_it_page_by_page(site: Site) -> None:
    first, second = site.read("jobs.newsite.example")
    assert isinstance(first, Posting)
    assert isinstance(second, Posting)
    assert (first.native_id, first.company, first.title) == ("6201", "새벽서점", "분석가")
    assert first.text == "책이 언제 팔리는지 봅니다.\n자격요건\nSQL"
    assert first.url == "https://jobs.newsite.example/ko/o/6201"
    assert (second.posted_at, second.posted_at_kind) == (None, "seen")


def test_an_empty_page_before_the_last_is_truncated(site: Site) -> None:
    site.lists[1]["data"].update(datas=[], hasNext=True)
    with pytest.raises(TruncatedError, match="empty page"):
        site.read()


def test_a_list_without_end_is_truncated(site: Site) -> None:
    hidden = ([{"openingId": n, "deploy": False}] for n in range(60))
    site.lists = [{"data": {"datas": found, "hasNext": True}} for found in hidden]
    with pytest.raises(TruncatedError, match="more than 50 pages"):
        site.read()
    site.lists = [site.lists[0]] * 60
    with pytest.raises(TruncatedError, match="repeats"):
        site.read()


@pytest.mark.parametrize("datas", [None, {}, "none"])
def test_a_list_that_is_none_is_an_error(site: Site, datas: Any) -> None:
    site.lists[0]["data"]["datas"] = datas
    with pytest.raises(ParseError, match=r"no list data\.datas"):
        site.read()


@pytest.mark.parametrize(
    ("old", "new"),
    [("__NEXT_DATA__", "__OTHER__"), ('"props"', '"stops"'), ("{", "["), ('"workspaceId": 902', '"locale2": 902')],
)
def test_a_page_without_its_data_is_an_error(site: Site, old: str, new: str) -> None:
    site.start = site.start.replace(old, new)
    with pytest.raises(ParseError):
        site.read()


def test_a_site_with_no_openings_is_an_empty_board(site: Site) -> None:
    site.start = (PAGES / "closedshop.html").read_text(encoding="utf-8")
    assert site.read() == []


def test_an_unknown_tenant_is_gone(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("nobody", 404)
    fetcher = Fetcher("greeting", base_url=httpserver.url_for("/"))
    with pytest.raises(GoneError):
        list(greeting.read_board(fetcher, "nobody", None))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Moonbakery", "moonbakery"),
        ("moonbakery.career.greetinghr.com", "moonbakery"),
        ("https://moonbakery.career.greetinghr.com/ko/home", "moonbakery"),
        ("jobs.newsite.example", "jobs.newsite.example"),
        ("https://jobs.newsite.example/", "jobs.newsite.example"),
    ],
)
def test_names_of_tenants(written: str, read: str) -> None:
    assert greeting.expand(written, None) == [read]


@pytest.mark.parametrize("written", ["", "-", "moon bakery", "moon/bakery", "ftp://x.example", "a@b.example", "달빛"])
def test_names_that_are_none(written: str) -> None:
    with pytest.raises(TargetError, match="neither a tenant"):
        greeting.expand(written, None)


def test_a_board_must_be_named() -> None:
    with pytest.raises(TargetError, match="greeting:TENANT"):
        greeting.boards(Fetcher("greeting"), None)

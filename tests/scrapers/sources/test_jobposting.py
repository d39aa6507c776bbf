"""Job pages: sites without postings, closed and vanished ones, gaps in the sitemaps, the end of the time, addresses."""

import json
import logging
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.client import Manners
from scrapers.errors import DeadlineError, FetchError, GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, jobposting

SITE = "https://careers.heron.example"


def advert(**more: Any) -> str:
    data = {"@type": "JobPosting", "title": "Reed Keeper", "description": "Keep reeds.", **more}
    return f'<html><script type="application/ld+json">{json.dumps(data)}</script></html>'


class Site:
    """A site given as path -> page; whatever else is asked is not there."""

    def __init__(self, server: HTTPServer) -> None:
        self.pages: dict[str, str | Response] = {}
        self.asked: list[str] = []
        self.now = 0.0
        self.fetcher = Fetcher(
            "jobposting",
            base_url=server.url_for("/"),
            manners=Manners(checks_robots=True),
            clock=lambda: self.now,
            sleep=lambda _: None,
        )
        server.expect_request("/robots.txt").respond_with_handler(self.answer)
        server.expect_request("/sitemap.xml").respond_with_handler(self.answer)
        for path in ("/jobs/1", "/jobs/2", "/jobs/3", "/jobs/list", "/s2.xml"):
            server.expect_request(path).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        page = self.pages.get(request.path, Response("none", 404))
        return page if isinstance(page, Response) else Response(page, content_type="text/html")

    def sitemap(self, *paths: str) -> None:
        entries = "".join(f"<url><loc>{SITE}{path}</loc></url>" for path in paths)
        self.pages["/sitemap.xml"] = f"<urlset>{entries}</urlset>"

    def read(self, board: str = "careers.heron.example") -> list[Posting | Reject]:
        return list(jobposting.read_board(self.fetcher, board, None))


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def test_a_site_where_no_page_holds_a_posting_has_failed(site: Site) -> None:
    site.sitemap("/jobs/1", "/jobs/2")
    site.pages["/jobs/1"] = "<h1>Reed Keeper</h1>"
    with pytest.raises(ParseError, match=r"none of 2 job pages of careers\.heron\.example .* \(1 are gone\)"):
        site.read()


def test_a_site_whose_postings_are_all_closed_is_empty_and_says_so(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.sitemap("/jobs/1", "/jobs/2", "/jobs/list")
    site.pages |= {"/jobs/1": advert(validThrough="2021-05-01"), "/jobs/list": "<h1>Jobs</h1>"}
    with caplog.at_level(logging.INFO, "airflow_demand"):
        assert site.read() == []
    assert "3 job pages, 1 with postings; 1 postings closed, 1 pages gone, 0 not read" in caplog.text


@pytest.mark.parametrize("last", ["2099-01-01", "2099", None, "soon", ""])
def test_open_until_a_day_to_come_or_without_end(site: Site, last: str | None) -> None:
    site.pages["/jobs/1"] = advert(validThrough=last)
    (posting,) = site.read(f"{SITE}/jobs/1")
    assert posting.native_id == f"{SITE}/jobs/1"


def test_a_page_alone_without_posting_has_failed_and_one_closed_is_empty(site: Site) -> None:
    site.pages |= {"/jobs/1": "<h1>Reed Keeper</h1>", "/jobs/2": advert(validThrough="2021-05-01T00:00:00Z")}
    with pytest.raises(ParseError, match="no JobPosting"):
        site.read(f"{SITE}/jobs/1")
    assert site.read(f"{SITE}/jobs/2") == []
    with pytest.raises(GoneError):
        site.read(f"{SITE}/jobs/3")


def test_a_gap_in_the_sitemaps_is_truncated_after_what_was_found(site: Site) -> None:
    site.pages["/sitemap.xml"] = f"<sitemapindex><sitemap><loc>{SITE}/s2.xml</loc></sitemap></sitemapindex>"
    site.pages["/s2.xml"] = f"<urlset><url><loc>{SITE}/jobs/1</loc></url></urlset>"
    site.pages["/jobs/1"] = advert()
    assert [r.native_id for r in site.read()] == [f"{SITE}/jobs/1"]
    site.pages["/sitemap.xml"] = (
        f"<sitemapindex><sitemap><loc>{SITE}/s2.xml</loc></sitemap><sitemap><loc>{SITE}/s3.xml</loc></sitemap></sitemapindex>"
    )
    records = jobposting.read_board(site.fetcher, f"{SITE}/sitemap.xml", None)
    assert isinstance(next(records), Posting)
    with pytest.raises(TruncatedError, match="a sitemap failed"):
        next(records)


def test_a_page_that_fails_is_told_of_and_the_next_one_read(site: Site) -> None:
    site.sitemap("/jobs/1", "/jobs/2")
    site.pages |= {"/jobs/1": Response("down", 500), "/jobs/2": advert()}
    odd, posting = site.read()
    assert isinstance(odd, Reject)
    assert "500" in odd.reason
    assert isinstance(posting, Posting)


def test_robots_are_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /jobs/1\n"
    site.sitemap("/jobs/1", "/jobs/2")
    site.pages |= {"/jobs/1": advert(), "/jobs/2": advert()}
    odd, posting = site.read()
    assert isinstance(odd, Reject)
    assert "robots.txt" in odd.reason
    assert posting.native_id == f"{SITE}/jobs/2"
    assert "/jobs/1" not in site.asked
    with pytest.raises(FetchError, match=r"robots\.txt"):
        site.read(f"{SITE}/jobs/1")


def test_the_end_of_the_time_ends_the_board_after_what_was_read(site: Site) -> None:
    site.sitemap("/jobs/1", "/jobs/2")
    site.pages |= {"/jobs/1": advert(), "/jobs/2": advert()}
    records = jobposting.read_board(site.fetcher, "careers.heron.example", None)
    assert isinstance(next(records), Posting)
    site.now = 10_000.0
    with pytest.raises(DeadlineError):
        next(records)


def test_an_identifier_counts_where_the_address_holds_it(site: Site) -> None:
    site.sitemap("/jobs/1", "/jobs/2", "/jobs/3")
    for n in (1, 2, 3):
        site.pages[f"/jobs/{n}"] = advert(identifier={"@type": "PropertyValue", "name": "Heron", "value": "1"})
    assert [r.native_id for r in site.read()] == ["1", f"{SITE}/jobs/2", f"{SITE}/jobs/3"]


def test_a_time_without_offset_on_a_korean_page_is_korean(site: Site) -> None:
    place = {"address": {"addressLocality": "서울", "addressCountry": "KR"}}
    site.pages["/jobs/1"] = advert(datePosted="2026-11-01T09:30:00", jobLocation=place)
    site.pages["/jobs/2"] = advert(datePosted="2026-11-01T09:30:00")
    read = [site.read(f"{SITE}/jobs/{n}")[0] for n in (1, 2)]
    assert [r.posted_at for r in read if isinstance(r, Posting)] == ["2026-11-01T09:30:00+09:00", "2026-11-01T09:30:00"]


@pytest.mark.parametrize("board", ["careers.heron.example", "heron.example:8080", f"{SITE}/jobs/1?x=a:b", SITE])
def test_boards_are_hosts_and_addresses(board: str) -> None:
    assert jobposting.expand(board, None) == [board]


@pytest.mark.parametrize(
    "board", ["heron", "ftp://heron.example", "https://", "heron.example/jobs", "https://a b.c", ""]
)
def test_boards_that_are_neither(board: str) -> None:
    with pytest.raises(TargetError, match="neither the address"):
        jobposting.expand(board, None)


def test_a_board_must_be_named() -> None:
    with pytest.raises(TargetError, match=r"jobposting:careers\.example\.com"):
        jobposting.boards(Fetcher("jobposting"), None)

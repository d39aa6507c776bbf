"""Sitemaps: what robots.txt names, indexes, packed ones, broken ones, bombs, and which addresses speak of jobs."""

import gzip
from collections.abc import Callable
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from scrapers import sitemaps
from scrapers.errors import BusyError, FetchError, ParseError
from scrapers.fetch import Fetcher, Page
from scrapers.sitemaps import discover, find_sitemaps

SITE = "https://jobs.example"
Put = Callable[..., None]


@pytest.fixture
def fetcher(httpserver: HTTPServer) -> Fetcher:
    return Fetcher("jobposting", base_url=httpserver.url_for("/"), sleep=lambda _: None)


@pytest.fixture
def put(httpserver: HTTPServer) -> Put:
    def answer(path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        httpserver.expect_request(path).respond_with_response(Response(body, status, headers))

    return answer


def urls(*addresses: str, name: str = "url") -> str:
    entries = "".join(f"<{name}><loc>{address}</loc></{name}>" for address in addresses)
    top = "urlset" if name == "url" else "sitemapindex"
    return f'<{top} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{top}>'


def test_robots_names_the_sitemaps(put: Put, fetcher: Fetcher) -> None:
    put("/robots.txt", f"User-agent: *\nDisallow:\nSITEMAP: {SITE}/a.xml\n sitemap : /b.xml\nSitemap: {SITE}/a.xml")
    assert find_sitemaps(fetcher, SITE) == [f"{SITE}/a.xml", f"{SITE}/b.xml"]


@pytest.mark.parametrize(("body", "status"), [("User-agent: *\nDisallow: /private", 200), ("none", 404)])
def test_without_a_name_the_usual_address_is_tried(put: Put, fetcher: Fetcher, body: str, status: int) -> None:
    put("/robots.txt", body, status)
    assert find_sitemaps(fetcher, SITE) == [f"{SITE}/sitemap.xml"]


def test_an_index_leads_to_its_children_newest_first_and_loops_end(put: Put, fetcher: Fetcher) -> None:
    put("/i.xml", urls(f"{SITE}/i.xml", f"{SITE}/a.xml.gz", "/b.xml", name="sitemap"))
    old = f"<urlset><url><loc>{SITE}/job/1</loc><lastmod>2026-01-01</lastmod></url><url/></urlset>"
    put("/a.xml.gz", gzip.compress(old.encode()))
    put("/b.xml", f"<urlset><url><loc> {SITE}/job/2 </loc><lastmod>2026-11-01</lastmod></url></urlset>")
    found = discover(fetcher, [f"{SITE}/i.xml"])
    assert (found.addresses, found.gaps) == ([f"{SITE}/job/2", f"{SITE}/job/1"], [])


def test_a_child_that_fails_is_a_gap(put: Put, fetcher: Fetcher) -> None:
    put("/i.xml", urls(f"{SITE}/a.xml", f"{SITE}/b.xml", f"{SITE}/c.xml", name="sitemap"))
    put("/a.xml", urls(f"{SITE}/job/1"))
    put("/b.xml", "", 404)
    put("/c.xml", "<html>wait</html>")
    found = discover(fetcher, [f"{SITE}/i.xml"])
    assert found.addresses == [f"{SITE}/job/1"]
    assert [gap.split(":")[0] for gap in found.gaps] == ["a sitemap failed"] * 2


def test_the_first_that_fails_is_an_error(put: Put, fetcher: Fetcher) -> None:
    put("/i.xml", "", 403)
    with pytest.raises(FetchError):
        discover(fetcher, [f"{SITE}/i.xml"])


def test_a_busy_server_ends_it(put: Put, fetcher: Fetcher) -> None:
    put("/i.xml", urls(f"{SITE}/a.xml", name="sitemap"))
    put("/a.xml", "", 429, **{"Retry-After": "3600"})
    with pytest.raises(BusyError):
        discover(fetcher, [f"{SITE}/i.xml"])


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset><url><loc>x</loc>",
        b'<!DOCTYPE urlset [<!ENTITY a "job">]><urlset><url><loc>&a;</loc></url></urlset>',
        b"\x1f\x8bno gzip",
        gzip.compress(b"no xml"),
        gzip.compress(b"<urlset>" + b" " * 60_000_000 + b"</urlset>"),
    ],
    ids=["cut off", "entity", "no gzip", "no xml", "bomb"],
)
def test_what_is_no_sound_sitemap_is_an_error(fetcher: Fetcher, body: bytes) -> None:
    with pytest.raises(ParseError):
        discover(fetcher, Page("jobposting", f"{SITE}/s.xml", body, "0"))


def test_caps_are_gaps(put: Put, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 2)
    monkeypatch.setattr(sitemaps, "MAX_SITEMAPS", 2)
    put("/i.xml", urls(f"{SITE}/a.xml", f"{SITE}/b.xml", name="sitemap"))
    put("/a.xml", urls(*(f"{SITE}/job/{n}" for n in range(3))))
    found = discover(fetcher, [f"{SITE}/i.xml"])
    assert found.addresses == [f"{SITE}/job/0", f"{SITE}/job/1"]
    assert found.gaps == ["a sitemap of more than 2 addresses", "more than 2 sitemaps"]


@pytest.mark.parametrize(
    ("addresses", "kept"),
    [
        (["/about", "/Careers/7", "/vacancy/1", "/vacancies/2", "/recruit/3", "/o/4"], [1, 2, 3, 4]),
        ([f"/{quote('채용')}/1", "/소개"], [0]),
        (["/about", "/o/4"], []),
        (["https://careers.birch.example/o/4", "https://www.birch.example/o/4"], [0]),
        (["https://careers.birch.example/o/4", "https://www.birch.example/job/4", "https://[x/job"], [1]),
    ],
)
def test_which_addresses_speak_of_jobs(fetcher: Fetcher, addresses: list[str], kept: list[int]) -> None:
    whole = [a if "//" in a else f"https://birch.example{a}" for a in addresses]
    found = discover(fetcher, Page("jobposting", "https://birch.example/s.xml", urls(*whole).encode(), "0"))
    assert found.addresses == [whole[i] for i in kept]

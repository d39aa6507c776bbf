"""Woowa Brothers: where its pages end, repeat themselves or hold less than they say, and answers that are none."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, woowahan

PAGES = Path(__file__).parents[2] / "pages" / "woowahan"


class Site:
    """The pages of the list by number; every job is described by the same answer."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/")
        self.lists = [json.loads((PAGES / f"list_{n}.json").read_text(encoding="utf-8")) for n in (0, 1)]
        self.described = json.loads((PAGES / "recruit_R2610004.json").read_text(encoding="utf-8"))
        server.expect_request("/w1/recruits").respond_with_handler(self.answer)
        for number in ("R2610001", "R2610004", "R2610005"):
            server.expect_request(f"/w1/recruits/{number}").respond_with_handler(self.describe)

    def answer(self, request: Request) -> Response:
        return Response(json.dumps(self.lists[int(request.args["page"])]), content_type="application/json")

    def describe(self, request: Request) -> Response:
        return Response(json.dumps(self.described), content_type="application/json")

    def records(self) -> Iterator[Posting | Reject]:
        return woowahan.read_board(Fetcher("woowahan", base_url=self.url, sleep=lambda _: None), "", None)


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def test_pages_are_read_to_the_last_and_each_job_once(site: Site) -> None:
    assert [r.native_id for r in site.records()] == ["R2610001", "R2610004", "R2610005"]


@pytest.mark.parametrize(
    ("fault", "n_before", "reason"),
    [
        ({"list": []}, 1, "page 2 of 2 is empty"),
        ({"list": None}, 1, "no list data.list"),
        ({"totalPageNumber": None}, 1, "how many pages"),
        ({"totalSize": 9}, 3, "5 of 9 jobs"),
    ],
)
def test_a_second_page_with_a_fault_ends_the_board_after_the_first(
    site: Site, fault: dict[str, Any], n_before: int, reason: str
) -> None:
    site.lists[1]["data"].update(fault)
    records = site.records()
    assert len(list(islice(records, n_before))) == n_before
    with pytest.raises((TruncatedError, ParseError), match=reason):
        next(records)


def test_a_page_that_repeats_the_one_before_is_truncated(site: Site) -> None:
    site.lists[1] = site.lists[0]
    records = site.records()
    next(records)
    with pytest.raises(TruncatedError, match="repeats"):
        next(records)


def test_an_empty_site_is_an_empty_board(site: Site) -> None:
    site.lists[0]["data"].update(list=[], totalPageNumber=0, totalSize=0)
    assert list(site.records()) == []


@pytest.mark.parametrize("code", ["9002", None, 500])
def test_no_success_is_an_error(site: Site, code: Any) -> None:
    site.lists[0]["code"] = code
    with pytest.raises(ParseError, match="no success"):
        next(site.records())


@pytest.mark.parametrize("number", [None, 7, "../admin", ""])
def test_a_job_without_sound_number_is_told_of(site: Site, number: Any) -> None:
    site.lists[0]["data"]["list"][0] = {"recruitNumber": number}
    odd = next(site.records())
    assert isinstance(odd, Reject)
    assert odd.reason == "a job needs a number"


def test_a_job_without_description_is_told_of(site: Site) -> None:
    site.described["data"]["recruitContents"] = None
    assert all(isinstance(r, Reject) and "no description" in r.reason for r in site.records())

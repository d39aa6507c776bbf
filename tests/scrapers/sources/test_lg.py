"""LG: lists that say they are longer, notices that fail, and what its fields are worth to the tagger."""

import copy
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from analysis.classify.tagger import Tagger
from scrapers.errors import BusyError, ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, lg

PAGES = Path(__file__).parents[2] / "pages" / "lg"


def page(name: str) -> Any:
    return json.loads((PAGES / name).read_text(encoding="utf-8"))


class Site:
    """The two answers of the site; a notice that is None answers with a failure of the server."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/")
        self.listed = page("list.json")
        self.notices: dict[int, Any] = {n: page(f"notice_{n}.json") for n in (7001, 7002, 7004)}
        self.refusal = Response("down", 500)
        server.expect_request("/rmk/job/retrieveJobNoticesList", "POST").respond_with_handler(self.answer_list)
        server.expect_request("/rmk/job/retrieveJobNoticesDetail", "POST").respond_with_handler(self.answer_notice)

    def answer_list(self, request: Request) -> Response:
        return Response(json.dumps(self.listed), content_type="application/json")

    def answer_notice(self, request: Request) -> Response:
        body = self.notices[request.get_json()["jobNoticeId"]]
        return self.refusal if body is None else Response(json.dumps(body), content_type="application/json")

    def records(self) -> Iterator[Posting | Reject]:
        return lg.read_board(Fetcher("lg", base_url=self.url, sleep=lambda _: None), "", None)


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def test_a_list_shorter_than_it_says_is_truncated_after_what_it_holds(site: Site) -> None:
    site.listed["data"]["listCount"] = 6
    records = site.records()
    assert len(list(islice(records, 3))) == 3
    with pytest.raises(TruncatedError, match="5 of 6"):
        next(records)


def test_a_notice_that_fails_costs_itself_alone(site: Site) -> None:
    site.notices[7001] = None
    odd, posting = list(site.records())
    assert isinstance(odd, Reject)
    assert (odd.native_id, odd.reason) == ("7001", "its own page failed: the server answers 500")
    assert posting.native_id == "7002"


def test_a_busy_server_ends_the_board(site: Site) -> None:
    site.notices[7001] = None
    site.refusal = Response("later", 429, {"Retry-After": "3600"})
    with pytest.raises(BusyError):
        list(site.records())


@pytest.mark.parametrize("status", ["E", None])
def test_no_success_is_an_error(site: Site, status: str | None) -> None:
    site.listed["status"] = status
    with pytest.raises(ParseError, match="no success"):
        list(site.records())


def test_a_null_list_is_an_error_and_an_empty_one_is_not(site: Site) -> None:
    site.listed["data"] = {"listCount": 0, "jobNoticeList": []}
    assert list(site.records()) == []
    site.listed["data"]["jobNoticeList"] = None
    with pytest.raises(ParseError, match=r"no list data\.jobNoticeList"):
        list(site.records())


def test_odd_records_are_told_of(site: Site) -> None:
    site.listed["data"] = {"listCount": 3, "jobNoticeList": [{"jobNoticeId": 7001}, "odd", {"jobNoticeId": None}]}
    site.notices[7001]["data"]["jobNoticesDetail"]["recList"][1] = "odd"
    records = list(site.records())
    assert [isinstance(r, Reject) for r in records] == [True, True, False, True]


def test_a_notice_without_list_of_jobs_is_one_job_and_a_null_list_is_none(site: Site) -> None:
    inner = site.notices[7002]["data"]["jobNoticesDetail"]
    inner["recList"] = []
    inner["jobNoticesDetail"]["qualForAppInfo"] = "Airflow를 다뤄 본 분"
    posting = list(site.records())[-1]
    assert isinstance(posting, Posting)
    assert (posting.native_id, posting.text) == ("7002", "공통 지원자격\nAirflow를 다뤄 본 분")
    inner["recList"] = None
    assert isinstance(list(site.records())[-1], Reject)


def test_its_fields_decide_what_is_required_and_what_is_preferred(site: Site) -> None:
    html = "<p>자격요건</p><p>- Docker</p><p>우대사항</p><p>- Airflow</p>"
    free = copy.deepcopy(site.notices[7002])
    free["data"]["jobNoticesDetail"]["recList"] = [{"recSectorId": 1, "detailContext": html}]
    site.listed["data"] = {"listCount": 3, "jobNoticeList": [{"jobNoticeId": n} for n in (7001, 7002, 7003)]}
    site.notices[7003] = free
    tagger = Tagger()
    levels = {}
    for posting in site.records():
        assert isinstance(posting, Posting)
        skills = tagger.tag(posting.title, posting.text, posting.sections).skills
        levels[posting.native_id] = {skill.skill: skill.level for skill in skills}
    first, second, in_free_field = levels["7001-1"], levels["7002"], levels["7003"]
    assert (first["airflow"], first["spark"], first["kafka"]) == ("mentioned", "required", "preferred")
    assert (second["docker"], second["airflow"]) == ("required", "preferred")
    assert (in_free_field["docker"], in_free_field["airflow"]) == ("required", "preferred")

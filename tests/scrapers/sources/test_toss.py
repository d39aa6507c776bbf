"""Toss: the second way to its list, answers that are none, odd metadata, a site without boards."""

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from scrapers.errors import GoneError, ParseError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, toss

JOBS = json.loads((Path(__file__).parents[2] / "pages" / "toss" / "jobs.json").read_text(encoding="utf-8"))["success"]
PATH = "/api/v3/ipd-eggnog/career"


def read(server: HTTPServer) -> list[Posting | Reject]:
    return list(toss.read_board(Fetcher("toss", base_url=server.url_for("/"), sleep=lambda _: None), "", None))


def answer(server: HTTPServer, jobs: Any, path: str = "jobs") -> None:
    server.expect_request(f"{PATH}/{path}").respond_with_json({"resultType": "SUCCESS", "success": jobs})


def test_groups_are_read_where_the_plain_list_is_gone_and_each_job_once(httpserver: HTTPServer) -> None:
    groups = [
        {"id": 1, "title": "데이터", "primary_job": JOBS[0], "jobs": [JOBS[0], JOBS[2]]},
        {"id": 2, "title": "서버", "primary_job": JOBS[5], "jobs": []},
        {"id": 3, "title": "다시", "primary_job": JOBS[0], "jobs": [JOBS[2]]},
    ]
    httpserver.expect_request(f"{PATH}/jobs").respond_with_data("", 404)
    answer(httpserver, groups, "job-groups")
    assert [r.native_id for r in read(httpserver)] == ["81001", "81002", "81005"]


@pytest.mark.parametrize(
    "body",
    [
        {"resultType": "FAIL", "error": {"reason": "down"}, "success": None},
        {"resultType": "SUCCESS", "success": None},
        {"resultType": "SUCCESS", "success": [{"title": "데이터", "jobs": None}]},
        [],
    ],
)
def test_an_answer_without_its_list_is_an_error(httpserver: HTTPServer, body: Any) -> None:
    httpserver.expect_request(f"{PATH}/jobs").respond_with_json(body)
    with pytest.raises(ParseError):
        read(httpserver)


def test_an_empty_list_is_an_empty_board(httpserver: HTTPServer) -> None:
    answer(httpserver, [])
    assert read(httpserver) == []


def test_without_either_list_the_board_is_gone(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{PATH}/jobs").respond_with_data("", 404)
    httpserver.expect_request(f"{PATH}/job-groups").respond_with_data("", 404)
    with pytest.raises(GoneError):
        read(httpserver)


@pytest.mark.parametrize("hidden", [True, "true", "t", 1])
def test_hidden_in_whatever_words(httpserver: HTTPServer, hidden: Any) -> None:
    answer(httpserver, [{**JOBS[0], "metadata": [{"id": 5038345003, "name": "?", "value": hidden}]}])
    assert read(httpserver) == []


def test_content_adds_the_lines_that_the_description_lacks(httpserver: HTTPServer) -> None:
    html = "<p>동전 교환 기록을 매일</p><p>우대사항</p><p>- dbt 경험</p><p>#LI-DNI</p>"
    metadata = [{"id": 4155730003, "name": "?", "value": "동전 교환 기록을 매일\n- SQL"}, "odd", {"id": 4169410003}]
    answer(httpserver, ["odd", {**JOBS[0], "content": escape(html), "metadata": metadata}])
    odd, posting = read(httpserver)
    assert isinstance(odd, Reject)
    assert isinstance(posting, Posting)
    assert posting.text == "동전 교환 기록을 매일\n- SQL\n\n우대사항\n- dbt 경험"
    assert posting.company == "Toss"

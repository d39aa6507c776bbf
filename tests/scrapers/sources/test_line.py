"""LINE: answers that are none, and places in several countries."""

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from scrapers.errors import ParseError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, line

PATH = "/page-data/ko/jobs"


def read(server: HTTPServer) -> list[Posting | Reject]:
    return list(line.read_board(Fetcher("line", base_url=server.url_for("/"), sleep=lambda _: None), "", None))


def answer(server: HTTPServer, edges: Any) -> None:
    server.expect_request(f"{PATH}/page-data.json").respond_with_json(
        {"result": {"data": {"allStrapiJobs": {"edges": edges}}}}
    )
    server.expect_request(f"{PATH}/7/page-data.json").respond_with_json(
        {"result": {"data": {"strapiJobs": {"content": "<p>Airflow</p>"}}}}
    )


def node(**more: Any) -> dict[str, Any]:
    return {"node": {"strapiId": 7, "title": "Data Engineer", "publish": True, "is_public": True, **more}}


@pytest.mark.parametrize("edges", [None, {}, "none"])
def test_an_answer_without_its_list_is_an_error(httpserver: HTTPServer, edges: Any) -> None:
    answer(httpserver, edges)
    with pytest.raises(ParseError, match=r"no list result\.data"):
        read(httpserver)


def test_an_empty_list_is_an_empty_board(httpserver: HTTPServer) -> None:
    answer(httpserver, [])
    assert read(httpserver) == []


@pytest.mark.parametrize(
    ("cities", "country"),
    [
        ([{"name": "Gwacheon"}], "KR"),
        ([{"name": "Bundang"}, {"name": "Seoul"}], "KR"),
        ([{"name": "Bundang"}, {"name": "Tokyo"}], None),
        ([{"name": "Bangkok"}], "TH"),
        ([], None),
    ],
)
def test_cities_of_one_country_name_it(httpserver: HTTPServer, cities: Any, country: str | None) -> None:
    answer(httpserver, [node(cities=cities)])
    (posting,) = read(httpserver)
    assert isinstance(posting, Posting)
    assert posting.country == country


@pytest.mark.parametrize("edge", ["odd", {"node": "odd"}, node(strapiId=None), node(strapiId="../7")])
def test_a_job_without_sound_number_is_told_of(httpserver: HTTPServer, edge: Any) -> None:
    answer(httpserver, [edge, node()])
    odd, posting = read(httpserver)
    assert isinstance(odd, Reject)
    assert isinstance(posting, Posting)

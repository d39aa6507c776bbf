"""Arbeitnow's pages: of any size, the empty one is the last; what never ends is known to be cut."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import FetchError, ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.sources import arbeitnow


def job(number: int) -> dict[str, Any]:
    return {
        "slug": f"job-{number}",
        "title": "Data Engineer",
        "description": "<p>Airflow</p>",
        "created_at": 1790850645,
    }


def read(url: str) -> list[str | None]:
    fetcher = Fetcher("arbeitnow", base_url=url, sleep=lambda _: None)
    return [record.native_id for record in arbeitnow.read_board(fetcher, "", None)]


def test_a_short_page_is_not_the_last(serve: Callable[..., str]) -> None:
    sizes = {"1": 3, "2": 1, "3": 5}

    def answer(request: Request) -> Any:
        number = request.args["page"]
        next_link = "https://www.arbeitnow.com/api/job-board-api?search=chef&page=9"
        data = [job(10 * int(number) + i) for i in range(sizes.get(number, 0))]
        return {"data": data, "links": {"next": next_link}, "meta": {"current_page": int(number)}}

    assert len(read(serve(answer))) == 9


def test_a_server_that_turns_no_pages_is_noticed_and_its_page_kept(serve: Callable[..., str]) -> None:
    asked = []

    def answer(request: Request) -> Any:
        asked.append(request.args["page"])
        return {"data": [job(1), job(2)]}

    records = arbeitnow.read_board(Fetcher("arbeitnow", base_url=serve(answer)), "", None)
    assert [next(records).native_id, next(records).native_id] == ["job-1", "job-2"]
    with pytest.raises(TruncatedError, match="repeats"):
        next(records)
    assert asked == ["1", "2"]


def test_pages_without_end_are_cut_and_said_to_be(serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arbeitnow, "MAX_PAGES", 3)
    url = serve(lambda request: {"data": [job(int(request.args["page"]))]})
    with pytest.raises(TruncatedError, match="no end after 3 pages"):
        read(url)


@pytest.mark.parametrize("body", [{"data": None}, {"data": {}}, {}, [], {"message": "Server Error"}])
def test_an_answer_without_its_list_is_an_error(serve: Callable[..., str], body: Any) -> None:
    with pytest.raises(ParseError):
        read(serve(lambda _: body))


def test_a_page_that_fails_fails_the_board_after_what_was_read(serve: Callable[..., str]) -> None:
    url = serve(lambda request: {"data": [job(1)]} if request.args["page"] == "1" else Response("", status=403))
    records = arbeitnow.read_board(Fetcher("arbeitnow", base_url=url), "", None)
    assert next(records).native_id == "job-1"
    with pytest.raises(FetchError, match="403"):
        next(records)

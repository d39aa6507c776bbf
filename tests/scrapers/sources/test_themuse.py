"""The Muse: as many pages as it says, and a limit that looks like a refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import FetchError, GoneError, ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.sources import themuse


def job(number: int) -> dict[str, Any]:
    return {"id": number, "name": "Data Engineer", "contents": "<p>Airflow</p>", "company": {"name": "Otter"}}


def read(url: str) -> list[str | None]:
    fetcher = Fetcher("themuse", base_url=url, sleep=lambda _: None)
    return [record.native_id for record in themuse.read_board(fetcher, "", None)]


def pages_of(*sizes: int) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        number = int(request.args["page"])
        assert request.args["category"] == "Data and Analytics"
        return {
            "page": number,
            "page_count": len(sizes),
            "results": [job(100 * number + i) for i in range(sizes[number])],
        }

    return answer


def test_every_page_is_read_and_none_past_the_end(serve: Callable[..., str]) -> None:
    assert len(read(serve(pages_of(20, 20, 3)))) == 43


def test_a_category_without_jobs_is_empty(serve: Callable[..., str]) -> None:
    assert read(serve(lambda _: {"page": 0, "page_count": 0, "results": []})) == []


def test_an_empty_page_before_the_last_is_truncated(serve: Callable[..., str]) -> None:
    with pytest.raises(TruncatedError, match="page 1 of 3 is empty"):
        read(serve(pages_of(20, 0, 3)))


def test_more_pages_than_a_run_may_read_are_truncated(
    serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(themuse, "MAX_PAGES", 2)
    with pytest.raises(TruncatedError, match="2 of 3 pages"):
        read(serve(pages_of(20, 20, 20)))


@pytest.mark.parametrize("count", [None, "3", []])
def test_an_answer_that_does_not_count_its_pages_is_an_error(serve: Callable[..., str], count: object) -> None:
    with pytest.raises(ParseError, match="number of pages"):
        read(serve(lambda _: {"page": 0, "page_count": count, "results": [job(1)]}))


def test_the_limit_is_a_failure_and_not_the_end_of_the_board(serve: Callable[..., str]) -> None:
    limit = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0"}
    with pytest.raises(FetchError, match="403") as error:
        read(serve(lambda _: Response("Forbidden", status=403, headers=limit)))
    assert not isinstance(error.value, GoneError)
    assert error.value.outcome == "failed"

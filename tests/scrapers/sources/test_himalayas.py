"""Himalayas: pages drift while they are read, dates come in two units, and there is more than is read."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import himalayas


def job(number: int, **more: Any) -> dict[str, Any]:
    base = {"title": "Data Engineer", "guid": f"https://himalayas.app/companies/a/jobs/{number}", "pubDate": 1790850645}
    return {**base, "description": "<p>Airflow</p>", **more}


def read(url: str) -> list[Posting]:
    fetcher = Fetcher("himalayas", base_url=url, sleep=lambda _: None)
    return [record for record in himalayas.read_board(fetcher, "", None) if isinstance(record, Posting)]


def serve_jobs(jobs: list[dict[str, Any]], total: int, size: int = 20) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        start = int(request.args["offset"])
        return {"totalCount": total, "jobs": jobs[start : start + min(size, int(request.args["limit"]))]}

    return answer


def test_all_pages_are_read_whatever_size_the_server_gives(serve: Callable[..., str]) -> None:
    assert len(read(serve(serve_jobs([job(i) for i in range(45)], 45, size=7)))) == 45


def test_an_end_before_the_total_is_truncated(serve: Callable[..., str]) -> None:
    with pytest.raises(TruncatedError, match="30 of 100371"):
        read(serve(serve_jobs([job(i) for i in range(30)], 100371)))


def test_a_run_reads_the_newest_and_says_that_there_are_more(
    serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(himalayas, "MAX_PAGES", 2)
    records = himalayas.read_board(
        Fetcher("himalayas", base_url=serve(serve_jobs([job(i) for i in range(90)], 90))), "", None
    )
    got = [next(records) for _ in range(40)]
    assert len({record.native_id for record in got}) == 40
    with pytest.raises(TruncatedError, match="newest 40"):
        next(records)


@pytest.mark.parametrize("given", [1790850645, 1790850645000, "1790850645"])
def test_dates_are_seconds_or_milliseconds_by_their_size(serve: Callable[..., str], given: object) -> None:
    (posting,) = read(serve(serve_jobs([job(1, pubDate=given)], 1)))
    assert posting.posted_at == "2026-10-01T10:30:45+00:00"


def test_a_null_list_of_places_is_the_world_and_an_address_stands_in_for_a_number(serve: Callable[..., str]) -> None:
    link = "https://himalayas.app/companies/a/jobs/x"
    (posting,) = read(serve(serve_jobs([job(1, guid=None, applicationLink=link, locationRestrictions=None)], 1)))
    assert (posting.native_id, posting.url, posting.location, posting.country) == (link, link, None, None)

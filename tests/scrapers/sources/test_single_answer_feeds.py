"""Remotive and Jobicy: one answer, complete by what it says of itself."""

from collections.abc import Callable
from typing import Any

import pytest

from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, jobicy, remotive


def test_remotive_says_when_it_gives_less_than_all(serve: Callable[..., str]) -> None:
    url = serve(lambda _: {"total-job-count": 30, "jobs": [{"id": 1, "title": "Data Engineer"}]})
    records = remotive.read_board(Fetcher("remotive", base_url=url), "", None)
    assert next(records).native_id == "1"
    with pytest.raises(TruncatedError, match="1 of 30"):
        next(records)


def test_a_time_without_zone_gets_none(serve: Callable[..., str]) -> None:
    body = {"jobs": [{"id": 1, "title": "Data Engineer", "publication_date": "2026-07-09T08:01:56"}]}
    (record,) = remotive.read_board(Fetcher("remotive", base_url=serve(lambda _: body)), "", None)
    assert isinstance(record, Posting)
    assert record.posted_at == "2026-07-09T08:01:56"


def test_jobicy_asks_for_as_many_as_it_gives_and_reads_lists_and_words(serve: Callable[..., str]) -> None:
    asked = []

    def answer(request: Any) -> Any:
        asked.append(request.full_path)
        jobs: list[Any] = [{"id": 1, "jobTitle": "A &#8211; B", "jobType": "full-time", "jobDescription": "<p>x</p>"}]
        return {"jobs": [*jobs, {"id": 2, "jobTitle": "C", "jobType": None, "jobDescription": 5}]}

    good, bad = jobicy.read_board(Fetcher("jobicy", base_url=serve(answer)), "", None)
    assert asked == ["/api/v2/remote-jobs?count=100"]
    assert isinstance(good, Posting)
    assert (good.title, good.employment_type) == ("A – B", "full-time")
    assert isinstance(bad, Reject)


@pytest.mark.parametrize("body", [{"success": False, "error": "no such tag"}, {"jobs": None}, {"jobs": "none"}, []])
def test_an_answer_without_its_list_is_an_error(serve: Callable[..., str], body: Any) -> None:
    url = serve(lambda _: body)
    for module in (remotive, jobicy):
        with pytest.raises(ParseError):
            list(module.read_board(Fetcher(module.SOURCE.name, base_url=url), "", None))

"""Greenhouse over a loopback server: totals, pools of prospects, dates, places and records of odd shape."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, greenhouse

Serve = Callable[[Callable[[Request], Any]], str]


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "internal_job_id": 9, "title": "Gardener", "content": "&lt;p&gt;Digs.&lt;/p&gt;", **more}


def read(serve: Serve, *jobs: Any) -> list[Posting | Reject]:
    url = serve(lambda _: {"jobs": list(jobs), "meta": {"total": len(jobs)}})
    return list(greenhouse.read_board(Fetcher("greenhouse", base_url=url), "acme", None))


def one(serve: Serve, **more: Any) -> Posting:
    (posting,) = read(serve, job(1, **more))
    assert isinstance(posting, Posting)
    return posting


@pytest.mark.parametrize("meta", [{"total": 3}, {"total": 1}, {}, None, [], {"total": "2"}])
def test_another_total_than_jobs_is_truncated_and_the_jobs_are_kept(serve: Serve, meta: Any) -> None:
    url = serve(lambda _: {"jobs": [job(1), job(2)], "meta": meta})
    got: list[Posting | Reject] = []
    with pytest.raises(TruncatedError, match="holds 2 jobs"):
        got.extend(greenhouse.read_board(Fetcher("greenhouse", base_url=url), "acme", None))
    assert [r.native_id for r in got] == ["1", "2"]


@pytest.mark.parametrize("body", [{"jobs": None, "meta": {"total": 0}}, {"status": 200, "error": "x"}, []])
def test_an_answer_without_jobs_is_no_empty_board(serve: Serve, body: Any) -> None:
    with pytest.raises(ParseError):
        list(greenhouse.read_board(Fetcher("greenhouse", base_url=serve(lambda _: body)), "acme", None))


def test_a_pool_of_prospects_is_no_job_but_a_job_of_unknown_number_is(serve: Serve) -> None:
    unnumbered = {k: v for k, v in job(3).items() if k != "internal_job_id"}
    assert [r.native_id for r in read(serve, job(1), job(2, internal_job_id=None), unnumbered)] == ["1", "3"]


def test_the_date_of_an_edit_is_never_the_date_of_posting(serve: Serve) -> None:
    posting = one(serve, updated_at="2026-10-01T08:00:00-04:00", first_published=None)
    assert (posting.posted_at, posting.posted_at_kind) == (None, "seen")
    assert posting.updated_at == "2026-10-01T08:00:00-04:00"


@pytest.mark.parametrize("escaped", ["R&amp;amp;D", "R&amp;D"])
def test_a_body_is_decoded_once_and_has_no_tags_left(serve: Serve, escaped: str) -> None:
    posting = one(serve, content=f"&lt;p&gt;{escaped} &amp;nbsp; in &lt;b&gt;C++&lt;/b&gt;&lt;/p&gt;")
    assert posting.text == "R&D in C++"


def test_a_model_of_work_is_no_place_and_the_offices_are_looked_at(serve: Serve) -> None:
    offices = [{"name": "HQ", "location": "Seoul, South Korea"}, {"name": "Busan", "location": None}]
    posting = one(serve, location={"name": "Hybrid"}, offices=offices)
    assert (posting.location, posting.country) == ("Hybrid; Seoul, South Korea; Busan", "KR")
    assert one(serve, location={"name": "Berlin"}, offices=offices).country == "DE"
    assert one(serve, location=None, offices=None).location is None
    assert one(serve, location={"name": "원격 근무"}).remote is True


def test_odd_records_are_rejected_beside_good_ones(serve: Serve) -> None:
    bodyless = {k: v for k, v in job(2).items() if k != "content"}
    records = read(serve, job(1), bodyless, job(3, title=""), job(4, content=5), 7, job(5, location="Seoul"), job(6))
    assert [r.native_id for r in records if isinstance(r, Posting)] == ["1", "6"]
    assert [r.native_id for r in records if isinstance(r, Reject)] == ["2", "3", "4", None, "5"]


def test_a_board_must_be_named() -> None:
    with pytest.raises(TargetError, match="greenhouse:TOKEN"):
        greenhouse.boards(Fetcher("greenhouse"), None)

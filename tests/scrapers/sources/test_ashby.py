"""Ashby over a loopback server: hidden jobs, models of work, places and escaped names."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from scrapers.errors import ParseError, TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, ashby

Serve = Callable[[Callable[[Request], Any]], str]


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"a{number}", "title": "Lamp Fitter", "descriptionHtml": "<p>Fits.</p>", "isListed": True, **more}


def read(serve: Serve, *jobs: Any, board: str = "acme") -> list[Posting | Reject]:
    url = serve(lambda _: {"apiVersion": "1", "jobs": list(jobs)})
    return list(ashby.read_board(Fetcher("ashby", base_url=url), board, None))


def one(serve: Serve, **more: Any) -> Posting:
    (posting,) = read(serve, job(1, **more))
    assert isinstance(posting, Posting)
    return posting


def test_only_listed_jobs_are_read(serve: Serve) -> None:
    unmarked = {k: v for k, v in job(3).items() if k != "isListed"}
    assert [r.native_id for r in read(serve, job(1), job(2, isListed=False), unmarked)] == ["a1", "a3"]


@pytest.mark.parametrize(
    ("kind", "flag", "remote"),
    [
        ("Remote", False, True),
        ("Hybrid", True, False),
        ("OnSite", None, False),
        (None, True, True),
        (None, False, None),
        ("Elsewhere", None, None),
    ],
)
def test_the_model_of_work_is_right_where_the_flag_contradicts_it(
    serve: Serve, kind: str | None, flag: bool | None, remote: bool | None
) -> None:
    assert one(serve, workplaceType=kind, isRemote=flag).remote is remote


def test_places_in_several_countries_are_of_no_one_country(serve: Serve) -> None:
    address = {"postalAddress": {"addressCountry": "Canada"}}
    home = {"location": "Toronto", "address": address}
    assert one(serve, **home).country == "CA"
    assert one(serve, **home, secondaryLocations=[{"location": "Montreal"}]).country == "CA"
    both = one(serve, **home, secondaryLocations=[{"location": "Paris"}, {"location": "Toronto"}])
    assert (both.location, both.country) == ("Toronto; Paris", None)


def test_an_escaped_name_is_asked_for_once_escaped_and_is_the_employers_name(serve: Serve) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Any:
        asked.append(request.path)
        return {"jobs": [job(1)]}

    fetcher = Fetcher("ashby", base_url=serve(answer))
    for board in ("Lamp House", "Lamp%20House"):
        (posting,) = ashby.read_board(fetcher, board, None)
        assert isinstance(posting, Posting)
        assert (posting.board, posting.company) == (board, "Lamp House")
    assert asked == ["/posting-api/job-board/Lamp House"] * 2


def test_odd_records_are_rejected_beside_good_ones(serve: Serve) -> None:
    odd = [job(2, title=None), job(3, descriptionHtml={}), job(4, secondaryLocations="Seoul"), None, "job"]
    records = read(serve, job(1), *odd, job(5, address=None, secondaryLocations=None))
    assert [r.native_id for r in records if isinstance(r, Posting)] == ["a1", "a5"]
    assert len([r for r in records if isinstance(r, Reject)]) == len(odd)


def test_null_for_the_jobs_is_no_empty_board_and_a_board_must_be_named(serve: Serve) -> None:
    with pytest.raises(ParseError):
        list(ashby.read_board(Fetcher("ashby", base_url=serve(lambda _: {"jobs": None})), "acme", None))
    with pytest.raises(TargetError, match="ashby:TOKEN"):
        ashby.boards(Fetcher("ashby"), None)

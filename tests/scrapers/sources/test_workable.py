"""Workable: bodies in one field or in three, a region called state, an account that is not there."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import GoneError, ParseError, TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, workable


def job(**more: Any) -> dict[str, Any]:
    return {
        "title": "Data Engineer",
        "shortcode": "AB12",
        "published_on": "2026-07-14",
        "description": "<p>Airflow</p>",
    } | more


def read(url: str) -> list[Posting | Reject]:
    return list(workable.read_board(Fetcher("workable", base_url=url), "acme", None))


def read_one(serve: Callable[..., str], **more: Any) -> Posting:
    (record,) = read(serve(lambda _: {"name": "Acme", "jobs": [job(**more)]}))
    assert isinstance(record, Posting)
    return record


def test_requirements_in_a_field_of_their_own_are_text_and_section(serve: Callable[..., str]) -> None:
    posting = read_one(serve, requirements="<ul><li>dbt</li></ul>", benefits=None)
    assert posting.text == "Airflow\n\nRequirements\n- dbt"
    assert [(s.heading, s.kind) for s in posting.sections] == [("", "unknown"), ("Requirements", "required")]


def test_the_bodies_are_asked_for(serve: Callable[..., str]) -> None:
    asked = []

    def answer(request: Request) -> Any:
        asked.append(request.full_path)
        return {"name": "Acme", "jobs": []}

    assert read(serve(answer)) == []
    assert asked == ["/api/v1/widget/accounts/acme?details=true"]


def test_the_day_of_publication_goes_before_that_of_creation(serve: Callable[..., str]) -> None:
    posting = read_one(serve, created_at="2025-12-31")
    assert (posting.posted_at, posting.posted_at_kind) == ("2026-07-14", "published")
    posting = read_one(serve, created_at="2025-12-31", published_on=None)
    assert (posting.posted_at, posting.posted_at_kind) == ("2025-12-31", "created")


@pytest.mark.parametrize(
    ("places", "country"),
    [
        (None, "KR"),
        ([], "KR"),
        ([{"country": "Poland", "countryCode": "PL"}], "PL"),
        ([{"country": "Poland", "countryCode": "PL"}, {"countryCode": "PL", "city": "Gdynia"}], "PL"),
        ([{"country": "Poland", "countryCode": "PL"}, {"country": "Japan", "countryCode": "JP"}], None),
        ([{"city": "Seoul", "country": None}, None], "KR"),
    ],
)
def test_the_country_is_that_of_all_places(serve: Callable[..., str], places: Any, country: str | None) -> None:
    assert read_one(serve, country="South Korea", locations=places).country == country


def test_a_body_that_is_no_text_costs_its_own_job_only(serve: Callable[..., str]) -> None:
    records = read(serve(lambda _: {"name": "Acme", "jobs": [job(description=["a"]), job(shortcode="CD34")]}))
    assert [isinstance(record, Reject) for record in records] == [True, False]


def test_an_unknown_account_is_gone_and_an_odd_answer_an_error(serve: Callable[..., str]) -> None:
    answers = iter([Response("", status=404), {"name": "Acme", "jobs": None}, {"error": "Not found"}])
    url = serve(lambda _: next(answers))
    with pytest.raises(GoneError):
        read(url)
    for _ in range(2):
        with pytest.raises(ParseError):
            read(url)


def test_an_account_must_be_named() -> None:
    with pytest.raises(TargetError, match="workable:TOKEN"):
        workable.boards(Fetcher("workable"), None)
    assert workable.expand("acme", None) == ["acme"]
    assert workable.expand("acme.workable.com", None) == ["acme"]
    with pytest.raises(TargetError):
        workable.expand("acme/jobs", None)

"""Personio: two languages of one file, a file that is not switched on, and what XML can do to a reader."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import FetchError, GoneError, ParseError, TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, personio


def position(number: int | str, *parts: tuple[str, str], name: str = "Data Engineer") -> str:
    inner = "".join(f"<jobDescription><name>{h}</name><value>{v}</value></jobDescription>" for h, v in parts)
    return f"<position><id>{number}</id><name>{name}</name><jobDescriptions>{inner}</jobDescriptions></position>"


def xml(*positions: str) -> Response:
    return Response(f"<workzag-jobs>{''.join(positions)}</workzag-jobs>", content_type="application/xml")


def read(url: str) -> list[Posting | Reject]:
    return list(personio.read_board(Fetcher("personio", base_url=url, sleep=lambda _: None), "acme", None))


def texts(serve: Callable[..., str], english: Response, german: Response) -> dict[str | None, str]:
    records = read(serve(lambda request: english if request.args["language"] == "en" else german))
    return {record.native_id: record.text for record in records if isinstance(record, Posting)}


def test_a_position_without_texts_in_one_language_has_those_of_the_other(serve: Callable[..., str]) -> None:
    english = xml(position(1, ("You", "Airflow")), position(2), position(3), position(4, ("You", "")))
    german = xml(position(1, ("Du", "Luft")), position(2, ("Du", "Strom")), position(4), position(5, ("Du", "See")))
    assert texts(serve, english, german) == {"1": "You\nAirflow", "2": "Du\nStrom", "3": "", "4": "", "5": "Du\nSee"}


def test_one_language_is_enough(serve: Callable[..., str]) -> None:
    assert texts(serve, xml(position(1, ("You", "Airflow"))), Response("", status=404)) == {"1": "You\nAirflow"}
    assert texts(serve, xml(), xml(position(1, ("Du", "Luft")))) == {"1": "Du\nLuft"}
    assert texts(serve, xml(), xml()) == {}


def test_when_the_second_language_fails_the_first_is_kept_and_the_board_has_failed(serve: Callable[..., str]) -> None:
    url = serve(lambda request: xml(position(1)) if request.args["language"] == "en" else Response("", status=403))
    records = personio.read_board(Fetcher("personio", base_url=url), "acme", None)
    assert next(records).native_id == "1"
    with pytest.raises(FetchError, match="403"):
        next(records)


def test_a_file_that_is_not_switched_on_is_gone_under_both_hosts(serve: Callable[..., str]) -> None:
    asked = []

    def answer(request: Request) -> Any:
        asked.append(request.full_path)
        return Response("", status=404)

    with pytest.raises(GoneError, match=r"personio\.com|404"):
        read(serve(answer))
    assert asked == ["/xml?language=en"] * 2


def test_bodies_with_bare_tags_are_read_like_those_in_cdata(serve: Callable[..., str]) -> None:
    body = "<ul><li>Airflow &amp; dbt</li><li>R&amp;amp;D</li></ul>Bye"
    english = xml(position(1, ("You", body)), position(2, ("You", f"<![CDATA[{body}]]>")))
    assert set(texts(serve, english, xml()).values()) == {"You\n- Airflow & dbt\n- R&D\nBye"}


def test_positions_without_a_number_are_rejects_each(serve: Callable[..., str]) -> None:
    english = xml(position(""), position("", name=""), position(3))
    records = read(serve(lambda request: english if request.args["language"] == "en" else xml()))
    assert [isinstance(record, Reject) for record in records] == [True, True, False]


@pytest.mark.parametrize(
    "body",
    ["", "<html><body>Jobs</body></html>", "{}", '<!DOCTYPE a [<!ENTITY b "c">]><workzag-jobs>&b;</workzag-jobs>'],
)
def test_what_is_not_the_file_is_an_error_and_no_empty_board(serve: Callable[..., str], body: str) -> None:
    with pytest.raises(ParseError):
        read(serve(lambda _: Response(body)))


def test_an_employer_must_be_named() -> None:
    with pytest.raises(TargetError, match="personio:TOKEN"):
        personio.boards(Fetcher("personio"), None)
    assert personio.expand("acme", None) == ["acme"]
    assert personio.expand("acme.jobs.personio.com", None) == ["acme"]
    with pytest.raises(TargetError):
        personio.expand("evil.example.com/", None)

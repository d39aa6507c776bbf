"""SmartRecruiters over a loopback server: pages, totals, bodies that cannot be had, and parts of bodies."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import BusyError, GoneError, ParseError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, smartrecruiters

Serve = Callable[[Callable[[Request], Any]], str]


class Company:
    """A company with n postings; tests change what it answers before they ask."""

    def __init__(self, n: int) -> None:
        self.ids = [str(1000 + i) for i in range(n)]
        self.total: Any = n
        self.details: dict[str, Any] = {}
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Any:
        self.asked.append(request.path.rsplit("/", 1)[-1])
        if not request.path.endswith("/postings"):
            number = request.path.rsplit("/", 1)[-1]
            return self.details.get(number, self.detail(number))
        offset, limit = int(request.args["offset"]), int(request.args["limit"])
        content = [{"id": number, "name": "Polisher"} for number in self.ids[offset : offset + limit]]
        return {"offset": offset, "limit": limit, "totalFound": self.total, "content": content}

    def detail(self, number: str, **sections: Any) -> dict[str, Any]:
        return {"id": number, "name": "Polisher", "jobAd": {"sections": sections}}


def read(url: str, got: list[Posting | Reject]) -> None:
    fetcher = Fetcher("smartrecruiters", base_url=url, sleep=lambda _: None)
    for record in smartrecruiters.read_board(fetcher, "Acme", None):
        got.append(record)


@pytest.mark.parametrize("n", [0, 1, 100, 205])
def test_all_pages_and_a_body_for_each_posting_are_read(serve: Serve, n: int) -> None:
    company, got = Company(n), list[Posting | Reject]()
    read(serve(company), got)
    assert [r.native_id for r in got] == company.ids
    assert company.asked.count("postings") == max(1, -(-n // 100))


def test_a_list_that_ends_before_its_total_is_truncated(serve: Serve) -> None:
    company, got = Company(120), list[Posting | Reject]()
    company.total = 300
    with pytest.raises(TruncatedError, match="120 of 300"):
        read(serve(company), got)
    assert len(got) == 120


def test_a_list_that_repeats_itself_is_truncated(serve: Serve) -> None:
    company, got = Company(100), list[Posting | Reject]()

    def answer(request: Request) -> Any:
        if not request.path.endswith("/postings"):
            return company(request)
        return {"totalFound": 300, "content": [{"id": number} for number in company.ids]}

    with pytest.raises(TruncatedError, match="repeats"):
        read(serve(answer), got)
    assert len(got) == 100


@pytest.mark.parametrize("total", [None, "3"])
def test_an_answer_without_total_is_no_list(serve: Serve, total: Any) -> None:
    company = Company(1)
    company.total = total
    with pytest.raises(ParseError, match="totalFound"):
        read(serve(company), [])


def test_a_posting_whose_body_cannot_be_had_is_told_of_and_costs_no_other(serve: Serve) -> None:
    company, got = Company(6), list[Posting | Reject]()
    company.details = {
        "1001": Response("", 404),
        "1002": Response("", 500),
        "1003": Response("<html>", 200),
        "1004": {"id": "1004", "name": "Polisher"},
    }
    read(serve(company), got)
    assert [r.native_id for r in got if isinstance(r, Posting)] == ["1000", "1005"]
    assert [r.native_id for r in got if isinstance(r, Reject)] == ["1001", "1002", "1003", "1004"]


def test_a_long_pause_asked_for_ends_the_board(serve: Serve) -> None:
    company, got = Company(3), list[Posting | Reject]()
    company.details["1001"] = Response("", 429, {"Retry-After": "3600"})
    with pytest.raises(BusyError):
        read(serve(company), got)
    assert [r.native_id for r in got] == ["1000"]


def test_a_list_that_is_gone_is_gone(serve: Serve) -> None:
    with pytest.raises(GoneError):
        read(serve(lambda _: Response("", 404)), [])


def test_every_part_of_the_body_is_text_and_section(serve: Serve) -> None:
    company, got = Company(1), list[Posting | Reject]()
    company.details["1000"] = company.detail(
        "1000",
        extra={"title": "Stack", "text": "<p>Airflow</p>"},
        qualifications={"title": "우대 및 자격", "text": "<ul><li>R&amp;D</li></ul>"},
        companyDescription={"title": None, "text": "<p>We polish.</p>"},
        videos={"urls": ["https://film.example/1"]},
        pictures=[],
        jobDescription=None,
    )
    read(serve(company), got)
    (posting,) = got
    assert isinstance(posting, Posting)
    assert [(s.heading, s.kind, s.text) for s in posting.sections] == [
        ("Company Description", "company", "We polish."),
        ("우대 및 자격", "required", "- R&D"),
        ("Stack", "unknown", "Airflow"),
    ]
    assert posting.text == "Company Description\nWe polish.\n\n우대 및 자격\n- R&D\n\nStack\nAirflow"
    assert posting.url == "https://jobs.smartrecruiters.com/Acme/1000"

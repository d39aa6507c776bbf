"""Lever over a loopback server: turning pages, where they end, and records of odd shape."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, lever

Serve = Callable[[Callable[[Request], Any]], str]


def job(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"n{number}", "text": "Fitter", "description": "<p>Fits.</p>", "createdAt": 1760000000000, **more}


def read(url: str) -> list[Posting | Reject]:
    return list(lever.read_board(Fetcher("lever", base_url=url, sleep=lambda _: None), "acme", None))


@pytest.mark.parametrize(("n", "n_requests"), [(0, 1), (99, 1), (100, 2), (250, 3), (300, 4)])
def test_pages_are_turned_until_a_short_or_empty_one(serve: Serve, n: int, n_requests: int) -> None:
    asked = []

    def answer(request: Request) -> Any:
        skip, limit = int(request.args["skip"]), int(request.args["limit"])
        asked.append(skip)
        return [job(i) for i in range(n)][skip : skip + limit]

    records = read(serve(answer))
    assert [r.native_id for r in records] == [f"n{i}" for i in range(n)]
    assert len(asked) == n_requests


def test_a_posting_that_slid_to_the_next_page_is_read_once(serve: Serve) -> None:
    pages = {0: [job(i) for i in range(100)], 100: [job(i) for i in range(98, 130)]}
    records = read(serve(lambda request: pages[int(request.args["skip"])]))
    assert [r.native_id for r in records] == [f"n{i}" for i in range(130)]


def test_a_server_that_does_not_turn_pages_is_read_and_known_to_be_cut(serve: Serve) -> None:
    fetcher = Fetcher("lever", base_url=serve(lambda _: [job(i) for i in range(100)]), sleep=lambda _: None)
    got: list[Posting | Reject] = []
    with pytest.raises(TruncatedError, match="repeats"):
        got.extend(lever.read_board(fetcher, "acme", None))
    assert len(got) == 100


def test_an_answer_without_end_is_cut_at_the_cap(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lever, "_MAX_PAGES", 3)

    def answer(request: Request) -> Any:
        return [job(i) for i in range(int(request.args["skip"]), int(request.args["skip"]) + 100)]

    with pytest.raises(TruncatedError, match="more than 3 pages"):
        read(serve(answer))


def test_an_error_with_200_is_no_board(serve: Serve) -> None:
    with pytest.raises(ParseError, match="no list"):
        read(serve(lambda _: {"ok": False, "error": "later"}))


def test_odd_records_are_rejected_one_by_one_and_the_good_ones_kept(serve: Serve) -> None:
    odd = [
        job(1, text=None),
        job(2, lists="none"),
        job(3, lists=[{"text": "Requirements", "content": 5}]),
        job(4, description=["p"]),
        {"text": "No number"},
        "no object",
        {**job(0), "id": None},
    ]
    records = read(serve(lambda _: [job(7), *odd, job(8, lists=None, categories=None)]))
    assert [r.native_id for r in records if isinstance(r, Posting)] == ["n7", "n8"]
    rejects = [r for r in records if isinstance(r, Reject)]
    assert len(rejects) == len(odd)
    assert all(r.reason and "\n" not in r.reason for r in rejects)


def test_a_body_in_two_halves_is_whole_and_not_doubled(serve: Serve) -> None:
    halves = {"description": "", "opening": "<p>We fit.</p>", "descriptionBody": "<p>You fit too.</p>"}
    whole = {"description": "<p>We fit.</p><p>You fit too.</p>", "opening": "<p>We fit.</p>", "descriptionBody": ""}
    first, second = read(serve(lambda _: [job(1, **halves), job(2, **whole, additional="<p>Tools.</p>")]))
    assert isinstance(first, Posting)
    assert isinstance(second, Posting)
    assert first.text == "We fit.\n\nYou fit too."
    assert second.text == "We fit.\nYou fit too.\n\nTools."


def test_european_sites_are_asked_at_the_european_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Deaf(Fetcher):
        def get(self, url: str, *_: Any, **__: Any) -> Any:
            asked.append(url)
            raise ParseError("lever", url, "deaf")

    for board in ("acme", "eu.acme"):
        with pytest.raises(ParseError):
            list(lever.read_board(Deaf("lever"), board, None))
    assert asked == ["https://api.lever.co/v0/postings/acme", "https://api.eu.lever.co/v0/postings/acme"]
    assert lever.expand("eu.acme", None) == ["eu.acme"]


def test_a_board_must_be_named() -> None:
    with pytest.raises(TargetError, match="lever:TOKEN"):
        lever.boards(Fetcher("lever"), None)
    with pytest.raises(TargetError):
        lever.expand("eu.", None)

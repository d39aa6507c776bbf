"""Recruitee over a loopback server: the second field of the body, hidden offers, sites by token or domain."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request

from scrapers.errors import ParseError, TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, recruitee

Serve = Callable[[Callable[[Request], Any]], str]


def offer(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": "Weaver", "description": "<p>Weaves.</p>", "requirements": "<p>Hands.</p>", **more}


def read(serve: Serve, *offers: Any) -> list[Posting | Reject]:
    url = serve(lambda _: {"offers": list(offers)})
    return list(recruitee.read_board(Fetcher("recruitee", base_url=url), "acme", None))


def one(serve: Serve, **more: Any) -> Posting:
    (posting,) = read(serve, offer(1, **more))
    assert isinstance(posting, Posting)
    return posting


def test_what_is_asked_stands_in_the_text_and_in_a_section_of_its_own(serve: Serve) -> None:
    posting = one(serve)
    assert posting.text == "Weaves.\n\nRequirements\nHands."
    assert [(s.kind, s.text) for s in posting.sections] == [("required", "Hands.")]
    bare = one(serve, requirements=None)
    assert (bare.text, bare.sections) == ("Weaves.", ())


def test_the_date_of_creation_stands_in_where_none_of_publication_is_given_and_says_so(serve: Serve) -> None:
    dates = {"created_at": "2026-08-01 09:41:37 UTC", "updated_at": "2026-09-01 00:00:00 UTC"}
    posting = one(serve, **dates, published_at="2026-08-05 10:10:39 UTC")
    assert (posting.posted_at, posting.posted_at_kind) == ("2026-08-05T10:10:39+00:00", "published")
    posting = one(serve, **dates, published_at=None)
    assert (posting.posted_at, posting.posted_at_kind) == ("2026-08-01T09:41:37+00:00", "created")
    posting = one(serve, updated_at=dates["updated_at"])
    assert (posting.posted_at, posting.posted_at_kind) == (None, "seen")


def test_offers_that_are_not_published_are_for_nobody(serve: Serve) -> None:
    assert [r.native_id for r in read(serve, offer(1, status="draft"), offer(2, status="published"))] == ["2"]


@pytest.mark.parametrize(
    ("models", "remote"), [((True, True, False), True), ((False, True, False), False), ((False, False, False), None)]
)
def test_no_model_of_work_says_nothing(serve: Serve, models: tuple[bool, ...], remote: bool | None) -> None:
    assert one(serve, **dict(zip(("remote", "hybrid", "on_site"), models, strict=True))).remote is remote


def test_odd_records_are_rejected_beside_good_ones(serve: Serve) -> None:
    odd = [offer(2, title=" "), offer(3, requirements=["<p>"]), offer(4, locations={}), 5]
    records = read(serve, offer(1), *odd, offer(6, locations=None))
    assert [r.native_id for r in records if isinstance(r, Posting)] == ["1", "6"]
    assert len([r for r in records if isinstance(r, Reject)]) == len(odd)


def test_an_answer_without_offers_is_no_empty_board(serve: Serve) -> None:
    with pytest.raises(ParseError):
        list(recruitee.read_board(Fetcher("recruitee", base_url=serve(lambda _: {"offers": None})), "acme", None))


def test_a_site_is_named_by_token_or_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Deaf(Fetcher):
        def get(self, url: str, *_: Any, **__: Any) -> Any:
            asked.append(url)
            raise ParseError("recruitee", url, "deaf")

    for board in ("acme", "jobs.acme.example"):
        assert recruitee.expand(board, None) == [board]
        with pytest.raises(ParseError):
            list(recruitee.read_board(Deaf("recruitee"), board, None))
    assert asked == ["https://acme.recruitee.com/api/offers/", "https://jobs.acme.example/api/offers/"]
    for board in ("", "acme/../x", "acme.example:80", "user@acme.example", "-acme", "acme."):
        with pytest.raises(TargetError):
            recruitee.expand(board, None)

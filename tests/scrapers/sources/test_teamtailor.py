"""Teamtailor: RSS first, the JSON feed where there is none, one number for a job in both."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from scrapers.errors import GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, teamtailor

LINK = "https://jobs.anemone.example/jobs/9300001-data-engineer"
RSS = f"""<rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><title>Anemone</title>
<item><title>Data Engineer</title><link>{LINK}</link><guid>0d0b</guid><pubDate>Wed, 04 Feb 2026 09:26:20 +0100</pubDate>
<description>&lt;p&gt;Airflow&lt;/p&gt;</description><tt:remoteStatus>fully</tt:remoteStatus></item></channel></rss>"""


def item(number: int, **more: Any) -> dict[str, Any]:
    place = {"@type": "Place", "address": {"addressLocality": "Malmö", "addressCountry": "SE"}}
    structured = {"@type": "JobPosting", "title": "Data Engineer", "jobLocation": [place]}
    link = f"https://jobs.anemone.example/jobs/{number}-data-engineer"
    base = {
        "id": f"uuid-{number}",
        "title": "Data Engineer",
        "url": link,
        "date_published": "2026-02-04T09:26:20+01:00",
    }
    return base | {"_jobposting": structured} | more


def serve_json(serve: Callable[..., str], *pages: Any) -> str:
    """Answer no RSS, and the pages of a JSON feed one after another."""

    def answer(request: Request) -> Any:
        if request.path == "/jobs.rss":
            return Response("", status=404)
        return pages[int(request.args.get("page", 0))]

    return serve(answer)


def read(url: str) -> list[Posting | Reject]:
    return list(teamtailor.read_board(Fetcher("teamtailor", base_url=url, sleep=lambda _: None), "anemone", None))


def test_a_job_has_the_same_number_date_and_text_in_both_feeds(serve: Callable[..., str]) -> None:
    (json_record,) = read(serve_json(serve, {"items": [item(9300001, content_html="<p>Airflow</p>")]}))
    assert isinstance(json_record, Posting)
    assert (json_record.location, json_record.country) == ("Malmö, SE", "SE")
    assert json_record.text == "Airflow"
    assert (json_record.native_id, json_record.posted_at) == ("9300001", "2026-02-04T09:26:20+01:00")


def test_the_rss_feed_is_enough_and_the_other_not_asked(serve: Callable[..., str]) -> None:
    asked = []

    def answer(request: Request) -> Any:
        asked.append(request.path)
        return Response(RSS)

    (record,) = read(serve(answer))
    assert isinstance(record, Posting)
    assert (record.native_id, record.text, record.remote) == ("9300001", "Airflow", True)
    assert record.posted_at == "2026-02-04T09:26:20+01:00"
    assert asked == ["/jobs.rss"]


def test_the_body_may_stand_in_the_structured_data(serve: Callable[..., str]) -> None:
    structured = {"@type": "JobPosting", "description": "<p>Airflow</p>", "hiringOrganization": {"name": "Anemone AB"}}
    (record,) = read(serve_json(serve, {"items": [item(1, _jobposting=structured)]}))
    assert isinstance(record, Posting)
    assert (record.text, record.company) == ("Airflow", "Anemone AB")


@pytest.mark.parametrize("structured", [None, [], "x"])
def test_an_item_without_structured_data_is_a_posting_all_the_same(serve: Callable[..., str], structured: Any) -> None:
    (record,) = read(
        serve_json(serve, {"title": "Anemone", "items": [item(1, _jobposting=structured, content_text="Airflow")]})
    )
    assert isinstance(record, Posting)
    assert (record.text, record.company) == ("Airflow", "Anemone")


def test_pages_of_the_json_feed_are_followed_to_the_end(serve: Callable[..., str]) -> None:
    first = {"items": [item(1)], "next_url": "https://anemone.teamtailor.com/jobs.json?page=1"}
    assert [r.native_id for r in read(serve_json(serve, first, {"items": [item(2)]}))] == ["1", "2"]
    loop = {"items": [item(1)], "next_url": "https://anemone.teamtailor.com/jobs.json?page=0"}
    with pytest.raises(TruncatedError, match="repeats"):
        read(serve_json(serve, loop))


def test_a_site_with_neither_feed_is_gone(serve: Callable[..., str]) -> None:
    with pytest.raises(GoneError):
        read(serve(lambda _: Response("", status=404)))


@pytest.mark.parametrize("body", ["<html></html>", "<rss version='2.0'></rss>", "", "{}"])
def test_what_is_no_feed_is_an_error_and_not_the_others_turn(serve: Callable[..., str], body: str) -> None:
    with pytest.raises(ParseError):
        read(serve(lambda _: Response(body)))


def test_a_feed_without_jobs_is_empty(serve: Callable[..., str]) -> None:
    assert read(serve(lambda _: Response("<rss><channel><title>Anemone</title></channel></rss>"))) == []


def test_a_career_site_is_named_by_token_or_host() -> None:
    with pytest.raises(TargetError, match="teamtailor:TOKEN"):
        teamtailor.boards(Fetcher("teamtailor"), None)
    assert teamtailor.expand("anemone.teamtailor.com", None) == ["anemone"]
    assert teamtailor.expand("jobs.anemone.example", None) == ["jobs.anemone.example"]
    for board in ("anemone/jobs", "a b", "https://jobs.anemone.example"):
        with pytest.raises(TargetError):
            teamtailor.expand(board, None)

"""Recorded answers of real APIs, replayed by a loopback server: all records parsed, nothing of them lost.

Runs with --responses DIR. Recordings may be cut to a few records, so a total that says more is no fault here.
"""

import csv
import html
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from werkzeug import Request, Response

from scrapers.dates import parse_date
from scrapers.errors import TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import load, names

STORY = "4711"


@dataclass(frozen=True)
class Recording:
    """Where a source expects a recorded answer, and what stands in it."""

    path: str
    records: Callable[[Any], list[Any]]
    """The records that are to become postings."""
    source: str = ""
    """Name of the source, where the recordings are named otherwise."""
    board: str = "acme"
    later: Callable[[Mapping[str, str]], bool] = lambda _: False
    """Does a request ask for a later page, which was not recorded?"""
    empty: Any = field(default_factory=dict)
    """What a later page answers."""
    bodies: tuple[str, ...] = ()
    """Fields of a record that hold its text."""
    posted: str = ""
    """Field of a record that holds its date of posting."""


def member(name: str) -> Callable[[Any], list[Any]]:
    return lambda answer: list(answer[name])


def pages_by(name: str, *first: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda args: args.get(name, first[0]) not in first


def is_open(body: bytes) -> bool:
    """Tell whether the one job of a page was still open today, by the day it gives itself."""
    until = re.search(rb'"validThrough"\s*:\s*"(\d{4}-\d\d-\d\d)', body)
    return until is None or until[1].decode() >= datetime.now(UTC).date().isoformat()


RECORDINGS = {
    "greenhouse": Recording("/v1/boards/acme/jobs", member("jobs"), bodies=("content",), posted="first_published"),
    "lever": Recording(
        "/v0/postings/acme",
        list,
        later=pages_by("skip", "0"),
        empty=[],
        bodies=("description", "additional"),
        posted="createdAt",
    ),
    "ashby": Recording(
        "/posting-api/job-board/acme", member("jobs"), bodies=("descriptionHtml",), posted="publishedAt"
    ),
    "smartrecruiters": Recording("/v1/companies/acme/postings", member("content"), posted="releasedDate"),
    "recruitee": Recording(
        "/api/offers/", member("offers"), bodies=("description", "requirements"), posted="published_at"
    ),
    "workable": Recording("/api/v1/widget/accounts/acme", member("jobs"), posted="published_on"),
    "teamtailor": Recording("/jobs.json", member("items"), posted="date_published"),
    "arbeitnow": Recording(
        "/api/job-board-api",
        member("data"),
        board="",
        later=pages_by("page", "1"),
        empty={"data": []},
        bodies=("description",),
        posted="created_at",
    ),
    "remotive": Recording(
        "/api/remote-jobs", member("jobs"), board="", bodies=("description",), posted="publication_date"
    ),
    "remoteok": Recording(
        "/api", lambda a: [r for r in a if "position" in r], board="", bodies=("description",), posted="date"
    ),
    "himalayas": Recording(
        "/jobs/api",
        member("jobs"),
        board="",
        later=pages_by("offset", "0"),
        empty={"jobs": []},
        bodies=("description",),
        posted="pubDate",
    ),
    "jobicy": Recording("/api/v2/remote-jobs", member("jobs"), board="", bodies=("jobDescription",), posted="pubDate"),
    "hn_algolia": Recording(
        f"/api/v1/items/{STORY}", member("hits"), source="hackernews", board=STORY, bodies=("comment_text",)
    ),
    "jobposting_html": Recording(
        "/job/1", lambda body: [{}] if is_open(body) else [], source="jobposting", board="https://jobs.example/job/1"
    ),
}


def as_thread(answer: Any) -> Any:
    """Return a page of search hits as the thread that the source reads."""
    children = [{"id": int(h["objectID"]), "text": h["comment_text"]} for h in answer["hits"]]
    return {"id": int(STORY), "title": answer["story_title"], "children": children, "kids": [c["id"] for c in children]}


def with_body(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of a list as its detail, with a body of our own: bodies were not recorded."""
    parts = {"jobDescription": "<p>Stir.</p>", "qualifications": "<ul><li>R&amp;D</li></ul>"}
    return {**item, "jobAd": {"sections": {name: {"title": "", "text": text} for name, text in parts.items()}}}


def answer_as(name: str, body: bytes) -> Callable[[Request], Any]:
    """Return what answers as the source did when the body was recorded."""
    recording = RECORDINGS[name]

    def answer(request: Request) -> Any:
        if name == "hn_algolia":
            return as_thread(json.loads(body))
        if name == "smartrecruiters" and request.path != recording.path:
            items = {item["id"]: item for item in recording.records(json.loads(body))}
            return with_body(items[request.path.rsplit("/", 1)[-1]])
        if request.path != recording.path:
            return Response("not recorded", status=404)
        return recording.empty if recording.later(request.args) else Response(body)

    return answer


def plain(text: str) -> str:
    """Return the letters and digits of a text alone: how it is broken into lines does not matter."""
    return re.sub(r"[\W_]+", "", text).casefold()


def plain_html(markup: str | None) -> str:
    """Return the letters and digits that HTML shows, entity-escaped or not, read without the project's own reader."""
    return plain(BeautifulSoup(html.unescape(html.unescape(markup or "")), "lxml").get_text())


def read(name: str, url: str) -> list[Posting]:
    recording = RECORDINGS[name]
    module = load(recording.source or name)
    fetcher = Fetcher(module.SOURCE.name, base_url=url, sleep=lambda _: None)
    records: list[Any] = []
    with suppress(TruncatedError):
        records.extend(module.read_board(fetcher, recording.board, None))
    assert [r for r in records if not isinstance(r, Posting)] == []
    return records


@pytest.fixture(params=sorted(RECORDINGS))
def recorded(request: pytest.FixtureRequest, responses: Path) -> tuple[str, list[Path]]:
    """A source with the files that were recorded of it."""
    name = request.param
    with (responses / "index.csv").open(encoding="utf-8", newline="") as index:
        files = [responses / row["file"] for row in csv.DictReader(index) if row["source"] == name]
    if not files or (RECORDINGS[name].source or name) not in names():
        pytest.skip(f"nothing recorded of {name}, or no such source")
    return name, files


def test_every_record_becomes_a_posting_with_all_of_its_text_and_the_right_date(
    recorded: tuple[str, list[Path]], serve: Callable[[Callable[[Request], Any]], str]
) -> None:
    name, files = recorded
    recording = RECORDINGS[name]
    for path in files:
        body = path.read_bytes()
        got = read(name, serve(answer_as(name, body)))
        records = recording.records(json.loads(body) if path.suffix == ".json" else body)
        assert len(got) == len(records), path
        assert all(p.title and p.native_id and p.raw_sha for p in got)
        for record, posting in zip(records, got, strict=True):
            check_text(name, record, posting)
            check_date(name, record, posting)


def check_text(name: str, record: dict[str, Any], posting: Posting) -> None:
    text = plain(posting.text)
    for part in RECORDINGS[name].bodies:
        assert plain_html(record[part]) in text, part
    assert not re.search(r"</?(?:p|li|ul|div|br|strong|span)\b|&(?:amp|lt|gt|nbsp|quot);", posting.text)
    for section in posting.sections:
        assert plain(section.text) in text
    if name == "lever":
        expected = [(plain(part["text"]), plain_html(part["content"])) for part in record["lists"]]
        assert [(plain(s.heading), plain(s.text)) for s in posting.sections] == expected
    elif name == "recruitee":
        asked = [plain(s.text) for s in posting.sections if s.kind == "required"]
        assert asked == [plain_html(record["requirements"])]
    elif name == "jobposting_html":
        assert len(text) > 500
    elif name == "smartrecruiters":
        assert [(s.kind, s.text) for s in posting.sections] == [("unknown", "Stir."), ("required", "- R&D")]


def check_date(name: str, record: dict[str, Any], posting: Posting) -> None:
    recording = RECORDINGS[name]
    assert posting.posted_at is not None
    assert posting.posted_at_kind == load(recording.source or name).SOURCE.date_kind
    if recording.posted:
        # Days and hours alone: whether a bare time is given an offset is the source's to know.
        assert posting.posted_at[:13] == (parse_date(record[recording.posted]) or "")[:13]

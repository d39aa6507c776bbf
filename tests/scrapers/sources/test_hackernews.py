"""Hiring threads from a server that answers like Algolia and Firebase, with the faults both have shown."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.errors import BusyError, FetchError, GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, hackernews, load, names

PAGES = Path(__file__).parents[2] / "pages" / "hackernews"
STORY = 9100


def page(name: str) -> Any:
    return json.loads((PAGES / name).read_text(encoding="utf-8"))


class Site:
    """Both hosts on one address; tests change what it answers before they ask."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/")
        self.search = [page("search_page_0.json"), page("search_page_1.json")]
        self.tree = page("algolia_item_9100.json")
        self.items = page("firebase_items.json")
        self.user = page("firebase_user.json")
        self.faults: dict[str, Response] = {}
        self.asked: list[str] = []
        server.expect_request(re.compile("/.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        for start, fault in self.faults.items():
            if request.path.startswith(start):
                return fault
        return Response(json.dumps(self.body(request)), content_type="application/json")

    def body(self, request: Request) -> Any:
        path = request.path
        if path == "/api/v1/search_by_date":
            assert request.args["tags"] == "story,author_whoishiring"
            return self.search[int(request.args["page"])]
        if path == f"/api/v1/items/{STORY}":
            return self.tree
        if path == "/v0/user/whoishiring.json":
            return self.user
        if path.startswith("/v0/item/"):
            return self.items.get(path.removeprefix("/v0/item/").removesuffix(".json"))
        return {"message": "no such path"}

    def fetcher(self) -> Fetcher:
        return Fetcher("hackernews", base_url=self.url, sleep=lambda _: None)

    def read(self, board: str = "2023-03") -> list[Posting | Reject]:
        return list(hackernews.read_board(self.fetcher(), board, None))


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def by_id(records: list[Posting | Reject]) -> dict[str | None, Posting]:
    assert all(isinstance(r, Posting) for r in records), records
    return {r.native_id: r for r in records if isinstance(r, Posting)}


def test_the_source_is_found_by_walking_the_folder() -> None:
    assert "hackernews" in names()
    assert load("hackernews").SOURCE.family == "hn"
    with pytest.raises(TargetError, match="hackernews"):
        load("hackernoose")


def test_a_thread_is_read_as_its_golden_postings_say(site: Site) -> None:
    got = []
    for posting in site.read():
        assert isinstance(posting, Posting)
        assert posting.raw_sha is not None
        row = asdict(posting)
        got.append({k: row[k] for k in row if k not in ("raw_sha", "content_sha", "run")})
    golden = page("postings.json")
    assert json.loads(json.dumps(got, ensure_ascii=False)) == golden


def test_replies_removed_and_null_comments_are_no_adverts(site: Site) -> None:
    assert set(by_id(site.read())) == {"9110", "9112", "9115", "9116", "9120"}


def test_what_algolia_missed_is_topped_up_from_firebase_and_nothing_else_is_asked(site: Site) -> None:
    site.read()
    assert [p for p in site.asked if p.startswith("/v0/")] == [
        f"/v0/item/{n}.json" for n in (STORY, 9116, 9117, 9118, 9120)
    ]


def break_500(site: Site) -> None:
    site.faults["/api/v1/items"] = Response("down", status=500)


def break_shape(site: Site) -> None:
    site.tree = {"id": STORY, "hits": []}


def break_html(site: Site) -> None:
    site.faults["/api/v1/items"] = Response("<html>", status=200)


def lose_children(site: Site) -> None:
    site.tree["children"] = None


def shorten(site: Site) -> None:
    site.tree["children"] = site.tree["children"][:1]


@pytest.mark.parametrize("fault", [break_500, break_shape, break_html, lose_children, shorten])
def test_whatever_algolia_does_the_same_postings_come_out(site: Site, fault: Callable[[Site], None]) -> None:
    whole = by_id(site.read())
    fault(site)
    again = by_id(site.read())
    assert {k: (p.posting_id, p.text, p.company) for k, p in again.items()} == {
        k: (p.posting_id, p.text, p.company) for k, p in whole.items()
    }


def test_an_algolia_that_failed_is_not_asked_again_in_the_run(site: Site) -> None:
    break_500(site)
    fetcher = site.fetcher()
    for _ in range(2):
        list(hackernews.read_board(fetcher, str(STORY), None))
    assert len([p for p in site.asked if p.startswith("/api/v1/items")]) == 3


def test_a_short_pause_is_waited_for_and_a_long_one_ends_the_board(site: Site) -> None:
    site.faults["/api/v1/items"] = Response("", status=429, headers={"Retry-After": "2"})
    assert len(site.read()) == 5
    site.faults["/api/v1/items"] = Response("", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(BusyError):
        site.read()


def test_without_firebase_the_thread_is_kept_but_known_to_be_unchecked(site: Site) -> None:
    site.faults["/v0/"] = Response("", status=500)
    records = hackernews.read_board(site.fetcher(), "2023-03", None)
    assert {r.native_id for r in islice(records, 3)} == {"9110", "9112", "9115"}
    with pytest.raises(TruncatedError, match="completeness"):
        next(records)


def test_when_both_fail_nothing_is_made_up(site: Site) -> None:
    site.faults["/v0/"] = Response("", status=500)
    break_500(site)
    with pytest.raises(FetchError):
        site.read()


def test_a_record_without_sense_is_rejected_beside_good_ones(site: Site) -> None:
    site.tree["children"][0]["text"] = ["no", "text"]
    site.items["9120"] = "not an item"
    records = site.read()
    rejects = [r for r in records if isinstance(r, Reject)]
    assert [r.native_id for r in rejects] == ["9110", "9120"]
    assert len(records) - len(rejects) == 3


@pytest.mark.parametrize("number", [[1], {"a": 1}, "\ud800", True, 1.5])
def test_a_comment_with_an_odd_number_is_rejected_and_read_from_firebase(site: Site, number: Any) -> None:
    site.tree["children"][0]["id"] = number
    records = site.read()
    assert [r.reason for r in records if isinstance(r, Reject)] == ["a comment needs a number and a text"]
    good = by_id([r for r in records if isinstance(r, Posting)])
    assert set(good) == {"9110", "9112", "9115", "9116", "9120"}


def test_the_month_is_the_titles_not_the_timestamps(site: Site) -> None:
    for hit in site.search[0]["hits"]:
        hit["created_at"], hit["created_at_i"] = "2019-07-07T00:00:00Z", 1562457600
    assert {p.posted_at for p in by_id(site.read()).values()} == {"2023-03"}
    assert by_id(site.read("9100")).keys() == by_id(site.read("2023-03")).keys()
    assert {p.board for p in by_id(site.read("9100")).values()} == {"2023-03"}


def test_boards_are_the_newest_two_or_all_since_a_date(site: Site) -> None:
    assert hackernews.boards(site.fetcher(), None) == ["2023-04", "2023-03"]
    assert site.asked == ["/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=100&page=0"]
    assert hackernews.boards(site.fetcher(), "2023-03-15") == ["2023-04", "2023-03"]
    assert hackernews.boards(site.fetcher(), "2023") == ["2023-04", "2023-03", "2023-02"]


def test_threads_are_found_through_firebase_when_the_search_fails(site: Site) -> None:
    site.faults["/api/v1/search_by_date"] = Response("", status=503)
    assert hackernews.boards(site.fetcher(), "2023-02") == ["2023-04", "2023-03", "2023-02"]
    assert hackernews.boards(site.fetcher(), None) == ["2023-04", "2023-03"]


def test_the_search_is_read_once_for_many_months(site: Site) -> None:
    fetcher = site.fetcher()
    for month in ("2023-03", "2023-02", "2023-03"):
        list(hackernews.read_board(fetcher, month, None))
    assert len([p for p in site.asked if "search_by_date" in p]) == 2


def test_a_search_that_broke_is_begun_anew_by_the_next_board(site: Site) -> None:
    fetcher = site.fetcher()
    site.faults["/"] = Response("", status=500)
    with pytest.raises(FetchError):
        list(hackernews.read_board(fetcher, "2023-03", None))
    site.faults.clear()
    assert len(list(hackernews.read_board(fetcher, "2023-03", None))) == 5


def test_a_month_or_story_that_does_not_exist_is_gone(site: Site) -> None:
    with pytest.raises(GoneError, match="2010-05"):
        site.read("2010-05")
    site.faults["/api/v1/items"] = Response("", status=404)
    with pytest.raises(GoneError):
        site.read("4711")


def test_another_story_is_no_hiring_thread(site: Site) -> None:
    site.tree["title"] = site.items[str(STORY)]["title"] = "Ask HN: Who wants to be hired? (March 2023)"
    with pytest.raises(ParseError, match="hiring thread"):
        site.read("9100")


@pytest.mark.parametrize(
    ("board", "boards"),
    [
        ("2023-03", ["2023-03"]),
        ("35000000", ["35000000"]),
        ("2022-11..2023-02", ["2022-11", "2022-12", "2023-01", "2023-02"]),
        ("2023-03..2023-03", ["2023-03"]),
    ],
)
def test_a_board_name_stands_for_months_or_a_story(board: str, boards: list[str]) -> None:
    assert hackernews.expand(board, None) == boards


def test_what_lies_before_the_date_to_begin_from_is_not_read() -> None:
    assert hackernews.expand("2022-11..2023-02", "2023") == ["2023-01", "2023-02"]
    assert hackernews.expand("2022-11..2023-02", "2023-02-14") == ["2023-02"]
    assert hackernews.expand("2023-03", "2023-03") == ["2023-03"]
    for board in ("2022-11..2023-02", "2023-02", "35000000"):
        with pytest.raises(TargetError, match=r"2023-03|one thread"):
            hackernews.expand(board, "2023-03")


@pytest.mark.parametrize("board", ["2023-13", "march", "2023-03..2022-03", "2023", "../etc", "2023-03.."])
def test_a_board_name_without_sense_is_refused(board: str) -> None:
    with pytest.raises(TargetError):
        hackernews.expand(board, None)


def test_reading_does_not_depend_on_the_order_of_comments(site: Site) -> None:
    before = by_id(site.read())
    site.tree = copy.deepcopy(site.tree)
    site.tree["children"].reverse()
    site.items[str(STORY)]["kids"].reverse()
    after = by_id(site.read())
    assert {k: p.posting_id for k, p in before.items()} == {k: p.posting_id for k, p in after.items()}

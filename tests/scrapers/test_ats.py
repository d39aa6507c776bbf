"""Boards of employers: which names are refused, and that no record, however odd, is lost or costs another."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.ats import check_token, in_path, join_names, join_parts, says_remote, take_new
from scrapers.errors import TargetError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, ashby, greenhouse, lever, recruitee

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "text"]), inner, max_size=2),
    max_leaves=4,
)
FIELDS = {
    greenhouse: "id title content location offices metadata first_published updated_at absolute_url company_name",
    lever: "id text description additional lists categories createdAt workplaceType country hostedUrl",
    ashby: "id title descriptionHtml location secondaryLocations address publishedAt workplaceType isRemote jobUrl",
    recruitee: "id title description requirements locations location country_code published_at remote company_name",
}
LISTS = {greenhouse: "jobs", ashby: "jobs", recruitee: "offers"}


class Still:
    """Stands for a fetcher whose every request is answered alike."""

    def __init__(self, body: Any) -> None:
        self.page = Page("still", "https://still.example/", json.dumps(body).encode(), "0" * 64)

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> Page:
        return self.page


def read(source: Any, records: list[Any]) -> list[Posting | Reject]:
    body = {LISTS[source]: records, "meta": {"total": len(records)}} if source in LISTS else records
    return list(source.read_board(cast(Fetcher, Still(body)), "acme", None))


@pytest.mark.parametrize("source", FIELDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_of_each_record_comes_a_posting_or_a_reject_and_a_good_one_is_kept(source: Any, data: st.DataObject) -> None:
    odd = data.draw(st.dictionaries(st.sampled_from(FIELDS[source].split()), ODD) | ODD)
    if isinstance(odd, dict):
        odd["id"] = "odd"
    good = {"id": "good", "title": "Baker", "text": "Baker", "content": "", "description": ""}
    records = read(source, [odd, good])
    assert len(records) == 2
    assert isinstance(records[1], Posting)
    assert records[1].native_id == "good"
    first = records[0]
    assert first.native_id == "odd" if isinstance(first, Posting) else first.reason


@pytest.mark.parametrize("board", ["acme", "Acme Foods", "Acme%20Foods", "acme.ai", "a", "회사", "7-seas", "a_b"])
def test_a_token_is_one_part_of_an_address(board: str) -> None:
    assert check_token(greenhouse.SOURCE, board) == [board]
    assert "/" not in in_path(board)
    assert in_path(in_path(board)) == in_path(board)


@pytest.mark.parametrize("board", ["", " acme", "../x", "a..b", "a/b", "a?b", "a#b", "a\\b", "a\x00", "-a", "a" * 101])
def test_what_can_be_no_token_is_refused(board: str) -> None:
    with pytest.raises(TargetError):
        check_token(greenhouse.SOURCE, board)


def test_an_escaped_slash_stays_escaped() -> None:
    assert in_path("a%2F..%2Fb") == "a%2F..%2Fb"


def test_records_without_a_number_are_no_repetition_of_each_other() -> None:
    page, known = Still([]).page, set[str]()
    records = [{"id": None, "title": "a"}, {"id": None, "title": "b"}, {"id": 1}, {"id": 1}, 7]
    assert take_new(page, records, known) == [*records[:2], {"id": 1}, 7]
    assert take_new(page, [], known) == []
    assert take_new(page, [{"id": 1}, {"id": 2}], known) == [{"id": 2}]
    with pytest.raises(TruncatedError):
        take_new(page, [{"id": 2}], known)


def test_parts_and_names_are_joined_without_gaps() -> None:
    parts: list[str | Section] = ["", "Intro", Section("Asked", "required", "- Yeast"), Section("", "unknown", "Salt")]
    assert join_parts(parts) == "Intro\n\nAsked\n- Yeast\n\nSalt"
    assert join_names(["Seoul", None, " Seoul ", 5, "", "Busan"]) == "Seoul; Busan"
    assert join_names([None]) is None


@pytest.mark.parametrize(
    ("name", "remote"), [("Remote - US", True), ("재택근무", True), ("Remotely", None), ("Seoul", None), (None, None)]
)
def test_a_place_that_says_nothing_of_remote_work_is_no_no(name: Any, remote: bool | None) -> None:
    assert says_remote(name) is remote

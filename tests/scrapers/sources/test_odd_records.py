"""Boards of employers: no record, however odd, is lost or costs another."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.fetch import Fetcher, Page
from scrapers.posting import Posting
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
    good = {
        "id": "good",
        "title": "Baker",
        "text": "Baker",
        "content": "We knead.",
        "description": "We knead.",
        "descriptionHtml": "We knead.",
    }
    records = read(source, [odd, good])
    assert len(records) == 2
    assert isinstance(records[1], Posting)
    assert records[1].native_id == "good"
    first = records[0]
    assert first.native_id == "odd" if isinstance(first, Posting) else first.reason

"""Fields of records: parts and names joined, names found in whatever shape, and what a place says of remote work."""

from typing import Any

import pytest

from scrapers.fields import dig, join_names, join_parts, says_remote, to_names
from scrapers.posting import Section


def test_parts_and_names_are_joined_without_gaps() -> None:
    parts: list[str | Section] = ["", "Intro", Section("Asked", "required", "- Yeast"), Section("", "unknown", "Salt")]
    assert join_parts(parts) == "Intro\n\nAsked\n- Yeast\n\nSalt"
    assert join_names(["Seoul", None, " Seoul ", 5, "", "Busan"]) == "Seoul; Busan"
    assert join_names([None]) is None
    assert join_names(["Bundang ", "Tokyo", "Bundang"], ", ") == "Bundang, Tokyo"


def test_names_come_from_texts_lists_and_objects() -> None:
    assert to_names(["Full-Time", {"name": "Sales &amp; Shells"}, None, 3, " "]) == ["Full-Time", "Sales & Shells"]
    assert to_names("Seoul") == ["Seoul"]
    assert to_names({"name": "Seoul"}) == ["Seoul"]
    assert to_names(None) == to_names(4) == []


def test_digging() -> None:
    record = {"a": {"b": [1]}, "c": None}
    assert dig(record, "a", "b") == [1]
    assert dig(record, "a", "b", "c") is None
    assert dig(record, "c", "d") is None
    assert dig("text", "a") is None
    assert dig(record) is record


@pytest.mark.parametrize(
    ("name", "remote"), [("Remote - US", True), ("재택근무", True), ("Remotely", None), ("Seoul", None), (None, None)]
)
def test_a_place_that_says_nothing_of_remote_work_is_no_no(name: Any, remote: bool | None) -> None:
    assert says_remote(name) is remote

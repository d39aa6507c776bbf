"""Entries read one by one: a bad one costs itself, a repeated answer ends the reading, a board stays a board."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.ats import as_lines
from scrapers.build import Record
from scrapers.entries import check_host, read_all, read_xml, to_names
from scrapers.errors import ParseError, TargetError, TruncatedError
from scrapers.fetch import Page
from scrapers.posting import Posting
from scrapers.sources import Reject
from scrapers.sources.remotive import SOURCE


def page(body: bytes = b"") -> Page:
    return Page("remotive", "https://example.com/feed", body, "0" * 64)


def to_record(entry: Mapping[str, Any]) -> Record:
    return Record(
        native_id=entry["n"], title=entry.get("title", "Data Engineer"), text=as_lines(entry.get("text"), "text")
    )


def numbers(answers: list[list[Any]]) -> list[str | None]:
    records = read_all(SOURCE, "", [(page(), entries) for entries in answers], to_record)
    return [record.native_id for record in records if isinstance(record, Posting)]


@given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=5), max_size=6))
def test_however_entries_are_spread_over_pages_each_comes_once_until_a_page_repeats(pages: list[list[int]]) -> None:
    expected: list[str] = []
    repeats = False
    for entries in pages:
        new = list(dict.fromkeys(str(n) for n in entries if str(n) not in expected))
        if repeats := not new:
            break
        expected += new
    got = []
    records = read_all(SOURCE, "", [(page(), [{"n": n} for n in entries]) for entries in pages], to_record)
    try:
        for record in records:
            got.append(record.native_id)
    except TruncatedError:
        assert repeats
    else:
        assert not repeats
    assert got == expected


@pytest.mark.parametrize("odd", [None, 7, "job", ["job"], {"n": 2, "text": ["no", "text"]}, {"n": None}, {"n": [2]}])
def test_a_bad_entry_is_a_reject_beside_good_ones(odd: Any) -> None:
    records = list(read_all(SOURCE, "", [(page(), [{"n": 1}, odd, {"n": 3}])], to_record))
    assert [record.native_id for record in records if isinstance(record, Posting)] == ["1", "3"]
    (reject,) = (record for record in records if isinstance(record, Reject))
    assert reject.reason
    assert reject.source == "remotive"


def test_empty_answers_are_no_repeats() -> None:
    assert numbers([[], []]) == []


def test_names_come_from_texts_lists_and_objects() -> None:
    assert to_names(["Full-Time", {"name": "Sales &amp; Shells"}, None, 3, " "]) == ["Full-Time", "Sales & Shells"]
    assert to_names("Seoul") == ["Seoul"]
    assert to_names({"name": "Seoul"}) == ["Seoul"]
    assert to_names(None) == to_names(4) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Please wait",
        b"<html></html>",
        json.dumps({"jobs": []}).encode(),
        b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>',
        b'<?xml version="1.0" encoding="no-such-encoding"?><r/>',
    ],
)
def test_what_is_not_the_xml_expected_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_xml(page(body), "r")


def test_xml_is_read_though_a_pasted_text_holds_what_xml_forbids() -> None:
    assert read_xml(page("\n<?xml version='1.0'?><r>모래\x0b톱</r>".encode()), "r").text == "모래톱"


def test_a_board_is_a_token_or_a_host_of_the_platform() -> None:
    assert check_host(SOURCE, "acme-1", (".example.com",)) == "acme-1"
    assert check_host(SOURCE, "acme.example.com", (".example.com",)) == "acme"
    assert check_host(SOURCE, "jobs.acme.com", (".example.com",), is_host_allowed=True) == "jobs.acme.com"
    assert check_host(SOURCE, "a.na.example.com", (".example.com",), is_host_allowed=True) == "a.na.example.com"


@pytest.mark.parametrize(
    "board",
    ["", " ", "acme/../x", "acme?x=1", "acme#", "a@b", "a:80", "-a", "a..b", ".a", "http://a", "모래", "a.b.com"],
)
def test_what_could_turn_an_address_elsewhere_is_no_board(board: str) -> None:
    with pytest.raises(TargetError):
        check_host(SOURCE, board, (".example.com",))


@given(st.text(max_size=30) | st.from_regex(r"[\w.:/@?#%\\\\-]{1,20}", fullmatch=True))
def test_an_accepted_board_never_leaves_the_platform(board: str) -> None:
    with suppress(TargetError):
        token = check_host(SOURCE, board, (".example.com",))
        parts = urlsplit(f"https://{token}.example.com/xml")
        assert (parts.hostname, parts.path) == (f"{token}.example.com".lower(), "/xml")
        assert parts.port is None
        assert parts.username is None

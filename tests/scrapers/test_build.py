"""Building: a bad entry costs itself, a repeated answer ends the reading, XML is read in whatever encoding."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.build import Record, build, read_all, read_detail, read_xml
from scrapers.errors import BusyError, DeadlineError, FetchError, GoneError, ParseError, ScrapeError, TruncatedError
from scrapers.fetch import Page
from scrapers.fields import as_lines
from scrapers.posting import Posting, Section
from scrapers.sources import Reject
from scrapers.sources.remotive import SOURCE


def page(body: bytes = b"") -> Page:
    return Page("remotive", "https://example.com/feed", body, "0" * 64)


def to_record(entry: Mapping[str, Any]) -> Record:
    return Record(
        native_id=entry["n"],
        title=entry.get("title", "Data Engineer"),
        text=as_lines(entry.get("text", "We dig."), "text"),
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


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "euc-kr", "cp949"],
)
def test_xml_is_read_in_its_encoding_without_what_xml_forbids(encoding: str, declares: bool) -> None:
    name = encoding.removesuffix("-sig") if declares or encoding in ("euc-kr", "cp949") else ""
    head = f'<?xml version="1.0" encoding="{name}"?>' if name else ""
    # ഊ is 0D 0A in UTF-16: bytes that are no line break there.
    letters = "모래" if encoding in ("euc-kr", "cp949") else "모래ഊ"
    body = f"{head}<r>{letters}\x0b\x1f톱</r>\r\n".encode(encoding)
    assert read_xml(page(body), "r").text == f"{letters}톱"


@pytest.mark.parametrize("encoding", ["utf-16", "punycode", "utf-8"])
def test_a_declaration_that_cannot_be_true_is_not_believed(encoding: str) -> None:
    assert read_xml(page(f"<?xml version='1.0' encoding='{encoding}'?><r>모래-톱</r>".encode()), "r").text == "모래-톱"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_xml_that_ends_amid_a_letter_or_asks_for_entities_is_an_error(encoding: str) -> None:
    for body in (
        "<r>모래</r>".encode(encoding)[:-1] + b"\xff",
        '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'.encode(encoding),
    ):
        with pytest.raises(ParseError):
            read_xml(page(body), "r")


def fail(error: ScrapeError) -> int:
    raise error


@pytest.mark.parametrize("kind", [FetchError, GoneError, ParseError])
def test_one_page_that_fails_costs_its_own_job(kind: type[ScrapeError]) -> None:
    found = read_detail("kiosk", "b", 7, lambda: fail(kind("kiosk", "https://kiosk.example/7", "no paper")))
    assert found == Reject("kiosk", "b", "7", "its own page failed: no paper", "https://kiosk.example/7")


@pytest.mark.parametrize("kind", [BusyError, DeadlineError])
def test_what_stops_a_board_is_raised(kind: type[ScrapeError]) -> None:
    with pytest.raises(kind):
        read_detail("kiosk", "b", 7, lambda: fail(kind("kiosk", "", "later")))


def test_an_entry_meant_for_nobody_is_passed_over_and_may_come_again_to_be_seen() -> None:
    def read(entry: Mapping[str, Any]) -> Record | None:
        return None if entry.get("hidden") else to_record(entry)

    pages = [[{"n": 1, "hidden": True}], [{"n": 1}, {"n": 2, "hidden": True}]]
    records = read_all(SOURCE, "", [(page(), entries) for entries in [*pages, pages[0]]], read)
    assert next(records).native_id == "1"
    with pytest.raises(TruncatedError, match="repeats"):
        next(records)


def test_entries_without_a_number_are_no_repetition_of_each_other() -> None:
    pages: list[list[Any]] = [
        [{"n": None, "title": "a"}, {"n": None, "title": "b"}],
        [{"n": None, "title": "c"}],
        [{"n": 1}],
    ]
    records = list(read_all(SOURCE, "", [(page(), entries) for entries in pages], to_record))
    assert [isinstance(record, Reject) for record in records] == [True, True, True, False]


def test_a_job_described_elsewhere_is_asked_for_once_and_keeps_the_page_that_describes_it() -> None:
    asked = []

    def read(entry: Mapping[str, Any]) -> Record:
        asked.append(entry["n"])
        if entry["n"] == 2:
            raise FetchError("remotive", "https://example.com/2", "the server answers 500")
        return Record(native_id=entry["n"], title="Diver", text="We dive.", page=Page("remotive", "", b"", "1" * 64))

    entries: list[Any] = [{"n": 1}, {"n": 1}, {"n": 2}, {"n": None}, {"n": 3}, {"n": 2}]
    records = list(read_all(SOURCE, "", [(page(), entries)], read, number="n"))
    assert asked == [1, 2, 3]
    assert [record.native_id for record in records] == ["1", "2", None, "3"]
    assert [record.reason for record in records if isinstance(record, Reject)] == [
        "its own page failed: the server answers 500",
        "a job needs a number",
    ]
    assert {record.raw_sha for record in records if isinstance(record, Posting)} == {"1" * 64}


@pytest.mark.parametrize(("sections", "text"), [([Section("A", "unknown", "b")], "A\nb"), ([], "")])
def test_a_body_is_made_of_its_sections_and_may_be_empty(sections: list[Section], text: str) -> None:
    record = Record(native_id=1, title="Diver", sections=[*sections, Section("C", "unknown", " ")])
    posting = build(SOURCE, "", page(), record)
    assert isinstance(posting, Posting)
    assert (posting.text, list(posting.sections)) == (text, sections)


@pytest.mark.parametrize(
    ("country", "location", "expected"),
    [
        ("Germany", "Oslo", "DE"),
        (None, "Oslo, Norway", "NO"),
        (["Germany", "DE"], "Berlin", "DE"),
        (["Germany", "France"], "Berlin", None),
        (["Germany", "Atlantis"], "Berlin", None),
        (["Germany", None], "Berlin", None),
        ("Germany, France", "Berlin; Paris", None),
        ([], "Oslo", "NO"),
        ([None, None], "Oslo", "NO"),
        (None, None, None),
    ],
)
def test_a_posting_has_a_country_only_where_all_of_its_places_agree(
    country: Any, location: str | None, expected: str | None
) -> None:
    record = Record(native_id=1, title="Diver", text="We dive.", country=country, location=location)
    posting = build(SOURCE, "", page(), record)
    assert isinstance(posting, Posting)
    assert posting.country == expected


def test_what_is_told_of_an_odd_record_is_short() -> None:
    (odd,) = read_all(SOURCE, "", [(page(), [["sand" * 1000]])], to_record)
    assert isinstance(odd, Reject)
    assert len(odd.excerpt) == 200

"""Reading a board: whatever a source raises ends its own board, but for what concerns the store."""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import ParseError as XmlError

import pytest

from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.reading import Reading, list_boards, read_board
from scrapers.sources import Reject
from scrapers.store import StoreError
from tests.scrapers.conftest import Platform

POSTING = Posting(posting_id="p", source="gardens", board="acme", native_id="1", text="We plan gardens.")
FAULTS = [
    *(RuntimeError("odd"), NotImplementedError(), RecursionError(), StopIteration(), zlib.error("-3"), LookupError()),
    *(AssertionError(), OSError("odd"), EOFError(), XmlError("odd"), BufferError(), KeyError("jobs"), OverflowError()),
    *(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd"), TypeError(), AttributeError()),
]


class Broken(Platform):
    """A source that breaks after its first posting, and when it is asked for its boards."""

    def __init__(self, error: Exception) -> None:
        super().__init__("gardens")
        self.error = error

    def boards(self, fetcher: Fetcher, since: str | None) -> list[str]:
        raise self.error

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        yield POSTING
        raise self.error


def clock() -> float:
    return 0.0


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_a_fault_of_a_source_costs_its_board(error: Exception) -> None:
    reading = read_board(Broken(error), Fetcher("gardens"), "acme", None, clock)
    outcome, reason = reading.outcome()
    assert (outcome, len(reading.postings)) == ("failed", 1)
    assert reason.startswith("gardens: unexpected ")
    listed = list_boards(Broken(error), Fetcher("gardens"), None, clock)
    assert isinstance(listed, Reading)
    assert listed.outcome()[0] == "failed"


@pytest.mark.parametrize("error", [StoreError("no space left"), MemoryError()])
def test_what_concerns_all_boards_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        read_board(Broken(error), Fetcher("gardens"), "acme", None, clock)


@pytest.mark.parametrize("odd", [{"text": 8}, {"native_id": "\ud800"}, {"sections": (None,)}])
def test_what_cannot_be_stored_is_told_of_and_the_rest_kept(odd: dict[str, Any]) -> None:
    reading = Reading("gardens", "acme", [POSTING, replace(POSTING, **odd), POSTING])
    reading.sift()
    assert (reading.postings, len(reading.rejects)) == ([POSTING, POSTING], 1)

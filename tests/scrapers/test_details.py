import pytest

from scrapers.details import dig, names_of, read_detail
from scrapers.errors import BusyError, DeadlineError, FetchError, GoneError, ParseError, ScrapeError
from scrapers.sources import Reject


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


def test_digging() -> None:
    record = {"a": {"b": [1]}, "c": None}
    assert dig(record, "a", "b") == [1]
    assert dig(record, "a", "b", "c") is None
    assert dig(record, "c", "d") is None
    assert dig("text", "a") is None
    assert dig(record) is record


def test_names() -> None:
    assert (
        names_of([{"name": "Bundang "}, {"name": "Tokyo"}, {"name": "Bundang"}, {"name": None}, "x"])
        == "Bundang, Tokyo"
    )
    assert names_of([]) is names_of(None) is names_of("Seoul") is None

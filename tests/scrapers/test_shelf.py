"""The shelf: what is put there is read back as it was, and what is damaged was never there."""

from dataclasses import astuple, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import errors
from scrapers.files import Files
from scrapers.kept import Fetch
from scrapers.posting import Posting, Section
from scrapers.reading import Listing, Reading
from scrapers.shelf import Shelf
from scrapers.sources import Reject, SourceModule

ANY = st.text(st.characters(exclude_categories=()), max_size=6)
"""Also halves of characters, which pages hold."""
WORDS = st.text(max_size=6)
KINDS = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.ScrapeError)]
BOARDS = [
    "",
    "acme",
    "Acme",
    "eu.acme",
    ".hidden",
    "온실",
    "https://jobs.example/a/b?c=%2F",
    "https://jobs.example/" * 40,
]


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    texts: dict[str, Any] = {f.name: draw(WORDS) for f in fields(Posting) if f.type is str}
    sections = tuple(draw(st.lists(st.builds(Section, WORDS, WORDS, WORDS), max_size=2)))
    posting = replace(
        Posting(**texts), sections=sections, title=draw(st.none() | WORDS), remote=draw(st.none() | st.booleans())
    )
    error = st.builds(lambda kind, *words: kind(*words), st.sampled_from(KINDS), ANY, ANY, ANY, ANY)
    return Reading(
        draw(st.sampled_from(["demo", "lever"])),
        draw(st.sampled_from(BOARDS) | ANY),
        [posting] * draw(st.integers(0, 2)),
        draw(st.lists(st.builds(Reject, ANY, ANY, st.none() | ANY, ANY, ANY), max_size=2)),
        draw(st.lists(st.builds(Fetch, ANY, ANY, ANY, ANY, ANY, status=st.sampled_from([200, 404])), max_size=2)),
        draw(st.none() | error),
        draw(WORDS),
        draw(st.integers(0, 9)),
    )


def values(reading: Reading | Listing | None) -> tuple[Any, ...]:
    """All that a reading holds; errors by what they say, for two of them are never equal."""
    assert isinstance(reading, Reading)
    error = reading.error
    told = error and (type(error), str(error), error.source, error.url, error.reason, error.detail)
    return (told, *astuple(replace(reading, error=None)))


@given(readings())
@settings(max_examples=60)
def test_a_reading_is_read_back_as_it_was(reading: Reading) -> None:
    with TemporaryDirectory() as root:
        Shelf(Files(root), "r1").put(reading)
        found = Shelf(Files(root), "r1").find(reading.source, reading.board)
    assert values(found) == values(reading)
    assert found
    assert (found.outcome(), found.page, found.is_asked) == (reading.outcome(), reading.page, reading.is_asked)


def test_boards_of_all_names_lie_side_by_side_and_can_be_removed(tmp_path: Path) -> None:
    shelf = Shelf(Files(tmp_path), "r1")
    for n, board in enumerate(BOARDS):
        shelf.put(Reading("demo", board, requests=n))
    again = Shelf(Files(tmp_path), "r1")
    assert [(found := again.find("demo", board)) and found.requests for board in BOARDS] == [*range(len(BOARDS))]
    assert len({path.name.lower() for path in tmp_path.rglob("*.json")}) == len(BOARDS)
    Files(tmp_path).remove_all(shelf.folder)
    assert not any(tmp_path.iterdir())


def test_asked_for_boards_it_gives_back_what_is_there(tmp_path: Path) -> None:
    shelf = Shelf(Files(tmp_path), "r1")
    shelf.put_listing("demo", Listing(["a", "b"], [Fetch("GET", "https://demo.example", "", "sha")]))
    shelf.put(Reading("demo", "a", last_sha="x"))
    (damaged,) = tmp_path.rglob("*-a.json")
    shelf.put(Reading("demo", "b"))
    damaged.write_bytes(b'{"source": "demo"')
    module = cast(SourceModule, SimpleNamespace(SOURCE=SimpleNamespace(name="demo")))
    shelf.ask_boards(module)
    results = shelf.results()
    _, listing = next(results)
    assert isinstance(listing, Listing)
    shelf.ask(module, [*listing.boards, "c"])
    found = [reading for _, reading in results if isinstance(reading, Reading)]
    assert [(r.board, r.is_asked) for r in found] == [("a", False), ("b", True), ("c", False)]


def test_a_source_that_could_not_list_its_boards_says_why(tmp_path: Path) -> None:
    failed = Reading("demo", "", error=errors.FetchError("demo", "https://demo.example", "no answer"), requests=3)
    Shelf(Files(tmp_path), "r1").put_listing("demo", failed)
    assert values(Shelf(Files(tmp_path), "r1").listing("demo")) == values(failed)
    assert Shelf(Files(tmp_path), "r1").find("demo", "") is None

"""The list of boards: the bundled one, a user's own over it, and one line for whatever is wrong with either."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scrapers import boards as boards_module
from scrapers.boards import COLUMNS, Board, load, named, parse, read_boards
from scrapers.collect import collect
from scrapers.sources import load as load_source
from scrapers.store import Store, StoreError, bundled
from tests.scrapers.conftest import job, serve

HEAD = ",".join(COLUMNS) + "\n"


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platforms: object) -> Path:
    path = tmp_path / "bundle" / "boards.csv"
    path.parent.mkdir()
    path.write_text(HEAD + "gardens,acme,Acme,,seen open 2025\nkitchens,,Kitchens,KR,\n", encoding="utf-8")
    monkeypatch.setattr(boards_module, "bundled", lambda name: tmp_path / "bundle" / name)
    return path


def test_the_bundled_list_names_sources_that_exist() -> None:
    found = parse(bundled("boards.csv").read_bytes(), "boards.csv")
    assert len(found) > 500
    assert {"hackernews", "toss", "lg", "line", "woowahan", "greenhouse:daangn", "lever:eu.corti"} <= set(found)
    assert all(board.label for board in found.values())
    tokens = [(load_source(board.platform), board.token) for board in found.values() if board.token]
    assert [token for source, token in tokens if source.expand(token, None) != [token]] == []


def test_a_board_of_the_data_root_is_added_or_replaces_the_bundled_one(tmp_path: Path, bundle: Path) -> None:
    store = Store(tmp_path / "root")
    assert load(store) == ["gardens:acme", "kitchens"]
    # As a spreadsheet would save it: a mark at the start, other order, fewer columns.
    own = "token,platform,label\r\nacme,gardens,Acme Orchards\r\n당근 마켓,gardens,당근\r\n"
    store.files.write("boards.csv", own.encode("utf-8-sig"))
    assert load(store) == ["gardens:acme", "kitchens", "gardens:당근 마켓"]
    assert read_boards(store)["gardens:acme"] == Board("gardens", "acme", "Acme Orchards")


def test_a_checkout_is_its_own_data_root(bundle: Path) -> None:
    assert load(Store(bundle.parent)) == ["gardens:acme", "kitchens"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "gardens,a,,,\nsheds,b,,,\n", "line 3: there is no source 'sheds', there are gardens, kitchens"),
        (HEAD + "gardens,a,,,\nkitchens,a,,,\ngardens,a,again,,\n", "line 4: doubled"),
        (HEAD + "gardens,a,,Korea,\n", "line 2: country 'Korea' is not two capital letters"),
        (HEAD + "gardens,a\x1b[2J,,,\n", "line 2: 'a\\x1b[2J' is no name of a board"),
        (HEAD + "gardens,a,Acme, Inc,KR,\n", "line 2: more cells than columns"),
        ("platform,label\ngardens,a\n", "has no column token"),
        ("", "has no column platform"),
        (HEAD + 'gardens,"a\n', "is no CSV in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, bundle: Path, content: str, said: str) -> None:
    store = Store(tmp_path / "root")
    store.files.write("boards.csv", content.encode())
    with pytest.raises(StoreError) as raised:
        load(store)
    assert said in str(raised.value)
    assert "root/boards.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_bytes_that_are_no_utf8_are_told(platforms: object) -> None:
    with pytest.raises(StoreError, match=r"x\.csv is no CSV in UTF-8"):
        parse(HEAD.encode() + "gardens,a,배달,,\n".encode("cp949"), "x.csv")


def test_a_source_without_a_board_stands_for_its_listed_boards(tmp_path: Path) -> None:
    store = Store(tmp_path)
    listed = load(store)
    greenhouse = [target for target in listed if target.startswith("greenhouse:")]
    assert len(greenhouse) > 1
    assert named(store, ["hackernews", "greenhouse", "lever:kelp"]) == ["hackernews", *greenhouse, "lever:kelp"]
    assert named(store, ["personio"]) == ["personio"]


def test_boards_that_a_stopped_run_did_not_ask_come_first_in_the_next(
    tmp_path: Path, bundle: Path, platforms: object, httpserver: HTTPServer
) -> None:
    store = Store(tmp_path / "root")
    serve(httpserver, "gardens:acme", [job(1)])
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    collect(["gardens:acme"], store, run="r1", base_url=httpserver.url_for("/"), now=now)
    assert load(store) == ["kitchens", "gardens:acme"]

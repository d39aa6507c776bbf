"""`collect` and `boards check` as an operator meets them: what is shown, where, and with which exit code."""

import os
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scrapers import boards as boards_module
from tests.conftest import Run
from tests.scrapers.conftest import job, serve


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platforms: object, httpserver: HTTPServer) -> list[str]:
    (tmp_path / "boards.csv").write_text("platform,token\ngardens,acme\nkitchens,other\n", encoding="utf-8")
    monkeypatch.setattr(boards_module, "bundled", lambda name: tmp_path / name)
    return ["--data", str(tmp_path / "root"), "--base-url", httpserver.url_for("/").rstrip("/"), "--interval", "0"]


def test_a_run_without_fault_ends_with_its_sums(words: list[str], run: Run, httpserver: HTTPServer) -> None:
    serve(httpserver, "gardens:acme", [job(1), job(2)])
    code, out, err = run("collect", "gardens:acme", "--run", "r1", *words)
    assert (code, err) == (0, "")
    assert out == "gardens:acme  ok  2 postings, 2 new, 0 changed\nrun r1: 1 ok; 2 new postings\n"


def test_a_page_of_a_new_shape_can_be_opened(words: list[str], run: Run, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/gardens/acme/1").respond_with_data("<h1>Closed for the winter</h1>")
    code, out, err = run("collect", "gardens:acme", "--run", "r1", *words)
    board, place, advice, _ = out.splitlines()
    assert code == 1
    assert "is not JSON" in board
    path = Path(place.removeprefix("  its page: "))
    assert path.is_file()
    assert advice.startswith("1 x the answer has a new shape: look at its page")
    assert err.startswith("airflow-demand: 1 of 1 boards not read to the end: gardens:acme; what was read is stored")


def test_a_replay_of_a_board_never_fetched_says_so(words: list[str], run: Run) -> None:
    code, out, err = run("collect", "--replay", "gardens:acme", "--run", "r1", *words)
    assert code == 1
    assert out.splitlines()[1] == "1 x no page of it is kept: collect without --replay first (gardens:acme)"
    assert err.count("\n") == 1


def test_a_dry_run_asks_nothing_and_stores_nothing(
    words: list[str], run: Run, httpserver: HTTPServer, tmp_path: Path
) -> None:
    code, out, _ = run("collect", "--dry-run", *words)
    assert code == 0
    base = httpserver.url_for("").rstrip("/")
    assert f"  begins with {base}/gardens/acme/1" in out.splitlines()
    assert "api.example" not in out
    assert httpserver.log == []
    assert not os.path.exists(tmp_path / "root")


def test_one_listed_board_can_be_checked_and_an_unlisted_one_is_named(
    words: list[str], run: Run, httpserver: HTTPServer
) -> None:
    serve(httpserver, "gardens:acme", [job(1)])
    given = words[:4]
    code, out, _ = run("boards", "check", "gardens:acme", *given)
    assert (code, out) == (0, "1 boards asked: 1 ok; 0 retired\nchecked 1 of 1\n")
    code, out, err = run("boards", "check", "gardens:moss", *given)
    assert (code, out) == (2, "")
    assert err == (
        "airflow-demand: gardens:moss is not in the list: add it to boards.csv in the data root, "
        "or read it with: airflow-demand collect gardens:moss\n"
    )

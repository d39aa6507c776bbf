"""Sightings of a board that is collected five times: days seen, edits, and what a broken reading does not say."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from scrapers.board_check import check
from scrapers.boards import Board
from scrapers.collect import collect
from scrapers.posting import Posting
from scrapers.sightings import sightings
from scrapers.store import Store
from tests.scrapers.conftest import Platform, job, serve

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, platforms: dict[str, Platform], monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("scrapers.sightings.names", lambda: list(platforms))
    monkeypatch.setattr("scrapers.sightings.load", platforms.__getitem__)
    return Store(tmp_path)


def run(store: Store, server: HTTPServer, day: int, jobs: list[dict[str, Any]] | None) -> None:
    server.clear()
    serve(server, "gardens:acme", jobs)
    now = MONDAY + timedelta(days=day)
    collect(["gardens:acme"], store, run=f"r{day}", now=now, base_url=server.url_for("/"))


def seen(store: Store) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "posting_id"} for row in sightings(store).to_pylist()]


def row(first: str, last: str, is_open: bool | None, **more: Any) -> dict[str, Any]:
    own = {"source": "gardens", "board": "acme", "edited_on": [], "n_vanished": 0, "n_returned": 0}
    return {**own, "first_seen": f"2026-11-{first}", "last_seen": f"2026-11-{last}", "is_open": is_open, **more}


def test_a_posting_is_followed_through_edit_absence_and_return(store: Store, httpserver: HTTPServer) -> None:
    run(store, httpserver, 0, [job(1), job(2), job(3)])
    run(store, httpserver, 1, [job(1), job(2, text="We plan two gardens."), job(3)])
    run(store, httpserver, 2, [job(1)])
    assert seen(store) == [
        row("02", "04", True),
        row("02", "03", False, edited_on=["2026-11-03"], n_vanished=1),
        row("02", "03", False, n_vanished=1),
    ]
    run(store, httpserver, 3, [job(1), job(2, text="We plan three gardens.")])
    assert seen(store)[1] == row("02", "05", True, edited_on=["2026-11-03", "2026-11-05"], n_vanished=1, n_returned=1)


def run_beside(store: Store, server: HTTPServer, day: int, jobs: list[dict[str, Any]] | None, **more: Any) -> int:
    """Collect the board beside one that answers unless told otherwise, and return how many of its postings vanished."""
    server.clear()
    serve(server, "gardens:acme", jobs)
    serve(server, "gardens:beside", more.pop("beside", []) or None)
    now = MONDAY + timedelta(days=day)
    report = collect(["gardens:acme", "gardens:beside"], store, run=f"r{day}", now=now, **more)
    return report.boards[0].n_vanished


ALIVE = {"beside": [job(9)]}


@pytest.mark.usefixtures("in_earnest")
def test_a_board_gone_on_three_days_closes_what_it_showed_and_an_answer_opens_it_again(
    store: Store, httpserver: HTTPServer
) -> None:
    jobs = [job(1), job(2)]
    days: list[tuple[list[dict[str, Any]] | None, int]] = [
        *((jobs, 0), (None, 0), (None, 0), (jobs, 0), (None, 0), (None, 0), (None, 2), (None, 0)),
    ]
    for day, (shown, n_vanished) in enumerate(days):
        assert run_beside(store, httpserver, day, shown, **ALIVE) == n_vanished, day
    assert [r for r in seen(store) if r["board"] == "acme"] == [row("02", "05", False, n_vanished=1)] * 2
    assert json.loads(store.files.read("runs/r6.json"))["boards"][0]["n_vanished"] == 2
    run_beside(store, httpserver, 8, [job(1)], **ALIVE)
    assert [r for r in seen(store) if r["board"] == "acme"] == [
        row("02", "10", True, n_vanished=1, n_returned=1),
        row("02", "05", False, n_vanished=1),
    ]


@pytest.mark.usefixtures("in_earnest")
def test_a_board_that_a_check_found_gone_is_closed_by_the_next_run_though_it_is_not_asked(
    store: Store, httpserver: HTTPServer
) -> None:
    for day, shown in enumerate(([job(1)], None, None)):
        run_beside(store, httpserver, day, shown, **ALIVE)
    check([Board("gardens", "acme"), Board("gardens", "beside")], store, run="c", now=MONDAY + timedelta(days=3))
    assert seen(store)[0] == row("02", "02", True)
    collect(["gardens:beside"], store, run="r4", now=MONDAY + timedelta(days=4))
    assert seen(store)[0] == row("02", "02", False, n_vanished=1)


@pytest.mark.usefixtures("in_earnest")
def test_gone_beside_no_board_that_answers_or_elsewhere_closes_nothing(store: Store, httpserver: HTTPServer) -> None:
    run_beside(store, httpserver, 0, [job(1)], **ALIVE)
    for day in range(1, 5):
        run_beside(store, httpserver, day, None)
    for day in range(5, 9):
        run_beside(store, httpserver, day, None, base_url=httpserver.url_for("/"), **ALIVE)
    assert seen(store)[0] == row("02", "02", True)


@pytest.mark.usefixtures("in_earnest")
def test_a_run_at_another_server_closes_nothing_that_the_board_itself_showed(
    store: Store, httpserver: HTTPServer
) -> None:
    run_beside(store, httpserver, 0, [job(1), job(2)], **ALIVE)
    assert run_beside(store, httpserver, 1, [job(2)], base_url=httpserver.url_for("/"), **ALIVE) == 0
    assert seen(store)[0] == row("02", "02", True)


@pytest.mark.parametrize("broken", [None, [job(1), job(2, title="")]])
def test_a_board_that_was_not_read_whole_says_nothing_of_what_is_open(
    store: Store, httpserver: HTTPServer, broken: list[dict[str, Any]] | None
) -> None:
    run(store, httpserver, 0, [job(1), job(2)])
    run(store, httpserver, 5, broken)
    assert seen(store) == [row("02", "02", True), row("02", "02", True)]


def test_where_postings_stay_for_ever_none_is_called_open(
    store: Store, httpserver: HTTPServer, platforms: dict[str, Platform]
) -> None:
    platforms["gardens"].SOURCE = replace(platforms["gardens"].SOURCE, may_vanish=False)
    run(store, httpserver, 0, [job(1), job(2)])
    run(store, httpserver, 1, [job(1)])
    assert seen(store) == [row("02", "02", None), row("02", "02", None)]


def test_a_store_without_collected_postings_has_no_sightings(store: Store) -> None:
    assert seen(store) == []


@pytest.mark.parametrize("told", [{"is_replay": True}, {"since": "2026-01"}])
def test_pages_read_again_and_partial_runs_say_nothing_of_what_was_open(store: Store, told: dict[str, Any]) -> None:
    board = {"source": "gardens", "board": "acme", "outcome": "ok", "n_rejected": 0}
    posting = Posting(posting_id="p", source="gardens", board="acme", native_id="1", text="We plan gardens.")
    for day, text, more in (("02", "", {}), ("03", " All year.", told)):
        with store.begin(f"r{day}", read_on=f"2026-11-{day}") as writer:
            writer.add([replace(posting, text=posting.text + text)])
            writer.seen("gardens", "acme", ["p"], may_vanish=False)
            writer.commit({"run": f"r{day}", "boards": [board], **more})
    edited = [] if "is_replay" in told else ["2026-11-03"]
    assert seen(store) == [row("02", "03" if edited else "02", True, edited_on=edited)]

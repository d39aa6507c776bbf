"""Checking boards on a loopback server: what is asked, when a board is retired or taken back, and whose it is."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from scrapers.board_check import Checked, check, is_other_company, is_same_company, unchecked
from scrapers.board_history import standings
from scrapers.boards import Board
from scrapers.collect import collect
from scrapers.errors import DeadlineError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject
from scrapers.store import Store, StoreError
from tests.scrapers.conftest import Platform, job, serve

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALIVE, GONE, ALONE = "gardens:alive", "gardens:gone", "kitchens:alone"
Ask = Callable[..., dict[str, Checked]]


@pytest.fixture
def store(tmp_path: Path, platforms: dict[str, Platform], in_earnest: None) -> Store:
    return Store(tmp_path / "root")


@pytest.fixture
def ask(store: Store, httpserver: HTTPServer) -> Ask:
    """Check targets on a day counted from Monday; the server answers for those given here, with 404 for None."""

    def call(day: int, hour: int = 0, **answers: list[dict[str, object]] | None) -> dict[str, Checked]:
        httpserver.clear()
        boards = []
        for name, jobs in answers.items():
            target = name.replace("_", ":")
            serve(httpserver, target, jobs)
            platform, token = target.split(":")
            boards.append(Board(platform, token, "Kelp & Sons"))
        now = MONDAY + timedelta(days=day, hours=hour)
        run = f"check-{now:%Y%m%dT%H%M}"
        found = check(boards, store, run=run, now=now)
        return {c.board.target: c for c in found}

    return call


def retired(store: Store, *targets: str) -> set[str]:
    return {target for target, standing in standings(store, targets).items() if standing.is_retired}


def test_only_the_first_page_of_each_board_is_asked_for(ask: Ask, httpserver: HTTPServer, store: Store) -> None:
    found = ask(0, gardens_alive=[job(1), job(2)], gardens_empty=[], gardens_gone=None, kitchens_alone=[job(3)])
    assert {target: c.result.outcome for target, c in found.items()} == {
        ALIVE: "ok",
        "gardens:empty": "ok_empty",
        GONE: "gone",
        ALONE: "ok",
    }
    asked = sorted(request.path for request, _ in httpserver.log)
    # A board without a first posting is read on: only its end tells that it is empty.
    assert asked == ["/gardens/alive/1", "/gardens/empty/1", "/gardens/empty/2", "/gardens/gone/1", "/kitchens/alone/1"]
    (kept,) = store.files.names("checks")
    assert [b["outcome"] for b in json.loads(store.files.read(kept))["boards"]] == ["ok", "ok_empty", "gone", "ok"]
    assert store.commits() == []


def test_an_error_is_its_boards_outcome_and_a_bad_record_is_passed_over(ask: Ask) -> None:
    broken = {"id": 1}
    found = ask(0, gardens_rejected=[job(1, title="")], gardens_second=[job(1, title=""), job(2)], gardens_odd=[broken])
    assert [c.result.outcome for c in found.values()] == ["failed", "ok", "failed"]
    assert found["gardens:odd"].result.reason.startswith("gardens: unexpected KeyError")


def test_an_end_without_anything_read_is_a_failure_as_when_collecting(
    ask: Ask, httpserver: HTTPServer, platforms: dict[str, Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        yield from ()
        raise DeadlineError("gardens", "", "the time for one board is over")

    monkeypatch.setattr(platforms["gardens"], "read_board", late)
    assert ask(0, gardens_alive=[])[ALIVE].result.outcome == "failed"


def test_a_check_that_is_stopped_keeps_what_it_found_and_is_gone_on_with(store: Store, httpserver: HTTPServer) -> None:
    boards = [Board("gardens", f"b{i}") for i in range(40)]
    for board in boards:
        serve(httpserver, board.target, [job(1)])
    stop = Event()
    found = check(boards, store, run="c", now=MONDAY, stop=stop, on_board=lambda _: stop.set())
    left = unchecked(boards, store, "c")
    assert 0 < len(found) < 40
    assert {c.result.outcome for c in found} == {"ok"}
    assert left == [board for board in boards if board not in [c.board for c in found]]
    httpserver.clear_log()
    check(left, store, run="c", now=MONDAY)
    assert len(httpserver.log) == len(left)
    assert len(json.loads(store.files.read("checks/c.json"))["boards"]) == 40
    assert unchecked(boards, store, "c") == []


def test_a_check_needs_no_turn_of_its_own_beside_a_collecting_run(ask: Ask, store: Store) -> None:
    with store.lock():
        assert ask(0, gardens_alive=[job(1)])[ALIVE].result.outcome == "ok"
    assert standings(store, [ALIVE])[ALIVE].outcome == "ok"


def test_gone_on_three_days_beside_a_board_that_answers_retires(ask: Ask, store: Store) -> None:
    for day in (0, 7):
        ask(day, gardens_alive=[job(1)], gardens_gone=None, kitchens_alone=None)
    ask(7, hour=5, gardens_alive=[job(1)], gardens_gone=None)
    assert retired(store, ALIVE, GONE, ALONE) == set(), "three checks, but on two days"
    ask(14, gardens_alive=[job(1)], gardens_gone=None, kitchens_alone=None)
    assert retired(store, ALIVE, GONE, ALONE) == {GONE}, "kitchens had no board that answered"
    ask(21, gardens_alive=[job(1)], gardens_gone=[job(2)])
    assert retired(store, ALIVE, GONE, ALONE) == set()


def test_without_a_healthy_board_beside_it_nothing_is_held_for_gone(ask: Ask, store: Store) -> None:
    for day in range(6):
        ask(day, gardens_gone=None, gardens_other=None, gardens_empty=[])
    assert retired(store, GONE) == set()


def test_collecting_runs_count_as_well_and_an_answer_in_between_starts_anew(
    ask: Ask, store: Store, httpserver: HTTPServer
) -> None:
    def run(day: int, jobs: list[dict[str, object]] | None) -> None:
        httpserver.clear()
        serve(httpserver, ALIVE, [job(1)])
        serve(httpserver, GONE, jobs)
        now = MONDAY + timedelta(days=day)
        collect([ALIVE, GONE], store, run=f"r{day}", now=now)

    run(0, None)
    ask(1, gardens_alive=[job(1)], gardens_gone=None)
    run(2, [job(1), job(2)])
    assert standings(store, [GONE])[GONE].n == 2
    run(3, None)
    ask(4, gardens_alive=[job(1)], gardens_gone=None)
    assert retired(store, GONE) == set()
    run(5, None)
    assert retired(store, GONE) == {GONE}
    standing = standings(store, [GONE])[GONE]
    assert (standing.outcome, standing.n, standing.gone_on) == ("gone", 2, ("2026-11-05", "2026-11-06", "2026-11-07"))


def test_a_report_of_a_run_that_never_committed_says_nothing(ask: Ask, store: Store) -> None:
    ask(0, gardens_alive=[job(1)])
    report = json.loads(store.files.read(store.files.names("checks")[0]))
    for board in report["boards"]:
        board["outcome"] = "failed"
    store.files.write("runs/later.json", json.dumps({**report, "at": "2027-01-01"}).encode())
    assert standings(store, [ALIVE])[ALIVE].outcome == "ok"


def test_runs_and_checks_elsewhere_count_only_where_the_boards_were_never_asked(
    ask: Ask, store: Store, httpserver: HTTPServer
) -> None:
    boards_ = [Board("gardens", "alive"), Board("gardens", "gone")]
    serve(httpserver, ALIVE, [job(1)])
    serve(httpserver, GONE, None)
    for day in range(4):
        more: Any = {"now": MONDAY + timedelta(days=day), "base_url": httpserver.url_for("/")}
        collect([ALIVE, GONE], store, run=f"r{day}", **more)
        check(boards_, store, run=f"c{day}", **more)
    assert retired(store, ALIVE, GONE) == {GONE}
    ask(5, gardens_gone=[job(1)])
    assert retired(store, ALIVE, GONE) == set()
    assert standings(store, [GONE])[GONE].n is None, "counted with a run elsewhere"


def test_a_damaged_report_is_told(ask: Ask, store: Store) -> None:
    ask(0, gardens_alive=[job(1)])
    store.files.write(store.files.names("checks")[0], b"{")
    with pytest.raises(StoreError, match="is damaged"):
        standings(store, [ALIVE])


def test_a_board_of_another_company_is_told_and_never_retired(ask: Ask, store: Store) -> None:
    for day in range(4):
        found = ask(day, gardens_alive=[job(1, company="Basalt Bank AG")])
    assert found[ALIVE].is_other_company
    assert standings(store, [ALIVE])[ALIVE].company == "Basalt Bank AG"
    assert retired(store, ALIVE) == set()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Kelp & Sons", "KELP AND SONS, Inc.", True),
        ("주식회사 바른식탁", "바른식탁(주)", True),
        ("Kelp", "Kelp Labs", True),
        ("kelp.io", "Kelp", True),
        ("Kelp", "Basalt", False),
        ("바른식탁", "푸른정원", False),
        ("Co", "Inc", False),
    ],
)
def test_names_of_one_employer(one: str, other: str, is_same: bool) -> None:
    assert is_same_company(one, other) is is_same_company(other, one) is is_same


def test_a_name_that_repeats_the_token_tells_nothing() -> None:
    board = Board("gardens", "costar", "CoStar Group")
    assert not is_other_company(board, "costar")
    assert not is_other_company(board, "")
    assert is_other_company(board, "Constellation Bakery")


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names_can_be_compared(one: str, other: str) -> None:
    assert is_same_company(one, one)
    assert is_same_company(one, other) == is_same_company(other, one)

"""Collecting in two steps: the same store as in one, whatever was cut short on the way."""

import json
import os
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers.client import Client
from scrapers.collect import collect
from scrapers.errors import NothingReadError, SourceDownError, StoppedError, TargetError
from scrapers.report import BoardResult, Report
from scrapers.shelf import Shelf
from scrapers.staging import open_stage, read_stage, settle
from scrapers.store import Store, StoreError
from tests.scrapers.faulty import TODAY
from tests.scrapers.market import SOURCES, TARGETS, Market
from tests.scrapers.wire import Wire, serve

SOAK = bool(os.environ.get("AIRFLOW_DEMAND_SOAK"))
N_CUTS = 8
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class PowerCut(BaseException):
    """Stands for the end of the process: nothing in the project catches it."""


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def wire(market: Market, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    # Between two tries of one page nobody needs to wait for a server on this machine.
    monkeypatch.setattr(Client, "rest", lambda client, visit, url, seconds: client.check(visit, url))
    with serve() as wire:
        wire.answer = market.answer
        yield wire


def stage(store: Store, url: str, run: str, targets: list[str] = TARGETS, **more: Any) -> None:
    """Open a stage and read all its sources."""
    jobs = open_stage(store, targets, run=run, base_url=url, now=NOW, **more).jobs
    for job in jobs:
        read_stage(store, run, job.source, interval=0.0)


def tree(root: Path) -> dict[str, Any]:
    """All files; reports without the seconds in them."""
    found: dict[str, Any] = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.name != ".lock"):
        content: Any = path.read_bytes()
        if path.parent.name == "runs":
            content = json.loads(content)
            for board in content["boards"]:
                board["seconds"] = 0.0
        found[str(path.relative_to(root))] = content
    return found


def test_in_two_steps_the_store_is_that_of_one(wire: Wire, market: Market, tmp_path: Path) -> None:
    at_once, staged = Store(tmp_path / "at_once"), Store(tmp_path / "staged")
    for run, jobs in (("r1", market.jobs), ("r2", TODAY), ("r3", TODAY)):
        market.jobs = jobs
        told = collect(TARGETS, at_once, run=run, base_url=wire.url, now=NOW, interval=0.0)
        stage(staged, wire.url, run)
        report = settle(staged, run)
        assert report == Report.from_dict(json.loads(staged.files.read(f"runs/{run}.json")))
        assert [(b.target, b.outcome, b.n) for b in report.boards] == [(b.target, b.outcome, b.n) for b in told.boards]
    assert {b.outcome for b in told.boards} == {"ok", "gone", "failed"}
    assert len(told.boards) == len(TARGETS) + 1
    assert tree(tmp_path / "staged") == tree(tmp_path / "at_once")


def test_what_is_read_says_how_many_boards_ended_how(wire: Wire, tmp_path: Path) -> None:
    store = Store(tmp_path)
    open_stage(store, TARGETS, run="r1", base_url=wire.url, now=NOW)
    told: list[BoardResult] = []
    counts = read_stage(store, "r1", "greenhouse", interval=0.0, on_board=told.append)
    assert [b.board for b in told] == ["kelp", "gone", "sick", "odd"]
    expected = {"n_boards": 4, "n_failed": 2, "n_gone": 1, "n_unasked": 0, "n_early": 0, "n": 2, "n_rejected": 1}
    assert counts == expected
    wire.asked.clear()
    assert read_stage(store, "r1", "greenhouse", interval=0.0) == expected
    assert {path for path in (r.path.split("/")[3] for r in wire.asked)} == {"sick", "odd"}
    settle(store, "r1")
    assert read_stage(store, "r1", "greenhouse", interval=0.0) == expected


def test_a_source_that_was_down_stays_down_after_the_commit(wire: Wire, market: Market, tmp_path: Path) -> None:
    store = Store(tmp_path)
    market.down.add("/v0/postings")
    for job in open_stage(store, TARGETS, run="r1", base_url=wire.url, now=NOW).jobs:
        with suppress(SourceDownError):
            read_stage(store, "r1", job.source, interval=0.0)
    settle(store, "r1")
    wire.asked.clear()
    with pytest.raises(SourceDownError, match="no board could be read"):
        read_stage(store, "r1", "lever", interval=0.0)
    assert read_stage(store, "r1", "greenhouse", interval=0.0)["n_boards"] == 4
    assert not wire.asked


@pytest.fixture
def undisturbed(wire: Wire, tmp_path: Path) -> dict[str, Any]:
    store = Store(tmp_path / "undisturbed")
    stage(store, wire.url, "r1")
    settle(store, "r1")
    return tree(tmp_path / "undisturbed")


def test_a_cut_at_any_file_is_gone_on_with(
    wire: Wire, tmp_path: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, n_cuts, lock = os.replace, 0, threading.Lock()
    cuts = range(100) if SOAK else [*random.Random(len(undisturbed)).sample(range(40), N_CUTS), 99]
    for at in cuts:
        root, left = tmp_path / f"cut{at}", at
        store = Store(root)

        def cut(source: str, target: str) -> None:
            nonlocal left
            with lock:
                left -= 1
                is_cut = left < 0
            if is_cut:
                raise PowerCut
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", cut)
            try:
                stage(store, wire.url, "r1")
                settle(store, "r1")
                break
            except PowerCut:
                n_cuts += 1
        if not store.has_run("r1"):
            stage(store, wire.url, "r1")
        settle(store, "r1")
        assert tree(root) == undisturbed
    assert n_cuts >= N_CUTS


def test_a_stop_keeps_what_was_read_and_is_gone_on_with(
    wire: Wire, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    store = Store(tmp_path / "stopped")
    open_stage(store, TARGETS, run="r1", base_url=wire.url, now=NOW)
    for source in SOURCES:
        stop, ended = threading.Event(), list[str]()

        def end(result: BoardResult, ended: list[str] = ended, stop: threading.Event = stop) -> None:
            ended.append(result.board)
            stop.set()

        with suppress(StoppedError):
            read_stage(store, "r1", source, interval=0.2, stop=stop, on_board=end)
        assert all(Shelf(store.files, "r1").find(source, board) for board in ended)
        read_stage(store, "r1", source, interval=0.0)
    settle(store, "r1")
    assert tree(tmp_path / "stopped") == undisturbed


def test_a_run_that_is_stopped_before_all_is_read_says_so(wire: Wire, tmp_path: Path) -> None:
    store, stop = Store(tmp_path), threading.Event()
    open_stage(store, TARGETS, run="r1", base_url=wire.url, now=NOW)
    stop.set()
    with pytest.raises(StoppedError, match="greenhouse: stopped before 4 boards were read: run it again"):
        read_stage(store, "r1", "greenhouse", interval=0.0, stop=stop)
    assert not wire.asked


def test_what_was_not_staged_is_reported_as_not_asked_and_closes_nothing(
    wire: Wire, market: Market, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    stage(store, wire.url, "r1")
    settle(store, "r1")
    market.jobs = TODAY
    open_stage(store, TARGETS, run="r2", base_url=wire.url, now=NOW)
    read_stage(store, "r2", "lever", interval=0.0)
    report = settle(store, "r2")
    boards = [t for t in TARGETS if not t.startswith("lever")]
    assert sorted(report.unasked) == sorted(boards)
    assert [(b.target, b.n_new, b.n_vanished) for b in report.boards] == [("lever:eu.kelp", 2, 1), ("lever:kelp", 2, 1)]


def test_a_dead_source_costs_no_other(wire: Wire, market: Market, tmp_path: Path) -> None:
    store = Store(tmp_path)
    market.down |= {"/v0/postings", "/api/v1", "/v0/item", "/v0/user"}
    open_stage(store, TARGETS, run="r1", base_url=wire.url, now=NOW)
    for source in ("lever", "hackernews"):
        with pytest.raises(SourceDownError) as raised:
            read_stage(store, "r1", source, interval=0.0)
        line = str(raised.value)
        assert line.startswith(f"{source}: no board could be read: ")
        assert "the server is in trouble: collect again later" in line
        assert "\n" not in line
    for source in ("greenhouse", "jobposting", "smartrecruiters"):
        read_stage(store, "r1", source, interval=0.0)
    report = settle(store, "r1")
    assert {b.source for b in report.boards if b.outcome == "ok"} == {"greenhouse", "jobposting", "smartrecruiters"}
    assert [b.target for b in report.boards if b.source in ("lever", "hackernews")] == [
        *("lever:eu.kelp", "lever:kelp", "hackernews")
    ]
    assert {name for name, part in report.by_source().items() if part.is_silent} == {"lever", "hackernews"}


def test_where_all_are_dead_nothing_changes(wire: Wire, market: Market, tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage(store, wire.url, "r1")
    settle(store, "r1")
    before = tree(tmp_path)
    market.down.add("/")
    stage_of_r2 = open_stage(store, TARGETS, run="r2", base_url=wire.url, now=NOW)
    for job in stage_of_r2.jobs:
        with pytest.raises(SourceDownError):
            read_stage(store, "r2", job.source, interval=0.0)
    with pytest.raises(NothingReadError, match="nothing was changed: 8 x the server is in trouble") as raised:
        settle(store, "r2")
    assert "\n" not in str(raised.value)
    assert {name: c for name, c in tree(tmp_path).items() if not name.startswith("staging/")} == before
    market.down = {"/sick/"}
    stage(store, wire.url, "r2")
    assert settle(store, "r2").boards[0].outcome == "ok"


def test_what_makes_no_sense_is_refused_in_one_line(wire: Wire, tmp_path: Path) -> None:
    store = Store(tmp_path)
    for error, targets, run in (
        (TargetError, ["nowhere"], "r1"),
        (TargetError, [], "r1"),
        (StoreError, TARGETS, "../r1"),
    ):
        with pytest.raises(error):
            open_stage(store, targets, run=run, now=NOW)
    assert not any(tmp_path.iterdir())
    with pytest.raises(StoreError, match="nothing is planned"):
        settle(store, "r1")
    open_stage(store, TARGETS, run="r1", now=NOW)
    with pytest.raises(TargetError, match="does not ask it"):
        read_stage(store, "r1", "toss")
    with pytest.raises(NothingReadError, match="no source was asked"):
        settle(store, "r1")


def test_where_there_are_no_folders_it_is_the_same(wire: Wire, undisturbed: dict[str, Any]) -> None:
    """As on object storage: files with slashes in their names, and no lock."""
    store = Store("memory://staged")
    stage(store, wire.url, "r1")
    settle(store, "r1")
    found: dict[str, Any] = {name: store.files.read(name) for name in store.files.names("")}
    found["runs/r1.json"] = json.loads(found["runs/r1.json"])
    assert found == undisturbed

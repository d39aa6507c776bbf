"""Many boards at one host: what its server sees of the limit, of pauses it asks for, and of a second run."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from scrapers import fetch
from scrapers.collect import Report, collect
from scrapers.fetch import sha_of
from scrapers.pace import LOST
from scrapers.sources.greenhouse import SOURCE
from scrapers.store import Store
from tests.scrapers.wire import Request, Steps, Wire, page, serve

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BOARDS = [f"kelp{n}" for n in range(500)]
INTERVAL = 0.04


SENT = "X-Sent"


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server to which each request says when it was sent: on its way, on a busy machine, it may be held up."""
    send = HTTPAdapter.send

    def stamp(adapter: HTTPAdapter, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        request.headers[SENT] = str(time.monotonic())
        return send(adapter, request, **more)

    monkeypatch.setattr(HTTPAdapter, "send", stamp)
    with serve() as wire:
        yield wire


def board(request: Request) -> Steps:
    """Answer with a board of one or two jobs, or with 304 to whoever has it."""
    token = request.path.split("/")[3]
    jobs = [{"id": n, "title": "Gardener", "content": f"{token} {n}"} for n in range(1 + len(token) % 2)]
    body = json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}}).encode()
    mark = f'"{sha_of(body)[:9]}"'
    if request.headers.get("if-none-match") == mark:
        return [page(b"", "304 Not Modified", "", is_last=False)]
    return [page(body, headers=f"ETag: {mark}", is_last=False)]


def read(wire: Wire, store: Store, run: str, n: int, day: int = 0, interval: float = INTERVAL) -> Report:
    """Collect the first boards; afterwards the log of the server is in the order in which requests were sent."""
    wire.asked.clear()
    targets = [f"greenhouse:{token}" for token in BOARDS[:n]]
    report = collect(targets, store, run=run, base_url=wire.url, interval=interval, now=NOW + timedelta(days=day))
    wire.asked.sort(key=sent)
    return report


def sent(request: Request) -> float:
    return float(request.headers[SENT.lower()])


def most_at_once(asked: list[Request]) -> int:
    events = sorted([(r.came, 1) for r in asked] + [(r.left, -1) for r in asked])
    n = most = 0
    for _, step in events:
        n += step
        most = max(most, n)
    return most


def files_of(root: Path) -> set[str]:
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}


def test_five_hundred_boards_keep_the_limit_of_their_host_and_waste_none_of_it(wire: Wire, tmp_path: Path) -> None:
    wire.answer = board
    # What is loaded with the first board of a process is no matter of the limit.
    read(wire, Store(tmp_path / "first"), "r0", 2)
    store = Store(tmp_path / "root")
    first = read(wire, store, "r1", len(BOARDS))
    assert {(b.outcome, b.requests) for b in first.boards} == {("ok", 1)}
    assert len(wire.asked) == len(BOARDS)
    times = [sent(request) for request in wire.asked]
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) >= INTERVAL
    assert most_at_once(wire.asked) <= SOURCE.concurrency
    # Not their sum: what others do on this machine for a while is no matter of the limit.
    assert median(gaps) < 1.1 * INTERVAL

    files = files_of(tmp_path / "root")
    again = read(wire, store, "r2", len(BOARDS), 1, 0.002)
    assert {(b.outcome, b.requests, b.n_new, b.n_changed, b.n_vanished) for b in again.boards} == {("ok", 1, 0, 0, 0)}
    assert sorted(r.path.split("/")[3] for r in wire.asked) == sorted(BOARDS)
    assert all("if-none-match" in request.headers for request in wire.asked)
    assert files_of(tmp_path / "root") - files == {"commits/r2.json", "runs/r2.json"}
    assert sum(b.n for b in again.boards) == sum(b.n for b in first.boards)


def test_a_slow_host_is_asked_as_often_at_once_as_its_source_says(wire: Wire, tmp_path: Path) -> None:
    wire.answer = lambda request: [0.1, *board(request)]
    report = read(wire, Store(tmp_path), "r1", 20)
    assert {b.outcome for b in report.boards} == {"ok"}
    assert most_at_once(wire.asked) == SOURCE.concurrency


def test_a_board_behind_many_others_has_all_of_its_time(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "BOARD_SECONDS", 0.4)
    wire.answer = board
    report = read(wire, Store(tmp_path), "r1", 12, interval=0.2)
    assert {b.outcome for b in report.boards} == {"ok"}
    assert max(b.seconds for b in report.boards) > 0.4


def test_a_pause_that_one_board_is_asked_for_is_kept_by_all_of_the_host(wire: Wire, tmp_path: Path) -> None:
    refused = dict.fromkeys(("kelp3", "kelp11"), 1)

    def answer(request: Request) -> Steps:
        token = request.path.split("/")[3]
        seconds = refused.pop(token, None)
        return board(request) if seconds is None else [page(b"", "429 Slow", f"Retry-After: {seconds}")]

    wire.answer = answer
    report = read(wire, Store(tmp_path), "r1", 20)
    assert {b.outcome for b in report.boards} == {"ok"}
    assert [b.requests for b in report.boards] == [2 if b.board in ("kelp3", "kelp11") else 1 for b in report.boards]
    held = [r for r in wire.asked if sum(r.path == other.path for other in wire.asked[: wire.asked.index(r) + 1]) == 2]
    for late in held:
        refusal = next(r for r in wire.asked if r.path == late.path)
        between = [r for r in wire.asked if refusal.left < sent(r) < refusal.left + 1.0]
        # One more may be on its way before the answer has arrived.
        assert len(between) < SOURCE.concurrency
        assert all(sent(r) - refusal.left < 0.2 for r in between)
    assert len(held) == 2


def test_a_host_that_asks_for_a_day_is_asked_no_more_by_any_board(wire: Wire, tmp_path: Path) -> None:
    wire.answer = lambda request: [page(b"", "429 Slow", "Retry-After: 86400")]
    report = read(wire, Store(tmp_path), "r1", 20)
    assert {b.outcome for b in report.boards} == {"failed"}
    assert all("asks to wait 86400 s" in b.reason for b in report.boards)
    assert len(wire.asked) <= SOURCE.concurrency


def test_a_pause_that_has_passed_by_the_clock_of_the_server_is_not_taken_for_none(wire: Wire, tmp_path: Path) -> None:
    past = [page(b"", "429 Slow", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT")]
    wire.answer = lambda request: past if len(wire.asked) == 1 else board(request)
    (result,) = read(wire, Store(tmp_path), "r1", 1).boards
    assert (result.outcome, result.requests) == ("ok", 2)
    refused, answered = wire.asked
    assert sent(answered) - refused.left >= 0.9


def test_a_host_that_answers_nobody_is_not_asked_for_every_board(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_TRIES", 1)
    wire.answer = lambda request: [None]
    report = read(wire, Store(tmp_path), "one", 60)
    assert {b.outcome for b in report.boards} == {"failed"}
    assert all("no answer" in b.reason for b in report.boards)
    assert LOST <= len(wire.asked) < 3 * LOST
    assert sum(b.requests for b in report.boards) == len(wire.asked)


def test_a_host_that_answers_now_and_then_is_asked_for_every_board(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_TRIES", 1)
    wire.answer = lambda request: board(request) if int(request.path.split("/")[3][4:]) % 2 else [None]
    report = read(wire, Store(tmp_path), "one", 30)
    assert [b.outcome for b in report.boards] == ["failed", "ok"] * 15

"""The stage of a run: under which name it runs, what is left to read, and which stages are removed."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from scrapers import collect, stage, staging
from scrapers.client import Client
from scrapers.errors import FetchError, NothingReadError, SourceDownError, TargetError
from scrapers.report import BoardResult
from scrapers.staging import Job, Stage, open_stage, read_stage, settle
from scrapers.store import Store, StoreError
from tests.scrapers.conftest import Platform, job, serve
from tests.scrapers.test_collect import Demo, posting

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RUN = "weekly-2026-11-23"
BROKEN = FetchError("demo", "https://demo.example/x", "the server answers 500")


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Demo:
    source = Demo(a=[posting(1, "a")], b=[BROKEN], c=[posting(3, "c")])
    for module in (collect, stage, staging):
        monkeypatch.setattr(module, "load", lambda name: source)
    return source


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def begin(store: Store, targets: Sequence[str] = ("demo",), **more: Any) -> Stage:
    return open_stage(store, targets, **{"run": RUN, "now": NOW, **more})


def run(store: Store, **more: Any) -> Stage:
    """Open a stage, read it and settle it."""
    opened = begin(store, **more)
    for one in opened.jobs:
        read_stage(store, opened.run, one.source)
    settle(store, opened.run)
    return opened


def test_a_run_whose_boards_were_not_all_read_goes_on_with_those_alone(store: Store, demo: Demo) -> None:
    demo.contents["d"] = [BROKEN]
    first = run(store)
    assert (first.run, first.jobs) == (RUN, (Job("demo", ()),))
    demo.contents["b"] = [posting(2, "b")]
    second = run(store)
    assert (second.run, second.jobs) == (f"{RUN}.2", (Job("demo", ("b", "d")),))
    third = begin(store)
    assert (third.run, third.jobs) == (f"{RUN}.3", (Job("demo", ("d",)),))
    with pytest.raises(SourceDownError):
        read_stage(store, third.run, "demo")
    with pytest.raises(NothingReadError):
        settle(store, third.run)
    assert begin(store, now=NOW + timedelta(hours=1)) == third
    demo.contents["d"] = [posting(4, "d")]
    assert run(store) == third
    nothing = begin(store, now=NOW + timedelta(hours=2))
    assert (nothing.run, nothing.at, nothing.jobs) == (f"{RUN}.3", third.at, ())
    assert settle(store, nothing.run).boards[0].board == "d"
    assert not store.files.names("staging")


def test_what_no_run_of_the_day_asked_is_left_and_a_forced_run_asks_all(store: Store, demo: Demo) -> None:
    run(store, targets=["demo:a"])
    assert begin(store, ["demo:c", "demo:a"]).jobs == (Job("demo", ("c",)),)
    assert begin(store, ["demo:a"], is_forced=True).jobs == (Job("demo", ("a",)),)
    assert begin(store, ["demo:a"], since="2026-11").jobs == (Job("demo", ("a",)),)
    assert begin(store, ["demo:a"]).jobs == ()


def test_a_source_that_could_not_list_its_boards_is_asked_for_them_again(
    store: Store, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fetcher: object, since: str | None) -> list[str]:
        raise BROKEN

    with monkeypatch.context() as patch:
        patch.setattr(demo, "boards", fail)
        opened = begin(store)
        with pytest.raises(SourceDownError, match="the server answers 500"):
            read_stage(store, opened.run, "demo")
    demo.contents = {"a": [posting(1, "a")]}
    with monkeypatch.context() as patch:
        read_stage(store, opened.run, "demo")
        patch.setattr(demo, "boards", fail)
        # All that was listed is read: there is nothing to list again.
        assert read_stage(store, opened.run, "demo")["n_boards"] == 1
    assert [b.board for b in settle(store, opened.run).boards] == ["a"]
    assert begin(store).jobs == ()


def test_the_same_question_finds_its_plan(store: Store, demo: Demo) -> None:
    first = begin(store, ["demo:a", "demo:b"])
    read_stage(store, RUN, "demo")
    later = NOW + timedelta(hours=2)
    assert begin(store, ["demo:b", "demo:a"], now=later) == first
    assert len(store.files.names(f"staging/{RUN}")) == 3
    assert Stage.from_dict(json.loads(json.dumps(first.to_dict()))) == first


@pytest.mark.parametrize("is_forced", [False, True])
def test_another_question_of_the_day_keeps_what_answered_and_was_not_stored(
    store: Store, demo: Demo, is_forced: bool
) -> None:
    begin(store, ["demo:a", "demo:b"])
    read_stage(store, RUN, "demo")
    later = NOW + timedelta(hours=2)
    other = begin(store, ["demo:c"], now=later, is_forced=is_forced)
    assert (other.run, other.jobs, other.at) == (RUN, (Job("demo", ("c", "a")),), later.isoformat())
    demo.contents["a"] = [BROKEN]
    read_stage(store, RUN, "demo")
    assert [(b.board, b.outcome) for b in settle(store, RUN).boards] == [("c", "ok"), ("a", "ok")]


def test_what_was_read_in_spite_of_a_pause_is_stored_when_asked_again_without_force(store: Store, demo: Demo) -> None:
    done = BoardResult("demo", "a", "ok", n=1, requests=2)
    with store.begin(RUN, read_on="2026-11-23") as writer:
        writer.commit({"run": RUN, "at": NOW.isoformat(), "boards": [asdict(done)], "skipped": [], "since": None})
    begin(store, ["demo:a"], now=NOW + timedelta(minutes=10), is_forced=True)
    read_stage(store, f"{RUN}.2", "demo")
    plain = begin(store, ["demo:a"], now=NOW + timedelta(minutes=20))
    assert (plain.run, plain.jobs) == (f"{RUN}.2", (Job("demo", ("a",)),))
    assert begin(store, ["demo:a"], now=NOW + timedelta(minutes=30)) == plain
    read_stage(store, plain.run, "demo")
    assert [(b.board, b.outcome) for b in settle(store, plain.run).boards] == [("a", "ok")]
    assert begin(store, ["demo:a"], now=NOW + timedelta(minutes=40)).jobs == ()


def test_where_nothing_answered_another_question_begins_anew(store: Store, demo: Demo) -> None:
    begin(store, ["demo:b"])
    with pytest.raises(SourceDownError):
        read_stage(store, RUN, "demo")
    assert begin(store, ["demo:c"], since="2026-11").jobs == (Job("demo", ("c",)),)
    assert store.files.names("staging") == [f"staging/{RUN}/plan.json"]


def test_a_source_of_another_question_is_stored_as_it_was_staged(
    store: Store, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Demo(x=[posting(7, "x")])
    shop.SOURCE = replace(shop.SOURCE, name="shop")
    for module in (collect, stage, staging):
        monkeypatch.setattr(module, "load", {"demo": demo, "shop": shop}.__getitem__)
    begin(store, ["demo"])
    read_stage(store, RUN, "demo")
    assert begin(store, ["shop:x"]).jobs == (Job("shop", ("x",)), Job("demo", ()))
    read_stage(store, RUN, "shop")
    assert [b.target for b in settle(store, RUN).boards if not b.is_failed] == ["shop:x", "demo:a", "demo:c"]


@pytest.mark.parametrize(
    ("asked", "targets"),
    [({"since": "2026-11"}, ["demo:c"]), ({"base_url": "http://127.0.0.1:9"}, ["demo:a"]), ({}, ["demo"])],
    ids=["since", "address", "all that it lists"],
)
def test_what_cannot_be_stored_as_the_answer_to_another_question_is_refused_and_kept(
    store: Store, demo: Demo, asked: dict[str, Any], targets: list[str]
) -> None:
    begin(store, ["demo:a"])
    read_stage(store, RUN, "demo")
    before = {name: store.files.read(name) for name in store.files.names("staging")}
    kept = f"^{RUN} holds boards of demo that were asked for in another way and are not stored yet: ask for them as"
    with pytest.raises(TargetError, match=kept):
        begin(store, targets, **asked)
    assert {name: store.files.read(name) for name in store.files.names("staging")} == before


def test_stages_that_nobody_goes_on_with_are_removed(store: Store, demo: Demo, tmp_path: Path) -> None:
    run(store, run="done", now=NOW - timedelta(days=8))
    for name, at in (("old", NOW - timedelta(days=7)), ("same_week", NOW - timedelta(days=6))):
        begin(store, run=name, now=at)
        read_stage(store, name, "demo")
    for leftover in ("done/demo/a.json", "done/plan.json", "planless/demo/a.json", "damaged/plan.json"):
        store.files.write(f"staging/{leftover}", b"{")
    (tmp_path / "staging" / "old" / "demo" / ".a.json.tmp").write_bytes(b"")
    begin(store)
    assert sorted(p.name for p in (tmp_path / "staging").iterdir()) == ["damaged", "same_week", RUN]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"run": "x"}'])
def test_a_damaged_plan_is_refused_in_one_line_and_costs_no_reading(store: Store, demo: Demo, content: bytes) -> None:
    first = begin(store)
    read_stage(store, RUN, "demo")
    plan = f"staging/{RUN}/plan.json"
    store.files.write(plan, content)
    before = {name: store.files.read(name) for name in store.files.names("staging")}
    steps = (begin, lambda store: read_stage(store, RUN, "demo"), lambda store: settle(store, RUN))
    for step in steps:
        with pytest.raises(StoreError, match=f"^[^\n]*{plan} is damaged: remove this file alone and ask for the same"):
            step(store)
    begin(store, run="weekly-2026-12-07", now=NOW + timedelta(days=14))
    store.files.remove_all("staging/weekly-2026-12-07")
    assert {name: store.files.read(name) for name in store.files.names("staging")} == before
    store.files.remove(plan)
    assert begin(store) == first
    demo.contents |= {"a": [BROKEN], "b": [posting(2, "b")], "c": [BROKEN]}
    read_stage(store, RUN, "demo")
    assert [(b.board, b.outcome) for b in settle(store, RUN).boards] == [("a", "ok"), ("b", "ok"), ("c", "ok")]


def test_what_could_not_be_stored_on_its_day_is_stored_later_but_never_after_a_later_day(
    store: Store, demo: Demo
) -> None:
    begin(store)
    read_stage(store, RUN, "demo")
    later: dict[str, Any] = {"run": "weekly-2026-11-24", "now": NOW + timedelta(days=1)}
    begin(store, **later)
    assert len(store.files.names(f"staging/{RUN}/demo")) == 4, "what was read is kept"
    read_stage(store, "weekly-2026-11-24", "demo")
    settle(store, "weekly-2026-11-24")
    late = rf"^{RUN} comes too late, weekly-2026-11-24 is stored already: start a run of today instead$"
    with pytest.raises(TargetError, match=late):
        settle(store, RUN)
    with pytest.raises(TargetError, match=late):
        begin(store, now=NOW + timedelta(days=1))
    assert [c.run for c in store.commits()] == ["weekly-2026-11-24"]
    for name in ("retrain-2026-11-23", "by_hand"):
        assert begin(store, run=name).jobs
    assert begin(store, **later, is_forced=True).run == "weekly-2026-11-24.2"


def test_a_stored_run_of_a_day_to_come_is_named_with_what_to_do(store: Store, demo: Demo) -> None:
    run(store, run="weekly-2027-01-04", now=NOW + timedelta(days=42))
    words = "comes too late, weekly-2027-01-04 is stored already: that day is still to come (today is 2026-11-23): set"
    with pytest.raises(TargetError, match=re.escape(f"{RUN} {words} the clock right and take weekly-2027-01-04 back")):
        begin(store)
    title = re.escape("### A run of a day to come\n")
    assert re.search(title, (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8"))
    with pytest.raises(TargetError, match=r"start a run of today instead$"):
        begin(store, now=NOW + timedelta(days=42))


def test_a_committed_run_is_settled_already_and_its_stage_goes(store: Store, demo: Demo, tmp_path: Path) -> None:
    run(store)
    store.files.write(f"staging/{RUN}/plan.json", b"{}")
    before = store.files.read(f"runs/{RUN}.json")
    assert settle(store, RUN).to_dict() == json.loads(before)
    assert not (tmp_path / "staging").exists()
    demo.contents = {}
    assert read_stage(store, RUN, "demo") == {
        **{"n_boards": 3, "n_failed": 1, "n_gone": 0, "n_unasked": 0, "n_early": 0, "n": 2, "n_rejected": 0}
    }


def test_boards_asked_too_recently_are_left_alone_unless_forced(
    store: Store, platforms: dict[str, Platform], httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = {"base_url": httpserver.url_for("/"), "interval": 0.0}
    for module in (stage, staging):
        monkeypatch.setattr(module, "load", platforms.__getitem__)
    monkeypatch.setattr(staging, "Client", lambda **more: Client(**{**more, **near}))
    patient = platforms["gardens"]
    patient.SOURCE = replace(patient.SOURCE, min_interval_hours=6.0)
    for target in ("gardens:fern", "kitchens:pan"):
        serve(httpserver, target, [job(n) for n in range(8)])
    targets = ["gardens:fern", "kitchens:pan"]
    assert [b.n for b in settle(store, _read(store, targets, "r1", NOW)).boards] == [8, 8]
    later = NOW + timedelta(hours=1)
    report = settle(store, _read(store, targets, "r2", later))
    assert [(s.target, s.not_before) for s in report.skipped] == [
        ("gardens:fern", (NOW + timedelta(hours=6)).isoformat())
    ]
    assert [b.target for b in report.boards] == ["kitchens:pan"]
    assert [b.n for b in settle(store, _read(store, targets, "r3", later, is_forced=True)).boards] == [8, 8]


def test_a_board_cut_short_is_not_asked_again_before_its_time(store: Store, demo: Demo) -> None:
    """The pause holds for what is left as it holds for all: a run of nothing but pauses is none."""
    demo.contents = {"a": []}
    done = BoardResult("demo", "a", "truncated", n=3, requests=2, reason="holds 3 of 9")
    report = {"run": RUN, "at": NOW.isoformat(), "boards": [asdict(done)], "skipped": [], "since": None}
    with store.begin(RUN, read_on="2026-11-23") as writer:
        writer.commit(report)
    assert begin(store, now=NOW + timedelta(minutes=30)).jobs == ()
    assert begin(store, now=NOW + timedelta(minutes=61)).jobs == (Job("demo", ("a",)),)


def _read(store: Store, targets: list[str], name: str, now: datetime, **more: Any) -> str:
    opened = open_stage(store, targets, run=name, now=now, **more)
    for one in opened.jobs:
        read_stage(store, opened.run, one.source)
    return opened.run

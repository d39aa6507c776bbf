"""The weekly refresh from an invented market to what readers see: well, again, with faults, held and killed."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import s3fs

from analysis import publishing
from tests import bucket
from tests.dags.killing import Undisturbed, complete, die_and_go_on, kill, tree
from tests.dags.market import YEAR, Market
from tests.dags.weekly import MONDAY, RUN, lighten, load_dag, run_dag
from tests.dags.weekly import refresh as once
from tests.scrapers.wire import serve

TASKS = ["prepare", "collect.greenhouse", "collect.lever", "store", "tag", "check"]
TASKS += ["rates", "figures", "report", "publish", "summary"]
IS_SOAK = "AIRFLOW_DEMAND_SOAK" in os.environ
HEALTHY = dict.fromkeys([*TASKS, "watch", "run"], "success")
NEXT = MONDAY + timedelta(weeks=1)
NEXT_RUN = "weekly-2026-11-30"
Refresh = Callable[..., dict[str, str]]
LastWords = Callable[[datetime], tuple[int, str]]


@pytest.fixture(scope="module")
def market() -> Iterator[tuple[Market, str]]:
    stand = Market()
    with serve() as wire:
        wire.answer = stand.answer
        yield stand, wire.url


@pytest.fixture
def stand(market: tuple[Market, str]) -> Iterator[Market]:
    yield market[0]
    market[0].down.clear()
    market[0].year = YEAR


@pytest.fixture(scope="module")
def dag(airflow_db: None) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        lighten(patch)
        yield load_dag()


@pytest.fixture(scope="module")
def healthy(dag: Any, market: tuple[Market, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A data root after its first healthy week, and how the tasks ended."""
    root = tmp_path_factory.mktemp("healthy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_DEMAND_DATA", str(root))
        patch.setenv("AIRFLOW_DEMAND_BASE_URL", market[1])
        states = run_dag(dag, MONDAY, {})
    return root, states


@pytest.fixture
def root(healthy: tuple[Path, Any], tmp_path: Path) -> Path:
    """A copy of that data root."""
    return Path(shutil.copytree(healthy[0], tmp_path / "root", symlinks=True))


@pytest.fixture
def refresh(dag: Any, root: Path, market: tuple[Market, str], monkeypatch: pytest.MonkeyPatch) -> Refresh:
    """Run the DAG on that copy."""
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(root))
    monkeypatch.setenv("AIRFLOW_DEMAND_BASE_URL", market[1])
    return lambda at=NEXT, **conf: run_dag(dag, at, conf)


@pytest.fixture
def last_words(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> LastWords:
    """What `make refresh` prints after the run of that time, with its exit code."""
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(root))

    def say(at: datetime) -> tuple[int, str]:
        from dags.parts import ended

        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["ended", at.isoformat()])
        return ended.main(), "".join(capsys.readouterr())

    return say


def refuse(*_: object, **__: object) -> None:
    raise OSError("no room on the disk")


def message(root: Path, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / f"messages/weekly_refresh/{run}.json").read_bytes())
    return found


def current(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "published/current.json").read_bytes())
    return found


def to_do(told: dict[str, Any]) -> list[str]:
    return [p["key"] for p in told["problems"] if p["severity"] != "info" and p["state"] != "recovered"]


def test_a_healthy_week_is_green_and_published_with_one_message(healthy: tuple[Path, Any]) -> None:
    root, states = healthy
    assert states == HEALTHY
    assert current(root)["vintage"] == RUN
    assert {p.name for p in (root / "published" / RUN).iterdir()} >= {"index.html", "report.html", "rates"}
    assert [p.name for p in sorted((root / "messages/weekly_refresh").glob("*.json"))] == [f"{RUN}.json"]
    assert message(root, RUN)["verdict"] == "No action needed"
    assert "next run 2026-11-30 06:00" in message(root, RUN)["text"]
    assert not list(root.glob("staging/*"))


def test_the_same_day_again_asks_for_nothing_and_changes_no_file(
    refresh: Refresh, root: Path, market: tuple[Market, str]
) -> None:
    def times() -> dict[str, int]:
        return {name: (root / name).stat().st_mtime_ns for name in tree(root)}

    before = tree(root), times()
    assert refresh(MONDAY) == {name: state for name, state in HEALTHY.items() if not name.startswith("collect.")}
    assert (tree(root), times()) == before


def test_a_dead_source_fails_alone_and_is_the_one_thing_to_do(refresh: Refresh, root: Path, stand: Market) -> None:
    stand.down.add("/v0/postings")
    assert refresh() == HEALTHY | {"collect.lever": "failed"}
    told = message(root, NEXT_RUN)
    assert told["verdict"].startswith("1 thing to do")
    assert to_do(told) == ["source:lever:unreachable"]
    assert current(root)["vintage"] == NEXT_RUN


def test_with_all_sources_dead_nothing_changes_but_the_message(
    refresh: Refresh, root: Path, stand: Market, last_words: LastWords
) -> None:
    before = tree(root)
    stand.down |= {"/v0/postings", "/v1/boards"}
    states = refresh()
    assert (states["run"], states["watch"], states["summary"]) == ("failed", "failed", "success")
    assert [name for name, state in states.items() if state == "failed" and "collect" not in name] == [
        "store",
        "watch",
        "run",
    ]
    after = tree(root)
    new = {name for name in after if not name.startswith(("staging/", "pages/"))} - before.keys()
    assert new == {f"messages/weekly_refresh/{NEXT_RUN}.{suffix}" for suffix in ("json", "md", "html")}
    assert {name: after[name] for name in before} == before
    assert "failed" in message(root, NEXT_RUN)["verdict"]
    assert "\nreaders still see: " in last_words(NEXT)[1]


def test_behind_a_closed_gate_readers_keep_the_last_good_vintage(
    refresh: Refresh, root: Path, stand: Market, last_words: LastWords
) -> None:
    stand.year = 2031
    states = refresh()
    expected = {name: state for name, state in HEALTHY.items() if name not in ("rates", "figures")}
    assert states == expected | {"watch": "failed", "run": "failed"}
    assert message(root, NEXT_RUN)["outcome"] == "held"
    assert "\nreaders see the last good figures, stamped: " in last_words(NEXT)[1]
    assert (current(root)["vintage"], current(root)["good"]) == (NEXT_RUN, RUN)
    assert "2026-11-23" in (root / "published" / NEXT_RUN / "index.html").read_text("utf-8")
    pages = [root / "published" / run / "quality.html" for run in (RUN, NEXT_RUN)]
    assert pages[0].read_bytes() != pages[1].read_bytes()


def test_a_page_that_cannot_be_drawn_keeps_no_unstamped_figures_behind_a_closed_gate(
    refresh: Refresh, root: Path, stand: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.year = 2031
    monkeypatch.setattr(publishing, "write_report", refuse)
    states = refresh()
    assert {name for name, state in states.items() if state == "failed"} == {"report", "watch", "run"}
    assert (states["publish"], current(root)["vintage"], current(root)["good"]) == ("success", NEXT_RUN, RUN)
    assert current(root)["is_held"]
    assert "2026-11-23" in (root / "published" / NEXT_RUN / "index.html").read_text("utf-8")
    assert {"task:report", "check:dates_future:greenhouse"} <= {*to_do(message(root, NEXT_RUN))}


def test_figures_that_cannot_be_drawn_are_not_published_behind_an_open_gate(
    refresh: Refresh, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "write_figures", refuse)
    for name in ("write_rates", "write_report"):
        monkeypatch.setattr(publishing, name, lambda *_, **__: None)
    states = refresh()
    assert {name for name, state in states.items() if state == "failed"} == {"figures", "watch", "run"}
    assert "publish" not in states
    assert current(root)["vintage"] == RUN
    assert to_do(message(root, NEXT_RUN)) == ["task:figures"]
    assert "no room on the disk" in message(root, NEXT_RUN)["verdict"]


def test_an_earlier_day_is_refused_in_words_and_readers_stay_where_they_are(
    refresh: Refresh, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = tree(root)
    states = refresh(MONDAY - timedelta(weeks=1))
    assert "Callback failed" not in "".join(capfd.readouterr())
    assert (states["prepare"], states["summary"], states["run"]) == ("failed", "success", "failed")
    after = tree(root)
    assert {name: after[name] for name in before} == before
    late = "weekly-2026-11-16"
    assert after.keys() - before.keys() == {f"messages/weekly_refresh/{late}.{end}" for end in ("json", "md", "html")}
    assert f"prepare: {late} comes too late, {RUN} is stored already" in message(root, late)["verdict"]
    assert "stay as of 2026-11-23" in message(root, late)["text"]


def test_in_a_bucket_a_week_leaves_the_bytes_that_it_leaves_on_a_disk(
    refresh: Refresh, healthy: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bucket.serve(tmp_path) as server:
        for name, value in {**bucket.CREDENTIALS, "AWS_ENDPOINT_URL": server.address}.items():
            monkeypatch.setenv(name, value)
        files = s3fs.S3FileSystem(use_listings_cache=False)
        files.mkdir("bakery")
        monkeypatch.setenv("AIRFLOW_DEMAND_DATA", "s3://bakery/root")
        assert refresh(MONDAY) == HEALTHY
        found = {name.removeprefix("bakery/root/"): files.cat_file(name) for name in files.find("bakery/root")}
    found.pop(".lock", None)
    on_disk = tree(healthy[0])
    assert os.fsdecode(on_disk.pop("published/current")) == RUN
    assert found == on_disk


def test_a_dry_run_writes_nothing_and_says_what_it_would_ask(
    refresh: Refresh, root: Path, last_words: LastWords
) -> None:
    before = tree(root)
    assert refresh(dry_run=True) == {"prepare": "success", "run": "success"}
    assert tree(root) == before
    code, words = last_words(NEXT)
    assert code == 0
    assert {line.partition(":")[0] for line in words.splitlines()[1:] if line[0] != " "} == {"greenhouse", "lever"}


def test_a_dry_run_promises_nothing_that_would_be_refused(refresh: Refresh, root: Path, last_words: LastWords) -> None:
    before, late = tree(root), MONDAY - timedelta(weeks=1)
    states = refresh(late, dry_run=True)
    assert (states["prepare"], states["run"], tree(root)) == ("failed", "failed", before)
    code, words = last_words(late)
    assert code == 1
    assert words.startswith(f"prepare: weekly-2026-11-16 comes too late, {RUN} is stored already: ")
    assert words.count("\n") == 1


def test_the_last_words_are_those_of_the_run_itself(
    healthy: tuple[Path, Any], root: Path, last_words: LastWords
) -> None:
    code, words = last_words(MONDAY)
    assert (code, words.splitlines()[0]) == (0, f"{RUN}: No action needed")
    assert words.splitlines()[2].startswith("published: ")
    later = json.dumps(current(root) | {"run": "retrain-2026-11-23"})
    (root / "published/current.json").write_text(later, encoding="utf-8")
    assert last_words(MONDAY)[1].splitlines()[2].startswith("readers still see: ")
    assert last_words(MONDAY - timedelta(weeks=9)) == (1, "this run has left no message: see the log\n")


def test_a_killed_refresh_run_again_ends_in_the_bytes_of_an_undisturbed_one(
    healthy: tuple[Path, Any], market: tuple[Market, str], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    run = partial(once, root, market[1])
    for task_id, n in (("collect.lever", 3), ("store", 5)):
        kill(run, root, tmp_path, task_id, n)
    complete(run, root, tmp_path)
    assert tree(root) == tree(healthy[0])


@pytest.fixture(scope="module")
def undisturbed(airflow_db: None, market: tuple[Market, str], tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What a refresh in a process of its own leaves that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return complete(partial(once, folder / "root", market[1]), folder / "root", folder)


@pytest.mark.skipif(not IS_SOAK, reason="long: it dies at several moments of each task")
@pytest.mark.parametrize("task_id", [*TASKS, "watch"])
def test_killed_anywhere_it_ends_in_the_bytes_of_an_undisturbed_one(
    task_id: str, undisturbed: Undisturbed, market: tuple[Market, str], tmp_path: Path
) -> None:
    die_and_go_on(lambda root: partial(once, root, market[1]), task_id, undisturbed, tmp_path)

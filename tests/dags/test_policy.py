"""What holds of every DAG of this project: it loads fast, says what it does, gives up in time and waits its turn."""

import ast
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest

from dags.parts.defaults import POOLS, SOURCES
from scrapers.sources import names

FOLDER = Path(__file__).resolve().parents[2] / "dags"
PARTS = ("**What**", "**When it fails**", "**How to re-run**")
WRITERS = {"prepare", "store", "tag", "check", "publish"}
"""Tasks of weekly_refresh that write what others read."""


@pytest.fixture(scope="module")
def bag(airflow_db: None) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(FOLDER)


@pytest.fixture(scope="module")
def weekly(bag: Any) -> Any:
    return bag.dags["weekly_refresh"]


def all_tasks(bag: Any) -> list[Any]:
    found = [task for dag in bag.dags.values() for task in dag.tasks]
    assert found
    return found


def test_every_file_gives_a_dag_and_no_error(bag: Any) -> None:
    assert not bag.import_errors
    assert {Path(dag.fileloc).name for dag in bag.dags.values()} == {p.name for p in FOLDER.glob("*.py")}


def test_files_are_read_in_under_two_seconds(bag: Any) -> None:
    assert all(file.duration < timedelta(seconds=2) for file in bag.dagbag_stats)


def test_nothing_of_the_project_is_imported_before_a_task_runs() -> None:
    for path in FOLDER.rglob("*.py"):
        top = [
            node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        modules = {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
        assert not {m for m in modules if m.split(".")[0] in ("scrapers", "analysis")}, path.name


def test_a_dag_says_what_it_does_and_for_whom(bag: Any) -> None:
    for dag in bag.dags.values():
        assert "airflow-demand" in dag.tags, dag.dag_id
        for heading in ("### What", "### When it fails", "### How to re-run"):
            assert heading in dag.doc_md, (dag.dag_id, heading)


def test_a_task_says_what_it_does_when_it_fails_and_how_to_run_it_again(bag: Any) -> None:
    for task in all_tasks(bag):
        assert [part for part in PARTS if part in (task.doc_md or "")] == [*PARTS], task.task_id
        assert task.owner != "airflow", task.task_id


def test_a_task_tries_again_later_and_gives_up_in_time(bag: Any) -> None:
    for task in all_tasks(bag):
        assert task.retries >= 1, task.task_id
        assert task.retry_exponential_backoff, task.task_id
        assert task.retry_delay < task.max_retry_delay <= timedelta(hours=1), task.task_id
        assert task.execution_timeout, task.task_id


def test_a_dag_ends_in_time_and_runs_alone_without_a_past(bag: Any) -> None:
    for dag in bag.dags.values():
        slowest = max(task.execution_timeout for task in dag.tasks)
        assert slowest < dag.dagrun_timeout, dag.dag_id
        assert (dag.max_active_runs, dag.catchup, dag.start_date) == (1, False, None), dag.dag_id
        assert dag.on_failure_callback, dag.dag_id


def test_pools_exist_and_every_source_has_its_own(bag: Any, weekly: Any) -> None:
    assert {task.pool for task in all_tasks(bag)} <= {*POOLS, "default_pool"}
    assert names() == SOURCES
    collecting = {task.task_id: task.pool for task in weekly.tasks if task.task_id.startswith("collect.")}
    assert collecting == {f"collect.{name}": f"host_{name}" for name in names()}
    assert {task.task_id for task in weekly.tasks if task.pool == "store"} == WRITERS


def test_parameters_are_explained(bag: Any) -> None:
    for dag in bag.dags.values():
        for name in dag.params:
            param = dag.params.get_param(name)
            assert param.schema.get("title"), name
            assert len(param.description or "") > 20, name


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("sources", ["lever", "lever:kelp"], ["nobody"]),
        ("sources", [], "lever"),
        ("since", "2026-01-31", "last week"),
        ("dry_run", True, "perhaps"),
        ("force", True, 3),
        ("figures", ["fig_4_1", "fig_4_8b"], ["4.1"]),
        ("only_from", "store", "somewhere"),
        ("lang", "ko", "de"),
    ],
)
def test_a_parameter_is_checked_before_a_run_begins(weekly: Any, name: str, right: object, wrong: object) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    # A parameter keeps what it was last resolved to: other tests run this DAG.
    param = deepcopy(weekly.params.get_param(name))
    assert param.resolve(right) == right
    with pytest.raises(ParamValidationError):
        param.resolve(wrong)


def test_the_order_is_the_one_that_is_told(weekly: Any) -> None:
    after = {task.task_id: task.downstream_task_ids for task in weekly.tasks if not task.task_id.startswith("collect.")}
    assert after == {
        "prepare": {"store", *(f"collect.{name}" for name in names())},
        "store": {"tag"},
        "tag": {"check"},
        "check": {"rates", "figures", "report"},
        "rates": {"publish"},
        "figures": {"publish"},
        "report": {"publish"},
        "publish": {"summary"},
        "summary": {"watch"},
        "watch": set(),
    }
    assert all(weekly.get_task(f"collect.{name}").downstream_task_ids == {"store"} for name in names())


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 23), date(2026, 12, 31)])
def test_the_next_run_that_messages_tell_is_the_schedules(weekly: Any, day: date) -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable

    from dags.weekly_refresh import CALENDAR

    at_six = datetime(day.year, day.month, day.day, 6, tzinfo=ZoneInfo("Asia/Seoul"))
    after = coerce_to_core_timetable(weekly.timetable)._get_next(pendulum.instance(at_six))
    assert CALENDAR.following(day) == after
    assert all("06:00" in words for words in CALENDAR.words.values())


def test_a_run_is_named_after_its_day_in_seoul() -> None:
    from dags.weekly_refresh import CALENDAR

    sunday_evening = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
    scheduled = SimpleNamespace(logical_date=sunday_evening, run_after=None)
    by_hand = SimpleNamespace(logical_date=None, run_after=sunday_evening)
    assert CALENDAR.run_of(scheduled) == CALENDAR.run_of(by_hand) == "weekly-2026-11-23"


def test_a_past_week_cannot_be_filled_in_for_boards_show_only_today(weekly: Any) -> None:
    assert {str(kind.value) for kind in weekly.allowed_run_types} >= {"scheduled", "manual"}
    assert "backfill" not in {kind.value for kind in weekly.allowed_run_types}


def test_all_boards_may_be_asked_by_emptying_the_sources(weekly: Any) -> None:
    # The form hands on null for a pick list that was emptied.
    assert deepcopy(weekly.params.get_param("sources")).resolve(None) is None

"""The retraining as a DAG: a better challenger takes over, a worse one changes nothing, and there is a way back."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analysis import tag as tagging
from analysis.classify.tagger import Tagger
from analysis.draw.style import DrawError
from analysis.learn import promotion, retraining
from analysis.learn.outcomes import Outcome, keep_outcome
from scrapers.posting import Posting
from scrapers.store import Store
from tests.analysis import conftest as made_up
from tests.analysis.learn import test_retraining as learning
from tests.analysis.learn.test_retraining import GOLD, WordTagger

no_bundled_models, write_version, ruled = made_up.no_bundled_models, made_up.write_version, made_up.ruled
trains = learning.trains
Writer = Callable[..., str]
Trains = Callable[..., None]
Calls = list[tuple[Any, ...]]
A, B, C = "2024-01-aaaaaaaaaa", "2025-01-bbbbbbbbbb", "2026-01-cccccccccc"
GOOD, POOR = (("forward role f1", value, value - 0.02, value + 0.02, 900) for value in (0.8, 0.5))
CONF = {"only_from": "store", "rollback": ""}
BEHIND_A_CHAMPION = {"tag", "check", "rates", "figures", "report", "publish"}
LEARNING = {"train", "validate", "promote"}
EVENTS = {"airflow-demand://data/postings": [object()]}


@pytest.fixture(scope="module")
def dag(airflow_db: None) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    from tests.dags.airflow_process import ROOT

    found = DagBag(ROOT / "dags").dags["retrain_classifier"]
    for task in found.tasks:
        task.retries = 0
    return found


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_version: Writer, ruled: Tagger) -> Store:
    """A store with postings and the champion A."""
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://127.0.0.1:8080")
    monkeypatch.setattr(tagging, "snapshot_files", lambda: [])
    for name in ("tagger_of", "rules_alone"):
        monkeypatch.setattr(promotion, name, WordTagger)
    monkeypatch.setattr(retraining, "read_labelled", lambda: GOLD)
    found = Store(tmp_path)

    def load(*_: object) -> Tagger:
        # Reading the vocabulary anew takes longer than all the rest.
        return made_up.of_version(champion(found), ruled)

    monkeypatch.setattr(Tagger, "load", load)
    put(found, "first", 40)
    write_version(tmp_path, A)
    (tmp_path / "models" / "champion.json").write_text(json.dumps({"version": A, "history": []}))
    return found


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What is made and shown to readers; making it for real is weekly_refresh's to test."""
    from analysis import publishing

    calls: Calls = []
    for name in ("write_rates", "write_figures", "write_report", "publish", "hold"):
        monkeypatch.setattr(publishing, name, lambda _, *a, _name=name, **__: calls.append((_name, *a)))
    return calls


def put(store: Store, run: str, n: int) -> None:
    with store.begin(run) as writer:
        writer.add(
            Posting(
                posting_id=f"{run}-{i}",
                source="a",
                title="Data Engineer",
                company=f"House {i}",
                text=f"Requirements\n- Airflow\n{'We bake bread. ' * 20}{i}",
            )
            for i in range(n)
        )
        writer.commit()


def retrain(dag: Any, day: int, **conf: object) -> tuple[str, dict[str, str]]:
    """Run the DAG on a day of December 2026; how it ended, and its tasks that were not skipped."""
    ended = dag.test(logical_date=datetime(2026, 12, day, tzinfo=UTC), run_conf=CONF | conf)
    states = {ti.task_id: str(ti.state) for ti in ended.get_task_instances()}
    return str(ended.state), {name: state for name, state in states.items() if state != "skipped"}


def begins(dag: Any, run_id: str, events: object, **params: object) -> bool:
    """Whether `prepare` lets a run of 7 December go on, which these asset events have started."""
    answer: bool = dag.get_task("prepare").python_callable(
        params={"growth": 0.1, "dry_run": False, "figures": None, **params},
        dag_run=SimpleNamespace(logical_date=datetime(2026, 12, 7, tzinfo=UTC), run_id=run_id),
        ti=SimpleNamespace(xcom_push=lambda **_: None),
        triggering_asset_events=events,
    )
    return answer


def facts(store: Store) -> dict[str, bytes]:
    return {name: store.files.read(name) for name in store.files.names("facts")}


def champion(store: Store) -> str:
    return str(json.loads(store.files.read("models/champion.json"))["version"])


def test_a_better_one_takes_over_a_worse_one_changes_nothing_and_a_rollback_leads_back(
    dag: Any, store: Store, published: Calls, trains: Trains
) -> None:
    tagging.tag_store(store)
    of_a = facts(store)
    trains(B, figures=(GOOD,))
    state, tasks = retrain(dag, 1)
    assert (state, set(tasks.values())) == ("success", {"success"})
    assert set(tasks) == {"prepare", *LEARNING, *BEHIND_A_CHAMPION, "summary", "watch"}
    assert (champion(store), published[-1]) == (B, ("publish", "retrain-2026-12-01"))
    of_b = facts(store)
    assert not set(of_b) & set(of_a)

    published.clear()
    trains(C, figures=(POOR,))
    state, tasks = retrain(dag, 2)
    assert (state, set(tasks)) == ("success", {"prepare", *LEARNING, "summary", "watch"})
    assert (champion(store), facts(store), published) == (B, of_b, [])
    assert "forward role f1" in store.files.read("messages/retrain_classifier/retrain-2026-12-02.md").decode()

    state, tasks = retrain(dag, 3, rollback="before")
    assert state == "success"
    assert set(tasks) == {"prepare", "roll_back", *BEHIND_A_CHAMPION, "summary", "watch"}
    assert (champion(store), facts(store)) == (A, of_a)
    assert published[-1] == ("publish", "retrain-2026-12-03")


def test_a_closed_gate_keeps_the_figures_of_before(
    dag: Any, store: Store, published: Calls, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis import quality

    judged: list[tuple[str, str]] = []

    def shut(store: Store, run: str, *, name: str, **_: Any) -> Any:
        judged.append((run, name))
        return SimpleNamespace(failed=lambda severity: [SimpleNamespace(name="canary", subject="")])

    monkeypatch.setattr(quality, "assess", shut)
    store.files.write("runs/first.json", b'{"run": "first", "at": "2026-11-30T06:00:00+09:00", "boards": []}')
    trains(B, figures=(GOOD,))
    assert retrain(dag, 1)[1]["check"] == "success"
    assert published == [("write_report", "retrain-2026-12-01"), ("hold", "retrain-2026-12-01", ["canary"])]
    assert judged == [("first", "retrain-2026-12-01")]


def test_what_is_drawn_is_what_the_gate_judged_though_another_run_tags_meanwhile(
    dag: Any, store: Store, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis import publishing

    drawn: list[str | None] = []

    def draw(store: Store, run: str, *, after: str | None, **_: Any) -> None:
        drawn.append(after)
        with store.lock():
            store.write_facts(f"tag-else-{len(drawn)}", iter(()), covers=[], tagger_version="else")

    for name in ("write_rates", "write_figures", "write_report"):
        monkeypatch.setattr(publishing, name, draw)
    monkeypatch.setattr(publishing, "publish", lambda *_: None)
    trains(B, figures=(GOOD,))
    assert retrain(dag, 1)[0] == "success"
    (own,) = (c.run for c in store.commits() if c.kind == "facts" and c.tagger_version == B)
    assert drawn == [own] * 3


def test_a_promotion_that_was_left_untagged_is_made_up_for_by_the_next_run(
    dag: Any, store: Store, published: Calls, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagging.tag_store(store)
    trains(B, figures=(GOOD,))
    with monkeypatch.context() as patch:
        patch.setattr(tagging, "tag_store", lambda *_, **__: 1 / 0)
        state, tasks = retrain(dag, 1)
    assert (state, tasks["tag"], champion(store)) == ("failed", "failed", B)
    assert [c.tagger_version for c in store.commits() if c.kind == "facts"] == [A]
    state, tasks = retrain(dag, 2)
    assert (state, tasks["tag"], published[-1]) == ("success", "success", ("publish", "retrain-2026-12-02"))
    assert [c.tagger_version for c in store.commits() if c.kind == "facts"] == [A, B]


def test_new_postings_alone_start_it_only_when_there_are_enough(
    dag: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decides(events: object, **params: object) -> bool:
        return begins(dag, "asset_triggered__1", events, **params)

    monkeypatch.setattr(retraining, "outcomes", lambda _: [SimpleNamespace(n_postings=40)])
    assert (decides(EVENTS), decides({}), decides(None)) == (False, True, True)
    put(store, "second", 4)
    assert (decides(EVENTS), decides(EVENTS, growth=0.2), decides({}, dry_run=True)) == (True, False, False)


def test_a_run_that_postings_started_goes_on_when_it_is_cleared_behind_its_training(dag: Any, store: Store) -> None:
    assert begins(dag, "asset_triggered__1", EVENTS)
    keep_outcome(store, Outcome("retrain-2026-12-07", "asset_triggered__1", challenger=B, n_postings=40))
    assert begins(dag, "asset_triggered__1", EVENTS)
    assert not begins(dag, "asset_triggered__2", EVENTS)
    assert not begins(dag, "asset_triggered__1", EVENTS, dry_run=True)


def test_a_figure_that_there_is_not_is_refused_before_hours_of_training(dag: Any, store: Store) -> None:
    with pytest.raises(DrawError, match="fig_4_99"):
        begins(dag, "manual__1", None, figures=["fig_4_1", "fig_4_99"])
    assert begins(dag, "manual__1", None, figures=["fig_4_1"])


def test_it_runs_monthly_and_follows_the_postings_but_fills_in_no_past_month(dag: Any) -> None:
    from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable
    from airflow.utils.types import DagRunType

    from dags.parts.defaults import POSTINGS
    from dags.retrain_classifier import CALENDAR

    first = CronTriggerTimetable("0 3 1 * *", timezone="Asia/Seoul", run_immediately=timedelta(0))
    assert dag.timetable == AssetOrTimeSchedule(timetable=first, assets=[POSTINGS])
    for day, due in (("2026-11-30", "2026-12-01"), ("2026-12-01", "2027-01-01"), ("2026-12-31", "2027-01-01")):
        assert CALENDAR.following(date.fromisoformat(day)).isoformat() == f"{due}T03:00:00+09:00"
    assert {kind.value for kind in DagRunType} - {kind.value for kind in dag.allowed_run_types} == {"backfill"}
    writers = {task.task_id for task in dag.tasks if task.pool == "store"}
    assert writers == {"promote", "roll_back", "tag", "check", "publish"}

"""What a person has to mend is not tried again, what may pass by itself is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk import RetryAction

from analysis.publishing.vintages import PublishError
from analysis.quality import QualityError
from dags.parts.defaults import DEFAULT_ARGS
from scrapers import boards
from scrapers.errors import NothingReadError, SourceDownError, StoreError, TargetError
from tests.dags.weekly import MONDAY, RUN, load_dag, run_dag


def test_a_task_is_tried_again_until_only_a_person_can_help(
    airflow_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = load_dag()
    prepare = dag.get_task("prepare")
    prepare.retries, prepare.retry_delay, prepare.retry_exponential_backoff = 3, timedelta(0), 0
    left = [StoreError("another process writes"), *[TargetError("lever", "", "no such board")] * 3]

    def fail(_: object) -> None:
        raise left.pop(0)

    monkeypatch.setattr(boards, "load", fail)
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))
    states = run_dag(dag, MONDAY, {"sources": []})
    assert (states["prepare"], states["run"], len(left)) == ("failed", "failed", 2)
    told = json.loads((tmp_path / f"messages/weekly_refresh/{RUN}.json").read_bytes())
    assert told["verdict"].endswith("prepare: lever: no such board")


@pytest.mark.parametrize("kind", [QualityError, PublishError, TargetError, NothingReadError], ids=lambda k: k.__name__)
def test_what_a_person_has_to_mend_fails_at_once(kind: type[Exception]) -> None:
    error = kind("lever", "", "why") if issubclass(kind, TargetError | NothingReadError) else kind("why")
    assert DEFAULT_ARGS["retry_policy"].evaluate(error, 1, 2).action is RetryAction.FAIL


@pytest.mark.parametrize("error", [SourceDownError("lever", "", "why"), StoreError("locked"), OSError("full")], ids=str)
def test_what_may_pass_by_itself_is_tried_again(error: Exception) -> None:
    assert DEFAULT_ARGS["retry_policy"].evaluate(error, 1, 2).action is RetryAction.DEFAULT

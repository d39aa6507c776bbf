"""What a person has to mend is not tried again, what may pass by itself is; either way the message has its line."""

import json
from collections.abc import Callable
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

Attempts = Callable[[Exception], int]


@pytest.fixture
def attempts(airflow_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """How often the first task of a run is tried when it always ends in an error, with one retry at once."""
    dag = load_dag()
    prepare = dag.get_task("prepare")
    prepare.retries, prepare.retry_delay, prepare.retry_exponential_backoff = 1, timedelta(0), 0
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))

    def count(error: Exception) -> int:
        calls = []

        def fail(_: object) -> None:
            calls.append(error)
            raise error

        monkeypatch.setattr(boards, "load", fail)
        states = run_dag(dag, MONDAY, {"sources": []})
        assert (states["prepare"], states["run"]) == ("failed", "failed")
        told = json.loads((tmp_path / f"messages/weekly_refresh/{RUN}.json").read_bytes())
        assert told["verdict"].endswith(f"prepare: {error}")
        return len(calls)

    return count


@pytest.mark.parametrize(
    ("error", "n"),
    [(TargetError("lever", "", "no such board"), 1), (StoreError("another process writes"), 2)],
    ids=["to mend", "passing"],
)
def test_a_task_is_tried_again_only_where_that_may_help(attempts: Attempts, error: Exception, n: int) -> None:
    assert attempts(error) == n


@pytest.mark.parametrize("kind", [QualityError, PublishError, TargetError, NothingReadError], ids=lambda k: k.__name__)
def test_what_a_person_has_to_mend_fails_at_once(kind: type[Exception]) -> None:
    error = kind("lever", "", "why") if issubclass(kind, TargetError | NothingReadError) else kind("why")
    assert DEFAULT_ARGS["retry_policy"].evaluate(error, 1, 2).action is RetryAction.FAIL


@pytest.mark.parametrize("error", [SourceDownError("lever", "", "why"), StoreError("locked"), OSError("full")], ids=str)
def test_what_may_pass_by_itself_is_tried_again(error: Exception) -> None:
    assert DEFAULT_ARGS["retry_policy"].evaluate(error, 1, 2).action is RetryAction.DEFAULT

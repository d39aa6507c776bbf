"""The talk's example under Airflow, task by task in this process: twice the same day, and the planted failure."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dags.examples.sales import dump

FOLDER = Path(__file__).resolve().parents[3] / "dags" / "examples"
NOW = {"minutes_between_tries": 0}


@pytest.fixture
def data(airflow_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data root, in an Airflow that loads the examples' folder as `make airflow DEMO=1` does."""
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))
    bundle = {"classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {"path": str(FOLDER)}}
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps([{"name": "examples", **bundle}]))
    return tmp_path


@pytest.fixture
def slack(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a Slack on this machine was told."""
    told: list[str] = []

    def hear(request: Request) -> Response:
        told.append(request.get_data(as_text=True))
        return Response("ok")

    httpserver.expect_request("/services/T/B/X").respond_with_handler(hear)
    where = {"schema": "http", "host": f"127.0.0.1:{httpserver.port}/services", "password": "T/B/X"}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_ALERTS", json.dumps({"conn_type": "slackwebhook", **where}))
    monkeypatch.setenv("AIRFLOW_DEMAND_TELL", "slack")
    return told


def run(logical_date: str | None = None, **conf: object) -> Any:
    from dags.examples.daily_sales_etl import daily_sales_etl

    at = datetime.fromisoformat(logical_date) if logical_date else None
    return daily_sales_etl().test(logical_date=at, run_conf={**NOW, **conf})


def states(dag_run: Any) -> dict[str, str]:
    return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def test_a_night_in_seoul_loads_the_day_before_and_the_second_time_nothing(data: Path) -> None:
    first = run("2026-11-22T17:00:00+00:00")
    assert set(states(first).values()) == {"success"}
    table = dump(data / "demo")
    warehouse = (data / "demo" / "warehouse.duckdb").read_bytes()
    assert {line.split(",")[0] for line in table.splitlines()[1:]} == {"2026-11-22"}
    assert run(day="2026-11-22").state == "success"
    assert dump(data / "demo") == table
    assert (data / "demo" / "warehouse.duckdb").read_bytes() == warehouse


def test_a_partner_that_answers_at_the_second_try_costs_a_retry(data: Path) -> None:
    dag_run = run(day="2026-11-01", failing_tries=1)
    assert dag_run.state == "success"
    tries = {ti.task_id: ti.try_number for ti in dag_run.get_task_instances()}
    assert tries["extract.partner_channel"] == 2
    assert tries["extract.online_shop"] == 1


def test_a_partner_that_never_answers_stops_the_day_and_slack_is_told_once(data: Path, slack: list[str]) -> None:
    found = states(run(day="2026-11-02", failing_tries=4))
    assert found["extract.partner_channel"] == "failed"
    assert (found["transform"], found["load"]) == ("upstream_failed", "upstream_failed")
    assert not (data / "demo" / "warehouse.duckdb").exists()
    assert len(slack) == 1
    assert "extract.partner_channel: partner.example did not answer" in slack[0]
    assert len(list(data.glob("messages/daily_sales_etl/*.md"))) == 1


def test_the_schedule_is_that_of_the_talk() -> None:
    from dags.examples.daily_sales_etl import daily_sales_etl

    dag = daily_sales_etl()
    timetable: Any = dag.timetable
    assert (timetable.expression, str(timetable.timezone)) == ("0 2 * * *", "Asia/Seoul")
    assert all((t.retries, t.retry_delay) == (3, timedelta(minutes=5)) for t in dag.tasks)

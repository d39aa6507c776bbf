"""The talk's example as an audience sees it: runs by REST, a retry, an alert, and nothing open to others."""

import json
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dags.examples.sales import dump
from tests.dags.airflow_process import RunningAirflow, listening, running_airflow

pytestmark = pytest.mark.scheduler
DAG = "daily_sales_etl"
QUICK = {"day": "2026-11-22", "minutes_between_tries": 0.01}


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Iterator[RunningAirflow]:
    home, data = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("data")

    def hear(request: Request) -> Response:
        told.append(request.get_data(as_text=True))
        return Response("ok")

    with HTTPServer(host="127.0.0.1") as slack:
        slack.expect_request("/services/T/B/SECRETWORD").respond_with_handler(hear)
        conn = {"conn_type": "slackwebhook", "schema": "http", "password": "T/B/SECRETWORD"}
        conn["host"] = f"127.0.0.1:{slack.port}/services"
        env = {"DEMO": "1", "AIRFLOW_DEMAND_DATA": str(data), "AIRFLOW_DEMAND_TELL": "slack"}
        with running_airflow(home, AIRFLOW_CONN_SLACK_ALERTS=json.dumps(conn), **env) as running:
            running.data = data
            yield running


def test_a_day_that_is_run_twice_is_in_the_warehouse_once(airflow: RunningAirflow) -> None:
    tables = []
    for _ in range(2):
        run = airflow.trigger(DAG, QUICK)
        assert airflow.wait(DAG, run) == "success", airflow.states(DAG, run)
        assert set(airflow.states(DAG, run).values()) == {"success"}
        tables.append(dump(airflow.data / "demo"))
    assert tables[0] == tables[1]
    assert tables[0].count("2026-11-22") == 15


def test_a_planted_failure_costs_a_retry(airflow: RunningAirflow, told: list[str]) -> None:
    run = airflow.trigger(DAG, {**QUICK, "failing_tries": 1})
    assert airflow.wait(DAG, run) == "success"
    assert airflow.tries(DAG, run, "extract.partner_channel") == 2
    assert "partner.example did not answer" in airflow.log(DAG, run, "extract.partner_channel", 1)
    assert "5 records of 2026-11-22" in airflow.log(DAG, run, "extract.partner_channel", 2)
    assert told == []


def test_when_all_tries_are_used_up_slack_is_told_once(airflow: RunningAirflow, told: list[str]) -> None:
    before = dump(airflow.data / "demo")
    run = airflow.trigger(DAG, {**QUICK, "failing_tries": 4})
    assert airflow.wait(DAG, run) == "failed"
    states = airflow.states(DAG, run)
    assert (states["extract.partner_channel"], states["load"]) == ("failed", "upstream_failed")
    assert airflow.tries(DAG, run, "extract.partner_channel") == 4
    assert len(told) == 1
    assert "extract.partner_channel" in told[0]
    assert dump(airflow.data / "demo") == before


def test_nothing_listens_beyond_this_machine_and_no_secret_is_in_a_log(airflow: RunningAirflow) -> None:
    places = listening(airflow.launcher.pid)
    assert any(place == airflow.url.removeprefix("http://") for place in places)
    assert all(place.startswith("127.0.0.1:") for place in places), places
    password = json.loads((airflow.home / "passwords.json").read_text(encoding="utf-8"))["admin"]
    for log in [*airflow.home.glob("*.log"), *airflow.home.glob("logs/**/*.log")]:
        assert not any(secret in log.read_text(encoding="utf-8") for secret in (password, "SECRETWORD")), log
    assert (airflow.home.stat().st_mode | (airflow.home / "keys").stat().st_mode) & 0o077 == 0
    assert (airflow.home / "passwords.json").stat().st_mode & 0o077 == 0


def test_a_second_start_says_where_the_first_one_is(airflow: RunningAirflow) -> None:
    with (
        pytest.raises(AssertionError, match=f"Airflow runs here already: {airflow.url}"),
        running_airflow(airflow.home),
    ):
        pass


def test_a_killed_launcher_takes_everything_with_it(airflow: RunningAirflow) -> None:
    """The last test of this file: no Airflow is left."""
    airflow.launcher.kill()
    airflow.wait_until_gone(within=60)

"""What is published when not all went well."""

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from dags.parts.tail import read_verdict

DRAWN = dict.fromkeys(("check", "rates", "figures", "report"), "success")


class Said:
    """A task of a run, as far as it is asked how the others ended and what the gate said."""

    dag_id, run_id = "weekly_refresh", "manual__1"

    def __init__(self, states: dict[str, str], held: list[str] | None) -> None:
        self.states, self.held = states, held

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> dict[str, dict[str, str]]:
        return {run_id: self.states for run_id in run_ids}

    def xcom_pull(self, task_ids: str, key: str) -> Any:
        return {("check", "held"): self.held}[task_ids, key]


def test_an_open_gate_with_all_drawn_is_published() -> None:
    assert read_verdict(Said(DRAWN, [])) == []


@pytest.mark.parametrize("report", ["success", "failed", "upstream_failed"])
def test_behind_a_closed_gate_nothing_need_be_drawn(report: str) -> None:
    states = DRAWN | {"rates": "skipped", "figures": "skipped", "report": report}
    assert read_verdict(Said(states, ["canary"])) == ["canary"]


@pytest.mark.parametrize("name", ["rates", "figures", "report"])
@pytest.mark.parametrize("state", ["failed", "upstream_failed", "skipped", "removed"])
def test_behind_an_open_gate_what_lacks_a_part_is_not_published(name: str, state: str) -> None:
    with pytest.raises(AirflowSkipException, match=f"not drawn: {name};"):
        read_verdict(Said(DRAWN | {name: state}, []))


@pytest.mark.parametrize(
    ("check", "held"),
    [("failed", []), ("skipped", None), ("upstream_failed", None), ("failed", ["canary"]), ("success", None)],
)
def test_without_a_verdict_nothing_is_published(check: str, held: list[str] | None) -> None:
    with pytest.raises(AirflowSkipException, match="no verdict"):
        read_verdict(Said(DRAWN | {"check": check}, held))

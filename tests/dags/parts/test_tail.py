"""What is published when not all went well."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from analysis import publishing, quality
from dags.parts import tail
from dags.parts.tail import ask_gate, read_verdict

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


@pytest.mark.parametrize("asked", [("weekly-2026-11-16", "2026-11-16"), None])
def test_what_is_drawn_later_are_the_facts_of_the_run_that_was_judged(
    asked: tuple[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: dict[str, Any] = {}
    monkeypatch.setattr(tail, "open_store", lambda: None)
    monkeypatch.setattr(quality, "find_run", lambda *_: asked)
    monkeypatch.setattr(quality, "assess", lambda *_, **__: SimpleNamespace(failed=lambda _: []))
    monkeypatch.setattr(publishing, "name_facts", lambda _, run: f"facts of {run}")
    ti = SimpleNamespace(xcom_push=lambda key, value: left.update({key: value}))
    assert ask_gate(ti, "retrain-2026-12-01", None) == ["rates", "figures", "report"]
    assert left == {"facts": f"facts of {asked[0] if asked else None}", "held": []}


@pytest.mark.parametrize("held", [[], ["canary"]])
def test_the_report_is_told_whether_the_gate_is_closed(held: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "open_store", lambda: None)
    monkeypatch.setattr(publishing, "write_report", lambda *_, **chosen: chosen)
    left = {"held": held, "facts": "tag-1"}
    ti = SimpleNamespace(xcom_pull=lambda task_ids, key: left[key])
    chosen = tail.report.function("weekly-2026-11-23", params={"only_from": "store"}, ti=ti)
    assert (chosen["is_held"], chosen["after"], chosen["only_from"]) == (bool(held), "tag-1", "store")

"""One weekly refresh in this process, as `airflow dags test` runs it, or in another one."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dags.airflow_process import ROOT
from tests.dags.killing import Arm
from tests.dags.market import SOURCES

MONDAY = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
"""When the first run is due: Monday at six in Seoul."""
RUN = "weekly-2026-11-23"
CONF = {"sources": SOURCES, "only_from": "store", "figures": ["fig_4_3"]}


def lighten(patch: pytest.MonkeyPatch) -> None:
    """Leave claims, figures, explorer and snapshot out, and build a tagger's rules once: all take long."""
    from analysis import tag
    from analysis.publishing import parts
    from analysis.report import build, explorer
    from tests.dags import preload

    preload.share(patch)
    patch.setattr(tag, "snapshot_files", lambda: [])
    patch.setattr(parts, "judge_claims", lambda *_: (None, ""))
    patch.setattr(explorer, "is_installed", lambda: False)
    patch.setattr(build, "plates", lambda *_: [])


def load_dag() -> Any:
    """Return weekly_refresh without retries: a test does not wait for them."""
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags["weekly_refresh"]
    for task in dag.tasks:
        task.retries = 0
    return dag


def run_dag(dag: Any, at: datetime, conf: dict[str, object]) -> dict[str, str]:
    """Run the DAG once; return the state of each task that was not skipped, and that of the whole run as "run"."""
    ended = dag.test(logical_date=at, run_conf=CONF | conf)
    states = {ti.task_id: str(ti.state) for ti in ended.get_task_instances()}
    return {name: state for name, state in states.items() if state != "skipped"} | {"run": str(ended.state)}


def refresh(root: Path, url: str, arm: Arm) -> str:
    """Run the first weekly refresh in a process that is its own; return how it ended."""
    os.environ |= {"AIRFLOW_DEMAND_DATA": str(root), "AIRFLOW_DEMAND_BASE_URL": url}
    lighten(pytest.MonkeyPatch())
    arm(dag := load_dag())
    return run_dag(dag, MONDAY, {})["run"]

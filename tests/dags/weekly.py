"""One weekly refresh in this process, as `airflow dags test` runs it, and in another one that may be killed."""

import os
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from tests.dags.conftest import ROOT
from tests.dags.market import SOURCES

MONDAY = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
"""When the first run is due: Monday at six in Seoul."""
RUN = "weekly-2026-11-23"
CONF = {"sources": SOURCES, "only_from": "store", "figures": ["fig_4_3"]}


def lighten(patch: pytest.MonkeyPatch) -> None:
    """Leave the figures and the explorer out of the report page: they have tests of their own and take far longest."""
    from analysis.report import build, explorer

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


def tree(root: Path) -> dict[str, bytes]:
    """Return all files of a data root but the lock."""
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and not p.is_symlink() and p.name != ".lock")
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def start(root: Path, url: str, mark: Path, task_id: str = "") -> BaseProcess:
    """Start a refresh in a process group of its own; it leaves the file `mark` when the task begins."""
    context = get_context("forkserver")
    # Loaded once and forked before any thread has begun: each start would import for longer than it runs.
    modules = ["airflow.dag_processing.dagbag", "airflow.api_fastapi.execution_api.app", "analysis.publishing"]
    context.set_forkserver_preload([*modules, "analysis.quality", "analysis.tag", "analysis.message"])
    process = context.Process(target=_refresh, args=(root, url, mark, task_id))
    process.start()
    return process


def _refresh(root: Path, url: str, mark: Path, task_id: str) -> None:
    os.setsid()
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    os.environ |= {"AIRFLOW_DEMAND_DATA": str(root), "AIRFLOW_DEMAND_BASE_URL": url}
    lighten(pytest.MonkeyPatch())
    dag = load_dag()
    if task_id:
        dag.get_task(task_id).on_execute_callback = [lambda context: mark.touch()]
    states = run_dag(dag, MONDAY, {})
    raise SystemExit(states["run"] != "success")

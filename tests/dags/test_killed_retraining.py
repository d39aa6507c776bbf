"""The retraining, killed in each of its tasks and run again: the bytes of an undisturbed one."""

import os
from functools import partial
from pathlib import Path

import pytest

from tests.dags.killing import Arm, Undisturbed, complete, die_and_go_on
from tests.dags.weekly import MONDAY, lighten

pytestmark = pytest.mark.skipif("AIRFLOW_DEMAND_SOAK" not in os.environ, reason="long: it trains for real")
TAIL = ["check", "rates", "figures", "report", "publish", "summary", "watch"]
TASKS = ["prepare", "train", "validate", "promote", "tag", *TAIL]
N_POSTINGS = 360


def retrain(root: Path, arm: Arm) -> str:
    """Train, compare and promote once in a process that is its own; return how it ended."""
    os.environ["AIRFLOW_DEMAND_DATA"] = str(root)
    patch = pytest.MonkeyPatch()
    lighten(patch)
    from airflow.dag_processing.dagbag import DagBag

    from analysis.classify import models
    from analysis.learn import retraining
    from tests.analysis.learn.test_retraining import GOLD
    from tests.analysis.learn.test_training import store_of
    from tests.dags.airflow_process import ROOT

    patch.setattr(models, "bundled", lambda name: root.parent / "bundle" / name)
    patch.setattr(retraining, "read_labelled", lambda: GOLD)
    if not root.exists():
        store_of(root, N_POSTINGS)
    dag = DagBag(ROOT / "dags").dags["retrain_classifier"]
    for task in dag.tasks:
        task.retries = 0
    arm(dag)
    conf = {"only_from": "store", "figures": ["fig_4_3"]}
    # With the time of the run its name is the same each time, as that of a run whose tasks are cleared.
    return str(dag.test(run_after=MONDAY, logical_date=MONDAY, run_conf=conf).state)


@pytest.fixture(scope="module")
def undisturbed(airflow_db: None, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    return complete(partial(retrain, folder / "root"), folder / "root", folder)


@pytest.mark.parametrize("task_id", TASKS)
def test_killed_anywhere_it_ends_in_the_bytes_of_an_undisturbed_one(
    task_id: str, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    assert {name.split("/")[0] for name in undisturbed.files} >= {"models", "facts", "published", "messages"}
    die_and_go_on(lambda root: partial(retrain, root), task_id, undisturbed, tmp_path)

"""An Airflow home of this test process alone, set before Airflow is imported: SQLite, no examples.

To be imported by pytest alone: a process that a test starts has the home of the test.
"""

import os
import tempfile

import pytest

from tests.dags.airflow_process import ROOT

_HOME = tempfile.TemporaryDirectory(prefix="airflow-demand-")
os.environ.update(
    AIRFLOW_HOME=_HOME.name,
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{_HOME.name}/airflow.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    AIRFLOW_DEMAND_WORKERS="1",
)


@pytest.fixture(scope="session")
def airflow_db() -> None:
    """Airflow's database, brought up to date once."""
    from airflow.utils.db import initdb

    initdb()

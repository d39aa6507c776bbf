"""hasty: a DAG with a step that outlasts the time of its run, so that nothing behind it can tell of it."""

import time
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import chain, dag, task

from dags.parts.defaults import DEFAULT_ARGS
from dags.parts.tail import Calendar, tell, tell_at_last, watch

CALENDAR = Calendar("hasty", {"en": "never", "ko": "없음"}, lambda day: datetime(day.year + 1, 1, 1))
RUN = "hasty-2026-11-23"


@task
def prepare(ti: Any = None) -> None:
    ti.xcom_push(key="run", value=RUN)


@task
def linger() -> None:
    time.sleep(600)


@dag(
    schedule=None,
    dagrun_timeout=timedelta(seconds=20),
    default_args=DEFAULT_ARGS,
    params={"lang": None, "dry_run": False},
    on_failure_callback=tell_at_last(CALENDAR),
)
def hasty() -> None:
    chain(prepare(), linger(), tell(CALENDAR), watch())


hasty()

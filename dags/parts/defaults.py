"""What the DAGs have in common: parameters, retries, time limits, sources with their pools, assets, names of runs."""

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, CronTriggerTimetable, ExceptionRetryPolicy, Param, RetryAction, RetryRule

if TYPE_CHECKING:
    from scrapers.store import Store

ZONE: Final = "Asia/Seoul"
STORE_POOL: Final = "store"
"""One slot: who comes second to the store is refused at once, so whoever writes it waits for its turn here."""
_HOST: Final = "host_"
POOLS: Final[dict[str, Any]] = json.loads((Path(__file__).resolve().parents[1] / "pools.json").read_text("utf-8"))
SOURCES: Final = sorted(name.removeprefix(_HOST) for name in POOLS if name.startswith(_HOST))
WORKERS: Final = int(os.environ.get("AIRFLOW_DEMAND_WORKERS", "2"))
"""Processes with which one task tags or draws."""

FIGURE_PARAMS: Final = {
    "figures": Param(
        None,
        type=["null", "array"],
        items={"type": "string", "pattern": r"^fig_4_\d+[a-z]?$"},
        title="Figures",
        description="Which figures to draw, one per line (fig_4_1). Empty: all.",
    ),
    "lang": Param(
        None,
        type=["null", "string"],
        enum=[None, "en", "ko"],
        title="Language",
        description="Language of the message. Empty: that of AIRFLOW_DEMAND_LANG, else English.",
    ),
    "only_from": Param(
        None,
        type=["null", "string"],
        enum=[None, "snapshot", "store"],
        title="Only from",
        description="Count only the bundled snapshot or only your own store. Empty: both, linked.",
    ),
}
"""Parameters of every DAG that ends in figures and a message."""

POSTINGS: Final = Asset("airflow_demand_postings", uri="airflow-demand://data/postings")
FACTS: Final = Asset("airflow_demand_facts", uri="airflow-demand://data/facts")
FIGURES: Final = Asset("airflow_demand_figures", uri="airflow-demand://data/figures")


def at_times(cron: str) -> CronTriggerTimetable:
    """Return a schedule in Seoul's time that makes up for nothing when it is switched on.

    Airflow by itself runs a DAG at once that was due within the last tenth of its interval: on a Monday, a surprise.
    """
    return CronTriggerTimetable(cron, timezone=ZONE, run_immediately=timedelta(0))


def host_pool(source: str) -> str:
    """Return the pool of a source: one task at a time reads it, whichever DAG the task is of.

    Two sources may share a host (`jobposting` reads pages anywhere), which then two tasks may ask.
    """
    return f"{_HOST}{source}"


def keep_error(context: Any) -> None:
    """Keep, in one line, why a task failed for good, so that the message can say it; called by Airflow."""
    error = context.get("exception")
    first = next(iter(str(error or "").splitlines()), "")
    context["ti"].xcom_push(key="error", value=first or type(error).__name__)


FINAL: Final = ("analysis.faults.Fault", "scrapers.errors.TargetError", "scrapers.errors.NothingReadError")
"""Errors that a person has to mend: a little later they are no better. Airflow imports the two small modules here."""

DEFAULT_ARGS: Final[dict[str, Any]] = {
    "owner": "airflow-demand",
    "retries": int(os.environ.get("AIRFLOW_DEMAND_RETRIES", "2")),
    "retry_delay": timedelta(minutes=2),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=20),
    "execution_timeout": timedelta(hours=1),
    "retry_policy": ExceptionRetryPolicy([RetryRule([*FINAL], RetryAction.FAIL)]),
    "on_failure_callback": keep_error,
}


def day_of(dag_run: Any) -> date:
    """Return the day in Seoul that a run stands for; one started by hand may have no logical date."""
    at: datetime = dag_run.logical_date or dag_run.run_after
    return at.astimezone(ZoneInfo(ZONE)).date()


def check_figures(ids: list[str] | None) -> None:
    """Raise DrawError for a figure that there is not, before hours go by that lead to no figure at all."""
    if ids:
        # Only then: drawing takes seconds to import.
        from analysis.draw.figure import choose

        choose(ids)


def open_store() -> "Store":
    """Return the store of the data root that AIRFLOW_DEMAND_DATA names, on a disk or on object storage."""
    from scrapers.store import Store, default_root

    return Store(default_root())

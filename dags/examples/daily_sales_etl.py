"""daily_sales_etl: the example of the talk, every night from three sources of sales into a warehouse."""

import logging
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, CronTriggerTimetable, Param, chain, dag, task, task_group
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from dags.examples.sales import CHANNELS

if TYPE_CHECKING:
    from airflow.sdk import Context

_log = logging.getLogger(__name__)

ZONE: Final = "Asia/Seoul"
SCHEDULE: Final = {"en": "daily 02:00, Seoul", "ko": "매일 02:00 (서울)"}
SALES: Final = Asset("daily_sales", uri="airflow-demand://demo/daily_sales")
PARAMS: Final = {
    "day": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Day",
        description="Whose sales to take. Empty: the day before the run. A day may be run as often as you like.",
    ),
    "failing_tries": Param(
        0,
        type="integer",
        minimum=0,
        maximum=4,
        title="Plant a failure",
        description="The partner does not answer on so many first tries: 1 shows a retry, 4 use up all and alert.",
    ),
    "minutes_between_tries": Param(
        5,
        type="number",
        minimum=0,
        maximum=60,
        title="Minutes between tries",
        description="Five, as in the talk; on a stage 0.1 spares the audience the wait.",
    ),
}


class Pause(RetryPolicy):
    """Waits between tries for as long as the trigger form says."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: "Context | None" = None
    ) -> RetryDecision:
        """Retry after the run's own pause; the number of tries stays the task's."""
        if context is None:
            return RetryDecision.default()
        return RetryDecision.retry(timedelta(minutes=context["params"]["minutes_between_tries"]))


def folder() -> Path:
    """Return where the example keeps its files: `demo` in the data root, which has to be on a disk."""
    from airflow.sdk.exceptions import AirflowFailException

    from scrapers.store import Store, default_root

    files = Store(default_root()).files
    if not files.is_local:
        raise AirflowFailException(
            "the example's warehouse needs a data root on a disk: set AIRFLOW_DEMAND_DATA to one"
        )
    return Path(files.path("demo"))


def day_of(dag_run: Any, params: Any) -> date:
    """Return the day whose sales a run takes: the one named, else the day before the run in Seoul."""
    if params["day"]:
        return date.fromisoformat(params["day"])
    moment: datetime = dag_run.logical_date or dag_run.run_after
    return moment.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)


def alert(context: "Context") -> None:
    """Tell Slack and e-mail, where they are set up, that a task has failed for good; called by Airflow."""
    from analysis.message import compose
    from dags.parts.delivery import deliver, language
    from scrapers.store import Store, default_root

    dag_run, task_id = context["dag_run"], context["ti"].task_id
    started: datetime = dag_run.run_after.astimezone(ZoneInfo(ZONE))
    message = compose(
        Store(default_root()),
        f"sales-{day_of(dag_run, context['params'])}.{started:%H%M%S}",
        dag=context["dag"].dag_id,
        states={task_id: "failed"},
        errors={task_id: str(context.get("exception"))},
        schedule=SCHEDULE[language()],
        next_run=f"{started + timedelta(hours=22):%Y-%m-%d} 02:00",
        links={"log": context["ti"].log_url},
        lang=language(),
    )
    deliver(Store(default_root()), message)


@task_group
def extract() -> None:
    """Asks the three channels for the day, side by side."""

    @task
    def ask(channel: str, dag_run: Any = None, params: Any = None, ti: Any = None) -> int:
        """**What** Asks one channel for the sales of a day and keeps the answer, unedited, in `demo/raw/<day>`.

        **When it fails** The channel does not answer, or not in time. It is tried three times more, five minutes apart.

        **How to re-run** Clear it with everything downstream.
        """
        from dags.examples import sales

        if channel == "partner_channel" and ti.try_number <= params["failing_tries"]:
            raise ConnectionError(f"partner.example did not answer (planted, try {ti.try_number})")
        day = day_of(dag_run, params)
        n_records = sales.extract(channel, day, folder())
        _log.info("%s: %d records of %s", channel, n_records, day)
        return n_records

    for channel in CHANNELS:
        ask.override(task_id=channel)(channel)


@task
def transform(dag_run: Any = None, params: Any = None) -> int:
    """**What** Brings the three answers into one table: a row per channel and product, in won, after discounts and
    commission.

    **When it fails** A channel sold a product that is not known, or less than one piece: its last line names it.

    **How to re-run** Mend the cause, then clear it with everything downstream.
    """
    from dags.examples import sales

    day = day_of(dag_run, params)
    n_rows = sales.transform(day, folder())
    _log.info("%s: %d rows", day, n_rows)
    return n_rows


@task(outlets=[SALES])
def load(dag_run: Any = None, params: Any = None, outlet_events: Any = None) -> dict[str, int]:
    """**What** Puts the day into the warehouse, `demo/warehouse.duckdb`, in place of what that has of this day. A day
    that is there already stays as it is: nothing is counted twice.

    **When it fails** The disk is full, or somebody else holds the warehouse open. Either all of the day is in it or
    nothing.

    **How to re-run** Clear it, as often as you like.
    """
    from dags.examples import sales

    day = day_of(dag_run, params)
    loaded = sales.load(day, folder())
    _log.info("%s: %d rows, %s won", day, loaded["rows"], f"{loaded['revenue']:,}")
    outlet_events[SALES].extra = {"day": str(day), **loaded}
    return loaded


@dag(
    # Switched on at three in the morning it waits for the next night.
    schedule=CronTriggerTimetable("0 2 * * *", timezone=ZONE, run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=2),
    default_args={
        "owner": "airflow-demand",
        "retries": 3,
        "retry_delay": timedelta(minutes=5),
        "retry_policy": Pause(),
        "execution_timeout": timedelta(minutes=10),
        "on_failure_callback": alert,
    },
    params=PARAMS,
    tags=["example", "etl"],
    doc_md="""**What** Every night at 02:00 in Seoul the sales of the day before go from three channels (tills, online
shop, delivery partner) into a warehouse: extract, transform, load. The numbers are invented, the same for a day each
time.

**When it fails** A channel that does not answer is asked three times more, five minutes apart; then Slack and e-mail
tell of it. *Plant a failure* in the trigger form shows both.

**How to re-run** Trigger it again or clear what failed: running a day twice leaves the warehouse as it was.
""",
)
def daily_sales_etl() -> None:
    """Wire extract, transform and load."""
    chain(extract(), transform(), load())


daily_sales_etl()

"""weekly_refresh: each Monday from the boards to a published vintage of rates and figures, with one message."""

import logging
import os
from datetime import date, datetime, timedelta
from typing import Any, Final

import pendulum
from airflow.sdk import Param, TriggerRule, chain, dag, task, task_group
from airflow.sdk.exceptions import AirflowSkipException
from airflow.utils.types import DagRunType

from dags.parts.defaults import (
    DEFAULT_ARGS,
    FACTS,
    FIGURE_PARAMS,
    POSTINGS,
    SOURCES,
    STORE_POOL,
    WORKERS,
    ZONE,
    at_times,
    check_figures,
    host_pool,
    open_store,
)
from dags.parts.tail import RUN, Calendar, finish, tell_at_last

_log = logging.getLogger(__name__)
_TARGET: Final = f"^({'|'.join(SOURCES)})(:.+)?$"
PARAMS: Final = {
    "sources": Param(
        [],
        type=["null", "array"],
        items={"type": "string", "pattern": _TARGET},
        title="Sources",
        description="Which sources to read. Empty: all boards of boards.csv. Single boards are asked for under "
        'Advanced Options, as {"sources": ["lever:acme"]}.',
        examples=SOURCES,
    ),
    "since": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Since",
        description="Hacker News: only threads from this month on. Boards are always read whole.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Only say, in the log of prepare, what would be asked, of whom and at what pace. "
        "Nothing is asked, written or sent.",
    ),
    "force": Param(
        False,
        type="boolean",
        title="Read again",
        description="Ask every board, also those that were stored today or that want a longer pause. What was read "
        "today and is not stored yet is kept.",
    ),
    **FIGURE_PARAMS,
}


def next_monday(day: date) -> datetime:
    """Return when the run after that of a day is due."""
    return pendulum.datetime(day.year, day.month, day.day, tz=ZONE).next(pendulum.MONDAY).at(6)


CALENDAR: Final = Calendar("weekly", {"en": "Mondays 06:00, Seoul", "ko": "매주 월요일 06:00 (서울)"}, next_monday)


@task.branch(pool=STORE_POOL)
def prepare(params: Any = None, dag_run: Any = None, ti: Any = None) -> list[str]:
    """**What** Looks whether Slack and e-mail are set up, and writes down which boards are read today, in
    `staging/<run>/plan.json`. Sources without a board to read are skipped. A dry run ends here: its log says what
    would be asked.

    **When it fails** A board in `sources` or a figure that does not exist, a broken boards.csv, a data root that cannot
    be written, a run of an earlier day than one that is stored. Nothing has been asked yet.

    **How to re-run** Clear it with everything downstream, on the same day. Only what is not read yet is asked: boards
    that were read today are not read twice, unless the parameter `force` says so.
    """
    from dags.parts.delivery import check_connections
    from scrapers import boards
    from scrapers.collect import look_ahead
    from scrapers.stage import refuse_overtaken
    from scrapers.staging import open_stage

    check_figures(params["figures"])
    store, run, now = open_store(), CALENDAR.run_of(dag_run), pendulum.instance(dag_run.start_date).in_timezone(ZONE)
    asked = {
        "since": params["since"],
        "base_url": os.environ.get("AIRFLOW_DEMAND_BASE_URL"),
        "is_forced": params["force"],
        "now": now,
    }
    targets = boards.named(store, params["sources"]) if params["sources"] else boards.load(store)
    if params["dry_run"]:
        refuse_overtaken(store, run, now)
        ahead = [line for preview in look_ahead(targets, store, **asked) for line in preview.lines()]
        ti.xcom_push(key="ahead", value=ahead)
        _log.info("%s", "\n".join(ahead))
        # Also those that run whatever happened before them.
        ti.task.skip(ti, ti.task.get_flat_relatives(upstream=False))
        return []
    ti.xcom_push(key="missing", value=check_connections())
    stage = open_stage(store, targets, run=run, **asked)
    ti.xcom_push(key="run", value=stage.run)
    return ["store", *(f"collect.{job.source}" for job in stage.jobs)]


@task_group
def collect() -> None:
    """One task per source, each with the pool of its hosts; inside, its boards are read one after another."""

    @task
    def read(run: str, source: str) -> dict[str, int]:
        """**What** Reads the boards of one source, politely, and stages each as it comes in `staging/<run>/<source>`.

        **When it fails** No board of the source could be read; its last line says why and what to do. The other sources
        go on, and the run ends well with one thing to do.

        **How to re-run** Clear it with everything downstream while the run is not stored yet; later trigger the DAG
        again. Boards that are staged are not asked a second time.
        """
        from scrapers.report import BoardResult
        from scrapers.staging import read_stage
        from scrapers.stopping import stop_on_signal

        def tell_board(board: BoardResult) -> None:
            _log.info("%s: %s, %d postings %s", board.target, board.outcome, board.n, board.reason)

        with stop_on_signal() as stop:
            contact = os.environ.get("AIRFLOW_DEMAND_CONTACT")
            counts: dict[str, int] = read_stage(
                open_store(), run, source, contact=contact, stop=stop, on_board=tell_board
            )
        return counts

    for source in SOURCES:
        timeout = timedelta(hours=6)
        read.override(task_id=source, pool=host_pool(source), execution_timeout=timeout)(RUN, source)


@task(pool=STORE_POOL, trigger_rule=TriggerRule.ALL_DONE, outlets=[POSTINGS])
def store(run: str, outlet_events: Any = None) -> dict[str, int]:
    """**What** Stores all that is staged as one run, in one commit: new and changed postings, and what has vanished.

    **When it fails** No board of any source could be read: then nothing is stored and the published figures stay. Or
    another process writes the store.

    **How to re-run** Clear it with everything downstream; what is stored already is not stored twice.
    """
    from scrapers.staging import settle

    if not run:
        raise AirflowSkipException("prepare has not said what to read")
    stored = settle(open_store(), run)
    counts = {
        "n_boards": len(stored.boards),
        "n_new": sum(b.n_new for b in stored.boards),
        "n_changed": sum(b.n_changed for b in stored.boards),
        "n_vanished": sum(b.n_vanished for b in stored.boards),
    }
    outlet_events[POSTINGS].extra = {"run": run, **counts}
    return counts


@task(pool=STORE_POOL, outlets=[FACTS], execution_timeout=timedelta(hours=4))
def tag(run: str, outlet_events: Any = None) -> dict[str, int]:
    """**What** Turns new postings into facts (roles, skills, levels) and links those that advertise the same vacancy.

    **When it fails** Too little memory or disk, or another process writes the store. The facts before stay.

    **How to re-run** Clear it with everything downstream; only what has no facts yet is tagged.
    """
    from analysis.tag import tag_store

    done = tag_store(open_store(), workers=WORKERS)
    counts = {"n_tagged": done.n_tagged, "n_facts": done.n_facts}
    outlet_events[FACTS].extra = {"run": run, "tagger_version": done.tagger_version, **counts}
    return counts


@dag(
    schedule=at_times("0 6 * * MON"),
    catchup=False,
    max_active_runs=1,
    # Boards show only what is open today: there is nothing to fill a past week with.
    allowed_run_types=set(DagRunType) - {DagRunType.BACKFILL_JOB},  # type: ignore[arg-type]
    dagrun_timeout=timedelta(hours=20),
    default_args=DEFAULT_ARGS,
    params=PARAMS,
    tags=["airflow-demand", "weekly"],
    on_failure_callback=tell_at_last(CALENDAR),
)
def weekly_refresh() -> None:
    """
    ### What
    Each Monday at 06:00 in Seoul: reads the job boards, stores what is new, tags and links it, checks it, and publishes
    a new vintage of rates, figures and the report. One message says how it went.

    ### When it fails
    - **One source is down**: its task under `collect` is red, all else goes on, the run is green, the message says
      "1 thing to do".
    - **All sources are down**: `store` fails, the run is red, nothing has changed.
    - **The gate is closed**: `rates` and `figures` are skipped, `publish` keeps the last good figures, stamped "as of"
      their day, beside the new quality page; the run is red, for somebody should look now.

    ### How to re-run
    Trigger it again whenever you like: boards that were read today are not asked a second time, and the same input
    gives the same bytes. To try one step again, clear it with everything downstream.
    """
    begun, read, stored = prepare(), collect(), store(RUN)
    begun >> stored
    tagged = tag(RUN)
    chain(begun, read, stored, tagged)
    finish(tagged, CALENDAR)


weekly_refresh()

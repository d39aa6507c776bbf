"""retrain_classifier: monthly, and when postings have grown, a challenger for the tagger; or back to a champion."""

import logging
import os
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, AssetOrTimeSchedule, Param, TriggerRule, chain, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from airflow.utils.types import DagRunType

from dags.parts.defaults import (
    DEFAULT_ARGS,
    FACTS,
    FIGURE_PARAMS,
    POSTINGS,
    STORE_POOL,
    WORKERS,
    ZONE,
    at_times,
    check_figures,
    day_of,
    open_store,
)
from dags.parts.tail import RUN, Calendar, ask_gate, figures, publish, rates, report, tell, tell_at_last, watch

if TYPE_CHECKING:
    from analysis.learn.outcomes import Outcome
    from analysis.learn.versions import Versions

_log = logging.getLogger(__name__)
CHAMPION: Final = Asset("airflow_demand_champion", uri="airflow-demand://data/champion")
GROWTH: Final = float(os.environ.get("AIRFLOW_DEMAND_GROWTH", "0.1"))
PARAMS: Final = {
    "rollback": Param(
        "",
        type="string",
        pattern=r"^$|^before$|^[0-9a-z][0-9a-z-]{0,63}$",
        title="Roll back",
        description="Train nothing, go back: `before` is the champion before, or name a version, as `airflow-demand "
        "model list` shows them. Its facts and figures come back as they were.",
        examples=["before"],
    ),
    "growth": Param(
        GROWTH,
        type="number",
        minimum=0,
        title="Growth",
        description="A run that new postings have started goes on only if the store grew by this share since it was "
        "trained on last (0.1 is a tenth). Runs by the calendar or by hand always go on.",
    ),
    "until": Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}(-\d\d(-\d\d)?)?$",
        title="Until",
        description="Train only on postings surely posted by the end of this day, month or year. Empty: on all.",
        examples=["2026", "2026-06"],
    ),
    "seed": Param(0, type="integer", minimum=0, title="Seed", description="Seed of every random choice in training."),
    "reviewed": Param(
        False,
        type="boolean",
        title="Reviewed",
        description="Somebody has read the changed canary postings, or knows why it was rolled back from this version: "
        "promote it all the same. A worse guarded figure is refused even so.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Only say, in the log of prepare, what would be trained on and who is champion.",
    ),
    **FIGURE_PARAMS,
}


def next_month(day: date) -> datetime:
    """Return when the run by the calendar after that of a day is due."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return datetime(year, month + 1, 1, 3, tzinfo=ZoneInfo(ZONE))


WORDS: Final = {
    "en": "1st of each month 03:00, Seoul, and when postings have grown",
    "ko": "매월 1일 03:00 (서울), 그리고 공고가 충분히 늘었을 때",
}
CALENDAR: Final = Calendar("retrain", WORDS, next_month)


def open_versions() -> "Versions":
    """Return the model versions of the data root."""
    from analysis.learn.versions import Versions
    from scrapers.store import default_root

    return Versions(default_root())


def told(outcome: "Outcome") -> dict[str, Any]:
    """Return what other tasks and the UI are told of an outcome."""
    _log.info("%s", outcome.words["en"])
    return {name: getattr(outcome, name) for name in ("kind", "challenger", "champion", "refusal", "n_postings")}


@task.short_circuit
def prepare(params: Any = None, dag_run: Any = None, ti: Any = None, triggering_asset_events: Any = None) -> bool:
    """**What** Decides whether there is anything to do: always, if the calendar or a person started the run; if new
    postings did, only when the store has grown by the share `growth` since it was trained on last. Then it looks
    whether Slack and e-mail are set up and names the run. Else everything behind it is skipped, and nobody is told.

    **When it fails** A figure that does not exist; a store, a model version or an earlier `retraining/*.json` that
    cannot be read; the log names it.

    **How to re-run** Clear it with everything downstream: a run that has trained goes on under its name, another one is
    decided on again.
    """
    from analysis.learn.outcomes import find_outcome, name_run
    from analysis.learn.retraining import measure_growth
    from dags.parts.delivery import check_connections

    check_figures(params["figures"])
    store, versions = open_store(), open_versions()
    growth, champion = measure_growth(store, versions), versions.champion()
    _log.info(
        "champion: %s; postings: %d now, %d when last trained on",
        *(champion.version if champion else "none, the rules alone", growth.n_now, growth.n_before),
    )
    if params["dry_run"]:
        _log.info("nothing is done: a dry run")
        return False
    run = name_run(store, str(day_of(dag_run)), dag_run.run_id)
    # What it has trained on already counts as known: a run that has begun is not asked for growth again.
    has_begun = find_outcome(store, run) is not None
    if triggering_asset_events and not has_begun and not growth.is_enough(params["growth"]):
        _log.info("nothing is done: grown by less than %s", f"{params['growth']:.0%}")
        return False
    ti.xcom_push(key="missing", value=check_connections())
    ti.xcom_push(key="run", value=run)
    return True


@task(execution_timeout=timedelta(hours=4))
def train(run: str, params: Any = None, dag_run: Any = None) -> dict[str, Any]:
    """**What** Trains a challenger on the texts of the store and keeps it as a version under `models/`, not used yet.
    Too little text is an outcome, kept in `retraining/<run>.json`, and no failure.

    **When it fails** Too little memory, or code or vocabulary that changed while it ran.

    **How to re-run** Clear it with everything downstream; the same postings, code and seed give the same version, which
    is not trained twice.
    """
    from analysis.learn.retraining import train_challenger

    if params["rollback"]:
        raise AirflowSkipException("this run goes back to a champion")
    asked = {"asked": dag_run.run_id, "seed": params["seed"], "until": params["until"]}
    return told(train_challenger(open_store(), open_versions(), run, **asked))


@task
def validate(run: str, params: Any = None) -> dict[str, Any]:
    """**What** Compares the challenger with the champion: on labelled postings, on later years than it learnt from, and
    in what it makes of the canary postings. All guarded figures of both are kept in `retraining/<run>.json`.

    **When it fails** A version whose files were changed. That a challenger is worse is a result, no failure.

    **How to re-run** Clear it with everything downstream; a verdict that was kept stands.
    """
    from analysis.learn.retraining import validate as compare

    outcome = compare(open_store(), open_versions(), run, is_reviewed=params["reviewed"])
    pairs = {c["name"]: [round(c["challenger"], 4), round(c["champion"], 4)] for c in outcome.compared}
    return told(outcome) | {"figures": pairs}


@task.short_circuit(pool=STORE_POOL, outlets=[CHAMPION], ignore_downstream_trigger_rules=False)
def promote(run: str, params: Any = None, outlet_events: Any = None) -> bool:
    """**What** Makes the challenger the champion if no guarded figure is worse and the canary postings come out as
    before, or were reviewed. Where training gave the champion again, its answers are kept as right if they were
    reviewed. A refusal skips all that a new champion would change; the message tells why. Only facts that an earlier
    champion left, because `tag` failed behind a promotion, are made up for.

    **When it fails** Another process writes the store.

    **How to re-run** Clear it with everything downstream; a challenger is promoted once.
    """
    from analysis.learn.retraining import has_own_facts, settle

    store, versions = open_store(), open_versions()
    outcome = settle(store, versions, run, is_reviewed=params["reviewed"], by="retrain_classifier")
    outlet_events[CHAMPION].extra = {"run": run, **told(outcome)}
    return outcome.has_news or not has_own_facts(store, versions)


@task(pool=STORE_POOL, outlets=[CHAMPION])
def roll_back(run: str, params: Any = None, dag_run: Any = None, outlet_events: Any = None) -> dict[str, Any]:
    """**What** Only with the parameter `rollback`: makes the champion before, or the version named, the champion again.

    **When it fails** There is nothing to go back to, or the version is not there: `airflow-demand model list`.

    **How to re-run** Clear it with everything downstream; the same run goes back no further. To go back one more,
    trigger the DAG again.
    """
    from analysis.learn.retraining import roll_back as go_back

    if not params["rollback"]:
        raise AirflowSkipException("this run trains")
    to = None if params["rollback"] == "before" else params["rollback"]
    outcome = told(go_back(open_store(), open_versions(), run, asked=dag_run.run_id, to=to))
    outlet_events[CHAMPION].extra = {"run": run, **outcome}
    return outcome


@task(
    pool=STORE_POOL,
    trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    outlets=[FACTS],
    execution_timeout=timedelta(hours=8),
)
def tag(run: str, outlet_events: Any = None) -> dict[str, Any]:
    """**What** Tags everything that has text anew with the new champion; the facts before go to `facts_history/`. After
    a rollback the facts that the champion made come back byte for byte, and only what came since is tagged.

    **When it fails** Too little memory or disk, or another process writes the store. The facts before stay.

    **How to re-run** Clear it with everything downstream; nothing is visible before all is tagged.
    """
    from analysis.tag import tag_store

    done = tag_store(open_store(), workers=WORKERS)
    counts = {"n_tagged": done.n_tagged, "n_facts": done.n_facts, "restored": done.restored}
    outlet_events[FACTS].extra = {"run": run, "tagger_version": done.tagger_version, **counts}
    return counts


@task.branch(pool=STORE_POOL)
def check(run: str, params: Any = None, ti: Any = None) -> list[str]:
    """**What** The quality gate, once more for the postings collected last: did what is made of them jump? The verdict
    is kept in `quality/<run>.json`. All is well: rates, figures and report are made. A check that asks to act now has
    failed: only the report is drafted, for its quality page, and `publish` keeps the last good figures.

    **When it fails** Only when the store cannot be read; a closed gate is a result, not a failure.

    **How to re-run** Clear it with everything downstream. To open a closed gate, go back: trigger the DAG with
    `rollback`. To let the champion through all the same, raise the limit in `quality.yaml` and clear this task.
    """
    return ask_gate(ti, run, params["only_from"])


@dag(
    schedule=AssetOrTimeSchedule(timetable=at_times("0 3 1 * *"), assets=[POSTINGS]),
    catchup=False,
    max_active_runs=1,
    # It trains on what the store holds now, for whichever day: a past month would get a model of today.
    allowed_run_types=set(DagRunType) - {DagRunType.BACKFILL_JOB},  # type: ignore[arg-type]
    dagrun_timeout=timedelta(hours=20),
    default_args=DEFAULT_ARGS,
    params=PARAMS,
    tags=["airflow-demand", "monthly", "models"],
    on_failure_callback=tell_at_last(CALENDAR),
)
def retrain_classifier() -> None:
    """
    ### What
    On the first of each month at 03:00 in Seoul, and when the postings have grown by a tenth: trains a challenger for
    the tagger, compares it with the champion, and promotes it only if it is no worse. Then everything is tagged and
    drawn anew and published as a vintage of its own; the facts before are kept. With the parameter `rollback` it goes
    back to an earlier champion instead, whose facts and figures return byte for byte. One message says what happened.

    ### When it fails
    - **The challenger is worse, or there is too little text**: no failure; the run is green, nothing changes, the
      message says why.
    - **The gate is closed**: the new champion shifts what is measured beyond what is allowed; the last good figures
      stay, stamped "as of" their day, and the run is red. Look why, or go back.
    - **A step fails**: champion and facts are each those before it or those after it. Behind a promotion whose `tag`
      failed, facts and figures are still those of the champion before: clear `tag`, or trigger the DAG again, which
      tags even where it promotes nothing; the next weekly refresh does so too.

    ### How to re-run
    Clear the step that failed with everything downstream. Trigger it again for another attempt: the same postings give
    the same version. Versions and their figures: `airflow-demand model list`, and `retraining/<run>.json`.
    """
    begun, back, trained = prepare(), roll_back(RUN), train(RUN)
    tagged = tag(RUN)
    checked: Any = check(RUN)
    chain(begun, trained, validate(RUN), promote(RUN), tagged)
    chain(begun, back, tagged, checked)
    chain(checked, [rates(RUN), figures(RUN), report(RUN)], publish(RUN), tell(CALENDAR), watch())


retrain_classifier()

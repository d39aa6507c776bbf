"""The end that DAGs share once facts have changed: the gate, the drawing, the publishing, the message, the watcher."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from airflow.sdk import TriggerRule, chain, conf, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dags.parts.defaults import FIGURES, STORE_POOL, WORKERS, day_of, open_store

if TYPE_CHECKING:
    from scrapers.store import Store

RUN: Final = "{{ ti.xcom_pull(task_ids='prepare', key='run') or '' }}"
"""The name on which a whole run works, as `prepare` pushed it; a template, for the graph to keep to its true order."""
DRAWN: Final = ("rates", "figures", "report")
"""Tasks whose drafts make a vintage."""
_BROKEN: Final = ("failed", "upstream_failed")
SITE: Final = "AIRFLOW_DEMAND_SITE"
"""The variable with the address under which others see the folder published/; without it links name the files."""
LOG: Final = "AIRFLOW_DEMAND_LOG"
"""The variable with the log of a run without a scheduler; messages name it where there are no pages to open."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a DAG's runs are named, its schedule in words by language, and when the run after that of a day is due."""

    prefix: str
    words: Mapping[str, str]
    following: Callable[[date], datetime]

    def run_of(self, dag_run: Any) -> str:
        """Return the name of a run's day, such as weekly-2026-11-23."""
        return f"{self.prefix}-{day_of(dag_run)}"


@task.branch(pool=STORE_POOL)
def check(run: str, params: Any = None, ti: Any = None) -> list[str]:
    """**What** The quality gate: volumes, rates, mix, dates, texts, duplicates and the canary postings of this run are
    judged against the weeks before, and kept in `quality/<run>.json`. All is well: rates, figures and report are made.
    A check that asks to act now has failed: only the report is drafted, for its quality page tells what is wrong, and
    `publish` keeps the last good figures.

    **When it fails** Only when the store cannot be read; a closed gate is a result, not a failure.

    **How to re-run** Clear it with everything downstream; the same run gives the same verdict.
    """
    return ask_gate(ti, run, params["only_from"], of=run)


def ask_gate(ti: Any, name: str, only_from: Any, of: str | None = None) -> list[str]:
    """Judge a collecting run (the newest unless `of` names one) as `name`; return which tasks come next.

    A store in which no run has asked a board has nothing to judge, and its gate is open.
    """
    from analysis.publishing import name_facts
    from analysis.quality import QualityError, assess, find_run

    store = open_store()
    asked = find_run(store, of)
    if of and not asked:
        raise QualityError(f"{of} collected nothing that could be judged: see airflow-demand status")
    held = []
    if asked:
        found = assess(store, asked[0], today=date.fromisoformat(asked[1]), only_from=only_from, name=name)
        held = [f"{c.name} {c.subject}".strip() for c in found.failed("act_now")]
    # For the drawing: another DAG may tag meanwhile, or a later week have come before this one is let through.
    ti.xcom_push(key="facts", value=name_facts(store, asked[0] if asked else None))
    ti.xcom_push(key="held", value=held)
    _log.info("the gate is closed: %s" if held else "the gate is open%s", ", ".join(held))
    return ["report"] if held else [*DRAWN]


@task
def rates(run: str, params: Any = None, ti: Any = None) -> Any:
    """**What** Writes the tables of rates with their intervals, as CSV and JSON, into `drafts/<run>/rates`.

    **When it fails** Too little memory or disk; nothing that readers see has changed.

    **How to re-run** Clear it; files that would not change are left alone.
    """
    from analysis.publishing import write_rates

    return write_rates(open_store(), run, only_from=params["only_from"], after=read_pin(ti))


@task(execution_timeout=timedelta(hours=2))
def figures(run: str, params: Any = None, ti: Any = None) -> Any:
    """**What** Draws the figures, in Korean and English, into `drafts/<run>/figures`; the parameter `figures` names
    those wanted, none means all.

    **When it fails** Too little memory or disk, or a figure that cannot be drawn from these facts: the log names it.

    **How to re-run** Clear it; files that would not change are left alone.
    """
    from analysis.publishing import write_figures

    chosen = {"only": params["figures"] or None, "only_from": params["only_from"], "after": read_pin(ti)}
    return write_figures(open_store(), run, workers=WORKERS, **chosen)


@task(execution_timeout=timedelta(hours=2))
def report(run: str, params: Any = None, ti: Any = None) -> Any:
    """**What** Writes the report page, the quality page and section 4 into `drafts/<run>`.

    **When it fails** Too little memory or disk; nothing that readers see has changed.

    **How to re-run** Clear it; files that would not change are left alone.
    """
    from analysis.publishing import write_report

    chosen = {"only_from": params["only_from"], "after": read_pin(ti)}
    is_held = bool(ti.xcom_pull(task_ids="check", key="held"))
    return write_report(open_store(), run, workers=WORKERS, is_held=is_held, **chosen)


# Behind a closed gate the figures that readers see are to be stamped even if the new quality page could not be drawn.
@task(pool=STORE_POOL, trigger_rule=TriggerRule.ALL_DONE, outlets=[FIGURES])
def publish(run: str, ti: Any = None, outlet_events: Any = None) -> None:
    """**What** Switches readers to this run's folder in one step; earlier vintages stay. With the gate closed it keeps
    the last good figures instead, stamped "as of" their day, beside the new quality page if there is one. Where the
    gate gave no verdict, or it is open and not all was drawn, it is skipped.

    **When it fails** A file of this run is missing or the disk is full; readers still see the vintage before.

    **How to re-run** Clear it, or what failed before it with everything downstream; a run that is published already is
    published again without any change.
    """
    # Before the imports, which take longer than to skip.
    held = read_verdict(ti)
    from analysis.publishing import current, hold, is_shown
    from analysis.publishing import publish as switch

    store = open_store()
    made = hold(store, run, held) if held else switch(store, run)
    shown = is_shown(store, made)
    if not shown and current(store):
        _log.warning("readers stay with later figures; those of %s are kept beside them", run)
    outlet_events[FIGURES].extra = {"run": run, "is_held": bool(held), "is_shown": shown}


def tell(calendar: Calendar) -> Any:
    """Return the task `summary` of a DAG."""

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def summary(params: Any = None, dag_run: Any = None, ti: Any = None) -> dict[str, str]:
        """**What** Writes the one message of this run to `messages/<dag>/<run>` and sends it to Slack and by e-mail,
        where these are set up: the verdict first, then what changed and what to do. A dry run has none.

        **When it fails** Slack or the mail server refuses; the file is written all the same, and the next run sends it
        once more.

        **How to re-run** Clear it; a channel that has the message already does not get it twice.
        """
        from analysis.message import compose, free_run
        from dags.parts.delivery import deliver, deliver_owed, language

        if params.get("dry_run"):
            raise AirflowSkipException("a dry run: nothing was written, and there is no message")
        lang, store, states = params["lang"] or language(), open_store(), task_states(ti)
        named, has_scheduler = ti.xcom_pull(task_ids="prepare", key="run"), LOG not in os.environ
        run = named or free_run(store, ti.dag_id, calendar.run_of(dag_run), dag_run.run_id)
        message = compose(
            store,
            run,
            dag=ti.dag_id,
            states={_shown(name): state for name, state in states.items()},
            errors={_shown(name): error for name, error in _errors(ti, states).items()},
            schedule=calendar.words[lang] if has_scheduler else "",
            next_run=f"{calendar.following(day_of(dag_run)):%Y-%m-%d %H:%M}" if has_scheduler else "",
            links=_links(store, ti.dag_id, run),
            missing=ti.xcom_pull(task_ids="prepare", key="missing") or (),
            lang=lang,
            asked="" if named else dag_run.run_id,
            has_scheduler=has_scheduler,
        )
        ti.xcom_push(key="composed", value=message.digest)
        deliver_owed(store, ti.dag_id, but=run)
        deliver(store, message)
        return {"run": message.run, "outcome": message.outcome, "verdict": message.verdict}

    return summary()


def tell_at_last(calendar: Calendar) -> Callable[[Any], None]:
    """Return what Airflow calls when a run has failed: it sends a few words where `summary` itself could not."""

    def call(context: Any) -> None:
        from analysis.message import free_run
        from dags.parts.delivery import tell_failure

        ti, conf = context["ti"], context["dag_run"].conf or {}
        # After a timeout, what `summary` left may be of the time before a task was cleared.
        is_fresh = context.get("reason") != "timed_out"
        try:
            is_told = is_fresh and bool(ti.xcom_pull(task_ids="summary"))
        except ImportError:
            # So it ends in `airflow dags test`, which has nobody to ask; who waits for the run sees how it ended.
            return
        if is_told or conf.get("dry_run"):
            return
        if run := ti.xcom_pull(task_ids="prepare", key="run"):
            composed = ti.xcom_pull(task_ids="summary", key="composed") if is_fresh else None
            tell_failure(context, run, composed=composed or "", lang=conf.get("lang"))
        else:
            asked = context["dag_run"].run_id
            run = free_run(open_store(), ti.dag_id, calendar.run_of(context["dag_run"]), asked)
            tell_failure(context, run, asked=asked, lang=conf.get("lang"))

    return call


@task(trigger_rule=TriggerRule.ALL_DONE)
def watch(ti: Any = None) -> None:
    """**What** Makes trouble visible: the last task of all decides the colour of the run, so it fails when any step did
    or when the message asks to act now. A source alone that could not be read does not count.

    **When it fails** Exactly then; its one line names the steps, the message says what to do.

    **How to re-run** Not on its own: clear the step that failed with everything downstream.
    """
    broken = sorted(name for name, state in task_states(ti).items() if state in _BROKEN and not is_source(name))
    if broken:
        raise AirflowFailException(f"failed: {', '.join(broken)}; the message says what to do")
    told = ti.xcom_pull(task_ids="summary")
    if told and told["outcome"] != "ok":
        raise AirflowFailException(told["verdict"])


def finish(before: Any, calendar: Calendar) -> None:
    """Wire the shared end behind a task or group."""
    chain(before, check(RUN), [rates(RUN), figures(RUN), report(RUN)], publish(RUN), tell(calendar), watch())


def read_verdict(ti: Any) -> list[str]:
    """Return why the gate of this run is closed, nothing where it is open.

    Raises AirflowSkipException where there is no verdict, or nothing whole to publish behind an open gate.
    """
    states = task_states(ti)
    held: list[str] | None = ti.xcom_pull(task_ids="check", key="held")
    if held is None or states.get("check") != "success":
        raise AirflowSkipException("the gate has given no verdict")
    if lacking := [name for name in DRAWN if states.get(name) != "success" and not held]:
        raise AirflowSkipException(f"not drawn: {', '.join(lacking)}; readers still see the vintage before")
    return held


def read_pin(ti: Any) -> str | None:
    """Return the facts that the gate of this run judged."""
    found: str | None = ti.xcom_pull(task_ids="check", key="facts")
    return found


def task_states(ti: Any) -> dict[str, str]:
    """Return how the tasks of this run have ended so far, by task."""
    known = ti.get_task_states(ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    return {name: state for name, state in known.items() if state in ("success", "skipped", *_BROKEN)}


def _errors(ti: Any, states: Mapping[str, str]) -> dict[str, str]:
    """Return what the tasks that failed said last; one that was killed said nothing."""
    said = {name: ti.xcom_pull(task_ids=name, key="error") for name, state in states.items() if state == "failed"}
    return {name: error for name, error in said.items() if error}


def _links(store: "Store", dag: str, run: str) -> dict[str, str]:
    """Return where to read on; none names the folder of the data root, so that the same run has the same message."""
    from analysis.publishing import latest

    made, site = latest(store, run), os.environ.get(SITE, "published").rstrip("/")
    pages = {"report": "index.html", "quality": "quality.html", "diff": "diff.md"}
    links = {}
    if made:
        links = {name: f"{site}/{made.vintage}/{page}" for name, page in pages.items()}
    if log := os.environ.get(LOG):
        return links | {"log_file": log}
    return links | {"log": f"{conf.get('api', 'base_url', fallback='http://localhost:8080').rstrip('/')}/dags/{dag}"}


def is_source(task_id: str) -> bool:
    """True for the task of one source, which may fail without the others."""
    return task_id.startswith("collect.")


def _shown(task_id: str) -> str:
    """Return a task's name as the message takes it: collect[lever] for collect.lever."""
    return f"collect[{task_id.removeprefix('collect.')}]" if is_source(task_id) else task_id

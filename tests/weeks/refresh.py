"""Refresh: one week's run through the functions that the tasks of the weekly DAG call, in their order."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from analysis.message import Message, compose
from analysis.publishing import hold, publish, write_figures, write_rates, write_report
from analysis.publishing.basis import find_basis
from analysis.publishing.drafts import write_part
from analysis.quality import Assessment, assess
from analysis.tag import tag_store
from scrapers.errors import SourceDownError
from scrapers.staging import open_stage, read_stage, settle
from scrapers.store import Store
from tests.weeks.market import monday

DAG = "weekly_refresh"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run came to."""

    run: str
    tasks: list[str]
    errors: dict[str, str]
    assessment: Assessment
    message: Message

    @property
    def to_do(self) -> list[str]:
        """The keys of what a person is asked to do."""
        return [p.key for p in self.message.problems if p.is_to_do]

    @property
    def notes(self) -> list[str]:
        """State, key and count of every problem told of, for those who read why a test failed."""
        return [f"{p.state} {p.key} {p.n}" for p in self.message.problems]


def run_name(week: int) -> str:
    """Return the name of a week's run."""
    return f"weekly-{monday(week)}"


def refresh(store: Store, url: str, targets: list[str], week: int, *, is_drawn: bool = False) -> Refreshed:
    """Read, store, tag, judge, publish or hold, and tell of one week; draw a figure and the report only if asked to."""
    run = run_name(week)
    now = datetime.combine(monday(week), time(6), UTC)
    stage = open_stage(store, targets, run=run, base_url=url, now=now)
    errors = {}
    for job in stage.jobs:
        try:
            read_stage(store, run, job.source, interval=0.0)
        except SourceDownError as error:
            errors[f"collect[{job.source}]"] = str(error)
    tasks = [f"collect[{job.source}]" for job in stage.jobs]
    return finish(store, week, tasks, errors, is_drawn=is_drawn)


def finish(store: Store, week: int, tasks: list[str], errors: dict[str, str], *, is_drawn: bool = False) -> Refreshed:
    """Store what `tasks` have staged and go on to the end; a second time it must change nothing."""
    run = run_name(week)
    settle(store, run)
    tag_store(store, with_snapshot=False)
    found = assess(store, run, today=monday(week), only_from="store")
    if found.is_held:
        hold(store, run, [f"{c.name} {c.subject}".strip() for c in found.failed("act_now")])
    else:
        write_rates(store, run, only_from="store")
        _draw(store, run, is_drawn)
        publish(store, run)
    states = dict.fromkeys(("prepare", *tasks, "store", "tag", "check", "publish"), "success")
    told = compose(store, run, dag=DAG, states={**states, **dict.fromkeys(errors, "failed")}, errors=errors)
    return Refreshed(run, tasks, errors, found, told)


def _draw(store: Store, run: str, is_drawn: bool) -> None:
    """Write the parts that take most of a run's time; where they are not asked for, without any file."""
    if is_drawn:
        write_figures(store, run, only=["fig_4_1"], only_from="store", workers=1)
        write_report(store, run, only_from="store", workers=1)
        return
    for part in ("figures", "report"):
        write_part(store, run, part, {}, find_basis(store, "store"), {})

"""Composing: one message per run, verdict first, as a file, as an e-mail and for Slack, from what the files say."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any, Final

from analysis.message import sections
from analysis.message.as_html import to_html
from analysis.message.as_markdown import to_markdown
from analysis.message.as_slack import to_slack
from analysis.message.collected import SourceRow, rows
from analysis.message.evidence import LOG, DamagedError, Evidence, gather, naming, read_json, read_problems
from analysis.message.findings import Course, find, is_dark_run, is_judged
from analysis.message.letter import Letter, Section, plain
from analysis.message.problem import Problem, follow, order_of
from analysis.message.shares import headline
from analysis.message.words import advice_in, has_words, say
from scrapers.store import Store

FOLDER: Final = "messages"
WHY: Final = 90
"""Characters of a cause in the verdict."""


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told of one run.

    `severity` is act_now, this_week or info; `outcome` is ok, held or failed; `text` is Slack's markup, `html` a whole
    page for e-mail, `markdown` the file. `thread` names the run whose message told of all this first, empty when
    something is new, and `asked` the DAG run that tells of itself alone, for it came to no run of ours.
    """

    dag: str
    run: str
    lang: str
    severity: str
    outcome: str
    verdict: str
    subject: str
    text: str
    html: str
    markdown: str
    problems: tuple[Problem, ...]
    thread: str = ""
    asked: str = ""

    @property
    def digest(self) -> str:
        """What names the content: the same words have the same digest."""
        content = "\0".join((self.dag, self.run, self.subject, self.text, self.html))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return what the message file holds, which the next run compares itself with."""
        names = ("dag", "run", "lang", "severity", "outcome", "verdict", "subject", "thread", "digest", "text")
        told = {name: getattr(self, name) for name in names} | ({"asked": self.asked} if self.asked else {})
        return told | {"problems": [p.to_dict() for p in self.problems]}


def compose(
    store: Store,
    run: str,
    *,
    dag: str,
    states: Mapping[str, str | None],
    errors: Mapping[str, str] | None = None,
    schedule: str = "",
    next_run: str = "",
    links: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    lang: str = "en",
    asked: str = "",
    has_scheduler: bool = True,
) -> Message:
    """Write messages/<dag>/<run>.{json,md,html} and return the message; the same evidence gives the same bytes.

    `states` are those of the tasks before the message, by task id or `collect[source]`, `errors` the last line of those
    that failed; `missing` are the channels, slack or email, that are not set up. `asked` is the DAG run when it failed
    before it had a name (`free_run`): what was read that day is not told as its own. Without a scheduler nobody is
    advised to clear or to trigger. Raises StoreError for a damaged file; of a damaged earlier message the new one says
    so.
    """
    evidence = gather(store, dag, run, is_begun=not asked)
    course = Course(states, {task: plain(line) for task, line in (errors or {}).items()}, missing, has_scheduler)
    footer = _ending(lang, schedule, next_run, f"{FOLDER}/{dag}/{run}.md")
    message = replace(_message(lang, dag, run, evidence, course, footer, links or {}), asked=asked)
    for suffix, content in (
        ("md", message.markdown),
        ("html", message.html),
        ("json", json.dumps(message.to_dict(), ensure_ascii=False, indent=1) + "\n"),
    ):
        store.files.write_changed(f"{FOLDER}/{dag}/{run}.{suffix}", content.encode())
    return message


def read_message(store: Store, dag: str, run: str) -> Message | None:
    """Return the message that was written for a run last; None without one, or, as the log says, a damaged one."""
    place = f"{FOLDER}/{dag}/{run}"
    try:
        return _read_message(store, place)
    except DamagedError as error:
        LOG.warning("%s", error)
        return None


def _read_message(store: Store, place: str) -> Message | None:
    stored = read_json(store, f"{place}.json")
    if stored is None or not all(store.files.exists(f"{place}.{suffix}") for suffix in ("html", "md")):
        return None
    known: dict[str, Any] = {f.name: stored[f.name] for f in fields(Message) if f.name in stored}
    known["problems"] = read_problems(store, f"{place}.json")
    for name, suffix in (("html", "html"), ("markdown", "md")):
        with naming(store, f"{place}.{suffix}"):
            known[name] = store.files.read(f"{place}.{suffix}").decode()
    with naming(store, f"{place}.json"):
        return Message(**known)


def free_run(store: Store, dag: str, day: str, asked: str) -> str:
    """Return the name under which a DAG run that was given none tells of itself; its own if it told before.

    `day` is the name that the runs of a day have in common, `asked` what Airflow calls the DAG run. Raises StoreError
    where the data root is out of reach.
    """
    names = (day if n == 1 else f"{day}.{n}" for n in count(1))
    return next(name for name in names if not _is_taken(store, dag, name, asked))


def _is_taken(store: Store, dag: str, run: str, asked: str) -> bool:
    try:
        told = read_json(store, f"{FOLDER}/{dag}/{run}.json")
    except DamagedError as error:
        LOG.warning("%s", error)
        return True
    if told is not None:
        return told.get("asked") != asked
    return store.has_run(run) or store.files.exists(f"retraining/{run}.json")


def _message(
    lang: str, dag: str, run: str, evidence: Evidence, course: Course, footer: tuple[str, ...], links: Mapping[str, str]
) -> Message:
    day = rows(evidence.day, evidence.past)
    asked = [b["source"] for b in (evidence.report or {}).get("boards", ())]
    problems = follow(
        find(lang, evidence, day, course),
        evidence.before,
        run=run,
        run_before=evidence.run_before,
        is_judged=lambda key: is_judged(key, evidence, asked, course),
    )
    outcome = _outcome(evidence, course)
    severity = next((p.severity for p in problems if p.is_to_do), "info")
    verdict = _verdict(lang, dag, problems, outcome, course)
    name = say(lang, dag) if has_words(dag) else dag
    letter = Letter(
        lang,
        severity,
        verdict,
        f"{name} · {run}",
        _sections(lang, dag, evidence, problems, day, links, outcome),
        footer,
    )
    return Message(
        dag=dag,
        run=run,
        lang=lang,
        severity=severity,
        outcome=outcome,
        verdict=verdict,
        subject=f"[airflow-demand] {verdict} · {run}",
        text=to_slack(letter),
        html=to_html(letter),
        markdown=to_markdown(letter),
        problems=problems,
        thread=_thread(problems),
    )


def _sections(
    lang: str,
    dag: str,
    evidence: Evidence,
    problems: Sequence[Problem],
    day: Sequence[SourceRow],
    links: Mapping[str, str],
    outcome: str,
) -> tuple[Section, ...]:
    found = (
        sections.to_do(lang, problems),
        sections.retraining(lang, evidence.retraining),
        # A DAG without words of its own makes no figures.
        *([headline(lang, evidence, outcome)] if has_words(dag) else []),
        # What an earlier run of the day has read is not told as this one's.
        sections.collected(lang, day if evidence.report else (), len(evidence.day), len(evidence.past)),
        sections.mix(lang, evidence.assessment),
        sections.checks(lang, evidence.assessment, problems),
        sections.recovered(lang, problems),
        sections.notes(lang, problems),
        sections.links(lang, links),
    )
    return tuple(s for s in found if not s.is_empty)


def _outcome(evidence: Evidence, course: Course) -> str:
    if course.dead_tasks or is_dark_run(evidence, course):
        return "failed"
    return "held" if evidence.is_held else "ok"


def _verdict(lang: str, dag: str, problems: Sequence[Problem], outcome: str, course: Course) -> str:
    to_do = [p for p in problems if p.is_to_do]
    if outcome == "failed":
        name = say(lang, dag) if has_words(dag) else dag
        return say(lang, "failed", dag=name, why=_why(lang, to_do, course))
    if not to_do:
        n_over = sum(p.state == "recovered" and p.severity != "info" for p in problems)
        return say(lang, "nothing_recovered", n=n_over) if n_over else say(lang, "nothing")
    count = say(lang, "to_do") if len(to_do) == 1 else say(lang, "to_dos", n=len(to_do))
    if outcome == "held":
        return f"{count}: {_held(lang, to_do)}"
    return f"{count}: {_named(lang, to_do[0])}" if len(to_do) == 1 else count


def _held(lang: str, to_do: Sequence[Problem]) -> str:
    """Why figures are held back: the first check that closed the gate, and how many more did."""
    # With limits of one's own a check may be told as the source that could not be read.
    closed = [p for p in to_do if p.key.startswith("check:") and p.severity == "act_now"] or to_do
    more = f" {say(lang, 'more', n=len(closed) - 1)}" if len(closed) > 1 else ""
    return say(lang, "held", why=_named(lang, closed[0]) + more)


def _named(lang: str, problem: Problem) -> str:
    return say(lang, "in_a_row", title=_short(problem.title), n=problem.n) if problem.n > 1 else _short(problem.title)


def _why(lang: str, to_do: Sequence[Problem], course: Course) -> str:
    if to_do[0].key.startswith("source:"):
        return _short(to_do[0].title)
    task = course.dead_tasks[0]
    return say(
        lang, "in_task", task=task, why=_short(advice_in(lang, course.errors.get(task, "")) or say(lang, "no_word"))
    )


def _short(text: str) -> str:
    return text if len(text) <= WHY else text[: WHY - 1] + "…"


def _thread(problems: Sequence[Problem]) -> str:
    """The run whose message began all that is to do now; none where something is new or over."""
    told = [p for p in problems if p.severity != "info" and p.state != "unjudged"]
    if not told or any(p.state != "again" for p in told):
        return ""
    return min((p.first for p in told), key=order_of)


def _ending(lang: str, schedule: str, next_run: str, place: str) -> tuple[str, ...]:
    told = say(lang, "schedule", schedule=schedule, next=next_run) if schedule and next_run else schedule or next_run
    return tuple(line for line in (plain(told), say(lang, "file", place=place)) if line)

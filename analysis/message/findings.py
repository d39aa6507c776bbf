"""Findings: everything that is wrong in a run, each once, in words and with what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis.draw.labels import labels_for
from analysis.message.collected import SourceRow, reasons
from analysis.message.commands import as_command
from analysis.message.evidence import Evidence
from analysis.message.letter import plain
from analysis.message.problem import Problem
from analysis.message.words import NETWORK, advice_in, counted_advice, late_advice, say
from analysis.quality.finding import title
from scrapers.report import BoardResult, some

_COLLECT: Final = "collect["
_FEW: Final = 0.2
"""Share of a source's boards that may fail in a run without anybody being asked to look; doubted ones do not count."""
_CHANNELS: Final = ("slack", "email")


@dataclass(frozen=True, slots=True)
class Course:
    """How a run went: states and last words of its tasks; `collect[greenhouse]` stands for one source's reading."""

    states: Mapping[str, str | None]
    errors: Mapping[str, str]
    missing: Sequence[str] = ()
    """Channels that are not set up: slack, email."""
    has_scheduler: bool = True
    """False where nothing can be triggered or cleared: a command has run all and can be given again."""

    @property
    def dead_sources(self) -> list[str]:
        """The sources whose task failed."""
        return [_source_of(task) for task in self.failed if task.startswith(_COLLECT)]

    @property
    def dead_tasks(self) -> list[str]:
        """The other tasks that failed, in the order of the states; those that only waited for one are not named."""
        return [task for task in self.failed if not task.startswith(_COLLECT)]

    @property
    def failed(self) -> list[str]:
        """All tasks that failed themselves; one that left only an error counts too."""
        states = {**dict.fromkeys(self.errors, "failed"), **self.states}
        return [task for task, state in states.items() if state == "failed"]

    def is_read(self, source: str) -> bool:
        """True when the source's task succeeded."""
        return self.states.get(f"{_COLLECT}{source}]") == "success"

    def last_words(self, source: str) -> str:
        """What the source's task said when it failed, without the name of the source; empty when it said nothing."""
        return self.errors.get(f"{_COLLECT}{source}]", "").removeprefix(f"{source}: ")

    def has_reading(self) -> bool:
        """True when any source's task succeeded."""
        return any(s == "success" for task, s in self.states.items() if task.startswith(_COLLECT))


def find(lang: str, evidence: Evidence, rows: Sequence[SourceRow], course: Course) -> list[Problem]:
    """Return the problems of a run, each key once."""
    is_dark = is_dark_run(evidence, course)
    sources = [_dark(lang, course)] if is_dark else [*_sources(lang, rows), *_dead(lang, rows, course)]
    told = {p.key.split(":")[1] for p in sources if p.key.endswith(":unreachable")}
    # With nothing read, the task that stores has nothing to do but to say so.
    tasks = [task for task in course.dead_tasks if not (is_dark and task == "store")]
    found = [
        *(_task(lang, task, course.errors.get(task, "")) for task in tasks),
        *sources,
        # That a source which cannot be read shows no postings is the same thing once more.
        *(
            p
            for p in _checks(lang, evidence.assessment)
            if not (p.key.startswith("check:volume:") and p.key[13:] in told)
        ),
        *(_channel(lang, channel) for channel in _CHANNELS if channel in course.missing),
        *(_damaged(lang, run) for run in evidence.damaged),
    ]
    if not course.has_scheduler:
        found = [replace(p, advice=as_command(lang, p.advice)) for p in found]
    return [_plain(p) for p in list({p.key: p for p in reversed(found)}.values())[::-1]]


def is_dark_run(evidence: Evidence, course: Course) -> bool:
    """True when sources were asked and nothing of any could be read, so that nothing was stored."""
    return evidence.report is None and bool(course.dead_sources) and not course.has_reading()


def is_judged(key: str, evidence: Evidence, asked: Sequence[str], course: Course) -> bool:
    """True when this run could have found the problem of that key; `asked` are the sources that it asked."""
    kind, subject, *rest = [*key.split(":"), ""]
    if kind == "source" and subject == "all":
        return bool(asked) or course.has_reading()
    if kind == "source":
        return subject in asked or course.is_read(subject)
    if kind == "task":
        return subject == "summary" or course.states.get(subject) == "success"
    if kind == "check":
        checks = (evidence.assessment or {}).get("checks", ())
        return any(c["name"] == subject and c.get("subject", "") == rest[0] and c["outcome"] == "ok" for c in checks)
    return True


def check_key(check: Mapping[str, Any]) -> str:
    """Return the key of a failed check, such as "check:volume:lever"."""
    return ":".join(filter(None, ("check", check["name"], check.get("subject"))))


def _sources(lang: str, rows: Sequence[SourceRow]) -> Iterator[Problem]:
    for row in rows:
        if row.is_unreachable:
            yield _unreachable(lang, row)
        elif row.failed:
            # Small boards lose a third now and then; what a whole source lost, the check of its volume tells.
            n_broken = sum(not b.is_doubted for b in row.failed)
            is_many = n_broken > max(1, _FEW * len(row.boards))
            title = say(lang, "some_boards", source=_name(lang, row.source), n=len(row.failed), all=len(row.boards))
            # Two keys: what was good to know for weeks is new on the day on which it is to be done something about.
            kind, severity = ("boards", "this_week") if is_many else ("few_boards", "info")
            yield Problem(f"source:{row.source}:{kind}", severity, title, lines=_advised(lang, row.failed))
        if row.gone:
            title = say(
                lang, "gone_1" if len(row.gone) == 1 else "gone", source=_name(lang, row.source), n=len(row.gone)
            )
            yield Problem(f"source:{row.source}:gone", "info", title, lines=_advised(lang, row.gone))


def _unreachable(lang: str, row: SourceRow) -> Problem:
    (advice, boards), *others = reasons(row.failed)
    lines = [_reason(boards), *_advised(lang, [b for _, more in others for b in more])]
    title = say(lang, "unreachable", source=_name(lang, row.source))
    key = f"source:{row.source}:unreachable"
    what = say(lang, "then_again", advice=advice_in(lang, advice))
    return Problem(key, "this_week", title, what, tuple(line for line in lines if line))


def _dead(lang: str, rows: Sequence[SourceRow], course: Course) -> Iterator[Problem]:
    """Sources whose task failed and whose boards are in no report, or not all of them."""
    unread = {row.source for row in rows if row.is_unreachable}
    for source in (s for s in course.dead_sources if s not in unread):
        why = advice_in(lang, course.last_words(source) or say(lang, "no_word"))
        title = say(lang, "unreachable", source=_name(lang, source))
        yield Problem(f"source:{source}:unreachable", "this_week", title, say(lang, "do_source"), (why,))


def _dark(lang: str, course: Course) -> Problem:
    """Nothing could be read at all: one thing, most likely this machine's network, not one for each source."""
    if len(course.dead_sources) == 1:
        return replace(next(_dead(lang, (), course)), severity="act_now")
    counted = {source: counted_advice(course.last_words(source)) for source in course.dead_sources}
    causes: dict[str, list[str]] = {}
    for source, advised in counted.items():
        why = "; ".join(advice_in(lang, advice).partition(": ")[0] for advice in advised)
        why = why or advice_in(lang, course.last_words(source) or say(lang, "no_word"))
        causes.setdefault(why, []).append(source)
    lines = [_alike(lang, why, sources, counted, len(causes) == 1) for why, sources in causes.items()]
    kinds = {advice for advised in counted.values() for advice in advised}
    is_network = len(kinds) != 1 or kinds <= set(NETWORK)
    advice = say(lang, "do_all") if is_network else say(lang, "then_again", advice=advice_in(lang, kinds.pop()))
    return Problem("source:all:unreachable", "act_now", say(lang, "unreachable_all"), advice, tuple(lines))


def _alike(lang: str, why: str, sources: Sequence[str], counted: Mapping[str, Mapping[str, int]], is_all: bool) -> str:
    """One line for all sources of one cause, with their boards where these are known."""
    names = ", ".join(_name(lang, source) for source in sources)
    n = sum(sum(counted[source].values()) for source in sources)
    how = "unreachable_listed" if not n else "unreachable_alike" if is_all else "unreachable_counted"
    return say(lang, how, k=len(sources), n=n, why=why, sources=names)


def _task(lang: str, task: str, error: str) -> Problem:
    title = say(lang, "task", task=task)
    lines = (advice_in(lang, error) or say(lang, "no_word"),)
    what = late_advice(lang, error) or say(lang, "do_task", task=task)
    return Problem(f"task:{task}", "act_now", title, what, lines)


def _checks(lang: str, assessment: Mapping[str, Any] | None) -> Iterator[Problem]:
    """A check's words say behind its title what was found, and in the sentences after that what to do."""
    for check in (assessment or {}).get("checks", ()):
        if check["outcome"] == "failed":
            told = str((check.get("words") or {}).get(lang) or "").partition(": ")[2]
            found, _, advice = told.partition(". ")
            about = title(check["name"], lang, check.get("subject") or "")
            yield Problem(check_key(check), check["severity"], about, advice, (found,) if found else ())


def _channel(lang: str, channel: str) -> Problem:
    return Problem(f"channel:{channel}", "info", say(lang, f"{channel}_missing"), say(lang, f"do_{channel}"))


def _damaged(lang: str, run: str) -> Problem:
    return Problem(f"message:{run}", "info", say(lang, "message_damaged", run=run), say(lang, "do_message"))


def _advised(lang: str, boards: Sequence[BoardResult]) -> tuple[str, ...]:
    """One line per kind of failure: which boards, what became of them and what to do."""
    return tuple(
        f"{some([b.target for b in named])}: {advice_in(lang, advice)}" for advice, named in reasons(boards) if advice
    )


def _reason(boards: Sequence[BoardResult]) -> str:
    """The words of the first failure that has any, for those who look for them in a log."""
    first = next((b for b in boards if b.reason), None)
    return f"{first.target}: {first.reason}" if first else ""


def _plain(problem: Problem) -> Problem:
    lines = tuple(map(plain, problem.lines))
    return replace(problem, title=plain(problem.title), lines=lines, advice=plain(problem.advice))


def _name(lang: str, source: str) -> str:
    return labels_for(lang).source(source)


def _source_of(task: str) -> str:
    return task.removeprefix(_COLLECT).removesuffix("]")

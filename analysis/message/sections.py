"""Sections of a run's message, each from the evidence that it needs and empty without it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from analysis.draw.labels import labels_for
from analysis.message.collected import SourceRow
from analysis.message.findings import check_key
from analysis.message.letter import Item, Link, Section, Table, plain
from analysis.message.problem import Problem
from analysis.message.words import day_of, has_words, say
from analysis.quality.finding import title

_EXAMPLES: Final = 3
_OFF: Final = 2.0
"""How many times more or fewer postings than usual mark a row."""
_HEAD: Final = ("source", "fetched", "usual", "added", "changed", "vanished", "errors")


def to_do(lang: str, problems: Sequence[Problem]) -> Section:
    """Return what a person should do something about; repeats are told in one line and what to do."""
    return Section(say(lang, "things"), tuple(_item(lang, p) for p in problems if p.is_to_do))


def recovered(lang: str, problems: Sequence[Problem]) -> Section:
    """Return what was wrong before and is no more; small things come and go without a word."""
    over = (p for p in problems if p.state == "recovered" and p.severity != "info")
    return Section(say(lang, "recoveries"), tuple(_item(lang, p) for p in over))


def notes(lang: str, problems: Sequence[Problem]) -> Section:
    """Return what is good to know: small things, and open ones that nobody could look at this time."""
    small = [replace(p, state="new") for p in problems if p.severity == "info" and p.state in ("new", "again")]
    unseen = [p for p in problems if p.severity != "info" and p.state == "unjudged"]
    return Section(say(lang, "notes"), tuple(_item(lang, p) for p in [*unseen, *small]))


def collected(lang: str, rows: Sequence[SourceRow], n_runs: int, n_past: int) -> Section:
    """Return what a day's runs have read of each source beside what is usual on `n_past` days."""
    if not rows:
        return Section(say(lang, "sources"))
    names = {row.source: plain(labels_for(lang).source(row.source)) for row in rows}
    note = "usual_is_one" if n_past == 1 else "usual_is" if n_past else "usual_none"
    told = [say(lang, note, n=n_past), *([say(lang, "of_day", n=n_runs)] if n_runs > 1 else [])]
    table = Table(
        head=tuple(say(lang, name) for name in _HEAD),
        rows=tuple(_cells(lang, row, names[row.source]) for row in rows),
        foot=_cells(lang, _sum(rows), say(lang, "all")),
        note=" ".join(told),
        marked=frozenset(names[row.source] for row in rows if _is_odd(row)),
    )
    return Section(say(lang, "sources"), table=table)


def mix(lang: str, assessment: Mapping[str, Any] | None) -> Section:
    """Return what the checks say of the mix of roles and sources, unless it is among the things to do."""
    checks = (c for c in (assessment or {}).get("checks", ()) if c["name"].startswith("mix") and c["outcome"] == "ok")
    words = (plain((c.get("words") or {}).get(lang, "")) for c in checks)
    # Behind its title, which is that of the section.
    return Section(say(lang, "mix"), tuple(Item(_capital(w.partition(": ")[2] or w)) for w in words if w))


def checks(lang: str, assessment: Mapping[str, Any] | None, problems: Sequence[Problem]) -> Section:
    """Return the failed checks that were not told of before, with what was measured and the first examples."""
    told = {p.key for p in problems if p.state == "new"}
    failed = [c for c in (assessment or {}).get("checks", ()) if c["outcome"] == "failed" and check_key(c) in told]
    return Section(say(lang, "checks"), tuple(_check(lang, c) for c in failed))


def retraining(lang: str, outcome: Mapping[str, Any] | None) -> Section:
    """Return what became of a challenger, or which version was gone back to."""
    kind = (outcome or {}).get("kind")
    if not outcome or not kind:
        return Section(say(lang, "outcome"))
    champion, version, why = (plain(outcome.get(name) or "") for name in ("champion", "challenger", "refusal"))
    text = say(lang, kind, champion=champion or say(lang, "rules_alone"), version=version, why=why)
    n = outcome.get("n_postings")
    return Section(say(lang, "outcome"), (Item(text, lines=(say(lang, "trained_on", n=f"{n:,}"),) if n else ()),))


def links(lang: str, targets: Mapping[str, str]) -> Section:
    """Return where to read on, in the order given."""
    found = (Link(say(lang, name) if has_words(name) else plain(name), plain(to)) for name, to in targets.items() if to)
    return Section(say(lang, "links"), links=tuple(found))


def _item(lang: str, problem: Problem) -> Item:
    is_short = problem.state != "new"
    lines = () if is_short else problem.lines
    advice = problem.advice if problem.state in ("new", "again") else ""
    return Item(_capital(problem.title), since_when(lang, problem), lines, advice)


def since_when(lang: str, problem: Problem) -> str:
    """Return how long a problem has been there; empty for a new one."""
    values = {"n": problem.n, "first": day_of(problem.first)}
    if problem.state == "new":
        return ""
    if problem.state == "again":
        return say(lang, "again" if problem.n > 1 else "still", **values)
    if problem.state == "recovered":
        return say(lang, "recovered" if problem.n > 1 else "recovered_1", **values)
    return say(lang, "unjudged", **values)


def _check(lang: str, check: Mapping[str, Any]) -> Item:
    name = title(check["name"], lang, check.get("subject") or "")
    value, limit = (_number(check.get(side)) for side in ("value", "limit"))
    examples = check.get("examples") or ()
    lines = [plain(_example(e)) for e in examples[:_EXAMPLES]]
    lines += [say(lang, "more", n=len(examples) - _EXAMPLES)] if len(examples) > _EXAMPLES else []
    text = say(lang, "value", name=name, check=check["name"], value=value, limit=limit) if value else name
    return Item(_capital(plain(text)), lines=tuple(lines))


def _example(example: Any) -> str:
    if isinstance(example, Mapping):
        return ", ".join(f"{name} {value}" for name, value in example.items())
    return str(example)


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) else ""


def _sum(rows: Sequence[SourceRow]) -> SourceRow:
    n, n_new, n_changed, n_vanished = (
        sum(column) for column in zip(*((r.n, r.n_new, r.n_changed, r.n_vanished) for r in rows), strict=True)
    )
    boards = tuple(b for r in rows for b in r.boards)
    return SourceRow("", boards, n, n_new, n_changed, n_vanished, _sum_usual(rows))


def _sum_usual(rows: Sequence[SourceRow]) -> int | None:
    """Only of all sources together: a part would look like a fall."""
    known = [row.usual for row in rows if row.usual is not None]
    return sum(known) if len(known) == len(rows) else None


def _is_odd(row: SourceRow) -> bool:
    is_far = bool(row.usual) and not 1 / _OFF <= row.n / (row.usual or 1) <= _OFF
    return row.is_unreachable or is_far


def _cells(lang: str, row: SourceRow, name: str) -> tuple[str, ...]:
    read = say(lang, "not_read") if row.is_unreachable else f"{row.n:,}"
    usual = "–" if row.usual is None else f"{row.usual:,}"
    counts = (row.n_new, row.n_changed, row.n_vanished, len(row.failed))
    return (name, read, usual, *(f"{n:,}" if n else "·" for n in counts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Checks: what the weekly checks found, as the opening of the quality page: now, by source, by check and in the mix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Final

from analysis.draw.labels import labels_for
from analysis.quality.finding import title
from analysis.quality.verdict import Assessment, Check
from analysis.report.markup import details, section
from analysis.report.week_table import Column, Row, columns, gap_cell, heat_cell, week_table
from analysis.report.words import say

_MARKS: Final = {"act_now": "A", "this_week": "W", "info": "i"}
_N_EARLIER: Final = 8
_USUAL: Final = 8
"""Weeks before the newest that tell what share of a role is usual."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A check that failed in judged weeks one behind the other, as it was told last."""

    check: Check
    first: str
    last: str
    n: int


def opening(history: Sequence[Assessment], lang: str) -> str:
    """Return what the checks say, newest first of all; nothing for a store that was never judged."""
    weeks = columns(history)
    if not weeks:
        return ""
    return _now(weeks, lang) + _sources(weeks, lang) + _checks(weeks, lang) + _mix(weeks, lang)


def episodes(weeks: Sequence[Column]) -> list[Episode]:
    """Return what failed in the weeks, each time anew that it had not failed the judged week before, newest first."""
    found: list[Episode] = []
    open_now: dict[str, Episode] = {}
    for day, each in ((week.day, week.found) for week in weeks if week.found):
        going = {c.key: open_now.get(c.key) for c in each.failed()}
        found += [e for key, e in open_now.items() if key not in going]
        open_now = {
            c.key: Episode(c, e.first if (e := going[c.key]) else day, day, e.n + 1 if e else 1) for c in each.failed()
        }
    return sorted([*found, *open_now.values()], key=lambda e: e.last, reverse=True)


def _now(weeks: Sequence[Column], lang: str) -> str:
    latest = _latest(weeks)
    failed = latest.failed()
    n_todo = sum(check.severity != "info" for check in failed)
    todo = say(lang, "verdict_one") if n_todo == 1 else say(lang, "verdict_todo", n=n_todo)
    head = say(lang, "verdict_held", todo=todo) if latest.is_held else todo if n_todo else say(lang, "verdict_fine")
    state = "held" if latest.is_held else "todo" if n_todo else "fine"
    n_judged = sum(check.outcome != "not_judged" for check in latest.checks)
    about = say(lang, "verdict_about", day=latest.on, n=n_judged, m=len(latest.checks) - n_judged)
    told = episodes(weeks)
    since = {e.check.key: e for e in told if e.last == weeks[-1].day}
    items = "".join(_item(check, since[check.key], lang) for check in failed)
    body = f'<p class="verdict {state}">{escape(head)}</p><p class="soft">{escape(about)}</p>'
    body += f'<ul class="todo">{items}</ul>' if items else ""
    over = [e for e in told if e.last != weeks[-1].day]
    return section(f"now-{lang}", say(lang, "now"), body + _earlier(over, latest, lang))


def _latest(weeks: Sequence[Column]) -> Assessment:
    return next(week.found for week in reversed(weeks) if week.found)


def _item(check: Check, episode: Episode, lang: str) -> str:
    repeated = f" {say(lang, 'repeated', n=episode.n, day=episode.first)}" if episode.n > 1 else ""
    shown = "".join(f"<li><code>{escape(each)}</code></li>" for each in check.examples)
    more = f"<ul>{shown}</ul>" if shown else ""
    return f"<li>{_mark(check)} {escape(check.words[lang])}{escape(repeated)}{more}</li>"


def _earlier(over: Sequence[Episode], latest: Assessment, lang: str) -> str:
    """Return what was wrong in the weeks before, an episode a line."""
    if not over:
        return ""
    items = "".join(
        f'<li><span class="when">{escape(_when(e, lang))}</span> '
        f"<span>{_mark(e.check)} {escape(_about(e.check, latest, lang))}</span></li>"
        for e in over[:_N_EARLIER]
    )
    n_more = len(over) - _N_EARLIER
    more = f'<p class="soft">{escape(say(lang, "earlier_more", n=n_more))}</p>' if n_more > 0 else ""
    return f'<h3>{escape(say(lang, "earlier"))}</h3><ul class="earlier">{items}</ul>{more}'


def _when(episode: Episode, lang: str) -> str:
    if episode.n == 1:
        return episode.first
    return say(lang, "earlier_weeks", first=episode.first, last=episode.last[5:], n=episode.n)


def _about(check: Check, latest: Assessment, lang: str) -> str:
    name = labels_for(lang).source(check.subject) if check.subject in latest.sources else check.subject
    return title(check.name, lang) + (f" ({name})" if name else "")


def _mark(check: Check) -> str:
    return f'<b class="cell {check.severity}">{_MARKS[check.severity]}</b>'


def _sources(weeks: Sequence[Column], lang: str) -> str:
    latest = _latest(weeks)
    names = sorted({s for week in weeks if week.found for s in week.found.sources})
    most = {s: max((_count(w, s) or 0 for w in weeks), default=0) or 1 for s in names}

    def cell(source: str, week: Column) -> str:
        n = _count(week, source)
        if n is None:
            return gap_cell(week.day, say(lang, "not_read" if week.found else "no_run"))
        return heat_cell(week.day, n / most[source], f"{n:,}")

    def row(source: str) -> Row:
        found = latest.sources.get(source, {})
        ends = [_number(found.get("n")), _number(found.get("usual"))]
        return Row(labels_for(lang).source(source), [cell(source, week) for week in weeks], ends)

    rows = [row(source) for source in sorted(names, key=lambda s: -most[s])]
    return _section("weeks", weeks, rows, lang, is_ended=True)


def _count(week: Column, source: str) -> int | None:
    if week.found is None or source not in week.found.sources:
        return None
    n = week.found.sources[source].get("n")
    return None if n is None else int(n)


def _number(n: float | None) -> str:
    return "–" if n is None else f"{n:,.0f}"


def _checks(weeks: Sequence[Column], lang: str) -> str:
    names = list(dict.fromkeys(c.name for week in weeks if week.found for c in week.found.checks))
    failed = {c.name for week in weeks if week.found for c in week.found.failed()}
    rows = [Row(title(name, lang), [_verdict(name, week, lang) for week in weeks]) for name in names if name in failed]
    key = " ".join(
        f'<span class="pair"><b class="cell {kind}">{mark}</b> {escape(say(lang, "mark_" + kind))}</span>'
        for kind, mark in (*_MARKS.items(), ("ok", "·"), ("not_judged", "–"))
        if kind != "info"
    )
    judged = {c.name for week in weeks if week.found for c in week.found.checks if c.outcome != "not_judged"}
    rest = {"never": judged - failed, "not_yet": set(names) - judged}
    below = "".join(
        f"<p>{escape(say(lang, key, names=', '.join(title(name, lang) for name in names if name in mine)))}</p>"
        for key, mine in rest.items()
        if mine
    )
    below += _told(weeks, lang)
    return _section("checks", weeks, rows, lang, f'<p class="legend">{key}</p>', below)


def _told(weeks: Sequence[Column], lang: str) -> str:
    """Return what the letters stand for, week by week, for those who cannot point at them."""
    failed = [(week.day, check) for week in reversed(weeks) if week.found for check in week.found.failed()]
    items = "".join(f"<li>{day} {_mark(check)} {escape(check.words[lang])}</li>" for day, check in failed)
    return details(say(lang, "told", n=len(failed)), f'<ul class="todo">{items}</ul>') if items else ""


def _verdict(name: str, week: Column, lang: str) -> str:
    """Return the cell of a check in a week: the letter of the gravest failure, over all sources."""
    if week.found is None:
        return gap_cell(week.day, say(lang, "no_run"))
    mine = [c for c in week.found.checks if c.name == name]
    failed = [c for c in week.found.failed() if c.name == name]
    if failed:
        told = escape(" / ".join(c.words[lang] for c in failed), quote=True)
        kind = failed[0].severity
        return f'<td class="cell {kind}" title="{week.day}: {told}"><abbr title="{told}">{_MARKS[kind]}</abbr></td>'
    is_judged = any(c.outcome == "ok" for c in mine)
    return f'<td class="cell {"ok" if is_judged else "not_judged"}">{"·" if is_judged else "–"}</td>'


def _mix(weeks: Sequence[Column], lang: str) -> str:
    labels = labels_for(lang).roles
    shares = [_shares(week.found) for week in weeks]
    judged = [each for each in shares if each]
    means = {role: sum(s.get(role, 0.0) for s in judged) for role in {r for s in judged for r in s}}
    most = max((share for each in judged for share in each.values()), default=1.0)

    def row(role: str) -> Row:
        cells = [
            heat_cell(week.day, each.get(role, 0.0) / most, f"{each.get(role, 0.0):.0%}")
            if each
            else gap_cell(week.day, say(lang, "no_new"))
            for week, each in zip(weeks, shares, strict=True)
        ]
        before = [each.get(role, 0.0) for each in shares[:-1] if each][-_USUAL:]
        ends = [f"{shares[-1].get(role, 0.0):.0%}" if shares[-1] else "–", f"{median(before):.0%}" if before else "–"]
        return Row(labels.get(role, role), cells, ends)

    rows = [row(role) for role in sorted(means, key=lambda role: (-means[role], role)) if role]
    return _section("mix", weeks, rows, lang, is_ended=True)


def _shares(found: Assessment | None) -> Mapping[str, float]:
    roles = found.roles if found else {}
    return {role: n / total for role, n in roles.items()} if (total := sum(roles.values())) else {}


def _section(
    name: str,
    weeks: Sequence[Column],
    rows: Sequence[Row],
    lang: str,
    above: str = "",
    below: str = "",
    *,
    is_ended: bool = False,
) -> str:
    """Return a section with a table of weeks; nothing where there is nothing to put into it."""
    if not rows and not below:
        return ""
    caption = say(lang, f"{name}_title")
    ends = (say(lang, "end_now"), say(lang, "end_usual")) if is_ended else ()
    table = week_table(say(lang, f"{name}_head"), caption, weeks, rows, lang, *ends) if rows else ""
    note = f"<p>{escape(say(lang, f'{name}_note'))}</p>" + above if rows else ""
    return section(f"{name}-{lang}", caption, note + table + below)

"""Checks: what the weekly checks found, as the opening of the quality page: now, by source, by check and in the mix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from analysis.draw.labels import labels_for
from analysis.quality.finding import title
from analysis.quality.verdict import Assessment, Check
from analysis.report.markup import details, section
from analysis.report.words import say
from scrapers.report import base_of

N_WEEKS: Final = 52
"""Weeks shown, the newest on the right."""
DARKEST: Final = 34
"""Percent of the accent colour behind the largest value of a row."""
_MARKS: Final = {"act_now": "A", "this_week": "W", "info": "i"}


@dataclass(frozen=True, slots=True)
class Column:
    """A week of the page: its day, and its assessment or None where no run was judged."""

    day: str
    found: Assessment | None


def columns(history: Sequence[Assessment]) -> list[Column]:
    """Return the newest weeks with the weeks that are missing between them; of runs of one day the last counts."""
    last = list({base_of(each.run): each for each in history}.values())[-N_WEEKS:]
    found: list[Column] = []
    for each in last:
        if found:
            gap = int((np.datetime64(each.on) - np.datetime64(found[-1].day)) / np.timedelta64(1, "D"))
            days = [np.datetime64(found[-1].day) + np.timedelta64(7 * k, "D") for k in range(1, round(gap / 7))]
            found += [Column(str(day), None) for day in days[:N_WEEKS]]
        found.append(Column(each.on, each))
    return found[-N_WEEKS:]


def opening(history: Sequence[Assessment], lang: str) -> str:
    """Return what the checks say, newest first of all; nothing for a store that was never judged."""
    weeks = columns(history)
    if not weeks:
        return ""
    return _now(weeks, lang) + _sources(weeks, lang) + _checks(weeks, lang) + _mix(weeks, lang)


def _now(weeks: Sequence[Column], lang: str) -> str:
    latest = next(week.found for week in reversed(weeks) if week.found)
    failed = latest.failed()
    n_todo = sum(check.severity != "info" for check in failed)
    key = "verdict_held" if latest.is_held else "verdict_todo" if n_todo else "verdict_fine"
    head = say(lang, "verdict_one") if key == "verdict_todo" and n_todo == 1 else say(lang, key, n=n_todo)
    state = "held" if latest.is_held else "todo" if n_todo else "fine"
    n_judged = sum(check.outcome != "not_judged" for check in latest.checks)
    about = say(lang, "verdict_about", day=latest.on, n=n_judged, m=len(latest.checks) - n_judged)
    items = "".join(_item(check, _since(check, weeks), lang) for check in failed)
    body = f'<p class="verdict {state}">{escape(head)}</p><p class="soft">{escape(about)}</p>'
    return section(f"now-{lang}", say(lang, "now"), body + (f'<ul class="todo">{items}</ul>' if items else ""))


def _item(check: Check, since: tuple[int, str], lang: str) -> str:
    n, day = since
    repeated = f" {say(lang, 'repeated', n=n, day=day)}" if n > 1 else ""
    shown = "".join(f"<li><code>{escape(each)}</code></li>" for each in check.examples)
    mark = f'<b class="cell {check.severity}">{_MARKS[check.severity]}</b>'
    more = f"<ul>{shown}</ul>" if shown else ""
    return f"<li>{mark} {escape(check.words[lang])}{escape(repeated)}{more}</li>"


def _since(check: Check, weeks: Sequence[Column]) -> tuple[int, str]:
    """Return for how many judged weeks in a row a check has failed, and since which day."""
    n, day = 0, ""
    for week in reversed([week for week in weeks if week.found]):
        if week.found is None or all(each.key != check.key for each in week.found.failed()):
            break
        n, day = n + 1, week.day
    return n, day


def _sources(weeks: Sequence[Column], lang: str) -> str:
    names = sorted({s for week in weeks if week.found for s in week.found.sources})
    most = {s: max((_count(w, s) or 0 for w in weeks), default=0) or 1 for s in names}
    order = sorted(names, key=lambda s: -most[s])

    def cell(source: str, week: Column) -> str:
        n = _count(week, source)
        if n is None:
            return f'<td class="gap"><span class="hidden">{escape(say(lang, "not_read"))}</span></td>'
        return f'<td data-n style="--d:{DARKEST * n / most[source]:.0f}">{n:,}</td>'

    rows = ((labels_for(lang).source(s), [cell(s, week) for week in weeks]) for s in order)
    return _section("weeks", weeks, rows, lang)


def _count(week: Column, source: str) -> int | None:
    if week.found is None or source not in week.found.sources:
        return None
    n = week.found.sources[source].get("n")
    return None if n is None else int(n)


def _checks(weeks: Sequence[Column], lang: str) -> str:
    names = list(dict.fromkeys(c.name for week in weeks if week.found for c in week.found.checks))
    rows = ((title(name, lang), [_mark(name, week, lang) for week in weeks]) for name in names)
    key = " ".join(
        f'<span class="pair"><b class="cell {kind}">{mark}</b> {escape(say(lang, "mark_" + kind))}</span>'
        for kind, mark in (*_MARKS.items(), ("ok", "·"), ("not_judged", "–"))
        if kind != "info"
    )
    return _section("checks", weeks, rows, lang, f'<p class="legend">{key}</p>', _told(weeks, lang))


def _told(weeks: Sequence[Column], lang: str) -> str:
    """Return what the letters stand for, week by week, for those who cannot point at them."""
    failed = [(week.day, check) for week in reversed(weeks) if week.found for check in week.found.failed()]
    items = "".join(
        f'<li>{day} <b class="cell {check.severity}">{_MARKS[check.severity]}</b> {escape(check.words[lang])}</li>'
        for day, check in failed
    )
    return details(say(lang, "told", n=len(failed)), f'<ul class="todo">{items}</ul>') if items else ""


def _mark(name: str, week: Column, lang: str) -> str:
    """Return the cell of a check in a week: the letter of the gravest failure, over all sources."""
    if week.found is None:
        return f'<td class="gap"><span class="hidden">{escape(say(lang, "no_run"))}</span></td>'
    mine = [c for c in week.found.checks if c.name == name]
    failed = [c for c in mine if c.outcome == "failed"]
    if failed:
        told = escape(" / ".join(c.words[lang] for c in failed), quote=True)
        kind = failed[0].severity
        return f'<td class="cell {kind}" title="{told}"><abbr title="{told}">{_MARKS[kind]}</abbr></td>'
    is_judged = any(c.outcome == "ok" for c in mine)
    return f'<td class="cell {"ok" if is_judged else "not_judged"}">{"·" if is_judged else "–"}</td>'


def _mix(weeks: Sequence[Column], lang: str) -> str:
    labels = labels_for(lang).roles
    totals: dict[str, int] = {}
    for week in weeks:
        for role, n in (week.found.roles if week.found else {}).items():
            totals[role] = totals.get(role, 0) + n

    def cell(role: str, week: Column) -> str:
        found: Mapping[str, int] = week.found.roles if week.found else {}
        if not (n := sum(found.values())):
            return '<td class="gap"></td>'
        share = found.get(role, 0) / n
        return f'<td data-n style="--d:{DARKEST * share / 0.6:.0f}">{100 * share:.0f}</td>'

    roles = sorted(totals, key=lambda role: -totals[role])
    rows = ((labels.get(role, role), [cell(role, week) for week in weeks]) for role in roles if role)
    return _section("mix", weeks, rows, lang)


def _section(
    name: str,
    weeks: Sequence[Column],
    rows: Iterable[tuple[str, list[str]]],
    lang: str,
    above: str = "",
    below: str = "",
) -> str:
    """Return a section with a table of one column per week, opened at its newest end."""
    heads = "".join(f'<th scope="col">{_day(week, weeks, i)}</th>' for i, week in enumerate(weeks))
    body = "".join(f'<tr><th scope="row">{escape(head)}</th>{"".join(cells)}</tr>' for head, cells in rows)
    caption = say(lang, f"{name}_title")
    table = (
        f'<div class="wide late" role="group" tabindex="0" aria-label="{escape(caption, quote=True)}">'
        f'<table class="heat weeks"><caption class="hidden">{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{escape(say(lang, f"{name}_head"))}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    note = f"<p>{escape(say(lang, f'{name}_note'))}</p>"
    return section(f"{name}-{lang}", caption, note + above + table + below)


def _day(week: Column, weeks: Sequence[Column], i: int) -> str:
    """Return a day as month and day, with its year where one begins."""
    is_first = not i or weeks[i - 1].day[:4] != week.day[:4]
    return f"<small>{week.day[:4] if is_first else '&nbsp;'}</small><br>{week.day[5:]}"

"""Week table: a narrow column per week under its month: a year fits a window, and the newest week is in sight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

import numpy as np

from analysis.quality.verdict import Assessment
from analysis.report.words import say
from scrapers.report import base_of

N_WEEKS: Final = 52
"""Weeks shown, the newest on the right."""
DARKEST: Final = 85
"""Percent of the accent colour of the darkest cell."""
_ROOMY: Final = 8
"""Up to so many weeks a month of one week has room for its name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A week of the page: its day, and its assessment or None where no run was judged."""

    day: str
    found: Assessment | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, a cell of markup per week, and what stands in words behind them."""

    name: str
    cells: Sequence[str]
    ends: Sequence[str] = ()


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


def heat_cell(day: str, share: float, told: str) -> str:
    """Return a cell as dark as its share of the darkest, from 0 to 1; its number is told to who points at it."""
    shade = DARKEST * min(share, 1.0)
    return (
        f'<td data-n style="--d:{shade:.0f}" title="{day}: {escape(told, quote=True)}">'
        f'<span class="hidden">{escape(told)}</span></td>'
    )


def gap_cell(day: str, told: str) -> str:
    """Return the cell of a week that has nothing to show, and why."""
    words = escape(told, quote=True)
    return f'<td class="gap" title="{day}: {words}"><span class="hidden">{words}</span></td>'


def week_table(head: str, caption: str, weeks: Sequence[Column], rows: Iterable[Row], lang: str, *ends: str) -> str:
    """Return the rows as a table in a box that scrolls by itself and opens at its newest end; `ends` head its words."""
    body = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th>{"".join(row.cells)}'
        + "".join(f'<td class="end">{escape(words)}</td>' for words in row.ends)
        + "</tr>"
        for row in rows
    )
    days = "".join(f'<th scope="col"><span class="hidden">{w.day[:8]}</span>{w.day[8:]}</th>' for w in weeks)
    behind = "".join(f'<th scope="col" rowspan="2" class="end">{escape(words)}</th>' for words in ends)
    return (
        f'<div class="wide late" role="group" tabindex="0" aria-label="{escape(caption, quote=True)}">'
        f'<table class="heat weeks"><caption class="hidden">{escape(caption)}</caption>'
        f'<thead><tr><th scope="col" rowspan="2">{escape(head)}</th>{_months(weeks, lang)}{behind}</tr>'
        f'<tr class="days">{days}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _months(weeks: Sequence[Column], lang: str) -> str:
    """Return the months over their weeks, the first and each January with its year."""
    names = say(lang, "months").split()
    found = [(month, len(list(each))) for month, each in groupby(week.day[:7] for week in weeks)]
    cells = []
    for i, (month, n) in enumerate(found):
        year = month[:4] if not i or month[5:] == "01" else "&nbsp;"
        name = names[int(month[5:]) - 1]
        shown = f"<small>{year}</small><br>{name}" if n > 1 or len(weeks) <= _ROOMY else ""
        cells.append(f'<th scope="colgroup" colspan="{n}">{shown}</th>')
    return "".join(cells)

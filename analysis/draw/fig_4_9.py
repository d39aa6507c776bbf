"""Figure 4.9: by role and year, the shares of postings that require and that prefer Airflow."""

from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.labels import Labels
from analysis.draw.lines import Look, Series, YearChart, complete
from analysis.draw.notes import common_notes, period, withheld_notes
from analysis.draw.options import Options
from analysis.draw.page import Page, open_page
from analysis.draw.panels import Layout, paint_panels
from analysis.draw.scales import axis_ticks, decimals_for, interval, percent
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import Theme
from analysis.draw.tidy import attrs_of, tidy, unsectioned_share
from analysis.fact import DATA_ROLES
from analysis.measure.population import Query
from analysis.measure.rates import rates

LINES: Final = ("required", "preferred")
RAW: Final = "raw"
"""The series that tells how many postings there are; it has no line."""
ALL: Final = "data_roles"
"""Stands in the role column for all data roles together."""

KO: Final = {
    "title": "직무별 Airflow 필수·우대 비율, {years}",
    "subtitle": "공고 100건당, 출처 고정. ● 필수, ■ 우대, 95% 신뢰구간",
    "all_roles": "데이터 직무 전체",
    "overlap": "필수와 우대는 겹치지 않음",
    "alt": "{years}년 직무별로 Airflow를 필수로 또는 우대로 적은 공고 비율을 그린 작은 꺾은선 그래프. {finding}.",
    "finding": "데이터 직무 전체에서 필수는 {required}, 우대는 {preferred}이다",
    "point": "{first_year}년 {first}, {last_year}년 {last}",
    "once": "{last_year}년 {last}",
    "no_point": "표시 보류",
    "dominated": "한 회사에 쏠림: {names}",
    "numerator": "Airflow를 필수로, 또는 우대로 적은 공고(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Airflow required or preferred by role, {years}",
    "subtitle": "Per 100, source type fixed. ● required, ■ preferred, with 95% intervals",
    "all_roles": "All data roles",
    "overlap": "No posting counts as both",
    "alt": "Small line charts by role: shares of adverts that require and that prefer Airflow, {years}. {finding}.",
    "finding": "Over all data roles it was required in {required}, and preferred in {preferred}",
    "point": "{first} in {first_year} and {last} in {last_year}",
    "once": "{last} in {last_year}",
    "no_point": "a share that is withheld",
    "dominated": "One employer holds much of: {names}",
    "numerator": "postings that require Airflow, or that prefer it (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count both levels over all data roles and by role, source type held fixed; facts as in FACT_SCHEMA."""
    query = Query(years=options.years, families=options.families or None, by=("year",), weights="mix")
    raw = replace(query, weights="none")
    counts = rates(facts, raw)
    asked = {**{level: replace(query, level=level) for level in LINES}, RAW: raw}
    tables = [tidy(counts, RAW, ALL)] + [tidy(rates(facts, asked[level]), level, ALL) for level in LINES]
    tables += [tidy(rates(facts, replace(each, by=("year", "role"))), name) for name, each in asked.items()]
    meta = attrs_of(counts) | {"share_unsectioned": unsectioned_share(facts, replace(raw, by=()))}
    return FigureData(pd.concat(tables, ignore_index=True), meta)


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; the finding is of all data roles together."""
    own = labels.extended(KO, EN)
    years = period(options.years)
    found = {level: _finding(data.frame, level, own) for level in LINES}
    return Words(
        title=own.say("title", years=years),
        subtitle=own.say("subtitle"),
        notes=tuple(_notes(data, own, options)),
        alt=own.say("alt", years=years, finding=own.say("finding", **found)),
        measure={"numerator": own.say("numerator")},
    )


def _notes(data: FigureData, labels: Labels, options: Options) -> list[str]:
    drawn = data.frame[data.frame["series"].isin(LINES)]
    notes = common_notes(data.meta, drawn, labels, options)
    notes.insert(3, labels.say("overlap"))
    notes += withheld_notes(drawn, labels)
    if names := _dominated(drawn, labels):
        notes.append(labels.say("dominated", names=names))
    if options.families:
        notes.append(labels.say("only_families", names=", ".join(labels.families[f] for f in options.families)))
    return notes


def _dominated(drawn: pd.DataFrame, labels: Labels) -> str:
    """Return the small cells in which one employer holds much, role by role: a jump there is that employer's."""
    flags = drawn["flag"].astype("str")
    cells = drawn[flags.str.contains("small") & flags.str.contains("dominated") & drawn["rate"].notna()]
    roles = {ALL: labels.say("all_roles"), **labels.roles}
    found = dict.fromkeys((str(row["role"]), int(row["year"])) for row in cells.to_dict("records"))
    return ", ".join(f"{roles[role]} {year}" for role, year in found)


def _finding(frame: pd.DataFrame, level: str, labels: Labels) -> str:
    shown = frame[(frame["role"] == ALL) & (frame["series"] == level) & frame["rate"].notna()]
    if shown.empty:
        return labels.say("no_point")
    decimals = decimals_for(shown["rate"])

    def point(row: Any) -> str:
        return f"{percent(row['rate'], decimals)} {interval(row['low'], row['high'], decimals)}"

    first, last = shown.iloc[0], shown.iloc[-1]
    values = {"first_year": int(first["year"]), "last_year": int(last["year"])}
    key = "once" if len(shown) == 1 else "point"
    return labels.say(key, **values, first=point(first), last=point(last))


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw one small chart for all data roles and one for each role onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    paint_panels(page, room, _panels(data.frame, own, options, page), own, Layout(named_part=0.4))


def _looks(theme: Theme, line: float) -> dict[str, Look]:
    return {
        "required": Look(theme.required, line, weight="bold", band=theme.band),
        "preferred": Look(theme.preferred, 0.8 * line, marker="s", dodge=1.5 * line, word=theme.word_preferred),
    }


def _panels(frame: pd.DataFrame, labels: Labels, options: Options, page: Page) -> list[tuple[str, YearChart]]:
    looks = _looks(page.theme, 0.8 * page.size.line)
    drawn = frame[frame["series"].isin(LINES)]
    ticks, decimals = axis_ticks([*drawn["high"], *drawn["rate"]]), decimals_for(drawn["rate"])
    panels = []
    for role, name in {ALL: labels.say("all_roles"), **{role: labels.roles[role] for role in DATA_ROLES}}.items():
        own = frame[frame["role"] == role]
        series = [
            Series(labels.levels[level], complete(own[own["series"] == level], options.period), look)
            for level, look in looks.items()
        ]
        counts = own[own["series"] == RAW]
        n = dict(zip(counts["year"].astype(int), counts["n"].astype(int), strict=True))
        panels.append((name, YearChart(options.period, n, series, ticks, decimals=decimals, is_panel=True)))
    return panels


FIGURE: Final = FigureSpec("fig_4_9", frozenset({"years", "families"}), data, words, paint)

"""Figure 4.1: by year, the share of postings for data roles that name Airflow, raw and held fixed."""

from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.labels import Labels
from analysis.draw.lines import Look, Series, YearChart, complete, end_labels, paint_years, tick_width, width_of
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import Page
from analysis.draw.panels import paint_panels
from analysis.draw.scales import MINUS, axis_ticks, decimals_for, interval, percent, signed
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import Theme
from analysis.draw.tidy import attrs_of, tidy, trend_of
from analysis.fact import DATA_ROLES
from analysis.measure.population import Query
from analysis.measure.rates import rates

HELD, RAW, HN = "standardised", "raw", "hn"
ALL = "data_roles"
"""Stands in the role column for all data roles together."""

KO: Final = {
    "title": "{who} 공고의 Airflow {level} 비율, {years}",
    "any": "언급",
    "required": "필수 요구",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "who": "데이터 직무",
    "who_by_role": "직무별",
    "subtitle": "공고 100건 중 {level} 건수. 음영과 세로선은 95% 신뢰구간(회사 군집 보정)",
    "subtitle_by_role": "공고 100건 중 건수, 출처 유형 고정. 음영은 95% 신뢰구간, 흐린 선은 다른 직무",
    HELD: "직무·출처 유형 고정",
    RAW: "단순 비율",
    HN: "Hacker News만",
    "claim": "발표 자료 주장",
    "all_roles": "데이터 직무 전체",
    "trend": "추세: 연 {slope}%p ({range}), {verdict}",
    "to": "~",
    "rising": "상승",
    "falling": "하락",
    "no clear trend": "뚜렷한 추세 없음",
    "cannot be judged": "추세 판정 불가",
    "alt": "{years}년 데이터 직무 공고의 Airflow {level} 비율을 95% 신뢰구간과 함께 그린 꺾은선 그래프. {finding}.",
    "finding": "직무·출처 유형을 고정한 비율은 {first}, {last}이고 단순 비율은 {raw}이다",
    "no_finding": "표본이 부족해 직무·출처 유형을 고정한 비율은 표시하지 않았다",
    "point": "{year}년 {rate}",
}
EN: Final = {
    "title": "Job postings for {who} that {level} Airflow, {years}",
    "any": "mention",
    "required": "require",
    "preferred": "prefer",
    "required_or_preferred": "require or prefer",
    "mentioned": "merely mention",
    "who": "data roles",
    "who_by_role": "each role",
    "subtitle": "Per 100 postings. Band and thin bars: 95% intervals, adjusted for company clusters",
    "subtitle_by_role": "Per 100 postings, source type held fixed. Bands: 95% intervals; pale: other roles",
    HELD: "role and source type held fixed",
    RAW: "raw rate",
    HN: "Hacker News only",
    "claim": "the slide’s claim",
    "all_roles": "All data roles",
    "trend": "Trend: {slope} points per year ({range}), {verdict}",
    "to": " to ",
    "rising": "rising",
    "falling": "falling",
    "no clear trend": "no clear trend",
    "cannot be judged": "direction cannot be judged",
    "alt": "Line chart of the share of data-role adverts that {level} Airflow, {years}, with 95% intervals. {finding}.",
    "finding": "With role and source type held fixed the share was {first} and {last}, and the raw rate was {raw}",
    "no_finding": "Too few postings: the rate with role and source type held fixed is withheld",
    "point": "{rate} in {year}",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count the rates of every line; with `by` role the roles' own lines as well.

    facts has the columns of FACT_SCHEMA. Raises the errors of the query on bad options.
    """
    query = Query(level=options.level, years=options.years, families=options.families or None, by=("year",))
    raw = rates(facts, query)
    parts = [tidy(rates(facts, replace(query, weights="mix")), HELD, ALL), tidy(raw, RAW, ALL)]
    if not options.families:
        parts.append(tidy(rates(facts, replace(query, families=("hn",))), HN, ALL))
    if options.by:
        by_role = replace(query, by=("year", "role"))
        parts += [tidy(rates(facts, replace(by_role, weights="mix")), HELD), tidy(rates(facts, by_role), RAW)]
    meta = {**attrs_of(raw), "trend": trend_of(facts, query)}
    return FigureData(pd.concat(parts, ignore_index=True), meta)


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; nothing in them states a finding that the data do not."""
    own = labels.extended(KO if labels.lang == "ko" else EN)
    level, years = own.say(options.level), period(options.years)
    is_split = bool(options.by)
    notes = common_notes(data.meta, data.frame, own, options)
    if data.meta.get("trend"):
        notes.insert(3, _trend_note(data.meta["trend"], own))
    if not (held := data.frame[(data.frame["series"] == HELD) & (data.frame["role"] == ALL)]).empty:
        notes.insert(3, own.say("covered", share=percent(held["covered_weight"].min())))
    is_thin = data.frame["flag"].str.contains("low cover")
    if is_thin.any():
        notes.append(own.say("low_cover"))
    if data.frame.loc[~is_thin, "flag"].str.contains("withheld").any():
        notes.append(own.say("withheld"))
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", who=own.say("who_by_role" if is_split else "who"), level=level, years=years),
        subtitle=own.say("subtitle_by_role" if is_split else "subtitle", level=level),
        notes=tuple(notes),
        alt=own.say("alt", years=years, level=level, finding=_finding(data.frame, own)),
    )


def _trend_note(trend: dict[str, Any], labels: Labels) -> str:
    low, high = f"{trend['low']:.1f}", f"{trend['high']:.1f}"
    joint = labels.say("to") if "-" in low + high else "–"
    span = (low + joint + high).replace("-", MINUS)
    return labels.say("trend", slope=signed(trend["points_per_year"]), range=span, verdict=labels.say(trend["verdict"]))


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    shown = frame[(frame["role"] == ALL) & frame["rate"].notna()]
    held, raw = shown[shown["series"] == HELD], shown[shown["series"] == RAW]
    if held.empty or raw.empty:
        return labels.say("no_finding")
    decimals = decimals_for([*held["rate"], *raw["rate"]])

    def point(row: Any, has_interval: bool) -> str:
        span = " " + interval(row["low"], row["high"], decimals) if has_interval else ""
        return labels.say("point", year=int(row["year"]), rate=percent(row["rate"], decimals) + span)

    first, last = point(held.iloc[0], True), point(held.iloc[-1], True)
    return labels.say("finding", first=first, last=last, raw=point(raw.iloc[-1], False))


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure; with `by` role, one small chart per role."""
    own = labels.extended(KO if labels.lang == "ko" else EN)
    page = Page(fig, options.size, options.theme)
    text = words(data, labels, options)
    room = page.frame(text.title, text.subtitle, text.notes)
    if options.by:
        paint_panels(page, room, _panels(data.frame, own, options, page), own)
        return
    chart = _chart(data.frame, own, options, page)
    ends = end_labels(page, chart, own, 0.235 * page.width)
    left, right = tick_width(page, chart), width_of(page, ends, chart)
    paint_years(page, room._replace(left=room.left + left, right=room.right - right), chart, ends, own)


def _looks(theme: Theme, line: float) -> dict[str, Look]:
    return {
        HELD: Look(theme.held, line, weight="bold", band=theme.band),
        RAW: Look(theme.raw, 0.6 * line, marker="s", dash="--", dodge=1.8 * line),
        HN: Look(theme.hn, 0.5 * line, marker="^", dodge=-1.8 * line),
    }


def _chart(frame: pd.DataFrame, labels: Labels, options: Options, page: Page) -> YearChart:
    years, frame = options.period, frame[frame["role"] == ALL]
    looks = _looks(page.theme, page.size.line)
    series = [
        Series(labels.say(key), complete(frame[frame["series"] == key], years), look)
        for key, look in looks.items()
        if (frame["series"] == key).any()
    ]
    claim = options.claim
    peak = [*frame["high"], *frame["rate"], *([claim] if claim is not None else [])]
    return YearChart(
        years=years,
        n=_counts(frame[frame["series"] == RAW]),
        series=series,
        ticks=axis_ticks(peak),
        decimals=decimals_for(frame["rate"]),
        withheld=_withheld(frame[frame["series"] == HELD]) & _withheld(frame[frame["series"] == RAW]),
        claim=None if claim is None else (claim, f"{labels.say('claim')} {percent(claim)}"),
    )


def _panels(frame: pd.DataFrame, labels: Labels, options: Options, page: Page) -> list[tuple[str, YearChart]]:
    years, look = options.period, _looks(page.theme, 0.8 * page.size.line)[HELD]
    held, raw = frame[frame["series"] == HELD], frame[frame["series"] == RAW]
    ticks, decimals = axis_ticks([*held["high"], *held["rate"]]), decimals_for(held["rate"])
    names = {ALL: labels.say("all_roles"), **{role: labels.roles[role] for role in DATA_ROLES}}
    series = {role: Series(name, complete(held[held["role"] == role], years), look) for role, name in names.items()}
    ghost = Look(page.theme.ghost, 1.0)
    panels = []
    for role, line in series.items():
        others = [Series(s.name, s.frame, ghost) for other, s in series.items() if other not in (role, ALL)]
        n = _counts(raw[raw["role"] == role])
        panels.append((line.name, YearChart(years, n, [line], ticks, others, decimals=decimals, is_panel=True)))
    return panels


def _counts(frame: pd.DataFrame) -> dict[int, int]:
    return {int(year): int(n) for year, n in zip(frame["year"], frame["n"], strict=True)}


def _withheld(frame: pd.DataFrame) -> frozenset[int]:
    return frozenset(int(y) for y in frame.loc[frame["flag"].str.contains("withheld"), "year"])


FIGURE: Final = FigureSpec("fig_4_1", frozenset({"years", "by", "level", "families", "claim"}), data, words, paint)

"""Figure 4.1: by year, the share of postings for data roles that name Airflow, raw and held fixed."""

from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.labels import Labels
from analysis.draw.lines import Look, Series, YearChart, complete, end_labels, paint_years, tick_width, width_of
from analysis.draw.notes import common_notes, period, withheld_notes
from analysis.draw.options import Options
from analysis.draw.page import Page, open_page
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
    "title": "데이터 직무 공고의 Airflow {level} 비율, {years}",
    "title_by_role": "직무별 공고의 Airflow {level} 비율, {years}",
    "any": "언급",
    "required": "필수 요구",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "공고 100건 중 {level} 건수. 음영과 세로선은 95% 신뢰구간(회사 군집 보정)",
    "subtitle_by_role": "공고 100건당, 출처 유형 고정. 음영: 95% 신뢰구간, 흐린 선: 다른 직무",
    "subtitle_claim": "{subtitle}, 점선: {claim} {rate}",
    HELD: "직무·출처 유형 고정",
    "held_one": "직무 고정",
    "withheld_one": "표시 보류",
    RAW: "단순 비율",
    HN: "Hacker News만",
    "claim": "발표 자료 주장",
    "all_roles": "데이터 직무 전체",
    "trend": "추세: 연 {slope}%p ({range}), {verdict}",
    "to": "~",
    "rising": "상승",
    "falling": "하락",
    "no clear trend": "뚜렷한 추세 없음",
    "cannot be judged": "추세 판단 불가",
    "alt": "{years}년 데이터 직무 공고의 Airflow {level} 비율을 95% 신뢰구간과 함께 그린 꺾은선 그래프. {finding}.",
    "alt_by_role": "{years}년 Airflow {level} 비율을 데이터 직무 전체와 직무별로 그린 작은 꺾은선 그래프. {finding}.",
    "alt_claim": " 점선은 {claim} {rate}이다.",
    "finding": "{held} 비율은 {first}, {last}이고 단순 비율은 {raw}이다",
    "finding_by_role": "직무별 마지막 값은 {points}",
    "no_finding": "{held} 비율은 표본이 부족하거나 해마다 비교할 수 없어 표시하지 않았다",
    "point": "{year}년 {rate}",
    "role_point": "{role} {rate}({year}년)",
}
EN: Final = {
    "title": "Job postings for data roles that {level} Airflow, {years}",
    "title_by_role": "Postings that {level} Airflow by role, {years}",
    "any": "mention",
    "required": "require",
    "preferred": "prefer",
    "required_or_preferred": "require or prefer",
    "mentioned": "merely mention",
    "subtitle": "Per 100 postings. Band and thin bars: 95% intervals, adjusted for company clusters",
    "subtitle_by_role": "Per 100, source type fixed. Bands: 95% intervals; pale: other roles",
    "subtitle_claim": "{subtitle}; dotted: {claim} of {rate}",
    HELD: "role and source type held fixed",
    "held_one": "role held fixed",
    "withheld_one": "withheld",
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
    "alt_by_role": "Small line charts of the share of adverts that {level} Airflow, {years}, by role. {finding}.",
    "alt_claim": " A dotted line marks {claim} of {rate}.",
    "finding": "With {held} the share was {first} and {last}, and the raw rate was {raw}",
    "finding_by_role": "Last values: {points}",
    "no_finding": "The rate with {held} is withheld: too few postings, or years that cannot be compared",
    "point": "{rate} in {year}",
    "role_point": "{role} {rate} ({year})",
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
    own = _labels(labels, options)
    said = {"level": own.say(options.level), "years": period(options.years)}
    claim = {} if options.claim is None else {"claim": own.say("claim"), "rate": percent(options.claim)}
    kind = "_by_role" if options.by else ""
    subtitle = own.say("subtitle" + kind, **said)
    # One chart names the claim at its line; small charts share the subtitle.
    if claim and options.by:
        subtitle = own.say("subtitle_claim", subtitle=subtitle, **claim)
    find = _finding_by_role if options.by else _finding
    alt = own.say("alt" + kind, **said, finding=find(data.frame, own))
    return Words(
        title=own.say("title" + kind, **said),
        subtitle=subtitle,
        notes=tuple(_notes(data, own, options)),
        alt=alt + (own.say("alt_claim", **claim) if claim else ""),
    )


def _labels(labels: Labels, options: Options) -> Labels:
    own = labels.extended(KO, EN)
    if len(options.families) != 1:
        return own
    # Within one type of source there is no mix of types to hold, and years of it can be compared raw.
    one = {HELD: own.words["held_one"], "not_comparable": own.words["withheld_one"]}
    return replace(own, words={**own.words, **one})


def _notes(data: FigureData, labels: Labels, options: Options) -> list[str]:
    is_held = data.frame["series"] == HELD
    drawn = data.frame[is_held] if options.by else data.frame
    notes = common_notes(data.meta, drawn, labels, options)
    if data.meta.get("trend"):
        notes.insert(3, _trend_note(data.meta["trend"], labels))
    if not (held := data.frame[is_held & (data.frame["role"] == ALL)]).empty:
        notes.insert(3, labels.say("covered", share=percent(held["covered_weight"].min())))
    notes += withheld_notes(drawn, labels)
    if options.families:
        notes.append(labels.say("only_families", names=", ".join(labels.families[f] for f in options.families)))
    return notes


def _trend_note(trend: dict[str, Any], labels: Labels) -> str:
    low, high = f"{trend['low']:.1f}", f"{trend['high']:.1f}"
    joint = labels.say("to") if "-" in low + high else "–"
    span = (low + joint + high).replace("-", MINUS)
    return labels.say("trend", slope=signed(trend["points_per_year"]), range=span, verdict=labels.say(trend["verdict"]))


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    shown = frame[(frame["role"] == ALL) & frame["rate"].notna()]
    held, raw = shown[shown["series"] == HELD], shown[shown["series"] == RAW]
    if held.empty or raw.empty:
        return labels.say("no_finding", held=labels.say(HELD))
    decimals = decimals_for([*held["rate"], *raw["rate"]])

    def point(row: Any, has_interval: bool) -> str:
        span = " " + interval(row["low"], row["high"], decimals) if has_interval else ""
        return labels.say("point", year=int(row["year"]), rate=percent(row["rate"], decimals) + span)

    first, last = point(held.iloc[0], True), point(held.iloc[-1], True)
    return labels.say("finding", held=labels.say(HELD), first=first, last=last, raw=point(raw.iloc[-1], False))


def _finding_by_role(frame: pd.DataFrame, labels: Labels) -> str:
    held = frame[(frame["series"] == HELD) & frame["rate"].notna()]
    if held.empty:
        return labels.say("no_finding", held=labels.say(HELD))
    decimals = decimals_for(held["rate"])
    last = {row["role"]: row for row in held.sort_values("year").to_dict("records")}
    points = [
        labels.say("role_point", role=name, rate=percent(row["rate"], decimals), year=row["year"])
        for role, name in _names(labels).items()
        if (row := last.get(role))
    ]
    return labels.say("finding_by_role", points=", ".join(points))


def _names(labels: Labels) -> dict[str, str]:
    """Return the names of the panels, by role."""
    return {ALL: labels.say("all_roles"), **{role: labels.roles[role] for role in DATA_ROLES}}


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure; with `by` role, one small chart per role."""
    own = _labels(labels, options)
    page, room = open_page(fig, words(data, labels, options), options)
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
    claim = None if options.claim is None else (options.claim, "")
    ticks = axis_ticks([*held["high"], *held["rate"], *(claim or ())[:1]])
    decimals, ghost = decimals_for(held["rate"]), Look(page.theme.ghost, 1.0)
    series = {
        role: Series(name, complete(held[held["role"] == role], years), look) for role, name in _names(labels).items()
    }
    panels = []
    for role, line in series.items():
        others = [Series(s.name, s.frame, ghost) for other, s in series.items() if other not in (role, ALL)]
        # Where a role has no line its words stand alone.
        ghosts = [] if line.last is None else others
        n = _counts(raw[raw["role"] == role])
        chart = YearChart(years, n, [line], ticks, ghosts, decimals=decimals, claim=claim, is_panel=True)
        panels.append((line.name, chart))
    return panels


def _counts(frame: pd.DataFrame) -> dict[int, int]:
    return {int(year): int(n) for year, n in zip(frame["year"], frame["n"], strict=True)}


def _withheld(frame: pd.DataFrame) -> frozenset[int]:
    return frozenset(int(y) for y in frame.loc[frame["flag"].str.contains("withheld"), "year"])


FIGURE: Final = FigureSpec("fig_4_1", frozenset({"years", "by", "level", "families", "claim"}), data, words, paint)

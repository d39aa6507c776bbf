"""Figure 4.7: what the change of the raw rate between two years is made of: change within cells, and changes of mix."""

import math
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import interval, percent, signed, span
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import Theme
from analysis.draw.tidy import attrs_of
from analysis.draw.waterfall import Step, paint_waterfall
from analysis.measure.change import COLUMNS, NO_HITS, PARTS, decompose
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates

FIRST, LAST = "raw_first", "raw_last"

KO: Final = {
    "title": "Airflow 비율은 왜 움직였나, {years}",
    "any": "언급",
    "required": "필수",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "데이터 직무 공고 100건당 {level} 건수. 점과 선은 95% 신뢰구간",
    "raw": "{year}년 단순 비율",
    "within": "같은 직무·출처 안",
    "role_mix": "직무 구성",
    "family_mix": "출처 구성",
    "not_comparable": "비교할 수 없는 공고",
    "within_note": "구성을 빼고 남는 변화",
    "role_mix_note": "직무별 몫이 달라져서",
    "family_mix_note": "출처 유형별 몫이 달라져서",
    "not_comparable_note": "한 해라도 얇은 칸, {n:,}건",
    "points": "{points}%p",
    "two_years": "{first}년과 {last}년 게시",
    "to": " ~ ",
    "withheld_part": "표시 보류",
    "nothing": "비교할 두 해가 없음: 표본 부족",
    "parts_note": "넷의 합이 두 해의 차이. 몫은 두 순서의 평균(키타가와 분해)",
    "no_hits": "한 해에 해당 공고가 없어 몫의 구간이 지나치게 좁음",
    "alt": "{first}년과 {last}년 사이 데이터 직무 공고의 Airflow {level} 비율 차이를 나눈 폭포 그래프. {finding}.",
    "alt_none": "Airflow {level} 비율의 변화를 나눈 폭포 그래프, {years}년. {finding}.",
    "finding": "{before}에서 {after}로 바뀌었고 {parts}이다",
    "part": "{name} {points}%p {span}",
    "unit": "퍼센트포인트",
    "numerator": "Airflow 비율의 변화, 수준: {level}(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Why the Airflow rate moved, {years}",
    "any": "mentioned at all",
    "required": "required",
    "preferred": "preferred",
    "required_or_preferred": "required or preferred",
    "mentioned": "merely mentioned",
    "subtitle": "Per 100 postings for data roles: {level}. Lines: 95% intervals",
    "raw": "Raw rate {year}",
    "within": "Same role and source",
    "role_mix": "Mix of roles",
    "family_mix": "Mix of sources",
    "not_comparable": "Not comparable",
    "within_note": "change not due to the mix",
    "role_mix_note": "roles weigh differently",
    "family_mix_note": "their types weigh differently",
    "not_comparable_note": "cells thin in a year, n={n:,}",
    "points": "{points} pts",
    "two_years": "Posted {first} and {last}",
    "to": " to ",
    "withheld_part": "withheld",
    "nothing": "No two years can be compared: too few postings",
    "parts_note": "The four parts add up to the change; mean of both orders (Kitagawa)",
    "no_hits": "One year has no hit: intervals of the parts are too narrow",
    "alt": "Waterfall chart: change in the share of data-role ads with Airflow {level}, {first} to {last}. {finding}.",
    "alt_none": "Waterfall chart: change in the share of data-role ads with Airflow {level}, {years}. {finding}.",
    "finding": "It went from {before} to {after}: {parts}",
    "part": "{name} {points} points {span}",
    "unit": "percentage points",
    "numerator": "change of the share of postings with Airflow at level: {level} (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Split the change from the first to the last year that may be shown; no rows where there are no two such years.

    `frame` has the columns of `decompose`, and where each bar starts and ends, in points. facts as in FACT_SCHEMA.
    """
    query = Query(level=options.level, years=options.years, families=options.families or None, by=("year",))
    try:
        table = decompose(facts, query)
    except QueryError:
        # The options have been checked, so this says that no two years have a rate that may be shown.
        empty = pd.DataFrame(columns=[*COLUMNS, "start", "end"])
        return FigureData(empty, attrs_of(rates(facts, query)), frozenset())
    end = table["points"].where(table["part"] == LAST, table["points"].cumsum())
    start = (end - table["points"]).where(table["part"].isin(PARTS), 0.0).where(end.notna())
    frame = table.assign(start=start.where(start.abs() > 1e-9, 0.0).where(start.notna()), end=end)
    frame.attrs = {}
    return FigureData(frame, attrs_of(table) | {"interval_method": [table.attrs["method"]]}, frozenset())


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; the finding says each part with its interval."""
    own = labels.extended(KO, EN)
    level, is_empty = own.say(options.level), data.frame.empty
    first, last = options.years if is_empty else (data.meta["first"], data.meta["last"])
    notes = common_notes(data.meta, data.frame, own, options)
    if not is_empty and last - first > 1:
        # The years between are no part of the counts.
        notes[notes.index(own.say("posted", years=period(options.years)))] = own.say(
            "two_years", first=first, last=last
        )
    notes.insert(3, own.say("parts_note"))
    if not is_empty:
        notes.insert(4, own.say("covered", share=percent(min(data.meta["covered_weight"].values()))))
        if data.frame["flag"].str.contains("withheld").any():
            is_thin = data.frame["flag"].str.contains("low cover").any()
            notes.append(own.say("low_cover" if is_thin else "withheld"))
    if data.frame["flag"].str.contains(NO_HITS).any():
        notes.append(own.say("no_hits"))
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    said = {"level": level, "years": period(options.years), "finding": _finding(data.frame, own)}
    return Words(
        title=own.say("title", years=period((first, last))),
        subtitle=own.say("subtitle", level=level),
        notes=tuple(notes),
        alt=own.say("alt_none" if is_empty else "alt", **said, first=first, last=last),
        measure={"unit": own.say("unit"), "numerator": own.say("numerator", level=labels.levels[options.level])},
    )


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    rows = {row["part"]: row for row in frame.to_dict("records")}
    if not rows or any(math.isnan(row["points"]) for row in rows.values()):
        return labels.say("nothing")
    parts = [
        labels.say("part", name=labels.say(name), points=signed(rows[name]["points"]), span=_span(rows[name], labels))
        for name in PARTS
    ]
    before, after = (_total(rows[name]) for name in (FIRST, LAST))
    return labels.say("finding", before=" ".join(before), after=" ".join(after), parts=", ".join(parts))


def _total(row: Any) -> tuple[str, str]:
    """Return a raw rate and its interval in words."""
    rate, low, high = (row[name] / 100 for name in ("points", "low", "high"))
    return percent(rate, 1), interval(low, high, 1)


def _span(row: Any, labels: Labels) -> str:
    return span(row["low"], row["high"], labels.say("to"))


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the waterfall onto an empty figure, or say that there is nothing to compare."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    if data.frame.empty:
        x, y = (room.left + room.right) / 2, (room.bottom + room.top) / 2
        page.text(x, y, own.say("nothing"), page.size.label, page.theme.muted, ha="center", va="center")
        return
    paint_waterfall(page, room, [_step(row, data.meta, own, page.theme) for row in data.frame.to_dict("records")])


def _step(row: Any, meta: dict[str, Any], labels: Labels, theme: Theme) -> Step:
    name, is_total = row["part"], row["part"] not in PARTS
    year = meta["first"] if name == FIRST else meta["last"]
    is_shown = not math.isnan(row["end"])
    value, between = "", ""
    if is_total and is_shown:
        value, between = _total(row)
    elif is_shown:
        value, between = labels.say("points", points=signed(row["points"])), _span(row, labels)
    base = 0.0 if is_total else row["start"]
    faces = {
        "within": theme.held,
        "role_mix": theme.ghost,
        "family_mix": theme.ghost,
        "not_comparable": theme.mentioned,
    }
    return Step(
        name=labels.say("raw", year=year) if is_total else labels.say(name),
        note=labels.say("n_companies", n=row["n"], companies=row["n_companies"])
        if is_total
        else labels.say(f"{name}_note", n=row["n"]),
        value=value or labels.say("withheld_part"),
        interval=between,
        **{key: row[key] / 100 for key in ("start", "end")},
        **{key: (base + row[key]) / 100 for key in ("low", "high")},
        face=theme.raw if is_total else faces[name],
        is_total=is_total,
        is_hatched=name == "not_comparable",
        is_small="small" in row["flag"],
    )


FIGURE: Final = FigureSpec("fig_4_7", frozenset({"years", "level", "families"}), data, words, paint)

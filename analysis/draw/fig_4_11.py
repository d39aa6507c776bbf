"""Figure 4.11: the same rate under every other way of counting, sorted, with the choices behind each."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.curve import Curve, Specification, paint_curve
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import axis_ticks, decimals_for, interval, percent
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.population import Query
from analysis.measure.sensitivity import DIMENSIONS, sensitivity

KO: Final = {
    "title": "집계 방식에 따른 Airflow {level} 비율, {years}",
    "any": "언급",
    "required": "필수 요구",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "점: 한 방식의 공고 100건 중 건수, 선: 95% 신뢰구간. 아래 눈금: 기본 방식에서 바꾼 선택",
    "default": "기본 {rate} {interval}",
    "lowest": "최소 {rate}",
    "highest": "최대 {rate}",
    "counted": "집계 방식 {n}가지(기본에서 하나 또는 둘을 바꿈)",
    "hidden": "표본 부족으로 보류한 방식 {n}가지",
    "nothing": "표시할 수 있는 집계 방식이 없음: 표본 부족",
    "finding": "기본 방식은 {rate}, 표시한 {n}가지 방식의 범위는 {low}–{high}이다",
    "finding_hidden": "기본 방식은 표본 부족으로 보류했고, 표시한 {n}가지 방식의 범위는 {low}–{high}이다",
    "alt": "데이터 직무 공고의 Airflow {level} 비율({years})을 집계 방식별로 크기순으로 놓은 점 그래프. {finding}.",
    "denominator": "각 집계 방식으로 센 분석 기간의 데이터 직무 공고",
    "duplicates": "중복",
    "dates": "날짜",
    "families": "출처",
    "weighting": "가중",
    "role_rule": "직무",
    "survivors": "오래 남은 공고",
    "vendors": "판매사 공고",
    "levels_how": "수준",
    "vacancy": "한 번만",
    "same text": "같은 본문만 하나로",
    "every posting": "모두 따로",
    "without weak kinds": "확실한 것만",
    "without hn": "Hacker News 제외",
    "job boards": "채용 사이트만",
    "hn": "Hacker News만",
    "none": "공고마다 같게",
    "capped": "회사당 최대 3건",
    "company": "회사마다 한 표",
    "title only": "제목으로 정한 것만",
    "confidence 0.8+": "확신 0.8 이상",
    "left out": "제외",
    "decided only": "근거가 있는 것만",
    "undecided counted": "근거 없는 것도 포함",
    "with sections": "항목이 나뉜 공고만",
}
EN: Final = {
    "title": "Postings that {level} Airflow by way of counting, {years}",
    "any": "mention",
    "required": "require",
    "preferred": "prefer",
    "required_or_preferred": "require or prefer",
    "mentioned": "merely mention",
    "subtitle": "Dot: one way of counting, per 100 postings; line: 95% interval. Below: what departs from the default",
    "default": "default {rate} {interval}",
    "lowest": "lowest {rate}",
    "highest": "highest {rate}",
    "counted": "{n} ways of counting (one or two departures from the default)",
    "hidden": "Withheld, too few postings: {n} ways",
    "nothing": "No way of counting can be shown: too few postings",
    "finding": "The default gives {rate}; the {n} ways shown range from {low} to {high}",
    "finding_hidden": "The default is withheld; the {n} ways shown range from {low} to {high}",
    "alt": "Specification curve of the share of data-role adverts that {level} Airflow, {years}. {finding}.",
    "denominator": "postings for data roles posted in the period, as each way of counting has them",
    "duplicates": "Duplicates",
    "dates": "Dates",
    "families": "Sources",
    "weighting": "Weights",
    "role_rule": "Roles",
    "survivors": "Outlived adverts",
    "vendors": "Vendors' adverts",
    "levels_how": "Levels",
    "vacancy": "once per vacancy",
    "same text": "same text only",
    "every posting": "every posting",
    "without weak kinds": "certain ones only",
    "without hn": "no Hacker News",
    "job boards": "job boards",
    "hn": "Hacker News only",
    "none": "every posting alike",
    "capped": "3 per company at most",
    "company": "one vote per company",
    "title only": "by title only",
    "confidence 0.8+": "confidence 0.8+",
    "left out": "left out",
    "decided only": "with evidence only",
    "undecided counted": "without evidence too",
    "with sections": "sectioned adverts only",
}
COUNTED: Final = {"ko": "포함", "en": "counted"}
"""A choice that has the name of a note."""


def data(facts: pa.Table, options: Options) -> FigureData:
    """Measure the rate under every specification, the query's own first."""
    query = Query(level=options.level, years=options.years, families=options.families or None)
    table = sensitivity(facts, query)
    frame = table.reset_index(drop=True)
    frame.attrs = {}
    meta = {name: value for name, value in attrs_of(table).items() if name != "span"}
    return FigureData(frame, meta)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the specifications with a rate, lowest first; equal ones in order of definition."""
    return frame[frame["rate"].notna()].sort_values("rate", kind="stable")


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text, which gives the default's rate and the range."""
    own = labels.extended(KO, EN)
    said = {"level": own.say(options.level), "years": period(options.years)}
    notes = [own.say("counted", n=len(data.frame))]
    if n_hidden := int(data.frame["rate"].isna().sum()):
        notes.append(own.say("hidden", n=n_hidden))
    notes += common_notes({**data.meta, "largest_country": None}, _shown(data.frame), own, options)
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", **said),
        subtitle=own.say("subtitle"),
        notes=tuple(notes),
        alt=own.say("alt", **said, finding=_finding(data.frame, own)),
        measure={"denominator": own.say("denominator")},
    )


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    shown = _shown(frame)
    if shown.empty:
        return labels.say("nothing")
    decimals = decimals_for(shown["rate"])
    low, high = (percent(shown["rate"].iloc[i], decimals) for i in (0, -1))
    default = shown[shown["is_default"]]
    if default.empty:
        return labels.say("finding_hidden", n=len(shown), low=low, high=high)
    own = default.iloc[0]
    rate = f"{percent(own['rate'], decimals)} {interval(own['low'], own['high'], decimals)}"
    return labels.say("finding", rate=rate, n=len(shown), low=low, high=high)


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    shown = _shown(data.frame)
    if shown.empty:
        page.stand_in(room, own.say("nothing"))
        return
    decimals = decimals_for(shown["rate"])
    default = data.frame[data.frame["is_default"]].iloc[0]
    departures = {
        (name, choice): _choice(name, choice, own)
        for name in DIMENSIONS
        for choice in data.frame[name].unique()
        if choice != default[name]
    }
    specifications = [_specification(row, departures, own, decimals) for row in shown.to_dict("records")]
    lowest, highest = (percent(shown["rate"].iloc[i], decimals) for i in (0, -1))
    ends = (own.say("lowest", rate=lowest), own.say("highest", rate=highest))
    ticks = axis_ticks([*shown["high"], *shown["rate"]], n_max=4)
    paint_curve(page, room, Curve(specifications, list(departures.values()), ticks, *ends))


def _choice(dimension: str, choice: str, labels: Labels) -> str:
    said = COUNTED[labels.lang] if choice == "counted" else labels.words.get(choice, choice)
    return f"{labels.say(dimension)}: {said}"


def _specification(
    row: dict[Any, Any], departures: dict[tuple[str, str], str], labels: Labels, decimals: int
) -> Specification:
    span = interval(row["low"], row["high"], decimals)
    return Specification(
        rate=row["rate"],
        low=row["low"],
        high=row["high"],
        departures=frozenset(words for (name, choice), words in departures.items() if row[name] == choice),
        words=labels.say("default", rate=percent(row["rate"], decimals), interval=span) if row["is_default"] else "",
        is_small="small" in row["flag"],
    )


FIGURE: Final = FigureSpec("fig_4_11", frozenset({"years", "level", "families"}), data, words, paint)

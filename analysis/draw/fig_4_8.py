"""Figure 4.8: by year, the shares of postings that name Airflow and that name other tools that run pipelines."""

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
from analysis.draw.spec import TIDY, FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.abreast import rates_abreast
from analysis.measure.population import Query

FIRST: Final = "airflow"
TOOLS: Final = {
    FIRST: "Airflow",
    "prefect": "Prefect",
    "dagster": "Dagster",
    "luigi": "Luigi",
    "argo": "Argo",
    "kubeflow": "Kubeflow",
    "oozie": "Oozie",
    "nifi": "NiFi",
    "step_functions": "Step Functions",
    "data_factory": "Data Factory",
}
"""Skills compared, and their names, which are the same in both languages."""

COLUMNS: Final = ("skill", *TIDY[2:])

KO: Final = {
    "title": "오케스트레이션 도구 {level} 비율, {years}",
    "any": "언급",
    "required": "필수",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "데이터 직무 공고 100건당, 구성 고정. 음영: 95% 구간, 흐린 선: Airflow",
    "peak": "최고 {rate}",
    "last": "{year}년 {rate}",
    "year_counts": "연도별 공고 {counts}",
    "year_count": "{year}년 {n:,}건",
    "alt": "{years}년 데이터 직무 공고의 도구별 {level} 비율을 같은 눈금으로 그린 작은 꺾은선 그래프. {finding}.",
    "finding": "{year}년에 {names}",
    "nothing": "표시할 수 있는 비율이 없음: 표본 부족",
    "numerator": "도구를 적은 공고, 수준: {level}(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Pipeline tools {level}, {years}",
    "any": "mentioned",
    "required": "required",
    "preferred": "preferred",
    "required_or_preferred": "required or preferred",
    "mentioned": "merely mentioned",
    "subtitle": "Per 100 postings for data roles, mix fixed. Bands: 95%; pale: Airflow",
    "peak": "max {rate}",
    "last": "{year}: {rate}",
    "year_counts": "Postings {counts}",
    "year_count": "{year}: {n:,}",
    "alt": "Small line charts, one scale: share of adverts for data roles with each tool {level}, {years}. {finding}.",
    "finding": "In {year}: {names}",
    "nothing": "No rate can be shown: too few postings",
    "numerator": "postings with the tool at level: {level} (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count every tool by year on the same postings, role and source type held fixed; facts as in FACT_SCHEMA."""
    query = Query(level=options.level, years=options.years, families=options.families or None, weights="mix")
    table = rates_abreast(facts, query, list(TOOLS))
    frame = table.reindex(columns=list(COLUMNS)).astype({"year": "Int64", "flag": "str"})
    frame.attrs = {}
    return FigureData(frame, attrs_of(table))


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; the finding lists the tools of the last year, most named first."""
    own = labels.extended(KO, EN)
    said = {"level": own.say(options.level), "years": period(options.years)}
    notes = common_notes(data.meta, data.frame, own, options)
    first = data.frame[data.frame["skill"] == FIRST]
    counts = [own.say("year_count", year=y, n=n) for y, n in zip(first["year"], first["n"], strict=True)]
    notes.insert(2, own.say("year_counts", counts=", ".join(counts)))
    notes += withheld_notes(data.frame, own)
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", **said),
        subtitle=own.say("subtitle"),
        notes=tuple(notes),
        alt=own.say("alt", **said, finding=_finding(data.frame, own)),
        measure={"numerator": own.say("numerator", level=labels.levels[options.level])},
    )


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    shown = frame[frame["rate"].notna()]
    if shown.empty:
        return labels.say("nothing")
    last = shown[shown["year"] == shown["year"].max()].sort_values("rate", ascending=False, kind="stable")
    decimals = decimals_for(last["rate"])

    def point(row: Any) -> str:
        share = f"{percent(row['rate'], decimals)} {interval(row['low'], row['high'], decimals)}"
        return f"{TOOLS[row['skill']]} {share}"

    names = ", ".join(point(row) for row in last.to_dict("records"))
    return labels.say("finding", year=int(last["year"].iloc[0]), names=names)


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw one small chart per tool, all on one scale, onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    # Five panels across half a slide leave no room beside the lines.
    is_narrow = options.size == "half"
    remarks = _remarks(data.frame, own, is_narrow)
    layout = Layout(n_columns=5, remarks=remarks, has_ends=not is_narrow)
    paint_panels(page, room, _panels(data.frame, options, page), own, layout)


def _panels(frame: pd.DataFrame, options: Options, page: Page) -> list[tuple[str, YearChart]]:
    look = Look(page.theme.held, 0.8 * page.size.line, band=page.theme.band)
    lines = {
        skill: Series(name, complete(frame[frame["skill"] == skill], options.period), look)
        for skill, name in TOOLS.items()
    }
    ghost = Series(TOOLS[FIRST], lines[FIRST].frame, Look(page.theme.ghost, 0.6 * page.size.line))
    ticks, decimals = axis_ticks([*frame["high"], *frame["rate"]]), decimals_for(frame["rate"])
    panels = []
    for skill, line in lines.items():
        ghosts = [] if skill == FIRST or line.last is None else [ghost]
        panels.append(
            (line.name, YearChart(options.period, {}, [line], ticks, ghosts, decimals=decimals, is_panel=True))
        )
    return panels


def _remarks(frame: pd.DataFrame, labels: Labels, is_last: bool) -> list[str]:
    """Return each tool's last rate in words, or its highest one; empty where every year is withheld."""
    decimals, found = decimals_for(frame["rate"]), []
    for skill in TOOLS:
        shown = frame[(frame["skill"] == skill) & frame["rate"].notna()]
        if shown.empty:
            found.append("")
            continue
        row = shown.iloc[-1] if is_last else shown.iloc[int(shown["rate"].to_numpy().argmax())]
        span = "" if is_last else " " + interval(row["low"], row["high"], decimals)
        found.append(
            labels.say("last" if is_last else "peak", year=row["year"], rate=percent(row["rate"], decimals) + span)
        )
    return found


FIGURE: Final = FigureSpec("fig_4_8", frozenset({"years", "level", "families"}), data, words, paint)

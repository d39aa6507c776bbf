"""Figure 4.2: by role, the share of postings that require, prefer or mention Airflow, pooled over the years."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.bars import Bar, BarChart, Segment, paint_bars
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import axis_ticks, decimals_for, interval, number, percent
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import Theme
from analysis.draw.tidy import attrs_of, tidy, unsectioned_share
from analysis.fact import LEVELS
from analysis.measure.population import Query
from analysis.measure.rates import levels, rates

KO: Final = {
    "title": "직무별 Airflow 요구 비율: 필수·우대·단순 언급",
    "subtitle": "{years}년 공고를 합쳐 공고마다 같은 가중치로 계산. 공고 100건 중 건수, 점과 선은 합계와 95% 신뢰구간",
    "nothing": "표시할 수 있는 직무가 없음: 표본 부족",
    "alt": "{years}년 데이터 직무별로 Airflow를 필수, 우대, 단순 언급한 공고 비율을 쌓은 가로 막대 그래프. {finding}.",
    "finding": "{top} 공고가 {rate}로 가장 높고 그중 필수는 {required}%이다",
    "finding_all": "{top} 공고가 {rate}로 가장 높고(필수 {required}%) {bottom} 공고가 {lowest}로 가장 낮다",
}
EN: Final = {
    "title": "Airflow by role: required, preferred or mentioned",
    "subtitle": "{years} pooled, posting-weighted. Per 100 postings; dot and line: total with 95% interval",
    "nothing": "No role can be shown: too few postings",
    "alt": "Stacked bars: share of postings that require, prefer or mention Airflow, by role, {years}. {finding}.",
    "finding": "{top} leads with {rate}; {required}% require it",
    "finding_all": "{top} leads with {rate} ({required}% require it) and {bottom} comes last with {lowest}",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count totals and parts by role; facts has the columns of FACT_SCHEMA."""
    query = Query(by=("role",), years=options.years, families=options.families or None)
    total = rates(facts, query)
    parts = levels(facts, query)
    parts = parts[parts["level"].isin(LEVELS)]
    frame = pd.concat([tidy(total, "total"), tidy(parts, "part")], ignore_index=True)
    return FigureData(frame, {**attrs_of(total), "share_unsectioned": unsectioned_share(facts, query)})


def _totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of the roles that are shown, largest first; equal ones by name, so that the order is stable."""
    shown = frame[(frame["series"] == "total") & frame["rate"].notna()]
    return shown.sort_values(["rate", "role"], ascending=[False, True])


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; withheld roles are named with their counts."""
    own = labels.extended(KO, EN)
    years = period(options.years)
    notes = common_notes(data.meta, data.frame, own, options)
    withheld = data.frame[(data.frame["series"] == "total") & data.frame["rate"].isna()]
    if not withheld.empty:
        names = [f"{own.roles[r]} ({own.say('n', n=n)})" for r, n in zip(withheld["role"], withheld["n"], strict=True)]
        notes.insert(0, own.say("withheld_list", names=", ".join(names)))
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title"),
        subtitle=own.say("subtitle", years=years),
        notes=tuple(notes),
        alt=own.say("alt", years=years, finding=_finding(data.frame, own)),
    )


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    totals = _totals(frame)
    if totals.empty:
        return labels.say("nothing")
    decimals = decimals_for(totals["rate"])

    def point(row: Any) -> str:
        return f"{percent(row['rate'], decimals)} {interval(row['low'], row['high'], decimals)}"

    top, bottom = totals.iloc[0], totals.iloc[-1]
    values = {
        "top": labels.roles[top["role"]],
        "rate": point(top),
        "required": number(_parts(frame, top["role"], top["n"])["required"], decimals),
    }
    if len(totals) == 1:
        return labels.say("finding", **values)
    return labels.say("finding_all", **values, bottom=labels.roles[bottom["role"]], lowest=point(bottom))


def _parts(frame: pd.DataFrame, role: str, n: int) -> dict[str, float]:
    """Return a role's parts as shares of its n postings; a part may be withheld by itself, its count is not."""
    rows = frame[(frame["series"] == "part") & (frame["role"] == role)]
    counts = dict(zip(rows["level"], rows["k"], strict=True))
    return {level: counts.get(level, 0) / n for level in LEVELS}


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    totals = _totals(data.frame)
    if totals.empty:
        page.stand_in(room, own.say("nothing"))
        return
    bars = [_bar(row, data.frame, own) for _, row in totals.iterrows()]
    ticks = axis_ticks([*totals["high"], *totals["rate"]])
    paint_bars(page, room, BarChart(bars, _segments(page.theme, own), ticks, decimals_for(totals["rate"])))


def _bar(row: Any, frame: pd.DataFrame, labels: Labels) -> Bar:
    is_hidden = (frame["series"] == "part") & (frame["role"] == row["role"]) & frame["rate"].isna()
    return Bar(
        name=labels.roles[row["role"]],
        note=labels.say("n_companies", n=row["n"], companies=row["n_companies"]),
        parts=_parts(frame, row["role"], row["n"]),
        total=row["rate"],
        low=row["low"],
        high=row["high"],
        is_small="small" in row["flag"],
        unprinted=frozenset(frame.loc[is_hidden, "level"]),
    )


def _segments(theme: Theme, labels: Labels) -> list[Segment]:
    return [
        Segment("required", labels.levels["required"], theme.required, theme.on_required, theme.required),
        Segment("preferred", labels.levels["preferred"], theme.preferred, theme.on_preferred, theme.word_preferred),
        Segment(
            "mentioned", labels.levels["mentioned"], theme.mentioned, theme.on_mentioned, theme.word_mentioned, True
        ),
    ]


FIGURE: Final = FigureSpec("fig_4_2", frozenset({"years", "families"}), data, words, paint)

"""Figure 4.6: what is claimed of Airflow beside what the postings say, each claim by its own measure."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.claim_file import bundled_claims
from analysis.draw.dots import Dot, DotChart, DotRow, empty_dot, paint_dots
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import MINUS, axis_ticks, interval, percent, tick_labels
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.claims import AS_CLAIMED, COMPATIBLE, HIGHER, LOWER, PER_YEAR, TOO_LITTLE, judge
from analysis.measure.intervals import METHOD
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.measure.trend import CANNOT_BE_JUDGED

UNUSED: Final = ["skill", "unit", "n_too_little", "spec_low", "spec_high"]
SHARES: Final = frozenset({"claimed", "tolerance", "measured", "low", "high"})

KO: Final = {
    "title": "주장과 측정값",
    "title_period": "주장과 측정값, {years}",
    "subtitle": "● 측정값과 95% 신뢰구간  ◇ 주장. 주장마다 그 주장의 척도로 비교, 공고 100건 중 건수",
    "all": "전체",
    "korea": "한국",
    AS_CLAIMED: "",
    COMPATIBLE: "부합",
    LOWER: "측정값이 더 낮음",
    HIGHER: "측정값이 더 높음",
    TOO_LITTLE: "자료 부족",
    CANNOT_BE_JUDGED: "판단 불가",
    "measured": "측정값 (95% 구간)",
    "verdict": "판정",
    "ways": "같은 판정",
    "n_head": "공고 수",
    "slope": "연 {slope}%p",
    "to": "~",
    "own_measure": "값은 비율, 추이의 값은 직무·출처 유형을 고정한 연간 변화",
    "ways_note": "같은 판정: 중복·날짜·출처·가중·직무·수준의 집계 방식을 바꾸어도 판정이 같은 경우",
    "alt": "주장 {n}개를 측정값 및 95% 신뢰구간과 나란히 놓은 점 그래프. {finding}.",
    "finding": "전체 공고에서 {verdicts}이다",
    "verdict_count": "‘{verdict}’ {n}개({names})",
    "unit": "공고 중 비율(0–1), 추이는 연간 퍼센트포인트",
    "numerator": "각 주장이 말하는 수준으로 Airflow를 적은 공고(중복은 한 번만 셈)",
    "denominator": "각 주장이 말하는 직무와 기간의 공고(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Claims and measured rates",
    "title_period": "Claims and measured rates, {years}",
    "subtitle": "● measured, with 95% interval  ◇ claim. Each claim by its own measure, per 100 postings",
    "all": "all",
    "korea": "Korea",
    AS_CLAIMED: "",
    COMPATIBLE: "compatible",
    LOWER: "measured lower",
    HIGHER: "measured higher",
    TOO_LITTLE: "too little data",
    CANNOT_BE_JUDGED: "cannot be judged",
    "measured": "measured (95%)",
    "verdict": "verdict",
    "ways": "same verdict",
    "n_head": "postings",
    "slope": "{slope} pts/yr",
    "to": " to ",
    "own_measure": "Values are shares; that of growth is points per year with role and source type held fixed",
    "ways_note": "Same verdict: ways of counting (duplicates, dates, sources, weights, roles, levels) that agree",
    "alt": "Dot plot of {n} claims beside the measured values and their 95% intervals. {finding}.",
    "finding": "Of all postings, the verdict is {verdicts}",
    "verdict_count": "“{verdict}” for {n} ({names})",
    "unit": "share of postings (0-1); of growth percentage points per year",
    "numerator": "postings with Airflow at the level each claim is about (duplicates counted once)",
    "denominator": "postings for the roles and period each claim is about (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Hold the claims against the facts; shares and slopes (percentage points per year) in columns of their own."""
    return arrange(facts, judge(facts, options.claims or bundled_claims()))


def arrange(facts: pa.Table, judged: pd.DataFrame) -> FigureData:
    """Return the data of the figure from what `judge` says of these facts."""
    values = {"measured": "slope", "low": "slope_low", "high": "slope_high"}
    is_growth = judged["unit"] == PER_YEAR
    slopes = judged[list(values)].where(is_growth).rename(columns=values)
    frame = judged.assign(**{name: judged[name].mask(is_growth) for name in values}).drop(columns=UNUSED).join(slopes)
    queries = judged.attrs["queries"]
    widest = judged.iloc[int(judged["n"].argmax())]
    about = rates(facts, Query(**queries[f"{widest['claim']} ({widest['population']})"]))
    frame.attrs = {}
    meta = {**attrs_of(about), "queries": queries, "interval_method": [METHOD]}
    years = judged[["first_year", "last_year"]].dropna()
    if len(years):
        meta["period"] = [int(years["first_year"].min()), int(years["last_year"].max())]
    return FigureData(frame, meta, SHARES)


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text, which counts the verdicts on all postings and names the claims."""
    own = labels.extended(KO, EN)
    has_period = "period" in data.meta
    years = period(tuple(data.meta["period"])) if has_period else ""
    notes = common_notes({**data.meta, "largest_country": None}, data.frame, own, options)
    if data.frame["slope"].notna().any():
        notes.insert(0, own.say("own_measure"))
    notes.insert(1, own.say("ways_note"))
    if (data.frame["verdict"] == TOO_LITTLE).any():
        notes.append(own.say("withheld"))
    return Words(
        title=own.say("title_period" if has_period else "title", years=years),
        subtitle=own.say("subtitle"),
        notes=tuple(notes),
        alt=own.say("alt", n=data.frame["claim"].nunique(), finding=_finding(data.frame, own)),
        measure={name: own.say(name) for name in ("unit", "numerator", "denominator")},
    )


def _finding(frame: pd.DataFrame, labels: Labels) -> str:
    first = frame[frame["population"] != "korea"]
    parts = [
        labels.say("verdict_count", verdict=labels.say(str(verdict)), n=len(rows), names="; ".join(rows[labels.lang]))
        for verdict, rows in first.groupby("verdict", sort=False)
    ]
    return labels.say("finding", verdicts=", ".join(parts))


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    frame = data.frame
    places = axis_ticks([*frame["claimed"], *frame["high"], *frame["measured"]], n_max=4)
    rows = [_row(claim.to_dict("records"), own) for _, claim in frame.groupby("claim", sort=False)]
    heads = tuple(own.say(name) for name in ("measured", "verdict", "n_head", "ways"))
    paint_dots(page, room, DotChart(rows, heads, list(zip(places, tick_labels(places), strict=True))))


def _row(rows: list[Any], labels: Labels) -> DotRow:
    first = rows[0]
    return DotRow(
        name=first[labels.lang][:1].upper() + first[labels.lang][1:],
        dots=[_dot(row, labels) for row in rows],
        claim=first["claimed"],
        claim_words=first[f"said_{labels.lang}"],
    )


def _dot(row: Any, labels: Labels) -> Dot:
    same = f"{row['n_same']}/{row['n_specifications']}"
    beside = (labels.say(row["verdict"]), labels.say("count", n=row["n"]), same)
    name = labels.say(row["population"])
    if row["slope"] == row["slope"]:
        return empty_dot((_slope(row, labels), *beside), name)
    if row["measured"] != row["measured"]:
        return empty_dot(("–", *beside), name)
    # A claim of 85% beside 0.6% needs its decimals whatever the others are.
    decimals = int(row["high"] < 0.2)
    said = f"{percent(row['measured'], decimals)} {interval(row['low'], row['high'], decimals)}"
    return Dot(row["measured"], row["low"], row["high"], (said, *beside), name, "small" in row["flag"])


def _slope(row: Any, labels: Labels) -> str:
    slope, low, high = (f"{row[name]:+.2f}" for name in ("slope", "slope_low", "slope_high"))
    joint = labels.say("to") if "-" in low + high else "–"
    span = f"{slope} ({low.removeprefix('+')}{joint}{high.removeprefix('+')})"
    return labels.say("slope", slope=span.replace("-", MINUS))


FIGURE: Final = FigureSpec("fig_4_6", frozenset({"claims"}), data, words, paint)

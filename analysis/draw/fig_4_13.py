"""Figure 4.13: the rate of every source against its size, and how far chance alone would scatter it."""

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.funnels import Funnel, Part, paint_funnel
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import axis_ticks, decimals_for, interval, percent
from analysis.draw.spec import SHARES, FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.funnel import LEVELS, OUTSIDE, funnel_by, limits
from analysis.measure.population import UNKNOWN, Query

SOURCE, LIMIT = "source", "limit"
N_POINTS: Final = 80
"""Sizes at which the limits are computed, so that they draw as curves."""
N_NAMED: Final = 8
"""Sources outside the limits that are named, the farthest first."""
BOUNDS: Final = [f"{side}_{name}" for name in LEVELS for side in ("low", "high")]
COLUMNS: Final = [
    *("series", "source", "country", "first_year", "last_year", "k", "n", "n_companies", "n_eff"),
    *("rate", "low", "high", *BOUNDS, "place", "method", "flag"),
]

KO: Final = {
    "title": "출처별 공고의 Airflow {level} 비율, {years}",
    "any": "언급",
    "required": "필수 요구",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "출처마다 한 점. 띠와 선: 차이가 우연뿐일 때의 95%·99.8% 한계. 공고 100건 중 건수",
    "n_axis": "공고 수(로그 축)",
    "pooled": "전체 {rate}",
    "outside": "출처 {n}곳 중 95% 한계 밖 {n95}곳, 99.8% 한계 밖 {n998}곳",
    "spread": "출처 간 분산은 우연의 {phi:.1f}배(회사 군집만으로는 {deff:.1f}배)",
    "hidden": "표본 부족으로 표시하지 않은 출처 {n}곳",
    "nothing": "표시할 수 있는 출처가 없음: 표본 부족",
    "alt": "{years}년 출처별 Airflow {level} 비율을 공고 수에 따라 놓은 깔때기 그래프. {finding}.",
    "finding": "전체 비율 {rate} 둘레의 99.8% 한계를 출처 {n}곳 중 {n998}곳이 벗어나고, 값의 범위는 {low}–{high}이다",
    "denominator": "그 출처에서 분석 기간에 게시된 데이터 직무 공고(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Postings that {level} Airflow by source, {years}",
    "any": "mention",
    "required": "require",
    "preferred": "prefer",
    "required_or_preferred": "require or prefer",
    "mentioned": "merely mention",
    "subtitle": "One dot per source, per 100 postings. Band, lines: 95% and 99.8% limits of chance alone",
    "n_axis": "postings (log axis)",
    "pooled": "pooled {rate}",
    "outside": "Of {n} sources {n95} lie outside the 95% and {n998} outside the 99.8% limits",
    "spread": "Variance between sources {phi:.1f} times that of chance (company clusters alone: {deff:.1f})",
    "hidden": "Not shown, too few postings: {n} sources",
    "nothing": "No source can be shown: too few postings",
    "alt": "Funnel plot of the share of postings that {level} Airflow by source and size, {years}. {finding}.",
    "finding": "Around the pooled rate of {rate}, {n998} of {n} sources lie outside the 99.8% limits; they range from "
    "{low} to {high}",
    "denominator": "postings of the source for data roles posted in the period (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Measure the rate of every source, and the limits around the pooled rate over the sizes shown (series limit)."""
    query = Query(level=options.level, years=options.years, families=options.families or None)
    table = funnel_by(facts, query)
    shown = table.loc[table["rate"].notna(), "n"]
    sizes = np.unique(np.geomspace(shown.min(), shown.max(), N_POINTS).round()) if len(shown) else np.empty(0)
    curve = limits(table.attrs["pooled"]["rate"], sizes).assign(series=LIMIT, flag="", place="")
    frame = pd.concat([table.assign(series=SOURCE).astype({"n": "int64"}), curve], ignore_index=True)[COLUMNS]
    whole = {name: "Int64" for name in ("first_year", "last_year", "k", "n_companies")}
    frame.attrs = {}
    return FigureData(frame.astype(whole), attrs_of(table), SHARES | set(BOUNDS))


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["series"] == SOURCE) & frame["rate"].notna()]


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text, which counts the sources outside the limits."""
    own = labels.extended(KO, EN)
    said = {"level": own.say(options.level), "years": period(options.years)}
    meta = data.meta
    counts = {"n": meta["n_parts"]["shown"], **{f"n{name}": n for name, n in meta["n_outside"].items()}}
    notes = [own.say("outside", **counts)]
    if meta["overdispersion"] is not None and meta["deff"]:
        notes.append(own.say("spread", phi=meta["overdispersion"], deff=meta["deff"]))
    if meta["n_parts"]["withheld"]:
        notes.append(own.say("hidden", n=meta["n_parts"]["withheld"]))
    notes += common_notes({**meta, "largest_country": None}, _shown(data.frame), own, options)
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", **said),
        subtitle=own.say("subtitle"),
        notes=tuple(notes),
        alt=own.say("alt", **said, finding=_finding(data, own, counts)),
        measure={"denominator": own.say("denominator")},
    )


def _finding(data: FigureData, labels: Labels, counts: dict[str, int]) -> str:
    shown = _shown(data.frame)
    if shown.empty:
        return labels.say("nothing")
    decimals, pooled = decimals_for(shown["rate"]), data.meta["pooled"]
    return labels.say(
        "finding",
        **counts,
        rate=f"{percent(pooled['rate'], decimals)} {interval(pooled['low'], pooled['high'], decimals)}",
        low=percent(shown["rate"].min(), decimals),
        high=percent(shown["rate"].max(), decimals),
    )


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    shown = _shown(data.frame)
    if shown.empty:
        page.stand_in(room, own.say("nothing"))
        return
    decimals = decimals_for(shown["rate"])
    pooled = data.meta["pooled"]["rate"]
    chart = Funnel(
        parts=_parts(shown, data.meta, own, decimals),
        limits=data.frame.loc[data.frame["series"] == LIMIT, ["n", *BOUNDS]],
        pooled=pooled,
        pooled_words=own.say("pooled", rate=percent(pooled, decimals)),
        ticks=axis_ticks([*shown["rate"], *shown["high_998"]]),
        n_words=own.say("n_axis"),
    )
    paint_funnel(page, room, chart)


def _parts(shown: pd.DataFrame, meta: dict[str, Any], labels: Labels, decimals: int) -> list[Part]:
    far = shown[shown["place"] == OUTSIDE["998"]]
    distance = (far["rate"] - meta["pooled"]["rate"]).abs()
    named = set(far.loc[distance.sort_values(ascending=False).index[:N_NAMED], "source"])
    return [
        Part(
            n=row["n"],
            rate=row["rate"],
            words=f"{_name(row, meta, labels)}, {percent(row['rate'], decimals)}" if row["source"] in named else "",
            is_outside=row["place"] == OUTSIDE["998"],
            is_small="small" in row["flag"],
        )
        for row in shown.to_dict("records")
    ]


def _name(row: Any, meta: dict[str, Any], labels: Labels) -> str:
    """Return the job site with country and years, by which sources of one site are told apart."""
    site = labels.source(meta.get("sites", {}).get(row["source"], row["source"]))
    country = "" if row["country"] == UNKNOWN else f"{row['country']} "
    years = "" if pd.isna(row["first_year"]) else period((row["first_year"], row["last_year"]))
    return f"{site} ({country}{years})" if country + years else site


FIGURE: Final = FigureSpec("fig_4_13", frozenset({"years", "level", "families"}), data, words, paint)

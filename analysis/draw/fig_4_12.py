"""Figure 4.12: how many of the postings counted come from which job site in which year, and from how few employers."""

from typing import Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.heat import HeatMap, HeatRow, paint_heat
from analysis.draw.labels import Labels
from analysis.draw.notes import by_site, common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.scales import percent
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.population import Query
from analysis.measure.presence import ALL, N_TOP, presence

N_NAMED: Final = 11
"""Job sites with a row of their own; the smaller ones share one."""

KO: Final = {
    "title": "어디서 온 공고인가: 채용 사이트와 연도, {years}",
    "subtitle": "집계한 데이터 직무 공고(중복은 한 번만). 회색은 공고가 없는 해",
    "rest": "그 밖의 {n}곳",
    "all_sites": "합계",
    "top": "상위 {n}개 회사의 몫",
    "alt": "{years}년 채용 사이트와 연도별로 센 데이터 직무 공고 수를 나타낸 표 모양의 열지도. {finding}.",
    "finding": "가장 많은 {site} 공고가 전체의 {share}이고, 한 해도 빠지지 않은 곳은 {whole}이다",
    "none_whole": "없음",
    "top_note": "몫: 회사를 아는 공고 중 최다 {n}곳",
    "unit": "공고 수",
    "numerator": "사이트와 연도별 데이터 직무 공고(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Where the postings come from, {years}",
    "subtitle": "Postings for data roles by job site and year. Grey: none that year",
    "rest": "{n} more sites",
    "all_sites": "All",
    "top": "Share of the {n} largest employers",
    "alt": "Heat map of the postings for data roles counted by job site and year, {years}. {finding}.",
    "finding": "Most, {share} of all, come from {site}; sites with postings in every year: {whole}",
    "none_whole": "none",
    "top_note": "Largest employers: the {n} known ones with most postings in the year",
    "unit": "postings",
    "numerator": "postings for data roles by job site and year (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count postings by source and year, without rows for gaps; facts as in FACT_SCHEMA.

    Sources of one job site are drawn as one row: `meta["sites"]`, which the caller adds, says which belong together.
    """
    table = presence(facts, Query(years=options.years, families=options.families or None))
    frame = table[(table["source"] == ALL) | (table["n"] > 0)].reset_index(drop=True)
    frame.attrs = {}
    return FigureData(frame, attrs_of(table), frozenset({"top_share"}))


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; the finding names the largest site and those without a gap."""
    own = labels.extended(KO, EN)
    years = period(options.years)
    notes = [n for n in common_notes(data.meta, data.frame, own, options) if n != own.say("interval_method")]
    notes.insert(3, own.say("top_note", n=N_TOP))
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", years=years),
        subtitle=own.say("subtitle"),
        notes=tuple(notes),
        alt=own.say("alt", years=years, finding=_finding(data, own, options)),
        measure={"unit": own.say("unit"), "numerator": own.say("numerator")},
    )


def _sites(data: FigureData, labels: Labels) -> dict[str, dict[int, int]]:
    """Return postings by year for each job site, the site with most postings first."""
    frame, sites = data.frame[data.frame["source"] != ALL], data.meta.get("sites", {})
    found: dict[str, dict[int, int]] = {}
    for year, rows in frame[frame["n"] > 0].groupby("year"):
        counts = by_site(dict(zip(rows["source"], rows["n"].astype(int), strict=True)), sites)
        for name, n in counts.items():
            found.setdefault(labels.source(name), {})[int(str(year))] = n
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))


def _finding(data: FigureData, labels: Labels, options: Options) -> str:
    sites = _sites(data, labels)
    first, counts = next(iter(sites.items()))
    share = percent(sum(counts.values()) / data.meta["n_postings"])
    whole = [name for name, by_year in sites.items() if set(options.period) <= by_year.keys()]
    return labels.say("finding", site=first, share=share, whole=", ".join(whole) or labels.say("none_whole"))


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the table of cells onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    whole = data.frame[data.frame["source"] == ALL]
    chart = HeatMap(
        columns=options.period,
        rows=_rows(_sites(data, own), own),
        total=HeatRow(own.say("all_sites"), _by_year(whole, "n")),
        share_name=own.say("top", n=N_TOP),
        shares=dict(zip(whole["year"].astype(int), whole["top_share"].astype(float), strict=True)),
        too_few=own.say("too_few"),
    )
    paint_heat(page, room, chart)


def _by_year(frame: pd.DataFrame, column: str) -> dict[int, int]:
    return dict(zip(frame["year"].astype(int), frame[column].astype(int), strict=True))


def _rows(sites: dict[str, dict[int, int]], labels: Labels) -> list[HeatRow]:
    named = list(sites.items())
    # A row that stands for a single site may as well carry its name.
    n_named = N_NAMED if len(named) > N_NAMED + 1 else len(named)
    rows = [HeatRow(name, counts) for name, counts in named[:n_named]]
    rest: dict[int, int] = {}
    for _, counts in named[n_named:]:
        for year, n in counts.items():
            rest[year] = rest.get(year, 0) + n
    return [*rows, HeatRow(labels.say("rest", n=len(named) - n_named), rest)] if rest else rows


FIGURE: Final = FigureSpec("fig_4_12", frozenset({"years", "families"}), data, words, paint)

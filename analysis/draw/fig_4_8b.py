"""Figure 4.8b: how many postings name Airflow only, Airflow and another tool that runs pipelines, or that tool only."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.draw.fig_4_8 import FIRST, TOOLS
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.overlap import Overlap, Part, paint_overlaps
from analysis.draw.page import open_page
from analysis.draw.scales import decimals_for, interval, percent
from analysis.draw.spec import SHARES, FigureData, FigureSpec, Words
from analysis.draw.style import Theme
from analysis.draw.tidy import attrs_of
from analysis.measure.compare import compare
from analysis.measure.intervals import METHOD
from analysis.measure.population import Query

PARTS: Final = ("only_first", "both", "only_other")

KO: Final = {
    "title": "Airflow와 다른 도구의 겹침, {years}",
    "any": "언급",
    "required": "필수",
    "preferred": "우대",
    "required_or_preferred": "필수·우대",
    "mentioned": "단순 언급",
    "subtitle": "데이터 직무 공고 수({level}). 점선: Airflow 공고 전체 {n:,}건",
    "only_first": "Airflow만",
    "both": "둘 다",
    "only_other": "그 도구만",
    "share": "그 비율(95%)",
    "alt": "{years}년 데이터 직무 공고 중 Airflow만, 둘 다, 다른 도구만 적은 공고 수의 막대 그래프. {finding}.",
    "finding": "Airflow 공고는 {n:,}건이고, 다른 도구 중 최다인 {name} 공고 {k:,}건 중 {both:,}건이 Airflow도 적었다",
    "unit": "공고 수",
    "numerator": "두 도구 중 하나 또는 둘을 적은 공고, 수준: {level}(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Airflow with and without other tools, {years}",
    "any": "mentioned",
    "required": "required",
    "preferred": "preferred",
    "required_or_preferred": "required or preferred",
    "mentioned": "merely mentioned",
    "subtitle": "Postings for data roles, tools {level}. Dotted: all {n:,} with Airflow",
    "only_first": "Airflow only",
    "both": "both",
    "only_other": "the other only",
    "share": "its share (95%)",
    "alt": "Bar chart of postings for data roles with Airflow only, both, or another tool only, {years}. {finding}.",
    "finding": "Airflow is in {n:,} postings; of {k:,} with {name}, the most frequent other, {both:,} have Airflow too",
    "unit": "postings",
    "numerator": "postings with one of two tools, or both, at level: {level} (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Count the tools on the same postings over all years; facts as in FACT_SCHEMA."""
    query = Query(level=options.level, years=options.years, families=options.families or None)
    table = compare(facts, query, list(TOOLS))
    frame = table.copy()
    frame.attrs = {}
    return FigureData(frame, attrs_of(table) | {"interval_method": [METHOD], "weighting": [query.weights]}, SHARES)


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text; the finding is of the most frequent other tool."""
    own = labels.extended(KO, EN)
    level, years = own.say(options.level), period(options.years)
    notes = common_notes(data.meta, data.frame, own, options)
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    n = int(data.frame["k"].iloc[0])
    top = _others(data.frame).iloc[0]
    finding = own.say("finding", n=n, name=TOOLS[top["skill"]], k=int(top["k"]), both=int(top["both"]))
    return Words(
        title=own.say("title", years=years),
        subtitle=own.say("subtitle", level=level, n=n),
        notes=tuple(notes),
        alt=own.say("alt", level=level, years=years, finding=finding),
        measure={"unit": own.say("unit"), "numerator": own.say("numerator", level=labels.levels[options.level])},
    )


def _others(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the tools but the first, those of most postings first."""
    return frame[frame["skill"] != FIRST].sort_values("k", ascending=False, kind="stable")


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw a bar per tool onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    others = _others(data.frame)
    decimals = decimals_for(others["rate"])
    rows = [_row(row, own, decimals) for row in others.to_dict("records")]
    paint_overlaps(page, room, rows, _parts(page.theme, own), own.say("share"))


def _row(row: Any, labels: Labels, decimals: int) -> Overlap:
    is_withheld = row["rate"] != row["rate"]
    share = f"{percent(row['rate'], decimals)} {interval(row['low'], row['high'], decimals)}"
    words = labels.say("too_few") if is_withheld else share
    return Overlap(TOOLS[row["skill"]], words, (int(row["only_first"]), int(row["both"]), int(row["only_other"])))


def _parts(theme: Theme, labels: Labels) -> list[Part]:
    looks = ((theme.band, theme.soft), (theme.held, theme.held), (theme.raw, theme.raw))
    return [Part(labels.say(name), face, word) for name, (face, word) in zip(PARTS, looks, strict=True)]


FIGURE: Final = FigureSpec("fig_4_8b", frozenset({"years", "level", "families"}), data, words, paint)

"""Figure 4.10: the skills that postings name together with Airflow, by odds ratio adjusted for role and year."""

from typing import Any, Final

import pyarrow as pa
from matplotlib.figure import Figure

from analysis.classify.vocabulary import load_vocabulary
from analysis.draw.dots import Dot, DotChart, DotRow, empty_dot, log_ticks, paint_dots
from analysis.draw.labels import Labels
from analysis.draw.notes import common_notes, period
from analysis.draw.options import Options
from analysis.draw.page import open_page
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.tidy import attrs_of
from analysis.measure.cooccur import MIN_JOINT, cooccur
from analysis.measure.population import Query

N_NAMED: Final = 3
N_SHOWN: Final = 15
"""Skills shown: more of them would be too small to read on a slide."""
"""Skills that the alt text names."""
METHOD: Final = "Mantel-Haenszel over role x year, delete-one-company jackknife of the logarithm"

KO: Final = {
    "title": "Airflow와 함께 적힌 기술, {years}",
    "subtitle": "Airflow{level} 공고가 다른 공고보다 그 기술을 적을 오즈의 배수(로그 축). 선: 95% 신뢰구간",
    "any": "를 적은",
    "required": " 필수",
    "preferred": " 우대",
    "required_or_preferred": " 필수·우대",
    "mentioned": " 단순 언급",
    "odds": "오즈비 (95% 구간)",
    "joint": "함께 적은 공고",
    "adjusted": "직무와 연도의 차이를 걷어 낸 값(맨틀–헨첼)",
    "tested": "{n_tested}개 기술 중 오즈비 상위 {n_shown}개",
    "floor": "함께 적은 공고가 {n}건 이상인 기술만",
    "nothing": "함께 적은 공고가 {n}건 이상인 기술이 없음",
    "none_shown": "표본 부족으로 표시할 수 있는 오즈비가 없다",
    "alt": "{years}년 데이터 직무 공고에서 Airflow와 함께 적힌 기술의 오즈비를 그린 점 그래프. {finding}.",
    "finding": "가장 높은 것은 {names}이고, 표시한 {n}개 중 {n_above}개의 95% 구간이 1보다 위에 있다",
    "unit": "오즈비",
    "numerator": "그 기술과 Airflow를 함께 적은 공고(중복은 한 번만 셈)",
}
EN: Final = {
    "title": "Skills named together with Airflow, {years}",
    "subtitle": "Odds of naming the skill if postings {level} Airflow, over the others. Log axis; lines: 95% intervals",
    "any": "name",
    "required": "require",
    "preferred": "prefer",
    "required_or_preferred": "require or prefer",
    "mentioned": "merely mention",
    "odds": "odds ratio (95%)",
    "joint": "name both",
    "adjusted": "Adjusted for role and year (Mantel–Haenszel)",
    "tested": "{n_shown} highest of {n_tested} skills",
    "floor": "Skills in at least {n} postings with Airflow",
    "nothing": "No skill is named in {n} postings together with Airflow",
    "none_shown": "No odds ratio can be shown: too few postings",
    "alt": "Dot plot of the odds ratios of skills named with Airflow in adverts for data roles, {years}. {finding}.",
    "finding": "Highest are {names}; the 95% intervals of {n_above} of the {n} shown lie above 1",
    "unit": "odds ratio",
    "numerator": "postings that name the skill and Airflow (duplicates counted once)",
}


def data(facts: pa.Table, options: Options) -> FigureData:
    """Measure the odds ratios of the skills named most beside Airflow, with the names they go by."""
    query = Query(level=options.level, years=options.years, families=options.families or None)
    table = cooccur(facts, query, N_SHOWN)
    terms = load_vocabulary().terms
    # A table without rows has no words in its columns.
    frame = table.reset_index(drop=True).astype({"flag": "str"})
    frame.insert(1, "label", [terms[skill].label if skill in terms else skill for skill in frame["skill"]])
    frame.attrs = {}
    return FigureData(frame, {**attrs_of(table), "interval_method": [METHOD]}, frozenset())


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    """Return title, subtitle, notes and alt text, which names the highest odds ratios."""
    own = labels.extended(KO, EN)
    years, frame = period(options.years), data.frame
    notes = common_notes(data.meta, frame, own, options)
    head = [own.say("tested", n_tested=data.meta["n_tested"], n_shown=len(frame)), own.say("adjusted")]
    notes = [*head, own.say("floor", n=MIN_JOINT), *notes]
    if frame["odds_ratio"].isna().any():
        notes.append(own.say("withheld"))
    if options.families:
        notes.append(own.say("only_families", names=", ".join(own.families[f] for f in options.families)))
    return Words(
        title=own.say("title", years=years),
        subtitle=own.say("subtitle", level=own.say(options.level)),
        notes=tuple(notes),
        alt=own.say("alt", years=years, finding=_finding(data, own)),
        measure={"unit": own.say("unit"), "numerator": own.say("numerator")},
    )


def _finding(data: FigureData, labels: Labels) -> str:
    shown = data.frame[data.frame["odds_ratio"].notna()]
    if shown.empty:
        return labels.say("none_shown")
    names = ", ".join(f"{row['label']} {_odds(row)}" for row in shown.head(N_NAMED).to_dict("records"))
    return labels.say("finding", names=names, n=len(shown), n_above=int((shown["low"] > 1).sum()))


def _odds(row: Any) -> str:
    return f"{_short(row['odds_ratio'])} ({_short(row['low'])}–{_short(row['high'])})"


def _short(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 9.95 else f"{ratio:.1f}" if ratio >= 0.95 else f"{ratio:.2f}"


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    """Draw the chart of the data onto an empty figure."""
    own = labels.extended(KO, EN)
    page, room = open_page(fig, words(data, labels, options), options)
    if data.frame.empty:
        page.stand_in(room, own.say("nothing", n=MIN_JOINT))
        return
    shown = data.frame[data.frame["odds_ratio"].notna()]
    ticks = log_ticks(min(shown["low"], default=1.0), max(shown["high"], default=1.0))
    rows = [DotRow(row["label"], [_dot(row, own)]) for row in data.frame.to_dict("records")]
    paint_dots(page, room, DotChart(rows, (own.say("odds"), own.say("joint")), ticks, is_log=True, reference=1.0))


def _dot(row: Any, labels: Labels) -> Dot:
    joint = labels.say("count", n=row["k_joint"])
    if row["odds_ratio"] != row["odds_ratio"]:
        return empty_dot((labels.say("too_few"), joint))
    is_small = "small" in row["flag"]
    return Dot(row["odds_ratio"], row["low"], row["high"], (_odds(row), joint), is_small=is_small)


FIGURE: Final = FigureSpec("fig_4_10", frozenset({"years", "level", "families"}), data, words, paint)

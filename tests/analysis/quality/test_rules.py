"""Rules on an invented market: steady weeks pass, planted faults are told of in their week, each by its own check."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis.quality.gate import judge
from analysis.quality.limits import load_limits
from analysis.quality.verdict import Check
from analysis.quality.weeks import Week
from tests.analysis.quality import market
from tests.analysis.quality.market import Change

AT = 9
SOURCES = tuple(s for s in market.SOURCES if s.name in ("boards_a", "boards_b", "one_employer"))
LIMITS = load_limits()

FAULTS: dict[str, tuple[Change, str, str]] = {
    "outage": (market.drop_source("boards_b"), "volume:boards_b", "this_week"),
    "texts empty": (market.rewrite("boards_b", 200, is_short=True, is_unsectioned=True), "short_texts:boards_b", ""),
    "sections lost": (market.rewrite("boards_b", 200, is_unsectioned=True), "sections:boards_b", ""),
    "sections of one employer": (market.rewrite("one_employer", 60, is_unsectioned=True), "sections:one_employer", ""),
    "dates lost": (market.rewrite("boards_a", 200, is_undated=True), "dates_missing:boards_a", ""),
    "dates ahead": (market.change_rows("boards_b", is_future=True), "dates_future:boards_b", "act_now"),
    "flood": (market.flood("boards_b", 120), "duplicates:boards_b", "act_now"),
    "levels of the tagger": (market.change_rows(None, is_unclear=True), "levels", "act_now"),
    "no tool found": (market.change_rows(None, is_silent=True), "skills", "act_now"),
    "airflow everywhere": (market.change_rows(None, named=True), "rate", "act_now"),
}


@pytest.fixture(scope="module")
def weeks() -> list[Week]:
    return list(market.Market(2, SOURCES).weeks(AT + 1))


@pytest.fixture(scope="module")
def judged(weeks: list[Week]) -> Callable[[Week], list[Check]]:
    def run(now: Week) -> list[Check]:
        return judge(now, weeks[1:AT], [week.boards for week in weeks[:AT]], LIMITS)[2]

    return run


def failed(checks: list[Check]) -> list[str]:
    return [check.key for check in checks if check.outcome == "failed"]


def test_an_ordinary_week_is_as_usual(weeks: list[Week], judged: Callable[[Week], list[Check]]) -> None:
    checks = judged(weeks[AT])
    assert failed(checks) == []
    assert sum(check.outcome == "ok" for check in checks) > 20


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_of_once_and_by_its_own_check(
    name: str, weeks: list[Week], judged: Callable[[Week], list[Check]]
) -> None:
    change, key, severity = FAULTS[name]
    checks = judged(change(weeks[AT]))
    assert failed(checks) == [key]
    (found,) = [check for check in checks if check.outcome == "failed"]
    assert found.severity == (severity or "this_week")
    assert found.words["en"] != found.words["ko"]


def test_the_first_weeks_are_not_judged_but_by_what_needs_no_comparison(weeks: list[Week]) -> None:
    now = market.change_rows("boards_b", is_future=True, is_short=True)(market.drop_source("boards_a")(weeks[3]))
    _, _, checks = judge(now, weeks[:3], [week.boards for week in weeks[:3]], LIMITS)
    assert failed(checks) == ["volume:boards_a", "dates_future:boards_b"]
    assert {check.outcome for check in checks if check.name == "short_texts"} == {"not_judged"}


def test_a_source_with_a_third_of_its_postings_and_one_with_unreadable_records(
    weeks: list[Week], judged: Callable[[Week], list[Check]]
) -> None:
    boards = weeks[AT].boards.copy()
    mine = boards["source"] == "boards_b"
    fewer = boards.assign(n=boards["n"].mask(mine, boards["n"] // 3))
    assert failed(judged(replace(weeks[AT], boards=fewer))) == ["volume:boards_b"]
    odd = boards.assign(n_rejected=boards["n_rejected"].mask(mine, boards["n"] // 4))
    assert failed(judged(replace(weeks[AT], boards=odd))) == ["rejects:boards_b"]

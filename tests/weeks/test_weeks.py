"""Weeks of an invented market with planted faults: what is reported, what is not, and what the figures rest on."""

import json
import os
from dataclasses import dataclass

import pytest
from scipy.stats import binom

from analysis.publishing import current
from scrapers.sightings import sightings
from tests.weeks.faults import MONTH, YEAR, Fault
from tests.weeks.refresh import DAG, run_name
from tests.weeks.year import Week, Year, days_of

SOAK = bool(os.environ.get("AIRFLOW_DEMAND_SOAK"))
SEED = int(os.environ.get("AIRFLOW_DEMAND_SOAK_SEED", "1"))
N_WEEKS = 52 if SOAK else 5
STILL = N_WEEKS - 2 if SOAK else 4
"""A week in which nothing changes at all; in a year nor in the one before, which may doubt what came before it."""
FAULTS = YEAR if SOAK else MONTH
MAX_ALARMS = 2
"""False alarms in a year."""
WEEKLY = {"commits", "runs", "quality", "messages", "published"}
"""What every run adds to: its commit and report, and what is said of it."""


@dataclass
class Past:
    """A year that is over, and its weeks."""

    year: Year
    weeks: list[Week]

    def of(self, fault: Fault) -> list[Week]:
        """The weeks in which a fault was planted."""
        return self.weeks[fault.week : fault.week + fault.n]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    year = Year(tmp_path_factory.mktemp("year"), SEED, FAULTS)
    return Past(year, list(year.weeks(N_WEEKS, still=frozenset({STILL, STILL - SOAK}), is_drawn=SOAK)))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_reported_by_name_in_each_of_its_weeks(past: Past, fault: Fault) -> None:
    for k, week in enumerate(past.of(fault), 1):
        told = [p for p in week.refreshed.message.problems if p.is_to_do and p.key in fault.keys]
        assert told, (week.refreshed.notes, week.refreshed.assessment.failed())
        assert {p.n for p in told} == {k}
        assert {p.state for p in told} == {"new" if k == 1 else "again"}
        assert week.refreshed.message.outcome == ("held" if fault.closes_gate else "ok")
        assert all(p.advice or p.lines for p in told)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_when_a_fault_is_over_the_message_says_so(past: Past, fault: Fault) -> None:
    after = past.weeks[fault.week + fault.n]
    over = {p.key for p in after.refreshed.message.problems if p.state == "recovered"}
    assert over & fault.keys, after.refreshed.notes
    assert not fault.keys & set(after.refreshed.to_do)


def test_false_alarms_are_rare(past: Past) -> None:
    alarms = {week.refreshed.run: sorted(week.alarms) for week in past.weeks if week.alarms}
    print(f"false alarms: {alarms}")
    assert len(alarms) <= (MAX_ALARMS if SOAK else 0), alarms


def test_the_gate_closes_for_nothing_but_a_fault(past: Past) -> None:
    closed = [week.number for week in past.weeks if week.refreshed.assessment.is_held]
    assert closed == [w for fault in FAULTS if fault.closes_gate for w in range(fault.week, fault.week + fault.n)]
    shown = current(past.year.store)
    assert shown
    assert shown.run == run_name(N_WEEKS - 1)
    assert not shown.is_held


def test_every_posting_is_seen_from_its_first_day_to_its_last(past: Past) -> None:
    found = {row["posting_id"]: (row["first_seen"], row["last_seen"]) for row in sightings(past.year.store).to_pylist()}
    assert found == days_of(past.year)


def test_a_week_without_change_adds_its_commit_and_its_report_alone(past: Past) -> None:
    before, still = past.weeks[STILL - 1].size, past.weeks[STILL].size
    added = {name: n for name in still if (n := still[name] - before.get(name, 0))}
    n_boards = len(past.year.market.targets)
    print(f"bytes that a week without change adds: {added}, for {n_boards} boards")
    assert set(added) <= WEEKLY
    assert 0 < added["runs"] < 500 * n_boards
    assert 0 < added["commits"] < 20_000


def test_rates_hold_the_truth_as_often_as_they_say(past: Past) -> None:
    rows = [row for week in past.weeks for row in week.rates.values()]
    n_hits = sum(low <= truth <= high for low, truth, high in rows)
    print(f"intervals that hold the truth: {n_hits} of {len(rows)}")
    assert len(rows) >= N_WEEKS
    assert n_hits >= binom.ppf(0.01, len(rows), 0.95)


def test_every_week_has_one_message(past: Past) -> None:
    names = sorted(path.name for path in (past.year.root / "data" / "messages" / DAG).glob("*.json"))
    assert names == [f"{run_name(week)}.json" for week in range(N_WEEKS)]
    texts = [json.loads((past.year.root / "data" / "messages" / DAG / name).read_text())["text"] for name in names]
    assert len(set(texts)) == N_WEEKS


def test_what_is_done_again_gives_the_same_bytes(past: Past) -> None:
    done_again = [week for week in past.weeks if week.fault or week.number == STILL]
    assert len(done_again) > len(FAULTS)
    assert {week.refreshed.run: week.unlike for week in done_again if week.unlike} == {}

"""Problems from run to run: what is new, again, over or not looked at."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.message.problem import Problem, follow, order_of, read_problem
from scrapers.report import base_of

KEYS = st.sampled_from(["source:a:unreachable", "check:volume:b", "task:tag", "channel:slack"])
WEEKS = st.lists(st.tuples(st.sets(KEYS), st.sets(KEYS)), min_size=1, max_size=12)


def walk(weeks: list[tuple[set[str], set[str]]]) -> list[tuple[Problem, ...]]:
    """The problems of weeks in each of which some keys are found and some could be judged."""
    told: list[tuple[Problem, ...]] = []
    for i, (found, judged) in enumerate(weeks):
        now = [Problem(key, "this_week", key) for key in sorted(found)]
        before = tuple(read_problem(p.to_dict()) for p in told[-1]) if told else ()
        run, run_before = f"weekly-2026-{i + 1:02}-01", f"weekly-2026-{i:02}-01" if i else ""
        told.append(follow(now, before, run=run, run_before=run_before, is_judged=judged.__contains__))
    return told


@given(WEEKS)
def test_every_problem_is_told_once_and_by_what_happened(weeks: list[tuple[set[str], set[str]]]) -> None:
    told = walk(weeks)
    for i, ((found, judged), problems) in enumerate(zip(weeks, told, strict=True)):
        states = {p.key: p.state for p in problems}
        opened = {p.key for p in told[i - 1] if p.state != "recovered"} if i else set()
        assert len(states) == len(problems)
        assert {key for key, state in states.items() if state in ("new", "again")} == found
        assert {key for key, state in states.items() if state == "again"} == found & opened
        assert {key for key, state in states.items() if state == "recovered"} == (opened - found) & judged
        assert {p.key for p in problems if p.is_to_do} == found


@given(st.integers(1, 12))
def test_a_problem_in_a_row_counts_its_runs_and_knows_the_first(n: int) -> None:
    (last,) = walk([({"task:tag"}, set())] * n)[-1]
    assert (last.n, last.first) == (n, "weekly-2026-01-01")


def test_the_gravest_comes_first() -> None:
    found = [Problem("a", "info", "a"), Problem("b", "act_now", "b"), Problem("c", "this_week", "c")]
    told = follow(found, (), run="r", run_before="", is_judged=lambda _: True)
    assert [p.key for p in told] == ["b", "c", "a"]


def test_runs_of_a_day_are_ordered_by_their_number() -> None:
    names = ["weekly-2026-11-30", "weekly-2026-11-23.10", "weekly-2026-11-23", "weekly-2026-11-23.2"]
    assert sorted(names, key=order_of) == [names[2], names[3], names[1], names[0]]
    assert {base_of(name) for name in names[1:]} == {"weekly-2026-11-23"}

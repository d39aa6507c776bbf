"""What earlier reports say of a board."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scrapers.history import N_REPORTS, History, boards_read
from scrapers.report import BoardResult, Report

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def reports(*boards: BoardResult, **more: Any) -> list[dict[str, Any]]:
    """One report per result, a day apart, newest first."""
    return [
        Report("r", (NOW - timedelta(days=i)).isoformat(), [board], **more).to_dict() for i, board in enumerate(boards)
    ]


def ok(n: int) -> BoardResult:
    return BoardResult("demo", "acme", "ok" if n else "ok_empty", n=n, requests=1)


def doubted(n: int) -> BoardResult:
    return BoardResult("demo", "acme", "truncated", n=n, requests=1, reason=f"collapse: {n} postings, usually 80")


FAILED = BoardResult("demo", "acme", "failed", requests=3, reason="500")


@pytest.mark.parametrize(
    ("earlier", "n", "is_doubted"),
    [
        ([], 0, False),
        ([ok(80)], 12, True),
        ([ok(80)], 0, True),
        ([ok(80)], 56, False),
        ([ok(80)], 55, True),
        ([ok(80), ok(10), ok(80)], 40, True),
        ([ok(80)] * 5 + [ok(10)] * 20, 40, True),
        ([ok(10)] * 8 + [ok(80)] * 20, 8, False),
        ([ok(3)], 1, False),
        ([FAILED, ok(80)], 12, True),
        ([doubted(12), ok(80)], 12, False),
        ([doubted(12), ok(80)], 14, False),
        ([doubted(12), ok(80)], 2, True),
        ([doubted(12), ok(80)], 40, True),
        ([FAILED, doubted(12), ok(80)], 12, False),
        ([doubted(0), ok(80)], 0, False),
        ([ok(12), doubted(12), ok(80), ok(80)], 12, False),
        ([ok(12), doubted(12), ok(80), ok(80)], 5, True),
        ([ok(80), doubted(12), ok(80)], 12, True),
    ],
)
def test_a_collapse_is_doubted_until_it_is_confirmed(earlier: list[BoardResult], n: int, is_doubted: bool) -> None:
    doubt = History(reports(*earlier)).doubt("demo", "acme", n)
    assert bool(doubt) == is_doubted
    assert not doubt or doubt.startswith(f"collapse: {n} postings, usually ")


def test_runs_of_other_boards_let_nothing_be_forgotten() -> None:
    others = reports(*[BoardResult("demo", "other", "ok", n=3, requests=1)] * (2 * N_REPORTS))
    history = History([*others, *reports(ok(80))])
    assert history.doubt("demo", "acme", 12)
    assert history.not_before("demo", "acme", 6.0, NOW + timedelta(hours=1)) == NOW + timedelta(hours=6)


@pytest.mark.parametrize("more", [{"since": "2026-01"}, {"is_replay": True}, {"has_base_url": True}])
def test_runs_that_asked_for_less_say_nothing_of_what_is_usual(more: dict[str, Any]) -> None:
    assert History(reports(ok(80), **more)).doubt("demo", "acme", 12) == ""


@pytest.mark.parametrize("has_base_url", [True, False])
def test_a_run_at_another_server_is_held_against_all_runs(has_base_url: bool) -> None:
    history = History(reports(ok(80), has_base_url=has_base_url), has_base_url=True)
    assert history.doubt("demo", "acme", 12).startswith("collapse: ")


@pytest.mark.parametrize(
    ("last", "more", "hours", "is_early"),
    [
        (ok(3), {}, 6.0, True),
        (ok(3), {}, 0.0, False),
        (ok(0), {}, 6.0, True),
        (FAILED, {}, 6.0, False),
        (BoardResult("demo", "acme", "truncated", requests=2, reason="stopped"), {}, 6.0, False),
        (BoardResult("demo", "acme", "truncated", requests=2, reason="only the newest 2 were read"), {}, 6.0, True),
        (ok(3), {"has_base_url": True}, 6.0, False),
        (ok(3), {"is_replay": True}, 6.0, False),
    ],
)
def test_a_board_is_left_alone_for_as_long_as_its_source_wishes(
    last: BoardResult, more: dict[str, Any], hours: float, is_early: bool
) -> None:
    history = History(reports(last, **more))
    at = history.not_before("demo", "acme", hours, NOW + timedelta(hours=1))
    assert at == (NOW + timedelta(hours=6) if is_early else None)
    assert history.not_before("demo", "acme", hours, NOW + timedelta(hours=6)) is None
    assert history.not_before("demo", "other", hours, NOW) is None


@pytest.mark.parametrize(
    ("earlier", "is_early"),
    [
        ([doubted(12), ok(80)], False),
        ([FAILED, doubted(12), ok(80)], False),
        ([doubted(40), doubted(12), ok(80)], True),
        ([doubted(12)], False),
        ([ok(12), doubted(12), ok(80)], True),
    ],
)
def test_a_doubted_board_may_be_asked_once_more_at_once(earlier: list[BoardResult], is_early: bool) -> None:
    at = History(reports(*earlier)).not_before("demo", "acme", 6.0, NOW + timedelta(hours=1))
    assert at == (NOW + timedelta(hours=6) if is_early else None)


def test_the_boards_of_a_source_are_those_of_all_runs() -> None:
    boards = (
        [BoardResult("demo", b, "ok") for b in "ba"],
        BoardResult("demo", "", "failed"),
        BoardResult("x", "y", "ok"),
    )
    assert boards_read(reports(*boards[0], *boards[1:]), "demo") == ["a", "b"]
    assert boards_read(reports(BoardResult("site", "", "ok")), "site") == [""]

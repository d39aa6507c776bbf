import pytest

from scrapers.report import BoardResult, Report, Skipped, advice_lines, advise


def report_of(**outcomes: str) -> Report:
    return Report("r1", "2026-11-22T09:00:00+00:00", [BoardResult("demo", b, o) for b, o in outcomes.items()])


def test_nothing_failed_where_boards_are_read_empty_or_gone() -> None:
    report = report_of(a="ok", b="ok_empty", c="gone")
    assert report.failure() is None
    assert not report.is_failed


def test_a_failure_is_one_line_that_names_the_boards() -> None:
    line = report_of(good="ok", cut="truncated", **{f"bad{i}": "failed" for i in range(6)}).failure()
    assert line is not None
    assert line.startswith("7 of 8 boards not read to the end: demo:cut, demo:bad0, demo:bad1, demo:bad2, demo:bad3")
    assert line.endswith(" and 2 more; what was read is stored, and none of their postings was closed")
    assert "\n" not in line


def test_few_failures_are_all_named() -> None:
    report = Report("r1", "", [BoardResult("demo", "", "failed", reason="500"), BoardResult("demo", "b", "truncated")])
    assert (report.failure() or "").startswith("2 of 2 boards not read to the end: demo, demo:b; ")
    assert report.lines()[0] == "demo  failed  0 postings, 0 new, 0 changed  500"
    assert report.lines()[-1] == "run r1: 1 failed, 1 truncated; 0 new postings"


def test_a_stopped_run_names_what_was_not_asked_and_how_to_go_on() -> None:
    left = [Skipped("demo", f"b{i}", "stopped") for i in range(7)]
    early = Skipped("demo", "early", "asked less than 6 h ago", "2026-11-22T12:00:00+00:00")
    report = Report(
        "r1", "", [BoardResult("demo", "a", "ok", n=3, n_new=3)], [early, *left, Skipped("shop", "", "stopped")]
    )
    assert report.is_stopped
    assert report.lines()[1:] == [
        "demo  1 not asked: asked less than 6 h ago, again from 2026-11-22T12:00:00+00:00 (or --force) (demo:early)",
        "demo  7 not asked: stopped (demo:b0, demo:b1, demo:b2, demo:b3, demo:b4 and 2 more)",
        "shop  1 not asked: stopped (shop)",
        "run r1: 1 ok, 9 not asked; 3 new postings",
    ]
    line = report.failure() or ""
    assert line.startswith(
        "stopped before 8 boards were asked: demo:b0, demo:b1, demo:b2, demo:b3, demo:b4 and 3 more; "
    )
    assert line.endswith("; run again for the rest: boards that were not asked come first")


def test_a_page_that_could_not_be_parsed_is_shown_where_it_lies() -> None:
    odd = BoardResult("demo", "a", "failed", reason="the answer is not JSON", page="pages/ab/abc.gz")
    lines = Report("r1", "", [odd, BoardResult("demo", "b", "ok")]).lines("/root/{}".format)
    assert lines[1] == "  its page: /root/pages/ab/abc.gz"
    assert lines[2].startswith("demo:b  ok")
    assert lines[3].startswith("1 x the answer has a new shape: look at its page")


def test_rejected_records_are_shown_where_they_lie() -> None:
    boards = [BoardResult("demo", "a", "ok", n=9, n_rejected=2), BoardResult("demo", "b", "ok", n=1)]
    lines = Report("r1", "", [*boards, BoardResult("shop", "", "ok", n=4, n_rejected=1)]).lines("/root/{}".format)
    assert lines[3:] == [
        "3 rejected, with reasons in /root/rejects/r1.jsonl; nothing of these boards was closed (demo:a, shop)",
        "run r1: 3 ok; 0 new postings",
    ]


def test_a_doubted_board_was_read_and_waits_for_a_second_look() -> None:
    few = BoardResult("demo", "few", "truncated", n=3, reason="collapse: 3 postings, usually 40")
    report = Report("r1", "", [few, BoardResult("demo", "b", "ok")])
    assert (report.failure() or "").startswith("1 boards with suddenly few postings, collect again: demo:few; ")
    assert report.lines()[2].startswith("1 x far fewer postings than usual: collect again")


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("demo: no answer: timed out (https://kelp.example/robots.txt)", "not reached: "),
        ("demo: robots.txt does not allow this page (https://kelp.example/jobs)", "not allowed: "),
        ("demo: the server answers 404 (https://kelp.example/unexpected)", "see the reason above"),
        ("demo: no answer: certificate not valid (https://kelp.example/)", "not read without a valid certificate"),
        ("demo: no answer: name not found (https://kelp.example/)", "no such host"),
        ("demo: the page was not kept (https://kelp.example/)", "no page of it is kept"),
        ("demo: name a board, e.g. demo:TOKEN", "no board of it is listed: name one"),
    ],
)
def test_advice_follows_the_reason_and_not_the_address(reason: str, advice: str) -> None:
    assert advise(BoardResult("demo", "b", "failed", reason=reason)).startswith(advice)


def test_of_a_board_cut_short_it_is_said_that_nothing_was_closed() -> None:
    assert "nothing was closed" in advise(BoardResult("demo", "b", "truncated", n=3, reason="holds 3 of 9"))
    assert advise(BoardResult("demo", "b", "ok")) == ""


def test_a_report_is_read_back_and_told_source_by_source() -> None:
    boards = [
        BoardResult("shop", "a", "ok", n=9, n_new=2, n_changed=1, n_vanished=3, n_rejected=1),
        BoardResult("demo", "", "failed", reason="demo: the server answers 500"),
        BoardResult("shop", "b", "gone"),
        BoardResult("shop", "c", "truncated", n=4, n_new=4),
    ]
    skipped = [Skipped("shop", "d", "stopped"), Skipped("late", "", "asked less than 6 h ago", "2026-11-22T12:00:00")]
    report = Report("r1", "2026-11-22T09:00:00+00:00", boards, skipped, since="2026")
    assert Report.from_dict(report.to_dict()) == report
    parts = report.by_source()
    assert [*parts] == ["shop", "demo", "late"]
    assert parts["shop"].counts() == {
        **{"n_boards": 3, "n_failed": 0, "n_gone": 1, "n_cut": 1, "n_unasked": 1, "n_early": 0},
        **{"n": 13, "n_new": 6, "n_changed": 1, "n_vanished": 3, "n_rejected": 1},
    }
    assert [name for name, part in parts.items() if part.is_silent] == ["demo"]
    assert advice_lines(parts["demo"].boards) == ["1 x the server is in trouble: collect again later (demo)"]


def test_reports_of_imports_and_of_other_versions_are_read() -> None:
    old = {"source": "set", "board": "", "outcome": "ok", "n": 3, "n_new": 3, "reason": "", "colour": "green"}
    report = Report.from_dict({"run": "import-1", "boards": [old], "files": ["a.csv"]})
    assert (report.run, report.at, report.boards) == ("import-1", "", [BoardResult("set", "", "ok", n=3, n_new=3)])


@pytest.mark.parametrize(
    ("outcome", "reason", "is_stopped", "is_answered"),
    [
        ("truncated", "demo: stopped; 3 of 9 job pages are left for later runs", True, False),
        ("truncated", "demo: 4 pages of 9 (https://kelp.example/stopped)", False, True),
        ("failed", "demo: no answer", False, False),
        ("gone", "demo: the server answers 404", False, True),
    ],
)
def test_a_board_is_asked_again_where_it_failed_or_was_stopped(
    outcome: str, reason: str, is_stopped: bool, is_answered: bool
) -> None:
    board = BoardResult("demo", "a", outcome, reason=reason)
    assert (board.is_stopped, board.is_answered) == (is_stopped, is_answered)

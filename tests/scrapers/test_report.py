from scrapers.report import BoardResult, Report


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
    assert line.endswith(" and 2 more; what was read is kept, collect them again later")
    assert "\n" not in line


def test_few_failures_are_all_named() -> None:
    report = Report("r1", "", [BoardResult("demo", "", "failed", reason="500"), BoardResult("demo", "b", "truncated")])
    assert (report.failure() or "").startswith("2 of 2 boards not read to the end: demo, demo:b; ")
    assert report.lines()[0] == "demo  failed  0 postings, 0 new, 0 changed  500"
    assert report.lines()[-1] == "run r1: 1 failed, 1 truncated; 0 new postings"

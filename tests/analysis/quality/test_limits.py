"""Limits: bundled ones, changed by a data root's own file; what cannot be used is named."""

from pathlib import Path

import pytest

from analysis.quality.limits import Rule, load_limits
from analysis.quality.verdict import QualityError
from scrapers.store import Files


def own(root: Path, text: str) -> Files:
    (root / "quality.yaml").write_text(text, encoding="utf-8")
    return Files(root)


def test_a_data_root_changes_what_it_names_and_no_more(tmp_path: Path) -> None:
    found = load_limits(own(tmp_path, "weeks: 12\nchecks:\n  volume: {limit: 3}\n  mix: {severity: info}\n"))
    bundled = load_limits()
    assert found.weeks == 12
    assert found.budget == bundled.budget
    assert found.checks["volume"] == Rule("this_week", 3)
    assert found.checks["mix"] == Rule("info", bundled.checks["mix"].limit)
    assert {n: r for n, r in found.checks.items() if n not in ("volume", "mix")} == {
        n: r for n, r in bundled.checks.items() if n not in ("volume", "mix")
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1", "expected names"),
        ("a: [", "not YAML"),
        ("week: 3", "'week' is no field"),
        ("weeks: 2.5", "weeks must be"),
        ("budget: 2", "budget must be"),
        ("min_weeks: yes", "min_weeks must be"),
        ("checks: 3", "is no check"),
        ("checks: {volumes: {limit: 3}}", "'volumes' is no check"),
        ("checks: {volume: 3}", "expected severity and limit"),
        ("checks: {volume: {severity: later}}", "severity is one of"),
        ("checks: {volume: {limit: much}}", "limit must be a number"),
    ],
)
def test_what_cannot_be_used_is_named_on_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(QualityError, match=words) as caught:
        load_limits(own(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "quality.yaml" in str(caught.value)

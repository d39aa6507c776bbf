"""Words: every check that is set has its words in both languages and its line in what an operator reads."""

import re
from pathlib import Path

import yaml

from analysis.quality.finding import LANGS
from analysis.quality.limits import load_limits

ROOT = Path(__file__).resolve().parents[3]


def test_every_check_and_no_other_has_words_in_both_languages() -> None:
    words = yaml.safe_load((ROOT / "analysis/quality/words.yaml").read_text(encoding="utf-8"))["checks"]
    assert words.keys() == load_limits().checks.keys()
    assert all(set(text) == set(LANGS) for own in words.values() for text in own.values())


def test_operators_read_what_to_do_for_every_check_and_no_other() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    _, table = text.split("| check | what it saw | what to do |\n")
    rows = table.split("\n\n")[0].splitlines()[1:]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(load_limits().checks)

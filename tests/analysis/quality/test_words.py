"""Words: every check that is set has its words in both languages and its line in what an operator reads."""

import re
from pathlib import Path

import yaml

from analysis.quality.finding import LANGS, Finding
from analysis.quality.limits import load_limits

ROOT = Path(__file__).resolve().parents[3]


def test_every_check_and_no_other_has_words_in_both_languages() -> None:
    words = yaml.safe_load((ROOT / "analysis/quality/words.yaml").read_text(encoding="utf-8"))["checks"]
    assert words.keys() == load_limits().checks.keys()
    assert all(set(text) == set(LANGS) for own in words.values() for text in own.values())


def test_words_of_others_do_not_part_what_was_found_from_what_to_do() -> None:
    told = {"boards": 3, "usual_words": "40", "reason": "jobs.example answers 503, e.g. at /v3. 3 tries"}
    check = Finding(name="volume", subject="lever", is_far=True, case="outage", told=told).to_check(load_limits(), 1)
    found, _, advice = check.words["en"].partition(". ")
    assert " ".join(found.split()).endswith("(jobs.example answers 503, e.g. at /v3. 3 tries); usually 40 postings")
    assert advice.startswith("Nothing was closed.")


def test_what_was_found_is_one_sentence_and_what_to_do_begins_another() -> None:
    words = yaml.safe_load((ROOT / "analysis/quality/words.yaml").read_text(encoding="utf-8"))["checks"]
    cases = [text[lang] for own in words.values() for case, text in own.items() for lang in LANGS if case != "title"]
    parted = [(found, advice) for found, stop, advice in (text.partition(". ") for text in cases) if stop]
    assert len(parted) > len(words)
    for found, advice in parted:
        assert found.count("(") == found.count(")"), found
        assert re.match("[A-Z가-힣]", advice), advice


def test_operators_read_what_to_do_for_every_check_and_no_other() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    _, table = text.split("| check | what it saw | what to do |\n")
    rows = table.split("\n\n")[0].splitlines()[1:]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(load_limits().checks)

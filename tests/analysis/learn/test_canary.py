"""The canary: its postings are as they should be, and every change of an answer is named."""

import copy
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.models import ModelError
from analysis.classify.tagger import Tagger
from analysis.learn.canary import answers, changes, read_canary

POSTINGS = read_canary()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return answers(Tagger(), POSTINGS[:6])


def test_the_canary_covers_both_languages_posts_and_sections() -> None:
    assert len({p["id"] for p in POSTINGS}) == len(POSTINGS) == 30
    assert sum(any("가" <= c <= "힣" for c in p["text"]) for p in POSTINGS) >= 8
    assert sum(" | " in p["title"] for p in POSTINGS) >= 4
    assert any(p["sections"] for p in POSTINGS)


def test_answers_are_whole_tags(told: dict[str, Any]) -> None:
    first = told["tags"]["c01"]
    assert first["roles"] == ["data_engineer"]
    assert first["skills"]["airflow"].startswith("required")
    assert {m[0] for m in first["mentions"]} == set(first["skills"])


def test_the_same_answers_have_no_changes(told: dict[str, Any]) -> None:
    after = copy.deepcopy(told)
    after["tags"]["c01"]["role_confidence"] = 0.01
    after["tagger_version"] = "another"
    assert changes(told, after) == []


def test_every_change_is_named(told: dict[str, Any]) -> None:
    after = copy.deepcopy(told)
    tags = after["tags"]
    tags["c01"]["roles"] = ["other"]
    tags["c01"]["is_unsectioned"] = True
    tags["c02"]["skills"]["airflow"] = "preferred (cue)"
    del tags["c04"]["skills"]["git"]
    tags["c05"]["skills"]["airflow"] = "mentioned (default)"
    del tags["c06"]
    tags["c03"]["mentions"][0][4] += 1
    assert [line.partition(": ")[0] for line in changes(told, after)] == [
        "c01 roles",
        "c01 is_unsectioned",
        "c02 airflow",
        "c03 mentions",
        "c04 git",
        "c05 airflow",
        "c06",
    ]


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for content in ("{", '{"id": "a"}', "[1]", '{"id": "a", "title": "", "text": "", "sections": 3}'):
        (tmp_path / "canary.jsonl").write_text(content)
        with pytest.raises(ModelError, match="cannot be read"):
            read_canary(tmp_path / "canary.jsonl")

"""Tests of the role model: its words, its arithmetic by hand, and files that are no model."""

import math
from typing import Any

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.role_model import READ_CHARS, RoleModel, RoleModelError, Terms, words_of

TERMS = Terms({"etl": 0, "spark": 1, "tests": 2}, np.array([0 * 3 + 1], np.int64))
MODEL = RoleModel(
    ("data_engineer", "other"),
    TERMS,
    np.array([1, 2, 1, 3], np.float32),
    np.array([[1, 0], [0, 1], [0, 2], [2, 0]], np.float32),
    np.array([0.5, 0.0]),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Spark, C++ and k8s!", ["spark", "c++", "and", "k8s"]),
        ("Write to jobs@acme.example or https://acme.example/jobs by 2024", ["write", "to", "or", "by"]),
        ("데이터를 분석하는 일", ["데이터", "분석", "일"]),
        ("파이프라인의 운영 및 관리", ["파이프라인", "운영", "및", "관리"]),
        ("Größe été", ["größe", "été"]),
        ("ＳＰＡＲＫ", ["spark"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_only_the_beginning_is_read() -> None:
    assert words_of("a " * READ_CHARS + "spark") == ["a"] * (READ_CHARS // 2)


def test_counts_hold_words_then_pairs() -> None:
    counts = TERMS.counts(["ETL etl Spark", "tests of spark etl", "nothing"]).toarray()
    assert counts.tolist() == [[2, 1, 0, 1], [1, 1, 1, 0], [0, 0, 0, 0]]


def test_score_is_the_logistic_model_of_the_weighted_counts() -> None:
    # etl twice: 1 + ln 2; spark: 2; the pair: 3; scaled to length 1.
    etl, length = 1 + math.log(2), math.sqrt((1 + math.log(2)) ** 2 + 4 + 9)
    logits = ((etl + 2 * 3) / length + 0.5, 2 / length)
    wanted = math.exp(logits[0]) / (math.exp(logits[0]) + math.exp(logits[1]))
    scores = MODEL.score(["ETL etl Spark", "no known word"])
    assert scores[0].tolist() == pytest.approx([wanted, 1 - wanted], abs=1e-6)
    assert scores[1, 0] == pytest.approx(1 / (1 + math.exp(-0.5)))


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=60, deadline=None)
def test_scores_are_probabilities_and_do_not_depend_on_the_batch(texts: list[str]) -> None:
    scores = MODEL.score(texts)
    assert scores.shape == (len(texts), 2)
    assert scores.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    for text, row in zip(texts, scores, strict=True):
        assert MODEL.score([text])[0].tolist() == pytest.approx(row.tolist())


def test_a_saved_model_scores_the_same() -> None:
    saved = skops.io.loads(skops.io.dumps(MODEL.to_content()))
    texts = ["etl spark", "tests", ""]
    assert RoleModel.from_content(saved).score(texts).tolist() == MODEL.score(texts).tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "format 99"),
        ({"roles": ["data_engineer", "wizard"]}, "do not fit"),
        ({"words": "etl spark"}, "do not fit"),
        ({"bias": np.zeros(3)}, "do not fit"),
        ({"pairs": np.array([[0, 9]], np.uint16)}, "do not fit"),
        ({"weights": None}, "not a role model"),
    ],
)
def test_content_that_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RoleModelError, match=message) as caught:
        RoleModel.from_content({**MODEL.to_content(), **change}, "mine.skops")
    assert "mine.skops" in str(caught.value)
    assert "\n" not in str(caught.value)

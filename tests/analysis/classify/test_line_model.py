"""The line model: what it sees of a line, how it scores, when it keeps silent, and which files it refuses."""

from math import exp, sqrt
from typing import Any

import numpy as np
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st

from analysis.classify.line_model import SKILL, LineModel, LineModelError, features, masked


def content(**changes: Any) -> dict[str, Any]:
    """Return a model that knows two words: "oven" speaks for required, "crumb" for preferred."""
    return {
        "format": 1,
        "levels": ["required", "preferred", "mentioned"],
        "terms": "crumb\noven",
        "weights": np.array([[0, 2, 0], [3, 0, 0]], np.float32),
        "bias": np.array([0.0, 0.0, 1.0]),
        "thresholds": {"required": 0.8, "preferred": 0.9},
        **changes,
    }


def test_masked_hides_each_skill_once_and_only_in_the_line() -> None:
    text = "first\nSpark SQL, Kafka\nlast Kafka"
    spans = [(6, 15), (6, 15), (12, 15), (17, 22), (28, 33)]
    assert masked(text, 6, 22, spans) == f"{SKILL}, {SKILL}"
    assert masked(text, 23, 33, spans) == f"last {SKILL}"


def test_features_hide_numbers_addresses_and_particles() -> None:
    assert {"<number>", "years", "<number>_years", "<skill>"} <= features(f"5 years {SKILL}") & features(
        f"12 years {SKILL}"
    )
    found = features("반죽을 다루는 분 dough@bakery.example https://bakery.example/oven")
    assert {"반죽", "다루", "-루는", "url"} <= found
    assert not {"dough", "bakery", "example", "oven"} & found
    assert features("반죽을 굽는") & {"반죽"} == features("반죽은 굽는") & {"반죽"}


def test_features_tell_a_sentence_from_a_bare_list() -> None:
    bare, sentence = features(f"{SKILL}, {SKILL}, {SKILL}"), features(f"We bake bread with {SKILL} every day.")
    assert {"#skills3", "#words0", "#phrase"} <= bare
    assert {"#skills1", "#words3", "#sentence"} <= sentence


@given(st.text(max_size=80))
def test_features_hold_no_white_space(line: str) -> None:
    # A model file keeps them one per line.
    assert all(term and term == "".join(term.split()) for term in features(line))


def test_score_is_the_softmax_of_the_mean_weight() -> None:
    (row,) = LineModel(content()).score(["oven crumb"])
    required, preferred, mentioned = 3 / sqrt(2), 2 / sqrt(2), 1.0
    total = exp(required) + exp(preferred) + exp(mentioned)
    assert row == pytest.approx([exp(required) / total, exp(preferred) / total, exp(mentioned) / total], rel=1e-6)


def test_it_answers_only_above_the_threshold() -> None:
    model = LineModel(content())
    readings = model.read(["oven", "crumb", "bread"])
    assert readings[0] is not None
    assert readings[0].level == "required"
    assert readings[0].confidence == pytest.approx(exp(3) / (exp(3) + 1 + exp(1)), rel=1e-6)
    assert readings[1] is None
    assert [r and r.level for r in LineModel(content(thresholds={"preferred": 0.6})).read(["oven", "crumb"])] == [
        None,
        "preferred",
    ]
    assert readings[2] is None
    assert model.read([]) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"format": 2}, "format 2"),
        ({"levels": ["required", "preferred", "wanted"]}, "do not fit"),
        ({"bias": np.zeros(2)}, "do not fit"),
        ({"weights": np.zeros((3, 3), np.float32)}, "do not fit"),
        ({"thresholds": {"wanted": 0.5}}, "do not fit"),
        ({"terms": None}, "not a line model"),
        ({"weights": "heavy"}, "not a line model"),
    ],
)
def test_content_that_does_not_fit_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(LineModelError, match=fault):
        LineModel(content(**changes))


def test_a_model_survives_its_file() -> None:
    saved = skops.io.loads(skops.io.dumps(content()))
    lines = ["oven", "crumb", "oven crumb", ""]
    assert LineModel(saved).read(lines) == LineModel(content()).read(lines)

"""Tests of conditions: the split by where the name stands must decide as one alternation over the whole text would."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.classify.conditions import Condition
from analysis.classify.triggers import STAND_IN

PATTERNS = [
    *(rf"{STAND_IN}\s*(?:skills?|경험)", rf"(?:know|use)s?\s{STAND_IN}", rf"{STAND_IN}\s*&|&\s*{STAND_IN}"),
    *(
        rf"^{STAND_IN}$",
        rf"with\s(?!the\s{STAND_IN} team)\w+\s{STAND_IN}",
        rf"\b{STAND_IN}\b",
        rf"a(?=.*b)\s{STAND_IN}",
        rf"{STAND_IN}(?<!the {STAND_IN}) team",
    ),
]
WORDS = st.lists(
    st.sampled_from(["use", "know", "with", "the", "a", "b", " ", "&", "team", "skill", "경험"]), max_size=7
)


@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4), WORDS, WORDS, st.sampled_from(["", " "]))
def test_condition_decides_as_one_alternation_would(
    patterns: list[str], left: list[str], right: list[str], gap: str
) -> None:
    before, after = " ".join(left) + gap, gap + " ".join(right)
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns)).search(before + STAND_IN + after)
    assert Condition(patterns).is_met(before, after) == (whole is not None)


@pytest.mark.parametrize(
    ("before", "after", "is_met"),
    [("they use ", "", True), ("", " skills", True), ("misuse", " of skills", False), ("", "", False)],
)
def test_condition_looks_on_both_sides(before: str, after: str, is_met: bool) -> None:
    assert Condition(PATTERNS[:2]).is_met(before, after) == is_met

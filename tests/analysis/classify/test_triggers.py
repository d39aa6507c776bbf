"""Triggers of an expression stand in whatever it matches, so that a guarded expression finds what it finds itself."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.triggers import Alternatives, Guarded, triggers

CASES = [
    (r"\b(?:preferred|desired)\b(?!x)", {"preferred", "desired"}),
    (r"pre(?:ferred|ferable)", {"preferred", "preferable"}),
    (r"(?:a|an|added)\s(?:plus|bonus)", {"plus", "bonus"}),
    (r"colou?r", {"color", "colour"}),
    (r"(?:not )?must", {"must"}),
    (r"\w+ed{2,3}", {"e"}),
    (r"[ab]c", {"ac", "bc"}),
    (r"weld|welding", {"weld"}),
    (r"필수(?!는)", {"필수"}),
]


@pytest.mark.parametrize(("pattern", "pieces"), CASES)
def test_triggers_of_an_expression(pattern: str, pieces: set[str]) -> None:
    assert set(triggers(re.compile(pattern)) or ()) == pieces


@pytest.mark.parametrize("pattern", [r"\w+", r"a?", r"(?:plus|\d)", r"(?i)plus", r"(?i:plus)", r"[a-z]x*", r"[^a]"])
def test_an_expression_without_triggers_has_none(pattern: str) -> None:
    assert triggers(re.compile(pattern)) is None
    assert Guarded(re.compile(pattern)).pieces == ()


def test_a_guarded_expression_is_not_run_where_no_trigger_stands() -> None:
    slow = Guarded(re.compile(r"(?:x+)+must"))
    assert slow.search("x" * 60) is None
    found = slow.search("xx must xmust")
    assert found is not None
    assert found.span() == (8, 13)


PARTS = ["plus", "a", "b", r"\b", r"\s", "(?:is|are) ", "(?:very )?", "[xy]", "c{2}", "(?<!n)", "우대", r"\w*", "(?=z)"]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join), min_size=1, max_size=3),
    st.lists(st.sampled_from(["plus", "a", "b", " ", "is ", "very ", "x", "cc", "우대", "n", "z"]), max_size=8),
)
def test_a_guarded_expression_finds_what_the_bare_one_finds(branches: list[str], pieces: list[str]) -> None:
    bare = re.compile("|".join(f"(?:{branch})" for branch in branches))
    text = "".join(pieces)
    guarded, plain = Guarded(bare).search(text), bare.search(text)
    assert (guarded and guarded.span()) == (plain and plain.span())


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PARTS), max_size=4).map(lambda p: f"{''.join(p)}(?:plus|a|우대)"), min_size=1),
    st.lists(
        st.sampled_from(["plus", "a", "b", " ", "is ", "very ", "x", "cc", "우대", "n", "z", "\ud800"]), max_size=10
    ),
)
def test_alternatives_match_as_one_alternation_does(branches: list[str], pieces: list[str]) -> None:
    text = "".join(pieces)
    several = Alternatives({"other": ["plus"], "mine": branches})
    seen = several.seen(text)
    bare = re.compile("|".join(f"(?:{branch})" for branch in branches))
    expected = [found.span() for found in bare.finditer(text)]
    assert [found.span() for found in several.finditer("mine", text, seen)] == expected
    first, plain = several.search("mine", text, seen), bare.search(text)
    assert (first and first.span()) == (plain and plain.span())
    index = several.first("mine", text)
    assert index == next((i for i, branch in enumerate(branches) if re.search(branch, text)), None)

"""The automaton proposes every place where a word starts, whatever stands between and around its parts."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.automaton import CLOSED, OPEN, VERSIONED, Spotter, View
from analysis.classify.matching import trie_pattern

WORDS = [
    "r",
    "c++",
    ".net",
    "power bi",
    "ci/cd",
    "kafka",
    "java",
    "s3",
    "d'or x",
    "elk 스택",
    "카프카",
    "구글 클라우드",
]
SPOTTER = Spotter(WORDS, lambda word: OPEN if word in ("kafka", "c++") else VERSIONED if word == "java" else CLOSED)
RIGHT = {"kafka": "", "java": r"(?!\d{0,2}[a-z_À-ɏ])", "c++": r"(?![+\w])"}
LATIN_EDGE = "(?![a-z0-9_À-ɏ])"
TRIE = trie_pattern(WORDS, lambda word: RIGHT.get(word, LATIN_EDGE) if word.isascii() else "")
RULE = re.compile(rf"(?<![a-z0-9_À-ɏ가-힣])(?:{TRIE})")


def starts(text: str) -> list[int]:
    return SPOTTER.starts(View.of(text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("we use R", 7),
        ("power\n\n  bi", 0),
        ("a power\u3000bi", 2),
        ("x-ci / cd", 2),
        ("(java8)", 1),
        ("한글kafka를", 2),
        ("in .net,", 3),
        ("d’or x", 0),
        ("🙂 카프카", 2),
        ("구글\t클라우드", 0),
        ("\ud800 카프카", 2),
    ],
)
def test_a_place_is_proposed(text: str, place: int) -> None:
    assert place in starts(text)


@pytest.mark.parametrize("text", ["", "ru", "power grid", "javanese", "xkafka", "s30000x", "플링크"])
def test_few_other_places_are_proposed(text: str) -> None:
    assert starts(text) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *"é_ -/.\n7xĀ가", "  ", "\xa0", "🙂", "’", "\ud800", "İ", "K"]), max_size=14))
def test_every_place_where_the_rule_matches_is_proposed(parts: list[str]) -> None:
    view = View.of("".join(parts))
    assert {found.start() for found in RULE.finditer(view.folded)} <= set(SPOTTER.starts(view))


@given(st.text(max_size=60))
def test_all_forms_of_a_text_have_its_length(text: str) -> None:
    view = View.of(text)
    assert len(view.folded) == len(text) == len(view.plain) - 3


@pytest.mark.parametrize("unit", ["카프카 구글 ", "power  ", "c  ", "x" * 8])
def test_time_is_linear(unit: str) -> None:
    def seconds(n: int) -> float:
        view = View.of(unit * n)
        begin = time.process_time()
        SPOTTER.starts(view)
        return time.process_time() - begin

    small = min(seconds(10_000) for _ in range(3))
    assert seconds(40_000) < 6 * small + 0.02

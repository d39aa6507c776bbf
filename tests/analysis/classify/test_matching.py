"""Skills are found with the boundaries, conditions and offsets that bilingual postings need."""

import re
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.matching import Matcher, trie_pattern
from analysis.classify.vocabulary import load_vocabulary
from scrapers.store import bundled

MATCHER = Matcher(load_vocabulary())
PROBES: list[tuple[str, list[str]]] = yaml.safe_load(bundled("vocabulary/probes.yaml").read_text(encoding="utf-8"))


def skills(text: str) -> set[str]:
    return {match.skill for match in MATCHER.find(text)}


def test_there_are_enough_probes_and_both_kinds_of_them() -> None:
    assert len(PROBES) >= 150
    assert sum(not expected for _, expected in PROBES) >= 40


@pytest.mark.parametrize(("text", "expected"), PROBES)
def test_probe(text: str, expected: list[str]) -> None:
    assert skills(text) == set(expected)


@pytest.mark.parametrize(
    "particle", ["를", "을", "로", "와", "에", "의", "등", "과", "은", "는", "으로", "기반", "이나", "(2.x)"]
)
def test_a_korean_particle_may_follow_a_latin_name(particle: str) -> None:
    assert skills(f"우리는 Airflow{particle} 씁니다") == {"airflow"}


def test_offsets_hold_behind_characters_that_grow_in_lower_case() -> None:
    text = "İİİ ofisi ’s Airflow ve Kafka"
    assert [text[m.start : m.end] for m in MATCHER.find(text)] == ["Airflow", "Kafka"]


def test_a_managed_service_is_marked() -> None:
    found = {m.skill: m.is_managed for m in MATCHER.find("MWAA on AWS beside Kafka")}
    assert found == {"airflow": True, "aws": False, "kafka": False}
    assert not MATCHER.find("Airflow")[0].is_managed


def test_a_name_with_an_implied_skill_gives_both_at_the_same_place() -> None:
    found = MATCHER.find("Amazon Redshift")
    assert {(m.skill, m.start, m.end) for m in found} == {("redshift", 0, 15), ("aws", 0, 15)}


def test_a_name_that_needs_neighbours_counts_only_beside_them() -> None:
    assert skills("Celery and soup") == set()
    assert skills("Celery, Redis") == {"celery", "redis"}
    assert skills("Celery" + " word" * 60 + " Redis") == {"redis"}


ASCII_RULE = re.compile(r"(?<![A-Za-z0-9_])airflow(?![A-Za-z0-9_])", re.IGNORECASE)
INVENTED = [
    "We orchestrate with Airflow.",
    "airflow/dbt",
    "Airflow를 사용",
    "no orchestrator here",
    "AIRFLOW;Spark",
    "데이터 파이프라인(Airflow)",
    "airflows",
    "xairflow",
    "Airflow-based jobs",
    "“Airflow”",
    "Airflow,Kafka",
    "Airflow…",
    "airflow_dags",
    "에서 Airflow, 그리고",
]


@pytest.mark.parametrize("text", INVENTED)
def test_plain_airflow_agrees_with_an_independent_rule(text: str) -> None:
    assert ("airflow" in skills(text)) == bool(ASCII_RULE.search(text))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*(text for text, _ in PROBES), "\n", " ", "를", "Ünï", "🙂", ", "]), max_size=8))
def test_matches_lie_in_the_text_in_order_without_partial_overlap(parts: list[str]) -> None:
    text = "".join(parts)
    found = MATCHER.find(text)
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    spans = sorted({(m.start, m.end) for m in found})
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert [m.start for m in found] == sorted(m.start for m in found)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_matcher_and_it_is_pure(text: str) -> None:
    assert MATCHER.find(text) == MATCHER.find(text)


@given(
    st.lists(st.text("abc ", min_size=1).filter(lambda w: w == w.strip()), min_size=1, max_size=8),
    st.text("abc ", max_size=12),
)
def test_a_trie_matches_what_the_longest_word_first_alternation_matches(words: list[str], text: str) -> None:
    plain = "|".join(re.escape(w).replace(r"\ ", r"(?:\s+|-)") for w in sorted(words, key=len, reverse=True))
    found = re.match(trie_pattern(words, lambda _: ""), text)
    expected = re.match(plain, text)
    assert (found and found[0]) == (expected and expected[0])

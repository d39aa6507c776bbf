"""Excerpts: the best posting of each level, the same at every call, or an example that says it is one."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.classify.tagger import Tagger
from analysis.excerpt import Excerpt, examples, excerpts
from analysis.fact import FACT_SCHEMA
from analysis.faults import Misuse
from analysis.measure.population import Query
from scrapers.store import Store


@pytest.fixture(scope="module")
def found(quotable: Store, ruled: Tagger) -> dict[str, Excerpt]:
    return {excerpt.level: excerpt for excerpt in excerpts(quotable, Query(), tagger=ruled)}


def test_one_excerpt_for_each_level(found: dict[str, Excerpt]) -> None:
    assert list(found) == ["required", "preferred", "mentioned"]
    wanted = found["preferred"]
    assert (wanted.how, wanted.evidence, wanted.heading) == ("heading", "우대사항", "우대사항")
    assert (wanted.title, wanted.company, wanted.role) == ("MLOps 엔지니어", "호박공방", "ml_engineer")
    assert (wanted.url, wanted.posted_on, wanted.country) == ("https://example.com/jobs/2", "2024-09-01", "KR")
    assert not wanted.is_example
    text = wanted.lines[0].text
    assert [text[a:b] for a, b in wanted.lines[0].spans] == ["에어플로우", "Airflow"]
    assert "@" not in text


def test_the_choice_is_the_same_again(quotable: Store, ruled: Tagger, found: dict[str, Excerpt]) -> None:
    assert excerpts(quotable, Query(), tagger=ruled) == list(found.values())


def test_only_counted_postings_are_quoted(quotable: Store, ruled: Tagger) -> None:
    """The copy and the short text are not counted; the copy's original is."""
    required = excerpts(quotable, Query(level="required"), tagger=ruled, n=5)
    assert [excerpt.posted_on for excerpt in required] == ["2024-03-04"]


def test_what_is_asked_narrows_the_choice(quotable: Store, ruled: Tagger, found: dict[str, Excerpt]) -> None:
    assert [e.posting_id for e in excerpts(quotable, Query(countries=("DE",)), tagger=ruled)] == [
        found["mentioned"].posting_id
    ]
    assert [e.posting_id for e in excerpts(quotable, Query(roles=("ml_engineer",)), tagger=ruled)] == [
        found["preferred"].posting_id
    ]
    assert excerpts(quotable, Query(countries=("DE",), level="required"), tagger=ruled) == []
    assert excerpts(quotable, Query(skill="kafka"), tagger=ruled) == []


def test_a_masked_excerpt_names_nobody(quotable: Store, ruled: Tagger) -> None:
    (masked,) = excerpts(quotable, Query(level="required"), tagger=ruled, is_masked=True)
    assert (masked.title, masked.company, masked.url) == (None, None, None)
    assert masked.lines[0].text.startswith("○○은 Airflow")
    assert "달팽이" not in str(replace(masked))


def test_nothing_that_a_terminal_obeys_is_kept(found: dict[str, Excerpt]) -> None:
    hostile = found["mentioned"]
    assert hostile.title == "Data Engineer[31m"
    assert all(c.isprintable() for c in hostile.title + "".join(line.text for line in hostile.lines))


def test_the_facts_of_an_earlier_commit_count_where_it_is_named(
    quotable: Store, ruled: Tagger, found: dict[str, Excerpt], tmp_path: Path
) -> None:
    shutil.copytree(quotable.files.root, tmp_path / "root")
    store = Store(tmp_path / "root")
    (tagged,) = (c.run for c in store.commits() if c.kind == "facts")
    with store.lock():
        none = ((source, FACT_SCHEMA.empty_table()) for source in store.fact_files())
        store.write_facts("tag-later", none, covers=[], tagger_version="2")
    assert excerpts(store, Query(), tagger=ruled) == []
    assert excerpts(store, Query(), tagger=ruled, after=tagged) == list(found.values())


def test_an_empty_store_gives_none(tmp_path: Path) -> None:
    assert excerpts(Store(tmp_path), Query()) == []


def test_examples_are_stamped_and_of_three_levels(ruled: Tagger) -> None:
    made = examples(Query(), tagger=ruled)
    assert [e.level for e in made] == ["required", "preferred", "mentioned"]
    assert all(e.is_example and e.heading and e.company is None and e.url is None for e in made)
    assert len({e.posting_id for e in made}) == 3
    (kafka,) = examples(Query(skill="kafka", level="preferred", roles=("data_engineer",)), tagger=ruled)
    assert (kafka.skill, kafka.role, kafka.is_example) == ("kafka", "data_engineer", True)


@pytest.mark.parametrize("query", [Query(countries=("KR",)), Query(sources=("lg",)), Query(posting_lang="ko")])
def test_examples_are_of_no_country_or_source(query: Query) -> None:
    with pytest.raises(Misuse, match="the store has no tagged texts"):
        examples(query)

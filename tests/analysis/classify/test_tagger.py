"""The tagger joins roles, skills and levels of one posting, with places that hold and a version that tells changes."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.tagger import Mention, Tagger, strongest
from analysis.classify.vocabulary import load_vocabulary
from analysis.fact import HOWS, LEVELS, ROLES, Skill
from scrapers.posting import Section

POSTING = """Ovenworks bakes bread. We use Kafka.

What you'll do
- Run pipelines in Airflow

Requirements
- Python and SQL
- Airflow

Nice to have
- dbt, Airflow
- Spark is a must
"""


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def levels(tagger: Tagger, title: str | None, text: str, sections: tuple[Section, ...] = ()) -> dict[str, str]:
    return {skill.skill: skill.level for skill in tagger.tag(title, text, sections).skills}


def test_the_strongest_level_of_each_skill_wins_and_skills_are_sorted(tagger: Tagger) -> None:
    tag = tagger.tag("Data Engineer", POSTING)
    assert tag.skills == (
        Skill("airflow", "required", "heading"),
        Skill("dbt", "preferred", "heading"),
        Skill("kafka", "mentioned", "default"),
        Skill("python", "required", "heading"),
        Skill("spark", "required", "cue"),
        Skill("sql", "required", "heading"),
    )
    assert tag.roles == ("data_engineer",)
    assert not tag.is_unsectioned


def test_mentions_say_where_and_why(tagger: Tagger) -> None:
    found = [m for m in tagger.tag(None, POSTING).mentions if m.skill == "airflow"]
    assert [(m.level, m.line, m.evidence) for m in found] == [
        ("mentioned", 4, "What you'll do"),
        ("required", 8, "Requirements"),
        ("preferred", 11, "Nice to have"),
    ]
    assert all(POSTING[m.start : m.end] == "Airflow" for m in found)


def test_the_title_is_line_zero_and_only_mentions(tagger: Tagger) -> None:
    (mention,) = tagger.tag("Engineer (Airflow)", "").mentions
    assert mention == Mention("airflow", "mentioned", "default", 0, 10, 17)


def test_native_sections_replace_the_headings_of_the_text(tagger: Tagger) -> None:
    text = "Ovens\nAirflow 운영\n더 있으면\nKafka 경험\nWe use Spark."
    sections = (Section("Ovens", "required", "Airflow 운영"), Section("", "preferred", "• Kafka 경험"))
    tag = tagger.tag(None, text, sections)
    assert tag.skills == (
        Skill("airflow", "required", "native"),
        Skill("kafka", "preferred", "native"),
        Skill("spark", "mentioned", "default"),
    )
    assert not tag.is_unsectioned
    assert all(text[m.start : m.end].lower() == m.skill for m in tag.mentions)


def test_sections_that_the_text_does_not_hold_count_too(tagger: Tagger) -> None:
    sections = (Section("", "required", "Flink\nAirflow"), Section("What we use", "unknown", "Spark"))
    tag = tagger.tag(None, "We bake bread.", sections)
    assert {s.skill: s.level for s in tag.skills} == {"airflow": "required", "flink": "required", "spark": "mentioned"}
    assert {m.line for m in tag.mentions} == {-1}


def test_a_native_heading_of_unknown_kind_is_read(tagger: Tagger) -> None:
    assert levels(tagger, None, "", (Section("Nice to have", "unknown", "Airflow"),)) == {"airflow": "preferred"}


def test_headings_inside_a_field_of_no_known_kind_count(tagger: Tagger) -> None:
    body = "You keep the numbers.\nRequirements\n- Airflow\nNice to have\n- Kafka"
    section = Section("Job Description", "unknown", body)
    assert tagger.tag("X", f"Job Description\n{body}", [section]).skills == tagger.tag("X", body).skills


def test_a_clause_cue_overrides_a_native_section(tagger: Tagger) -> None:
    sections = (Section("", "required", "Airflow 경험자 우대"),)
    assert levels(tagger, None, "Airflow 경험자 우대", sections) == {"airflow": "preferred"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("기술스택\nAirflow, Kafka\n", {"airflow": "mentioned", "kafka": "mentioned"}),
        ("자격요건\n- 기술스택: Airflow, Kafka\n", {"airflow": "required", "kafka": "required"}),
        ("Ovenworks | Data Engineer | Remote\n\nTechnologies: Airflow", {"airflow": "mentioned"}),
        ("자격요건\n- Airflow를 해봤으면 좋아요\n- Linux 경험", {"airflow": "preferred", "linux": "required"}),
        ("Key Skills\nAirflow", {"airflow": "required"}),
        (
            "[주요업무]\n- Airflow 개발\n[자격요건]\n- SQL\n[우대사항]\n- Airflow",
            {"airflow": "preferred", "sql": "required"},
        ),
    ],
)
def test_levels_of_small_postings(tagger: Tagger, text: str, expected: dict[str, str]) -> None:
    assert levels(tagger, None, text) == expected


def test_an_empty_posting_has_an_empty_tag(tagger: Tagger) -> None:
    tag = tagger.tag(None, "")
    assert (tag.skills, tag.mentions) == ((), ())
    assert tag.is_unsectioned


def test_a_pickled_tagger_tags_the_same_and_stays_small(tagger: Tagger) -> None:
    packed = pickle.dumps(tagger)
    again: Tagger = pickle.loads(packed)
    assert again.version == tagger.version
    assert again.tag("Data Engineer", POSTING) == tagger.tag("Data Engineer", POSTING)


def test_the_version_changes_with_the_vocabulary(tagger: Tagger, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("skills: {oven: {label: Oven, kind: bi, aliases: [oven]}}", encoding="utf-8")
    mine = Tagger(load_vocabulary(path))
    assert mine.version != tagger.version
    assert mine.version.startswith("2.1+")
    assert levels(mine, None, "Requirements\n- an oven, Airflow") == {"oven": "required"}


def test_of_equal_levels_the_first_mention_gives_the_evidence() -> None:
    mentions = [
        Mention("x", "mentioned", "default", 1, 0, 1),
        Mention("x", "required", "cue", 2, 3, 4),
        Mention("x", "required", "heading", 3, 5, 6),
    ]
    assert strongest(mentions) == (Skill("x", "required", "cue"),)


LINES = [
    "Requirements",
    "우대사항",
    "- Airflow",
    "Kafka is a plus",
    "No Spark",
    "We use dbt.",
    "",
    "Python 필수",
    "(SQL)",
    "Responsibilities: Go, Java",
    "İ Airflow를",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.none() | st.sampled_from(LINES))
def test_any_posting_gives_a_consistent_tag(tagger: Tagger, lines: list[str], title: str | None) -> None:
    text = "\n".join(lines)
    tag = tagger.tag(title, text)
    assert set(tag.roles) <= set(ROLES)
    assert [s.skill for s in tag.skills] == sorted({m.skill for m in tag.mentions})
    for mention in tag.mentions:
        assert mention.level in LEVELS
        assert mention.how in HOWS
        source = (title or "") if mention.line == 0 else text
        assert source[mention.start : mention.end].strip()
        assert mention.line == 0 or source.count("\n", 0, mention.start) == mention.line - 1

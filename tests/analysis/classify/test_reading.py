"""What the source's own sections say, and where they say nothing."""

import pytest

from analysis.classify.tagger import Tagger
from scrapers.posting import Section


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


def levels(tagger: Tagger, text: str, *sections: Section) -> dict[str, str]:
    return {skill.skill: skill.level for skill in tagger.tag(None, text, sections).skills}


def test_a_field_of_requirements_may_hold_a_heading_for_preferences(tagger: Tagger) -> None:
    field = "- Python 경험\n\n[우대사항]\n- Airflow 운영"
    text = f"자격요건\n{field}"
    assert levels(tagger, text, Section("자격요건", "required", field)) == {
        "python": "required",
        "airflow": "preferred",
    }


def test_a_field_of_preferences_stays_one_whatever_its_groups_are_called(tagger: Tagger) -> None:
    field = "[공통]\n- Kafka\n\nSkills:\n- Python"
    assert set(levels(tagger, field, Section("우대사항", "preferred", field)).values()) == {"preferred"}


def test_one_text_under_two_kinds_separates_nothing(tagger: Tagger) -> None:
    whole = "주요업무\n- Spark 작업\n\n자격요건\n- Python 개발\n\n우대사항\n- Airflow 운영"
    sections = [Section("주요업무", "duties", whole), Section("자격요건", "required", whole)]
    assert levels(tagger, whole, *sections) == {"spark": "mentioned", "python": "required", "airflow": "preferred"}


def test_one_text_under_two_kinds_is_read_by_its_own_headings(tagger: Tagger) -> None:
    tasks = "Spark 배치 작업을 개발합니다.\nKafka 연동 업무를 담당합니다."
    text = f"주요업무\n{tasks}\n자격요건\n{tasks}\n우대사항\nAirflow 운영"
    sections = [
        Section("주요업무", "duties", tasks),
        Section("자격요건", "required", tasks),
        Section("우대사항", "preferred", "Airflow 운영"),
    ]
    assert levels(tagger, text, *sections) == {"spark": "mentioned", "kafka": "mentioned", "airflow": "preferred"}


def test_a_stack_label_inside_requirements_names_requirements(tagger: Tagger) -> None:
    assert levels(tagger, "Requirements\nFive years at the oven\nTechnologies: Kafka, Spark\n- Python") == {
        "kafka": "required",
        "spark": "required",
        "python": "required",
    }

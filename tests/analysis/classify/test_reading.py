"""What the source's own sections say, and where they say nothing."""

import pytest

from analysis.classify.tagger import Tagger
from scrapers.posting import Section


@pytest.fixture(scope="module")
def tagger():
    return Tagger()


def levels(tagger, text, *sections):
    return {skill.skill: skill.level for skill in tagger.tag(None, text, sections).skills}


def test_a_field_of_requirements_may_hold_a_heading_for_preferences(tagger):
    field = "- Python 경험\n\n[우대사항]\n- Airflow 운영"
    text = f"자격요건\n{field}"
    assert levels(tagger, text, Section("자격요건", "required", field)) == {
        "python": "required",
        "airflow": "preferred",
    }


def test_a_field_of_preferences_stays_one_whatever_its_groups_are_called(tagger):
    field = "[공통]\n- Kafka\n\nSkills:\n- Python"
    assert set(levels(tagger, field, Section("우대사항", "preferred", field)).values()) == {"preferred"}


def test_one_text_under_two_kinds_separates_nothing(tagger):
    whole = "주요업무\n- Spark 작업\n\n자격요건\n- Python 개발\n\n우대사항\n- Airflow 운영"
    sections = [Section("주요업무", "duties", whole), Section("자격요건", "required", whole)]
    assert levels(tagger, whole, *sections) == {"spark": "mentioned", "python": "required", "airflow": "preferred"}

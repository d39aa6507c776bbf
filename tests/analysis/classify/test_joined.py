"""Texts whose line breaks a collector lost: the levels stay what they were with the breaks."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.classify.automaton import View
from analysis.classify.headings import Headings, load_headings
from analysis.classify.joined import lines
from analysis.classify.sections import outline
from analysis.classify.tagger import Tagger

POSTING = """\
Our bakery chain counts its loaves every night and wants to know why the rye sells out before noon.
Responsibilities
Build the nightly loaf reports in Tableau
Collaborate with bakers on new sources of data
What you bring
3+ years of experience with Python in a busy kitchen
Strong knowledge of SQL and of our daily bread
Comfortable with Airflow, Docker
Experience baking under pressure, with an eye on the oven
Nice to have
Experience with Terraform in any bakery
Familiarity with Kafka or warm ovens
What we offer
Fresh bread and a discount on Snowflake cookies
"""
EXPECTED = {
    "tableau": "mentioned",
    "python": "required",
    "sql": "required",
    "airflow": "required",
    "docker": "required",
    "terraform": "preferred",
    "kafka": "preferred",
}
KOREAN = """\
빵집 데이터팀에서 함께 반죽하고 함께 분석할 동료를 기다립니다. 매일 새벽 오븐에서 쏟아지는 기록을 모읍니다.
주요업무
매장별 판매 지표를 Tableau 대시보드로 제공
오븐 기록을 모으는 파이프라인 개발
자격요건
Python 개발 경험 3년 이상이신 분
SQL 활용에 능숙하신 분
우대사항
Airflow 운영 경험이 있으신 분
Kafka 사용 경험이 있으신 분
복리후생
갓 구운 빵 무제한 제공, 명절 선물 지급, 건강 검진 지원, 새벽 근무자를 위한 아침 식사와 택시비 지원
"""
HEADINGS = load_headings()
KOREAN_EXPECTED = {
    "tableau": "mentioned",
    "python": "required",
    "sql": "required",
    "airflow": "preferred",
    "kafka": "preferred",
}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture(scope="module")
def headings() -> Headings:
    return HEADINGS


def levels(tagger: Tagger, text: str) -> dict[str, str]:
    return {skill.skill: skill.level for skill in tagger.tag(None, text).skills}


def joined(text: str, joiner: str) -> str:
    return joiner.join(text.splitlines())


@pytest.mark.parametrize("joiner", ["\n", " ", "", "  ", "      "])
def test_levels_do_not_depend_on_line_breaks(tagger: Tagger, joiner: str) -> None:
    found = levels(tagger, joined(POSTING, joiner))
    assert {skill: found[skill] for skill in EXPECTED} == EXPECTED


@pytest.mark.parametrize("joiner", ["\n", " ", "  ", "      "])
def test_korean_levels_do_not_depend_on_line_breaks(tagger: Tagger, joiner: str) -> None:
    assert levels(tagger, joined(KOREAN, joiner)) == KOREAN_EXPECTED


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Finishing touches (Preferred):", "preferred"),
        ("Must Have Skills:", "required"),
        ("You might thrive in this role if you have:", "required"),
        ("Good to have and/or added advantage:", "preferred"),
    ],
)
def test_a_label_is_found_behind_a_list_item_without_full_stop(headings: Headings, heading: str, kind: str) -> None:
    text = f"{'We bake rye bread and count every loaf of it. ' * 10}Skilled with the oven {heading} Python, SQL"
    assert [change.kind for change in outline(text, headings).changes][-1] == kind


@pytest.mark.parametrize(
    "sentence",
    [
        "Work with the Requirements Engineering team",
        "Record data into Company Software",
        "Experience with Big Data Technologies - Kafka",
        "Ability to run OpenShift, PowerPoint, OnBase, SaaS, LinkedIn, GitHub, JavaScript and TensorFlow",
        "Knowledge of Pure Storage",
    ],
)
def test_a_name_inside_a_long_line_opens_no_section(headings: Headings, sentence: str) -> None:
    text = f"Requirements: {'Five years at a warm oven of any make. ' * 12}{sentence} for the bakery. "
    assert [change.kind for change in outline(text, headings).changes] == ["required"]


def test_a_korean_noun_alone_is_talked_about(headings: Headings) -> None:
    text = "저희 빵집은 우대사항 없이 모든 분을 환영하고 " * 12
    assert outline(text, headings).changes == ()


def test_the_last_sentence_before_a_list_introduces_it(tagger: Tagger) -> None:
    text = "We knead by hand. Experience with some of the following:\n- Kafka\n- Spark\n\nWe also own Docker mugs."
    assert levels(tagger, text) == {"kafka": "required", "spark": "required", "docker": "mentioned"}


def test_two_spaces_stand_for_a_comma_where_breaks_are_wide(tagger: Tagger) -> None:
    wide = " " * 10
    text = wide.join(["Requirements", "Experience with Airflow  Git  Agile is a plus", "Python", "Five years", "Ovens"])
    found = levels(tagger, "We bake  knead and count our loaves every single night of the year. " * 3 + wide + text)
    assert (found["airflow"], found["git"], found["python"]) == ("preferred", "preferred", "required")


def test_brackets_soften_only_what_they_name(tagger: Tagger) -> None:
    assert levels(tagger, "Requirements\nKafka, and one cloud provider (AWS preferred)") == {
        "kafka": "required",
        "aws": "preferred",
    }


@given(st.text(alphabet=" \nabAB:.-•우대사항자격요건", max_size=600))
def test_lines_cover_the_text_in_order(text: str) -> None:
    found = list(lines(HEADINGS.page(View.of(text)), HEADINGS))
    assert all(left[1] <= right[0] for left, right in pairwise(found))
    assert sum(end - start for start, end in found) == len(re.sub("\n", "", text))

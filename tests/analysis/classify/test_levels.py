"""Levels follow the clause first, then the section, then the sentence."""

from itertools import pairwise
from pathlib import Path

import pytest

from analysis.classify.clauses import Cues
from analysis.classify.levels import Level, Place, decide
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import VocabularyError, fold
from scrapers.posting import Section

CUES = Cues.load()


def level_in(kind: str, text: str, skill: str, *, is_native: bool = False) -> Level:
    start = text.index(skill)
    cuts = CUES.cut(text, 0, len(text))
    left, right = next((a, b) for a, b in pairwise(cuts) if a <= start < b)
    return decide(
        CUES, CUES.read(fold(text), left, right), start, start + len(skill), Place(kind, "Heading", is_native)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Airflow is a plus", "preferred"),
        ("Airflow would be a big plus", "preferred"),
        ("Experience with Airflow, Luigi or Dagster is a bonus", "preferred"),
        ("Airflow preferred", "preferred"),
        ("Airflow experience is highly desirable.", "preferred"),
        ("Ideally you have used Airflow", "preferred"),
        ("Python 3 and ideally Airflow", "preferred"),
        ("an orchestrator, preferably Airflow", "preferred"),
        ("Airflow (preferred)", "preferred"),
        ("Airflow (plus)", "preferred"),
        ("Orchestration tools (Airflow is a plus)", "preferred"),
        ("Airflow - preferred", "preferred"),
        ("Airflow is not required", "preferred"),
        ("Airflow is nice to have", "preferred"),
        ("Familiarity with Airflow is considered an asset", "preferred"),
        ("Airflow 경험자 우대", "preferred"),
        ("Airflow 경험이 있으면 좋습니다", "preferred"),
        ("Airflow를 다뤄 보셨다면 더욱 좋아요", "preferred"),
        ("Airflow 사용 경험 선호", "preferred"),
        ("Airflow는 필수는 아닙니다", "preferred"),
        ("Airflow를 이해하고 있으면 좋아요", "preferred"),
        ("Experience with Airflow", "required"),
        ("Airflow or the ability to learn it quickly", "required"),
        ("Airflow 운영 경험", "required"),
        ("Python required, Airflow a plus", "preferred"),
        ("Airflow required; Luigi preferred", "required"),
        ("Airflow 필수, Luigi 우대", "required"),
        ("Kafka, Airflow; an annual bonus is paid", "required"),
        ("Schedulers such as Airflow, cron, etc. is a plus.", "preferred"),
        ("An asset: Airflow", "preferred"),
        ("Must have: Kafka; nice to have: Airflow", "preferred"),
        ("Kafka, Flink / Nice-to-haves: Airflow", "preferred"),
        ("It is desirable that you have used Airflow", "preferred"),
        ("Airflow: strong plus", "preferred"),
        ("Airflow is welcome", "preferred"),
        ("Airflow 작성이 가능하면 가점", "preferred"),
        ("Airflow는 몰라도 괜찮아요", "mentioned"),
        ("We don't expect you to know Airflow", "mentioned"),
    ],
)
def test_clauses_in_a_required_section(text: str, expected: str) -> None:
    assert level_in("required", text, "Airflow").level == expected


@pytest.mark.parametrize(
    ("text", "skill", "expected"),
    [
        ("Java 8+ and ideally Airflow", "Java", "required"),
        ("Snowflake, Redshift - preferred", "Snowflake", "required"),
        ("Snowflake, Redshift - preferred", "Redshift", "preferred"),
        ("Kafka (Flink is a plus)", "Kafka", "required"),
        ("Python, SQL (preferred), Java", "Python", "required"),
        ("Python, SQL (preferred), Java", "SQL", "preferred"),
        ("Python, SQL (preferred), Java", "Java", "required"),
        ("Strong Python skills, knowledge of Kafka is a plus", "Python", "required"),
        ("Strong Python skills, knowledge of Kafka is a plus", "Kafka", "preferred"),
        ("Python required, Kafka a plus", "Python", "required"),
    ],
)
def test_a_cue_softens_only_what_it_is_tied_to(text: str, skill: str, expected: str) -> None:
    assert level_in("required", text, skill).level == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Airflow", "preferred"),
        ("Airflow is a must", "required"),
        ("Airflow (must: we live in it)", "required"),
        ("Airflow (필수)", "required"),
        ("You must know Airflow", "required"),
        ("Airflow 필수", "required"),
        ("Airflow는 필수가 아닙니다", "preferred"),
        ("Airflow is not required", "preferred"),
    ],
)
def test_a_hard_cue_in_a_preferred_section(text: str, expected: str) -> None:
    assert level_in("preferred", text, "Airflow").level == expected


@pytest.mark.parametrize("kind", ["required", "preferred", "unknown", "duties"])
@pytest.mark.parametrize(
    "text", ["no Airflow needed", "We do not use Airflow", "Kafka without Airflow", "Airflow를 사용하지 않습니다"]
)
def test_a_denied_tool_is_only_mentioned(kind: str, text: str) -> None:
    assert level_in(kind, text, "Airflow").level == "mentioned"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Build pipelines with Airflow", "mentioned"),
        ("You are expected to be hands-on with Airflow", "mentioned"),
        ("You have worked with Airflow", "required"),
        ("5+ years of experience with Airflow", "required"),
        ("Airflow 파이프라인 개발", "mentioned"),
        ("Airflow 경험이 있으신 분", "required"),
        ("Airflow is a plus", "preferred"),
    ],
)
def test_duties(text: str, expected: str) -> None:
    assert level_in("duties", text, "Airflow").level == expected


@pytest.mark.parametrize(
    ("text", "expected", "how"),
    [
        ("We use Airflow and Kafka", "mentioned", "default"),
        ("Python, Airflow, AWS", "mentioned", "default"),
        ("Our stack is Airflow on Kubernetes", "mentioned", "default"),
        ("You have experience with Airflow", "required", "cue"),
        ("Proficient in Airflow", "required", "cue"),
        ("We are looking for someone with Airflow experience", "required", "cue"),
        ("Airflow 경험이 있으신 분", "required", "cue"),
        ("Airflow를 다룰 줄 아셔야 합니다", "required", "cue"),
        ("Airflow를 다룰 줄 아는 동료", "required", "cue"),
        ("Airflow를 사용하고 있습니다", "mentioned", "default"),
        ("It would be great if you know Airflow", "preferred", "cue"),
    ],
)
def test_without_a_section_the_sentence_decides(text: str, expected: str, how: str) -> None:
    assert level_in("unknown", text, "Airflow")[:2] == (expected, how)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Airflow", "mentioned"),
        ("Airflow, Kafka and Redis keep the ovens warm", "mentioned"),
        ("You know Airflow", "mentioned"),
        ("Our bakers schedule with Airflow", "mentioned"),
        ("Experience with Airflow", "required"),
        ("We are looking for somebody with Airflow experience", "required"),
        ("Airflow - must be fluent", "required"),
        ("Airflow is a plus", "preferred"),
    ],
)
def test_in_a_stack_only_a_plain_demand_is_more_than_a_mention(text: str, expected: str) -> None:
    assert level_in("stack", text, "Airflow").level == expected


@pytest.mark.parametrize(
    "mark", ["(우대) ", "- (우대) ", "• (우대사항) ", "2. (우대) ", "우대) ", "- [우대] ", "(Plus) "]
)
@pytest.mark.parametrize("kind", ["required", "duties", "unknown"])
def test_a_mark_at_the_start_of_an_item_softens_the_item(mark: str, kind: str) -> None:
    assert level_in(kind, f"{mark}Airflow, Kafka 운영 경험이 있으신 분", "Airflow").level == "preferred"
    assert level_in(kind, f"{mark}Airflow, Kafka 운영 경험이 있으신 분", "Kafka").level == "preferred"


def test_a_number_before_a_mark_is_part_of_the_sentence() -> None:
    assert level_in("required", "3 (plus) years with Airflow", "Airflow").level == "required"
    assert level_in("unknown", "- (필수) Airflow 운영", "Airflow").level == "required"


def test_several_tools_may_also_be_preferred() -> None:
    assert level_in("required", "Experience with Airflow, Luigi and Go also preferred", "Airflow").level == "preferred"
    assert level_in("required", "Experience with Airflow, Luigi, Go preferred", "Airflow").level == "required"


def test_native_sections_are_told_apart_from_headings() -> None:
    assert level_in("required", "Airflow", "Airflow", is_native=True) == ("required", "native", "Heading")
    assert level_in("preferred", "Airflow", "Airflow") == ("preferred", "heading", "Heading")
    assert level_in("duties", "Airflow", "Airflow", is_native=True) == ("mentioned", "native", "Heading")


def test_a_cue_reaches_no_further_than_its_sentence() -> None:
    assert level_in("required", "Airflow is needed daily. Kafka is a plus.", "Airflow").level == "required"
    assert level_in("required", "Tools, e.g. Airflow or dbt, are a plus", "Airflow").level == "preferred"


def test_bullets_that_lost_their_line_breaks_are_taken_apart() -> None:
    text = (
        "Knowledge of Airflow in production settings "
        + "Ability to bake bread " * 9
        + "Familiarity with Kafka is a plus"
    )
    assert level_in("required", text, "Airflow").level == "required"
    assert level_in("required", text, "Kafka").level == "preferred"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("- a", "must be a mapping"),
        ("soft_after: [a]", "is missing or unknown"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_fault_in_a_cue_file_is_named(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "cues.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError, match=fault):
        Cues.load(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You need basic Airflow and a warm coat.", "required"),
        ("Both roles need strong Airflow.", "required"),
        ("You will be fluent in Airflow.", "required"),
        ("Solid Airflow, clean shoes.", "required"),
        ("You know your way around Airflow.", "required"),
        ("Airflow 3년 이상", "required"),
        ("Airflow를 써 보신 분", "required"),
        ("Airflow에 익숙해야 해요", "required"),
        ("Airflow(상)", "required"),
        ("Build pipelines with Airflow for 40 bakeries.", "mentioned"),
        ("You will have an opportunity to learn Airflow.", "mentioned"),
        ("Airflow로 정산 배치를 운영합니다.", "mentioned"),
    ],
)
def test_sentences_outside_any_section(text: str, expected: str) -> None:
    assert level_in("unknown", text, "Airflow").level == expected


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("dbt would be nice to have.", "preferred"),
        ("dbt experience would be great to have.", "preferred"),
        ("Requirements\n- SQL\n- dbt, ideally", "preferred"),
        ("You must know SQL, nice to have dbt", "preferred"),
        ("You need not know dbt.", "mentioned"),
        ("Requirements\n- SQL\n- dbt (no experience required)", "mentioned"),
        ("자격요건\n- SQL\n- dbt 경험 무관", "mentioned"),
        ("Not required:\n- dbt", "preferred"),
        ("Requirements\n- Preferably SQL\n- dbt", "required"),
    ],
)
def test_softeners_and_denials_reach_what_they_speak_of(text: str, level: str) -> None:
    assert {s.skill: s.level for s in Tagger().tag("Baker of data", text).skills}["dbt"] == level


def test_a_line_in_two_fields_has_the_stronger_level() -> None:
    sections = (Section("", "duties", "- dbt\n- bake"), Section("", "required", "- dbt\n- SQL"))
    tag = Tagger().tag("Baker of data", "- dbt\n- bake\n- dbt\n- SQL", sections)
    assert {s.skill: s.level for s in tag.skills} == {"dbt": "required", "sql": "required"}

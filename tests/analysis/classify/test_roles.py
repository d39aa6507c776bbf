"""Tests of roles: titles in both languages, hiring-thread headers and lists, duties, and files that are wrong."""

import pickle
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.role_model import RoleModel, Terms
from analysis.classify.roles import DEFAULT, OpenRole, RoleDecision, RoleRules
from analysis.classify.titles import TitleRules, normalise_title
from analysis.classify.vocabulary import VocabularyError
from analysis.fact import ROLES

CUES = {
    "data_engineer": "pipelines etl warehouse spark hadoop 파이프라인 수집",
    "data_scientist": "statistics hypothesis causal regression forecasting mathematics 통계",
    "ml_engineer": "train deploy pytorch gpu inference cuda mlops 학습",
    "bi_analyst": "dashboards reports tableau excel kpis business 지표",
    "software_engineer": "react api login endpoints 서버",
    "other": "gloves glass patients 간호",
}
WORDS = {word: role for role, words in CUES.items() for word in words.split()}
MODEL = RoleModel(
    tuple(CUES),
    Terms(dict(zip(WORDS, range(len(WORDS)), strict=True)), np.empty(0, np.int64)),
    np.ones(len(WORDS), np.float32),
    np.array([[4.0 * (role == named) for role in CUES] for named in WORDS.values()], np.float32),
    np.zeros(len(CUES)),
)
"""A model small enough to reckon with: each cue speaks for one role."""
RULES = RoleRules.load(model=MODEL)


def decide(title: str | None, text: str, rules: RoleRules = RULES) -> RoleDecision:
    decision = rules.decide(title, text)
    return rules.settle([decision])[0] if isinstance(decision, OpenRole) else decision


PIPELINES = (
    "You build data pipelines, ETL into our data warehouse and watch data quality. Spark, Kafka, Airflow and SQL."
)
MODELS = (
    "You train and deploy machine learning models with PyTorch on GPU clusters: inference, CUDA, deep learning, MLOps."
)
REPORTS = (
    "You build dashboards and reports in Tableau and Excel, define KPIs and answer ad hoc questions of business users."
)
STUDIES = (
    "Statistics, hypothesis testing, causal inference, regression and forecasting in R; a PhD in mathematics helps."
)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Sr. Data Engineer - FinTech - Hybrid", "data_engineer"),
        ("ENGINEER, DATA", "data_engineer"),
        ("Data Architect", "data_engineer"),
        ("Head of Data Engineering", "data_engineer"),
        ("Software Engineer | Data Platform", "data_engineer"),
        ("Senior Software Engineer (Big Data)", "data_engineer"),
        ("Data Ops Lead Engineer", "data_engineer"),
        ("Software Engineer II, Data Quality", "data_engineer"),
        ("Senior Engineer I - Lakehouse", "data_engineer"),
        ("Engineering Manager, Data", "data_engineer"),
        ("Airflow Engineer", "data_engineer"),
        ("DWH Entwickler (m/w/d)", "data_engineer"),
        ("Ingeniero de Datos", "data_engineer"),
        ("Ingénieur Data H/F", "data_engineer"),
        ("[가나다] 데이터엔지니어 모집", "data_engineer"),
        ("빅데이터 플랫폼 개발자", "data_engineer"),
        ("ETL 개발", "data_engineer"),
        ("Analytics Engineer II", "analytics_engineer"),
        ("Director, Data Science", "data_scientist"),
        ("Decision Scientist", "data_scientist"),
        ("Manager, Marketing Science", "data_scientist"),
        ("Quantitative Strategist", "data_scientist"),
        ("Clinical Data Scientist", "data_scientist"),
        ("데이터 사이언티스트 (신입)", "data_scientist"),
        ("Deep Learning Engineer", "ml_engineer"),
        ("Machine Learning Platform Engineer", "ml_engineer"),
        ("Software Engineer - Machine Learning", "ml_engineer"),
        ("컴퓨터 비전 개발자", "ml_engineer"),
        ("AI 연구원", "ml_engineer"),
        ("추천시스템 개발자", "ml_engineer"),
        ("Engineer, Perception", "ml_engineer"),
        ("Member of Technical Staff - Pretraining", "ml_engineer"),
        ("Business Intelligence Analyst", "bi_analyst"),
        ("Marketing Data Analyst", "bi_analyst"),
        ("Director of Analytics", "bi_analyst"),
        ("Report Writer", "bi_analyst"),
        ("데이터 분석가 팀장", "bi_analyst"),
        ("태블로 개발자", "bi_analyst"),
        ("Site Reliability Engineer", "software_engineer"),
        ("Full Stack Engineer AI", "software_engineer"),
        ("백엔드 개발자 (5년 이상)", "software_engineer"),
        ("DBA 채용", "software_engineer"),
        ("게임클라이언트 (경력)", "software_engineer"),
        ("Sales Engineer, Data Platform", "other"),
        ("HVAC Engineer", "other"),
        ("Airflow Engineer - Data Centre Cooling", "other"),
        ("Environmental Scientist 4", "other"),
        ("Medical Laboratory Scientist", "other"),
        ("Scientist II, Virology", "other"),
        ("Data Entry Clerk", "other"),
        ("Data Center Technician", "other"),
        ("Data Protection Officer", "other"),
        ("Project Data Manager", "other"),
        ("Machine Operator", "other"),
        ("Mechanical Engineer", "other"),
        ("Machine Learning Recruiter", "other"),
        ("Product Manager, Data Science", "other"),
        ("IT Business Analyst", "other"),
        ("Board Certified Behavior Analyst (BCBA)", "other"),
        ("데이터센터 운영 담당", "other"),
        ("데이터 라벨링 아르바이트", "other"),
    ],
)
def test_title_decides(title: str, role: str) -> None:
    decision = decide(title, REPORTS + PIPELINES + MODELS)
    assert (decision.roles, decision.method, decision.is_ambiguous) == ((role,), "title", False)


@pytest.mark.parametrize(
    ("title", "text", "role"),
    [
        (None, PIPELINES, "data_engineer"),
        ("Consultant", PIPELINES, "data_engineer"),
        ("Consultant", STUDIES, "data_scientist"),
        ("[새봄] 채용", REPORTS, "bi_analyst"),
        ("[새봄물류] 채용", "데이터 파이프라인 개발, 대용량 데이터 수집, Spark와 Hadoop 운영", "data_engineer"),
        ("Data Scientist / Machine Learning Engineer", MODELS, "ml_engineer"),
        ("Data Scientist / Machine Learning Engineer", STUDIES * 2, "data_scientist"),
        ("Data Analyst/Engineer", PIPELINES, "data_engineer"),
        ("Data Analyst/Engineer", REPORTS, "bi_analyst"),
        ("Glassblower", "Blow glass. Bring gloves.", "other"),
    ],
)
def test_duties_decide_where_the_title_leaves_it_open(title: str | None, text: str, role: str) -> None:
    decision = decide(title, text)
    assert decision.roles == (role,)
    assert decision.is_ambiguous
    assert decision.method in ("model", "default")


def test_duties_choose_only_among_the_roles_a_title_names() -> None:
    assert decide("Data Engineer / Data Analyst", MODELS * 3).roles[0] in ("data_engineer", "bi_analyst")


@pytest.mark.parametrize(
    ("header", "body", "roles"),
    [
        ("Acme | Data Engineer, Backend Engineer | Oslo", "Write us.", ("data_engineer", "software_engineer")),
        ("Data Engineer Inc | Frontend Engineer | Oslo", "Write us.", ("software_engineer",)),
        ("Machine Learning Reply | Data Engineer | Oslo", "Write us.", ("data_engineer",)),
        ("Senior Data Engineer | Acme | Oslo", "Write us.", ("data_engineer",)),
        ("Acme | Software Engineer, Data Platform | Oslo", "Write us.", ("data_engineer",)),
        ("Acme | Product, Data, Front-end Engineers | Oslo", "Hi.", ("data_engineer", "software_engineer")),
        ("Acme | engineering | Remote | https://acme.example", "Write us.", ("software_engineer",)),
        (
            "Acme | Oslo | ONSITE",
            "We're hiring:\n\n- Senior Data Engineer (Spark)\n\n- Frontend Engineer\n\n- Technical Recruiter",
            ("data_engineer", "other", "software_engineer"),
        ),
        (
            "Acme | Oslo | ONSITE",
            "UX Designer | Backend Engineer | ML Engineer",
            ("ml_engineer", "other", "software_engineer"),
        ),
        ("Acme | Oslo | ONSITE", "We are looking for a data scientist who likes fish.", ("data_scientist",)),
        (
            "Acme | Oslo | ONSITE",
            "- Sr. Data Engineer, Ovens (Spark)\n\n- Jr. Frontend Engineer",
            ("data_engineer", "software_engineer"),
        ),
        # A job line alone is no list: an opening named in passing adds no role.
        ("Acme | Data Scientist | Oslo", "You sit beside the others.\n\nData Engineer", ("data_scientist",)),
        ("Acme | Data Scientist | Oslo", "We also want to hire backend engineers next year.", ("data_scientist",)),
    ],
)
@pytest.mark.parametrize("has_title", [True, False])
def test_posts_advertise_several_openings(header: str, body: str, roles: tuple[str, ...], has_title: bool) -> None:
    decision = decide(header if has_title else None, f"{header}\n\n{body}")
    assert decision.roles == roles


@pytest.mark.parametrize(
    ("first", "body", "roles"),
    [
        (
            "Crumb Ltd (crumb.example)",
            "Data Engineer | Oslo\nBackend Engineer | Oslo",
            ("data_engineer", "software_engineer"),
        ),
        ("Oslo, Norway. Full time.", "Position: Data Scientist\n\nWe count loaves.", ("data_scientist",)),
        ("Crumb is growing!", "We are looking for a data engineer with an oven.", ("data_engineer",)),
    ],
)
def test_a_post_may_start_with_no_more_than_its_employer(first: str, body: str, roles: tuple[str, ...]) -> None:
    assert decide(first, f"{first}\n\n{body}").roles == roles


def test_an_unknown_job_is_no_post_though_its_text_names_colleagues() -> None:
    text = "Bread Compliance Officer\n\nData Engineer\nBackend Engineer\n\nYou wear gloves, glass and gloves."
    assert decide("Bread Compliance Officer", text).roles == ("other",)


def test_one_job_with_two_names_has_one_role() -> None:
    assert len(decide("Data Engineer, Data Scientist", PIPELINES).roles) == 1


@given(st.one_of(st.none(), st.text(max_size=80)), st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_known_roles_without_repeats(title: str | None, text: str) -> None:
    decision = decide(title, text)
    assert decision.roles
    assert len(set(decision.roles)) == len(decision.roles)
    assert set(decision.roles) <= set(ROLES)
    assert 0 < decision.confidence <= 1
    assert decision == decide(title, text)


@given(st.text(max_size=80))
def test_normal_form_is_stable(title: str) -> None:
    norm = normalise_title(title)
    assert normalise_title(norm) == norm or "&" in title  # an entity may hide another: "&amp;amp;"


def test_a_batch_is_settled_as_each_posting_alone() -> None:
    open_roles = [RULES.decide("Consultant", text) for text in (PIPELINES, MODELS, REPORTS, "")]
    assert all(isinstance(o, OpenRole) for o in open_roles)
    found = RULES.settle([o for o in open_roles if isinstance(o, OpenRole)])
    for one, o in zip(found, open_roles, strict=True):
        assert isinstance(o, OpenRole)
        (alone,) = RULES.settle([o])
        assert (one.roles, one.method) == (alone.roles, alone.method)
        assert one.confidence == pytest.approx(alone.confidence)
    assert RULES.settle([]) == []


def test_the_model_is_weighed_against_what_the_title_suggests() -> None:
    (decision,) = RULES.settle([OpenRole("pytorch", ("data_scientist", "ml_engineer"), {"data_scientist": 1.0})])
    # Four for the one cue against a start of one.
    assert decision.roles == ("ml_engineer",)
    assert decision.confidence == pytest.approx(1 / (1 + np.exp(-3)))


def test_without_a_model_the_start_decides_and_says_so() -> None:
    rules = RoleRules.load()
    decision = decide("Data Engineer / Data Analyst", REPORTS, rules)
    assert (decision.roles, decision.method, decision.is_ambiguous) == (("data_engineer",), "default", True)
    assert decide("Data Engineer", REPORTS, rules).method == "title"


def test_a_weak_guess_is_marked() -> None:
    decision = decide("Data Engineer / Data Scientist / Data Analyst / Nurse", "")
    assert decision.method == ("model" if decision.confidence >= DEFAULT else "default")
    assert decide("Data Steward", "").confidence > 0


def test_rules_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(RULES))
    for title in ("데이터 엔지니어", "Consultant"):
        assert decide(title, PIPELINES, copy) == decide(title, PIPELINES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("names: [{role: wizard, phrases: [x]}]", "unknown role wizard"),
        ("names: [{role: other, phrases: ['(a']}]", "capturing group"),
        ("names: [{role: other, phrases: ['(?:a']}]", "not a regular expression"),
        ("names: [{role: other, phrases: ['{nothing} a']}]", "unknown word {nothing}"),
        ("- just a list", "expected a mapping"),
        ("names: [", "cannot be read"),
    ],
)
def test_wrong_title_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError, match=message) as caught:
        TitleRules.load(path)
    assert "mine.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_long_input_takes_time_in_proportion() -> None:
    """A title pattern that backtracks would need minutes here."""
    started = time.perf_counter()
    decide("senior data " * 400, "machine learning and , " * 4000)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("piece", ["9", "9 ", "senior ", "A ", "engineer, ", "| ", "(", "데이터 ", "- a\n"])
def test_no_title_or_text_takes_more_than_linear_time(piece: str) -> None:
    rules = RoleRules.load()
    for text in (piece * 3_000, f"Kelp\n{piece * 3_000}"):
        start = time.process_time()
        rules.decide(text, text)
        rules.decide(None, text)
        assert time.process_time() - start < 5

"""Tests of roles: titles in both languages, hiring-thread headers and lists, duties, and files that are wrong."""

import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.duties import TextScorer
from analysis.classify.roles import RoleRules
from analysis.classify.titles import TitleRules, normalise_title
from analysis.classify.vocabulary import VocabularyError
from analysis.fact import ROLES

RULES = RoleRules.load()
SCORER = TextScorer.load()

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
        ("DWH Entwickler (m/w/d)", "data_engineer"),
        ("Ingeniero de Datos", "data_engineer"),
        ("Ingénieur Data H/F", "data_engineer"),
        ("[가나다] 데이터엔지니어 모집", "data_engineer"),
        ("빅데이터 플랫폼 개발자", "data_engineer"),
        ("ETL 개발", "data_engineer"),
        ("Analytics Engineer II", "analytics_engineer"),
        ("Director, Data Science", "data_scientist"),
        ("Decision Scientist", "data_scientist"),
        ("데이터 사이언티스트 (신입)", "data_scientist"),
        ("Deep Learning Engineer", "ml_engineer"),
        ("Machine Learning Platform Engineer", "ml_engineer"),
        ("Software Engineer - Machine Learning", "ml_engineer"),
        ("컴퓨터 비전 개발자", "ml_engineer"),
        ("AI 연구원", "ml_engineer"),
        ("Business Intelligence Analyst", "bi_analyst"),
        ("Marketing Data Analyst", "bi_analyst"),
        ("Director of Analytics", "bi_analyst"),
        ("데이터 분석가 팀장", "bi_analyst"),
        ("태블로 개발자", "bi_analyst"),
        ("Site Reliability Engineer", "software_engineer"),
        ("Full Stack Engineer AI", "software_engineer"),
        ("백엔드 개발자 (5년 이상)", "software_engineer"),
        ("DBA 채용", "software_engineer"),
        ("Sales Engineer, Data Platform", "other"),
        ("HVAC Engineer", "other"),
        ("Data Entry Clerk", "other"),
        ("Data Center Technician", "other"),
        ("Data Protection Officer", "other"),
        ("Project Data Manager", "other"),
        ("Machine Operator", "other"),
        ("Mechanical Engineer", "other"),
        ("Machine Learning Recruiter", "other"),
        ("Product Manager, Data Science", "other"),
        ("Business Analyst", "other"),
        ("Board Certified Behavior Analyst (BCBA)", "other"),
        ("데이터센터 운영 담당", "other"),
        ("데이터 라벨링 아르바이트", "other"),
    ],
)
def test_title_decides(title: str, role: str) -> None:
    decision = RULES.decide(title, REPORTS + PIPELINES + MODELS)
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
    decision = RULES.decide(title, text)
    assert decision.roles == (role,)
    assert decision.is_ambiguous
    assert decision.method in ("text", "default")


def test_duties_choose_only_among_the_roles_a_title_names() -> None:
    assert RULES.decide("Data Engineer / Data Analyst", MODELS * 3).roles[0] in ("data_engineer", "bi_analyst")


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
        # A job line alone is no list: an opening named in passing adds no role.
        ("Acme | Data Scientist | Oslo", "You sit beside the others.\n\nData Engineer", ("data_scientist",)),
        ("Acme | Data Scientist | Oslo", "We also want to hire backend engineers next year.", ("data_scientist",)),
    ],
)
@pytest.mark.parametrize("has_title", [True, False])
def test_posts_advertise_several_openings(header: str, body: str, roles: tuple[str, ...], has_title: bool) -> None:
    decision = RULES.decide(header if has_title else None, f"{header}\n\n{body}")
    assert decision.roles == roles


def test_one_job_with_two_names_has_one_role() -> None:
    assert len(RULES.decide("Data Engineer, Data Scientist", PIPELINES).roles) == 1


@given(st.one_of(st.none(), st.text(max_size=80)), st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_known_roles_without_repeats(title: str | None, text: str) -> None:
    decision = RULES.decide(title, text)
    assert decision.roles
    assert len(set(decision.roles)) == len(decision.roles)
    assert set(decision.roles) <= set(ROLES)
    assert 0 < decision.confidence <= 1
    assert decision == RULES.decide(title, text)


@given(st.text(max_size=80))
def test_normal_form_is_stable(title: str) -> None:
    norm = normalise_title(title)
    assert normalise_title(norm) == norm or "&" in title  # an entity may hide another: "&amp;amp;"


@given(st.permutations(["data pipelines", "spark", "airflow", "dashboards", "데이터 분석"]))
def test_scores_are_probabilities_whatever_the_order(phrases: list[str]) -> None:
    scores = SCORER.score(". ".join(phrases))
    assert sum(scores.values()) == pytest.approx(1)
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert SCORER.find(". ".join(phrases)) == set(phrases)


def test_score_is_the_logistic_model_of_the_file() -> None:
    scorer = TextScorer(
        {"start": {"other": 0.5}, "phrases": {"etl": {"data_engineer": 2.0}, "r": {"data_scientist": 1.0}}}
    )
    scores = scorer.score("ETL, etl and R&D? No: R.", ("data_engineer", "data_scientist", "other"))
    # exp(2), exp(1), exp(0.5): a phrase counts once.
    assert scores == pytest.approx({"data_engineer": 0.628532, "data_scientist": 0.231224, "other": 0.140244}, abs=1e-5)
    assert scorer.find("metlife ro1r") == set()


def test_rules_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(RULES))
    assert copy.decide("데이터 엔지니어", "") == RULES.decide("데이터 엔지니어", "")


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


@pytest.mark.parametrize("content", ["phrases: {}", "phrases: {etl: 3}", "phrases: {etl: {wizard: 1.0}}"])
def test_wrong_duty_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"mine\.yaml"):
        TextScorer.load(path)


def test_long_input_takes_time_in_proportion() -> None:
    """A title pattern that backtracks would need minutes here."""
    started = time.perf_counter()
    RULES.decide("senior data " * 400, "machine learning and , " * 4000)
    assert time.perf_counter() - started < 5

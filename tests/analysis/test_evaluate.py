"""Tests of the evaluation: hand-computed tables, partial labels, intervals, and gold files that are wrong."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.tagger import Tagger
from analysis.evaluate import CLOSED_SKILLS, evaluate
from analysis.fact import LEVELS, ROLES, Skill
from analysis.gold import GoldError, read_gold, skill_id
from scrapers.posting import Section
from scrapers.store import bundled


@dataclass
class Mention:
    skill: str
    level: str
    how: str
    start: int
    end: int
    evidence: str = ""
    line: int = 2


@dataclass
class Tag:
    roles: tuple[str, ...] = ()
    skills: tuple[Skill, ...] = ()
    mentions: tuple[Mention, ...] = ()
    role_confidence: float | None = None
    role_method: str | None = None


def labelled(id: str, skills: dict[str, str], roles: list[list[str]] | None = None, **more: Any) -> dict[str, Any]:
    text = "Requirements\n- Airflow and Kafka\n- SQL"
    return {"id": id, "title": "Weaver", "text": text, "roles": roles or [], "skills": skills, "ambiguous": []} | more


def tagged(skills: dict[str, str], *roles: str, confidence: float | None = None, method: str | None = None) -> Tag:
    found = tuple(Skill(s, level, "heading") for s, level in skills.items())
    return Tag(roles, found, role_confidence=confidence, role_method=method)


def run(pairs: Sequence[tuple[dict[str, Any], Tag]], **kwargs: Any) -> Any:
    answers = iter([tag for _, tag in pairs])
    return evaluate([gold for gold, _ in pairs], lambda title, text, sections: next(answers), **kwargs)


PAIRS = [
    (
        labelled("a", {"airflow": "required", "kafka": "preferred"}, [["data_engineer"]], stratum="ko_airflow"),
        tagged({"airflow": "required", "kafka": "required", "sql": "required"}, "data_engineer"),
    ),
    (
        labelled("b", {"airflow": "preferred"}, [["other"], ["ml_engineer", "other"]], stratum="en_airflow"),
        tagged({"airflow": "mentioned"}, "ml_engineer", "other"),
    ),
    (labelled("c", {"airflow": "mentioned"}, [["bi_analyst"]], stratum="hn_airflow"), tagged({}, "other")),
    (labelled("d", {}, [["other"]], stratum="en_none"), tagged({"airflow": "required", "rust": "required"}, "other")),
]


def test_figures_equal_a_table_worked_out_by_hand() -> None:
    result = run(PAIRS)
    # Airflow: right in a and b, missed in c, extra in d.
    assert result.value("airflow precision") == pytest.approx(2 / 3)
    assert result.value("airflow recall") == pytest.approx(2 / 3)
    assert result.value("airflow f1") == pytest.approx(2 / 3)
    # Levels of Airflow found on both sides: required right; preferred taken for mentioned: F1 1 and 0.
    assert result.value("airflow level f1") == pytest.approx(0.5)
    # All skills: right airflow, kafka, airflow; extra sql, airflow; missed airflow; rust is outside the list.
    assert result.value("skill precision") == pytest.approx(3 / 5)
    assert result.value("skill recall") == pytest.approx(3 / 4)
    # Levels of all: required 2*1/(2+1), preferred 0; mentioned does not occur in what was wanted.
    assert result.value("skill level f1") == pytest.approx((2 / 3 + 0) / 2)
    assert result.value("main role accuracy") == pytest.approx(3 / 4)
    # Roles: data_engineer 1, ml_engineer 1 (closest list), bi_analyst 0, other 2*2/(4+1).
    assert result.value("role f1") == pytest.approx((1 + 1 + 0 + 0.8) / 4)
    assert result.value("airflow recall", "ko") == 1
    assert result.value("airflow precision", "hn") is None
    assert result.confusion["level"] == {"required": {"required": 1}, "preferred": {"required": 1, "mentioned": 1}}
    assert result.confusion["role"]["bi_analyst"] == {"other": 1}


def test_every_figure_tells_how_much_it_rests_on() -> None:
    by_name = {(f.name, f.group): f for f in run(PAIRS).figures}
    assert by_name["airflow f1", "all"].n_postings == 4
    assert by_name["airflow f1", "all"].n_items == 3
    assert by_name["skill level f1", "all"].n_items == 3
    assert by_name["main role accuracy", "en"].n_postings == 2
    assert by_name["analytics_engineer f1", "all"].value is None


def test_ambiguous_levels_are_left_out_but_the_skill_still_counts() -> None:
    gold = labelled("a", {"airflow": "required"}, ambiguous=["airflow"])
    result = run([(gold, tagged({"airflow": "mentioned"}))])
    assert result.value("airflow level f1") is None
    assert result.value("airflow recall") == 1
    assert result.errors() == []


@pytest.mark.parametrize("is_in_field", [True, False])
def test_of_partial_labels_only_the_listed_skills_are_scored(is_in_field: bool) -> None:
    gold = labelled("a", {"airflow": "required"}) | ({"is_partial": True} if is_in_field else {})
    pair = (gold, tagged({"airflow": "required", "kafka": "required"}))
    assert run([pair], is_partial=not is_in_field).value("skill precision") == 1
    assert run([(gold | {"is_partial": False}, pair[1])]).value("skill precision") == 0.5


def test_errors_show_the_line_that_decided() -> None:
    gold = labelled("a", {"kafka": "preferred", "sql": "required"}, [["other"]])
    start = gold["text"].index("Kafka")
    tag = Tag(
        ("ml_engineer",),
        (Skill("kafka", "required", "heading"),),
        (Mention("kafka", "required", "heading", start, start + 5),),
    )
    by_kind = {e["kind"]: e for e in run([(gold, tag)]).errors()}
    assert by_kind["level"] == {
        "id": "a",
        "kind": "level",
        "skill": "kafka",
        "wanted": "preferred",
        "got": "required",
        "how": "heading",
        "evidence": None,
        "confidence": None,
        "line": 2,
        "excerpt": "- Airflow and Kafka",
    }
    assert (by_kind["missed"]["skill"], by_kind["missed"]["excerpt"]) == ("sql", "- SQL")
    assert (by_kind["role"]["wanted"], by_kind["role"]["got"], by_kind["role"]["excerpt"]) == (
        "other",
        "ml_engineer",
        "Weaver",
    )


def test_details_by_level_role_and_evidence_by_hand() -> None:
    result = run(PAIRS)
    # Levels of skills found on both sides: airflow required right, kafka preferred and airflow preferred got wrong.
    assert result.value("skill level required precision") == pytest.approx(1 / 2)
    assert result.value("skill level required recall") == 1
    assert result.value("skill level preferred recall") == 0
    assert result.value("airflow level required f1") == 1
    assert result.value("role other precision") == pytest.approx(2 / 3)
    assert result.value("role bi_analyst recall") == 0
    assert result.value("level accuracy by heading") == pytest.approx(1 / 3)
    assert result.value("level accuracy by native") is None
    assert result.value("main role accuracy", "en_airflow") == 1
    assert result.confusion["airflow level"] == {"required": {"required": 1}, "preferred": {"mentioned": 1}}
    table = result.to_table(with_details=True)
    assert "more by language and stratum: evaluate --json" in table
    assert "en_airflow" not in table
    assert "skill level required precision" in table
    assert "skill level required precision" not in result.to_table()
    assert {d["name"] for d in result.to_json()["details"]} > {"role brier", "role ece"}


def test_calibration_by_hand() -> None:
    # Right at 0.9, wrong at 0.9, right at 0.5; a label without a confidence is left out.
    pairs = [
        (labelled(str(i), {}, [["other"]]), tagged({}, role, confidence=confidence))
        for i, (role, confidence) in enumerate([("other", 0.9), ("ml_engineer", 0.9), ("other", 0.5), ("other", None)])
    ]
    result = run(pairs)
    assert result.value("role brier") == pytest.approx((0.01 + 0.81 + 0.25) / 3)
    # Of the bin at 0.9 two are 1.8 sure and once right, of that at 0.5 one is half sure and right.
    assert result.value("role ece") == pytest.approx((0.8 + 0.5) / 3)
    (figure,) = [f for f in result.details if (f.name, f.group) == ("role ece", "all")]
    assert (figure.n_postings, figure.n_items) == (3, 3)


def test_confidence_of_one_falls_in_the_last_bin() -> None:
    sure = tagged({}, "other", confidence=1.0)
    result = run([(labelled("a", {}, [["other"]]), sure), (labelled("b", {}, [["ml_engineer"]]), sure)])
    assert (result.value("role brier"), result.value("role ece")) == (0.5, 0.5)


def test_without_confidence_there_is_no_calibration() -> None:
    assert run(PAIRS).value("role brier") is None


def test_errors_as_lines_name_the_evidence() -> None:
    gold = labelled("a", {"kafka": "preferred", "sql": "required"}, [["other"]])
    start = gold["text"].index("Kafka")
    mention = Mention("kafka", "required", "heading", start, start + 5, evidence="Requirements")
    tag = tagged({}, "ml_engineer", confidence=0.75, method="title")
    tag.skills, tag.mentions = (Skill("kafka", "required", "heading"),), (mention,)
    lines = run([(gold, tag)]).error_lines()
    assert (
        "a  level kafka: wanted preferred, got required (heading: Requirements)  line 2: - Airflow and Kafka" in lines
    )
    assert "a  role: wanted other, got ml_engineer (title: confidence 0.75)  line 0: Weaver" in lines
    assert "a  missed sql: wanted required, got None (None)  line 3: - SQL" in lines


@pytest.mark.parametrize(("line", "place"), [(0, (0, "Weaver")), (-1, (None, "")), (3, (3, "- SQL"))])
def test_mentions_in_title_and_sections_are_placed(line: int, place: tuple[int | None, str]) -> None:
    tag = Tag(skills=(Skill("sql", "mentioned", "default"),), mentions=(Mention("sql", "mentioned", "default", 0, 3),))
    tag.mentions[0].line = line
    (error,) = run([(labelled("a", {"sql": "required"}), tag)]).errors()
    assert (error["line"], error["excerpt"]) == place


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(["airflow", "sql", "kafka"]), st.sampled_from(LEVELS)),
            st.dictionaries(st.sampled_from(["airflow", "sql", "kafka"]), st.sampled_from(LEVELS)),
            st.sampled_from(ROLES),
            st.sampled_from(ROLES),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=30, deadline=None)
def test_figures_are_rates_inside_their_interval_and_perfect_when_nothing_differs(rows: list[Any]) -> None:
    pairs = [(labelled(str(i), want, [[w]]), tagged(got, g)) for i, (want, got, w, g) in enumerate(rows)]
    for figure in run(pairs).figures:
        if figure.value is not None and figure.low is not None and figure.high is not None:
            assert 0 <= figure.low <= figure.high <= 1
            assert 0 <= figure.value <= 1
    perfect = run([(gold, tagged(gold["skills"], *gold["roles"][0])) for gold, _ in pairs])
    assert {f.value for f in perfect.figures} <= {1.0, None}
    assert perfect.errors() == []


def test_interval_agrees_with_the_binomial_and_repeats() -> None:
    pairs = [(labelled(str(i), {}, [["other"]]), tagged({}, "other" if i % 4 else "ml_engineer")) for i in range(400)]
    started = time.perf_counter()
    first, second = run(pairs), run(pairs)
    assert time.perf_counter() - started < 10
    (figure,) = [f for f in first.figures if f.name == "main role accuracy"]
    assert figure.low is not None
    assert figure.high is not None
    # 0.75 +- 1.96 * sqrt(0.75 * 0.25 / 400)
    assert (figure.low, figure.high) == (pytest.approx(0.7076, abs=0.008), pytest.approx(0.7924, abs=0.008))
    assert first.to_json() == second.to_json()
    assert run(pairs, seed=1).to_json() != first.to_json()


def test_table_and_json_hold_the_same_figures() -> None:
    result = run(PAIRS)
    table = result.to_table()
    for figure in json.loads(json.dumps(result.to_json()))["figures"]:
        line = next(
            row for row in table.splitlines() if row.startswith(figure["name"]) and f" {figure['group']} " in row
        )
        assert ("-" if figure["value"] is None else f"{figure['value']:.3f}") in line
    assert "nan" not in table.lower()
    with pytest.raises(KeyError, match="no figure"):
        result.value("charm")


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(ValueError, match="no labelled postings"):
        run([])


def test_sections_of_korean_boards_become_kinds_and_labels_levels(tmp_path: Path) -> None:
    row = {
        "native_id": 7,
        "title": "직조공",
        "text": "SQL",
        "sections": {"tasks": "짜기", "required": "SQL", "preferred": "", "skills": ["SQL", "R"]},
        "labels": {"Power BI": "both", "scikit-learn": "tasks_only", "SQL": "required"},
    }
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    (gold,) = read_gold(path)
    assert gold["skills"] == {"power_bi": "required", "scikit_learn": "mentioned", "sql": "required"}
    assert gold["sections"] == (
        Section("", "duties", "짜기"),
        Section("", "required", "SQL"),
        Section("", "stack", "SQL\nR"),
    )
    assert (gold["id"], gold["is_partial"], gold["roles"]) == ("7", True, [])
    assert run([(gold, tagged({"sql": "required"}, "other"))]).value("main role accuracy") is None


def test_a_line_separator_inside_a_text_does_not_cut_the_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(labelled("a", {}) | {"text": "a\u2028b"}, ensure_ascii=False), encoding="utf-8")
    assert read_gold(path)[0]["text"] == "a\u2028b"


GOOD = json.dumps(labelled("a", {"sql": "required"}))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"gold\.jsonl line 2: not JSON"),
        ("[]", "line 2: expected an object"),
        ('{"skills": {}}', "line 2: text is missing"),
        ('{"text": "x", "title": 3, "skills": {}}', "line 2: title is neither"),
        ('{"text": "x"}', "line 2: skills is missing"),
        ('{"text": "x", "skills": {"sql": "vital"}}', "line 2: sql: unknown level 'vital'"),
        ('{"text": "x", "skills": {}, "roles": ["other"]}', "line 2: roles must be"),
        ('{"text": "x", "skills": {}, "roles": [["wizard"]]}', "line 2: unknown role wizard"),
        ('{"text": "x", "skills": {}, "sections": {"required": {}}}', "line 2: section 1: the text is dict"),
        ('{"text": "x", "skills": {}, "sections": [{"kind": 5, "text": "y"}]}', "line 2: section 1: the kind is int"),
        ('{"text": "x", "skills": {}, "sections": ["y"]}', "line 2: sections are neither an object nor a list"),
        ('{"text": "x", "skills": {}, "sections": ' + "[" * 100_000, "line 2: cannot be read: .*recursion"),
        (GOOD, "id 'a' occurs twice"),
    ],
)
def test_wrong_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{GOOD}\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=message) as caught:
        read_gold(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_missing_and_empty_files_are_errors(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "gold.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(GoldError):
        read_gold(path)


def test_the_bundled_postings_are_well_labelled() -> None:
    gold = read_gold(bundled("labels/sample.jsonl"))
    assert len(gold) >= 40
    assert sum(any("가" <= c <= "힣" for c in g["text"]) for g in gold) >= len(gold) * 0.4
    assert {g["roles"][0][0] for g in gold} == set(ROLES)
    assert {g["skills"].get("airflow") for g in gold} == {*LEVELS, None}
    for g in gold:
        assert set(g["skills"]) <= CLOSED_SKILLS
        assert set(g["ambiguous"]) <= set(g["skills"])


def test_roles_of_the_bundled_postings() -> None:
    result = evaluate(read_gold(bundled("labels/sample.jsonl")), Tagger.load().tag)
    accuracy, f1 = result.value("main role accuracy"), result.value("role f1")
    assert accuracy is not None
    assert f1 is not None
    assert np.all([accuracy >= 0.94, f1 >= 0.9]), [e for e in result.errors() if e["kind"] == "role"]


def test_display_names_become_ids() -> None:
    assert [skill_id(n) for n in ("Power BI", "scikit-learn", "C++", "BigQuery")] == [
        "power_bi",
        "scikit_learn",
        "c++",
        "bigquery",
    ]

"""The vocabulary file is complete and checked, and its faults are named on one line."""

from pathlib import Path

import pytest

from analysis.classify.matching import Matcher
from analysis.classify.vocabulary import Vocabulary, VocabularyError, fold, fold_name, load_vocabulary

CLOSED = """
    airflow prefect luigi dagster argo kubeflow mlflow spark kafka flink hadoop hive dbt snowflake bigquery redshift
    databricks aws gcp azure docker kubernetes terraform jenkins git linux python sql r scala java go excel tableau
    power_bi looker pandas scikit_learn tensorflow pytorch postgresql mysql mongodb elasticsearch
""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def test_every_skill_of_the_closed_list_and_many_more_tools_are_known(vocabulary: Vocabulary) -> None:
    assert set(CLOSED) <= set(vocabulary.terms)
    assert len(vocabulary.terms) >= len(CLOSED) + 110


def test_every_term_has_a_name_and_a_korean_label(vocabulary: Vocabulary) -> None:
    named = {form.skill for forms in vocabulary.forms.values() for form in forms}
    assert named == set(vocabulary.terms)
    assert vocabulary.terms["airflow"].ko == "에어플로우"
    assert all(term.ko for term in vocabulary.terms.values())


@pytest.mark.parametrize(
    ("company", "skill"),
    [
        ("Astronomer, Inc.", "airflow"),
        ("ASTRONOMER", "airflow"),
        ("dbt Labs", "dbt"),
        ("Fishtown Analytics", "dbt"),
        ("Databricks", "databricks"),
        ("Snowflake Inc", "snowflake"),
        ("(주)네이버클라우드", "ncp"),
        ("Astronomer Research Institute", None),
        ("Databricks Consulting Partner", None),
        ("", None),
        (None, None),
    ],
)
def test_a_vendor_is_known_by_its_exact_normalised_name(
    vocabulary: Vocabulary, company: str | None, skill: str | None
) -> None:
    assert vocabulary.vendor_of(company) == skill


def test_folding_keeps_the_length_of_every_character() -> None:
    wrong = [char for char in map(chr, range(0x110000)) if len(fold(char)) != 1]
    assert wrong == []


def test_a_name_is_found_under_one_key_however_it_is_spaced() -> None:
    assert fold_name("Power  BI") == fold_name("power-bi") == "power bi"
    assert fold_name("C / C++") == "c/c++"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("skills: [a", "not valid YAML: while parsing a flow sequence in skills.yaml, line 1, column 9"),
        ("skills: {x: {label: X, kind: bi, alias: [x]}}", "x: unknown key 'alias'"),
        ("skills: {x: {label: X, aliases: [x]}}", "x: key 'kind' is missing"),
        (
            "skills: {x: {label: X, kind: gadget, aliases: [x]}}",
            "x: unknown kind 'gadget'; known: bi, business, catalog",
        ),
        ("skills: {X Y: {label: X, kind: bi, aliases: [x]}}", "X Y: a skill id is"),
        ("skills: {x: {label: X, kind: bi}}", "x: has no name"),
        ("skills: {x: {label: X, kind: bi, aliases: x}}", "x: must be a list"),
        ("skills: {x: {label: X, kind: bi, aliases: [3]}}", "x: 3 is not text"),
        ("skills: {x: {label: X, kind: bi, forms: [{names: [x], need: ['(']}]}}", "x: bad pattern '('"),
        ("skills: {x: {label: X, kind: bi, forms: [{names: [x], near: far}]}}", "x: near must be 0 to 500"),
        ("skills: {x: {label: X, kind: bi, forms: [{names: [x], also: [y]}]}}", "x: 'x' implies the unknown skill 'y'"),
        (
            "skills: {x: {label: X, kind: bi, aliases: [q]}, y: {label: Y, kind: bi, aliases: [Q]}}",
            "x and y: share the name 'q'",
        ),
        ("skills: {x: {label: X, kind: bi, aliases: [q]}}\ndecoys: [Q]", "decoys: 'Q' is also the name of x"),
        (
            "skills: {x: {label: X, kind: bi, aliases: [q], vendors: [V]}, "
            "y: {label: Y, kind: bi, aliases: [p], vendors: [V]}}",
            "y: the vendor 'v' already belongs to x",
        ),
        ("decoys: []", "file: key 'skills' is missing"),
        ("- skills", "file: must be a mapping"),
    ],
)
def test_a_fault_is_named_on_one_line_with_file_and_entry(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "skills.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError) as caught:
        load_vocabulary(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert fault in message
    assert "\n" not in message


def test_a_missing_file_is_a_fault_too(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="cannot be read"):
        load_vocabulary(tmp_path / "none.yaml")


def test_a_users_own_skill_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("skills: {oven: {label: Oven, kind: bi, aliases: [amazing oven]}}", encoding="utf-8")
    mine = load_vocabulary(path)
    assert list(mine.forms) == ["amazing oven"]
    assert mine.sha != load_vocabulary().sha


def test_a_file_extends_the_bundled_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: bundled\nskills:\n  lokomotive: {label: Lokomotive, kind: orchestrator, aliases: [lokomotive]}\n"
    )
    mine, bundled = load_vocabulary(path), load_vocabulary()
    assert set(mine.terms) == {*bundled.terms, "lokomotive"}
    assert mine.sha != bundled.sha
    assert [m.skill for m in Matcher(mine).find("Airflow or Lokomotive")] == ["airflow", "lokomotive"]


def test_a_file_lifts_bundled_decoys(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: bundled\nlifts: [Spark Joy]\n"
        "skills:\n  spark_joy: {label: Spark Joy, kind: orchestrator, aliases: [spark joy]}\n"
    )
    assert not Matcher(load_vocabulary()).find("you know spark joy well")
    assert [m.skill for m in Matcher(load_vocabulary(path)).find("you know spark joy well")] == ["spark_joy"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("extends: bundled\nlifts: [airflow]", "lifts: 'airflow' is no bundled decoy"),
        ("extends: bundled\nlifts: spark joy", "lifts: must be a list"),
        ("extends: bundled\ndecoys: spark joy", "decoys: must be a list"),
        ("lifts: [spark joy]\nskills: {x: {label: X, kind: bi, aliases: [q]}}", "lifts: needs extends: bundled"),
    ],
)
def test_only_bundled_decoys_are_lifted(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(VocabularyError, match=f"{path}: .*{fault}"):
        load_vocabulary(path)


def test_only_the_bundled_vocabulary_is_extended(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: other.yaml\nskills: {}\n")
    with pytest.raises(VocabularyError, match="only bundled can be extended"):
        load_vocabulary(path)

"""The notebook face: one line answers a question, and says what the command line says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import analysis
from analysis import wording
from analysis.columns import bare
from analysis.exporting import ExportError
from analysis.fact import FACT_SCHEMA
from analysis.faults import Misuse
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates as measured
from analysis.results import Result
from tests.conftest import Run


@pytest.fixture(scope="module")
def facts() -> pa.Table:
    return analysis.load(only_from="snapshot")


def test_a_line_and_a_command_give_the_same_rate(facts: pa.Table, run: Run) -> None:
    row = analysis.rates(facts, roles="data_engineer", level="required", years=2023).iloc[0]
    words = "rates --role data_engineer --level required --years 2023 --only-from snapshot --format json"
    code, out, _ = run(*words.split())
    assert code == 0
    said = json.loads(out)[0]
    assert row["n_eff"] > 30
    for name in ("k", "n", "n_companies", "n_eff", "rate", "low", "high"):
        assert said[name] == pytest.approx(row[name], abs=1e-9)
    _, shown, _ = run(*words.replace("json", "table").split())
    assert f"{row['rate']:.1%} ({row['low']:.1%}–{row['high']:.1%})" in shown


def test_a_result_carries_what_it_rests_on(facts: pa.Table) -> None:
    table = analysis.rates(facts, years=(2023, 2023))
    assert table.attrs["vintage"] == json.loads(Path("data/snapshot/manifest.json").read_text())["vintage"]
    assert table.attrs["kind"] == "rates"
    assert table.equals(measured(facts, Query(years=(2023, 2023))))
    assert analysis.trend(facts, years=(2020, 2024)).attrs["verdict"]


def test_single_names_and_years_need_no_tuple(facts: pa.Table) -> None:
    plain = analysis.rates(facts, roles="ml_engineer", families="hn", by="year", years=2022)
    full = analysis.rates(facts, roles=("ml_engineer",), families=("hn",), by=("year",), years=(2022, 2022))
    assert plain.equals(full)


YEARS: dict[str, Any] = {"years": (2022, 2024), "roles": "data_engineer"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "rates": {"by": "year", **YEARS},
    "trend": YEARS,
    "steady": YEARS,
    "decompose": YEARS,
    "margins": YEARS,
    "chained": YEARS,
    "companies": YEARS,
    "compare": {"skills": ("airflow", "dagster"), **YEARS},
    "cooccur": {"n_top": 3, **YEARS},
    "sensitivity": {"families": "hn", **YEARS},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_is_a_result_in_both_languages(facts: pa.Table, name: str) -> None:
    answer = getattr(analysis, name)(facts, **QUESTIONS[name])
    assert isinstance(answer, Result)
    assert len(answer)
    assert not bare(answer.columns)
    for lang in ("ko", "en"):
        page = answer.in_lang(lang)._repr_html_()
        assert wording.KINDS[name][lang == "ko"] in page
        assert str(answer.attrs["vintage"]) in page
        assert ">nan<" not in page


def test_claims_of_a_file_are_judged(facts: pa.Table, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "claims:\n- id: bread\n  wording: {ko: 빵, en: bread}\n  said: half\n  relation: about\n  value: 50\n"
        "  roles: [data_engineer]\n  years: 2024\n  population: {families: [hn]}\n",
        encoding="utf-8",
    )
    judged = analysis.claims(facts, file)
    assert list(judged["claim"].unique()) == ["bread"]
    assert "빵" in judged.in_lang("ko")._repr_html_()


def test_every_name_of_the_face_is_a_function_whatever_was_imported_before() -> None:
    code = (
        "import analysis.draw.bundle, analysis.posting_cli, analysis.measure.compare, analysis\n"
        "import pkgutil, importlib\n"
        "[importlib.import_module(m.name) for m in pkgutil.iter_modules(analysis.__path__, 'analysis.')\n"
        " if not m.name.endswith('__main__')]\n"
        "assert all(callable(getattr(analysis, name)) for name in analysis._FACE)\n"
        "assert set(analysis._FACE) <= set(dir(analysis))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_excerpts_without_texts_are_written_examples(tmp_path: Path) -> None:
    quoted = analysis.excerpts(tmp_path, roles="data_engineer", level="required")
    assert quoted["is_example"].all()
    assert "airflow" in quoted["quote"].iloc[0].lower()
    assert "직접 쓴 예시" in quoted.in_lang("ko")._repr_html_()


def test_a_posting_is_explained(facts: pa.Table, tmp_path: Path) -> None:
    which = facts["posting_id"][0].as_py()
    assert which in repr(analysis.explain(which, facts, data=tmp_path))
    with pytest.raises(Misuse, match="no posting"):
        analysis.explain("nowhere", facts, data=tmp_path)


@pytest.mark.parametrize("name", ["rates", "compare"])
def test_a_skill_given_for_the_facts_is_told_of(name: str) -> None:
    with pytest.raises(QueryError, match="goes by name"):
        getattr(analysis, name)(["airflow", "dagster"])


def test_a_misspelt_skill_is_no_rate_of_zero(facts: pa.Table) -> None:
    with pytest.raises(QueryError, match="did you mean: airflow"):
        analysis.rates(facts, skill="airflw")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_facts_are_exported_whole(facts: pa.Table, tmp_path: Path, ending: str) -> None:
    some = facts.slice(100, 50)
    path = analysis.export(some, tmp_path / "new" / f"facts.{ending}")
    if ending == "parquet":
        assert pq.read_table(path).equals(some.cast(FACT_SCHEMA))
        return
    back = pyarrow.csv.read_csv(path)
    assert back.column_names == FACT_SCHEMA.names
    assert back["posting_id"].to_pylist() == some["posting_id"].to_pylist()
    assert [json.loads(cell) for cell in back["skills"].to_pylist()] == some["skills"].to_pylist()
    assert [json.loads(cell) for cell in back["roles"].to_pylist()] == some["roles"].to_pylist()


def test_facts_are_exported_as_nothing_else(facts: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"not as 'facts\.xlsx'"):
        analysis.export(facts.slice(0, 1), tmp_path / "facts.xlsx")
    assert list(tmp_path.iterdir()) == []

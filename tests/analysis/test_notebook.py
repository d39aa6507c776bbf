"""The notebook face: one line answers a question, and says what the command line says."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import analysis
from analysis.exporting import ExportError
from analysis.fact import FACT_SCHEMA
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates as measured
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

"""The command that judges claims, over the bundled snapshot; of Korea alone, which is quickly counted."""

import csv
import json
from pathlib import Path

import pytest

from analysis.cli import main

CLAIM = """
claims:
  - id: korea
    wording: {ko: 한국의 데이터 직무, en: data roles in Korea}
    relation: at_least
    value: 60
    years: 2020-2024
    population: {countries: [KR]}
"""


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["airflow-demand", "claims", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    printed = capsys.readouterr()
    return (code if isinstance(code, int) else 0), printed.out, printed.err


def test_a_claims_file_of_ones_own_in_all_formats(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "claims.yaml").write_text(CLAIM, encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(CLAIM.replace("value: 60", "value: 1"), encoding="utf-8")
    code, out, _ = run(monkeypatch, capsys, "--format", "json")
    (row,) = json.loads(out)
    assert code == 0
    assert (row["claim"], row["verdict"], row["population"]) == ("korea", "measured lower", "as claimed")
    assert row["low"] < row["measured"] < row["high"] < 0.6
    assert 0 < row["n_same"] <= row["n_specifications"]
    code, out, _ = run(monkeypatch, capsys, "--claims", str(other), "--format", "csv")
    (cells,) = csv.DictReader(out.splitlines())
    assert (code, cells["verdict"]) == (0, "compatible")
    assert float(cells["measured"]) == pytest.approx(row["measured"])
    code, out, _ = run(monkeypatch, capsys, "--lang", "ko")
    assert code == 0
    assert "한국의 데이터" in out
    assert "측정값이 더 낮음" in out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value: 60", "value: lots", "claims.yaml, line 6: claim 'korea': value must be a number from 0 to 100"),
        ("years: 2020-2024", "skill: airflw", "claim 'korea': skill 'airflw' is not known; did you mean: airflow"),
        ("[KR]", "[XX]", "claim 'korea': no posting is from 'XX'"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, said: str
) -> None:
    (tmp_path / "claims.yaml").write_text(CLAIM.replace(old, new), encoding="utf-8")
    code, out, err = run(monkeypatch, capsys)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err

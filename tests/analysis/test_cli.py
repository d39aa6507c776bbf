"""The command line's options of measuring: corrections, audits, and questions that nothing answers."""

import json
from pathlib import Path

import pytest

from analysis.cli import main


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of a command over the bundled snapshot."""
    monkeypatch.setattr("sys.argv", ["airflow-demand", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    printed = capsys.readouterr()
    return (code if isinstance(code, int) else 0), printed.out, printed.err


@pytest.fixture(autouse=True)
def _empty_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path))


def test_rates_are_corrected_beside_the_raw_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "rates", "--correct", "--by", "family", "--format", "json")
    rows = {row["family"]: row for row in json.loads(out)}
    assert code == 0
    for row in rows.values():
        assert row["low_corrected"] <= row["rate_corrected"] <= row["high_corrected"]
        assert row["n_audited"] > 0
    # No corrected rate is far from the raw one: the hits that were read were nearly all right.
    assert all(abs(row["rate_corrected"] - row["rate"]) <= 0.1 * row["rate"] for row in rows.values())


def test_a_skill_may_be_written_in_capitals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["rates", "--format", "csv"], ["audit"]):
        code, out, _ = run(monkeypatch, capsys, *command, "--skill", "Airflow")
        assert (code, out) == (0, run(monkeypatch, capsys, *command)[1])


def test_without_correction_the_columns_are_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(monkeypatch, capsys, "rates", "--format", "csv")
    assert "corrected" not in out


def test_the_audit_as_text_and_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(monkeypatch, capsys, "audit")
    assert code == 0
    assert "hits that are right" in out
    _, out, _ = run(monkeypatch, capsys, "audit", "--json")
    found = json.loads(out)
    assert found["precision"]["rate"] > 0.97
    assert found["n"] == sum(row["n"] for row in found["confusion"]) == sum(row["n"] for row in found["by_stratum"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rates", "--correct", "--skill", "kafka"], "no audit for kafka: only hits of airflow"),
        (["audit", "--skill", "kafka"], "no audit for kafka"),
        (["rates", "--years", "1990-1991"], "no postings in 1990-1991"),
        (["rates", "--country", "XX"], "no posting is from 'XX'"),
        (["figures", "--years", "1990-1991"], "no postings in 1990-1991"),
        (["rates", "--family", "korean_board", "--country", "DE"], "no posting answers all of this together"),
        (
            ["figures", "--only", "fig_4_1", "--family", "korean_board", "--years", "2011-2012"],
            "there is no posting of these years and",
        ),
    ],
)
def test_what_nothing_answers_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = run(monkeypatch, capsys, *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_status_shows_coverage_and_tags(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, short, _ = run(monkeypatch, capsys, "status")
    _, whole, _ = run(monkeypatch, capsys, "status", "--coverage")
    assert "requirements stand apart in" in short
    assert "levels decided by native" in short
    assert len(whole.splitlines()) > len(short.splitlines())
    _, out, _ = run(monkeypatch, capsys, "status", "--json")
    assert len(json.loads(out)["coverage"]) > 20


def test_quality_of_a_new_root_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(monkeypatch, capsys, "quality", "--data", str(tmp_path))
    assert code == 1
    assert "make refresh" in err

"""The command: what it says when there is nothing to report on, and when the claims cannot be judged."""

from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from analysis import insight_cli
from analysis.cli import app
from analysis.faults import Misuse


def test_an_empty_store_is_no_report(tmp_path: Path) -> None:
    words = ["report", "--only-from", "store", "--data", str(tmp_path / "root"), "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, words)
    assert isinstance(found.exception, Misuse)
    assert not (tmp_path / "out").exists()


def test_claims_that_the_facts_cannot_answer_are_left_out_and_told_of(
    facts: pa.Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = facts.slice(0, 5)
    assert insight_cli._judge_all(early.slice(0, 0), None, str(tmp_path)) is None
    assert "claims are left out: claim" in capsys.readouterr().err

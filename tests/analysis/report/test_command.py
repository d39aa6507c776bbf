"""The command: what it says when there is nothing to report on, and when the claims cannot be judged."""

from pathlib import Path

import pyarrow as pa
from typer.testing import CliRunner

from analysis.cli import app
from analysis.faults import Misuse
from analysis.making import judge_claims
from scrapers.store import Store


def test_an_empty_store_is_no_report(tmp_path: Path) -> None:
    words = ["report", "--only-from", "store", "--data", str(tmp_path / "root"), "--out", str(tmp_path / "out")]
    found = CliRunner().invoke(app, words)
    assert isinstance(found.exception, Misuse)
    assert not (tmp_path / "out").exists()


def test_claims_that_the_facts_cannot_answer_are_left_out_and_told_of(facts: pa.Table, tmp_path: Path) -> None:
    judged, why_not = judge_claims(Store(tmp_path), facts.slice(0, 0))
    assert judged is None
    assert why_not.startswith("claim ")

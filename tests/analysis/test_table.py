"""Rates as text: what the terminal, CSV and JSON show of the same rows."""

import io
import json

import pandas as pd
import pytest

from analysis.table import to_text

NAN = float("nan")
ROWS = {
    "skill": "churn",
    "level": "any",
    "year": [2020, 2021],
    "k": [12, 1],
    "n": [60, 9],
    "n_companies": [50, 9],
    "n_eff": [55.25, 9.0],
    "rate": [0.2, NAN],
    "low": [0.1, NAN],
    "high": [0.3, NAN],
    "method": "m",
    "weighting": "none",
    "covered_weight": 1.0,
    "flag": ["", "withheld"],
    "vintage": "v",
}


def test_a_grid_shows_percentages_and_hides_what_says_nothing() -> None:
    head, *lines = to_text(pd.DataFrame(ROWS)).splitlines()
    assert "20.0% (10.0%–30.0%)" in lines[0]
    assert "withheld" in lines[1]
    assert not [word for word in ("method", "vintage", "covered_weight", "corrected") if word in head]


def test_a_correction_stands_beside_the_rate() -> None:
    more = {
        "rate_corrected": [0.19, NAN],
        "low_corrected": [0.08, NAN],
        "high_corrected": [0.31, NAN],
        "n_audited": 200,
    }
    head, first, second = to_text(pd.DataFrame(ROWS | more)).splitlines()
    assert head.index("rate (95% interval)") < head.index("corrected for errors")
    assert first.index("20.0% (10.0%–30.0%)") < first.index("19.0% (8.0%–31.0%)")
    assert second.count("withheld") == 3


@pytest.mark.parametrize("form", ["csv", "json"])
def test_files_hold_every_column(form: str) -> None:
    table = pd.DataFrame(ROWS)
    text = to_text(table, "csv" if form == "csv" else "json")
    read = pd.read_csv(io.StringIO(text)) if form == "csv" else pd.DataFrame(json.loads(text))
    assert list(read.columns) == list(table.columns)
    assert read["rate"].isna().tolist() == [False, True]
    assert text.endswith("\n")


def test_nothing_is_said_in_words() -> None:
    assert to_text(pd.DataFrame(ROWS).iloc[:0]) == "no postings match\n"

"""Captions and records of figures whose numbers are no rates."""

import json
from dataclasses import replace

import pandas as pd
from matplotlib.figure import Figure

from analysis.draw.bundle import bundle
from analysis.draw.caption import Provenance, table, to_json
from analysis.draw.labels import Labels
from analysis.draw.options import Options
from analysis.draw.page import Page
from analysis.draw.spec import FigureData, FigureSpec, Words

FRAME = pd.DataFrame(
    {
        "bread": ["rye", "spelt"],
        "first_year": [2020, 2021],
        "n_loaves": [12_345, 7],
        "crust": [0.5, 0.004],
        "ratio": [2.3456, float("nan")],
        "weight": [1234.5, 0.000012],
        "is_default": [True, False],
    }
)
DATA = FigureData(FRAME, {"n_postings": 9, "interval_method": ["by hand"]}, frozenset({"crust"}))


def words(data: FigureData, labels: Labels, options: Options) -> Words:
    return Words("Bread", "Loaves", ("A note",), "Alt.", {"unit": f"loaves {labels.lang}"})


def paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    Page(fig, options.size, options.theme).frame("Bread", "Loaves", ("A note",))


SPEC = FigureSpec("fig_9_1", frozenset(), lambda facts, options: DATA, words, paint)


def test_a_table_writes_columns_of_any_name() -> None:
    assert table(DATA).splitlines() == [
        "| bread | first_year | n_loaves | crust | ratio | weight | is_default |",
        "|---|---|---|---|---|---|---|",
        "| rye | 2020 | 12,345 | 50.0% | 2.35 | 1,234 | True |",
        "| spelt | 2021 | 7 | 0.4% | – | 1.2e-05 | False |",
    ]


def test_a_bundle_needs_no_column_of_rates() -> None:
    files = bundle(SPEC, DATA, Options(), Provenance())
    meta = json.loads(files["fig_9_1.meta.json"])
    assert (meta["weighting"], meta["interval_method"], meta["warnings"]) == ([], ["by hand"], [])
    assert meta["unit"] == {"ko": "loaves ko", "en": "loaves en"}
    assert meta["numerator"]["en"].startswith("postings with Airflow")
    assert files["fig_9_1.csv"].decode().splitlines()[0] == ",".join(FRAME.columns)
    assert "| rye | 2020 |" in files["fig_9_1.ko.md"].decode()


def test_flags_become_warnings() -> None:
    flagged = replace(DATA, frame=FRAME.assign(flag=["small;imprecise", ""]))
    meta = json.loads(bundle(SPEC, flagged, Options(lang="en"), Provenance())["fig_9_1.meta.json"])
    assert meta["warnings"] == ["imprecise", "small"]


def test_a_number_withheld_is_null_in_the_record() -> None:
    content = {"pooled": {"rate": float("nan")}, "ends": [float("nan"), 0.5], "words": ("a", None)}
    assert json.loads(to_json(content)) == {"pooled": {"rate": None}, "ends": [None, 0.5], "words": ["a", None]}

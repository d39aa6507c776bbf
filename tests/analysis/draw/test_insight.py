"""Figures of change, tools, levels and presence: whole bundles from counted facts, the same each time."""

import json

import pandas as pd
import pyarrow as pa
import pytest

from analysis.draw.bundle import bundle
from analysis.draw.caption import Provenance
from analysis.draw.figure import figures
from analysis.draw.options import Options

NAMES = ("fig_4_7", "fig_4_8", "fig_4_8b", "fig_4_9", "fig_4_12")
KNOWN = Provenance(vintage="2026-07", licence="CC BY 4.0")


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_is_whole(name: str, facts: pa.Table) -> None:
    spec, options = figures()[name], Options(lang="ko", size="doc")
    data = spec.data(facts, options)
    files = bundle(spec, data, options, KNOWN)
    stem = f"{name}.doc"
    assert set(files) == {f"{stem}.ko.{kind}" for kind in ("png", "svg", "pdf", "md")} | {
        f"{stem}.csv",
        f"{stem}.meta.json",
    }
    meta = json.loads(files[f"{stem}.meta.json"])
    assert not [w for w in meta["warnings"] if w.startswith("layout")]
    assert meta["n_postings"] > 0
    for field in ("title", "subtitle", "alt", "unit", "numerator"):
        assert all(meta[field].values()), field
        assert meta[field]["ko"] != meta[field]["en"]
    assert meta["alt"]["ko"] in files[f"{stem}.ko.md"].decode()
    assert files[f"{stem}.csv"].decode().count("\n") == len(data.frame) + 1


@pytest.mark.parametrize("name", NAMES)
def test_no_share_stands_without_its_interval_and_n(name: str, facts: pa.Table) -> None:
    frame: pd.DataFrame = figures()[name].data(facts, Options()).frame
    assert "n" in frame
    for value in {"rate", "points"} & set(frame):
        assert (frame[value].notna() == (frame["low"].notna() & frame["high"].notna())).all()
        assert "flag" in frame


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("families", [("hn",), ("job_board",)])
def test_one_kind_of_source_can_be_drawn(name: str, families: tuple[str, ...], facts: pa.Table) -> None:
    options = Options(families=families)
    data = figures()[name].data(facts, options)
    assert sum(data.meta["sources"].values()) == data.meta["n_postings"] < 1800

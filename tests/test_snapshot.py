"""The bundled snapshot, and that what the checkout shows is what the snapshot gives."""

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from analysis.draw.bundle import draw_figures
from analysis.draw.options import Options
from analysis.fact import DATA_ROLES, FACT_SCHEMA, LEVELS, ROLES
from analysis.headline import headline
from analysis.loading import load, snapshot_files
from analysis.measure.population import Query
from analysis.measure.rates import rates

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def facts() -> pa.Table:
    return load(only_from="snapshot")


@pytest.fixture(scope="module")
def manifest() -> dict[str, object]:
    return dict(json.loads((ROOT / "data/snapshot/manifest.json").read_text(encoding="utf-8")))


def test_the_snapshot_has_the_columns_of_a_fact_and_no_text() -> None:
    (path,) = snapshot_files()
    schema = pa.parquet.read_schema(path)
    assert schema.names == FACT_SCHEMA.names
    assert not {"title", "text", "company", "location"} & set(schema.names)
    assert path.stat().st_size <= 12_000_000


def test_the_manifest_adds_up(facts: pa.Table, manifest: dict[str, object]) -> None:
    datasets = manifest["datasets"]
    funnel = manifest["funnel"]
    assert isinstance(datasets, list)
    assert isinstance(funnel, dict)
    assert sum(d["n_facts"] for d in datasets) == facts.num_rows == manifest["n_facts"]
    assert {d["dataset"]: d["n_facts"] for d in datasets} == {name: sum(r.values()) for name, r in funnel.items()}
    for d in datasets:
        assert d["n_rows"] == d["n_facts"] + d["n_rejected"], d["dataset"]
        assert d["licence"], d["dataset"]
        assert d["repos"], d["dataset"]
        assert sum(d["dated_by"].values()) == d["n_facts"], d["dataset"]


def test_ids_are_unique_and_values_are_allowed(facts: pa.Table) -> None:
    frame = facts.select(["posting_id", "cluster_id", "cluster_rank", "roles", "skills", "near_hash"]).to_pandas()
    assert frame["posting_id"].is_unique
    assert not frame.duplicated(["cluster_id", "cluster_rank"]).any()
    assert {r for roles in frame["roles"] for r in roles} <= set(ROLES)
    assert {s["level"] for skills in frame["skills"] for s in skills} <= set(LEVELS)


def test_asking_for_a_role_gives_the_row_that_grouping_by_role_gives(facts: pa.Table) -> None:
    by_role = rates(facts, Query(by=("role",), years=(2020, 2024))).set_index("role")
    for role in DATA_ROLES:
        alone = rates(facts, Query(roles=(role,), years=(2020, 2024))).iloc[0]
        assert (alone["k"], alone["n"]) == (by_role.loc[role, "k"], by_role.loc[role, "n"])


def test_the_committed_figures_are_what_the_snapshot_gives(facts: pa.Table, tmp_path: Path) -> None:
    draw_figures(facts, tmp_path, only=("fig_4_1", "fig_4_2"), options=Options(lang="en"))
    for name in ("fig_4_1.csv", "fig_4_2.csv"):
        fresh, committed = pd.read_csv(tmp_path / name), pd.read_csv(ROOT / "figures" / name)
        pd.testing.assert_frame_equal(fresh, committed, rtol=1e-4)


@pytest.mark.parametrize("name", ["fig_4_1", "fig_4_2"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_committed_figures_are_whole(name: str, lang: str) -> None:
    for suffix in ("png", "svg", "pdf", "md"):
        assert (ROOT / "figures" / f"{name}.{lang}.{suffix}").stat().st_size > 500
    meta = json.loads((ROOT / "figures" / f"{name}.meta.json").read_text(encoding="utf-8"))
    assert meta["warnings"] == []
    assert meta["title"][lang]
    assert meta["sources"]


@pytest.mark.parametrize(("lang", "name"), [("en", "README.md"), ("ko", "README.ko.md")])
def test_the_numbers_that_open_the_readme_are_the_snapshots(facts: pa.Table, lang: str, name: str) -> None:
    match = re.search(r"<!-- headline -->\n(.*?)\n<!-- end -->", (ROOT / name).read_text(encoding="utf-8"), re.S)
    assert match
    assert match[1] == headline(facts, lang)


def test_the_tagger_that_made_the_facts_is_one(manifest: dict[str, object]) -> None:
    versions = manifest["tagger_versions"]
    assert isinstance(versions, list)
    assert len(versions) == 1
    quality = json.loads((ROOT / "data/snapshot/tagger_quality.json").read_text(encoding="utf-8"))
    assert quality["tagger_version"] == versions[0]

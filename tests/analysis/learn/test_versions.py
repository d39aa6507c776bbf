"""Versions: written whole, promoted and rolled back by one pointer."""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.classify.models import ModelError, Pointer
from analysis.learn.versions import Versions, previous
from scrapers.store import StoreError

Writer = Callable[..., str]
A, B, C = "2024-01-aaaaaaaaaa", "2025-01-bbbbbbbbbb", "2026-01-cccccccccc"


def pointed(root: Path) -> str:
    return str(json.loads((root / "models" / "champion.json").read_text())["version"])


def test_a_promotion_moves_the_pointer_and_is_remembered(tmp_path: Path, write_version: Writer) -> None:
    versions = Versions(str(tmp_path))
    for name in (write_version(tmp_path, A), write_version(tmp_path, B)):
        versions.promote(name, {"tags": {}}, reviewed_by="kim")
    champion = versions.champion()
    assert champion is not None
    assert champion.version == B
    assert [(s["version"], s["from"], s["kind"]) for s in champion.history] == [(A, None, "promote"), (B, A, "promote")]
    assert champion.history[1]["reviewed_by"] == "kim"
    assert versions.canary(B) == {"tags": {}}


def test_rollbacks_walk_back_through_the_promotions(tmp_path: Path, write_version: Writer) -> None:
    versions = Versions(str(tmp_path))
    for name in (A, B, C):
        versions.promote(write_version(tmp_path, name), {})
    assert versions.rollback() == (C, B)
    assert versions.rollback() == (B, A)
    assert pointed(tmp_path) == A
    with pytest.raises(ModelError, match="nothing to go back to"):
        versions.rollback()
    assert versions.rollback(C) == (A, C)
    assert [s["kind"] for s in versions.champion().history] == ["promote"] * 3 + ["rollback"] * 3  # type: ignore[union-attr]


def test_recording_the_champion_anew_does_not_hide_the_one_before() -> None:
    steps = ({"version": A, "from": None}, {"version": B, "from": A}, {"version": B, "from": B})
    assert previous(Pointer(B, tuple({**s, "kind": "promote"} for s in steps))) == A


def test_a_rollback_to_what_is_not_there_or_is_the_champion_changes_nothing(
    tmp_path: Path, write_version: Writer
) -> None:
    versions = Versions(str(tmp_path))
    with pytest.raises(ModelError, match="no champion"):
        versions.rollback()
    versions.promote(write_version(tmp_path, A), {})
    before = (tmp_path / "models" / "champion.json").read_bytes()
    for to in (A, "gone", "../" + A):
        with pytest.raises(ModelError):
            versions.rollback(to)
    assert (tmp_path / "models" / "champion.json").read_bytes() == before


def test_a_damaged_version_is_not_promoted_and_not_gone_back_to(tmp_path: Path, write_version: Writer) -> None:
    versions = Versions(str(tmp_path))
    versions.promote(write_version(tmp_path, A), {})
    versions.promote(write_version(tmp_path, B), {})
    for name in (A, write_version(tmp_path, C)):
        (tmp_path / "models" / name / "roles.skops").write_bytes(b"")
    with pytest.raises(ModelError, match="checksum"):
        versions.promote(C, {})
    with pytest.raises(ModelError, match="checksum"):
        versions.rollback()
    assert pointed(tmp_path) == B


def test_the_first_own_champion_goes_back_to_the_bundled_one(
    tmp_path: Path, no_bundled_models: Path, write_version: Writer
) -> None:
    write_version(no_bundled_models, A)
    (no_bundled_models / "models" / "champion.json").write_text(json.dumps({"version": A, "history": []}))
    versions = Versions(str(tmp_path))
    versions.promote(write_version(tmp_path, B), {})
    assert versions.names() == [A, B]
    assert versions.rollback() == (B, A)
    assert versions.load(A).version == A
    assert json.loads((no_bundled_models / "models" / "champion.json").read_text()) == {"version": A, "history": []}


def test_a_folder_without_manifest_is_no_version(tmp_path: Path, write_version: Writer) -> None:
    write_version(tmp_path, A)
    (tmp_path / "models" / A / "model.json").unlink()
    versions = Versions(str(tmp_path))
    assert versions.names() == []
    assert not versions.has(A)
    with pytest.raises(ModelError, match="there is no model"):
        versions.load(A)


def test_the_list_has_the_champion_first_and_names_what_is_damaged(tmp_path: Path, write_version: Writer) -> None:
    versions = Versions(str(tmp_path))
    for name in (A, B, C):
        write_version(tmp_path, name)
    versions.promote(B, {})
    (tmp_path / "models" / C / "metrics.json").write_text("{")
    rows = versions.listed()
    assert [(r.version, r.is_champion, r.is_bundled) for r in rows] == [
        (B, True, False),
        (A, False, False),
        (C, False, False),
    ]
    assert rows[0].manifest["trained_on"]["n_postings"] == 9
    assert "damaged" in rows[2].problem


def test_the_lock_is_the_stores(tmp_path: Path) -> None:
    with open(tmp_path / ".lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another run"), Versions(str(tmp_path)).lock():
            pass


def test_in_a_checkout_the_bundled_folder_is_only_read(
    tmp_path: Path, no_bundled_models: Path, write_version: Writer
) -> None:
    write_version(no_bundled_models, A)
    (no_bundled_models / "models" / "champion.json").write_text(json.dumps({"version": A, "history": []}))
    before = {p: p.read_bytes() for p in (no_bundled_models / "models").rglob("*") if p.is_file()}
    versions = Versions(str(no_bundled_models))
    write_version(no_bundled_models / "trained", B)
    versions.promote(A, {"tags": {"x": 1}})
    versions.promote(B, {})
    assert {p: p.read_bytes() for p in (no_bundled_models / "models").rglob("*") if p.is_file()} == before
    assert pointed(no_bundled_models / "trained") == B
    assert [(row.version, row.is_bundled) for row in versions.listed()] == [(B, False), (A, True)]
    assert versions.rollback() == (B, A)

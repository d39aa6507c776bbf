"""Status: postings are counted once however often they were edited, and pending means not covered by any facts."""

import json
from pathlib import Path

from analysis.status import Status, status
from analysis.tag import tag_store
from scrapers.importing import import_files
from scrapers.store import Store


def put(store: Store, path: Path, edition: str, numbers: range) -> None:
    rows = ({"id": str(i), "title": "Data Engineer", "text": f"{edition} Airflow, number {i}"} for i in numbers)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    import_files([path], store, dataset=path.stem, family="job_board", read_on="2025-01-01")


def counts(found: Status) -> tuple[dict[str, int], dict[str, int], int]:
    return found.postings, found.facts, found.n_pending


def test_edited_postings_count_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "b.jsonl", "First", range(5))
    put(store, tmp_path / "a.jsonl", "First", range(3))
    put(store, tmp_path / "b.jsonl", "Second", range(5))
    assert counts(status(store)) == ({"a": 3, "b": 5}, {}, 8)
    tag_store(store, with_snapshot=False)
    found = status(store)
    assert counts(found) == ({"a": 3, "b": 5}, {"a": 3, "b": 5}, 0)
    assert "  b: 5 postings stored, 5 facts" in found.lines()
    assert list(found.postings) == ["a", "b"]


def test_only_what_no_facts_cover_is_pending(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "a.jsonl", "First", range(5))
    tag_store(store, with_snapshot=False)
    put(store, tmp_path / "a.jsonl", "Second", range(2))
    put(store, tmp_path / "a.jsonl", "Third", range(1, 7))
    found = status(store)
    assert counts(found) == ({"a": 7}, {"a": 5}, 7)
    assert "7 stored postings are not tagged yet: airflow-demand tag" in found.lines()


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    assert counts(status(Store(tmp_path / "root"))) == ({}, {}, 0)

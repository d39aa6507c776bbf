"""The store: idempotent, committed run by run, readable after any crash."""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.posting import POSTING_SCHEMA, Posting, Section, posting_id
from scrapers.store import Store, StoreError


def make(number: int, text: str = "We run Airflow.", source: str = "shop") -> Posting:
    return Posting(
        posting_id=posting_id(source, "", str(number), None, None, text),
        source=source,
        native_id=str(number),
        title="데이터 엔지니어",
        text=text,
        sections=(Section("자격요건", "required", text),),
    )


def put(store: Store, run: str, postings: list[Posting]) -> tuple[int, int, int]:
    with store.begin(run) as writer:
        added = writer.add(postings)
        writer.commit()
    return added.n_new, added.n_changed, added.n_unchanged


def texts(store: Store, source: str = "shop") -> dict[str, str]:
    rows = [r for b in store.postings(source) for r in b.to_pylist()]
    assert len({r["posting_id"] for r in rows}) == len(rows)
    return {r["native_id"]: r["text"] for r in rows}


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_what_was_written_is_read_back_whole(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert put(store, "r1", [make(i) for i in range(4_500)]) == (4_500, 0, 0)
    (name,) = store.parts("postings")
    assert pq.read_schema(tmp_path / name).remove_metadata().equals(pa.schema(POSTING_SCHEMA).remove_metadata())
    (row,) = (r for b in store.postings("shop") for r in b.to_pylist() if r["native_id"] == "7")
    assert row["sections"] == [{"heading": "자격요건", "kind": "required", "text": "We run Airflow."}]
    assert row["run"] == "r1"


def test_a_posting_is_stored_again_only_when_its_content_changes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1), make(2)])
    assert put(store, "r2", [make(1), make(2, "Edited."), make(3)]) == (1, 1, 1)
    assert texts(store) == {"1": "We run Airflow.", "2": "Edited.", "3": "We run Airflow."}
    # Back to the first wording is a change again.
    assert put(store, "r3", [make(2)]) == (0, 1, 0)
    assert texts(store)["2"] == "We run Airflow."


def test_without_commit_nothing_is_seen_and_nothing_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    before = tree(tmp_path)
    with store.begin("r2") as writer:
        writer.add(make(i) for i in range(3_000))
    assert tree(tmp_path) == before
    with pytest.raises(ZeroDivisionError), store.begin("r3") as writer:
        writer.add(make(i // (i - 2_500)) for i in range(3_000))
    assert tree(tmp_path) == before


def test_leftovers_of_a_killed_run_are_ignored_then_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    stray = tmp_path / "postings" / "source=shop" / "run=killed.parquet"
    stray.write_bytes(b"half a file")
    assert texts(store) == {"1": "We run Airflow."}
    put(store, "r2", [make(2)])
    assert not stray.exists()


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(Store(tmp_path / name), "r1", [make(i) for i in range(2_100)])
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_run_is_committed_once_and_has_a_plain_name(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    with pytest.raises(StoreError, match="committed already"):
        store.begin("r1")
    for name in ("", "../up", "a/b", ".hidden", "a=b"):
        with pytest.raises(StoreError, match="plain file name"):
            store.begin(name)


def test_a_second_writer_is_refused_while_one_writes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock(), pytest.raises(StoreError, match="another run"), Store(tmp_path).begin("r"):
        pass


def test_sightings_tell_appeared_vanished_and_returned(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def see(run: str, ids: list[str], may_vanish: bool = True) -> tuple[int, int, int]:
        with store.begin(run) as writer:
            seen = writer.seen("shop", "board", ids, may_vanish=may_vanish)
            writer.commit()
        return seen.n_appeared, seen.n_vanished, seen.n_returned

    assert see("1", ["a", "b"]) == (2, 0, 0)
    assert see("2", ["a"], may_vanish=False) == (0, 0, 0)
    assert see("3", ["a"]) == (0, 1, 0)
    assert see("4", ["a"]) == (0, 0, 0)
    assert see("5", ["a", "b", "c"]) == (1, 0, 1)


def test_the_sightings_of_a_source_are_read_once_for_all_its_boards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, n_read = Store(tmp_path), 0
    boards = [f"b{i}" for i in range(20)]

    def look(run: str, ids: list[str]) -> list[tuple[int, int, int]]:
        with store.begin(run) as writer:
            found = [astuple(writer.seen("shop", board, ids, may_vanish=True)) for board in boards]
            assert writer.open_boards("shop") == (boards if ids else [])
            writer.commit()
        return found

    def counted(source: str) -> Iterator[pa.Table]:
        nonlocal n_read
        n_read += 1
        yield from Store.sightings(store, source)

    monkeypatch.setattr(store, "sightings", counted)
    assert look("r1", ["p"]) == [(1, 0, 0)] * 20
    assert look("r2", []) == [(0, 1, 0)] * 20
    assert look("r3", ["p", "q"]) == [(1, 0, 1)] * 20
    assert n_read == 3


@pytest.fixture
def locked_folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file" / "root"


def test_a_root_that_cannot_be_written_is_a_clear_error(locked_folder: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot (use|write)"), Store(locked_folder).begin("r"):
        pass


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """/dev/full answers every write with ENOSPC, as a full disk does."""
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    before = tree(tmp_path)
    (tmp_path / "postings" / "source=shop" / ".run=r2.parquet.tmp").symlink_to("/dev/full")
    # fsync on a character device fails before the space does, so the write itself must be large enough to be flushed.
    rows = [make(i, os.urandom(3_000).hex()) for i in range(2_500)]
    with pytest.raises(StoreError, match="no space left"):
        put(store, "r2", rows)
    assert tree(tmp_path) == before


def test_the_lock_file_is_released(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    with open(tmp_path / ".lock") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@settings(max_examples=25, deadline=None)
@given(runs=st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=6), max_size=4))
def test_readers_see_the_last_committed_content(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[tuple[int, int]]]
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    expected: dict[str, str] = {}
    for i, run in enumerate(runs):
        rows = dict(run)
        put(store, f"r{i}", [make(n, f"version {v}") for n, v in rows.items()])
        expected.update({str(n): f"version {v}" for n, v in rows.items()})
    assert (texts(store) if store.sources() else {}) == expected


def test_content_counts_not_the_run(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    assert put(store, "r2", [replace(make(1), url="https://example.org/1")]) == (0, 0, 1)


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "r1", [make(1)])
    (tmp_path / store.parts("postings")[0]).write_bytes(b"no Parquet at all")
    with pytest.raises(StoreError, match=r"run=r1\.parquet is damaged"):
        list(store.postings("shop"))


@pytest.mark.parametrize("is_restored", [False, True], ids=["put away", "brought back"])
def test_facts_that_another_process_moves_while_they_are_opened_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_restored: bool
) -> None:
    store, name = Store(tmp_path), "facts/source=shop/run=t1.parquet"
    away = name.replace("facts", "facts_history", 1)
    here, there = (away, name) if is_restored else (name, away)
    with store.files.create(here) as stream:
        pq.write_table(pa.table({"n": [1, 2]}), stream)
    open_file, moves = store.files.open, [(here, there)]

    def open_late(wanted: str) -> IO[bytes]:
        if wanted == here and moves:
            store.files.move(*moves.pop())
        return open_file(wanted)

    monkeypatch.setattr(store.files, "open", open_late)
    assert store.read_facts(name)["n"].to_pylist() == [1, 2]
    assert not moves
    store.files.remove(there)
    with pytest.raises(StoreError, match="run=t1"):
        store.read_facts(name)

"""Texts to measure on: a seeded draw from a store, from a folder of files, or from invented postings."""

import random
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.invented import RUN, invent
from scrapers.corpora import import_corpora
from scrapers.importing import import_files
from scrapers.store import Store

COLUMNS: Final = ("posting_id", "lang", "title", "text")
"""What a draw for the matchers needs; a draw for the whole tagger needs `analysis.classify.batch.COLUMNS`."""
_TABLES: Final = frozenset({".csv", ".tsv", ".jsonl", ".json", ".parquet"})


def open_store(folder: Path | None, scratch: Path, n_invented: int, seed: int) -> Store:
    """Return the store in a folder; for a folder of files or for None, a new one in `scratch` that holds them.

    Raises SystemExit with one line when the folder has no postings, and ImportProblem for a file that cannot be read.
    """
    if folder is not None and Store(folder).commits():
        return Store(folder)
    store = Store(scratch)
    if folder is None:
        with store.begin(RUN) as run:
            run.add(invent(n_invented, seed))
            run.commit()
    elif (folder / "manifest.csv").is_file():
        import_corpora(folder, store, lambda n_rows: None)
    else:
        import_files(sorted(p for p in folder.glob("*") if p.suffix.lower() in _TABLES), store)
    if not store.sources():
        raise SystemExit(f"{folder} holds no postings: give a store, or a folder of csv, jsonl or parquet files")
    return store


def draw(store: Store, n: int, seed: int, columns: tuple[str, ...] = COLUMNS) -> pa.Table:
    """Return n postings drawn at random (all, when there are fewer), in random order."""
    rng = random.Random(seed)
    ids = [row for _, rows in sorted(_ids_by_language(store).items()) for row in rows]
    rng.shuffle(ids)
    return _read(store, ids[:n], columns)


def draw_mixed(store: Store, n: int, seed: int) -> pa.Table:
    """Return n postings in random order, a third of their bytes in Korean postings as far as there are enough."""
    rng = random.Random(seed)
    pools: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    by_language = _ids_by_language(store)
    for is_korean in pools:
        ids = [i for lang, rows in sorted(by_language.items()) if (lang == "ko") == is_korean for i in rows]
        rng.shuffle(ids)
        pools[is_korean] = _read(store, ids[:n], COLUMNS).to_pylist()
    taken: list[dict[str, Any]] = []
    n_bytes = {True: 0, False: 0}
    while len(taken) < n and any(pools.values()):
        wants_korean = 2 * n_bytes[True] < n_bytes[False]
        is_korean = wants_korean if pools[wants_korean] else not wants_korean
        taken.append(pools[is_korean].pop())
        n_bytes[is_korean] += len(taken[-1]["text"].encode())
    rng.shuffle(taken)
    return pa.Table.from_pylist(taken)


def _ids_by_language(store: Store) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source in store.sources():
        for batch in store.postings(source, ["posting_id", "lang"]):
            ids, languages = (column.to_pylist() for column in batch.columns)
            for posting_id, lang in zip(ids, languages, strict=True):
                found.setdefault(lang, []).append(posting_id)
    return found


def _read(store: Store, ids: list[str], columns: tuple[str, ...]) -> pa.Table:
    """Return the postings of these ids, in this order."""
    wanted = pa.array(ids, pa.string())
    batches = [
        batch.filter(pc.is_in(batch.column("posting_id"), wanted))
        for source in store.sources()
        for batch in store.postings(source, columns)
    ]
    table = pa.Table.from_batches(batches)
    return table.take(pc.index_in(wanted, table["posting_id"]))

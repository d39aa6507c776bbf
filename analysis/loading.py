"""Loads facts: the bundled snapshot plus the facts of a store, each posting once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.fact import FACT_SCHEMA
from scrapers.store import Store, bundled, default_root

Part = Literal["snapshot", "store"]

_ENCODED: Final = pa.schema(
    [f.with_type(pa.dictionary(pa.int32(), pa.string())) if f.type == pa.string() else f for f in FACT_SCHEMA]
)


def snapshot_files() -> list[Path]:
    """Return the Parquet files of the bundled snapshot, sorted; none in a checkout that has no snapshot yet."""
    return sorted(bundled("snapshot").glob("*.parquet"))


def load(data: str | Path | Store | None = None, only_from: Part | None = None) -> pa.Table:
    """Return the facts of the snapshot and of the store (at) `data` as one table of `FACT_SCHEMA` columns.

    A posting that is in both counts once, as the store has it. Raises StoreError when the store cannot be read.
    """
    if only_from == "snapshot":
        return load_files(None, (), only_from)
    store = data if isinstance(data, Store) else Store(data if data is not None else default_root())
    return load_files(store, store.fact_files().values(), only_from)


def load_files(store: Store | None, names: Iterable[str], only_from: Part | None = None) -> pa.Table:
    """Return the snapshot with the facts of those files of a store, be they superseded, as `load` does."""
    tables = [store.read_facts(name) for name in names] if store else []
    if only_from != "store":
        tables += [pq.read_table(path, schema=FACT_SCHEMA) for path in snapshot_files()]
    if not tables:
        return FACT_SCHEMA.empty_table()
    facts = pa.concat_tables([t.cast(FACT_SCHEMA) for t in tables])
    if len(tables) > 1:
        facts = _first_of_each(facts)
    return facts.cast(_ENCODED)


def _first_of_each(facts: pa.Table) -> pa.Table:
    ids = facts["posting_id"]
    if pc.count_distinct(ids).as_py() == len(facts):
        return facts
    rows = pa.table({"id": ids, "row": pa.array(range(len(facts)), pa.int64())})
    first = rows.group_by("id").aggregate([("row", "min")])["row_min"]
    return facts.take(first.take(pc.sort_indices(first)))

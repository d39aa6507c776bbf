"""Exporting: facts as a file for other programs."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from analysis.fact import FACT_SCHEMA
from analysis.faults import Misuse
from scrapers.store import Files


class ExportError(Misuse):
    """Facts cannot be written as asked; the message says what is allowed."""


def export(facts: pa.Table, path: Path) -> Path:
    """Write facts (columns of FACT_SCHEMA) as Parquet or, by the file's ending, CSV; return the path.

    The file is whole or not there. In CSV `roles` and `skills` are JSON, since a cell holds no list. Raises ExportError
    for any other ending.
    """
    kind = path.suffix.lower()
    if kind not in (".parquet", ".csv"):
        raise ExportError(f"facts are written as .parquet or .csv, not as {path.name!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = facts.cast(FACT_SCHEMA)
    with Files(path.parent.resolve()).create(path.name) as stream:
        if kind == ".parquet":
            pq.write_table(plain, stream, compression="zstd")
        else:
            pc.write_csv(_flat(plain), stream)
    return path


def _flat(facts: pa.Table) -> pa.Table:
    for name in ("roles", "skills"):
        texts = pa.array((_to_json(value) for value in facts[name].to_pylist()), pa.string())
        facts = facts.set_column(facts.schema.get_field_index(name), name, texts)
    return facts


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""Writes the snapshot: the facts of a store, with a manifest of where they come from and what was counted."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.fact import FACT_SCHEMA
from analysis.measure.population import REASONS, Query, reasons
from scrapers.store import Files, Store, bundled

FACTS: Final = "facts.parquet"
MANIFEST: Final = "manifest.json"
_ORDER: Final = [
    ("family", "ascending"),
    ("source", "ascending"),
    ("posted_on", "ascending"),
    ("posting_id", "ascending"),
]


def read_sources(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Return what is known of each dataset (title, site, repositories, licence ...) by its name."""
    text = (path or bundled("snapshot/sources.csv")).read_text(encoding="utf-8")
    return {row["dataset"]: dict(row) for row in csv.DictReader(io.StringIO(text))}


def write_snapshot(store: Store, out: Path, rejected: Mapping[str, int]) -> dict[str, Any]:
    """Write all facts of a store as one Parquet file with its manifest; returns the manifest.

    `rejected` are the rows that could not be read, per dataset. The same facts give the same bytes.
    """
    tables = [store.read_facts(name).cast(FACT_SCHEMA) for name in store.fact_files().values()]
    facts = pa.concat_tables(tables).sort_by(_ORDER)
    manifest = describe(facts, rejected)
    files = Files(out)
    with files.create(FACTS) as stream:
        pq.write_table(facts, stream, compression="zstd", compression_level=19, row_group_size=1 << 20)
    files.write(MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
    return manifest


def describe(facts: pa.Table, rejected: Mapping[str, int]) -> dict[str, Any]:
    """Return the manifest of a table of facts: one entry per dataset, in the order of their names."""
    sources = read_sources()
    entries = []
    for name in sorted(pc.unique(facts["source"]).to_pylist()):
        mine = facts.filter(pc.equal(facts["source"], name))
        about = sources.get(name, {})
        days = [d for d in mine["posted_on"].to_pylist() if d]
        entries.append(
            {
                "dataset": name,
                "family": mine["family"][0].as_py(),
                **{
                    k: about.get(k, "")
                    for k in ("title_en", "title_ko", "site", "repos", "licence", "collected", "note")
                },
                "n_rows": mine.num_rows + rejected.get(name, 0),
                "n_rejected": rejected.get(name, 0),
                "n_facts": mine.num_rows,
                "period": [min(days), max(days)] if days else None,
                "dated_by": dict(sorted(Counter(mine["posted_on_kind"].to_pylist()).items())),
                "by_year": dict(sorted(Counter(d[:4] for d in days).items())),
            }
        )
    counted = reasons(facts, Query(roles=("all",), by=("year",)))
    funnel = counted.fillna({"reason": "counted"}).pivot_table("n", "source", "reason", "sum", 0).astype(int)
    funnel = funnel.reindex(columns=[*REASONS, "counted"], fill_value=0)
    return {
        "n_facts": facts.num_rows,
        "tagger_versions": sorted(pc.unique(facts["tagger_version"]).to_pylist()),
        "vintage": max((e["collected"] for e in entries if e["collected"]), default=""),
        "licence": "CC-BY-4.0 for the figures and facts of this project; the postings belong to their authors",
        "datasets": entries,
        "funnel": {str(source): {k: int(n) for k, n in row.items() if n} for source, row in funnel.iterrows()},
    }

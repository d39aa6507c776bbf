"""Status: what the snapshot and a store hold, and how the last run went."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.loading import snapshot_files
from analysis.tag import plan
from scrapers.store import Store


@dataclass(slots=True)
class Status:
    """Counts of postings and facts by source, and the report of the last run."""

    root: str
    n_snapshot: int
    n_commits: int
    n_pending: int
    postings: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    tagger_version: str = ""
    last_run: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the status as lines for a terminal."""
        lines = [
            f"snapshot: {self.n_snapshot:,} facts",
            f"store {self.root}: {self.n_commits} commits, {sum(self.facts.values()):,} facts "
            f"by tagger {self.tagger_version or '-'}",
        ]
        lines += [
            f"  {source}: {n:,} postings stored, {self.facts.get(source, 0):,} facts"
            for source, n in self.postings.items()
        ]
        if self.n_pending:
            lines.append(f"{self.n_pending:,} stored postings are not tagged yet: airflow-demand tag")
        if self.last_run:
            lines.append(f"last run {self.last_run.get('run', '')}:")
            for b in self.last_run.get("boards", []):
                counts = f"{b['outcome']} n={b['n']} new={b['n_new']}"
                lines.append(f"  {b['source']}:{b['board']} {counts} {b.get('reason') or ''}".rstrip())
        return lines


def status(store: Store) -> Status:
    """Return the status of a store; raises StoreError when it cannot be read."""
    commits = store.commits()
    tagged = [c for c in commits if c.kind == "facts"]
    version = tagged[-1].tagger_version if tagged else ""
    pending = pa.array(sorted(plan(commits, version).pending), pa.string())
    postings: dict[str, int] = {}
    n_pending = 0
    for source in store.sources():
        # Not the rows that commits count: they count a posting again each time it was edited.
        runs = [batch.column("run") for batch in store.postings(source, ["posting_id", "run"])]
        postings[source] = sum(map(len, runs))
        n_pending += sum(pc.sum(pc.is_in(run, pending)).as_py() for run in runs)
    counts = {name: n for c in tagged for name, n in c.files.items()}
    reports = [c.run for c in commits if c.kind == "postings" and store.files.exists(f"runs/{c.run}.json")]
    return Status(
        root=store.files.root,
        n_snapshot=sum(pq.ParquetFile(p).metadata.num_rows for p in snapshot_files()),
        n_commits=len(commits),
        n_pending=n_pending,
        postings=postings,
        facts={source: counts[name] for source, name in sorted(store.fact_files().items())},
        tagger_version=version,
        last_run=json.loads(store.files.read(f"runs/{reports[-1]}.json")) if reports else None,
    )

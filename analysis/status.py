"""Status: what the snapshot and a store hold, and how the last run went."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.coverage import levels_decided, section_coverage, to_lines, to_rows, worst
from analysis.loading import load, snapshot_files
from analysis.reposts import reposts
from analysis.tag import plan
from scrapers.sightings import sightings
from scrapers.store import Commit, Store

N_SHOWN = 25
"""Sources and years shown of all, those of most postings; flagged ones are always shown. Also boards shown of a run."""
N_NAMED = 5
"""Boards named of those that were not asked."""
N_WORST = 5
"""Sources and years shown whose postings lost their sections."""


@dataclass(slots=True)
class Status:
    """Counts of postings and facts by source, how levels were found, and the reports of the last runs.

    `seen` counts the postings on the boards that runs follow: open, gone, edited, returned. `n_reposted` and `coverage`
    (with the columns of `section_coverage`) are of all facts: the snapshot's and the store's.
    """

    root: str
    n_snapshot: int
    n_commits: int
    n_pending: int
    postings: dict[str, int] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    n_reposted: int = 0
    tagger_version: str = ""
    last_run: dict[str, Any] | None = None
    last_tag_run: dict[str, Any] | None = None
    coverage: list[dict[str, Any]] = field(default_factory=list)
    levels_decided: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def lines(self, with_coverage: bool = False) -> list[str]:
        """Return the status as lines for a terminal; `with_coverage` shows more sources and years than the worst."""
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
        if self.seen:
            lines.append("on the boards followed: " + ", ".join(f"{n:,} {what}" for what, n in self.seen.items()))
        if self.n_reposted:
            lines.append(f"reposted under a new id: {self.n_reposted:,} postings with facts")
        return lines + self._coverage_lines(with_coverage) + self._run_lines()

    def _coverage_lines(self, is_whole: bool) -> list[str]:
        if not self.coverage:
            return []
        table = pd.DataFrame(self.coverage)
        n, flagged = int(table["n"].sum()), worst(table)
        rate = float((table["rate"] * table["n"]).sum()) / n
        lines = [f"requirements stand apart in {rate:.0%} of {n:,} postings with facts"]
        if self.levels_decided:
            lines.append("levels decided by " + ", ".join(f"{how} {r:.1%}" for how, r in self.levels_decided.items()))
        if is_whole:
            is_large = table.index.isin(table.nlargest(N_SHOWN, "n").index)
            shown = table[is_large | (table["flag"] != "")]
            n_more = len(table) - len(shown)
            rest = [f"  {n_more} more of fewer postings: status --json"] if n_more else []
            return lines + to_lines(shown) + rest
        if len(flagged):
            lines.append(
                f"{len(flagged)} sources and years without sections or with far fewer (all: status --coverage):"
            )
        return lines + to_lines(flagged.head(N_WORST))

    def _run_lines(self) -> list[str]:
        lines = _lines_of(self.last_run) if self.last_run else []
        if tagged := self.last_tag_run:
            lines.append(
                f"last tag run {tagged['run']}: {tagged['n_facts']:,} facts of {tagged['n_sources']} sources, "
                f"{tagged['n_runs']} runs covered, by tagger {tagged['tagger_version']}"
            )
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
    there = set(store.files.names("runs", ".json"))
    reports = [name for c in commits if c.kind == "postings" and (name := f"runs/{c.run}.json") in there]
    facts = load(store)
    return Status(
        root=store.files.address,
        n_snapshot=sum(pq.ParquetFile(p).metadata.num_rows for p in snapshot_files()),
        n_commits=len(commits),
        n_pending=n_pending,
        postings=postings,
        facts={source: counts[name] for source, name in sorted(store.fact_files().items())},
        seen=_seen(sightings(store)),
        n_reposted=len(reposts(facts)),
        tagger_version=version,
        last_run=json.loads(store.files.read(reports[-1])) if reports else None,
        last_tag_run=_tag_run(tagged[-1]) if tagged else None,
        coverage=to_rows(section_coverage(facts)),
        levels_decided=levels_decided(facts),
    )


def _lines_of(run: dict[str, Any]) -> list[str]:
    """Return how a run went: its sums, whether it was stopped, and its boards, of many those that need a look."""
    boards, skipped = run.get("boards", []), run.get("skipped", [])
    counts = Counter(b["outcome"] for b in boards)
    unasked = [_target(s) for s in skipped if not s["not_before"]]
    lines = [f"last run {run.get('run', '')}: " + ", ".join(f"{n:,} {outcome}" for outcome, n in counts.items())]
    if unasked:
        names = ", ".join(unasked[:N_NAMED]) + (f" and {len(unasked) - N_NAMED:,} more" if unasked[N_NAMED:] else "")
        lines.append(f"  stopped before {len(unasked):,} boards were asked: {names}; collect again for the rest")
    if n_early := len(skipped) - len(unasked):
        lines.append(f"  {n_early:,} boards left alone: asked not long before")
    shown = boards if len(boards) <= N_SHOWN else [b for b in boards if b["outcome"] not in ("ok", "ok_empty")]
    for b in shown[:N_SHOWN]:
        lines.append(f"  {_target(b)} {b['outcome']} n={b['n']} new={b['n_new']} {b.get('reason') or ''}".rstrip())
    n_more = len(boards) - len(shown[:N_SHOWN])
    return [*lines, f"  {n_more:,} more boards: status --json"] if n_more else lines


def _target(entry: dict[str, Any]) -> str:
    return f"{entry['source']}:{entry['board']}" if entry["board"] else str(entry["source"])


def _seen(postings: pa.Table) -> dict[str, int]:
    """Return counts of the postings on boards that close; {} when none was ever read."""
    followed = postings.filter(pc.is_valid(postings["is_open"]))
    if not len(followed):
        return {}
    n_open = pc.sum(followed["is_open"]).as_py()
    return {
        "open now": n_open,
        "gone": len(followed) - n_open,
        "edited": pc.sum(pc.greater(pc.list_value_length(followed["edited_on"]), 0)).as_py(),
        "returned": pc.sum(pc.greater(followed["n_returned"], 0)).as_py(),
    }


def _tag_run(commit: Commit) -> dict[str, Any]:
    return {
        "run": commit.run,
        "tagger_version": commit.tagger_version,
        "n_facts": sum(commit.files.values()),
        "n_sources": len(commit.files),
        "n_runs": len(commit.covers),
    }

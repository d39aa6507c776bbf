"""Tags a store: postings that no facts cover yet become facts, linked with all that is known, in one commit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.fact import FACT_SCHEMA
from analysis.link import KEYS, link
from analysis.loading import snapshot_files
from analysis.pool import map_in_order
from analysis.truncation import batch_of, mark_truncated
from scrapers.posting import digest
from scrapers.store import Commit, Store, StoreError

BATCH: Final = 500


@dataclass(slots=True)
class TagSummary:
    """What a tag run did; `restored` names the earlier run of this tagger whose facts came back, if any."""

    run: str
    tagger_version: str
    n_tagged: int = 0
    n_facts: int = 0
    n_clusters: int = 0
    n_truncated: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    is_repeat: bool = False
    restored: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which runs are still to be tagged, and under which run name."""

    run: str
    pending: frozenset[str]
    covered: tuple[str, ...]


def plan(commits: Sequence[Commit], version: str) -> _Plan:
    """Return what a tag run has to do: runs not covered yet, or all runs when the tagger changed."""
    runs = [c.run for c in commits if c.kind == "postings"]
    last = next((c for c in reversed(commits) if c.kind == "facts"), None)
    covered = set(last.covers) if last and last.tagger_version == version else set()
    name = f"tag-{digest(version, last.run if last else '', *runs, size=6)}"
    return _Plan(name, frozenset(r for r in runs if r not in covered), tuple(runs))


def tag_store(
    store: Store,
    *,
    workers: int = 1,
    vocabulary: Path | None = None,
    with_snapshot: bool = True,
    tagged: pa.Table | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> TagSummary:
    """Tag what is new in the store and commit the facts; everything is new to another tagger.

    One that has tagged this store before gets its facts back as they were, and only what came since is new. `tagged`
    holds the unlinked facts where another machine has tagged what is new. `on_progress` is called with postings done
    and in all. Raises StoreError. Nothing is visible before the commit; a run that was killed starts again and ends in
    the same store.
    """
    tagger = Tagger.load(vocabulary, store.files.address)
    summary = TagSummary("", tagger.version, is_repeat=True)
    if not store.commits():
        return summary
    with store.lock():
        # Also where nothing is left to tag: a run cut short after its commit has not put the old facts away yet.
        store.sweep()
        _restore(store, summary)
        todo = plan(store.commits(), tagger.version)
        if not todo.pending:
            return summary
        if tagged is None:
            fresh = _tag_pending(store, todo, tagger, workers, on_progress)
        else:
            fresh = _checked(tagged, store, todo, tagger)
        linked = link(_known(store, with_snapshot), fresh)
        written = store.write_facts(
            todo.run, _merge(store, linked, summary), covers=todo.covered, tagger_version=tagger.version
        )
    summary.run, summary.is_repeat = todo.run, False
    summary.n_tagged, summary.n_facts = fresh.num_rows, sum(written.values())
    summary.n_clusters = pc.count_distinct(linked["cluster_id"]).as_py()
    return summary


def _restore(store: Store, summary: TagSummary) -> None:
    """Take back the facts that the tagger made before another one took over, if there are any, and say so."""
    version = summary.tagger_version
    facts = [c for c in store.commits() if c.kind == "facts"]
    last = next((c for c in reversed(facts) if c.tagger_version == version), None)
    if last is None or last is facts[-1]:
        return
    name = f"tag-{digest(version, facts[-1].run, 'restores', last.run, size=6)}"
    restored = store.restore_facts(name, last)
    if restored is not None:
        summary.run, summary.is_repeat, summary.restored = name, False, last.restores or last.run
        summary.n_facts = sum(restored.values())


def _known(store: Store, with_snapshot: bool) -> Iterator[pa.Table]:
    """Yield what is linked already, one file at a time and only the columns that linking reads."""
    columns = [*KEYS, "cluster_id", "cluster_rank"]
    if with_snapshot:
        for path in snapshot_files():
            yield pq.read_table(path, columns=columns)
    for name in store.fact_files().values():
        yield store.read_facts(name, columns)


def _merge(store: Store, linked: pa.Table, summary: TagSummary) -> Iterator[tuple[str, pa.Table]]:
    """Yield each source touched with its whole current facts: kept ones first, then the fresh ones.

    Cut texts are looked for here, among all of a source: how its postings were spread over runs must not matter.
    """
    files = store.fact_files()
    for source in pc.unique(linked["source"]).to_pylist():
        mine = linked.filter(pc.equal(linked["source"], source))
        summary.by_source[source] = mine.num_rows
        if source in files:
            old = store.read_facts(files[source])
            mine = pa.concat_tables([old.filter(pc.invert(pc.is_in(old["posting_id"], mine["posting_id"]))), mine])
        mine = mark_truncated(mine, _batches_of(store, source))
        summary.n_truncated += pc.sum(mine["is_truncated"]).as_py()
        yield source, mine


def _batches_of(store: Store, source: str) -> dict[str, str]:
    """Return which file of its dataset each posting came from, by posting_id; not of those known to be whole or cut."""
    found: dict[str, str] = {}
    for batch in store.postings(source, ["posting_id", "native_id", "is_truncated"]):
        for posting_id, native, known in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if known is None:
                found[posting_id] = batch_of(native)
    return found


def _tag_pending(
    store: Store, todo: _Plan, tagger: Tagger, workers: int, on_progress: Callable[[int, int], None]
) -> pa.Table:
    commits = {c.run: c for c in store.commits()}
    work = partial(tag_batch, tagger=tagger, read_on={run: c.read_on for run, c in commits.items()})
    total = sum(n for run in todo.pending for name, n in commits[run].files.items() if name.startswith("postings/"))
    done, tagged = 0, []
    for facts in map_in_order(work, _pending_batches(store, todo.pending), workers):
        tagged.append(facts)
        done += facts.num_rows
        on_progress(done, total)
    return pa.Table.from_batches(tagged, FACT_SCHEMA)


def _checked(tagged: pa.Table, store: Store, todo: _Plan, tagger: Tagger) -> pa.Table:
    """Return the facts of the postings that wait, made elsewhere, if they are this tagger's and none is missing."""
    versions = set(pc.unique(tagged["tagger_version"]).to_pylist())
    if versions - {tagger.version}:
        raise StoreError(f"these facts were made by tagger {sorted(versions)[0]}, not by {tagger.version}: tag again")
    waiting = [i for b in _pending_batches(store, todo.pending, ("posting_id", "run")) for i in b[0].to_pylist()]
    fresh = tagged.filter(pc.is_in(tagged["posting_id"], pa.array(waiting, pa.string())))
    if sorted(waiting) != sorted(fresh["posting_id"].to_pylist()):
        raise StoreError(f"{fresh.num_rows:,} facts do not cover the {len(waiting):,} postings that wait: tag again")
    return fresh


def _pending_batches(
    store: Store, pending: frozenset[str], columns: Sequence[str] = COLUMNS
) -> Iterator[pa.RecordBatch]:
    """Yield the postings of pending runs."""
    runs = pa.array(sorted(pending), pa.string())
    for source in store.sources():
        for batch in store.postings(source, columns, batch_size=BATCH):
            fresh = batch.filter(pc.is_in(batch.column("run"), runs))
            if fresh.num_rows:
                yield fresh

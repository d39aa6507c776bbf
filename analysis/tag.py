"""Tags a store: postings that no facts cover yet become facts, linked with all that is known, in one commit."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis import truncation
from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import load_vocabulary
from analysis.fact import FACT_SCHEMA
from analysis.link import KEYS, link
from analysis.loading import snapshot_files
from analysis.pool import map_in_order
from scrapers.posting import digest
from scrapers.store import Commit, Store

BATCH: Final = 500


@dataclass(slots=True)
class TagSummary:
    """What a tag run did."""

    run: str
    tagger_version: str
    n_tagged: int = 0
    n_facts: int = 0
    n_clusters: int = 0
    n_truncated: int = 0
    by_source: dict[str, int] = field(default_factory=dict)
    is_repeat: bool = False


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
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> TagSummary:
    """Tag what is new in the store (everything when the tagger changed) and commit the facts.

    `on_progress` is called with postings done and in all. Raises StoreError. Nothing is visible before the commit;
    a run that was killed starts again and ends in the same store.
    """
    tagger = Tagger(load_vocabulary(vocabulary))
    todo = plan(store.commits(), tagger.version)
    summary = TagSummary(todo.run, tagger.version)
    if not todo.pending:
        summary.is_repeat = True
        return summary
    with store.lock():
        store.sweep()
        fresh = _tag_pending(store, todo, tagger, workers, on_progress)
        linked = link(_known(store, with_snapshot), fresh)
        written = store.write_facts(
            todo.run, _merge(store, linked, summary), covers=todo.covered, tagger_version=tagger.version
        )
    summary.n_tagged = fresh.num_rows
    summary.n_facts = sum(written.values())
    summary.n_clusters = pc.count_distinct(linked["cluster_id"]).as_py()
    summary.n_truncated = pc.sum(linked["is_truncated"]).as_py() or 0
    return summary


def _known(store: Store, with_snapshot: bool) -> Iterator[pa.Table]:
    """Yield what is linked already, one file at a time and only the columns that linking reads."""
    columns = [*KEYS, "cluster_id", "cluster_rank"]
    if with_snapshot:
        for path in snapshot_files():
            yield pq.read_table(path, columns=columns)
    for name in store.fact_files().values():
        yield store.read_facts(name, columns)


def _merge(store: Store, linked: pa.Table, summary: TagSummary) -> Iterator[tuple[str, pa.Table]]:
    """Yield each source touched with its whole current facts: kept ones first, then the fresh ones."""
    files = store.fact_files()
    for source in pc.unique(linked["source"]).to_pylist():
        mine = linked.filter(pc.equal(linked["source"], source))
        summary.by_source[source] = mine.num_rows
        if source in files:
            old = store.read_facts(files[source])
            mine = pa.concat_tables([old.filter(pc.invert(pc.is_in(old["posting_id"], mine["posting_id"]))), mine])
        yield source, mine


def _tag_pending(
    store: Store, todo: _Plan, tagger: Tagger, workers: int, on_progress: Callable[[int, int], None]
) -> pa.Table:
    commits = {c.run: c for c in store.commits()}
    work = partial(tag_batch, tagger=tagger, read_on={run: c.read_on for run, c in commits.items()})
    total = sum(n for run in todo.pending for name, n in commits[run].files.items() if name.startswith("postings/"))
    done = 0
    facts: defaultdict[str, list[pa.RecordBatch]] = defaultdict(list)
    files: defaultdict[str, list[str]] = defaultdict(list)
    for tagged in map_in_order(work, _pending_batches(store, todo.pending, files), workers):
        facts[tagged.column("source")[0].as_py()].append(tagged)
        done += tagged.num_rows
        on_progress(done, total)
    tables = [_mark_truncated(pa.Table.from_batches(b, FACT_SCHEMA), files[source]) for source, b in facts.items()]
    return pa.concat_tables(tables) if tables else FACT_SCHEMA.empty_table()


def _pending_batches(
    store: Store, pending: frozenset[str], files: defaultdict[str, list[str]]
) -> Iterator[pa.RecordBatch]:
    """Yield the postings of pending runs, each batch of one source; `files` collects which file each row came from."""
    runs = pa.array(sorted(pending), pa.string())
    for source in store.sources():
        for batch in store.postings(source, COLUMNS, batch_size=BATCH):
            fresh = batch.filter(pc.is_in(batch.column("run"), runs))
            if fresh.num_rows:
                files[source].extend(truncation.batch_of(i) for i in fresh.column("native_id").to_pylist())
                yield fresh


_SPACED_OUT: Final = re.compile(r"hn|korean_board")


def _mark_truncated(facts: pa.Table, batches: Sequence[str]) -> pa.Table:
    """Mark the texts that only their source's other texts show to be cut; facts are those of one source."""
    n_chars, lang, family = (facts[c].to_pylist() for c in ("n_chars", "lang", "family"))
    limits = truncation.width_limits(n_chars, facts["body_hash"].to_pylist())
    groups: dict[str, list[int]] = defaultdict(list)
    for i, batch in enumerate(batches):
        # Hacker News adverts and Korean ones are short by nature.
        if lang[i] != "ko" and not _SPACED_OUT.fullmatch(family[i]):
            groups[batch].append(i)
    cut = {i for rows in groups.values() if truncation.is_cut_batch([n_chars[i] for i in rows]) for i in rows}
    marks = [
        m or n in limits or i in cut
        for i, (m, n) in enumerate(zip(facts["is_truncated"].to_pylist(), n_chars, strict=True))
    ]
    at = facts.schema.get_field_index("is_truncated")
    return facts.set_column(at, facts.schema.field(at), pa.array(marks, pa.bool_()))

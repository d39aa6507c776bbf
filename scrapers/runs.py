"""RunWriter: what one run adds to a store; nothing of it is seen by readers until its commit file is written, last."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.kept import Fetch, to_table
from scrapers.posting import POSTING_SCHEMA, Posting, content_sha

if TYPE_CHECKING:
    from scrapers.store import Store

BATCH: Final = 2_000
SIGHTING_SCHEMA: Final = pa.schema(
    [("source", pa.string()), ("board", pa.string()), ("posting_id", pa.string()), ("event", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Added:
    """How many of the postings handed over were new, changed, or already stored as they are."""

    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0

    def __add__(self, other: "Added") -> "Added":
        return Added(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Seen:
    """How many postings of a board appeared, vanished or came back with a run."""

    n_appeared: int = 0
    n_vanished: int = 0
    n_returned: int = 0


def to_batch(postings: Iterable[Posting]) -> pa.RecordBatch:
    """Return postings as one Arrow batch of `POSTING_SCHEMA`."""
    rows = list(postings)
    arrays = []
    for f in POSTING_SCHEMA:
        values: list[Any] = [getattr(p, f.name) for p in rows]
        if f.name == "sections":
            values = [[{"heading": s.heading, "kind": s.kind, "text": s.text} for s in v] for v in values]
        arrays.append(pa.array(values, f.type))
    return pa.RecordBatch.from_arrays(arrays, schema=POSTING_SCHEMA)


class _Part:
    """A Parquet part that grows by batches, so that memory does not grow with the run."""

    def __init__(self, stack: ExitStack, store: "Store", name: str) -> None:
        self.name, self.n_rows = name, 0
        stream = stack.enter_context(store.files.create(name))
        self._writer = stack.enter_context(pq.ParquetWriter(stream, POSTING_SCHEMA, compression="zstd"))
        self._rows: list[Posting] = []

    def append(self, posting: Posting) -> None:
        self._rows.append(posting)
        self.n_rows += 1
        if len(self._rows) == BATCH:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            self._writer.write_batch(to_batch(self._rows))
            self._rows.clear()


class RunWriter:
    """One run's additions; `commit` makes them part of the store, leaving the block without it drops them."""

    def __init__(self, store: "Store", run: str, read_on: str | None) -> None:
        self.store, self.run, self.read_on = store, run, read_on
        self._stack = ExitStack()
        self._parts: dict[str, _Part] = {}
        self._known: dict[str, dict[str, str]] = {}
        self._changed: set[str] = set()
        self._written: set[str] = set()
        self._sightings: dict[str, list[tuple[str, str, str, str]]] = {}
        self._open: dict[str, dict[str, dict[str, bool]]] = {}
        self._fetches: dict[str, list[Fetch]] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.store.lock())
            # Asked again under the lock: another process may have committed the name meanwhile.
            self.store.refuse_committed(self.run)
            self.store.sweep()
            stack.callback(self._drop)
            self._parts_stack = stack.enter_context(ExitStack())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: Any) -> None:
        # The parts must learn of the error: closed without it they would be completed, and a full disk not be named.
        self._stack.__exit__(*exc)

    def _drop(self) -> None:
        # Asked of the store: a signal may arrive between the commit and any note of it.
        if self.store.is_mine() and not self.store.has_run(self.run):
            for name in (f"runs/{self.run}.json", f"rejects/{self.run}.jsonl"):
                if self.store.files.exists(name):
                    self.store.files.remove(name)
            self.store.sweep()

    def note(self, source: str, fetches: Iterable[Fetch]) -> None:
        """Record which kept pages answered which requests; the latest answer to a request counts."""
        self._fetches.setdefault(source, []).extend(fetches)

    def add(self, postings: Iterable[Posting]) -> Added:
        """Store the postings whose content is new or changed; `content_sha` and `run` are set here."""
        n_new = n_changed = n_unchanged = 0
        for posting in postings:
            known = self._known_of(posting.source)
            sha = content_sha(posting)
            before = known.get(posting.posting_id)
            # Pages drift while they are read: a posting met twice in one run counts as it was met first.
            is_met_again = posting.posting_id in self._written
            self._written.add(posting.posting_id)
            if before == sha or is_met_again:
                n_unchanged += 1
                continue
            if before is None:
                n_new += 1
            else:
                n_changed += 1
                self._changed.add(posting.posting_id)
            known[posting.posting_id] = sha
            self._part_of(posting.source).append(replace(posting, content_sha=sha, run=self.run))
        return Added(n_new, n_changed, n_unchanged)

    def seen(self, source: str, board: str, posting_ids: Iterable[str], *, may_vanish: bool) -> Seen:
        """Record which postings a board shows now; only with `may_vanish` may absent ones be marked vanished."""
        state = self._states_of(source).setdefault(board, {})
        now = dict.fromkeys(posting_ids)
        appeared = [i for i in now if i not in state]
        returned = [i for i in now if state.get(i) is False]
        vanished = [i for i, is_open in state.items() if is_open and i not in now] if may_vanish else []
        changed = [i for i in now if i in state and i in self._changed]
        rows = self._sightings.setdefault(source, [])
        for event, ids in (
            ("appeared", appeared),
            ("returned", returned),
            ("vanished", vanished),
            ("changed", changed),
        ):
            rows.extend((source, board, i, event) for i in ids)
            state.update(dict.fromkeys(ids, event != "vanished"))
        return Seen(len(appeared), len(vanished), len(returned))

    def open_boards(self, source: str) -> list[str]:
        """Return the boards of a source with postings that no run has seen vanish, in order of their appearance."""
        return [board for board, state in self._states_of(source).items() if any(state.values())]

    def commit(self, report: Mapping[str, Any] | None = None) -> None:
        """Close the parts, write the report, and last the commit file that makes the run visible.

        The lock is held until the block ends. Raises StoreError when something cannot be written.
        """
        for part in self._parts.values():
            part.flush()
        self._parts_stack.close()
        names = {part.name: part.n_rows for part in self._parts.values()}
        for source, rows in sorted(self._sightings.items()):
            if rows:
                columns = [list(c) for c in zip(*rows, strict=True)]
                names |= self._write("sightings", source, pa.table(columns, schema=SIGHTING_SCHEMA))
        for source, fetches in sorted(self._fetches.items()):
            if fetches:
                names |= self._write("fetches", source, to_table(fetches))
        if report is not None:
            text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            self.store.files.write(f"runs/{self.run}.json", text.encode())
        self.store.write_commit(self.run, "postings", names, read_on=self.read_on)

    def _write(self, folder: str, source: str, table: pa.Table) -> dict[str, int]:
        name = f"{folder}/source={source}/run={self.run}.parquet"
        with self.store.files.create(name) as stream:
            pq.write_table(table, stream, compression="zstd")
        return {name: table.num_rows}

    def _known_of(self, source: str) -> dict[str, str]:
        if source not in self._known:
            self._known[source] = dict(self.store.contents(source))
        return self._known[source]

    def _part_of(self, source: str) -> _Part:
        if source not in self._parts:
            name = f"postings/source={source}/run={self.run}.parquet"
            self._parts[source] = _Part(self._parts_stack, self.store, name)
        return self._parts[source]

    def _states_of(self, source: str) -> dict[str, dict[str, bool]]:
        """Return for each board and each posting that it ever showed whether it is open."""
        if source not in self._open:
            # Read once for all boards of a source: board by board, each one would cost all that was ever seen.
            boards = self._open[source] = {}
            for table in self.store.sightings(source):
                columns = (table[name].to_pylist() for name in ("board", "posting_id", "event"))
                for board, posting_id, event in zip(*columns, strict=True):
                    boards.setdefault(board, {})[posting_id] = event != "vanished"
        return self._open[source]

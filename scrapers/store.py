"""Store: postings, sightings and facts as immutable Parquet parts, made visible run by run through commit files."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.files import Files, StoreError
from scrapers.kept import KeptPages, from_tables
from scrapers.lock import Lock
from scrapers.runs import Added, RunWriter, Seen

__all__ = ["Added", "Commit", "Files", "RunWriter", "Seen", "Store", "StoreError", "bundled", "default_root"]

_NAME: Final = re.compile(r"[^\s/\\=.\x00-\x1f][^/\\=\x00-\x1f]*")
_PART: Final = re.compile(r"\w+/source=[^/]+/run=[^/]+\.parquet")
_FOLDERS: Final = ("postings", "sightings", "fetches", "facts")
_CHECKOUT: Final = Path(__file__).resolve().parents[1]


def bundled(name: str) -> Path:
    """Return the path of a read-only file that comes with the project, in the checkout or in the wheel."""
    inside = Path(__file__).resolve().parent / "bundled" / name
    return inside if inside.exists() else _CHECKOUT / "data" / name


def default_root() -> str:
    """Return the writable data root: $AIRFLOW_DEMAND_DATA, else the checkout's data/, else a folder in the home."""
    if root := os.environ.get("AIRFLOW_DEMAND_DATA"):
        return root
    if (_CHECKOUT / "pyproject.toml").exists():
        return str(_CHECKOUT / "data")
    return str(Path.home() / ".local" / "share" / "airflow-demand")


@dataclass(frozen=True, slots=True)
class Commit:
    """What one committed run made visible."""

    run: str
    seq: int
    kind: str
    files: Mapping[str, int]
    read_on: str | None = None
    covers: Sequence[str] = ()
    tagger_version: str = ""
    restores: str = ""


class Store:
    """A data root. Readers see what commits name and nothing else, so a crash leaves the old state or the new one."""

    def __init__(self, root: str | Path) -> None:
        self.files = Files(root)
        self._known: dict[str, Commit] = {}
        self._lock = Lock(self.files)

    def commits(self) -> list[Commit]:
        """Return all commits in the order in which they were made; a past vintage is a prefix of this list."""
        names = self.files.names("commits", ".json")
        # A commit never changes: what this store has read of them it reads no second time.
        fresh = [name for name in names if name not in self._known]
        self._known |= zip(fresh, self.files.ahead(self._commit, fresh), strict=True)
        return sorted((self._known[name] for name in names), key=lambda c: c.seq)

    def has_run(self, run: str) -> bool:
        """Tell whether a run of that name is committed."""
        return self.files.exists(f"commits/{run}.json")

    def begin(self, run: str, *, read_on: str | None = None) -> RunWriter:
        """Open a run for writing; `read_on` is the day on which its pages were read.

        Raises StoreError for a name that is no file name or is committed already.
        """
        if not _NAME.fullmatch(run):
            raise StoreError(f"run name {run!r} must be a plain file name")
        self.refuse_committed(run)
        return RunWriter(self, run, read_on)

    def refuse_committed(self, run: str) -> None:
        """Raise StoreError when a run of that name is committed already."""
        if self.has_run(run):
            raise StoreError(f"run {run} is committed already; choose another name")

    def write_commit(self, run: str, kind: str, names: Mapping[str, int], **more: Any) -> None:
        """Write the commit file of a run: the one step that makes its files visible; `more` are fields of Commit.

        Raises StoreError where the run is committed already, or another process has taken the store over.
        """
        self.confirm()
        seq = 1 + max((c.seq for c in self.commits()), default=0)
        body = {"run": run, "seq": seq, "kind": kind, "files": dict(sorted(names.items())), **more}
        self.files.write_once(f"commits/{run}.json", (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode())

    def lock(self) -> AbstractContextManager[None]:
        """Hold the store for writing; a second writer is refused at once with StoreError."""
        return self._lock.hold()

    def confirm(self) -> None:
        """Raise StoreError when another process has taken the store over since it was locked; asks the server."""
        self._lock.confirm()

    def is_mine(self) -> bool:
        """Tell, like `confirm`, whether no other process has taken the store over since it was locked."""
        return self._lock.is_mine()

    # Postings

    def parts(self, folder: str, source: str | None = None) -> list[str]:
        """Return the committed parts below a folder, oldest run first."""
        start = f"{folder}/source={source}/" if source else f"{folder}/"
        return [name for c in self.commits() for name in c.files if name.startswith(start)]

    def sources(self) -> list[str]:
        """Return the names of all sources with postings, sorted."""
        return sorted({_source_of(name) for name in self.parts("postings")})

    def read_part(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one committed part as its run wrote it, whole or only some columns."""
        return self._read(name, columns)

    def contents(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield (posting_id, content_sha) of every stored version, oldest first."""
        columns = ["posting_id", "content_sha"]
        for table in self._tables(self.parts("postings", source), columns):
            yield from zip(table["posting_id"].to_pylist(), table["content_sha"].to_pylist(), strict=True)

    def sightings(self, source: str) -> Iterator[pa.Table]:
        """Yield the recorded appearances, disappearances and changes of a source's postings, oldest run first."""
        yield from self._tables(self.parts("sightings", source))

    def kept_pages(self, source: str) -> KeptPages:
        """Return the latest kept page of each request of a source."""
        return KeptPages(self.files, from_tables(self._tables(self.parts("fetches", source))))

    def fetched_sources(self) -> list[str]:
        """Return the names of the sources with kept pages, sorted."""
        return sorted({_source_of(name) for name in self.parts("fetches")})

    def reports(self) -> Iterator[dict[str, Any]]:
        """Yield what the committed collecting runs reported, newest first."""
        there = set(self.files.names("runs", ".json"))
        wanted = (f"runs/{c.run}.json" for c in reversed(self.commits()) if c.kind == "postings")
        names = [name for name in wanted if name in there]
        for name, content in zip(names, self.files.ahead(self.files.read, names), strict=True):
            try:
                yield dict(json.loads(content))
            except (ValueError, TypeError) as error:
                raise StoreError(f"{self.files.path(name)} is damaged: restore it from a copy") from error

    def postings(
        self, source: str, columns: Sequence[str] | None = None, batch_size: int = 2_000
    ) -> Iterator[pa.RecordBatch]:
        """Yield the current version of a source's postings in batches; memory holds one batch and the ids."""
        parts = self.parts("postings", source)
        last: dict[str, int] = {}
        if len(parts) > 1:
            for i, table in enumerate(self._tables(parts, ["posting_id"])):
                last.update(dict.fromkeys(table["posting_id"].to_pylist(), i))
        for i, name in enumerate(parts):
            for batch in self._batches(name, columns, batch_size):
                if last:
                    keep = [last[p] == i for p in batch.column("posting_id").to_pylist()]
                    batch = batch.filter(pa.array(keep, pa.bool_()))
                if batch.num_rows:
                    yield batch

    # Facts

    def fact_files(self, after: str | None = None) -> dict[str, str]:
        """Return the file with the current facts of each source, or with those that were current after a run.

        A later commit replaces the files of its sources, and all files if it restores earlier facts.
        """
        found: dict[str, str] = {}
        for commit in self.commits():
            if commit.kind == "facts":
                found = ({} if commit.restores else found) | {_source_of(name): name for name in commit.files}
            if commit.run == after:
                break
        return found

    def write_facts(
        self, run: str, tables: Iterator[tuple[str, pa.Table]], *, covers: Sequence[str], tagger_version: str
    ) -> dict[str, int]:
        """Replace the facts of the given sources in one commit; superseded files go to facts_history/.

        `tables` yields (source, its whole current facts); `covers` are the runs of postings that the store's facts now
        stand for. Returns rows by file. The lock must be held.
        """
        names: dict[str, int] = {}
        for source, table in tables:
            name = f"facts/source={source}/run={run}.parquet"
            with self.files.create(name) as stream:
                pq.write_table(table, stream, compression="zstd")
            names[name] = table.num_rows
        self.write_commit(run, "facts", names, covers=list(covers), tagger_version=tagger_version)
        self._arrange()
        return names

    def restore_facts(self, run: str, after: Commit) -> Mapping[str, int] | None:
        """Make the facts that were current after an earlier commit current again, in one commit without a new file.

        Returns rows by file, or None where such a file is no longer there: then nothing changes. The lock must be held.
        """
        rows = {name: n for c in self.commits() for name, n in c.files.items()}
        names = {name: rows[name] for name in self.fact_files(after.run).values()}
        if not all(self.files.exists(name) or self.files.exists(_history(name)) for name in names):
            return None
        was = {"covers": list(after.covers), "tagger_version": after.tagger_version}
        self.write_commit(run, "facts", names, **was, restores=after.restores or after.run)
        self._arrange()
        return names

    def read_facts(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one file of facts, whole or only some columns, also when it was superseded meanwhile."""
        # Another process may move it meanwhile: away, or back where a rollback restores it.
        for place in (name, _history(name)):
            try:
                return self._read(place, columns)
            except StoreError as error:
                if not isinstance(error.__cause__, FileNotFoundError):
                    raise
        return self._read(name, columns)

    def sweep(self) -> None:
        """Finish what a killed run left: facts move to where they belong, uncommitted files go.

        The latter only where the lock tells that nobody is still writing them.
        """
        if not self.is_mine():
            return
        self._arrange()
        if not self._lock.is_sure:
            return
        there = [name for folder in _FOLDERS for name in self.files.names(folder)]
        # Asked for after the files: what was committed meanwhile is not left over.
        named = {name for c in self.commits() for name in c.files}
        # Only what the store itself writes: a folder of that name may hold somebody's own files.
        for name in (n for n in there if _PART.fullmatch(n) and n not in named):
            # Each time: who stood still is taken for dead, and then the file may be that of the next one.
            if not self.is_mine():
                return
            self.files.remove(name)

    def _arrange(self) -> None:
        """Bring restored facts back to facts/ and put superseded ones away, each unless it is there already."""
        current = set(self.fact_files().values())
        away = {_history(name): name for name in current}
        for name in (n for n in self.files.names("facts_history") if n in away):
            # Both are there where a move of object storage, which copies and then deletes, was cut in two.
            if self.files.exists(away[name]):
                self.files.remove(name)
            else:
                self.files.move(name, away[name])
        committed = {name for c in self.commits() if c.kind == "facts" for name in c.files}
        for name in self.files.names("facts"):
            if name in committed - current:
                self.files.move(name, _history(name))

    def _commit(self, name: str) -> Commit:
        try:
            return Commit(**json.loads(self.files.read(name)))
        except (ValueError, TypeError) as error:
            raise StoreError(f"{self.files.path(name)} is damaged: restore it from a copy") from error

    def _read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        with self.files.open(name) as stream, self._naming(name):
            # ParquetFile, not read_table: the latter would add a column for "source=" in the path.
            return pq.ParquetFile(stream).read(columns=columns)

    def _tables(self, names: Sequence[str], columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        return self.files.ahead(lambda name: self._read(name, columns), names)

    def _batches(self, name: str, columns: Sequence[str] | None, size: int) -> Iterator[pa.RecordBatch]:
        with self.files.open(name) as stream, self._naming(name):
            yield from pq.ParquetFile(stream).iter_batches(batch_size=size, columns=columns)

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        try:
            with self.files.naming(name):
                yield
        except pa.ArrowException as error:
            raise StoreError(f"{self.files.path(name)} is damaged: restore it from a copy") from error


def _history(name: str) -> str:
    return "facts_history" + name.removeprefix("facts")


def _source_of(name: str) -> str:
    return name.split("/source=", 1)[1].split("/", 1)[0]

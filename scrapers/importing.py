"""Importing: brings files of postings into the store, one run per file, so that importing again changes nothing."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from scrapers.columns import find_columns, to_key
from scrapers.import_options import Options, check_options, dataset_name, today
from scrapers.import_summary import ImportSummary
from scrapers.posting import Posting, content_sha, posting_id
from scrapers.readers import read_columns, read_rows
from scrapers.records import Recorder, guess_family
from scrapers.rows import EXCERPT_CHARS, BadRow, ImportProblem, Row, RowProblem
from scrapers.saved_page import PAGES, read_page
from scrapers.store import Store

__all__ = ["ImportProblem", "ImportSummary", "import_files"]

# Part of every run's name: raise it when the same file would be read differently, or it stays "already imported".
_VERSION: Final = 1
_SAVED_PAGES: Final = "saved_pages"
_SAMPLED_ROWS: Final = 500
_REPORT_EVERY: Final = 500
_CREATED: Final = frozenset({"createdat", "created", "datecreated"})


def import_files(
    paths: Sequence[Path],
    store: Store,
    *,
    dataset: str | None = None,
    family: str | None = None,
    mapping: Mapping[str, str] | None = None,
    company: str | None = None,
    encoding: str | None = None,
    is_truncated: bool | None = None,
    read_on: str | None = None,
    country: str | None = None,
    on_rows: Callable[[int], None] = lambda n_rows: None,
) -> list[ImportSummary]:
    """Import tables (csv, tsv, jsonl, json, parquet), each as a run of its own, and saved pages, together as one run.

    `mapping` is field -> column; `company` and `country` hold where a row says nothing; `on_rows` is called with the
    number of rows read so far. A run is named by the bytes of its files and the options, except `read_on`: what is
    imported already is left alone. A posting date after `read_on` (by default: after today) is left out and listed
    with the rejects. Raises ImportProblem, with nothing of that file stored, and StoreError.
    """
    told = Options(dataset, family, mapping or {}, company, encoding, is_truncated, country, read_on)
    options = check_options(told)
    pages = [Path(p) for p in paths if Path(p).suffix.lower() in PAGES]
    units = [[Path(p)] for p in paths if Path(p) not in pages] + ([pages] if pages else [])
    summaries: list[ImportSummary] = []
    for files in units:
        n_before = sum(s.n_rows for s in summaries)
        try:
            summaries.append(_Import(files, options, on_rows, n_before).into(store))
        except ImportProblem as problem:
            done = ", ".join(name for s in summaries for name in s.files)
            raise ImportProblem(f"{problem} (imported before it: {done})" if done else str(problem)) from problem
    return summaries


class _Import:
    """The import of one table, or of some saved pages, as one run."""

    def __init__(self, files: list[Path], options: Options, on_rows: Callable[[int], None], n_before: int) -> None:
        self._files, self._options, self._on_rows, self._n_before = files, options, on_rows, n_before
        self._is_pages = files[0].suffix.lower() in PAGES
        told = options.dataset or (_SAVED_PAGES if self._is_pages else files[0].stem)
        dataset = dataset_name(told) or "dataset"
        run = f"import-{dataset}-{_fingerprint(files, options)}"
        self._summary = ImportSummary(dataset, options.family or "", run, [_printable(f.name) for f in files])
        self._first_seen: dict[int, int] = {}
        self._reasons: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._first_reject = ""

    def into(self, store: Store) -> ImportSummary:
        """Import into the store; what was imported before is only reported."""
        summary = self._summary
        if store.has_run(summary.run):
            before = json.loads(store.files.read(f"runs/{summary.run}.json"))["import"]
            return replace(summary, family=before["family"], is_repeat=True)
        rows, columns = self._open()
        sample = list(islice(rows, _SAMPLED_ROWS))
        self._check(sample)
        summary.mapping = {field: _printable(column) for field, column in columns.items()}
        summary.family = summary.family or guess_family(
            summary.dataset, [row.values for _, row in sample if isinstance(row, Row)]
        )
        recorder = self._recorder(columns)
        with store.begin(summary.run, read_on=self._options.read_on) as writer:
            with ExitStack() as stack:
                rejects = _Rejects(stack, store, summary)
                added = writer.add(self._postings(chain(sample, rows), recorder, rejects))
                summary.n_new, summary.n_changed, summary.n_unchanged = added.n_new, added.n_changed, added.n_unchanged
                self._finish(recorder)
            writer.commit({"run": summary.run, "boards": [self._board()], "import": asdict(summary)})
        return summary

    def _check(self, sample: Sequence[tuple[str, Row | BadRow]]) -> None:
        """Raise ImportProblem when there is nothing to import, before the store is touched."""
        if not sample:
            raise ImportProblem(f"{self._summary.files[0]}: it has column names but no row")
        bad = [(name, row) for name, row in sample if isinstance(row, BadRow)]
        if len(bad) == len(sample) < _SAMPLED_ROWS:
            raise ImportProblem(self._refusal(*bad[0]))

    def _refusal(self, name: str, row: BadRow) -> str:
        return f"{name}: " + (
            row.reason
            if self._is_pages
            else f"no row could be imported; the first of them, line {row.line}: {row.reason}"
        )

    def _open(self) -> tuple[Iterator[tuple[str, Row | BadRow]], dict[str, str]]:
        """Return (file name, row) pairs whose values are named by field, and field -> column."""
        path, options = self._files[0], self._options
        if self._is_pages:
            return _page_rows(self._files, options.encoding), {}
        columns = find_columns(path, read_columns(path, options.encoding), options.mapping)
        rows = read_rows(path, options.encoding, list(dict.fromkeys(columns.values())))
        return ((path.name, _named(row, columns)) for row in rows), columns

    def _recorder(self, columns: Mapping[str, str]) -> Recorder:
        options = self._options
        return Recorder(
            dataset=self._summary.dataset,
            family=self._summary.family,
            has_dataset_column="dataset" in columns and options.dataset is None,
            company=options.company,
            country=options.country,
            latest=options.read_on or today(),
            read_on=options.read_on,
            is_truncated=options.is_truncated,
            date_kind="created" if to_key(columns.get("posted_at", "")) in _CREATED else "published",
            headings=columns,
        )

    def _postings(
        self, rows: Iterator[tuple[str, Row | BadRow]], recorder: Recorder, rejects: "_Rejects"
    ) -> Iterator[Posting]:
        summary = self._summary
        for name, row in rows:
            summary.n_rows += 1
            if summary.n_rows % _REPORT_EVERY == 0:
                self._on_rows(self._n_before + summary.n_rows)
            if isinstance(row, BadRow):
                self._reject(rejects, name, row)
                continue
            try:
                posting = recorder.record(row.values)
            except RowProblem as problem:
                self._reject(rejects, name, BadRow(row.line, str(problem), _excerpt(row.values)))
                continue
            if recorder.date_problem:
                rejects.write(
                    name, BadRow(row.line, recorder.date_problem, _excerpt(row.values, "posted_at", "year", "month"))
                )
            if distinct := self._distinct(posting):
                yield distinct
        self._on_rows(self._n_before + summary.n_rows)

    def _reject(self, rejects: "_Rejects", name: str, row: BadRow) -> None:
        self._first_reject = self._first_reject or self._refusal(name, row)
        self._reasons[row.reason] += 1
        rejects.write(name, row)

    def _distinct(self, posting: Posting) -> Posting | None:
        """Return the posting, under an id of its content if its own is taken by another; None for a repetition."""
        summary, sha = self._summary, content_sha(posting)
        if self._is_taken(posting.posting_id, sha):
            p, native_id = posting, f"{posting.native_id or ''}#{sha}"
            posting = replace(p, posting_id=posting_id(p.source, p.board, native_id, p.title, p.company, p.text))
            summary.n_id_conflicts += not self._is_known(posting.posting_id, sha)
        if self._is_known(posting.posting_id, sha):
            summary.n_repeated += 1
            return None
        self._first_seen[_number(posting.posting_id)] = _number(sha)
        self._count(posting)
        return posting

    def _is_taken(self, found_id: str, sha: str) -> bool:
        return self._first_seen.get(_number(found_id), _number(sha)) != _number(sha)

    def _is_known(self, found_id: str, sha: str) -> bool:
        return self._first_seen.get(_number(found_id)) == _number(sha)

    def _count(self, posting: Posting) -> None:
        summary, posted_at = self._summary, posting.posted_at
        self._sources[posting.source] += 1
        if posted_at is None:
            summary.n_no_date += 1
        else:
            low, high = summary.periods or (posted_at, posted_at)
            summary.periods = (min(low, posted_at), max(high, posted_at))

    def _finish(self, recorder: Recorder) -> None:
        summary = self._summary
        summary.reasons, summary.sources = dict(self._reasons), dict(self._sources)
        summary.n_rejected = self._reasons.total()
        summary.n_future, summary.n_unread_dates = recorder.n_future, recorder.n_unread_dates
        if not summary.sources:
            raise ImportProblem(self._first_reject)

    def _board(self) -> dict[str, Any]:
        s = self._summary
        figures = {"n": s.n_rows, "n_new": s.n_new, "n_changed": s.n_changed, "n_vanished": 0}
        more = {"n_rejected": s.n_rejected, "requests": 0, "seconds": 0.0, "reason": ""}
        return {"source": s.dataset, "board": "", "outcome": "ok", **figures, **more}


class _Rejects:
    """The file of rows that could not be imported; it exists only if there are any."""

    def __init__(self, stack: ExitStack, store: Store, summary: ImportSummary) -> None:
        self._stack, self._store, self._summary = stack, store, summary
        self._stream: IO[bytes] | None = None

    def write(self, name: str, row: BadRow) -> None:
        if self._stream is None:
            self._summary.rejects = f"rejects/{self._summary.run}.jsonl"
            self._stream = self._stack.enter_context(self._store.files.create(self._summary.rejects))
        entry = {"file": name, "line": row.line, "reason": row.reason, "excerpt": row.excerpt}
        # Bytes that are no text come as lone surrogates, which only an escape can hold.
        self._stream.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def _fingerprint(files: Sequence[Path], options: Options) -> str:
    told = {k: v for k, v in asdict(options).items() if k != "read_on"}
    h = hashlib.sha256(json.dumps([_VERSION, told], sort_keys=True).encode())
    for path in files:
        if path.exists() and not path.is_file():
            what = "a folder; name the files in it" if path.is_dir() else "no file on disk; save it as one"
            raise ImportProblem(f"{path}: is {what}")
        try:
            with path.open("rb") as stream:
                h.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise ImportProblem(f"{path}: cannot be read ({error.strerror or error})") from error
    return h.hexdigest()[:12]


def _page_rows(files: Sequence[Path], encoding: str | None) -> Iterator[tuple[str, Row | BadRow]]:
    for path in files:
        try:
            postings = read_page(path, encoding)
        except ImportProblem as problem:
            yield path.name, BadRow(1, str(problem).removeprefix(f"{path.name}: "), "")
            continue
        yield from ((path.name, Row(i, page)) for i, page in enumerate(postings, 1))


def _named(row: Row | BadRow, columns: Mapping[str, str]) -> Row | BadRow:
    if isinstance(row, BadRow):
        return row
    return Row(row.line, {f: row.values[c] for f, c in columns.items() if c in row.values})


def _excerpt(values: Mapping[str, Any], *fields: str) -> str:
    shown = {f: values[f] for f in fields or values if f in values}
    try:
        return json.dumps(shown, ensure_ascii=False, default=str)[:EXCERPT_CHARS]
    except RecursionError:
        return ", ".join(shown)[:EXCERPT_CHARS]


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _number(hex_digits: str) -> int:
    return int(hex_digits[:16], 16)

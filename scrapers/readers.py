"""Readers: csv, tsv, jsonl, json arrays and Parquet as streams of rows; a bad row is refused alone."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.json_rows import read_json, read_json_lines
from scrapers.lines import Line, fault_in, find_encoding, is_undecoded, read_lines, refuse_binary
from scrapers.rows import EXCERPT_CHARS, MAX_CHARS, TOO_LONG, BadRow, ImportProblem, Row

TABLES: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet")

_BATCH_ROWS: Final = 2_000
_DELIMITERS: Final = ",;\t|"
_MIN_COLUMNS_TO_RESUME: Final = 3


def read_columns(path: Path, encoding: str | None = None) -> list[str]:
    """Return the column names of a file; of JSON, the keys of all its rows.

    Raises ImportProblem for a file that is empty, unreadable, or of a format that is not known.
    """
    if path.suffix.lower() == ".parquet":
        return list(_open_parquet(path).schema_arrow.names)
    if path.suffix.lower() in (".csv", ".tsv"):
        lines = _CsvLines(read_lines(path, find_encoding(path, encoding)))
        return _read_header(path, lines)[1]
    return _read_keys(path, encoding)


def read_rows(path: Path, encoding: str | None = None, columns: Sequence[str] | None = None) -> Iterator[Row | BadRow]:
    """Yield the rows of a file; `columns` spares reading the others where the format allows it."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(path, columns)
    if suffix in (".csv", ".tsv"):
        return _read_csv(path, find_encoding(path, encoding))
    if suffix in (".jsonl", ".ndjson"):
        return read_json_lines(path, find_encoding(path, encoding))
    if suffix == ".json":
        return read_json(path, find_encoding(path, encoding))
    refuse_binary(path)
    raise ImportProblem(f"{path.name}: its name ends in none of {' '.join(TABLES)} .html")


def _read_keys(path: Path, encoding: str | None) -> list[str]:
    keys: dict[str, None] = {}
    is_empty, refused = True, ""
    for row in read_rows(path, encoding):
        if isinstance(row, BadRow):
            refused = refused or f"line {row.line}: {row.reason}"
            continue
        keys.update(dict.fromkeys(row.values))
        is_empty = False
    if is_empty:
        raise ImportProblem(f"{path.name}: " + (f"no row could be read; {refused}" if refused else "the file is empty"))
    return list(keys)


# Parquet


def _open_parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise _broken_parquet(path, error) from error


def _broken_parquet(path: Path, error: Exception) -> ImportProblem:
    reason = str(error).split("\n")[0].split(". ")[0]
    return ImportProblem(f"{path.name}: not a whole Parquet file ({reason}); fetch or export it again")


def _read_parquet(path: Path, columns: Sequence[str] | None) -> Iterator[Row | BadRow]:
    table = _open_parquet(path)
    number = 0
    try:
        for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=list(columns) if columns else None):
            for values in batch.to_pylist():
                number += 1
                yield Row(number, values)
    except (pa.ArrowException, OSError) as error:
        raise _broken_parquet(path, error) from error


# CSV


class _TooLong(Exception):
    pass


class _CsvLines:
    """Lines as csv.reader wants them; remembers those of the record being read, so that some can be read again."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self._size += len(line.text)
        if line.is_long or self._size > MAX_CHARS:
            raise _TooLong
        return line.text + "\n"

    def begin_record(self) -> None:
        self.taken, self._size = [], 0

    def give_back(self, lines: Sequence[Line]) -> None:
        self._again.extendleft(reversed(lines))


def _read_header(path: Path, lines: _CsvLines) -> tuple[str, list[str]]:
    try:
        first = next((text for text in lines if text.strip()), None)
        if first is None:
            raise ImportProblem(f"{path.name}: the file is empty")
        if is_undecoded(first):
            raise ImportProblem(f"{path.name}: neither UTF-8 nor Korean cp949 text; name its encoding with --encoding")
        if "\0" in first:
            raise ImportProblem(f"{path.name}: its first line has NUL bytes; if it is UTF-16, add --encoding utf-16-le")
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=first.count)
        lines.give_back(lines.taken[-1:])
        return delimiter, next(csv.reader(lines, delimiter=delimiter))
    except (_TooLong, csv.Error) as error:
        raise ImportProblem(f"{path.name}: its first line is no header of column names") from error


def _read_csv(path: Path, encoding: str) -> Iterator[Row | BadRow]:
    csv.field_size_limit(MAX_CHARS)
    lines = _CsvLines(read_lines(path, encoding))
    delimiter, header = _read_header(path, lines)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin_record()
        fields: list[str] | None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            fields = None
        if fields == []:
            continue
        reason = _fault_of(fields, len(header), encoding) or _quote_fault(lines.taken, delimiter)
        if reason is None and fields is not None:
            yield Row(lines.taken[0].number, dict(zip(header, fields, strict=True)))
            continue
        bad, good = _resume(lines.taken, len(header), delimiter)
        lines.give_back(good)
        yield BadRow(bad[0].number, reason or "", "\n".join(line.text for line in bad[:20])[:EXCERPT_CHARS])


def _fault_of(fields: list[str] | None, n_columns: int, encoding: str) -> str | None:
    if fields is None:
        return TOO_LONG
    if reason := next(filter(None, (fault_in(f, encoding) for f in fields)), None):
        return reason
    return None if len(fields) == n_columns else "wrong number of fields"


def _quote_fault(taken: Sequence[Line], delimiter: str) -> str | None:
    """Return why a record is none after all: two rows with a stray quote each read as one of the right width."""
    if not any('"' in line.text for line in taken):
        return None
    try:
        next(csv.reader((line.text + "\n" for line in taken), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if len(taken) > 1 or "end of data" in str(error):
            return "stray or unclosed quote"
    return None


def _resume(taken: list[Line], n_columns: int, delimiter: str) -> tuple[list[Line], list[Line]]:
    """Split the lines of a bad record where a whole record begins: a stray quote swallows the rows below it."""
    if n_columns >= _MIN_COLUMNS_TO_RESUME:
        for i, line in enumerate(taken[1:], 1):
            if not line.is_long and len(next(csv.reader([line.text], delimiter=delimiter), [])) == n_columns:
                return taken[:i], taken[i:]
    return taken, []

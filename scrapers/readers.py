"""Readers: csv, tsv, jsonl, json arrays and Parquet as streams of rows; a bad row is refused alone."""

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.lines import MAX_CHARS, Line, find_encoding, is_undecoded, read_chunks, read_lines
from scrapers.rows import EXCERPT_CHARS, BadRow, ImportProblem, Row

TABLES: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet")

_BATCH_ROWS: Final = 2_000
_PEEKED_ROWS: Final = 200
_DELIMITERS: Final = ",;\t|"
_MIN_COLUMNS_TO_RESUME: Final = 3
_DECODER: Final = json.JSONDecoder(strict=False)
_NEXT_OBJECT: Final = re.compile(r"\}\s*,\s*(?=\{)")
_NEARLY_ALL: Final = 64
_GAP: Final = re.compile(r"[\s,]*")


def read_columns(path: Path, encoding: str | None = None) -> list[str]:
    """Return the column names of a file; of JSON, the keys of its first rows.

    Raises ImportProblem for a file that is empty, unreadable, or of a format that is not known.
    """
    if path.suffix.lower() == ".parquet":
        return list(_open_parquet(path).schema_arrow.names)
    if path.suffix.lower() in (".csv", ".tsv"):
        lines = _CsvLines(read_lines(path, find_encoding(path, encoding)))
        return _read_header(path, lines)[1]
    rows = (row for row in read_rows(path, encoding) if isinstance(row, Row))
    return list(dict.fromkeys(key for row in islice(rows, _PEEKED_ROWS) for key in row.values))


def read_rows(path: Path, encoding: str | None = None, columns: Sequence[str] | None = None) -> Iterator[Row | BadRow]:
    """Yield the rows of a file; `columns` spares reading the others where the format allows it."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(path, columns)
    if suffix in (".csv", ".tsv"):
        return _read_csv(path, find_encoding(path, encoding))
    if suffix in (".jsonl", ".ndjson"):
        return _read_json_lines(path, find_encoding(path, encoding))
    if suffix == ".json":
        return _read_json(path, find_encoding(path, encoding))
    raise ImportProblem(f"{path.name}: unknown format {suffix!r}; known are {' '.join(TABLES)} .html")


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
        reason = _fault_of(fields, len(header), encoding)
        if reason is None and fields is not None:
            yield Row(lines.taken[0].number, dict(zip(header, fields, strict=True)))
            continue
        bad, good = _resume(lines.taken, len(header), delimiter)
        lines.give_back(good)
        yield BadRow(bad[0].number, reason or "", "\n".join(line.text for line in bad[:20])[:EXCERPT_CHARS])


def _fault_of(fields: list[str] | None, n_columns: int, encoding: str) -> str | None:
    if fields is None:
        return f"longer than {MAX_CHARS:,} characters"
    if any("\0" in f for f in fields):
        return "NUL byte"
    if any(map(is_undecoded, fields)):
        return f"not {encoding} text"
    return None if len(fields) == n_columns else "wrong number of fields"


def _resume(taken: list[Line], n_columns: int, delimiter: str) -> tuple[list[Line], list[Line]]:
    """Split the lines of a bad record where a whole record begins: a stray quote swallows the rows below it."""
    if n_columns >= _MIN_COLUMNS_TO_RESUME:
        for i, line in enumerate(taken[1:], 1):
            if not line.is_long and len(next(csv.reader([line.text], delimiter=delimiter), [])) == n_columns:
                return taken[:i], taken[i:]
    return taken, []


# JSON


def _to_row(number: int, value: Any, text: str) -> Row | BadRow:
    if isinstance(value, Mapping):
        return Row(number, value)
    return BadRow(number, "not a JSON object", text[:EXCERPT_CHARS])


def _read_json_lines(path: Path, encoding: str) -> Iterator[Row | BadRow]:
    for line in read_lines(path, encoding):
        if line.is_long:
            yield BadRow(line.number, f"longer than {MAX_CHARS:,} characters", line.text[:EXCERPT_CHARS])
        elif "\0" in line.text:
            yield BadRow(line.number, "NUL byte", line.text[:EXCERPT_CHARS])
        elif is_undecoded(line.text):
            yield BadRow(line.number, f"not {encoding} text", line.text[:EXCERPT_CHARS])
        elif line.text.strip():
            try:
                yield _to_row(line.number, json.loads(line.text, strict=False), line.text)
            except (ValueError, RecursionError):
                yield BadRow(line.number, "bad JSON", line.text[:EXCERPT_CHARS])


def _read_json(path: Path, encoding: str) -> Iterator[Row | BadRow]:
    """Read a JSON array item by item; a file of one object per line is read as such whatever its name."""
    start = next((line.text.lstrip() for line in read_lines(path, encoding) if line.text.strip()), "")
    if not start:
        raise ImportProblem(f"{path.name}: the file is empty")
    if start.startswith("["):
        return _read_items(_Buffer(read_chunks(path, encoding)), encoding)
    try:
        json.loads(start, strict=False)
    except (ValueError, RecursionError):
        raise ImportProblem(f"{path.name}: neither a JSON array of objects nor one object per line") from None
    return _read_json_lines(path, encoding)


class _Buffer:
    """The unread part of a text that arrives in pieces."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self.text = ""
        self.is_whole = False

    def grow(self) -> None:
        parts, size = [self.text], 0
        for piece in self._pieces:
            parts.append(piece)
            size += len(piece)
            # At least doubled, so that an item over many pieces is not read again for each of them.
            if size >= max(len(self.text), 1 << 20):
                break
        self.is_whole = size == 0
        self.text = "".join(parts)

    def skip(self, n_chars: int) -> None:
        self.text = self.text[n_chars:].lstrip(" \t\r\n,")


def _read_items(buffer: _Buffer, encoding: str) -> Iterator[Row | BadRow]:
    buffer.grow()
    buffer.skip(buffer.text.index("[") + 1)
    number = position = 0
    while True:
        position = _GAP.match(buffer.text, position).end()  # type: ignore[union-attr]
        if buffer.text.startswith("]", position):
            return
        try:
            value, end = _DECODER.raw_decode(buffer.text, position)
        except (ValueError, RecursionError) as error:
            is_cut = _may_be_cut(buffer, error)
            buffer.skip(position)
            position = 0
            if is_cut:
                buffer.grow()
                continue
            number += 1
            if not buffer.text:
                yield BadRow(number, "the JSON array is not closed", "")
                return
            yield BadRow(number, "bad JSON", buffer.text[:EXCERPT_CHARS])
            following = _NEXT_OBJECT.search(buffer.text, 1)
            if following is None and buffer.is_whole:
                return
            buffer.skip(following.end() if following else len(buffer.text))
            continue
        number += 1
        excerpt = buffer.text[position : min(end, position + EXCERPT_CHARS)]
        if is_undecoded(buffer.text[position:end]):
            yield BadRow(number, f"not {encoding} text", excerpt)
        else:
            yield _to_row(number, value, excerpt)
        position = end


def _may_be_cut(buffer: _Buffer, error: Exception) -> bool:
    """Tell whether an item failed only because the rest of it has not been read yet."""
    if buffer.is_whole or not isinstance(error, json.JSONDecodeError):
        return False
    if error.msg.startswith("Unterminated"):
        return len(buffer.text) - error.pos <= MAX_CHARS
    return error.pos >= len(buffer.text) - _NEARLY_ALL

"""JSON rows: lines of objects, and arrays of them, read one by one in bounded memory."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scrapers.lines import fault_in, read_chunks, read_lines
from scrapers.rows import EXCERPT_CHARS, MAX_CHARS, TOO_LONG, BadRow, ImportProblem, Row

_DECODER: Final = json.JSONDecoder(strict=False)
_NEXT_OBJECT: Final = re.compile(r"\}\s*,\s*(?=\{)")
_NEARLY_ALL: Final = 64
_GAP: Final = re.compile(r"[\s,]*")


def _to_row(number: int, value: Any, text: str) -> Row | BadRow:
    if isinstance(value, Mapping):
        return Row(number, value)
    return BadRow(number, "not a JSON object", text[:EXCERPT_CHARS])


def read_json_lines(path: Path, encoding: str) -> Iterator[Row | BadRow]:
    for line in read_lines(path, encoding):
        if line.is_long:
            yield BadRow(line.number, TOO_LONG, line.text[:EXCERPT_CHARS])
        elif reason := fault_in(line.text, encoding):
            yield BadRow(line.number, reason, line.text[:EXCERPT_CHARS])
        elif line.text.strip():
            try:
                yield _to_row(line.number, json.loads(line.text, strict=False), line.text)
            except (ValueError, RecursionError):
                yield BadRow(line.number, "bad JSON", line.text[:EXCERPT_CHARS])


def read_json(path: Path, encoding: str) -> Iterator[Row | BadRow]:
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
    return read_json_lines(path, encoding)


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
            is_cut = _may_be_cut(buffer, position, error)
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
        if reason := fault_in(buffer.text[position:end], encoding):
            yield BadRow(number, reason, excerpt)
        else:
            yield _to_row(number, value, excerpt)
        position = end


def _may_be_cut(buffer: _Buffer, start: int, error: Exception) -> bool:
    """Tell whether an item failed only because the rest of it has not been read yet."""
    if buffer.is_whole or not isinstance(error, json.JSONDecodeError) or len(buffer.text) - start > 2 * MAX_CHARS:
        return False
    return error.msg.startswith("Unterminated") or error.pos >= len(buffer.text) - _NEARLY_ALL

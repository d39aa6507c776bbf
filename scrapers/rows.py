"""Rows: what a reader of files hands over, one record or one refusal at a time, and the error that ends an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

EXCERPT_CHARS: Final = 200
MAX_CHARS: Final = 10_000_000
TOO_LONG: Final = f"longer than {MAX_CHARS:,} characters"


class ImportProblem(Exception):
    """A file cannot be imported as asked; the one-line message says why and what to do, and nothing was stored."""


class RowProblem(Exception):
    """One row cannot be imported; the message is its reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file, with the line (in Parquet and JSON arrays the record) it begins at, from 1."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One record that cannot be read, why, and its first 200 characters."""

    line: int
    reason: str
    excerpt: str

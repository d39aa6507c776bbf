"""Boards: which boards a run without arguments reads, from the bundled list and a user's own, without retired ones."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.board_history import Standing, standings
from scrapers.files import StoreError
from scrapers.sources import names
from scrapers.store import Store, bundled

FILE: Final = "boards.csv"
COLUMNS: Final = ("platform", "token", "label", "country", "note")
_COUNTRY: Final = re.compile(r"[A-Z]{2}|")
_TOKEN: Final = re.compile(r"(?:[^\s\x00-\x1f\x7f-\x9f]+(?: [^\s\x00-\x1f\x7f-\x9f]+)*)?")


@dataclass(frozen=True, slots=True)
class Board:
    """One board of the list: the source that reads it, its name there, and the employer it should belong to."""

    platform: str
    token: str
    label: str = ""
    country: str = ""
    note: str = ""

    @property
    def target(self) -> str:
        """How the board is asked for: "source:token", or "source" where a source is one site."""
        return f"{self.platform}:{self.token}" if self.token else self.platform


def load(store: Store) -> list[str]:
    """Return the targets to collect when none is named, without retired boards: those asked longest ago come first.

    So a run that was stopped is gone on with by the next one. Boards never asked come before all, and boards of one run
    in the order of the list. Raises StoreError when a list or a report cannot be read.
    """
    boards = read_boards(store)
    known = {target: found for target, found in standings(store, boards).items() if target in boards}
    open_ones = [target for target in boards if not known.get(target, Standing()).is_retired]
    return sorted(open_ones, key=lambda target: known.get(target, Standing()).polled_at)


def named(store: Store, targets: Sequence[str]) -> list[str]:
    """Return the targets to collect: a source named without a board stands for its listed boards, where there are any.

    Raises StoreError as `load` does.
    """
    if all(":" in target for target in targets):
        return [*targets]
    listed = load(store)
    found = ([t for t in listed if t.startswith(f"{target}:")] or [target] for target in targets)
    return [target for some in found for target in some]


def read_boards(store: Store) -> dict[str, Board]:
    """Return the boards by target: the bundled ones, then those that boards.csv in the data root adds or replaces.

    Raises StoreError, with the line, for a missing column, an unknown platform, a doubled row or a broken name.
    """
    path = bundled(FILE)
    boards = parse(path.read_bytes(), str(path))
    if store.files.exists(FILE) and not (store.files.is_local and path.samefile(store.files.path(FILE))):
        boards |= parse(store.files.read(FILE), store.files.path(FILE))
    return boards


def parse(content: bytes, place: str) -> dict[str, Board]:
    """Return the boards of one list by target; `place` stands in the errors."""
    boards: dict[str, Board] = {}
    known = frozenset(names())
    for line, row in _rows(content, place):
        board = Board(**{column: (row.get(column) or "").strip() for column in COLUMNS})
        if why := _fault(board, known) or ("doubled" if board.target in boards else ""):
            raise StoreError(f"{place}, line {line}: {why}; correct or remove the line")
        boards[board.target] = board
    return boards


def _rows(content: bytes, place: str) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), restkey="", strict=True)
        missing = [column for column in COLUMNS[:2] if column not in (reader.fieldnames or ())]
        if missing:
            raise StoreError(f"{place} has no column {missing[0]}: its columns are {', '.join(COLUMNS)}")
        for row in reader:
            if "" in row:
                raise StoreError(f"{place}, line {reader.line_num}: more cells than columns; quote cells with commas")
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise StoreError(f"{place} is no CSV in UTF-8: {error}") from error


def _fault(board: Board, known: frozenset[str]) -> str:
    if board.platform not in known:
        return f"there is no source {board.platform!r}, there are {', '.join(sorted(known))}"
    if not _TOKEN.fullmatch(board.token):
        return f"{board.token!r} is no name of a board"
    if not _COUNTRY.fullmatch(board.country):
        return f"country {board.country!r} is not two capital letters"
    return ""

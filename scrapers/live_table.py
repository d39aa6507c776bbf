"""The table of boards while they are read: one row per source on a terminal, plain log lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from scrapers.progress import LOG
from scrapers.report import BoardResult
from scrapers.stopping import tell

_LOG_EVERY: Final = 10.0


@dataclass(slots=True)
class _Row:
    n_boards: int = 0
    n_done: int = 0
    n_postings: int = 0
    n_failed: int = 0
    current: str = ""


class BoardTable:
    """What is known of each source so far; `log_every` are the seconds between log lines, None for none."""

    def __init__(self, log_every: float | None = None) -> None:
        self._rows: dict[str, _Row] = {}
        self._log_every, self._logged = log_every, time.monotonic()
        self._note = ""

    def plan(self, source: str, n_boards: int) -> None:
        """Note that so many more boards of a source will be read."""
        self._rows.setdefault(source, _Row()).n_boards += n_boards

    def start(self, source: str, board: str) -> None:
        """Note that a board is being read; called from several threads."""
        self._rows[source].current = board

    def end(self, result: BoardResult) -> None:
        """Note how a board ended."""
        # A source that could not list its boards was never planned.
        row = self._rows.setdefault(result.source, _Row(n_boards=1))
        row.n_done += 1
        row.n_postings += result.n
        row.n_failed += result.is_failed
        if self._log_every is not None and time.monotonic() - self._logged >= self._log_every:
            self._logged = time.monotonic()
            LOG.info("boards: %s", self.line())

    def tell(self, words: str) -> None:
        """Show words for a person; may be called from the handler of a signal."""
        self._note = words
        if self._log_every is not None:
            tell(words)

    def line(self) -> str:
        """Return the sums over all sources in one line."""
        rows = self._rows.values()
        done, boards = sum(r.n_done for r in rows), sum(r.n_boards for r in rows)
        postings, failed = sum(r.n_postings for r in rows), sum(r.n_failed for r in rows)
        return f"{done:,} of {boards:,}, {postings:,} postings, {failed} failed"

    def __rich__(self) -> Group:
        # Of a narrow terminal the last column gives way: it alone has a ratio.
        table = Table("source", box=None, expand=True)
        for name in ("boards", "postings", "failed"):
            table.add_column(name, justify="right")
        table.add_column("reading", overflow="ellipsis", no_wrap=True, ratio=1)
        # A copy: threads of other sources may add a row meanwhile.
        for source, row in list(self._rows.items()):
            current = row.current if row.n_done < row.n_boards else ""
            cells = f"{row.n_done:,}/{row.n_boards:,}", f"{row.n_postings:,}", str(row.n_failed)
            table.add_row(source, *cells, current)
        # Written past the table, words would be wiped away by its next turn.
        return Group(table, *filter(None, [self._note]))


@contextmanager
def board_table() -> Iterator[BoardTable]:
    """Show the boards of the block's run on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield BoardTable(_LOG_EVERY)
        return
    table = BoardTable()
    with Live(table, console=console, transient=True):
        yield table

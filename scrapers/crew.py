"""The crew: threads that read the boards of several sources at once and hand them back in each source's own order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

from scrapers.client import Client, Manners
from scrapers.fetch import Fetcher, sha_of
from scrapers.kept import KeptPages
from scrapers.reading import Listing, Reading, list_boards, read_board
from scrapers.report import BoardResult
from scrapers.sources import Source, SourceModule

_SPARE: Final = 3
"""Threads beyond the requests that may be in flight: while some pages are parsed and kept, others are on their way."""
_AHEAD: Final = 64
"""Boards of a source that may be begun before the first of them is handed back: those read meanwhile lie in memory."""
OpenFetcher = Callable[[Source, dict[str, Any]], Fetcher]
"""Gives the fetcher of one board; the boards of a source within a run share the dict."""


class Reads(Protocol):
    """Who gives back what was read of the boards it is asked for: the crew, or what it left on disk."""

    def ask_boards(self, module: SourceModule) -> None:
        """Have a source list its boards."""

    def ask(self, module: SourceModule, boards: Sequence[str]) -> None:
        """Have boards of a source read, after those asked for before."""

    def results(self) -> Iterator[tuple[SourceModule, Reading | Listing]]:
        """Yield what came of all that was asked for, also of what is asked for meanwhile; raises StoreError."""


class Takes(Protocol):
    """Who decides which boards are asked and what becomes of what was read."""

    def allow(self, source: Source, boards: Sequence[str]) -> list[str]:
        """Return the boards that are to be asked, each once."""

    def note(self, source: Source, listing: Listing) -> None:
        """Take a source's list of its boards."""

    def take(self, source: Source, reading: Reading) -> BoardResult | None:
        """Take what was read of a board; None for one that was not asked any more."""


def receive(reader: Reads, taker: Takes, wanted: Iterable[tuple[SourceModule, Sequence[str]]]) -> Iterator[BoardResult]:
    """Have boards read (none named: those that the source lists) and taken, and yield how each ended."""
    for module, boards in wanted:
        if boards:
            reader.ask(module, taker.allow(module.SOURCE, boards))
        else:
            reader.ask_boards(module)
    for module, result in reader.results():
        if isinstance(result, Listing):
            taker.note(module.SOURCE, result)
            reader.ask(module, taker.allow(module.SOURCE, result.boards))
        elif ended := taker.take(module.SOURCE, result):
            yield ended


def opener(
    client: Client,
    *,
    keep: Callable[[bytes], str] = sha_of,
    kept: Mapping[str, KeptPages] | None = None,
    is_replay: bool = False,
) -> OpenFetcher:
    """Return how a board's fetcher is made; `keep` keeps a page, `kept` are for each source those of earlier runs."""

    def open_fetcher(source: Source, memo: dict[str, Any]) -> Fetcher:
        known = (kept or {}).get(source.name)
        more: dict[str, Any] = {"keep": keep, "kept": known, "is_replay": is_replay, "manners": Manners.of(source)}
        return Fetcher(source.name, client=client, memo=memo, **more)

    return open_fetcher


@dataclass(slots=True)
class _Line:
    """The boards of one source that wait, are being read, or wait to be handed back."""

    module: SourceModule
    pool: ThreadPoolExecutor
    memo: dict[str, Any] = field(default_factory=dict)
    boards: deque[str] = field(default_factory=deque)
    futures: deque[Future[Reading | Listing]] = field(default_factory=deque)


class Crew:
    """A pool of threads per source, which ends with the block: what is not begun by then is never begun."""

    def __init__(
        self,
        client: Client,
        open_fetcher: OpenFetcher,
        since: str | None,
        on_plan: Callable[[str, int], None] = lambda source, n_boards: None,
        on_start: Callable[[str, str], None] = lambda source, board: None,
    ) -> None:
        self._client, self._open, self._since = client, open_fetcher, since
        self._on_plan, self._on_start = on_plan, on_start
        self._lines: dict[str, _Line] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: Any) -> None:
        if any(line.futures for line in self._lines.values()):
            self._client.stop.set()
        for line in self._lines.values():
            line.pool.shutdown(cancel_futures=True)

    def ask_boards(self, module: SourceModule) -> None:
        """Have a source list its boards."""
        line = self._line_of(module)
        line.futures.append(line.pool.submit(self._list, line))

    def ask(self, module: SourceModule, boards: Sequence[str]) -> None:
        """Have boards of a source read, after those asked for before."""
        self._on_plan(module.SOURCE.name, len(boards))
        line = self._line_of(module)
        line.boards.extend(boards)
        self._begin(line)

    def results(self) -> Iterator[tuple[SourceModule, Reading | Listing]]:
        """Yield what came of all that was asked for, also of what is asked for meanwhile; raises StoreError."""
        while lines := [line for line in self._lines.values() if line.futures]:
            wait([line.futures[0] for line in lines], return_when=FIRST_COMPLETED)
            for line in lines:
                if line.futures[0].done():
                    ended = line.futures.popleft()
                    self._begin(line)
                    yield line.module, ended.result()

    def _begin(self, line: _Line) -> None:
        """Have the next boards of a line read, as far as they may run ahead."""
        while line.boards and len(line.futures) < _AHEAD:
            line.futures.append(line.pool.submit(self._read, line, line.boards.popleft()))

    def _line_of(self, module: SourceModule) -> _Line:
        source = module.SOURCE
        if source.name not in self._lines:
            n_threads = source.concurrency + _SPARE
            self._lines[source.name] = _Line(module, ThreadPoolExecutor(n_threads, source.name))
        return self._lines[source.name]

    def _list(self, line: _Line) -> Reading | Listing:
        fetcher = self._open(line.module.SOURCE, line.memo)
        return list_boards(line.module, fetcher, self._since, self._client.clock)

    def _read(self, line: _Line, board: str) -> Reading | Listing:
        if not self._client.stop.is_set():
            self._on_start(line.module.SOURCE.name, board)
        fetcher = self._open(line.module.SOURCE, line.memo)
        return read_board(line.module, fetcher, board, self._since, self._client.clock)

"""The crew: threads that read the boards of several sources at once and hand them back in each source's own order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final, Self

from scrapers.client import Client
from scrapers.fetch import Fetcher
from scrapers.reading import Listing, Reading, list_boards, read_board
from scrapers.sources import Source, SourceModule

_SPARE: Final = 3
"""Threads beyond the requests that may be in flight: while some pages are parsed and kept, others are on their way."""
_AHEAD: Final = 64
"""Boards of a source that may be begun before the first of them is handed back: those read meanwhile lie in memory."""
OpenFetcher = Callable[[Source, dict[str, Any]], Fetcher]
"""Gives the fetcher of one board; the boards of a source within a run share the dict."""


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
        on_plan: Callable[[str, int], None],
        on_start: Callable[[str, str], None],
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

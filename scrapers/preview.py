"""Preview: what a collecting run would ask for first, of whom and at what pace, found out without any request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

from scrapers.client import Client, Manners
from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.history import History
from scrapers.sources import SourceModule

_SHOWN = 3


@dataclass(slots=True)
class Preview:
    """What one source would be asked: first addresses of its boards, hosts with their pace, boards left alone."""

    source: str
    n_boards: int | None
    """None where the source has to be asked which boards there are."""
    urls: list[str] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the preview for a terminal."""
        boards = "boards unknown before it is asked" if self.n_boards is None else f"{self.n_boards} boards"
        lines = [f"{self.source}: {boards}"]
        lines += [f"  host {host}: {pace}" for host, pace in self.hosts.items()]
        lines += [f"  begins with {url}" for url in self.urls[:_SHOWN]]
        lines += [f"  and {len(self.urls) - _SHOWN} addresses more"] if self.urls[_SHOWN:] else []
        return lines + [f"  not asked: {why}" for why in self.skipped]


def preview(
    module: SourceModule,
    boards: Sequence[str],
    *,
    since: str | None = None,
    base_url: str | None = None,
    interval: float | None = None,
    history: History | None = None,
    now: datetime,
) -> Preview:
    """Return what reading these boards (none: those that the source names) would begin with.

    `history` tells which boards were asked too recently; without it all would be asked.
    """
    source = module.SOURCE
    stop = Event()
    stop.set()
    client = Client(base_url=base_url, interval=interval, stop=stop)
    found = Preview(source.name, len(boards) or None)
    manners = Manners(source.intervals, source.concurrency, source.timeout, source.checks_robots)
    wanted: Sequence[str | None] = boards or [None]
    for board in wanted:
        at = history and board is not None and history.not_before(source.name, board, source.min_interval_hours, now)
        if at:
            found.skipped.append(f"{source.name}:{board} before {at.isoformat(timespec='minutes')}")
            continue
        if url := _first_url(module, client, board, since):
            limit = client.limit_of(urlsplit(url).netloc, manners)
            pace = f"a request every {limit.interval:g} s, {limit.concurrency} at once"
            found.urls.append(url)
            found.hosts[urlsplit(base_url or url).netloc] = pace
    if found.n_boards is not None:
        found.n_boards -= len(found.skipped)
    return found


def _first_url(module: SourceModule, client: Client, board: str | None, since: str | None) -> str:
    """Return the first address asked for: a client that is stopped refuses it and names it."""
    fetcher = Fetcher(module.SOURCE.name, client=client)
    try:
        if board is None:
            module.boards(fetcher, since)
        else:
            next(iter(module.read_board(fetcher, board, since)), None)
    except ScrapeError as error:
        return error.url
    return ""

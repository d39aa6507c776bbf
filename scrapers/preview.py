"""Preview: what a collecting run would ask for first, of whom and at what pace, found out without any request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit, urlunsplit

from scrapers.client import Client, Manners
from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.history import History
from scrapers.pace import Limit, door_of
from scrapers.report import Skipped, some
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
    n_requests: int = 0
    """The least number of requests: those that each board took last time, one where that is not known."""
    n_known: int = 0
    """Of so many boards it is known how many requests they took."""

    def lines(self) -> list[str]:
        """Return the preview for a terminal."""
        if self.n_boards is None:
            boards = "boards unknown before it is asked"
        else:
            boards = "1 board" if self.n_boards == 1 else f"{self.n_boards:,} boards"
        lines = [f"{self.source}: {boards}{self._requests()}"]
        lines += [f"  host {some(hosts)}: {pace}" for pace, hosts in self._by_pace().items()]
        lines += [f"  begins with {url}" for url in self.urls[:_SHOWN]]
        lines += [f"  and {len(self.urls) - _SHOWN:,} addresses more"] if self.urls[_SHOWN:] else []
        lines += [f"  not asked: {why}" for why in self.skipped[:_SHOWN]]
        return lines + ([f"  and {len(self.skipped) - _SHOWN:,} boards more"] if self.skipped[_SHOWN:] else [])

    def _by_pace(self) -> dict[str, list[str]]:
        return {pace: [h for h, p in self.hosts.items() if p == pace] for pace in dict.fromkeys(self.hosts.values())}

    def show(self, url: str, limit: Limit) -> None:
        """Note a first address and the pace of its host."""
        self.urls.append(url)
        pace = f"at least {limit.interval:g} s between requests, {limit.concurrency} at once"
        self.hosts[urlsplit(url).netloc] = pace

    def count(self, n_requests: int) -> None:
        """Note a board that would be asked, and how many requests it took last time, 0 where that is not known."""
        self.n_boards = (self.n_boards or 0) + 1
        self.n_known += n_requests > 0
        self.n_requests += n_requests or 1

    def _requests(self) -> str:
        if not self.n_requests:
            return ""
        n = "1 request" if self.n_requests == 1 else f"{self.n_requests:,} requests"
        if self.n_known and self.n_known == self.n_boards:
            return f", {n} when last read"
        return f", at least {n}" + (f" ({self.n_known:,} boards counted as last time)" if self.n_known else "")


def preview(
    module: SourceModule,
    boards: Sequence[str],
    *,
    since: str | None = None,
    base_url: str | None = None,
    interval: float | None = None,
    history: History | None = None,
    is_patient: bool = True,
    now: datetime,
) -> Preview:
    """Return what reading these boards (none: those that the source names) would begin with.

    `history` tells how many requests the boards took and, with `is_patient`, which were asked too recently.
    """
    source, known = module.SOURCE, history or History()
    client = _stopped(base_url, interval)
    manners = Manners.of(source)
    found, urls = Preview(source.name, 0), list[str]()
    try:
        # A source that is one site needs no request to name its board.
        boards = boards or module.boards(Fetcher(source.name, client=client), since)
    except ScrapeError as error:
        found = _unknown(source.name, error)
        urls.append(error.url)
    for board in boards:
        if is_patient and (at := known.not_before(source.name, board, source.min_interval_hours, now)):
            target = Skipped(source.name, board, "").target
            found.skipped.append(f"{target} before {at.isoformat(timespec='minutes')} (or --force)")
        else:
            found.count(known.requests(source.name, board))
            urls.append(_first_url(module, client, board, since))
    for url in filter(None, urls):
        found.show(_sent_to(url, base_url), client.limit_of(door_of(url), manners))
    return found


def _stopped(base_url: str | None, interval: float | None) -> Client:
    """Return a client that refuses whatever it is asked for, and names it."""
    stop = Event()
    stop.set()
    return Client(base_url=base_url, interval=interval, stop=stop)


def _unknown(source: str, error: ScrapeError) -> Preview:
    """Return the preview of a source that must be asked for its boards, or that wants them named."""
    return Preview(source, None, n_requests=1) if error.url else Preview(source, 0, skipped=[str(error)])


def _first_url(module: SourceModule, client: Client, board: str, since: str | None) -> str:
    try:
        next(iter(module.read_board(Fetcher(module.SOURCE.name, client=client), board, since)), None)
    except ScrapeError as error:
        return error.url
    return ""


def _sent_to(url: str, base_url: str | None) -> str:
    """Return where a request for an address goes."""
    parts = urlsplit(url)
    return url if base_url is None else base_url.rstrip("/") + urlunsplit(("", "", parts.path, parts.query, ""))

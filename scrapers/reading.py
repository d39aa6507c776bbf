"""Reading: one board read to its end or to where it broke, in a thread of its own, with all that came of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from scrapers.errors import FAULTS, ParseError, ScrapeError, StoppedError
from scrapers.fetch import Fetcher
from scrapers.kept import Fetch, page_name
from scrapers.posting import Posting
from scrapers.report import STOPPED, BoardResult
from scrapers.runs import to_batch
from scrapers.sources import Reject, SourceModule


@dataclass(slots=True)
class Reading:
    """What was read of a board; `error` says why it broke off. Seconds are those of the run's clock."""

    source: str
    board: str
    postings: list[Posting] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    error: ScrapeError | None = None
    last_sha: str = ""
    requests: int = 0
    seconds: float = 0.0

    @property
    def is_asked(self) -> bool:
        """False when the run was stopped before anything was asked."""
        return not (isinstance(self.error, StoppedError) and not self.requests and not self.postings)

    @property
    def page(self) -> str:
        """The name under which the page is kept that could not be parsed; empty where that is not what went wrong."""
        is_odd = isinstance(self.error, ParseError) or bool(self.rejects and not self.postings and not self.error)
        return page_name(self.last_sha) if is_odd and self.last_sha else ""

    @property
    def ids(self) -> list[str]:
        """The identifiers of its postings, each once."""
        return list(dict.fromkeys(p.posting_id for p in self.postings))

    def sift(self) -> None:
        """Turn the postings that cannot be stored into rejects; met later they would cost the whole run."""
        self.postings, odd = _split(self.postings)
        self.rejects += odd

    def outcome(self) -> tuple[str, str]:
        """Return how the board ended, and why where that is not plain."""
        n = len(self.ids)
        if self.error is not None:
            return self._broken(self.error, n), str(self.error)
        if self.rejects and not n:
            return "failed", f"all {len(self.rejects)} records rejected, the last one: {self.rejects[-1].reason}"
        return ("ok" if n else "ok_empty"), ""

    def result(self) -> BoardResult:
        """Return how the board ended, as far as its own reading tells."""
        outcome, reason = self.outcome()
        return BoardResult(
            source=self.source,
            board=self.board,
            outcome=outcome,
            n=len(self.ids),
            n_rejected=len(self.rejects),
            requests=self.requests,
            seconds=self.seconds,
            reason=reason,
            detail=self.error.detail if self.error else "",
            page=self.page,
        )

    def _broken(self, error: ScrapeError, n: int) -> str:
        """Return how a board ended that broke: half read, it is not gone; with nothing read, it is not truncated."""
        if isinstance(error, StoppedError):
            return error.outcome
        if (error.outcome == "gone" and n) or (error.outcome == "truncated" and not n):
            return "failed"
        return error.outcome


def unasked(source: str, board: str = "") -> Reading:
    """Return the reading of a board that a stopped run did not come to."""
    return Reading(source, board, error=StoppedError(source, "", STOPPED))


@dataclass(frozen=True, slots=True)
class Listing:
    """The boards that a source names itself, and what it was asked for them."""

    boards: list[str]
    fetches: list[Fetch]


def read_board(
    module: SourceModule, fetcher: Fetcher, board: str, since: str | None, clock: Callable[[], float]
) -> Reading:
    """Read one board; whatever its source raises is in the reading, and what was read before is kept."""
    reading = Reading(module.SOURCE.name, board)
    with _timed(reading, fetcher, clock):
        fetcher.check()
        for record in module.read_board(fetcher, board, since):
            (reading.rejects if isinstance(record, Reject) else reading.postings).append(record)  # type: ignore[arg-type]
    return reading


def list_boards(
    module: SourceModule, fetcher: Fetcher, since: str | None, clock: Callable[[], float]
) -> Listing | Reading:
    """Ask a source for its boards; where that fails, a reading without board says why."""
    reading, boards = Reading(module.SOURCE.name, ""), list[str]()
    with _timed(reading, fetcher, clock):
        fetcher.check()
        boards = module.boards(fetcher, since)
    return reading if reading.error else Listing(boards, reading.fetches)


@contextmanager
def _timed(reading: Reading, fetcher: Fetcher, clock: Callable[[], float]) -> Iterator[None]:
    began = clock()
    try:
        yield
    except ScrapeError as error:
        reading.error = error
    except FAULTS as error:
        # What a source did not expect costs its own board and no other.
        reading.error = ParseError(reading.source, "", f"unexpected {type(error).__name__}: {error}")
    reading.fetches, reading.requests, reading.last_sha = fetcher.fetches, fetcher.n_requests, fetcher.last_sha
    reading.seconds = round(clock() - began, 1)


def _split(postings: list[Posting]) -> tuple[list[Posting], list[Reject]]:
    """Return the postings that can be stored and rejects for the others."""
    try:
        to_batch(postings)
    except FAULTS as error:
        if len(postings) == 1:
            (odd,) = postings
            reason = f"cannot be stored: {type(error).__name__}: {error}"
            return [], [Reject(odd.source, odd.board, odd.native_id, reason, str(odd.text)[:200])]
        half = len(postings) // 2
        halves = _split(postings[:half]), _split(postings[half:])
        return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]
    return postings, []

"""The collection loop: boards are read one by one, each ends with an outcome; the one place to catch ScrapeError."""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Final

from scrapers.errors import ParseError, ScrapeError, TargetError
from scrapers.fetch import BOARD_SECONDS, Fetcher, split_base
from scrapers.posting import Posting
from scrapers.report import BoardResult, Report
from scrapers.runs import to_batch
from scrapers.sources import Reject, Source, SourceModule, load
from scrapers.store import Added, RunWriter, Store

__all__ = ["BoardResult", "Report", "collect"]

_BATCH: Final = 200
_SINCE: Final = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)
_UNEXPECTED: Final = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError),
    RecursionError,
)
"""What records of no known shape make a source raise; StoreError is none of them and ends the run."""


@dataclass(slots=True)
class _Reading:
    """A board while it is read: what was kept so far."""

    writer: RunWriter
    rejects: list[Reject]
    board: str
    ids: dict[str, None] = field(default_factory=dict)
    added: Added = field(default_factory=Added)
    n_rejected: int = 0

    def take(self, records: Iterator[Posting | Reject]) -> None:
        """Store the records in batches; when reading breaks, those before the break are stored as well."""
        batch: list[Posting] = []
        try:
            for record in records:
                if isinstance(record, Reject):
                    self.rejects.append(record)
                    self.n_rejected += 1
                    continue
                batch.append(record)
                if len(batch) == _BATCH:
                    self._flush(batch)
        finally:
            self._flush(batch)

    def _flush(self, batch: list[Posting]) -> None:
        good, odd = _split(batch)
        self.rejects += odd
        self.n_rejected += len(odd)
        for posting in good:
            self.ids[posting.posting_id] = None
            # A thread may be asked for by its number: its postings know the board they belong to.
            self.board = posting.board
        self.added += self.writer.add(good)
        batch.clear()


def collect(
    targets: Sequence[str],
    store: Store,
    *,
    run: str,
    since: str | None = None,
    base_url: str | None = None,
    now: datetime,
    contact: str | None = None,
    on_board: Callable[[BoardResult], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Read the targets ("source" or "source:board") into the store as one run, and return how each board ended.

    Raises TargetError before anything is read or written when a target does not exist, `since` is no date (YYYY,
    YYYY-MM or YYYY-MM-DD) or `base_url` no address, and StoreError when the store cannot be written; whatever else goes
    wrong is the outcome of its board, and what was read before is kept.
    """
    if since is not None:
        _check_since(since)
    if base_url is not None:
        split_base(base_url)
    wanted = _group(targets, since)
    report = Report(run, now.isoformat(timespec="seconds"))
    rejects: list[Reject] = []
    with store.begin(run, read_on=now.date().isoformat()) as writer:
        for name, named in wanted.items():
            module = load(name)
            fetcher = _fetcher_of(module.SOURCE, writer, base_url, contact, clock)
            for result in _read_source(module, fetcher, named, since, writer, rejects, clock):
                report.boards.append(result)
                on_board(result)
        if rejects:
            lines = "".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rejects)
            # A lone surrogate is written as \udXXX, which JSON reads back as what it was.
            store.files.write(f"rejects/{run}.jsonl", lines.encode("utf-8", "backslashreplace"))
        writer.commit(report.to_dict())
    return report


def _check_since(since: str) -> None:
    try:
        is_date = bool(_SINCE.fullmatch(since) and date.fromisoformat(since + "-01-01"[len(since) - 4 :]))
    except ValueError:
        is_date = False
    if not is_date:
        raise TargetError("", "", f"{since!r} is no date to begin from: write 2023, 2023-01 or 2023-01-15")


def _group(targets: Sequence[str], since: str | None) -> dict[str, list[str]]:
    """Return the boards by source, each once and in the order given; no board stands for "the source decides"."""
    wanted: dict[str, dict[str, None]] = {}
    for target in targets:
        name, _, board = target.partition(":")
        module = load(name)
        boards = module.expand(board, since) if board else []
        wanted.setdefault(name, {}).update(dict.fromkeys(boards))
    return {name: list(boards) for name, boards in wanted.items()}


def _fetcher_of(
    source: Source, writer: RunWriter, base_url: str | None, contact: str | None, clock: Callable[[], float]
) -> Fetcher:
    return Fetcher(
        source.name,
        base_url=base_url,
        contact=contact,
        keep=writer.keep_page,
        intervals=source.intervals,
        checks_robots=source.checks_robots,
        clock=clock,
    )


def _read_source(
    module: SourceModule,
    fetcher: Fetcher,
    named: list[str],
    since: str | None,
    writer: RunWriter,
    rejects: list[Reject],
    clock: Callable[[], float],
) -> Iterator[BoardResult]:
    boards = named
    if not named:
        began = clock()
        fetcher.limit(BOARD_SECONDS)
        try:
            with _explain_odd(module.SOURCE.name):
                boards = module.boards(fetcher, since)
        except ScrapeError as error:
            failed = BoardResult(module.SOURCE.name, "", error.outcome, reason=str(error))
            yield replace(failed, requests=fetcher.n_requests, seconds=round(clock() - began, 1))
    for board in boards:
        yield _read_board(module, fetcher, board, since, _Reading(writer, rejects, board), clock)


def _read_board(
    module: SourceModule,
    fetcher: Fetcher,
    board: str,
    since: str | None,
    reading: _Reading,
    clock: Callable[[], float],
) -> BoardResult:
    began, reason = clock(), ""
    fetcher.limit(BOARD_SECONDS)
    try:
        reading.take(_records(module, fetcher, board, since))
        outcome = "ok" if reading.ids else "ok_empty"
        if reading.n_rejected and not reading.ids:
            outcome = "failed"
            reason = f"all {reading.n_rejected} records rejected, the last one: {reading.rejects[-1].reason}"
    except ScrapeError as error:
        outcome, reason = _outcome_of(error, len(reading.ids)), str(error)
    source = module.SOURCE
    seen = reading.writer.seen(
        source.name,
        reading.board,
        reading.ids,
        may_vanish=source.may_vanish and outcome in ("ok", "ok_empty") and not reading.n_rejected,
    )
    return BoardResult(
        source=source.name,
        board=board,
        outcome=outcome,
        n=len(reading.ids),
        n_new=reading.added.n_new,
        n_changed=reading.added.n_changed,
        n_vanished=seen.n_vanished,
        n_rejected=reading.n_rejected,
        requests=fetcher.n_requests,
        seconds=round(clock() - began, 1),
        reason=reason,
    )


def _records(module: SourceModule, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    with _explain_odd(module.SOURCE.name):
        yield from module.read_board(fetcher, board, since)


@contextmanager
def _explain_odd(source: str) -> Iterator[None]:
    """Turn what a source did not expect into a ScrapeError, so that it costs its own board and no other."""
    try:
        yield
    except _UNEXPECTED as error:
        raise ParseError(source, "", f"unexpected {type(error).__name__}: {error}") from error


def _split(batch: list[Posting]) -> tuple[list[Posting], list[Reject]]:
    """Return the postings that can be stored and rejects for the others, which met later would cost the whole run."""
    try:
        to_batch(batch)
    except _UNEXPECTED as error:
        if len(batch) == 1:
            (odd,) = batch
            reason = f"cannot be stored: {type(error).__name__}: {error}"
            return [], [Reject(odd.source, odd.board, odd.native_id, reason, str(odd.text)[:200])]
        halves = _split(batch[: len(batch) // 2]), _split(batch[len(batch) // 2 :])
        return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]
    return batch, []


def _outcome_of(error: ScrapeError, n: int) -> str:
    """Return the outcome of a board that broke: half read, it is not gone; with nothing read, it is not truncated."""
    if (error.outcome == "gone" and n) or (error.outcome == "truncated" and not n):
        return "failed"
    return error.outcome

"""The collection loop: boards are read one by one, each ends with an outcome; the one place to catch ScrapeError."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from scrapers.errors import ScrapeError
from scrapers.fetch import BOARD_SECONDS, Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, Source, SourceModule, load
from scrapers.store import Added, RunWriter, Store

OUTCOMES: Final = ("ok", "ok_empty", "gone", "failed", "truncated")
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class BoardResult:
    """How reading one board ended; seconds are wall time."""

    source: str
    board: str
    outcome: str
    n: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_vanished: int = 0
    n_rejected: int = 0
    requests: int = 0
    seconds: float = 0.0
    reason: str = ""


@dataclass(slots=True)
class Report:
    """What a run did, board by board."""

    run: str
    at: str
    boards: list[BoardResult] = field(default_factory=list)

    @property
    def is_failed(self) -> bool:
        """True when some board was not read to its end; a board that is gone is an answer, not a failure."""
        return any(b.outcome in ("failed", "truncated") for b in self.boards)

    def lines(self) -> list[str]:
        """Return one line per board for a terminal, and one with the sums."""
        lines = [
            f"{b.source}{':' if b.board else ''}{b.board}  {b.outcome}"
            f"  {b.n} postings, {b.n_new} new, {b.n_changed} changed"
            + (f", {b.n_vanished} vanished" if b.n_vanished else "")
            + (f", {b.n_rejected} rejected" if b.n_rejected else "")
            + (f"  {b.reason}" if b.reason else "")
            for b in self.boards
        ]
        counts = Counter(b.outcome for b in self.boards)
        sums = ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o]) or "no boards"
        return [*lines, f"run {self.run}: {sums}; {sum(b.n_new for b in self.boards)} new postings"]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as it is stored in runs/<run>.json."""
        return {"run": self.run, "at": self.at, "boards": [asdict(b) for b in self.boards]}


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
                self.ids[record.posting_id] = None
                # A thread may be asked for by its number: its postings know the board they belong to.
                self.board = record.board
                if len(batch) == _BATCH:
                    self._flush(batch)
        finally:
            self._flush(batch)

    def _flush(self, batch: list[Posting]) -> None:
        self.added += self.writer.add(batch)
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

    Raises TargetError before anything is read when a target does not exist, and StoreError when the store cannot be
    written; whatever else goes wrong is the outcome of its board, and what was read before is kept.
    """
    wanted = _group(targets)
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
            store.files.write(f"rejects/{run}.jsonl", lines.encode())
        writer.commit(report.to_dict())
    return report


def _group(targets: Sequence[str]) -> dict[str, list[str]]:
    """Return the boards by source, each once and in the order given; no board stands for "the source decides"."""
    wanted: dict[str, dict[str, None]] = {}
    for target in targets:
        name, _, board = target.partition(":")
        boards = load(name).expand(board) if board else []
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
        reading.take(module.read_board(fetcher, board, since))
        outcome = "ok" if reading.ids else "ok_empty"
    except ScrapeError as error:
        outcome, reason = _outcome_of(error, len(reading.ids)), str(error)
    source = module.SOURCE
    seen = reading.writer.seen(
        source.name,
        reading.board,
        reading.ids,
        may_vanish=source.may_vanish and outcome == "ok" and not reading.n_rejected,
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


def _outcome_of(error: ScrapeError, n: int) -> str:
    """Return the outcome of a board that broke: half read, it is not gone; with nothing read, it is not truncated."""
    if (error.outcome == "gone" and n) or (error.outcome == "truncated" and not n):
        return "failed"
    return error.outcome

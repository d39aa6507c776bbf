"""Collecting in two steps: sources are read side by side into a stage, board by board; then one commit stores all.

`staging/<run>/` of the data root holds the plan and what was read. Reading takes no lock of the store; only `settle`
writes it, judging as `collect` does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Final

from scrapers.client import Client
from scrapers.crew import Crew, opener, receive
from scrapers.desk import Desk
from scrapers.errors import NothingReadError, SourceDownError, StoppedError, TargetError
from scrapers.history import History
from scrapers.kept import PageKeeper
from scrapers.reading import Listing, Reading
from scrapers.report import STOPPED, BoardResult, Report, Skipped, advice_lines
from scrapers.shelf import FOLDER, Shelf
from scrapers.sources import Source, load
from scrapers.stage import Job, Stage, open_stage, planned, refuse_overtaken, report_of
from scrapers.store import Store

__all__ = ["Job", "NothingReadError", "SourceDownError", "Stage", "open_stage", "read_stage", "settle"]

_TOLD: Final = ("n_boards", "n_failed", "n_gone", "n_unasked", "n_early", "n", "n_rejected")


def read_stage(
    store: Store,
    run: str,
    source: str,
    *,
    contact: str | None = None,
    interval: float | None = None,
    stop: Event | None = None,
    on_board: Callable[[BoardResult], None] = lambda _: None,
) -> dict[str, int]:
    """Read the boards of one source that are not staged yet, or failed before, and return how many ended how.

    Pages are kept as they come and each board is staged as it ends, so that a killed process is gone on with by the
    next one. Of a committed run nothing is read. Raises SourceDownError when not one board of the source could be read,
    StoppedError when `stop` was set before all were, TargetError for a source that the run does not ask, and StoreError
    when a reading cannot be staged.
    """
    if store.has_run(run):
        kept = report_of(store, run).part(source)
        _refuse(kept, source)
        return _told(kept)
    stage = planned(store, run)
    job = next((job for job in stage.jobs if job.source == source), None)
    if job is None:
        raise TargetError(source, "", f"run {run} does not ask it")
    module, history = load(source), History(store.reports(), has_base_url=stage.base_url is not None)
    stager = _Stager(Shelf(store.files, run), history, stage.now)
    client = Client(base_url=stage.base_url, contact=contact, interval=interval, stop=stop)
    open_fetcher = opener(client, keep=PageKeeper(store.files).keep, kept={source: store.kept_pages(source)})
    with Crew(client, open_fetcher, stage.since) as crew:
        for ended in receive(crew, stager, [(module, stager.boards(job))]):
            on_board(ended)
    report = Report(run, stage.at, [*stager.ended.values()], stager.skipped)
    _refuse(report, source)
    return _told(report)


def settle(store: Store, run: str) -> Report:
    """Store all that is staged as one run, remove the stage, and return the report that is kept of the run.

    What was not staged is reported as not asked. Of a committed run the kept report is returned. Raises
    NothingReadError when not one board could be read: then nothing is stored and the stage stays; TargetError where a
    run of a later day is stored already; StoreError when nothing was planned under that name or the store cannot be
    written.
    """
    if not store.has_run(run):
        refuse_overtaken(store, run)
        _commit(store, planned(store, run))
    store.files.remove_all(f"{FOLDER}/{run}")
    return report_of(store, run)


@dataclass(slots=True)
class _Stager:
    """Puts on the shelf what is read of one source, and asks only for what is not there."""

    shelf: Shelf
    history: History
    now: datetime | None
    ended: dict[str, BoardResult] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    is_listed: bool = False
    """True once the boards of the source are known: what is read without a board's name is then a site of one board."""

    def boards(self, job: Job) -> Sequence[str]:
        """Return the boards to read; where the source has to be asked for them, none.

        It is asked again as long as one of them is unread: what it keeps in mind of its list, its boards build on.
        """
        listing = None if job.boards else self.shelf.listing(job.source)
        if not isinstance(listing, Listing):
            return job.boards
        return listing.boards if all(self._ended(job.source, board) for board in listing.boards) else ()

    def allow(self, source: Source, boards: Sequence[str]) -> list[str]:
        """Return the boards that may be asked and are not read yet, each once."""
        allowed, early = self.history.patient(source, boards, self.now)
        self.skipped += early
        self.ended |= {board: ended for board in allowed if (ended := self._ended(source.name, board))}
        return [board for board in allowed if board not in self.ended]

    def note(self, source: Source, listing: Listing) -> None:
        """Stage the list of a source's boards."""
        self.is_listed = True
        self.shelf.put_listing(source.name, listing)

    def take(self, source: Source, reading: Reading) -> BoardResult | None:
        """Stage what was read of a board; None for one that was not asked any more."""
        if not reading.is_asked:
            self.skipped.append(Skipped(source.name, reading.board, STOPPED))
            return None
        reading.sift()
        self._put(reading)
        self.ended[reading.board] = result = reading.result()
        return result

    def _ended(self, source: str, board: str) -> BoardResult | None:
        """Return how a board ended that is staged and need not be read again."""
        reading = self.shelf.find(source, board)
        ended = reading and reading.result()
        return ended if ended and ended.is_answered else None

    def _put(self, reading: Reading) -> None:
        if reading.board or self.is_listed:
            self.shelf.put(reading)
        elif not isinstance(self.shelf.listing(reading.source), Listing):
            # Of a source that could be asked for its boards before, what was read of them then stays worth storing.
            self.shelf.put_listing(reading.source, reading)


def _commit(store: Store, stage: Stage) -> None:
    report = Report(stage.run, stage.at, since=stage.since, has_base_url=stage.base_url is not None)
    wanted = [(load(job.source), job.boards) for job in stage.jobs]
    with store.begin(stage.run, read_on=stage.at[:10]) as writer:
        desk = Desk(writer, report, stage.now)
        for _ in receive(Shelf(store.files, stage.run), desk, wanted):
            pass
        if report.is_silent:
            what = "; ".join(advice_lines(report.boards)) or "no source was asked: run it again"
            raise NothingReadError("", "", f"no board of any source could be read, nothing was changed: {what}")
        desk.close([module.SOURCE for module, _ in wanted])


def _refuse(report: Report, source: str) -> None:
    """Raise the error of a source that was not read as far as it could be."""
    stopped = [b.target for b in report.boards if b.is_stopped] + report.unasked
    if stopped:
        reason = f"stopped before {len(stopped)} boards were read: run it again, it goes on from there"
        raise StoppedError(source, "", reason)
    if report.is_silent:
        first = report.boards[0].reason.removeprefix(f"{source}: ")
        reason = f"no board could be read: {'; '.join(advice_lines(report.boards))}; the first one: {first}"
        raise SourceDownError(source, "", reason)


def _told(report: Report) -> dict[str, int]:
    counts = report.counts()
    return {name: counts[name] for name in _TOLD}

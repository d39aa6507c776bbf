"""The collection loop: boards are read by a crew, stored in the order given, and each ends with an outcome."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from threading import Event
from typing import Any, Final

from scrapers.board_history import ANSWERS, standings
from scrapers.client import Client
from scrapers.crew import Crew, OpenFetcher
from scrapers.errors import TargetError
from scrapers.fetch import Fetcher, split_base
from scrapers.history import History, boards_read
from scrapers.preview import Preview, preview
from scrapers.reading import Listing, Reading
from scrapers.report import BoardResult, Report, Skipped
from scrapers.sources import Reject, Source, SourceModule, load
from scrapers.store import RunWriter, Store

__all__ = ["BoardResult", "Report", "collect", "look_ahead"]

_SINCE: Final = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)


def collect(
    targets: Sequence[str],
    store: Store,
    *,
    run: str,
    since: str | None = None,
    base_url: str | None = None,
    now: datetime,
    contact: str | None = None,
    interval: float | None = None,
    is_forced: bool = False,
    is_replay: bool = False,
    stop: Event | None = None,
    on_plan: Callable[[str, int], None] = lambda source, n_boards: None,
    on_start: Callable[[str, str], None] = lambda source, board: None,
    on_board: Callable[[BoardResult], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Read the targets ("source" or "source:board") into the store as one run, and return how each board ended.

    `interval` is the least number of seconds between requests to a host. A board asked sooner than its source wishes is
    skipped unless `is_forced`. `is_replay` parses the kept pages again and asks nothing. Once `stop` is set the pages
    in hand are finished and what was read is stored. `on_start` is called from the threads that read.

    Raises TargetError before anything is read or written when a target does not exist, `since` is no date (YYYY,
    YYYY-MM or YYYY-MM-DD) or `base_url` no address, and StoreError when the store cannot be written; whatever else goes
    wrong is the outcome of its board, and what was read before is kept.
    """
    wanted = plan(targets, since, base_url, kept_in=store if is_replay else None)
    report = Report(run, now.isoformat(timespec="seconds"), [], [], since, is_replay, base_url is not None)
    client = Client(base_url=base_url, contact=contact, interval=interval, clock=clock, stop=stop)
    with store.begin(run, read_on=_read_on(store, now, is_replay)) as writer:
        is_patient = not (is_replay or is_forced or base_url)
        desk = _Desk(
            writer, report, History(store.reports(), has_base_url=base_url is not None), now if is_patient else None
        )
        open_fetcher = _opener(client, writer, wanted, is_replay)
        with Crew(client, open_fetcher, since, on_plan, on_start) as crew:
            for ended in desk.receive(crew, wanted.values()):
                on_board(ended)
        desk.close([module.SOURCE for module, _ in wanted.values()])
    return report


def look_ahead(
    targets: Sequence[str],
    store: Store,
    *,
    since: str | None = None,
    base_url: str | None = None,
    interval: float | None = None,
    is_forced: bool = False,
    is_replay: bool = False,
    now: datetime,
) -> list[Preview]:
    """Return what `collect` would begin with, source by source, without a request; raises TargetError as it does."""
    wanted = plan(targets, since, base_url, kept_in=store if is_replay else None)
    if is_replay:
        return [Preview(name, len(boards)) for name, (_, boards) in wanted.items()]
    more: dict[str, Any] = {"since": since, "base_url": base_url, "interval": interval, "now": now}
    more |= {
        "history": History(store.reports(), has_base_url=base_url is not None),
        "is_patient": not (is_forced or base_url),
    }
    return [preview(module, boards, **more) for module, boards in wanted.values()]


def plan(
    targets: Sequence[str], since: str | None, base_url: str | None = None, kept_in: Store | None = None
) -> dict[str, tuple[SourceModule, list[str]]]:
    """Return for each source its module and the boards named, each once and in the order given.

    No board stands for "the source decides"; with `kept_in` for all boards that the runs of that store read, and no
    target for all its sources. Raises TargetError as `collect` does.
    """
    if since is not None:
        _check_since(since)
    if base_url is not None:
        split_base(base_url)
    wanted: dict[str, dict[str, None]] = {}
    for target in _kept_sources(kept_in) if kept_in and not targets else targets:
        name, _, board = target.partition(":")
        boards = load(name).expand(board, since) if board else []
        wanted.setdefault(name, {}).update(dict.fromkeys(boards))
    if kept_in:
        for name, boards_of in wanted.items():
            boards_of.update(dict.fromkeys([] if boards_of else boards_read(kept_in.reports(), name)))
    return {name: (load(name), list(boards_of)) for name, boards_of in wanted.items()}


def _opener(client: Client, writer: RunWriter, sources: Iterable[str], is_replay: bool) -> OpenFetcher:
    """Return how a board's fetcher is made: it keeps its pages, and knows those that were kept before."""
    kept = {name: writer.store.kept_pages(name) for name in sources}

    def open_fetcher(source: Source, memo: dict[str, Any]) -> Fetcher:
        return Fetcher(
            source.name,
            client=client,
            memo=memo,
            keep=writer.keep_page,
            kept=kept[source.name],
            is_replay=is_replay,
            intervals=source.intervals,
            concurrency=source.concurrency,
            timeout=source.timeout,
            checks_robots=source.checks_robots,
        )

    return open_fetcher


def _kept_sources(store: Store) -> list[str]:
    if not (found := store.fetched_sources()):
        raise TargetError("", "", "no pages are kept yet: collect first")
    return found


def _check_since(since: str) -> None:
    try:
        is_date = bool(_SINCE.fullmatch(since) and date.fromisoformat(since + "-01-01"[len(since) - 4 :]))
    except ValueError:
        is_date = False
    if not is_date:
        raise TargetError("", "", f"{since!r} is no date to begin from: write 2023, 2023-01 or 2023-01-15")


def _read_on(store: Store, now: datetime, is_replay: bool) -> str | None:
    """Return the day on which the pages are read: for kept ones that of the last run which kept any."""
    if not is_replay:
        return now.date().isoformat()
    fetched = [c.read_on for c in store.commits() if any(name.startswith("fetches/") for name in c.files)]
    return fetched[-1] if fetched else None


@dataclass(slots=True)
class _Desk:
    """Where readings arrive: they are judged, stored and reported."""

    writer: RunWriter
    report: Report
    history: History
    now: datetime | None
    """The time for which a source's wish for a pause holds; None where it does not."""
    rejects: list[Reject] = field(default_factory=list)

    def allow(self, source: Source, boards: Sequence[str]) -> list[str]:
        """Return the boards that may be asked, each once, and report the others."""
        if self.now is None:
            return list(dict.fromkeys(boards))
        allowed = []
        for board in dict.fromkeys(boards):
            at = self.history.not_before(source.name, board, source.min_interval_hours, self.now)
            if at is None:
                allowed.append(board)
            else:
                reason = f"asked less than {source.min_interval_hours:g} h ago"
                self.report.skipped.append(Skipped(source.name, board, reason, at.isoformat(timespec="seconds")))
        return allowed

    def receive(self, crew: Crew, wanted: Iterable[tuple[SourceModule, list[str]]]) -> Iterator[BoardResult]:
        """Have the crew read what is wanted, and yield how each board ended."""
        for module, boards in wanted:
            if boards:
                crew.ask(module, self.allow(module.SOURCE, boards))
            else:
                crew.ask_boards(module)
        for module, result in crew.results():
            if isinstance(result, Listing):
                self.writer.note(module.SOURCE.name, result.fetches)
                crew.ask(module, self.allow(module.SOURCE, result.boards))
            elif ended := self.take(module.SOURCE, result):
                yield ended

    def take(self, source: Source, reading: Reading) -> BoardResult | None:
        """Store what was read of a board and report it; None for one that was not asked any more."""
        reading.sift()
        self.rejects += reading.rejects
        self.writer.note(source.name, reading.fetches)
        if not reading.is_asked:
            self.report.skipped.append(Skipped(source.name, reading.board, "stopped"))
            return None
        outcome, reason = reading.outcome()
        ids = list(dict.fromkeys(p.posting_id for p in reading.postings))
        is_whole = outcome in ("ok", "ok_empty") and not self.report.is_partial
        if is_whole and (doubt := self.history.doubt(source.name, reading.board, len(ids))):
            outcome, reason, is_whole = "truncated", doubt, False
        added = self.writer.add(reading.postings)
        # A thread may be asked for by its number: its postings know the board they belong to.
        board = reading.postings[-1].board if reading.postings else reading.board
        may_vanish = source.may_vanish and is_whole and not reading.rejects and not self.history.is_trial
        seen = self.writer.seen(source.name, board, ids, may_vanish=may_vanish)
        result = BoardResult(
            source=source.name,
            board=reading.board,
            outcome=outcome,
            n=len(ids),
            n_new=added.n_new,
            n_changed=added.n_changed,
            n_vanished=seen.n_vanished,
            n_rejected=len(reading.rejects),
            requests=reading.requests,
            seconds=reading.seconds,
            reason=reason,
            detail=reading.error.detail if reading.error else "",
            page=reading.page,
        )
        self.report.boards.append(result)
        return result

    def close(self, sources: Sequence[Source]) -> None:
        """Bring what arrived from several sources into the order in which they were asked for, and commit it."""
        for source in sources:
            self._bury(source)
        order = {source.name: i for i, source in enumerate(sources)}
        self.report.boards.sort(key=lambda b: order[b.source])
        self.report.skipped.sort(key=lambda s: order[s.source])
        self.rejects.sort(key=lambda r: order.get(r.source, 0))
        if self.rejects:
            lines = "".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in self.rejects)
            # A lone surrogate is written as \udXXX, which JSON reads back as what it was.
            store = self.writer.store
            store.files.write(f"rejects/{self.report.run}.jsonl", lines.encode("utf-8", "backslashreplace"))
        self.writer.commit(self.report.to_dict())

    def _bury(self, source: Source) -> None:
        """Mark what retired boards showed last as vanished: a board that is gone for good never ends well again."""
        if not source.may_vanish or self.report.is_replay:
            return
        own = {b.board: i for i, b in enumerate(self.report.boards) if b.source == source.name}
        answered = {board for board, i in own.items() if self.report.boards[i].outcome in ANSWERS}
        silent = [BoardResult(source.name, b, "") for b in self.writer.open_boards(source.name) if b not in answered]
        known = standings(self.writer.store, [b.target for b in silent], self.report.to_dict()) if silent else {}
        for board in (b.board for b in silent if b.target in known and known[b.target].is_retired):
            seen = self.writer.seen(source.name, board, (), may_vanish=True)
            if (i := own.get(board)) is not None:
                self.report.boards[i] = replace(self.report.boards[i], n_vanished=seen.n_vanished)

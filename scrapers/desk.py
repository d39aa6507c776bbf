"""The desk: where readings arrive to be judged by what earlier runs saw, stored, and reported."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from scrapers.board_history import ANSWERS, standings
from scrapers.history import History
from scrapers.reading import Listing, Reading
from scrapers.report import STOPPED, BoardResult, Report, Skipped
from scrapers.runs import RunWriter
from scrapers.sources import Reject, Source


@dataclass(slots=True)
class Desk:
    """What one run makes of its readings; `close` makes it part of the store."""

    writer: RunWriter
    report: Report
    now: datetime | None
    """The time for which a source's wish for a pause holds; None where it does not."""
    history: History = field(init=False)
    rejects: list[Reject] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.history = History(self.writer.store.reports(), has_base_url=self.report.has_base_url)

    def allow(self, source: Source, boards: Sequence[str]) -> list[str]:
        """Return the boards that may be asked, each once, and report the others."""
        allowed, early = self.history.patient(source, boards, self.now)
        self.report.skipped += early
        return allowed

    def note(self, source: Source, listing: Listing) -> None:
        """Record what a source was asked for its boards."""
        self.writer.note(source.name, listing.fetches)

    def take(self, source: Source, reading: Reading) -> BoardResult | None:
        """Store what was read of a board and report it; None for one that was not asked any more."""
        reading.sift()
        self.rejects += reading.rejects
        self.writer.note(source.name, reading.fetches)
        if not reading.is_asked:
            self.report.skipped.append(Skipped(source.name, reading.board, STOPPED))
            return None
        result, ids = reading.result(), reading.ids
        is_whole = result.outcome in ("ok", "ok_empty") and not self.report.is_partial
        if is_whole and (doubt := self.history.doubt(source.name, reading.board, len(ids))):
            result, is_whole = replace(result, outcome="truncated", reason=doubt), False
        added = self.writer.add(reading.postings)
        # A thread may be asked for by its number: its postings know the board they belong to.
        board = reading.postings[-1].board if reading.postings else reading.board
        may_vanish = source.may_vanish and is_whole and not reading.rejects and not self.history.is_trial
        seen = self.writer.seen(source.name, board, ids, may_vanish=may_vanish)
        result = replace(result, n_new=added.n_new, n_changed=added.n_changed, n_vanished=seen.n_vanished)
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

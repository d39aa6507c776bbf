"""Collected: what a day's runs read of each source, beside what is usual."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

from scrapers.report import BoardResult, advise

_FIELDS = {f.name for f in fields(BoardResult)}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What was read of a source; `usual` is the median number of postings of earlier days, None without any.

    `boards` holds the last result of each board asked.
    """

    source: str
    boards: tuple[BoardResult, ...]
    n: int
    n_new: int
    n_changed: int
    n_vanished: int
    usual: int | None

    @property
    def failed(self) -> list[BoardResult]:
        """The boards that were not read to their end."""
        return [b for b in self.boards if b.is_failed]

    @property
    def gone(self) -> list[BoardResult]:
        """The boards that are no more."""
        return [b for b in self.boards if b.outcome == "gone"]

    @property
    def is_unreachable(self) -> bool:
        """True when nothing of it could be read."""
        return bool(self.boards) and all(b.outcome == "failed" for b in self.boards)


def rows(day: Sequence[Mapping[str, Any]], past: Sequence[Sequence[Mapping[str, Any]]]) -> list[SourceRow]:
    """Return a row per source that the runs of a day asked, by name; `past` are the reports of earlier days."""
    earlier = [_by_source(reports) for reports in past]
    return [_row(source, boards, earlier) for source, boards in sorted(_by_source(day).items())]


def reasons(boards: Sequence[BoardResult]) -> list[tuple[str, list[BoardResult]]]:
    """Return what is advised about boards and which boards, the most frequent advice first."""
    counts = Counter(advise(b) for b in boards)
    return [(advice, [b for b in boards if advise(b) == advice]) for advice, _ in counts.most_common()]


def _row(source: str, boards: Sequence[BoardResult], earlier: Sequence[Mapping[str, list[BoardResult]]]) -> SourceRow:
    last = {b.board: b for b in boards}
    if len(last) > 1:
        # Once its boards were read, it no longer matters that they could not be listed at first.
        last.pop("", None)
    read = [_n(found) for past in earlier if (found := past.get(source)) and not all(b.is_failed for b in found)]
    return SourceRow(
        source=source,
        boards=tuple(last.values()),
        n=_n(boards),
        n_new=sum(b.n_new for b in boards),
        n_changed=sum(b.n_changed for b in boards),
        n_vanished=sum(b.n_vanished for b in boards),
        usual=round(median(read)) if read else None,
    )


def _n(boards: Sequence[BoardResult]) -> int:
    return sum(b.n for b in {b.board: b for b in boards}.values())


def _by_source(reports: Sequence[Mapping[str, Any]]) -> dict[str, list[BoardResult]]:
    found: dict[str, list[BoardResult]] = {}
    for stored in (b for report in reports for b in report.get("boards", ())):
        board = BoardResult(**{name: stored[name] for name in _FIELDS & stored.keys()})
        found.setdefault(board.source, []).append(board)
    return found

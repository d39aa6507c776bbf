"""History: what earlier runs say of a board: how many postings are usual, and when it was asked last."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from scrapers.report import COLLAPSE, BoardResult, Skipped, known
from scrapers.sources import Source

N_REPORTS: Final = 100
"""So many of the newest reports of each board are held."""
_N_OK: Final = 8
_SHARE: Final = 0.7
_SMALLEST: Final = 5
"""Boards that usually have fewer postings than this lose a third of them by filling one position."""


class History:
    """The newest reports of each board; those that asked another server (`has_base_url`) count only for its like."""

    def __init__(self, reports: Iterable[Mapping[str, Any]] = (), *, has_base_url: bool = False) -> None:
        self._counts: dict[tuple[str, str], list[BoardResult]] = {}
        self._polls: dict[tuple[str, str], list[tuple[datetime, bool]]] = {}
        # Reading kept pages again asks nobody, and what another server answers says nothing of the board itself.
        asked = (r for r in reports if not r.get("is_replay") and (has_base_url or not r.get("has_base_url")))
        n_asked = Counter[tuple[str, str]]()
        self.is_trial = False
        """True for a run at another server in a store that asked the boards themselves: it closes nothing there."""
        for report in asked:
            self.is_trial |= has_base_url and bool(report.get("at")) and not report.get("has_base_url")
            for values in report["boards"]:
                key = values["source"], values["board"]
                n_asked[key] += 1
                # Of each board, not of all: runs of other boards, and imports, say nothing of this one.
                if n_asked[key] <= N_REPORTS:
                    self._take(report, BoardResult(**known(BoardResult, values)))

    def _take(self, report: Mapping[str, Any], board: BoardResult) -> None:
        key = board.source, board.board
        if not report.get("since"):
            self._counts.setdefault(key, []).append(board)
        if _is_poll(board):
            poll = datetime.fromisoformat(report["at"]), board.is_doubted
            self._polls.setdefault(key, []).append(poll)

    def not_before(self, source: str, board: str, hours: float, now: datetime) -> datetime | None:
        """Return when a board may be asked again, None when it may be now.

        One that was doubted may be asked once more at once, so that it can be confirmed; doubted again it waits.
        """
        polls = self._polls.get((source, board), ())
        if not polls or [is_doubted for _, is_doubted in polls[:2]] in ([True], [True, False]):
            return None
        at = polls[0][0] + timedelta(hours=hours)
        return at if now < at else None

    def patient(self, source: Source, boards: Sequence[str], now: datetime | None) -> tuple[list[str], list[Skipped]]:
        """Return the boards that may be asked, each once, and those asked too recently; without `now` none are."""
        allowed, early = list[str](), list[Skipped]()
        for board in dict.fromkeys(boards):
            at = now and self.not_before(source.name, board, source.min_interval_hours, now)
            if at is None:
                allowed.append(board)
            else:
                reason = f"asked less than {source.min_interval_hours:g} h ago"
                early.append(Skipped(source.name, board, reason, at.isoformat(timespec="seconds")))
        return allowed, early

    def requests(self, source: str, board: str) -> int:
        """Return how many requests the board took when it was last read to its end, 0 where that is not known."""
        known = self._counts.get((source, board), ())
        return next((b.requests for b in known if b.outcome in ("ok", "ok_empty")), 0)

    def doubt(self, source: str, board: str, n: int) -> str:
        """Return why so few postings are not believed; empty when they are usual, or as few as doubted last time.

        What was doubted and then confirmed is the usual from there on.
        """
        counts: list[int] = []
        doubted: int | None = None
        for result in self._counts.get((source, board), ()):
            if result.outcome in ("ok", "ok_empty"):
                counts.append(result.n)
            elif result.is_doubted:
                if counts:
                    break
                doubted = result.n if doubted is None else doubted
            if len(counts) == _N_OK:
                break
        usual = median(counts) if counts else 0
        if usual < _SMALLEST or n >= _SHARE * usual:
            return ""
        if doubted is not None and abs(n - doubted) <= max(1.0, (1 - _SHARE) * doubted):
            return ""
        return f"{COLLAPSE} {n} postings, usually {usual:.0f}"


def boards_read(reports: Iterable[Mapping[str, Any]], source: str) -> list[str]:
    """Return all boards of a source that some run has read, sorted."""
    found = (b for report in reports for b in report["boards"] if b["source"] == source)
    # A source whose boards could not be listed is reported as a failed board without name.
    return sorted({b["board"] for b in found if b["board"] or b["outcome"] != "failed"})


def _is_poll(board: BoardResult) -> bool:
    """Tell whether a board was asked and answered; one that failed or was stopped may be tried again at once."""
    return board.requests > 0 and board.is_answered

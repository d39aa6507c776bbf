"""What a collecting run reports: how each board ended, in words for a terminal and as the record that is stored."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

OUTCOMES: Final = ("ok", "ok_empty", "gone", "failed", "truncated")
_NAMED: Final = 5


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

    @property
    def target(self) -> str:
        """How the board is asked for: "source:board", or "source" where its boards could not be listed."""
        return f"{self.source}:{self.board}" if self.board else self.source

    @property
    def is_failed(self) -> bool:
        """True when it was not read to its end; a board that is gone is an answer, not a failure."""
        return self.outcome in ("failed", "truncated")


@dataclass(slots=True)
class Report:
    """What a run did, board by board."""

    run: str
    at: str
    boards: list[BoardResult] = field(default_factory=list)

    @property
    def is_failed(self) -> bool:
        """True when some board was not read to its end."""
        return any(b.is_failed for b in self.boards)

    def failure(self) -> str | None:
        """Return one line that names the boards not read to their end and says what to do; None when all were."""
        failed = [b.target for b in self.boards if b.is_failed]
        if not failed:
            return None
        names = ", ".join(failed[:_NAMED]) + (f" and {len(failed) - _NAMED} more" if failed[_NAMED:] else "")
        return (
            f"{len(failed)} of {len(self.boards)} boards not read to the end: {names};"
            " what was read is kept, collect them again later"
        )

    def lines(self) -> list[str]:
        """Return one line per board for a terminal, and one with the sums."""
        lines = [
            f"{b.target}  {b.outcome}"
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

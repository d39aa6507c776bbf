"""What a collecting run reports: how each board ended, in words for a terminal and as the record that is stored."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final

OUTCOMES: Final = ("ok", "ok_empty", "gone", "failed", "truncated")
_NAMED: Final = 5
_ADVICE: Final = (
    (("collapse:",), "far fewer postings than usual: collect again; if as few come, they are believed"),
    (("not kept",), "never fetched: collect without --replay first"),
    (("asks to wait", "answers 429"), "asked too much: leave the host alone for some hours"),
    (("robots.txt",), "not allowed: take the board out of your list, or ask the site's owner"),
    (("answers 401", "answers 403"), "refused: give --contact, and ask the site's owner; do not try to get around it"),
    (("answers 5",), "the server is in trouble: collect again later"),
    (("no answer", "broke off"), "not reached: check the network and the board's name, then collect again"),
    (("time for one board",), "too slow or too large for five minutes: collect this board alone"),
    (
        ("records rejected", "unexpected", "not JSON", "has no list", "no object"),
        "the answer has a new shape: look at the kept page; its parser wants mending, then --replay",
    ),
    (("stopped",), "stopped by you: collect again for the rest"),
)
"""Words of a reason, and what to do about it."""
_OTHER: Final = "see the reason above; collect again later"


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


@dataclass(frozen=True, slots=True)
class Skipped:
    """A board that was not asked; `not_before` is the time (ISO 8601) from which it may be, empty for "at once"."""

    source: str
    board: str
    reason: str
    not_before: str = ""


@dataclass(slots=True)
class Report:
    """What a run did, board by board, and how it was asked for."""

    run: str
    at: str
    boards: list[BoardResult] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    since: str | None = None
    is_replay: bool = False
    has_base_url: bool = False

    @property
    def is_partial(self) -> bool:
        """True when boards were not asked for all they show today, so that what is absent has not vanished."""
        return self.since is not None or self.is_replay

    @property
    def is_stopped(self) -> bool:
        """True when the run was ended before all boards were asked."""
        return any(not s.not_before for s in self.skipped)

    @property
    def is_failed(self) -> bool:
        """True when some board was not read to its end."""
        return self.is_stopped or any(b.is_failed for b in self.boards)

    def failure(self) -> str | None:
        """Return one line that names the boards not read to their end and says what to do; None when all were."""
        if not self.is_failed:
            return None
        failed = [b.target for b in self.boards if b.is_failed]
        n_unasked = sum(not s.not_before for s in self.skipped)
        names = ", ".join(failed[:_NAMED]) + (f" and {len(failed) - _NAMED} more" if failed[_NAMED:] else "")
        parts = [f"{len(failed)} of {len(self.boards)} boards not read to the end: {names}"] if failed else []
        parts += [f"stopped before {n_unasked} boards were asked"] if n_unasked else []
        return "; ".join([*parts, "what was read is kept, collect them again later"])

    def lines(self) -> list[str]:
        """Return one line per board for a terminal, what to do about each kind of failure, and one with the sums."""
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
        total = f"run {self.run}: {sums}; {sum(b.n_new for b in self.boards)} new postings"
        return [*lines, *self._skipped_lines(), *self._advice(), total]

    def _skipped_lines(self) -> list[str]:
        kinds: dict[tuple[str, str, str], int] = Counter((s.source, s.reason, s.not_before) for s in self.skipped)
        return [
            f"{source}  {n} not asked: {reason}" + (f", again from {at} (or --force)" if at else "")
            for (source, reason, at), n in kinds.items()
        ]

    def _advice(self) -> list[str]:
        kinds: dict[str, list[str]] = {}
        for board in self.boards:
            if advice := advise(board):
                kinds.setdefault(advice, []).append(board.target)
        return [
            f"{len(targets)} x {advice} ({', '.join(targets[:_NAMED])}{', ...' if targets[_NAMED:] else ''})"
            for advice, targets in kinds.items()
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as it is stored in runs/<run>.json."""
        return asdict(self)


def advise(board: BoardResult) -> str:
    """Return what to do about a board that was not read to its end or is gone; empty for any other."""
    if board.outcome == "gone":
        return "gone: check the board's name; if the employer has moved, drop it"
    if not board.is_failed:
        return ""
    return next((advice for words, advice in _ADVICE if any(w in board.reason for w in words)), _OTHER)

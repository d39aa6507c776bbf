"""What a collecting run reports: how each board ended, in words for a terminal and as the record that is stored."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

OUTCOMES: Final = ("ok", "ok_empty", "gone", "failed", "truncated")
COLLAPSE: Final = "collapse:"
"""How the reason of a board begins whose few postings are not believed yet."""
STOPPED: Final = "stopped"
"""What the reason of a board says that was being read when the run was asked to end."""
_ADDRESS: Final = re.compile(r" \(\S*\)$")
_FOLLOWER: Final = re.compile(r"\.\d+$")
_NAMED: Final = 5
_ADVICE: Final = (
    ((COLLAPSE,), "far fewer postings than usual: collect again, now or later; if as few come, they are believed"),
    (("not kept",), "no page of it is kept: collect without --replay first"),
    (("name a board",), "no board of it is listed: name one, or add it to boards.csv in the data root"),
    (("asks to wait", "answers 429"), "asked too much: leave the host alone for some hours"),
    (("robots.txt",), "not allowed: take the board out of your list, or ask the site's owner"),
    (("answers 401", "answers 403"), "refused: give --contact, and ask the site's owner; do not try to get around it"),
    (("answers 5",), "the server is in trouble: collect again later"),
    (("name not found",), "no such host: check the network and the board's name, then collect again"),
    (("certificate not valid",), "not read without a valid certificate: tell the site's owner"),
    (("no answer", "broke off"), "not reached: check the network and the board's name, then collect again"),
    (("time for one board",), "too slow or too large for five minutes: collect this board alone"),
    (
        ("records rejected", "unexpected", "not JSON", "has no list", "no object"),
        "the answer has a new shape: look at its page (zless opens it); the parser wants mending, then --replay",
    ),
    ((STOPPED,), "stopped by you while it was read: run the same command again"),
)
"""Words of a reason, and what to do about it."""
_CUT: Final = "not all that there is: what came is stored and nothing was closed; collect again later"
_OTHER: Final = "see the reason above; collect again later"


def base_of(run: str) -> str:
    """Return the name that a run shares with those that went on with it on the same day: without a number like .2."""
    return _FOLLOWER.sub("", run)


@dataclass(frozen=True, slots=True)
class BoardResult:
    """How reading one board ended; seconds are wall time.

    `detail` are the exact words of an error of the network, `page` names the kept page that could not be parsed.
    """

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
    detail: str = ""
    page: str = ""

    @property
    def target(self) -> str:
        """How the board is asked for: "source:board", or "source" where its boards could not be listed."""
        return _target(self.source, self.board)

    @property
    def is_failed(self) -> bool:
        """True when it was not read to its end; a board that is gone is an answer, not a failure."""
        return self.outcome in ("failed", "truncated")

    @property
    def is_stopped(self) -> bool:
        """True when it was being read when the run was asked to end."""
        return self.outcome == "truncated" and STOPPED in _ADDRESS.sub("", self.reason)

    @property
    def is_answered(self) -> bool:
        """True when it answered and no stop broke it off: asking once more at once would tell no more."""
        return self.outcome != "failed" and not self.is_stopped

    @property
    def is_doubted(self) -> bool:
        """True when it was read to its end and showed so few postings that they are not believed yet."""
        return self.reason.startswith(COLLAPSE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A board that was not asked; `not_before` is the time (ISO 8601) from which it may be, empty for "at once"."""

    source: str
    board: str
    reason: str
    not_before: str = ""

    @property
    def target(self) -> str:
        """How the board is asked for, as of a BoardResult."""
        return _target(self.source, self.board)


def known(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that are fields of a record: reports of other versions may hold more."""
    names = {f.name for f in fields(record)}
    return {name: value for name, value in values.items() if name in names}


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

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a report as `to_dict` gave it, also that of an import or of an older version of this project."""
        lists: dict[str, Any] = {
            "boards": [BoardResult(**known(BoardResult, b)) for b in stored.get("boards", ())],
            "skipped": [Skipped(**known(Skipped, s)) for s in stored.get("skipped", ())],
        }
        return cls(**{"run": "", "at": "", **known(cls, stored), **lists})

    @property
    def is_partial(self) -> bool:
        """True when boards were not asked for all they show today, so that what is absent has not vanished."""
        return self.since is not None or self.is_replay

    @property
    def is_stopped(self) -> bool:
        """True when the run was ended before all boards were asked."""
        return bool(self.unasked)

    @property
    def unasked(self) -> list[str]:
        """The targets that were not asked because the run was stopped, in the order of the run."""
        return [s.target for s in self.skipped if not s.not_before]

    @property
    def is_failed(self) -> bool:
        """True when some board was not read to its end."""
        return self.is_stopped or any(b.is_failed for b in self.boards)

    @property
    def is_silent(self) -> bool:
        """True when boards were to be asked and not one of them answered."""
        return bool(self.boards or self.unasked) and all(b.outcome == "failed" for b in self.boards)

    def by_source(self) -> dict[str, "Report"]:
        """Return for each source that the run was to ask the part of the report that speaks of it."""
        names = dict.fromkeys([*(b.source for b in self.boards), *(s.source for s in self.skipped)])
        return {name: self.part(name) for name in names}

    def part(self, source: str) -> "Report":
        """Return the part that speaks of one source."""
        boards = [b for b in self.boards if b.source == source]
        return replace(self, boards=boards, skipped=[s for s in self.skipped if s.source == source])

    def counts(self) -> dict[str, int]:
        """Return how many boards were asked and how they ended, and what came of their postings."""
        ended = Counter(b.outcome for b in self.boards)
        boards = {"n_boards": len(self.boards), "n_failed": ended["failed"], "n_gone": ended["gone"]}
        boards |= {"n_cut": ended["truncated"], "n_unasked": len(self.unasked)}
        boards["n_early"] = len(self.skipped) - len(self.unasked)
        names = ("n", "n_new", "n_changed", "n_vanished", "n_rejected")
        return boards | {name: sum(getattr(b, name) for b in self.boards) for name in names}

    def failure(self) -> str | None:
        """Return one line that names the boards not read to their end or not asked; None when all were read."""
        if not self.is_failed:
            return None
        failed = [b.target for b in self.boards if b.is_failed and not b.is_doubted]
        doubted, unasked = [b.target for b in self.boards if b.is_doubted], self.unasked
        parts = [f"{len(failed)} of {len(self.boards)} boards not read to the end: {some(failed)}"] if failed else []
        parts += (
            [f"{len(doubted)} boards with suddenly few postings, collect again: {some(doubted)}"] if doubted else []
        )
        parts += [f"stopped before {len(unasked)} boards were asked: {some(unasked)}"] if unasked else []
        parts += ["what was read is stored, and none of their postings was closed"]
        return "; ".join(
            [*parts, "run again for the rest: boards that were not asked come first"] if unasked else parts
        )

    def lines(self, place_of: Callable[[str], str] = str) -> list[str]:
        """Return one line per board for a terminal, what to do about each kind of failure, and one with the sums.

        `place_of` tells where a file of the data root lies.
        """
        lines = [line for b in self.boards for line in _board_lines(b, place_of)]
        counts = Counter(b.outcome for b in self.boards)
        sums = ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o]) or "no boards"
        sums += f", {len(self.skipped)} not asked" if self.skipped else ""
        total = f"run {self.run}: {sums}; {sum(b.n_new for b in self.boards)} new postings"
        return [*lines, *self._skipped_lines(), *advice_lines(self.boards), *self._rejected(place_of), total]

    def _rejected(self, place_of: Callable[[str], str]) -> list[str]:
        targets = [b.target for b in self.boards if b.n_rejected]
        if not targets:
            return []
        n, place = sum(b.n_rejected for b in self.boards), place_of(f"rejects/{self.run}.jsonl")
        return [f"{n:,} rejected, with reasons in {place}; nothing of these boards was closed ({some(targets)})"]

    def _skipped_lines(self) -> list[str]:
        kinds: dict[tuple[str, str, str], list[str]] = {}
        for s in self.skipped:
            kinds.setdefault((s.source, s.reason, s.not_before), []).append(s.target)
        return [
            f"{source}  {len(targets)} not asked: {reason}"
            + (f", again from {at} (or --force)" if at else "")
            + f" ({some(targets)})"
            for (source, reason, at), targets in kinds.items()
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
    other = _CUT if board.outcome == "truncated" else _OTHER
    # Addresses hold words of their own: that of robots.txt does not mean that it forbids anything.
    reason = _ADDRESS.sub("", board.reason)
    return next((advice for words, advice in _ADVICE if any(w in reason for w in words)), other)


def advice_lines(boards: Iterable[BoardResult]) -> list[str]:
    """Return what to do about boards that were not read to their end, one line for each kind of failure."""
    kinds: dict[str, list[str]] = {}
    for board in boards:
        if advice := advise(board):
            kinds.setdefault(advice, []).append(board.target)
    return [f"{len(targets)} x {advice} ({some(targets)})" for advice, targets in kinds.items()]


def _board_lines(b: BoardResult, place_of: Callable[[str], str]) -> list[str]:
    counts = f"{b.n} postings, {b.n_new} new, {b.n_changed} changed"
    counts += f", {b.n_vanished} vanished" if b.n_vanished else ""
    counts += f", {b.n_rejected} rejected" if b.n_rejected else ""
    lines = [f"{b.target}  {b.outcome}  {counts}" + (f"  {b.reason}" if b.reason else "")]
    return [*lines, f"  its page: {place_of(b.page)}"] if b.page else lines


def _target(source: str, board: str) -> str:
    return f"{source}:{board}" if board else source


def some(targets: Sequence[str]) -> str:
    """Return the first targets, and how many there are beside."""
    n_more = len(targets) - _NAMED
    return ", ".join(targets[:_NAMED]) + (f" and {n_more} more" if n_more > 0 else "")

"""The board check: asks each board for its first record, keeps how it answered, and sees whose board it says it is."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, cast

from rapidfuzz import fuzz

from scrapers.board_history import CHECKS
from scrapers.boards import Board
from scrapers.errors import ParseError, ScrapeError
from scrapers.fetch import BOARD_SECONDS, Fetcher, split_base
from scrapers.posting import Posting
from scrapers.report import BoardResult
from scrapers.sources import SourceModule, load
from scrapers.store import Store, StoreError

_LIKE: Final = 80.0
"""Names less alike than this (of 100) may be two companies; a wrong alarm costs a look, so it is set to be wary."""
_FORMS: Final = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|sa|plc|bv|pbc|holdings?)\b\.?"
    r"|주식회사|유한회사|\(주\)|㈜",
    re.IGNORECASE,
)
_UNEXPECTED: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Checked:
    """How a board answered the check; `company` is the employer its first posting names, "" where none is told."""

    board: Board
    result: BoardResult
    company: str = ""

    @property
    def is_other_company(self) -> bool:
        """True when the board seems to belong to another employer than the list says."""
        return is_other_company(self.board, self.company)


def is_other_company(board: Board, company: str) -> bool:
    """Tell whether an employer's name is unlike the label of a board; a name that repeats the token tells nothing."""
    # A site of one owner has no token to mistake, and may speak for all companies of a group.
    if not company or not board.label or not board.token or _plain(company) == _plain(board.token):
        return False
    return not is_same_company(company, board.label)


def is_same_company(one: str, other: str) -> bool:
    """Tell whether two names may mean one employer, whatever their legal forms, spacing and letter case."""
    a, b = sorted((_plain(one), _plain(other)), key=len)
    if not a:
        return True
    return (len(a) > 2 and b.startswith(a)) or fuzz.ratio(a, b) >= _LIKE


def check(
    boards: Iterable[Board],
    store: Store,
    *,
    run: str,
    now: datetime,
    base_url: str | None = None,
    contact: str | None = None,
    on_board: Callable[[Checked], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Checked]:
    """Ask each board for its first record and keep the answers in checks/<run>.json of the data root.

    The platforms are asked at the same time, the boards of one of them one after the other. Raises TargetError for an
    unusable base URL and StoreError when the answers cannot be written; what else goes wrong is its board's outcome.
    """
    if base_url is not None:
        split_base(base_url)
    by_platform = [list(group) for _, group in groupby(sorted(boards, key=_platform), key=_platform)]

    def ask(group: list[Board]) -> list[Checked]:
        return list(_ask_platform(group, base_url, contact, on_board, clock))

    with ThreadPoolExecutor(max_workers=max(1, len(by_platform))) as pool:
        found = [checked for group in pool.map(ask, by_platform) for checked in group]
    name = f"{CHECKS}/{run}.json"
    report = {
        "run": run,
        "at": now.isoformat(timespec="seconds"),
        "boards": [{**asdict(c.result), "company": c.company} for c in found],
    }
    with store.lock():
        if store.files.exists(name):
            raise StoreError(f"check {run} is kept already; choose another name")
        store.files.write(name, (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))
    return found


def _platform(board: Board) -> str:
    return board.platform


def _ask_platform(
    boards: list[Board],
    base_url: str | None,
    contact: str | None,
    on_board: Callable[[Checked], None],
    clock: Callable[[], float],
) -> Iterator[Checked]:
    module = load(boards[0].platform)
    source = module.SOURCE
    fetcher = Fetcher(
        source.name,
        base_url=base_url,
        contact=contact,
        intervals=source.intervals,
        checks_robots=source.checks_robots,
        timeout=source.timeout,
        clock=clock,
    )
    for board in boards:
        checked = _ask(module, fetcher, board, clock)
        on_board(checked)
        yield checked


def _ask(module: SourceModule, fetcher: Fetcher, board: Board, clock: Callable[[], float]) -> Checked:
    fetcher.limit(BOARD_SECONDS)
    began, first, reason = clock(), None, ""
    try:
        first, n_records = _first(module, fetcher, board)
        outcome = "ok" if first else ("failed" if n_records else "ok_empty")
        reason = f"all {n_records} records rejected" if outcome == "failed" else ""
    except ScrapeError as error:
        # A list that cannot be asked for, such as a token the source refuses, is a fault here, not of the command.
        outcome, reason = error.outcome, str(error)
    except _UNEXPECTED as error:
        outcome, reason = "failed", str(ParseError(board.platform, "", f"unexpected {type(error).__name__}: {error}"))
    result = BoardResult(
        source=board.platform,
        board=board.token,
        outcome=outcome,
        n=int(first is not None),
        requests=fetcher.n_requests,
        seconds=round(clock() - began, 1),
        reason=reason,
    )
    company = first.company if first and "company" not in module.SOURCE.never_gives else None
    return Checked(board, result, company or "")


def _first(module: SourceModule, fetcher: Fetcher, board: Board) -> tuple[Posting | None, int]:
    """Return the first posting and how many records were read until then; what follows it is not read."""
    names = module.expand(board.token, None) if board.token else module.boards(fetcher, None)
    n_records = 0
    for name in names[:1]:
        # Closed at once: a source that reads page by page must not ask for the next one.
        with closing(cast(Any, module.read_board(fetcher, name, None))) as records:
            for record in records:
                n_records += 1
                if isinstance(record, Posting):
                    return record, n_records
    return None, n_records


def _plain(name: str) -> str:
    words = _FORMS.sub(" ", name)
    return "".join(c for c in words.casefold() if c.isalnum()) or "".join(c for c in name.casefold() if c.isalnum())

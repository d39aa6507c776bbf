"""The board check: asks each board for its first record, keeps how it answered, and sees whose board it says it is."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Event
from typing import Any, Final, cast

from rapidfuzz import fuzz

from scrapers.board_history import CHECKS, read_report
from scrapers.boards import Board
from scrapers.client import Client
from scrapers.crew import Crew, opener
from scrapers.errors import StoppedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.reading import Reading
from scrapers.report import BoardResult
from scrapers.sources import Reject, Source, SourceModule, load
from scrapers.store import Store

_LIKE: Final = 80.0
"""Names less alike than this (of 100) may be two companies; a wrong alarm costs a look, so it is set to be wary."""
_FORMS: Final = re.compile(
    r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|sa|plc|bv|pbc|holdings?)\b\.?"
    r"|주식회사|유한회사|\(주\)|㈜",
    re.IGNORECASE,
)
_SETTLED: Final = ("ok", "ok_empty", "gone")
"""What a board that was asked need not be asked again on the same day."""
_Key = tuple[str, str]
"""Platform and token."""


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


def unchecked(boards: Iterable[Board], store: Store, run: str) -> list[Board]:
    """Return the boards for which a check has no answer yet; those that failed in it may be asked again.

    Raises StoreError when what is kept of the check is damaged.
    """
    known = {(entry["source"], entry["board"]) for entry in _kept(store, run).values() if entry["outcome"] in _SETTLED}
    return [board for board in boards if (board.platform, board.token) not in known]


def check(
    boards: Iterable[Board],
    store: Store,
    *,
    run: str,
    now: datetime,
    base_url: str | None = None,
    contact: str | None = None,
    stop: Event | None = None,
    on_board: Callable[[Checked], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Checked]:
    """Ask each board for its first record and keep the answers, as they come, in checks/<run>.json of the data root.

    What the file holds of other boards stays there: a check that was cut short is gone on with under its name. Once
    `stop` is set the pages in hand are finished and the boards found so far are returned. Raises TargetError for an
    unusable base URL and StoreError when an answer cannot be kept; what else goes wrong is its board's outcome.
    """
    asked = {(board.platform, board.token): board for board in boards}
    client = Client(base_url=base_url, contact=contact, interval=0.0, clock=clock, stop=stop)
    report = {"run": run, "at": now.isoformat(timespec="seconds"), "has_base_url": base_url is not None}
    entries, found = _kept(store, run), dict[_Key, Checked]()
    with Crew(client, opener(client), None) as crew:
        for platform in sorted({platform for platform, _ in asked}):
            crew.ask(_Peek(load(platform)), [token for name, token in asked if name == platform])
        for peek, reading in crew.results():
            if isinstance(reading, Reading) and not isinstance(reading.error, StoppedError):
                key = reading.source, reading.board
                found[key] = checked = _judge(asked[key], peek.SOURCE, reading)
                entries[key] = {**asdict(checked.result), "company": checked.company}
                _keep(store, {**report, "boards": [entries[key] for key in sorted(entries)]})
                on_board(checked)
    return [found[key] for key in asked if key in found]


def _keep(store: Store, report: Mapping[str, Any]) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    # Without the store's lock: the file is this check's own, and a collecting run may take hours.
    store.files.write(f"{CHECKS}/{report['run']}.json", text.encode("utf-8", "replace"))


def _kept(store: Store, run: str) -> dict[_Key, dict[str, Any]]:
    """Return what is kept of a check, by platform and token."""
    name = f"{CHECKS}/{run}.json"
    entries = read_report(store, name).get("boards", ()) if store.files.exists(name) else ()
    return {(entry["source"], entry["board"]): entry for entry in entries}


class _Peek:
    """A source of which only the first posting of a board is read; a site without boards is a board without name."""

    def __init__(self, module: SourceModule) -> None:
        self.SOURCE, self._module = module.SOURCE, module

    def boards(self, fetcher: Fetcher, since: str | None) -> list[str]:
        return self._module.boards(fetcher, since)

    def expand(self, board: str, since: str | None) -> list[str]:
        return self._module.expand(board, since)

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        names = self.expand(board, since) if board else self.boards(fetcher, since)
        for name in names[:1]:
            # Closed at once: a source that reads page by page must not ask for the next one.
            with closing(cast(Any, self._module.read_board(fetcher, name, since))) as records:
                for record in records:
                    yield record
                    if isinstance(record, Posting):
                        return


def _judge(board: Board, source: Source, reading: Reading) -> Checked:
    outcome, reason = reading.outcome()
    result = BoardResult(
        source=board.platform,
        board=board.token,
        outcome=outcome,
        n=len(reading.postings),
        requests=reading.requests,
        seconds=reading.seconds,
        reason=reason,
    )
    companies = [p.company for p in reading.postings if "company" not in source.never_gives]
    return Checked(board, result, (companies or [None])[0] or "")


def _plain(name: str) -> str:
    words = _FORMS.sub(" ", name)
    return "".join(c for c in words.casefold() if c.isalnum()) or "".join(c for c in name.casefold() if c.isalnum())

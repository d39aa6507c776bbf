"""Collecting in one go: boards are read by a crew, stored in the order given, and each ends with an outcome."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from threading import Event
from typing import Any, Final

from scrapers.client import Client
from scrapers.crew import Crew, opener, receive
from scrapers.desk import Desk
from scrapers.errors import TargetError
from scrapers.fetch import split_base
from scrapers.history import History, boards_read
from scrapers.kept import PageKeeper
from scrapers.preview import Preview, preview
from scrapers.report import BoardResult, Report
from scrapers.sources import SourceModule, load
from scrapers.store import Store

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
        desk = Desk(writer, report, None if is_replay or is_forced or base_url else now)
        kept = {name: store.kept_pages(name) for name in wanted}
        open_board = opener(client, keep=PageKeeper(store.files).keep, kept=kept, is_replay=is_replay)
        with Crew(client, open_board, since, on_plan, on_start) as crew:
            for ended in receive(crew, desk, wanted.values()):
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

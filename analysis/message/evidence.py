"""Evidence: what the files of a data root say of a run, as far as they are there."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from analysis.message.problem import Problem, order_of, read_problem
from scrapers.report import base_of
from scrapers.store import Store, StoreError

LOG: Final = logging.getLogger(__name__)
WEEKS: Final = 8
"""Days of collecting before this one that tell what is usual."""


class DamagedError(StoreError):
    """A file of the data root is there and cannot be understood; the message names it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a run; what is not there is None or empty.

    `report` is that of the run itself, `day` are the reports of all runs of its day up to it, oldest first, and `past`
    those of the days before, by day, latest first. `published` is the vintage of the run, where it has none that which
    readers are `shown`. `before` are the problems of the message before, of `run_before`; the messages of the runs in
    `damaged`, which come after that, cannot be read.
    """

    report: Mapping[str, Any] | None = None
    day: tuple[Mapping[str, Any], ...] = ()
    past: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    assessment: Mapping[str, Any] | None = None
    diff: Mapping[str, Any] | None = None
    rates: tuple[Mapping[str, Any], ...] = ()
    published: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] | None = None
    retraining: Mapping[str, Any] | None = None
    run_before: str = ""
    before: tuple[Problem, ...] = ()
    damaged: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """True when a check failed that keeps the new figures back."""
        checks = (self.assessment or {}).get("checks", ())
        return any(c["outcome"] == "failed" and c["severity"] == "act_now" for c in checks)


def gather(store: Store, dag: str, run: str, *, is_begun: bool = True) -> Evidence:
    """Read what the data root holds of a run. Raises DamagedError for a damaged file, unless it is an earlier message.

    Of one that is not begun there is only what readers see and the message before.
    """
    shown = read_json(store, "published/current.json")
    run_before, before, damaged = _message_before(store, dag, run)
    if not is_begun:
        return Evidence(published=shown, shown=shown, run_before=run_before, before=before, damaged=damaged)
    days, vintage = _days(store, run), _vintage(store, run)
    day = days.pop(base_of(run), [])
    report = day[-1] if day and day[-1]["run"] == run else None
    return Evidence(
        report=report,
        day=tuple(day),
        past=tuple(tuple(found) for found in days.values() if _is_whole(found[0], report))[:WEEKS],
        assessment=read_json(store, f"quality/{run}.json"),
        diff=read_json(store, f"published/{vintage}/diff.json"),
        rates=_read_rows(store, f"published/{vintage}/rates/overall.json"),
        published=read_json(store, f"published/{vintage}/manifest.json") or shown,
        shown=shown,
        retraining=read_json(store, f"retraining/{run}.json"),
        run_before=run_before,
        before=before,
        damaged=damaged,
    )


def _days(store: Store, run: str) -> dict[str, list[Mapping[str, Any]]]:
    """The reports of a run's day and of days before it, by day: latest day first, and in it oldest run first."""
    days: dict[str, list[Mapping[str, Any]]] = {}
    for report in _until(store, run):
        days.setdefault(base_of(report["run"]), []).insert(0, report)
        # Twice as many as are shown, for those that did not ask for all; a store of years is not read whole.
        if len(days) > 2 * WEEKS:
            break
    return days


def _until(store: Store, run: str) -> Iterator[Mapping[str, Any]]:
    """The reports up to a run, newest first; while it is not committed, those that its name does not precede."""
    is_reached = not store.has_run(run)
    for report in store.reports():
        is_reached = is_reached or report["run"] == run
        is_later = _series_of(report["run"]) == _series_of(run) and order_of(report["run"]) > order_of(run)
        if is_reached and not is_later:
            yield report


def _series_of(run: str) -> str:
    """What stands before the date in a run's name."""
    return run.rstrip("0123456789-.")


def _is_whole(report: Mapping[str, Any], like: Mapping[str, Any] | None) -> bool:
    """True when boards were asked for all they show, at the same addresses as in the other run."""
    is_partial = bool(report.get("since")) or bool(report.get("is_replay"))
    same_market = like is None or bool(report.get("has_base_url")) == bool(like.get("has_base_url"))
    return not is_partial and same_market


def _message_before(store: Store, dag: str, run: str) -> tuple[str, tuple[Problem, ...], tuple[str, ...]]:
    """The last message before a run that can be read, its problems, and the runs whose later ones cannot."""
    names = (
        n.removeprefix(f"messages/{dag}/").removesuffix(".json") for n in store.files.names(f"messages/{dag}", ".json")
    )
    earlier = sorted((n for n in names if "/" not in n and order_of(n) < order_of(run)), key=order_of, reverse=True)
    damaged: list[str] = []
    for name in earlier:
        # What was told is a help; that it cannot be read must not keep this run's message back.
        try:
            return name, read_problems(store, f"messages/{dag}/{name}.json"), tuple(damaged)
        except DamagedError as error:
            LOG.warning("%s", error)
            damaged.append(name)
    return "", (), tuple(damaged)


def _vintage(store: Store, run: str) -> str:
    """The last published folder of a run: one that was published again has a number behind its name."""
    name, k = run, 2
    while store.files.exists(f"published/{run}.v{k}/manifest.json"):
        name, k = f"{run}.v{k}", k + 1
    return name


def _read_rows(store: Store, name: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(_parse(store, name)) if store.files.exists(name) else ()


def read_json(store: Store, name: str) -> Mapping[str, Any] | None:
    """Return what a file of the data root holds, None when it is not there. Raises DamagedError for a damaged one."""
    if not store.files.exists(name):
        return None
    with naming(store, name):
        return dict(_parse(store, name))


def read_problems(store: Store, name: str) -> tuple[Problem, ...]:
    """Return the problems in a message file. Raises DamagedError for a damaged one."""
    with naming(store, name):
        return tuple(map(read_problem, (read_json(store, name) or {}).get("problems", ())))


def _parse(store: Store, name: str) -> Any:
    with naming(store, name):
        return json.loads(store.files.read(name))


@contextmanager
def naming(store: Store, name: str) -> Iterator[None]:
    """Give what cannot be understood in a file the words that name it."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise DamagedError(f"{store.files.path(name)} is damaged: restore it from a copy") from error

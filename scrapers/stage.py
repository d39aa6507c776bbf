"""The stage of a run that is read in parts: its plan, under which name it runs, and which stages are left over."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from scrapers.board_history import read_report
from scrapers.collect import plan
from scrapers.errors import TargetError
from scrapers.history import History
from scrapers.posting import digest
from scrapers.reading import Listing
from scrapers.report import Report
from scrapers.shelf import FOLDER, Shelf
from scrapers.sources import load
from scrapers.store import Store, StoreError

_OLD: Final = timedelta(days=7)
"""A stage planned so long before another one is left over: what it read may be stored until then."""
Boards = Mapping[str, tuple[str, ...]]
"""Boards by source; none stand for those that it lists itself."""
_DAILY: Final = re.compile(r"(.*?)(\d{4}-\d{2}-\d{2})(?:\.\d+)?")
"""A run named by its day, such as weekly-2026-11-23 or, begun anew, weekly-2026-11-23.2."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be read of one source; no boards stand for those that it lists itself."""

    source: str
    boards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """The plan of a run that is read in parts; without jobs all was read on that day. `at` is ISO 8601."""

    run: str
    at: str
    since: str | None
    base_url: str | None
    jobs: tuple[Job, ...]
    is_forced: bool = False
    asked: str = ""
    """Fingerprint of what was asked for: the same question finds its stage again."""

    @property
    def now(self) -> datetime | None:
        """The time for which a source's wish for a pause holds; None where it does not."""
        return None if self.is_forced or self.base_url else datetime.fromisoformat(self.at)

    def to_dict(self) -> dict[str, Any]:
        """Return the stage as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Stage":
        """Return a stage as `to_dict` gave it."""
        return cls(**{**stored, "jobs": tuple(Job(job["source"], tuple(job["boards"])) for job in stored["jobs"])})


def open_stage(
    store: Store,
    targets: Sequence[str],
    *,
    run: str,
    since: str | None = None,
    base_url: str | None = None,
    now: datetime,
    is_forced: bool = False,
) -> Stage:
    """Plan a run and return its stage; the same question finds the plan that is there.

    Another question is planned anew, but keeps the boards that answered the one before and are not stored yet: they are
    not asked again, even with `is_forced`. If `run` is committed already, the stage is named `run.2`, `run.3` ... and
    holds the boards that the runs of that name did not read to their end and that may be asked again; if there is none,
    it has no jobs and the last committed name. With `is_forced` it holds all boards. Left over, and removed, are stages
    of committed runs, of other runs without a plan, or planned a week or more before `now`. What stands in the folder
    of this run without a plan, for a damaged one was removed, counts as read for this question.

    Raises TargetError as `collect` does, for a run of an earlier day than one that is stored, and where boards that are
    not stored yet were asked at another `base_url`, for another `since`, or by name and now with all that their source
    lists; StoreError for a bad name, a damaged plan of this run or a store that cannot be written: nothing is removed.
    """
    wanted = plan(targets, since, base_url)
    if not wanted:
        raise TargetError("", "", "no board is asked for: name a source, or list boards in boards.csv")
    refuse_overtaken(store, run, now)
    done = _committed(store, run)
    name = f"{run}.{len(done) + 1}" if done else run
    # Refuses a name that is none before anything is written under it.
    store.begin(name)
    found = _find(store, name)
    _tidy(store, name, now)
    asked = digest(*sorted(set(targets)), since, base_url, str(is_forced))
    if found and found.asked == asked:
        return found
    boards: Boards = {source: tuple(named) for source, (_, named) in wanted.items()}
    stage = Stage(name, now.isoformat(timespec="seconds"), since, base_url, (), is_forced, asked)
    if done and not is_forced:
        boards = _left(store, stage, done, boards)
    if found and (answered := _answered(store, found)):
        boards = _join(boards, stage, found, answered)
        # What was read in spite of a pause is stored in spite of it.
        stage = replace(stage, is_forced=is_forced or found.is_forced)
    elif not boards:
        return replace(stage, run=done[-1].run, at=done[-1].at)
    elif found:
        # Nothing of it answered. Where there is no plan, a person has removed a damaged one to keep what was read.
        store.files.remove_all(f"{FOLDER}/{name}")
    stage = replace(stage, jobs=tuple(Job(*job) for job in boards.items()))
    store.files.write(_plan_of(name), (json.dumps(stage.to_dict(), ensure_ascii=False, indent=1) + "\n").encode())
    return stage


def _answered(store: Store, stage: Stage) -> dict[Job, tuple[str, ...]]:
    """Return which boards of a stage need not be asked again, for the jobs that have any."""
    shelf, answered = Shelf(store.files, stage.run), {}
    for job in stage.jobs:
        listing = shelf.listing(job.source)
        listed = tuple(listing.boards) if isinstance(listing, Listing) else ()
        readings = (shelf.find(job.source, board) for board in job.boards or listed)
        if found := tuple(r.board for r in readings if r and r.result().is_answered):
            answered[job] = found
    return answered


def _join(wanted: Boards, stage: Stage, found: Stage, answered: Mapping[Job, tuple[str, ...]]) -> Boards:
    """Return the boards of a question with those that answered the one before; raises TargetError as `open_stage`."""
    joined = dict(wanted)
    for job, boards in answered.items():
        named = wanted.get(job.source)
        is_alike = (found.since, found.base_url) == (stage.since, stage.base_url)
        if not is_alike or (job.boards and named == ()):
            what = f"{found.run} holds boards of {job.source} that were asked for in another way and are not stored yet"
            raise TargetError("", "", f"{what}: ask for them as before, or remove {FOLDER}/{found.run}")
        if named is None:
            joined[job.source] = job.boards and boards
        elif named:
            joined[job.source] = tuple(dict.fromkeys((*named, *boards)))
    return joined


def _left(store: Store, stage: Stage, done: Sequence[Report], wanted: Boards) -> Boards:
    """Return the boards, by source, that no run of that name read to its end and that may be asked again."""
    history = History(store.reports(), has_base_url=stage.base_url is not None)
    left: dict[str, tuple[str, ...]] = {}
    for name, named in wanted.items():
        known: dict[str, bool] = {}
        for part in (report.part(name) for report in done if _is_alike(report, stage)):
            ended = {b.board: b.is_failed for b in part.boards} | {s.board: not s.not_before for s in part.skipped}
            if any(ended):
                # Once its boards were listed, it no longer matters that they could not be at first.
                known.pop("", None)
            known |= ended
        if not named and not known:
            left[name] = ()
            continue
        open_ones = [board for board in named or known if known.get(board, True)]
        allowed, _ = history.patient(load(name).SOURCE, open_ones, stage.now)
        if allowed:
            left[name] = () if "" in allowed else tuple(allowed)
    return left


def _is_alike(report: Report, stage: Stage) -> bool:
    """Tell whether a run asked the same servers from the same day on."""
    return report.since == stage.since and report.has_base_url == (stage.base_url is not None)


def _committed(store: Store, run: str) -> list[Report]:
    """Return the reports of the committed runs `run`, `run.2`, `run.3` ..., in that order."""
    names = [run] if store.has_run(run) else []
    while names and store.has_run(following := f"{run}.{len(names) + 1}"):
        names.append(following)
    return [report_of(store, name) for name in names]


def report_of(store: Store, run: str) -> Report:
    """Return the report that is kept of a committed run."""
    return Report.from_dict(read_report(store, f"runs/{run}.json"))


def refuse_overtaken(store: Store, run: str, now: datetime | None = None) -> None:
    """Raise TargetError for a run of an earlier day than a committed one of its kind: stored now, it would undo that.

    Only names tell: `weekly-2026-11-23` comes before `weekly-2026-11-30`, and a name without a day before none. Where
    the later day is still to come, seen from `now`, a clock was wrong, and no run of today would get further.
    """
    if not (asked := _DAILY.fullmatch(run)):
        return
    days = (_DAILY.fullmatch(commit.run) for commit in store.commits() if commit.kind == "postings")
    last = max((day[2] for day in days if day and day[1] == asked[1]), default="")
    if last > asked[2]:
        what = "start a run of today instead"
        if now and last > (today := now.date().isoformat()):
            what = f"that day is still to come (today is {today}): set the clock right and take {asked[1]}{last} back"
            what += ", see A run of a day to come in docs/operations.md"
        raise TargetError("", "", f"{run} comes too late, {asked[1]}{last} is stored already: {what}")


def _plan_of(run: str) -> str:
    return f"{FOLDER}/{run}/plan.json"


def _find(store: Store, run: str) -> Stage | None:
    """Return the stage of a run, None where there is none; raises StoreError where its plan is damaged."""
    name = _plan_of(run)
    if not store.files.exists(name):
        return None
    try:
        return Stage.from_dict(json.loads(store.files.read(name)))
    except (ValueError, TypeError, KeyError) as error:
        what = "remove this file alone and ask for the same again, which keeps the boards that were read"
        raise StoreError(f"{store.files.path(name)} is damaged: {what}") from error


def planned(store: Store, run: str) -> Stage:
    """Return the stage of a run; raises StoreError where nothing is planned under that name, or the plan is damaged."""
    if (stage := _find(store, run)) is None:
        raise StoreError(f"nothing is planned for run {run}: open its stage first")
    return stage


def _tidy(store: Store, run: str, now: datetime) -> None:
    """Remove the stages that nobody goes on with any more."""
    for other in sorted({name.split("/")[1] for name in store.files.names(FOLDER)} - {run}):
        if store.has_run(other) or _is_left_over(store, other, now):
            store.files.remove_all(f"{FOLDER}/{other}")


def _is_left_over(store: Store, run: str, now: datetime) -> bool:
    try:
        stage = _find(store, run)
    except StoreError:
        # How old it is only a person can tell, and what was read may still be wanted.
        return False
    return stage is None or datetime.fromisoformat(stage.at) <= now - _OLD

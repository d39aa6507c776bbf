"""Runs: which commits belong to a week, which came before it, and which facts stood for it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.quality.verdict import QualityError
from scrapers.report import base_of
from scrapers.store import Commit, Store


@dataclass(frozen=True, slots=True)
class Run:
    """A collecting run with its report, and what the store held once its postings were tagged."""

    commit: Commit
    report: Mapping[str, Any]
    facts: Mapping[str, str]
    """The file of facts of each source, as they stood before the next collecting run."""
    tagger_version: str
    tagged_by: str = ""
    """The tag run that left these facts."""
    first_tagger: str = ""
    """The version that read its postings first, whichever read them again."""

    @property
    def week(self) -> str:
        """The name that a run shares with those that went on with it on the same day."""
        return base_of(self.commit.run)


def runs_until(store: Store, run: str) -> list[Run]:
    """Return the collecting runs of a store up to `run`, oldest first; what came later changes nothing.

    Raises QualityError for a run that is not committed, collected nothing or is not tagged yet.
    """
    commits = store.commits()
    collected = [(i, c, report) for i, c in enumerate(commits) if (report := _report(store, c)) is not None]
    at = next((k for k, (_, c, _) in enumerate(collected) if c.run == run), None)
    if at is None:
        raise QualityError(f"there is no collecting run {run}: see airflow-demand status")
    ends = [i for i, *_ in collected[1:]] + [len(commits)]
    found = [_run(store, i, end, report) for (i, _, report), end in zip(collected, ends, strict=True)][: at + 1]
    if not found[-1].tagger_version:
        raise QualityError(f"the postings of {run} are not tagged yet: airflow-demand tag")
    return found


def find_run(store: Store, run: str | None = None) -> tuple[str, str] | None:
    """Return what the gate judges, a collecting run and the ISO day of its reading: the one named, else the newest.

    The newest is that of those that are tagged, if any is: another process may have collected just now. Imports and all
    else that asked no board do not count; None where no such run is left.
    """
    commits = store.commits()
    tagged = {name for commit in commits for name in commit.covers}
    newest = [commit for commit in reversed(commits) if run in (None, commit.run)]
    for commit in sorted(newest, key=lambda c: c.run not in tagged):
        if (report := _report(store, commit)) is not None:
            return commit.run, report["at"][:10]
    return None


def facts_before(store: Store, run: Run, tagger_version: str) -> dict[str, str]:
    """Return the facts of all sources that a tagger left last before those of a run; empty where it left none."""
    tagged = [c for c in store.commits() if c.kind == "facts"]
    at = next((i for i, c in enumerate(tagged) if c.run == run.tagged_by), 0)
    found = [c.run for c in tagged[:at] if c.tagger_version == tagger_version]
    return store.fact_files(found[-1]) if found else {}


def by_week(runs: Sequence[Run]) -> list[list[Run]]:
    """Return runs by the week they belong to, oldest week first; only those that can be compared with the last one.

    Replays, runs that asked for newer postings only, and runs that asked other servers than the last one are left out.
    """
    last = runs[-1]
    weeks: dict[str, list[Run]] = {}
    for run in runs:
        is_alike = run.report.get("has_base_url", False) == last.report.get("has_base_url", False)
        is_whole = not run.report.get("since") and not run.report.get("is_replay")
        if run.week == last.week or (is_alike and is_whole):
            weeks.setdefault(run.week, []).append(run)
    return list(weeks.values())


def part_names(run: Run, folder: str) -> Iterator[tuple[str, str]]:
    """Yield (source, part) of what a run added below a folder."""
    for name in run.commit.files:
        if name.startswith(f"{folder}/source="):
            yield name.split("/source=", 1)[1].split("/", 1)[0], name


def _report(store: Store, commit: Commit) -> dict[str, Any] | None:
    """Return what a collecting run reported; None for any other commit."""
    name = f"runs/{commit.run}.json"
    if commit.kind != "postings" or not store.files.exists(name):
        return None
    try:
        report = dict(json.loads(store.files.read(name)))
    except (ValueError, TypeError) as error:
        raise QualityError(f"{store.files.path(name)} is damaged: restore it from a copy") from error
    return report if "at" in report and "boards" in report else None


def _run(store: Store, at: int, end: int, report: Mapping[str, Any]) -> Run:
    """Return a run with the facts that the last tag run before the next collecting run left.

    Where it was tagged only later the first tag run after it stands in: what a week is judged by never moves.
    """
    commits = store.commits()
    run = commits[at].run
    tagged = [i for i in range(at, len(commits)) if commits[i].kind == "facts" and run in commits[i].covers]
    in_time = [i for i in tagged if i < end]
    if not tagged:
        return Run(commits[at], report, {}, "")
    last = in_time[-1] if in_time else tagged[0]
    facts, first = store.fact_files(commits[last].run), commits[tagged[0]].tagger_version
    return Run(commits[at], report, facts, commits[last].tagger_version, commits[last].run, first)

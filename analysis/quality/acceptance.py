"""Acceptance: which taggers the gate let through before a run, and which weeks are fit to be compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from analysis.quality.runs import Run
from analysis.quality.verdict import FOLDER, Assessment, from_bytes
from scrapers.store import Store


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the verdicts before a run let through and held back."""

    taggers: tuple[str, ...]
    """Versions that made facts behind an open gate, the last of them last."""
    refused: frozenset[str]
    """Versions that only ever made facts behind a closed one."""
    verdicts: dict[str, bool]
    """Whether the figures of a judged run were held."""

    def is_usual(self, week: Sequence[Run]) -> bool:
        """Tell whether a week may stand for what is usual: neither held nor read by a tagger that was refused."""
        told = [self.verdicts[run.commit.run] for run in week if run.commit.run in self.verdicts]
        return not (told and told[-1]) and week[-1].tagger_version not in self.refused


def accepted_before(store: Store, runs: Sequence[Run], name: str, day: str) -> Acceptance:
    """Return what was let through before the last of some runs is judged as `name` on a day (YYYY-MM-DD).

    A verdict counts that is of an earlier day, or of that day and before it by name; those of new taggers, which have
    names of their own, come after those of the runs. What read the runs first that came before any verdict, as in a
    store that was filled by hand, is let through. Raises QualityError for a damaged verdict.
    """
    collected = {run.commit.run for run in runs}

    def place(on: str, run: str) -> tuple[str, bool, str]:
        return on, run not in collected, run

    found = sorted((f for f in _verdicts(store) if f.run != name), key=lambda f: place(f.on, f.run))
    before = [f for f in found if place(f.on, f.run) < place(day, name)]
    start = min([place(day, name), *(place(f.on, f.run) for f in before)])
    first = [run.first_tagger for run in runs if place(run.report["at"][:10], run.commit.run) < start]
    taggers = [*first, *(f.tagger_version for f in before if not f.is_held)]
    refused = frozenset(f.tagger_version for f in before if f.is_held) - set(taggers)
    return Acceptance(tuple(filter(None, taggers)), refused, {f.run: f.is_held for f in before})


def _verdicts(store: Store) -> list[Assessment]:
    names = [n for n in store.files.names(FOLDER, ".json") if PurePosixPath(n).parent == PurePosixPath(FOLDER)]
    contents = store.files.ahead(store.files.read, names)
    return [from_bytes(content, store.files.path(name)) for name, content in zip(names, contents, strict=True)]

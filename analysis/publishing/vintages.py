"""Vintages: folders under published/ that never change once their manifest stands, and which of them is shown."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from math import inf
from typing import Any, Final

from analysis.faults import Fault
from scrapers.store import Files, Store, StoreError

FOLDER: Final = "published"
MANIFEST: Final = "manifest.json"
CURRENT: Final = f"{FOLDER}/current.json"
LINK: Final = f"{FOLDER}/current"

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class PublishError(Fault):
    """What was asked cannot be published; the message says why and what to run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A vintage as readers find it; `vintage` is "" where nothing has been published yet."""

    vintage: str
    """Its folder below published/."""
    run: str
    on: str
    """Day of its run, an ISO date."""
    as_of: str
    """Day of the run whose data it shows: that of the run itself unless it is held."""
    good: str
    """The vintage whose data it shows: itself unless it is held."""
    is_held: bool = False
    why: tuple[str, ...] = ()
    """Why newer data were held back."""
    before: str = ""
    """The good vintage before this one; "" for the first."""
    number: int = 1
    """How many vintages had been published when this one was, itself included."""

    @property
    def folder(self) -> str:
        """Its path below the data root; "" where nothing has been published yet."""
        return f"{FOLDER}/{self.vintage}" if self.vintage else ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "why": list(self.why)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Published":
        """Return what `to_dict` was made from; other keys are passed over."""
        known = {name: values[name] for name in cls.__dataclass_fields__}
        return cls(**{**known, "why": tuple(known["why"])})


def current(store: Store) -> Published | None:
    """Return the vintage that readers are shown, or None where nothing has been published yet."""
    return Published.from_dict(read_json(store.files, CURRENT)) if store.files.exists(CURRENT) else None


def read_manifest(store: Store, vintage: str) -> dict[str, Any]:
    """Return what a vintage says of itself and of each of its files; raises StoreError where it is damaged."""
    return read_json(store.files, f"{FOLDER}/{vintage}/{MANIFEST}")


def latest(store: Store, run: str) -> Published | None:
    """Return the last vintage of a run, or None where it has none."""
    found = None
    for name in _names(run):
        if not store.files.exists(f"{FOLDER}/{name}/{MANIFEST}"):
            return found
        found = Published.from_dict(read_manifest(store, name))
    return found


def next_name(store: Store, run: str) -> str:
    """Return the folder for one more vintage of a run: a published one is never written again."""
    names = _names(run)
    return next(name for name in names if not store.files.exists(f"{FOLDER}/{name}/{MANIFEST}"))


def last_good(store: Store, run: str, n_commits: float = inf) -> Published | None:
    """Return the last vintage that shows its own data, of another run than `run`; None without one.

    It is of no later day, and made of no later state of the store than the first `n_commits` commits.
    """
    shown, day = current(store), day_of(store, run)
    name = shown.good if shown else ""
    while name:
        manifest = read_manifest(store, name)
        found = Published.from_dict(manifest)
        if found.run != run and found.on <= day and manifest["basis"]["n_commits"] <= n_commits:
            return found
        name = found.before
    return None


def day_of(store: Store, run: str) -> str:
    """Return the day of a run: the date in its name, else the last day on which the store read anything."""
    if named := _DAY.search(run):
        return named[0]
    return max((c.read_on or "" for c in store.commits()), default="")


def seal(store: Store, made: Published, content: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write the files of a vintage and, last, its manifest; what a killed run left in the folder goes."""
    files = store.files
    listed = {name: {"sha256": digest(each), "size": len(each)} for name, each in sorted(content.items())}
    store.confirm()
    for name, each in content.items():
        files.write_changed(f"{made.folder}/{name}", each)
    for name in files.names(made.folder):
        if name.removeprefix(f"{made.folder}/") not in content:
            files.remove(name)
    store.confirm()
    files.write_changed(f"{made.folder}/{MANIFEST}", to_json({**made.to_dict(), **about, "files": listed}))


def show(store: Store, made: Published) -> None:
    """Let readers see a sealed vintage, unless they see a later one: a run done again late takes nobody back.

    Of one day the later is that made of the later state of the store. Whether they see it tells `is_shown`.
    """
    shown = current(store)
    if shown is not None and _age(store, shown) > _age(store, made):
        return
    store.confirm()
    if store.files.is_local:
        store.files.link(LINK, made.vintage)
    store.files.write_changed(CURRENT, to_json(made.to_dict()))


def is_shown(store: Store, made: Published) -> bool:
    """Tell whether a vintage is the one that readers see."""
    return made == current(store)


def read_json(files: Files, name: str) -> dict[str, Any]:
    """Return the object in a JSON file; raises StoreError where it is damaged."""
    try:
        return dict(json.loads(files.read(name)))
    except (ValueError, TypeError) as error:
        raise StoreError(f"{files.path(name)} is damaged: restore it from a copy") from error


def to_json(content: Mapping[str, Any]) -> bytes:
    """Return readable JSON; the same content gives the same bytes."""
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hex."""
    return hashlib.sha256(content).hexdigest()


def _age(store: Store, made: Published) -> tuple[str, int, int]:
    return made.on, int(read_manifest(store, made.vintage)["basis"]["n_commits"]), made.number


def _names(run: str) -> "map[str]":
    if not run or "/" in run or run.startswith(".") or run in (LINK.rpartition("/")[2], "current.json"):
        raise PublishError(f"{run!r} cannot name a published folder: choose another run name")
    return map(lambda k: run if k == 1 else f"{run}.v{k}", count(1))

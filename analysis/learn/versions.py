"""Versions: the folders of trained models, which of them is the champion, and how it came to be."""

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from analysis.classify.models import (
    FOLDER,
    MANIFEST,
    POINTER,
    ModelError,
    Models,
    Pointer,
    find_champion,
    find_version,
    load_version,
    places,
    read_json,
    read_manifest,
)
from scrapers.store import Store, default_root

METRICS: Final = "metrics.json"
CANARY: Final = "canary.json"
CARD: Final = "card.md"


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as `model list` shows it; `problem` says why it cannot be read, on one line."""

    version: str
    is_champion: bool
    is_bundled: bool
    manifest: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


class Versions:
    """The model versions of a data root, behind them the bundled ones; only the data root is written to."""

    def __init__(self, root: str | None = None) -> None:
        self._root = root
        self._store = Store(root or default_root())
        self._files, self._bundled = places(root)

    def names(self) -> list[str]:
        """Return every version of either place, sorted."""
        return sorted(
            {
                name.split("/")[1]
                for files in (self._files, self._bundled)
                for name in files.names(FOLDER, f"/{MANIFEST}")
                if name.count("/") == 2
            }
        )

    def has(self, version: str) -> bool:
        """Tell whether a version is there."""
        return version in self.names()

    def champion(self) -> Pointer | None:
        """Return the pointer of the data root, else the bundled one, else None."""
        return find_champion(self._root)

    def load(self, version: str) -> Models:
        """Return the verified models of a version; raises ModelError."""
        return load_version(version, self._root)

    def manifest(self, version: str) -> dict[str, Any]:
        """Return the checked manifest of a version; raises ModelError."""
        return read_manifest(find_version(version, self._root), version)

    def read(self, version: str, name: str) -> dict[str, Any]:
        """Return a JSON file of a version; raises ModelError when it is missing or damaged."""
        return read_json(find_version(version, self._root), f"{FOLDER}/{version}/{name}")

    def canary(self, version: str) -> dict[str, Any] | None:
        """Return the canary answers with which a version was promoted last, or None if it never was."""
        name = f"{FOLDER}/{version}/{CANARY}"
        # The data root first, also for a bundled version: answers recorded anew are written there.
        return next((read_json(files, name) for files in (self._files, self._bundled) if files.exists(name)), None)

    def write(self, version: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
        """Write a version; its manifest comes last, and a folder without one is no version."""
        for name, content in files.items():
            self._files.write(f"{FOLDER}/{version}/{name}", content)
        self._files.write(f"{FOLDER}/{version}/{MANIFEST}", to_json(manifest))

    def lock(self) -> AbstractContextManager[None]:
        """Hold the data root for writing; raises StoreError while another run is writing to it."""
        return self._store.lock()

    def promote(self, version: str, canary: Mapping[str, Any], **why: Any) -> None:
        """Make a version the champion, with its canary answers kept beside it; `why` goes into the history.

        The lock must be held. Raises ModelError for a version that cannot be loaded.
        """
        self.load(version)
        self._files.write(f"{FOLDER}/{version}/{CANARY}", to_json(canary))
        self._point(version, {"kind": "promote", **why})

    def rollback(self, to: str | None = None) -> tuple[str, str]:
        """Point back to an earlier champion; returns (champion before, champion now).

        The lock must be held. Raises ModelError where there is none or it cannot be loaded.
        """
        before = self.champion()
        if before is None:
            raise ModelError("there is no champion to go back from")
        target = to or previous(before)
        if target == before.version:
            raise ModelError(f"{target} is the champion already")
        self.load(target)
        self._point(target, {"kind": "rollback"})
        return before.version, target

    def listed(self) -> list[Listed]:
        """Return all versions, the champion first; a damaged one is listed with its problem."""
        champion = self.champion()
        rows = [self._listed(name, champion.version if champion else "") for name in self.names()]
        return sorted(rows, key=lambda row: (not row.is_champion, row.version))

    def _listed(self, version: str, champion: str) -> Listed:
        is_bundled = find_version(version, self._root).root != self._files.root
        try:
            manifest, metrics = self.manifest(version), self.read(version, METRICS)
        except ModelError as error:
            return Listed(version, version == champion, is_bundled, problem=str(error))
        return Listed(version, version == champion, is_bundled, manifest, metrics)

    def _point(self, version: str, step: Mapping[str, Any]) -> None:
        before = self.champion()
        # The bundled champion's own history stays with it: it tells of promotions made elsewhere.
        history = list(before.history) if before and self._files.exists(POINTER) else []
        history.append({"version": version, "from": before.version if before else None, **step})
        self._files.write(POINTER, to_json({"version": version, "history": history}))


def previous(pointer: Pointer) -> str:
    """Return the champion that the present one took over from when it was promoted; raises ModelError for none."""
    # Its canary answers recorded anew are a promotion of the champion over itself.
    before = next(
        (
            step.get("from")
            for step in reversed(pointer.history)
            if (step["version"], step["kind"]) == (pointer.version, "promote") and step.get("from") != pointer.version
        ),
        None,
    )
    if not isinstance(before, str):
        raise ModelError(f"no champion came before {pointer.version}: nothing to go back to")
    return before


def to_json(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON file, the same for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def figure_of(metrics: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return a figure of metrics.json by its name, or None."""
    figures: Iterable[Mapping[str, Any]] = metrics.get("figures", [])
    return next((f for f in figures if f.get("name") == name), None)

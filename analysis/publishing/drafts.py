"""Drafts: the parts of a vintage that is not published yet, each whole or absent, under drafts/<run>/."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.publishing.basis import Basis
from analysis.publishing.vintages import Published, PublishError, day_of, digest, read_json, to_json
from scrapers.store import Store, StoreError

FOLDER: Final = "drafts"
PARTS: Final = ("rates", "figures", "report")
_MADE: Final = ".made.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """The files of all parts by name, what they are made of, and by name what could not be made and why."""

    content: Mapping[str, bytes]
    basis: Basis
    missing: Mapping[str, str]


def write_part(
    store: Store, run: str, part: str, content: Mapping[str, bytes], basis: Basis, missing: Mapping[str, str]
) -> dict[str, Any]:
    """Write a part, its record last; return counts. Files that stay the same are left alone, others of it go."""
    files, folder = store.files, f"{FOLDER}/{run}"
    record = f"{folder}/{part}{_MADE}"
    old = read_json(files, record)["files"] if files.exists(record) else {}
    n_changed = sum(files.write_changed(f"{folder}/{name}", each) for name, each in content.items())
    made = {name: digest(each) for name, each in sorted(content.items())}
    files.write_changed(record, to_json({"basis": basis.to_dict(), "files": made, "missing": dict(missing)}))
    for name in old.keys() - made.keys():
        if files.exists(f"{folder}/{name}"):
            files.remove(f"{folder}/{name}")
    return {"n_files": len(made), "n_changed": n_changed, "missing": dict(missing)}


def read_draft(store: Store, run: str) -> Draft:
    """Return the draft of a run, all parts of it from one state of the data.

    Raises PublishError where a part is missing, changed underway or made of other data than its neighbours.
    """
    made = [_record(store, run, part) for part in PARTS]
    bases = [Basis.from_dict(each["basis"]) for each in made]
    if any(basis != bases[0] for basis in bases):
        raise PublishError(f"the data changed while {run} was drawn: write rates, figures and report again")
    shas = {name: sha for each in made for name, sha in each["files"].items()}
    content = {name: _read(store, f"{FOLDER}/{run}/{name}", sha) for name, sha in shas.items()}
    return Draft(content, bases[0], {name: why for each in made for name, why in each["missing"].items()})


def read_file(store: Store, run: str, name: str) -> bytes | None:
    """Return one file of a draft, or None where it has none."""
    path = f"{FOLDER}/{run}/{name}"
    return store.files.read(path) if store.files.exists(path) else None


def drop_drafts(store: Store, run: str, shown: Published | None) -> None:
    """Remove the draft of a run, and those of days before the vintage that readers see, which nobody will be shown.

    Others stay: a run that was held may be drawn anew at this moment, to be published after all.
    """
    names = store.files.names(FOLDER)
    runs = {name.split("/")[1] for name in names}
    done = {each for each in runs if each == run or (shown and day_of(store, each) < shown.on)}
    for name in names:
        if name.split("/")[1] in done:
            store.files.remove(name)


def _record(store: Store, run: str, part: str) -> dict[str, Any]:
    name = f"{FOLDER}/{run}/{part}{_MADE}"
    if not store.files.exists(name):
        raise PublishError(f"the {part} of {run} were not written: write them before publishing")
    return read_json(store.files, name)


def _read(store: Store, path: str, sha: str) -> bytes:
    try:
        content = store.files.read(path)
    except StoreError as error:
        raise PublishError(f"{path} is missing from the draft: write the part again") from error
    if digest(content) != sha:
        raise PublishError(f"{path} is not as it was written: write the part again")
    return content

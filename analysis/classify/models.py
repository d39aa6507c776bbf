"""Models: the trained models of one version, found, verified and loaded; nothing is ever unpickled."""

import hashlib
import io
import json
import re
import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from types import ModuleType
from typing import Any, Final, TypeVar, cast
from zipfile import BadZipFile, ZipFile

from analysis.classify.line_model import LineModel
from analysis.classify.role_model import RoleModel
from analysis.faults import Fault
from scrapers.store import Files, StoreError, bundled, default_root

FOLDER: Final = "models"
OWN: Final = "trained"
POINTER: Final = "models/champion.json"
MANIFEST: Final = "model.json"
ROLES: Final = "roles.skops"
LINES: Final = "lines.skops"
MAX_BYTES: Final = 8 << 20
"""A file of a version is read only up to this size; the bundled ones are a quarter of it."""
MAX_UNPACKED: Final = 64 << 20
"""What a model file may grow to when it is unpacked: a few kilobytes of zip can hold gigabytes."""
_NAME: Final = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
_SHA: Final = re.compile(r"[0-9a-f]{64}")

_MALFORMED: Final = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, ImportError, LookupError, MemoryError, OSError, RuntimeError,
    SyntaxError, TokenError, TypeError, ValueError, zlib.error,
)  # fmt: skip
"""What zipfile, numpy and skops run into with garbled bytes, found by garbling some; they document none of it."""

Built = TypeVar("Built")


class ModelError(Fault):
    """A model version cannot be used as asked; the message says which and why on one line."""


@dataclass(frozen=True, slots=True)
class Models:
    """The trained models of one version."""

    roles: RoleModel
    lines: LineModel
    version: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version is the champion, and how it came to be: promotions and rollbacks, oldest first."""

    version: str
    history: tuple[Mapping[str, Any], ...] = ()


def places(root: str | None = None) -> tuple[Files, Files]:
    """Return where versions are looked for: the writable data root (default: the usual one), then the bundled files.

    The data root of a checkout is also where the bundled models lie: its own stand apart, in OWN.
    """
    own, bundle = root or default_root(), bundled(FOLDER).parent
    is_shared = Path(own.removeprefix("file://")).resolve() == bundle.resolve()
    return Files(f"{own}/{OWN}" if is_shared else own), Files(bundle)


def find_champion(root: str | None = None) -> Pointer | None:
    """Return the pointer of the data root, else the bundled one, else None; raises ModelError for a damaged one."""
    for files in places(root):
        if files.exists(POINTER):
            return _pointer(read_json(files, POINTER), files.path(POINTER))
    return None


def find_version(version: str, root: str | None = None) -> Files:
    """Return the place that holds a version; raises ModelError when none does."""
    # The name becomes part of a path: "../x" in a pointer must not lead out of the folder.
    if _NAME.fullmatch(version):
        for files in places(root):
            if files.exists(f"{FOLDER}/{version}/{MANIFEST}"):
                return files
    raise ModelError(f"there is no model {version!r}: see airflow-demand model list")


def read_manifest(files: Files, version: str) -> dict[str, Any]:
    """Return the checked manifest of a version: `version`, and size and sha256 of each of its model files."""
    name = f"{FOLDER}/{version}/{MANIFEST}"
    manifest = read_json(files, name)
    listed = manifest.get("files")
    if manifest.get("version") != version or not isinstance(listed, dict) or not {ROLES, LINES} <= set(listed):
        raise ModelError(f"{files.path(name)} is damaged: it does not describe the model {version}")
    if not all(isinstance(f, dict) and _is_entry(f) for f in listed.values()):
        raise ModelError(f"{files.path(name)} is damaged: files without size and sha256")
    return manifest


def load_version(version: str, root: str | None = None) -> Models:
    """Return the verified models of a version; raises ModelError when a file is missing, changed or not trusted."""
    files = find_version(version, root)
    listed = read_manifest(files, version)["files"]
    roles, lines = (read_model(files, f"{FOLDER}/{version}/{name}", listed[name]) for name in (ROLES, LINES))
    return build_models(roles, lines, version)


def build_models(roles: bytes, lines: bytes, version: str) -> Models:
    """Return the models that two skops files hold; raises ModelError for content that does not fit."""
    return Models(
        _build(RoleModel.from_content, roles, f"{version}/{ROLES}"),
        _build(LineModel, lines, f"{version}/{LINES}"),
        version,
    )


def load_models(root: str | None = None) -> Models:
    """Return the champion's models, of the data root if it has a champion, else the bundled one's.

    `root` is a path or an fsspec address (default: the usual data root). Raises ModelError.
    """
    pointer = find_champion(root)
    if pointer is None:
        raise ModelError("there is no trained model: run airflow-demand model train, then model promote")
    return load_version(pointer.version, root)


def read_model(files: Files, name: str, entry: Mapping[str, Any]) -> bytes:
    """Return a model file that is as its manifest says and holds only types that are safe to build.

    `entry` gives `size` in bytes and `sha256`. Raises ModelError otherwise, before anything is unpacked or built.
    """
    content = _read(files, name, MAX_BYTES)
    if len(content) != entry["size"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ModelError(
            f"{files.path(name)} is not the file that was trained: its checksum differs; put the file back, "
            "or take another version: airflow-demand model rollback"
        )
    refuse_untrusted(content, files.path(name))
    return content


def refuse_untrusted(content: bytes, where: str) -> None:
    """Raise ModelError for bytes that are no skops file, unpack to too much, or would build an untrusted type."""
    get_untrusted_types = open_skops().get_untrusted_types
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise ModelError(f"{where} is refused: it unpacks to {unpacked >> 20:,} MB")
        untrusted = get_untrusted_types(data=content)
    except _MALFORMED as error:
        raise ModelError(f"{where} is no model file: {_first_line(error)}") from error
    if untrusted:
        raise ModelError(f"{where} is refused: it would build {', '.join(untrusted[:3])}")


def read_json(files: Files, name: str) -> dict[str, Any]:
    """Return a small JSON object of a models folder; raises ModelError when it is missing or damaged."""
    try:
        value = json.loads(_read(files, name, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{files.path(name)} is damaged: {_first_line(error)}") from error
    if not isinstance(value, dict):
        raise ModelError(f"{files.path(name)} is damaged: expected an object")
    return value


def _read(files: Files, name: str, limit: int) -> bytes:
    try:
        if files.size(name) > limit:
            raise ModelError(f"{files.path(name)} is refused: larger than {limit >> 20} MB")
        return files.read(name)
    except StoreError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise ModelError(f"{files.path(name)} is missing") from error
        raise ModelError(f"{files.path(name)} cannot be read: {_first_line(error)}") from error


def _build(build: Callable[[Any], Built], content: bytes, what: str) -> Built:
    try:
        return build(open_skops().loads(content, trusted=[]))
    except _MALFORMED as error:
        raise ModelError(f"model {what} cannot be used: {_first_line(error)}") from error


def _pointer(value: Mapping[str, Any], where: str) -> Pointer:
    version, history = value.get("version"), value.get("history", [])
    if not isinstance(version, str) or not isinstance(history, list) or not all(map(_is_step, history)):
        raise ModelError(f"{where} is damaged: restore it, or remove it to go back to the bundled model")
    return Pointer(version, tuple(history))


def _is_step(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("version"), str) and isinstance(value.get("kind"), str)


def _is_entry(value: Mapping[str, Any]) -> bool:
    size, sha = value.get("size"), value.get("sha256")
    return isinstance(size, int) and isinstance(sha, str) and bool(_SHA.fullmatch(sha))


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:200]


def open_skops() -> ModuleType:
    """Return skops.io. It takes a second to import scikit-learn with: only who reads a model pays for it."""
    with warnings.catch_warnings():
        # To name its functions it asks every loaded module for each of them; Airflow's answer with a thousand warnings.
        warnings.simplefilter("ignore")
        from skops import io as skops_io
    return cast(ModuleType, skops_io)

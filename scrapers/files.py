"""Files of a data root, local or on object storage: read, listed, and written so that each is whole or absent."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

import fsspec


class StoreError(Exception):
    """The data root cannot be used as asked; the message says what to do."""


def explain(error: OSError, place: str) -> StoreError:
    """Return the one-line error for a failed write or read at `place`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(f"no space left on the disk of {place}: free some and run again; nothing was changed")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"cannot write {place}: check its permissions or choose another folder with --data")
    return StoreError(f"cannot use {place}: {error.strerror or error}; choose another folder with --data")


class Files:
    """Files below one root, named by relative POSIX paths."""

    def __init__(self, root: str | Path) -> None:
        self.fs: Any
        try:
            self.fs, path = fsspec.core.url_to_fs(str(root))
        except (ImportError, ValueError) as error:
            raise StoreError(f"cannot use {root}: {error}") from error
        self.root: str = path.rstrip("/")
        self.is_local: bool = "file" in self.fs.protocol or "local" in self.fs.protocol

    def path(self, name: str) -> str:
        """Return the full path of a file, as its filesystem names it."""
        return f"{self.root}/{name}"

    def names(self, folder: str, suffix: str = "") -> list[str]:
        """Return the relative names of all files below a folder, sorted; hidden ones left out."""
        found = self.fs.find(self.path(folder)) if self.fs.exists(self.path(folder)) else []
        names = (str(p)[len(self.root) + 1 :] for p in found)
        return sorted(n for n in names if n.endswith(suffix) and not n.rsplit("/", 1)[-1].startswith("."))

    def exists(self, name: str) -> bool:
        """Tell whether the file is there."""
        return bool(self.fs.exists(self.path(name)))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        try:
            return bytes(self.fs.cat_file(self.path(name)))
        except OSError as error:
            raise explain(error, self.path(name)) from error

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return self.fs.open(self.path(name), "rb")  # type: ignore[no-any-return]

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """Write a file that appears whole when the block ends, and not at all when it fails."""
        target = self.path(name)
        try:
            if self.is_local:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                # A fixed name: what a killed run leaves is overwritten by the next one instead of piling up.
                temp = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.tmp")
            else:
                handle, temp = tempfile.mkstemp(prefix="airflow-demand-")
                os.close(handle)
            try:
                with open(temp, "wb") as stream:
                    yield stream
                    stream.flush()
                    os.fsync(stream.fileno())
                if self.is_local:
                    os.replace(temp, target)
                else:
                    self.fs.put_file(temp, target)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temp)
                    self._prune(name)
        except OSError as error:
            raise explain(error, target) from error

    def write(self, name: str, content: bytes) -> None:
        """Write a small file atomically."""
        with self.create(name) as stream:
            stream.write(content)

    def move(self, name: str, to: str) -> None:
        """Move a file within the root."""
        if self.is_local:
            os.makedirs(os.path.dirname(self.path(to)), exist_ok=True)
            os.replace(self.path(name), self.path(to))
            self._prune(name)
        else:
            self.fs.mv(self.path(name), self.path(to))

    def remove(self, name: str) -> None:
        """Remove a file, and its folders as far as they are empty then."""
        self.fs.rm_file(self.path(name))
        self._prune(name)

    def _prune(self, name: str) -> None:
        if self.is_local:
            with suppress(OSError):
                for folder in PurePosixPath(name).parents[:-1]:
                    os.rmdir(self.path(str(folder)))

"""Files of a data root, local or on object storage: read, listed, and written so that each is whole or absent."""

import errno
import fcntl
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, TypeVar

import fsspec

from scrapers.errors import StoreError

__all__ = ["Files", "StoreError", "explain"]

Read = TypeVar("Read")

S3: Final = ("s3", "s3a")
WHOLE_BYTES: Final = 16 << 20
"""Up to this size a file of object storage is fetched by one request."""
N_AHEAD: Final = 8
"""So many small files of object storage are asked for at once."""


def explain(error: Exception, place: str) -> StoreError:
    """Return the one-line error for a failed write or read at `place`."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(f"no space left on the disk of {place}: free some and run again; nothing was changed")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"cannot write {place}: check its permissions or choose another folder with --data")
    return StoreError(
        f"cannot use {place}: {getattr(error, 'strerror', None) or error}; choose another folder with --data"
    )


def _claim(path: str) -> IO[bytes]:
    """Open a file for writing it anew as its only writer; another one is waited for, who then has moved it away."""
    while True:
        # Emptied only once it is ours: until then another process may be writing it.
        stream = open(path, "wb", opener=lambda p, flags: os.open(p, flags & ~os.O_TRUNC, 0o666))  # noqa: SIM115
        fcntl.flock(stream, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), os.stat(path)):
                if os.fstat(stream.fileno()).st_size:
                    stream.truncate(0)
                return stream
        stream.close()


class Files:
    """Files below one root, named by relative POSIX paths; what goes wrong with them is a StoreError."""

    def __init__(self, root: str | Path) -> None:
        self.fs: Any
        try:
            # Loaded for buckets alone: it needs packages that a data root on a disk does not.
            self._s3: Any = import_module("scrapers.s3") if fsspec.core.split_protocol(root)[0] in S3 else None
            self.fs, path = fsspec.core.url_to_fs(str(root), **(self._s3.OPTIONS if self._s3 else {}))
        except ImportError as error:
            more = "; install airflow-demand[s3]" if error.name in ("botocore", "s3fs") else ""
            raise StoreError(f"cannot use {root}: {error}{more}") from error
        except ValueError as error:
            raise StoreError(f"cannot use {root}: {error}") from error
        self.root: str = path.rstrip("/")
        self.is_local: bool = "file" in self.fs.protocol or "local" in self.fs.protocol
        self.address: str = self.root if self.is_local else str(self.fs.unstrip_protocol(self.root))
        """The root as it is given to a command: a path, or an address with its protocol."""
        # In parts at once, a file would first be asked for its size.
        self._whole: dict[str, Any] = {"max_concurrency": 1} if self._s3 else {}
        self._faults: tuple[type[Exception], ...] = self._s3.FAULTS if self._s3 else (OSError,)

    def path(self, name: str) -> str:
        """Return the full path or address of a file, by which its filesystem knows it and a person finds it."""
        return f"{self.address}/{name}"

    def names(self, folder: str, suffix: str = "") -> list[str]:
        """Return the relative names of all files below a folder, "" for the root, sorted; hidden ones left out."""
        with self.naming(folder):
            # In a bucket by prefix: whether there is such a folder would be two more questions.
            below = {"prefix": folder and f"{folder}/"}
            found = self.fs.find(self.root, **below) if self._s3 else self.fs.find(self.path(folder))
        names = (str(p)[len(self.root) + 1 :] for p in found)
        # Consoles of object storage keep an empty object for a folder, named with a slash at its end.
        return sorted(n for n in names if n.endswith(suffix) and n.rpartition("/")[2][:1] not in ("", "."))

    def exists(self, name: str) -> bool:
        """Tell whether the file is there."""
        with self.naming(name):
            return bool(self.fs.exists(self.path(name)))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        with self.naming(name):
            return bytes(self.fs.cat_file(self.path(name), **self._whole))

    def ahead(self, read: Callable[[str], Read], names: Iterable[str]) -> Iterator[Read]:
        """Yield read(name) of each file in order; on object storage several are under way at once."""
        if self.is_local:
            yield from map(read, names)
            return
        with ThreadPoolExecutor(N_AHEAD) as pool:
            yield from pool.map(read, names)

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading; from object storage a small one comes whole, a large one as far as it is read."""
        path = self.path(name)
        with self.naming(name):
            if self.is_local:
                return self.fs.open(path, "rb")  # type: ignore[no-any-return]
            if (size := self.fs.size(path)) <= WHOLE_BYTES:
                return io.BytesIO(self.fs.cat_file(path, **self._whole))
            return self.fs.open(path, "rb", size=size)  # type: ignore[no-any-return]

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """Write a file that appears whole when the block ends, and not at all when it fails."""
        with self.naming(name):
            if not self.is_local:
                # Without a name: what a killed run leaves is gone with it.
                with tempfile.TemporaryFile() as stream:
                    yield stream
                    stream.seek(0)
                    self.fs.put_file(f"/dev/fd/{stream.fileno()}", self.path(name))
                return
            target = self.path(name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            # A fixed name: what a killed run leaves is overwritten by the next one instead of piling up.
            temp = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.tmp")
            with _claim(temp) as stream, ExitStack() as failed:
                failed.callback(self._prune, name)
                failed.callback(Path(temp).unlink, missing_ok=True)
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                os.replace(temp, target)
                failed.pop_all()

    def write(self, name: str, content: bytes) -> None:
        """Write a small file atomically."""
        with self.create(name) as stream:
            stream.write(content)

    def write_changed(self, name: str, content: bytes) -> bool:
        """Write a small file unless it holds these bytes already; tell whether it was written."""
        if self.exists(name) and self.read(name) == content:
            return False
        self.write(name, content)
        return True

    def write_once(self, name: str, content: bytes) -> None:
        """Write a small file that never replaces one of another content; raises StoreError where there is one."""
        if self.is_local:
            if self.exists(name) and self.read(name) != content:
                raise StoreError(f"{self.path(name)} is there already")
            self.write(name, content)
            return
        try:
            with self.naming(name):
                self.fs.pipe_file(self.path(name), content, mode="create")
        except StoreError as error:
            # An answer may be lost and the request repeated, which then meets its own first writing.
            if not isinstance(error.__cause__, FileExistsError) or self.read(name) != content:
                raise

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        with self.naming(name):
            return int(self.fs.size(self.path(name)))

    def move(self, name: str, to: str) -> None:
        """Move a file within the root; one that was copied but not removed yet is moved again without harm."""
        with self.naming(name):
            if self.is_local:
                os.makedirs(os.path.dirname(self.path(to)), exist_ok=True)
                os.replace(self.path(name), self.path(to))
                self._prune(name)
            else:
                self.fs.cp_file(self.path(name), self.path(to))
                self.fs.rm_file(self.path(name))

    def link(self, name: str, to: str) -> None:
        """Let a name on a disk lead to a file or folder beside it, at once and whatever it led to before."""
        link = self.path(name)
        fresh = os.path.join(os.path.dirname(link), f".{os.path.basename(link)}.tmp")
        try:
            if os.path.islink(link) and os.readlink(link) == to:
                return
            with suppress(FileNotFoundError):
                os.unlink(fresh)
            os.symlink(to, fresh)
            os.replace(fresh, link)
        except OSError as error:
            raise explain(error, link) from error

    def remove(self, name: str) -> None:
        """Remove a file, and its folders as far as they are empty then."""
        with self.naming(name):
            self.fs.rm_file(self.path(name))
        self._prune(name)

    @contextmanager
    def naming(self, name: str) -> Iterator[None]:
        """Turn what a filesystem raises while a file is used into a StoreError that names it."""
        try:
            yield
        except self._faults as error:
            if self._s3:
                raise StoreError(self._s3.in_one_line(error, self.path(name))) from error
            raise explain(error, self.path(name)) from error

    def lease(self, name: str) -> AbstractContextManager[Any]:
        """Return the right to write below the root as long as nobody else does, where the filesystem can give it."""
        return self._s3.Lease(self, name) if self._s3 else nullcontext()

    def _prune(self, name: str) -> None:
        if self.is_local:
            with suppress(OSError):
                for folder in PurePosixPath(name).parents[:-1]:
                    os.rmdir(self.path(str(folder)))

    def remove_all(self, folder: str) -> None:
        """Remove a folder with all that is in it, hidden files too; one that is not there is none the less gone."""
        with self.naming(folder):
            if self.fs.exists(self.path(folder)):
                self.fs.rm(self.path(folder), recursive=True)
        self._prune(folder)

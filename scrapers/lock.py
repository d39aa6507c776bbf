"""Lock: the right of one process at a time to write a data root, on a disk by flock, in a bucket by a lease."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scrapers.files import Files, StoreError, explain


class Lock:
    """The right to write below a root, free or held by this process."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lease: Any = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the root for writing; a second writer is refused at once with StoreError."""
        if self._files.is_local:
            with self._flock():
                yield
            return
        with self._files.lease(".lock") as self._lease:
            try:
                yield
            finally:
                self._lease = None

    @property
    def is_sure(self) -> bool:
        """Tell whether nobody else can be writing while this process holds it; of other object storage none can say."""
        return self._files.is_local or self._lease is not None

    def confirm(self) -> None:
        """Raise StoreError when another process has taken the root over since it was locked."""
        if self._lease:
            self._lease.confirm()

    def is_mine(self) -> bool:
        """Ask, like `confirm`, whether no other process has taken the root over since it was locked."""
        return self._lease is None or bool(self._lease.renew())

    @contextmanager
    def _flock(self) -> Iterator[None]:
        root = self._files.root
        try:
            os.makedirs(root, exist_ok=True)
            handle = open(self._files.path(".lock"), "a")  # noqa: SIM115
        except OSError as error:
            raise explain(error, root) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(f"another run is writing to {root}: wait until it ends") from error
            yield

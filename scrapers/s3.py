"""A data root in an S3 bucket: how it is opened, what its errors mean, and the object that lets one process write."""

import os
import platform
import secrets
import threading
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.exceptions import BotoCoreError, HTTPClientError, NoCredentialsError, PartialCredentialsError
from botocore.exceptions import ConnectionError as NoConnection

from scrapers.errors import StoreError

if TYPE_CHECKING:
    from scrapers.files import Files

OPTIONS: Final[dict[str, Any]] = {
    # Another process writes to the same bucket: what was listed a moment ago is not what is there.
    "use_listings_cache": False,
    "config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"total_max_attempts": 4}},
}
"""How the filesystem is opened; credentials, region and endpoint come from the usual environment and files of AWS."""
FAULTS: Final = (OSError, BotoCoreError)
"""All that a request may raise."""
LEASE_SECONDS: Final = 300.0
"""So long after its last sign of life a process is held to be dead."""
BEAT_SECONDS: Final = 30.0


def in_one_line(error: Exception, place: str) -> str:
    """Return what an error at an address means and what to do about it, on one line."""
    bucket = place.partition("://")[2].partition("/")[0]
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return f"no credentials for {place}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    if isinstance(error, NoConnection | HTTPClientError | TimeoutError):
        return f"cannot reach {place} ({_first_line(error)}): check the network and AWS_ENDPOINT_URL, then run again"
    if _code(error) == "NoSuchBucket":
        return f"there is no bucket {bucket}: create it, or name another with --data"
    if isinstance(error, PermissionError):
        return f"no access to {place} ({_first_line(error)}): check the credentials and what they may do in the bucket"
    if isinstance(error, FileNotFoundError):
        return f"{place} is missing: restore it from a copy"
    return f"cannot use {place}: {_first_line(error)}"


class Lease:
    """The right to write below a root: an object that one process creates, renews while it works, and removes.

    A process that died leaves it behind. It is taken over at once on the machine on which it died, and by others when
    it was not renewed for LEASE_SECONDS by the server's clock, so that no two machines need to agree on the time.
    """

    def __init__(self, files: "Files", name: str) -> None:
        self._files, self._name = files, name
        bucket, _, key = f"{files.root}/{name}".partition("/")
        self._place = {"Bucket": bucket, "Key": key}
        self._who = {"owner": secrets.token_hex(8), "where": _where(), "pid": str(os.getpid())}
        self._etag = ""
        self._turn = threading.Lock()
        self._is_over = threading.Event()
        self.is_lost = False

    def __enter__(self) -> Self:
        """Take the lease; raises StoreError at once when a living process has it."""
        with self._files.naming(self._name):
            if not self._put(IfNoneMatch="*"):
                self._take_over()
        threading.Thread(target=self._beat, name="lease", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_over.set()
        # A lease that cannot be given back ends by itself; what the run has done is done.
        with self._turn, suppress(*FAULTS):
            if not self.is_lost and self._find().get("owner") == self._who["owner"]:
                self._files.fs.call_s3("delete_object", **self._place)

    def confirm(self) -> None:
        """Renew the lease; raises StoreError when another process has taken it."""
        if not self.renew():
            raise StoreError(
                f"another run has taken {self._files.address} over while this one gave no sign of life: nothing was "
                "committed, run the same again"
            )

    def renew(self) -> bool:
        """Renew the lease; False when another process has taken it."""
        with self._turn, self._files.naming(self._name):
            self._renew()
            return not self.is_lost

    def _take_over(self) -> None:
        found = self._find()
        if found and not _is_dead(found):
            raise self._refusal(f"process {found.get('pid', '?')} on {found.get('where', '?').split()[0]}")
        # Only if it is still as it was found: of two that find it abandoned, one gets it.
        if not self._put(**({"IfMatch": found["etag"]} if found else {"IfNoneMatch": "*"})):
            raise self._refusal("it began just now")

    def _refusal(self, who: str) -> StoreError:
        return StoreError(f"another run is writing to {self._files.address} ({who}): wait until it ends")

    def _renew(self) -> None:
        if not self.is_lost and not self._put(IfMatch=self._etag):
            self.is_lost = True

    def _beat(self) -> None:
        while not self._is_over.wait(BEAT_SECONDS):
            # A server out of reach for a while costs nothing: `confirm` asks again before anything is committed.
            with self._turn, suppress(*FAULTS):
                if not self._is_over.is_set():
                    self._renew()

    def _put(self, **condition: str) -> bool:
        """Write the object under a condition; False when the condition does not hold."""
        # Another content each time: the ETag is of the content, and tells one sign of life from the next.
        body = secrets.token_bytes(16)
        try:
            answer = self._files.fs.call_s3("put_object", **self._place, Body=body, Metadata=self._who, **condition)
            self._etag = answer["ETag"]
        except OSError as error:
            if _code(error) not in ("PreconditionFailed", "NoSuchKey", "ConditionalRequestConflict"):
                raise
            # An answer may be lost and the request repeated, which then meets its own first writing.
            found = self._find()
            if found.get("owner") != self._who["owner"]:
                return False
            self._etag = found["etag"]
        return True

    def _find(self) -> dict[str, str]:
        """Return what the object says and how old it is; {} when there is none."""
        try:
            answer = self._files.fs.call_s3("head_object", **self._place)
        except FileNotFoundError:
            return {}
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        age = (now - answer["LastModified"]).total_seconds()
        return {**answer["Metadata"], "etag": answer["ETag"], "age": str(age)}


def _is_dead(found: dict[str, str]) -> bool:
    if float(found["age"]) > LEASE_SECONDS:
        return True
    return found.get("where") == _where() and found.get("pid", "").isdecimal() and not _is_alive(int(found["pid"]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _where() -> str:
    """Return where this process's number means something: the machine, since when it runs, and which container."""
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    told = [platform.node() or "?"]
    with suppress(OSError):
        told += [boot.read_text().strip(), os.readlink(space)]
    return " ".join(told).encode("ascii", "replace").decode()


def _code(error: BaseException) -> str:
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _first_line(error: BaseException) -> str:
    # What stands after a question mark is how the library asked, and says nothing to a person.
    told = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return told.strip().splitlines()[0].partition("?")[0][:200]

"""A real S3 server on the loopback interface, and what tests ask of its log."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from s3fs import S3FileSystem

REQUEST = re.compile(r'"(?:\x1b\[[\d;]*m)*(\w+) (\S+) HTTP')
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "kelp", "AWS_SECRET_ACCESS_KEY": "and-sons", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """A server under way: its address, and every request that it has answered."""

    def __init__(self, address: str, log: Path) -> None:
        self.address, self._log = address, log

    def requests(self) -> list[str]:
        """Return "METHOD path" of every request, oldest first."""
        return [f"{method} {path}" for method, path in REQUEST.findall(self._log.read_text())]


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Run a server until the block ends; its log lies in `folder`."""
    log = folder / "requests.log"
    with log.open("w") as stream:
        # It takes a port itself: one that was found free beforehand may be another test's by then.
        words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=stream)
        try:
            server = Server(_address(log, process), log)
            _await(server.address, process)
            # Those that are there ask the server of an earlier test, for the address came out of the environment.
            S3FileSystem.clear_instance_cache()
            yield server
        finally:
            process.terminate()
            process.wait()


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    for _ in range(600):
        if found := ADDRESS.search(log.read_text()):
            return found[0]
        assert process.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server does not say where it is")


def _await(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(address):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")

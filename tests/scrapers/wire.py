"""Wire: a server on the loopback that sends bytes as a test words them, and notes when each request came and went."""

import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

Steps = Iterable[bytes | float | None]
"""What is done for a request: bytes are sent, seconds waited, None resets the connection."""
_OPEN = "Connection: keep-alive"


@dataclass(slots=True)
class Request:
    """A request as it came; times are seconds of one clock, `left` is that before the answer's last byte."""

    method: str
    path: str
    headers: dict[str, str]
    came: float
    left: float = 0.0


@dataclass(slots=True)
class Wire:
    """What is answered, and what was asked."""

    url: str
    answer: Callable[[Request], Steps] = lambda request: [page(b"", "404 Not Found")]
    asked: list[Request] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)


def page(
    body: bytes, status: str = "200 OK", headers: str = "Content-Type: application/json", *, is_last: bool = True
) -> bytes:
    """Return a whole answer; `headers` are lines. The connection is closed behind it unless it is not the last."""
    lines = ["HTTP/1.1 " + status, *headers.split("\n"), f"Content-Length: {len(body)}"]
    lines.append("Connection: close" if is_last else _OPEN)
    return "\r\n".join(filter(None, lines)).encode() + b"\r\n\r\n" + body


@contextmanager
def serve(certificate: Path | None = None) -> Iterator[Wire]:
    """Run a server for the block, one that speaks TLS where a certificate with its key is given."""
    wire = Wire("")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                while (line := self.rfile.readline()) and self._answer(line):
                    pass

        def _answer(self, line: bytes) -> bool:
            """Answer the request that begins with a line, and tell whether the connection stays open."""
            came = time.monotonic()
            method, path, *_ = line.decode("latin-1").split(" ")
            # A client that was killed never ends its headers.
            lines = takewhile(lambda line: line not in (b"\r\n", b""), iter(self.rfile.readline, None))
            pairs = (line.decode("latin-1").partition(":") for line in lines)
            request = Request(method, path, {name.lower(): value.strip() for name, _, value in pairs}, came)
            wire.asked.append(request)
            self.rfile.read(int(request.headers.get("content-length", 0)))
            step: bytes | float | None = b""
            for step in wire.answer(request):
                request.left = time.monotonic()
                if isinstance(step, float):
                    wire.closed.wait(step)
                elif step is None:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                else:
                    self.connection.sendall(step)
            return isinstance(step, bytes) and _OPEN.encode() in step

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64

        def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
            connection, address = super().get_request()
            if certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate)
                connection = context.wrap_socket(connection, server_side=True)
            return connection, address

        def handle_error(self, *_: object) -> None:
            """Say nothing: clients that break off are what this server is for."""

    with Server(("127.0.0.1", 0), Handler) as server:
        wire.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield wire
        finally:
            wire.closed.set()
            server.shutdown()

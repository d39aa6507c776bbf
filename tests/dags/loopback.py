"""Slack and a mail server on 127.0.0.1: they keep what they are told, and refuse or break off when asked to."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


@dataclass
class Slack:
    """What came to a webhook or to the API; `answers` are the next statuses, 0 to break off, then 200."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def connection(self, token: str = "T0/B0/token") -> str:
        """The connection slack_alerts of a webhook of this server."""
        host = f"127.0.0.1:{self.port}/services"
        return json.dumps({"conn_type": "slackwebhook", "schema": "http", "host": host, "password": token})

    def api_connection(self, token: str = "xoxb-token") -> str:
        """The connection slack_alerts of the API of this server."""
        extra = {"channel": "C1", "base_url": f"http://127.0.0.1:{self.port}/api/"}
        return json.dumps({"conn_type": "slack", "password": token, "extra": extra})


@dataclass
class Mail:
    """What came to a mail server; `refusals` are its answers to the next letters."""

    port: int = 0
    refusals: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    def connection(self, password: str = "") -> str:
        """The connection smtp_alerts of this server."""
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "refresh@example.org", "retry_limit": 0}
        found = {"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": extra}
        return json.dumps(found | ({"login": "refresh", "password": password} if password else {}))


@contextmanager
def slack_server() -> Iterator[Slack]:
    """Run a Slack until the block ends."""
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            slack.told.append(json.loads(body))
            slack.paths.append(self.path)
            status = slack.answers.pop(0) if slack.answers else 200
            if not status:
                self.close_connection = True
                return
            is_api = self.path.startswith("/api/")
            answer = json.dumps({"ok": True, "ts": f"{len(slack.told)}.0"}).encode() if is_api else b"ok"
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as slack.port:
        yield slack


class _Letterbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to deliver one letter after another."""

    mail: ClassVar[Mail]
    _ANSWERS: ClassVar = {
        "EHLO": "250-loopback\r\n250 AUTH PLAIN LOGIN",
        "AUTH": "235 fine",
        "DATA": "354 go on",
        "QUIT": "221 bye",
    }

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline():
            verb = line[:4].decode("ascii", "replace").upper()
            if line.upper().startswith(b"RCPT TO:"):
                self.mail.recipients.append(line[8:].decode().strip().strip("<>"))
            self._say(self._ANSWERS.get(verb, "250 fine"))
            if verb == "DATA":
                self._take()
            if verb == "QUIT":
                return

    def _take(self) -> None:
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.mail.letters.append(message_from_bytes(content, policy=policy.default))
        self._say(self.mail.refusals.pop(0) if self.mail.refusals else "250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mail]:
    """Run a mail server until the block ends."""
    mail = Mail()
    handler = type("Letterbox", (_Letterbox,), {"mail": mail})
    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)) as mail.port:
        yield mail


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()

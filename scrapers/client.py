"""The client of a run: single requests, each within the pace of its host, capped in size and with a deadline."""

import gzip
import importlib.metadata
import queue
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import SplitResult, urlsplit, urlunsplit

import requests
import urllib3

from scrapers.errors import BusyError, DeadlineError, FetchError, StoppedError, TargetError
from scrapers.pace import Limit, Pace, door_of
from scrapers.robots import Robots
from scrapers.sending import NotPublicError, TellingAdapter, is_private, on_sent

if TYPE_CHECKING:
    from scrapers.sources import Source

CONNECT_SECONDS: Final = 5.0
MAX_BYTES: Final = 64 * 2**20
"""Largest page, counted after decompression."""
HOST_INTERVAL: Final = 1.0
"""Seconds between requests to one host, unless its source says otherwise."""
NEAR_INTERVAL: Final = 0.05
"""The same for a base URL on this machine or its own network."""
NETWORK_ERRORS: Final = (
    *(requests.RequestException, urllib3.exceptions.HTTPError, OSError),
    *(EOFError, zlib.error, ValueError),
)
_CHUNK: Final = 2**16
_NOT_PUBLIC: Final = "the address is not a public one"
# "http://127.0.0.1\\@boards.example" is one host to whoever checks it and another to whoever connects.
_AMBIGUOUS: Final = re.compile(r"[\\@\s\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Manners:
    """How a source's hosts are asked; see the fields of the same names of `Source`."""

    intervals: Mapping[str, float] = field(default_factory=dict)
    concurrency: int = 2
    timeout: float = 30.0
    checks_robots: bool = False

    @classmethod
    def of(cls, source: "Source") -> Self:
        """Return the manners that a source declares."""
        return cls(source.intervals, source.concurrency, source.timeout, source.checks_robots)


@dataclass(slots=True)
class Visit:
    """The reading of one board: whose it is, when its time is over, and how many requests it made.

    What is waited for a turn at a host is no time of the board: the deadline moves on by it.
    """

    source: str
    manners: Manners
    deadline: float
    n_requests: int = 0


def user_agent(contact: str | None = None) -> str:
    """Return the name under which the project reads pages, with an address for complaints where one is given."""
    try:
        version = importlib.metadata.version("airflow-demand")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"airflow-demand/{version}" + (f" (+{contact})" if contact else "")


def split_base(base_url: str) -> SplitResult:
    """Return the parts of a base URL; raises TargetError for what is no http address with a host."""
    try:
        parts = urlsplit(base_url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound:
        raise TargetError("", "", f"the base URL {base_url!r} must begin with http:// or https:// and name a host")
    return parts


class Client:
    """The network as all boards of a run share it: pace, rules of robots, connections, and the wish to stop.

    `interval` replaces the seconds between requests to a base URL on this machine; elsewhere it can only lengthen them.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        contact: str | None = None,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        stop: Event | None = None,
    ) -> None:
        self._base = None if base_url is None else split_base(base_url)
        self._is_near = bool(self._base and is_private(self._base.hostname or ""))
        self._interval, self.clock, self._sleep = interval, clock, sleep
        self.stop = stop or Event()
        self.pace, self.robots = Pace(clock, sleep), Robots(user_agent(contact))
        self._session = requests.Session()
        self._session.headers["User-Agent"] = self.robots.agent
        # What one board was given must not change what the next one is shown.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, TellingAdapter(is_guarded=self._base is None))
        # A proxy of the environment would be asked for the loopback address of a base URL.
        self._session.trust_env = self._base is None

    def limit_of(self, host: str, manners: Manners) -> Limit:
        """Return the limit that holds for a host (the one that the source asks), whoever asks."""
        if self._is_near:
            return Limit(NEAR_INTERVAL if self._interval is None else self._interval, manners.concurrency)
        own = manners.intervals.get(host, HOST_INTERVAL)
        return Limit(max(own, self.robots.delays.get(host, 0.0), self._interval or 0.0), manners.concurrency)

    def host_of(self, visit: Visit, url: str) -> str:
        """Return the host that is really asked for an address; raises FetchError for one that is not read."""
        return door_of(self._place(visit, url))

    def check(self, visit: Visit, url: str, wait: float = 0.0) -> None:
        """Raise StoppedError or DeadlineError where a board may not go on or wait so many seconds."""
        if self.stop.is_set():
            raise StoppedError(visit.source, url, "stopped")
        if self.clock() + wait >= visit.deadline:
            raise _too_late(visit, url)

    def rest(self, visit: Visit, url: str, seconds: float) -> None:
        """Wait without asking anything."""
        self.check(visit, url, seconds)
        if self._sleep is None:
            self.stop.wait(seconds)
        else:
            self._sleep(seconds)
        self.check(visit, url)

    def exchange(self, visit: Visit, method: str, url: str, **more: Any) -> Answer:
        """Make one request, in a thread that is left behind at the deadline.

        Timeouts of a socket bound the wait for a byte, not for a page: a server that drips would hold a board for days.
        """
        target = self._place(visit, url)
        name, host = door_of(url), door_of(target)
        limit = self.limit_of(name, visit.manners)
        own = limit.interval

        def check(pause: float, waited: float) -> None:
            nonlocal own
            # By its own name: what one of several hosts behind a base URL asks for says nothing of the others.
            if reason := self.pace.closed(name):
                raise BusyError(visit.source, url, reason)
            # One interval a request is the board's own time, so that it ends whatever its server does; the rest is that
            # of the others before the door.
            counted = min(own, waited)
            own -= counted
            visit.deadline += waited - counted
            self.check(visit, url, pause)

        # Before the turn: what is done within it, the host waits for.
        send = self._prepare(visit, method, target, **more)
        outcomes: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

        def run(sent: Callable[[], None]) -> None:
            on_sent(sent)
            outcome: Answer | Exception = FetchError(visit.source, url, "the request broke off")
            try:
                outcome = self._receive(visit, url, send)
            except NotPublicError:
                outcome = FetchError(visit.source, url, _NOT_PUBLIC)
            except (*NETWORK_ERRORS, FetchError) as error:
                outcome = error
            finally:
                outcomes.put(outcome)

        with self.pace.turn(host, limit, check) as sent:
            visit.n_requests += 1
            left = max(visit.deadline - self.clock(), 0.001)
            Thread(target=run, args=(sent,), daemon=True).start()
            try:
                outcome = outcomes.get(timeout=left)
            except queue.Empty:
                raise _too_late(visit, url) from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _prepare(self, visit: Visit, method: str, target: str, **more: Any) -> Callable[[], requests.Response]:
        """Return what sends a request."""
        request = self._session.prepare_request(requests.Request(method, target, **more))
        settings = self._session.merge_environment_settings(target, {}, True, None, None)
        timeout = (CONNECT_SECONDS, visit.manners.timeout)
        # Not by the session: of an answer that leads elsewhere it reads the whole body, however large, to follow it.
        send: Callable[..., requests.Response] = self._session.get_adapter(request.url or target).send
        return partial(send, request, timeout=timeout, **settings)

    def _receive(self, visit: Visit, url: str, send: Callable[[], requests.Response]) -> Answer:
        with send() as response:
            body = bytearray()
            # read1 returns what has come: deadline and cap hold even for a page that drips or unpacks without end.
            read: Callable[[int], bytes] = partial(response.raw.read1, decode_content=True)
            if response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip"):
                # Of a packed page that was cut, urllib3 returns the half as if it were all.
                read = gzip.GzipFile(fileobj=response.raw).read1
            while chunk := read(_CHUNK):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise FetchError(visit.source, url, f"the page is larger than {MAX_BYTES // 2**20} MB")
                if self.clock() > visit.deadline:
                    raise _too_late(visit, url)
            return Answer(response.status_code, response.headers, bytes(body))

    def _place(self, visit: Visit, url: str) -> str:
        """Return the address to ask: the source's own, or its path and query on the host of the base URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchError(visit.source, url, "only http and https addresses are read")
        if _AMBIGUOUS.search(parts.netloc):
            raise FetchError(visit.source, url, "the address does not say plainly which host is meant")
        if is_private(parts.hostname) and (self._base is None or parts.netloc != self._base.netloc):
            raise FetchError(visit.source, url, _NOT_PUBLIC)
        if self._base is None:
            return url
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


def _too_late(visit: Visit, url: str) -> DeadlineError:
    return DeadlineError(visit.source, url, "the time for one board is over")

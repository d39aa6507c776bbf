"""Polite HTTP: one honest client with a rate per host, capped retries, a size cap and a deadline per board."""

import hashlib
import importlib.metadata
import ipaddress
import json
import queue
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from protego import Protego

from scrapers.errors import BusyError, DeadlineError, FetchError, GoneError, ParseError, TargetError

TIMEOUT: Final = (5.0, 30.0)
"""Seconds to connect and to wait for bytes."""
MAX_BYTES: Final = 20 * 2**20
"""Largest page, counted after decompression."""
MAX_RETRY_AFTER: Final = 60.0
"""A server that asks for a longer pause is left alone until the next run."""
MAX_TRIES: Final = 3
MAX_REDIRECTS: Final = 5
HOST_INTERVAL: Final = 1.0
"""Seconds between requests to one host, unless its source says otherwise."""
BOARD_SECONDS: Final = 300.0
"""Time for one board, whatever its server does."""
_CHUNK: Final = 2**16
_RETRIED: Final = frozenset({408, 413, 429, 500, 502, 503, 504, 520, 522, 524})
_NETWORK_ERRORS: Final = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, with the hash under which it is kept."""

    source: str
    url: str
    body: bytes
    sha: str
    content_type: str = ""

    @property
    def text(self) -> str:
        """The body as UTF-8; bytes that are none are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON; raises ParseError when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ParseError(self.source, self.url, f"the answer is not JSON: {error}") from error


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def user_agent(contact: str | None = None) -> str:
    """Return the name under which the project reads pages, with an address for complaints where one is given."""
    try:
        version = importlib.metadata.version("airflow-demand")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"airflow-demand/{version}" + (f" (+{contact})" if contact else "")


def sha_of(body: bytes) -> str:
    """Return the hash of a page without keeping it."""
    return hashlib.sha256(body).hexdigest()


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


class Fetcher:
    """The client of one source; all its boards share the per-host pace, and `memo` for what they may reuse."""

    def __init__(
        self,
        source: str,
        *,
        base_url: str | None = None,
        contact: str | None = None,
        keep: Callable[[bytes], str] = sha_of,
        intervals: Mapping[str, float] | None = None,
        checks_robots: bool = False,
        is_paced: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source, self.memo = source, dict[str, Any]()
        self.n_requests = 0
        self._base = None if base_url is None else split_base(base_url)
        self._keep, self._intervals, self._checks_robots = keep, dict(intervals or {}), checks_robots
        self._clock, self._sleep = clock, sleep
        near = bool(self._base and _is_private_name(self._base.hostname or ""))
        self._is_paced = not near if is_paced is None else is_paced
        self._next_at: dict[str, float] = {}
        self._busy: dict[str, str] = {}
        self._robots: dict[str, Protego | None] = {}
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent(contact)
        # A proxy of the environment would be asked for the loopback address of a base URL.
        self._session.trust_env = self._base is None
        self.limit(BOARD_SECONDS)

    def limit(self, seconds: float) -> None:
        """Begin a board: requests are counted from 0 and end with DeadlineError after so many seconds."""
        self.n_requests, self._deadline = 0, self._clock() + seconds

    def get(self, url: str, params: Mapping[str, Any] | None = None, accept: str = "application/json") -> Page:
        """Fetch a page, keep it, and return it; raises FetchError (GoneError for 404 and 410)."""
        asked = f"{url}?{urlencode(params, safe=',')}" if params else url
        return self._fetch("GET", asked, MAX_TRIES, headers={"Accept": accept})

    def post(
        self, url: str, payload: Any, headers: Mapping[str, str] | None = None, *, is_retried: bool = False
    ) -> Page:
        """Send JSON and return the answer as `get` does; tried again only where the caller says that this is safe."""
        tries = MAX_TRIES if is_retried else 1
        return self._fetch("POST", url, tries, json=payload, headers={"Accept": "application/json", **(headers or {})})

    def _fetch(self, method: str, url: str, tries: int, **more: Any) -> Page:
        answer = self._follow(method, url, tries, checks_robots=self._checks_robots, **more)
        if answer.status in (404, 410):
            raise GoneError(self.source, url, f"the server answers {answer.status}")
        if not 200 <= answer.status < 300:
            raise FetchError(self.source, url, f"the server answers {answer.status}")
        return Page(self.source, url, answer.body, self._keep(answer.body), answer.headers.get("Content-Type", ""))

    def _is_allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            answer = self._follow("GET", f"{parts.scheme}://{parts.netloc}/robots.txt", MAX_TRIES, checks_robots=False)
            # RFC 9309: no such file allows all, a failing server allows nothing.
            text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
            self._robots[parts.netloc] = Protego.parse(text) if answer.status < 500 else None
        rules, agent = self._robots[parts.netloc], str(self._session.headers["User-Agent"])
        if rules and (delay := rules.crawl_delay(agent)):
            self._intervals[parts.netloc] = max(float(delay), self._intervals.get(parts.netloc, HOST_INTERVAL))
        return rules is not None and bool(rules.can_fetch(url, agent))

    def _follow(self, method: str, url: str, tries: int, *, checks_robots: bool, **more: Any) -> _Answer:
        for _ in range(MAX_REDIRECTS):
            # At each hop: a redirect is no way around the rules of where it leads.
            if checks_robots and not self._is_allowed(url):
                raise FetchError(self.source, url, "robots.txt does not allow this page")
            answer = self._try(method, url, tries, **more)
            if answer.status not in (301, 302, 303, 307, 308) or "Location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["Location"])
            if method == "POST" and answer.status < 307:
                method, more = "GET", {"headers": more.get("headers")}
        raise FetchError(self.source, url, f"more than {MAX_REDIRECTS} redirects")

    def _try(self, method: str, url: str, tries: int, **more: Any) -> _Answer:
        """Return the first answer that is worth no further try; after the last try, whatever came."""
        for i in range(1, tries + 1):
            pause = 2.0**i * random.uniform(0.5, 1.0)
            try:
                answer = self._exchange(method, url, **more)
            except _NETWORK_ERRORS as error:
                if i == tries or isinstance(error, (requests.exceptions.SSLError, ValueError)):
                    raise FetchError(self.source, url, f"no answer: {error}") from error
            else:
                asked = self._retry_after(answer, url)
                if answer.status not in _RETRIED or i == tries:
                    return answer
                pause = pause if asked is None else asked
            self._wait(pause, url)
        raise FetchError(self.source, url, "no answer")

    def _retry_after(self, answer: _Answer, url: str) -> float | None:
        """Return the pause that a refusal asks for; raises BusyError for one too long to wait for."""
        value = answer.headers.get("Retry-After", "")
        if answer.status not in (413, 429, 503) or not value:
            return None
        try:
            seconds = urllib3.Retry().parse_retry_after(value)
        except urllib3.exceptions.InvalidHeader:
            return None
        if seconds > MAX_RETRY_AFTER:
            self._busy[urlsplit(url).netloc] = f"the server answers {answer.status} and asks to wait {seconds:.0f} s"
            raise BusyError(self.source, url, self._busy[urlsplit(url).netloc])
        return seconds

    def _exchange(self, method: str, url: str, **more: Any) -> _Answer:
        """Make one request in a thread that is left behind at the deadline.

        Timeouts of a socket bound the wait for a byte, not for a page: a server that drips would hold a board for days.
        """
        target = self._place(url)
        if reason := self._busy.get(urlsplit(url).netloc):
            raise BusyError(self.source, url, reason)
        host = urlsplit(target).netloc
        self._wait(max(self._next_at.get(host, 0.0) - self._clock(), 0.0), url)
        outcomes: queue.SimpleQueue[_Answer | Exception] = queue.SimpleQueue()

        def run() -> None:
            outcome: _Answer | Exception = FetchError(self.source, url, "the request broke off")
            try:
                outcome = self._send(method, target, url, **more)
            except (*_NETWORK_ERRORS, FetchError) as error:
                outcome = error
            finally:
                outcomes.put(outcome)

        self.n_requests += 1
        Thread(target=run, daemon=True).start()
        try:
            outcome = outcomes.get(timeout=max(self._deadline - self._clock(), 0.001))
        except queue.Empty:
            raise self._too_late(url) from None
        finally:
            if self._is_paced:
                self._next_at[host] = self._clock() + self._intervals.get(urlsplit(url).netloc, HOST_INTERVAL)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _send(self, method: str, target: str, url: str, **more: Any) -> _Answer:
        if self._base is None and _is_private(target):
            raise FetchError(self.source, url, "the address is not a public one")
        more |= {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
        with self._session.request(method, target, **more) as response:
            body = bytearray()
            # read1 returns what has come: deadline and cap hold even for a page that drips or unpacks without end.
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise FetchError(self.source, url, f"the page is larger than {MAX_BYTES // 2**20} MB")
                if self._clock() > self._deadline:
                    raise self._too_late(url)
            return _Answer(response.status_code, response.headers, bytes(body))

    def _place(self, url: str) -> str:
        """Return the address to ask: the source's own, or its path and query on the host of the base URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchError(self.source, url, "only http and https addresses are read")
        if self._base is None:
            return url
        if _is_private_name(parts.hostname) and parts.netloc != self._base.netloc:
            raise FetchError(self.source, url, "the address is not a public one")
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))

    def _wait(self, seconds: float, url: str) -> None:
        if self._clock() + seconds >= self._deadline:
            raise self._too_late(url)
        if seconds > 0:
            self._sleep(seconds)

    def _too_late(self, url: str) -> DeadlineError:
        return DeadlineError(self.source, url, "the time for one board is over")


def _is_private_name(host: str) -> bool:
    try:
        return host == "localhost" or not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _is_private(url: str) -> bool:
    """Tell whether a host is, or resolves to, an address that is not public; a name without address is not judged."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return _is_private_name(host)
    return any(_is_private_name(str(info[4][0]).split("%")[0]) for info in found)

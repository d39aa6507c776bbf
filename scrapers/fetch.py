"""Fetching as a source sees it: pages by address, tried again where it helps, kept, and asked for only when changed."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import urllib3

from scrapers.client import MAX_BYTES, NETWORK_ERRORS, Answer, Client, Manners, Visit, split_base, user_agent
from scrapers.errors import BusyError, FetchError, GoneError, ParseError
from scrapers.kept import GONE, Fetch, KeptPages, payload_text
from scrapers.pace import door_of
from scrapers.plain_words import in_words

__all__ = ["BOARD_SECONDS", "MAX_BYTES", "Fetcher", "Page", "sha_of", "split_base", "user_agent"]

MAX_RETRY_AFTER: Final = 60.0
"""A server that asks for a longer pause is left alone until the next run."""
MAX_TRIES: Final = 3
MAX_REDIRECTS: Final = 5
BOARD_SECONDS: Final = 300.0
"""Time for one board, whatever its server does: answers, pauses that it asks for, and what is done with its pages.

Waiting for a turn at the host's door is not counted, else a polite pace would end the boards behind many others.
"""
_RETRIED: Final = frozenset({408, 413, 429, 500, 502, 503, 504, 520, 522, 524})
_REFUSALS: Final = frozenset({413, 429, 503})
_RETRY_AFTER: Final = urllib3.Retry(retry_after_max=366 * 86_400)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


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


def sha_of(body: bytes) -> str:
    """Return the hash of a page without keeping it."""
    return hashlib.sha256(body).hexdigest()


class Fetcher:
    """What one board is read through; `memo` holds what the boards of a source may reuse within a run.

    `last_sha` is the hash of the last page given. With `is_replay` pages come from `kept` alone, and what was gone is
    gone.
    """

    def __init__(
        self,
        source: str,
        *,
        client: Client | None = None,
        memo: dict[str, Any] | None = None,
        keep: Callable[[bytes], str] = sha_of,
        kept: KeptPages | None = None,
        is_replay: bool = False,
        manners: Manners | None = None,
        base_url: str | None = None,
        contact: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.source, self.memo = source, {} if memo is None else memo
        self.last_sha = ""
        self._news: dict[tuple[str, str, str], Fetch] = {}
        # Alone, as no other board can be in its way, it asks a server on this machine without pause.
        self._client = client or Client(base_url=base_url, contact=contact, interval=0.0, clock=clock, sleep=sleep)
        self._keep, self._kept, self._is_replay = keep, kept or KeptPages(), is_replay
        self._visit = Visit(source, manners or Manners(), self._client.clock() + BOARD_SECONDS)

    @property
    def fetches(self) -> list[Fetch]:
        """The latest answers to requests that were answered otherwise than `kept` knew."""
        return list(self._news.values())

    @property
    def n_requests(self) -> int:
        """How many requests were made, with repeats and redirects."""
        return self._visit.n_requests

    def limit(self, seconds: float) -> None:
        """Begin anew: requests are counted from 0 and end with DeadlineError after so many seconds of its own."""
        self._visit = Visit(self.source, self._visit.manners, self._client.clock() + seconds)

    def check(self) -> None:
        """Raise StoppedError or DeadlineError where no further page may be asked for."""
        self._client.check(self._visit, "")

    def get(self, url: str, params: Mapping[str, Any] | None = None, accept: str = "application/json") -> Page:
        """Fetch a page, keep it, and return it; raises FetchError (GoneError for 404 and 410)."""
        asked = f"{url}?{urlencode(params, safe=',')}" if params else url
        return self._hand_out(self._fetch("GET", asked, MAX_TRIES, "", headers={"Accept": accept}))

    def post(
        self, url: str, payload: Any, headers: Mapping[str, str] | None = None, *, is_retried: bool = False
    ) -> Page:
        """Send JSON and return the answer as `get` does; tried again only where the caller says that this is safe."""
        tries = MAX_TRIES if is_retried else 1
        more = {"json": payload, "headers": {"Accept": "application/json", **(headers or {})}}
        return self._hand_out(self._fetch("POST", url, tries, payload_text(payload), **more))

    def _hand_out(self, page: Page) -> Page:
        self.last_sha = page.sha
        return page

    def former(self, url: str) -> Page | None:
        """Return the page that an earlier run kept of an address, None where there is none."""
        known = self._kept.find("GET", url)
        body = self._kept.body(known) if known else None
        return Page(self.source, url, body, known.sha, known.content_type) if known and body is not None else None

    def keep_former(self, url: str) -> None:
        """Let what an earlier run kept of an address stand, whatever was answered in this one."""
        if not self._is_replay:
            former = self._kept.find("GET", url) or Fetch("GET", url, "", "")
            self._news[former.key] = former

    def turn(self, url: str) -> int:
        """Return a number that is larger the later an address was recorded by earlier runs, -1 where it never was."""
        return self._kept.turn("GET", url)

    def mark(self, urls: Iterable[str]) -> None:
        """Record that addresses were asked for, also those without answer or with the one that is kept: see `turn`."""
        recorded = {url for _, url, _ in self._news}
        for url in urls:
            if url not in recorded:
                self.keep_former(url)

    def _fetch(self, method: str, url: str, tries: int, payload: str, **more: Any) -> Page:
        known = self._news.get((method, url, payload)) or self._kept.find(method, url, payload)
        body = self._kept.body(known) if known and (self._is_replay or known.conditions) else None
        if self._is_replay:
            return self._replay(known, body, url)
        if known and body is not None:
            more["headers"] = {**more["headers"], **known.conditions}
        answer = self._follow(method, url, tries, **more)
        if answer.status == 304 and known and body is not None:
            return Page(self.source, url, body, known.sha, known.content_type)
        if answer.status in GONE:
            self._note(Fetch(method, url, payload, "", status=answer.status), known)
            raise self._gone(url, answer.status)
        if not 200 <= answer.status < 300:
            raise FetchError(self.source, url, f"the server answers {answer.status}")
        etag, modified, content_type = (answer.headers.get(n, "") for n in ("ETag", "Last-Modified", "Content-Type"))
        fetch = Fetch(method, url, payload, self._keep(answer.body), etag, modified, content_type)
        self._note(fetch, known)
        return Page(self.source, url, answer.body, fetch.sha, fetch.content_type)

    def _replay(self, known: Fetch | None, body: bytes | None, url: str) -> Page:
        self._client.check(self._visit, url)
        if known and known.is_gone:
            raise self._gone(url, known.status)
        if known is None or body is None:
            raise FetchError(self.source, url, "the page was not kept")
        return Page(self.source, url, body, known.sha, known.content_type)

    def _note(self, fetch: Fetch, known: Fetch | None) -> None:
        if fetch != known:
            self._news[fetch.key] = fetch

    def _gone(self, url: str, status: int) -> GoneError:
        return GoneError(self.source, url, f"the server answers {status}")

    def _follow(self, method: str, url: str, tries: int, **more: Any) -> Answer:
        for _ in range(MAX_REDIRECTS):
            # At each hop: a redirect is no way around the rules of where it leads.
            if self._visit.manners.checks_robots and not self._is_allowed(url):
                raise FetchError(self.source, url, "robots.txt does not allow this page")
            answer = self._try(method, url, tries, **more)
            if (target := self._target(answer, url)) is None:
                return answer
            url = target
            if method == "POST" and answer.status < 307:
                method, more = "GET", {"headers": more.get("headers")}
        raise FetchError(self.source, url, f"more than {MAX_REDIRECTS} redirects")

    def _target(self, answer: Answer, url: str) -> str | None:
        """Return where an answer leads, None where it does not lead elsewhere; raises FetchError for no address."""
        if answer.status not in _REDIRECTS or "Location" not in answer.headers:
            return None
        try:
            return urljoin(url, answer.headers["Location"])
        except ValueError as error:
            raise FetchError(self.source, url, f"no address: {error}") from error

    def _is_allowed(self, url: str) -> bool:
        try:
            parts, door = urlsplit(url), door_of(url)
        except ValueError as error:
            raise FetchError(self.source, url, f"no address: {error}") from error

        def ask() -> tuple[int, bytes]:
            address = f"{parts.scheme}://{parts.netloc}/robots.txt"
            for _ in range(MAX_REDIRECTS):
                answer = self._try("GET", address, MAX_TRIES)
                if (target := self._target(answer, address)) is None:
                    return answer.status, answer.body
                address = target
            raise FetchError(self.source, address, f"more than {MAX_REDIRECTS} redirects")

        return self._client.robots.is_allowed(door, url, ask)

    def _try(self, method: str, url: str, tries: int, **more: Any) -> Answer:
        """Return the first answer that is worth no further try; after the last try, whatever came."""
        for i in range(1, tries + 1):
            pause = 2.0**i * random.uniform(0.5, 1.0)
            try:
                answer = self._client.exchange(self._visit, method, url, **more)
            except NETWORK_ERRORS as error:
                if i == tries or isinstance(error, (requests.exceptions.SSLError, ValueError)):
                    reason = f"no answer: {in_words(error)}"
                    if not isinstance(error, ValueError):
                        self._client.pace.note_silence(door_of(url), reason)
                    raise FetchError(self.source, url, reason, repr(error)) from error
            else:
                self._client.pace.note_answer(door_of(url))
                is_held = self._hold(answer, url, pause)
                if answer.status not in _RETRIED or i == tries:
                    return answer
                pause = 0.0 if is_held else pause
            if pause:
                self._client.rest(self._visit, url, pause)
        raise FetchError(self.source, url, "no answer")

    def _hold(self, answer: Answer, url: str, pause: float) -> bool:
        """Let the whole host rest where it refuses: as long as it asks, else `pause` seconds after 429; tell whether.

        Raises BusyError, now and for whoever asks that host later, when it asks for longer than a run can wait.
        """
        value = answer.headers.get("Retry-After", "")
        if answer.status not in _REFUSALS or not (value or answer.status == 429):
            return False
        try:
            # A date of a clock that is behind asks for nothing, and a moment later is refused again.
            asked = (_RETRY_AFTER.parse_retry_after(value) if value else 0.0) or pause
        except urllib3.exceptions.InvalidHeader:
            asked = pause
        if asked > MAX_RETRY_AFTER:
            reason = f"the server answers {answer.status} and asks to wait {asked:.0f} s"
            self._client.pace.close(door_of(url), reason)
            raise BusyError(self.source, url, reason)
        self._client.pace.pause(self._client.host_of(self._visit, url), asked)
        return True

"""Pace: how often and how often at once each host is asked, over all boards and sources of a run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock
from typing import Final
from urllib.parse import urlsplit

_MARGIN: Final = 0.01
"""Share by which starts are further apart than asked: on the way to a server they may come closer again."""
_SLICE: Final = 0.2
LOST: Final = 10
"""Boards in a row that may fail to reach a host before it is left alone: hundreds need not knock where nobody is."""
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Limit:
    """Seconds between the starts of two requests to a host, and how many may be in flight."""

    interval: float
    concurrency: int = 1


@dataclass(slots=True)
class _Host:
    turn: Condition = field(default_factory=Condition)
    next_at: float = 0.0
    paused_until: float = 0.0
    n_running: int = 0
    is_sending: bool = False
    closed: str = ""
    n_lost: int = 0


def door_of(url: str) -> str:
    """Return the host of an address as it is kept apart from others: HTTPS://Who@Example.com:443/a is example.com's.

    Raises ValueError for a port that is none.
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    host = f"[{name}]" if ":" in name else name
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


class Pace:
    """The doors of all hosts, each named as by `door_of`.

    `clock` gives seconds; `sleep` waits instead of the clock's own time (tests).
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] | None = None
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, host: str, limit: Limit, check: Callable[[float, float], None]) -> Iterator[Callable[[], None]]:
        """Hold one of the places at a host for the block, entered when its interval and its pause are over.

        The block is given what it calls when its request has left: the next interval counts from there, not from before
        a connection was made. Uncalled it counts from the end of the block.
        `check` is called before each wait and before the block, and what it raises ends that. It is given the seconds
        that the host's pause will last, and those waited since the last call for nothing but the turn: for the interval
        and for others, of whom each holds its place no longer than its own time allows.
        """
        door = self._door(host)
        with door.turn:
            self._enter(door, limit, check)
        is_sent = False

        def sent() -> None:
            nonlocal is_sent
            with door.turn:
                if not is_sent:
                    is_sent, door.is_sending = True, False
                    door.next_at = max(door.next_at, self._clock() + limit.interval * (1 + _MARGIN))
                    door.turn.notify_all()

        try:
            yield sent
        finally:
            sent()
            with door.turn:
                door.n_running -= 1
                door.turn.notify_all()

    def pause(self, host: str, seconds: float) -> None:
        """Let nobody in at a host for so many seconds from now."""
        door = self._door(host)
        with door.turn:
            door.paused_until = max(door.paused_until, self._clock() + seconds)

    def close(self, host: str, reason: str) -> None:
        """Let nobody in at a host any more; `closed` tells why."""
        self._door(host).closed = reason

    def closed(self, host: str) -> str:
        """Return why a host is left alone, empty when it is not."""
        return self._door(host).closed

    def note_answer(self, host: str) -> None:
        """Note that a host has answered, whatever it said."""
        self._door(host).n_lost = 0

    def note_silence(self, host: str, reason: str) -> None:
        """Note that a board gave up on a host that did not answer; after LOST in a row the host is closed."""
        door = self._door(host)
        door.n_lost += 1
        if door.n_lost >= LOST:
            self.close(host, f"{reason}; nor did it for {LOST} boards before")

    def _enter(self, door: _Host, limit: Limit, check: Callable[[float, float], None]) -> None:
        waited = 0.0
        while True:
            now = self._clock()
            pause, wait = max(door.paused_until - now, 0.0), door.next_at - now
            check(pause, waited)
            is_full = door.is_sending or door.n_running >= limit.concurrency
            if pause <= 0 and wait <= 0 and not is_full:
                break
            self._wait(door, _SLICE if is_full else max(pause, wait))
            # What is waited during a pause is waited for the pause, whoever else is before the door.
            waited = max(self._clock() - max(now, door.paused_until), 0.0)
        door.n_running += 1
        door.is_sending = True

    def _wait(self, door: _Host, seconds: float) -> None:
        if self._sleep is None:
            # In slices: whoever stops the run or closes the host wakes nobody.
            door.turn.wait(min(seconds, _SLICE))
        else:
            self._sleep(seconds)

    def _door(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())

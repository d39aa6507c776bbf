"""Robots: what each host's robots.txt allows, asked once per host and run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from protego import Protego

_FAILING: Final = 500
_TOO_MANY: Final = 429


@dataclass(slots=True)
class _Rules:
    lock: Lock = field(default_factory=Lock)
    is_known: bool = False
    found: Protego | None = None


class Robots:
    """The rules of all hosts for one user agent; `delays` are the pauses in seconds that they ask for."""

    def __init__(self, agent: str) -> None:
        self.agent, self.delays = agent, dict[str, float]()
        self._hosts: dict[str, _Rules] = {}
        self._lock = Lock()

    def is_allowed(self, host: str, url: str, ask: Callable[[], tuple[int, bytes]]) -> bool:
        """Tell whether a page may be read; `ask` fetches robots.txt as (status, body) where it is not known yet."""
        with self._lock:
            rules = self._hosts.setdefault(host, _Rules())
        with rules.lock:
            if not rules.is_known:
                self._learn(host, rules, *ask())
        return rules.found is not None and bool(rules.found.can_fetch(url, self.agent))

    def _learn(self, host: str, rules: _Rules, status: int, body: bytes) -> None:
        # No such file allows all (RFC 9309); a failing server, or one that wants no more requests, allows nothing.
        text = body.decode("utf-8", "replace") if status == 200 else ""
        rules.found = Protego.parse(text) if status < _FAILING and status != _TOO_MANY else None
        if rules.found and (delay := rules.found.crawl_delay(self.agent)):
            self.delays[host] = float(delay)
        rules.is_known = True

"""Faulty: how a server may go wrong, each fault told by the sound body and the request that it strikes."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scrapers import fetch
from tests.scrapers.kelp import dump, healthy
from tests.scrapers.wire import Request, Steps, page

YESTERDAY, TODAY = (1, 9), (1, 2, 3)
"""The jobs of all boards: what is gone today has vanished once a board was read to its end, and not before."""
HTML = "Content-Type: text/html; charset=utf-8"


@dataclass(frozen=True)
class Fault:
    """A fault, where it strikes, and what is to come of it; `play` is given the sound body and the request."""

    name: str
    target: str
    play: Callable[[bytes, Request], Steps]
    outcome: str
    reason: str = ""
    jobs: tuple[int, ...] = ()
    """The jobs that the disturbed run is to read."""
    at: str = ""
    """Part of the addresses struck."""
    times: int = 10**6
    """How many requests are struck; later ones are answered as they should be."""
    requests: int | None = None
    n_rejected: int = 0
    base: str = "plain"
    """Where the run is sent: plain, tls, dead (nobody listens), or none (the address of the board itself)."""
    timeout: float = 20.0
    board_seconds: float = fetch.BOARD_SECONDS


def text(value: Any, headers: str = "") -> Callable[[bytes, Request], Steps]:
    """Answer with this, whatever was asked: bytes as they are, else JSON."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda sound, request: [page(raw, headers=headers)]


def edit(change: Callable[[Any], Any]) -> Callable[[bytes, Request], Steps]:
    """Answer with the sound JSON as changed."""
    return lambda sound, request: [page(json.dumps(change(json.loads(sound))).encode())]


def swap(old: str, new: str | bytes) -> Callable[[bytes, Request], Steps]:
    """Answer with some letters of the sound body replaced."""
    raw = new if isinstance(new, bytes) else new.encode()
    return lambda sound, request: [page(sound.replace(old.encode(), raw))]


def refuse(status: str, headers: str = "") -> Callable[[bytes, Request], Steps]:
    return lambda sound, request: [page(b"", status, headers)]


def go(target: str) -> Callable[[bytes, Request], Steps]:
    return lambda sound, request: [page(b"", "302 Found", f"Location: {target}")]


def extend(jobs: list[Any]) -> Callable[[Any], Any]:
    """Add records to a Greenhouse board."""
    return lambda board: {"jobs": board["jobs"] + jobs, "meta": {"total": len(board["jobs"] + jobs)}}


def whole(sound: bytes) -> bytes:
    return page(gzip.compress(sound), headers="Content-Type: application/json\nContent-Encoding: gzip")


def cut_gzip(sound: bytes, request: Request) -> Steps:
    packed = gzip.compress(sound)
    return [page(packed[: len(packed) * 2 // 3], headers=f"{HTML}\nContent-Encoding: gzip")]


def bomb(sound: bytes, request: Request) -> Steps:
    return [page(gzip.compress(b" " * (fetch.MAX_BYTES + 1), 1), headers="Content-Encoding: gzip")]


def again(sound: bytes, request: Request) -> Steps:
    return [page(dump({"totalFound": 9, "content": [{"id": str(n)} for n in TODAY]}))]


def drip(sound: bytes, request: Request) -> Steps:
    head, _, rest = page(sound).partition(b"\r\n\r\n")
    return [head + b"\r\n\r\n", *(part for i in range(len(rest)) for part in (rest[i : i + 1], 0.05))]


def drip_headers(sound: bytes, request: Request) -> Steps:
    return [part for byte in page(sound) for part in (bytes([byte]), 0.05)]


def struck(fault: Fault) -> Callable[[Request], Steps]:
    left = [fault.times]

    def answer(request: Request) -> Steps:
        (sound,) = healthy(fault.target, TODAY)(request)
        if fault.at not in request.path or not left[0]:
            return [sound]
        left[0] -= 1
        assert isinstance(sound, bytes)
        return fault.play(sound.partition(b"\r\n\r\n")[2], request)

    return answer

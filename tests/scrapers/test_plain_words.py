"""What goes wrong with real connections, said in plain words, with the library's own words kept beside."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from scrapers import collect as collect_module
from scrapers.client import Client, Manners
from scrapers.collect import collect
from scrapers.errors import FetchError
from scrapers.fetch import Fetcher
from scrapers.plain_words import in_words
from scrapers.store import Store
from tests.scrapers.wire import Request, Steps, Wire, page, serve

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serve() as wire:
        yield wire


def fetched(base_url: str | None, url: str = "https://kelp.example/jobs", timeout: float = 30.0) -> FetchError:
    fetcher = Fetcher("demo", base_url=base_url, manners=Manners(timeout=timeout), sleep=lambda seconds: None)
    with pytest.raises(FetchError) as raised:
        fetcher.get(url)
    return raised.value


@pytest.mark.parametrize(
    ("steps", "words", "name"),
    [
        (lambda request: [None], "closed the connection early", "ConnectionError"),
        (lambda request: [b"", b""], "closed the connection early", "ConnectionError"),
        (lambda request: [page(b"[1, 2]")[:-3]], "closed the connection early", "ProtocolError"),
        (lambda request: [page(b"x", headers="Content-Encoding: gzip")], "the packed page is damaged", "BadGzipFile"),
        (
            lambda request: [page(gzip.compress(b"x" * 99)[:-9], headers="Content-Encoding: gzip")],
            "closed the connection early",
            "EOFError",
        ),
    ],
    ids=["reset", "hung up", "cut", "no gzip", "gzip cut"],
)
def test_a_server_that_fails(wire: Wire, steps: Callable[[Request], Steps], words: str, name: str) -> None:
    wire.answer = steps
    error = fetched(wire.url)
    assert str(error) == f"demo: no answer: {words} (https://kelp.example/jobs)"
    assert error.detail.startswith(name)


def test_a_server_that_takes_too_long(wire: Wire) -> None:
    wire.answer = lambda request: [5.0]
    error = fetched(wire.url, timeout=0.2)
    assert str(error) == "demo: no answer: timed out (https://kelp.example/jobs)"
    assert error.detail.startswith("ReadTimeout")


def test_nobody_listens_there() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        error = fetched(f"http://127.0.0.1:{mute.getsockname()[1]}")
    assert error.reason == "no answer: connection refused"
    assert "Connection refused" in error.detail


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    assert fetched(None, "https://kelp.invalid/").reason == "no answer: name not found"


def test_what_has_no_plain_words_keeps_its_own() -> None:
    assert in_words(ValueError("an odd port")) == "an odd port"
    loop = ValueError("a")
    loop.__context__ = KeyError("b")
    loop.__context__.__context__ = loop
    assert in_words(loop) == "a"


def test_the_report_keeps_the_words_of_the_library_and_the_page(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect_module, "Client", partial(Client, sleep=lambda seconds: None))

    def go(run: str, steps: Callable[[Request], Steps]) -> dict[str, str]:
        wire.answer = steps
        collect(["remoteok"], store, run=run, base_url=wire.url, now=NOW, interval=0.0)
        (board,) = json.loads(store.files.read(f"runs/{run}.json"))["boards"]
        return dict(board)

    store = Store(tmp_path)
    odd = go("r1", lambda request: [page(b'{"jobs": "none"}')])
    assert gzip.decompress(store.files.read(odd["page"])) == b'{"jobs": "none"}'
    assert odd["detail"] == ""
    broken = go("r2", lambda request: [page(b"[]", headers="Content-Encoding: gzip")])
    assert broken["page"] == ""
    assert "Not a gzipped file" in broken["detail"]
    assert "Not a gzipped file" not in broken["reason"]

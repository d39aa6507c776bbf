"""The crew: how far it reads ahead of what is handed back, and in which order it hands back."""

import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from scrapers import crew as crew_module
from scrapers.client import Client
from scrapers.crew import Crew
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.reading import Reading
from scrapers.sources import Reject
from tests.scrapers.conftest import Platform

AHEAD = 8
BOARDS = [f"bed{n}" for n in range(40)]


class Plots(Platform):
    """A platform that asks nothing, notes which boards are begun, and keeps the slow one until it is released."""

    def __init__(self, slow: str) -> None:
        super().__init__("plots")
        self.slow, self.released = slow, threading.Event()
        self.begun: list[str] = []

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        self.begun.append(board)
        if board == self.slow:
            self.released.wait(10)
        yield Reject("plots", board, "1", "fallow", "")


def crew_of(client: Client) -> Crew:
    def open_fetcher(source: object, memo: dict[str, object]) -> Fetcher:
        return Fetcher("plots", client=client, memo=memo)

    return Crew(client, open_fetcher, None, lambda name, n: None, lambda name, board: None)


def wait_for(plots: Plots, n: int) -> None:
    """Wait until so many boards are begun, and a moment longer for any that should not be."""
    end = time.monotonic() + 5
    while len(plots.begun) < n and time.monotonic() < end:
        time.sleep(0.005)
    time.sleep(0.05)


@pytest.fixture(autouse=True)
def _bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_AHEAD", AHEAD)


def test_boards_behind_a_slow_one_are_read_on_but_not_without_end() -> None:
    plots = Plots("bed3")
    with crew_of(Client()) as crew:
        crew.ask(plots, BOARDS)
        results = crew.results()
        first = [reading for _, reading in islice(results, 3)]
        wait_for(plots, 3 + AHEAD)
        assert sorted(plots.begun) == sorted(BOARDS[: 3 + AHEAD])
        plots.released.set()
        rest = [reading for _, reading in results]
    read = [reading.board for reading in (*first, *rest) if isinstance(reading, Reading)]
    assert read == BOARDS
    assert len(plots.begun) == len(BOARDS)


def test_no_more_boards_are_begun_than_a_slow_receiver_can_take() -> None:
    plots = Plots("")
    with crew_of(Client()) as crew:
        crew.ask(plots, BOARDS)
        for n, _ in enumerate(crew.results(), 1):
            time.sleep(0.002)
            assert len(plots.begun) <= n + AHEAD
    assert n == len(BOARDS)


def test_what_waits_when_the_block_ends_is_never_begun() -> None:
    plots, client = Plots("bed0"), Client()
    with crew_of(client) as crew:
        crew.ask(plots, BOARDS)
        wait_for(plots, 4)
        plots.released.set()
    assert client.stop.is_set()
    assert len(plots.begun) <= AHEAD

"""A process that reads a stage, killed at any moment and started again: the store of an undisturbed run."""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from scrapers.staging import open_stage, read_stage, settle
from scrapers.store import Store
from tests.scrapers.market import Market
from tests.scrapers.wire import Wire, serve

N_KILLS = 50 if os.environ.get("AIRFLOW_DEMAND_SOAK") else 5
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SOURCES = {
    "greenhouse": [*(f"greenhouse:kelp{n}" for n in range(8)), "greenhouse:gone"],
    "hackernews": ["hackernews"],
}
# Children are forked by a server that has imported all they need, so that a kill strikes the reading.
PROCESSES = get_context("forkserver")


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    PROCESSES.set_forkserver_preload(["scrapers.staging", "scrapers.sources.greenhouse", "scrapers.sources.hackernews"])
    market = Market()
    market.wait = 0.03
    with serve() as wire:
        wire.answer = market.answer
        yield wire


def begin(root: Path, wire: Wire) -> Store:
    store = Store(root)
    open_stage(store, [t for ts in SOURCES.values() for t in ts], run="r1", base_url=wire.url, now=NOW)
    return store


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def finish(root: Path, wire: Wire) -> dict[str, bytes]:
    """Read what is left, settle, and return all files."""
    store = begin(root, wire)
    for source in SOURCES:
        read_stage(store, "r1", source, interval=0.0)
    settle(store, "r1")
    return tree(root)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> tuple[dict[str, bytes], float]:
    root = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    return finish(root, wire), time.monotonic() - began


@pytest.mark.parametrize("seed", range(N_KILLS))
def test_a_killed_reading_is_gone_on_with(
    seed: int, tmp_path: Path, wire: Wire, undisturbed: tuple[dict[str, bytes], float]
) -> None:
    expected, seconds = undisturbed
    rng, source = random.Random(seed), [*SOURCES][seed % 2]
    store = begin(tmp_path, wire)
    for _ in range(2):
        wire.asked.clear()
        process = PROCESSES.Process(target=read_stage, args=(store, "r1", source), kwargs={"interval": 0.0})
        process.start()
        until = time.monotonic() + 30
        while not wire.asked and process.is_alive() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.6) * seconds)
        process.kill()
        process.join()
    assert finish(tmp_path, wire) == expected

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
    # Arrow imports pandas when it first converts a list.
    sources = [f"scrapers.sources.{source}" for source in SOURCES]
    PROCESSES.set_forkserver_preload(["pandas", "scrapers.staging", *sources])
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
def undisturbed(tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> dict[str, bytes]:
    return finish(tmp_path_factory.mktemp("undisturbed"), wire)


@pytest.mark.parametrize("seed", range(N_KILLS))
def test_a_killed_reading_is_gone_on_with(seed: int, tmp_path: Path, wire: Wire, undisturbed: dict[str, bytes]) -> None:
    rng, source = random.Random(seed), [*SOURCES][seed % 2]
    store = begin(tmp_path, wire)
    for _ in range(2):
        wire.asked.clear()
        process = PROCESSES.Process(target=read_stage, args=(store, "r1", source), kwargs={"interval": 0.0})
        process.start()
        n_requests = rng.randrange(1, 9 if source == "greenhouse" else 5)
        while len(wire.asked) < n_requests and process.is_alive():
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 0.1))
        process.kill()
        process.join()
    assert finish(tmp_path, wire) == undisturbed

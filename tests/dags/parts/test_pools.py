"""The pools' file holds what the DAGs ask for: one place per source, one for whoever writes the store."""

from dags.parts import pools
from scrapers.sources import names


def test_the_file_is_what_the_sources_ask_for() -> None:
    assert pools.FILE.read_text(encoding="utf-8") == pools.text(), "make docs"


def test_every_source_and_the_store_have_one_slot_each() -> None:
    found = pools.pools()
    assert set(found) == {"store", *(f"host_{name}" for name in names())}
    assert {pool["slots"] for pool in found.values()} == {1}

"""The same vintages where there is no disk: a root without lock, link and rename."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from analysis.publishing import current, hold, publish
from scrapers.store import Store
from tests.analysis.publishing.conftest import SECOND, Copy, tree


@pytest.fixture
def bucket(copy: Copy) -> Iterator[tuple[Store, Store]]:
    """Return the same store on a disk and in memory."""
    disk = copy("two")
    fs = fsspec.filesystem("memory")
    fs.put(f"{disk.files.root}/", "/bucket/root/", recursive=True)
    for name in fs.find("/bucket/root/published/current"):
        fs.rm_file(name)
    yield disk, Store("memory://bucket/root")
    fs.rm("/bucket", recursive=True)


@pytest.mark.parametrize("is_held", [False, True])
def test_what_is_published_is_the_same_as_on_a_disk(bucket: tuple[Store, Store], is_held: bool) -> None:
    disk, memory = bucket
    assert not memory.files.is_local
    made = [hold(store, SECOND, ["why"]) if is_held else publish(store, SECOND) for store in bucket]
    assert made[0] == made[1] == current(memory)
    expected = {name: content for name, (content, _) in tree(Path(disk.files.root)).items()}
    assert {name: memory.files.read(name) for name in memory.files.names("published")} == expected

"""A run of a day to come, stored while a clock was wrong: what operators read takes it back without a trace."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.message import compose
from analysis.publishing import publish
from analysis.publishing.basis import find_basis
from analysis.publishing.drafts import write_part
from scrapers.store import Store
from tests.analysis.publishing.conftest import FIRST, SECOND, WEEK_TWO, collect_week, second_week, shown

TO_COME = "weekly-2027-01-04"
OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations.md"


def steps() -> list[str]:
    """Return the commands that operators read."""
    section = OPERATIONS.read_text(encoding="utf-8").split("### A run of a day to come\n")[1].split("\n### ")[0]
    return re.findall(r"^\$ (.+)$", section, flags=re.MULTILINE)


def add_second_week(root: Path) -> dict[str, bytes | str]:
    """Collect, draft, publish and tell of a second week; return all files of the data root."""
    store = Store(root)
    second_week(store)
    publish(store, SECOND)
    compose(store, SECOND, dag="weekly_refresh", states={"prepare": "success"})
    assert shown(root) == SECOND
    return {
        str(p.relative_to(root)): os.readlink(p) if p.is_symlink() else p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and p.name != ".lock"
    }


@pytest.mark.skipif(not shutil.which("bash"), reason="the commands are those of a shell")
def test_taken_back_as_operators_read_it_leaves_what_had_been_without_it(weeks: Path, tmp_path: Path) -> None:
    for name in ("data", "without"):
        shutil.copytree(weeks / "one", tmp_path / name, symlinks=True)
    store = Store(tmp_path / "data")
    collect_week(store, TO_COME, WEEK_TWO, 280, tag="tag-0a1b2c")
    rates = {
        name: store.files.read(f"published/{FIRST}/{name}") for name in ("rates/overall.json", "rates/overall.csv")
    }
    for part, content in (("rates", rates), ("figures", {}), ("report", {})):
        write_part(store, TO_COME, part, content, find_basis(store, "store"), {})
    publish(store, TO_COME)
    compose(store, TO_COME, dag="weekly_refresh", states={"prepare": "success"})
    store.files.write(f"quality/{TO_COME}.json", b"{}")
    assert shown(tmp_path / "data") == TO_COME
    done = subprocess.run(
        ["bash", "-euc", "\n".join(steps())], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert FIRST in done.stdout, "which vintage readers are led back to"
    assert shown(tmp_path / "data") == FIRST
    assert shown(tmp_path / "data.before") == TO_COME
    assert add_second_week(tmp_path / "data") == add_second_week(tmp_path / "without")

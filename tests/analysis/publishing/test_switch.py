"""Readers see one whole vintage at any moment: while vintages change, and after a run killed between any two steps."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing import hold, publish
from analysis.publishing.difference import compare
from analysis.publishing.vintages import Published, seal, show
from scrapers.store import Files, Store
from tests.analysis.publishing.conftest import FIRST, SECOND, Copy, shown, tree

N_SWITCHES = 50
IS_SOAK = bool(os.environ.get("AIRFLOW_DEMAND_SOAK"))
N_KILLS = 20 if IS_SOAK else 1

READER = """
import hashlib, json, os, pathlib, sys
root, seen, n, is_last = pathlib.Path(sys.argv[1]), [], 0, False
while not is_last:
    is_last = (root / "stop").exists()
    for name in (os.readlink(root / "current"), json.loads((root / "current.json").read_bytes())["vintage"]):
        manifest = json.loads((root / name / "manifest.json").read_bytes())
        assert manifest["vintage"] == name
        for path, each in manifest["files"].items():
            assert hashlib.sha256((root / name / path).read_bytes()).hexdigest() == each["sha256"], (name, path)
        seen.append(name)
        n += 1
        if n == 1:
            print("reading", flush=True)
print(n, len(set(seen)), seen == sorted(seen[::2] + seen[1::2]), flush=True)
"""


def make_vintage(store: Store, number: int) -> None:
    name = f"v{number:03}"
    made = Published(vintage=name, run=name, on="2026-11-23", as_of="2026-11-23", good=name, number=number)
    seal(store, made, {f"figures/{i}.txt": f"{i} of {number}".encode() for i in range(6)}, {"basis": {"n_commits": 1}})
    show(store, made)


def test_a_reader_never_meets_a_mix_while_vintages_change(tmp_path: Path) -> None:
    store = Store(tmp_path)
    make_vintage(store, 1)
    folder = tmp_path / "published"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", READER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        try:
            for number in range(2, N_SWITCHES + 1):
                make_vintage(store, number)
        finally:
            (folder / "stop").touch()
        out, err = reader.communicate(timeout=30)
    assert reader.returncode == 0, err
    n_read, n_seen = map(int, out.split()[:2])
    assert n_read >= n_seen > 1


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


STEPS = ("write", "remove", "link")


@pytest.fixture
def stop_before(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], list[str]]:
    """Return a function that lets the n-th change of a file end everything, or none, and lists the changes made."""
    made: list[str] = []
    limit: list[int | None] = [None]

    def guarded(step: str) -> Callable[..., Any]:
        original = getattr(Files, step)

        def change(self: Files, name: str, *rest: Any) -> Any:
            if limit[0] is not None and len(made) >= limit[0]:
                raise Killed
            made.append(f"{step} {name}")
            return original(self, name, *rest)

        return change

    for step in STEPS:
        monkeypatch.setattr(Files, step, guarded(step))

    def allow(n: int | None) -> list[str]:
        made.clear()
        limit[0] = n
        return made

    return allow


def release(store: Store, is_held: bool) -> None:
    if is_held:
        hold(store, SECOND, ["future dates"])
    else:
        publish(store, SECOND)


def content(root: Path) -> dict[str, bytes]:
    return {name: each for name, (each, _) in tree(root).items()}


@pytest.mark.parametrize("is_held", [False, True])
def test_killed_before_any_step_readers_see_the_old_or_the_new_and_a_re_run_ends_alike(
    copy: Copy, stop_before: Callable[[int | None], list[str]], is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = copy("two")
    root = Path(store.files.root)
    expected, steps = undisturbed(store, stop_before, is_held, monkeypatch)
    assert {step.split()[0] for step in steps} == ({"write", "link"} if is_held else set(STEPS))
    chosen = range(len(steps)) if IS_SOAK else [*range(1, len(steps) - 5, 9), *range(len(steps) - 5, len(steps))]
    for n in chosen:
        reset(root)
        stop_before(n)
        with pytest.raises(Killed):
            release(store, is_held)
        assert shown(root) in (FIRST, SECOND)
        stop_before(None)
        release(store, is_held)
        assert content(root) == expected, steps[n]


def undisturbed(
    store: Store, stop_before: Callable[[int | None], list[str]], is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, bytes], list[str]]:
    """Return what a run leaves and its steps; what it counts is kept, for only its steps are of interest here."""
    root = Path(store.files.root)
    (root.parent / "start").mkdir()
    copy_tree(root, root.parent / "start")
    found: list[Any] = []

    def once(*args: Any) -> Any:
        if not found:
            found.append(compare(*args))
        return found[0]

    monkeypatch.setattr("analysis.publishing.release.compare", once)
    made = stop_before(None)
    release(store, is_held)
    return content(root), list(made)


def copy_tree(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{source}/published", f"{source}/drafts", str(target)], check=True)


def reset(root: Path) -> None:
    subprocess.run(["rm", "-rf", str(root / "published"), str(root / "drafts")], check=True)
    copy_tree(root.parent / "start", root)


CODE = """
import sys
from analysis.publishing import publish
from scrapers.store import Store
print("ready", flush=True)
publish(Store(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.parametrize("seed", range(N_KILLS))
def test_killed_without_warning_a_re_run_ends_alike(copy: Copy, tmp_path: Path, seed: int) -> None:
    store = copy("two")
    root = Path(store.files.root)
    process = subprocess.Popen([sys.executable, "-c", CODE, str(root), SECOND], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.6 * (seed + 0.5) / N_KILLS)
    process.kill()
    process.wait()
    process.stdout.close()
    assert shown(root) in (FIRST, SECOND)
    publish(store, SECOND)
    assert shown(root) == SECOND
    left = {p.name for p in root.rglob(".*") if p.name != ".lock"}
    assert not left

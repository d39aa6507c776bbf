"""Killing: a DAG run in a process of its own, which dies without warning before a chosen change of its data root."""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

PROCESSES: Final = get_context("forkserver")
N_MOMENTS: Final = int(os.environ.get("AIRFLOW_DEMAND_SOAK_MOMENTS", "3"))
"""So many moments of each task a long test lets a run die at."""
_SECONDS: Final = 600
_CHANGES: Final = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate"}
Arm = Callable[[Any], None]
"""Given the DAG before it runs, for its tasks to be known as they begin and end."""
Run = Callable[[Arm], str]
"""Runs a DAG, armed, and returns the state in which it ended."""


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run leaves that nobody disturbs: its files, and how often each task changed the root."""

    files: Mapping[str, bytes]
    changes: Counter[str]


class Fate:
    """Counts by task what is about to change below a root, and kills the process group before one of these changes.

    With its n-th change a task dies, right before it; one that makes fewer dies at its end.
    """

    def __init__(self, root: Path, task_id: str, n: int) -> None:
        self._root, self._task_id, self._n = f"{root}/", task_id, n
        self._now = ""
        self.changes: Counter[str] = Counter()

    def arm(self, dag: Any) -> None:
        """Learn from now on when tasks begin and end."""
        for task in dag.tasks:
            task.on_execute_callback = [lambda context, name=task.task_id: self._begin(name)]
            for moment in ("on_success_callback", "on_skipped_callback"):
                setattr(task, moment, [lambda context: self._end()])

    def see(self, event: str, args: tuple[Any, ...]) -> None:
        """Take what Python is about to do, as an audit hook."""
        if self._now and _is_change(event, args, self._root):
            self.changes[self._now] += 1
            if (self._now, self.changes[self._now]) == (self._task_id, self._n):
                os.killpg(0, signal.SIGKILL)

    def _begin(self, task_id: str) -> None:
        self._now = task_id

    def _end(self) -> None:
        if self._now == self._task_id:
            os.killpg(0, signal.SIGKILL)
        self._now = ""


def _is_change(event: str, args: tuple[Any, ...], root: str) -> bool:
    is_meant = bool(args[2] & (os.O_WRONLY | os.O_RDWR)) if event == "open" else event in _CHANGES
    if not is_meant or isinstance(args[0], int):
        return False
    path = os.fsdecode(args[0])
    if event in ("os.remove", "os.rmdir") and args[1] != -1:
        path = os.path.join(os.readlink(f"/proc/self/fd/{args[1]}"), path)
    return os.path.join(path, "").startswith(root)


def _alone(run: Run, root: Path, folder: Path, task_id: str, n: int) -> None:
    os.setsid()
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    fate = Fate(root, task_id, n)
    sys.addaudithook(fate.see)
    state = run(fate.arm)
    (folder / "changes.json").write_text(json.dumps(fate.changes))
    raise SystemExit(state != "success")


def _wait(run: Run, root: Path, folder: Path, task_id: str = "", n: int = 0) -> int | None:
    """Return the exit code of a run in a process group of its own; None if it hangs, 255 if its server was ended."""
    # Loaded once and forked before any thread has begun: each start would import for longer than it runs.
    PROCESSES.set_forkserver_preload(["tests.dags.preload"])
    folder.mkdir(exist_ok=True)
    process = PROCESSES.Process(target=_alone, args=(run, root, folder, task_id, n))
    process.start()
    process.join(_SECONDS)
    code = process.exitcode
    process.kill()
    return code


def kill(run: Run, root: Path, folder: Path, task_id: str, n: int) -> None:
    """Start a run and let it die in a task before its n-th change of the root, or at the end of the task.

    What it says is kept in `folder`/log.
    """
    code = _wait(run, root, folder, task_id, n)
    assert code == -signal.SIGKILL, f"{task_id} was not reached, exit code {code}: {_said(folder)}"


def complete(run: Run, root: Path, folder: Path) -> Undisturbed:
    """Run to the end, which has to be good, and return what it left."""
    code = _wait(run, root, folder)
    assert code == 0, f"exit code {code}: {_said(folder)}"
    return Undisturbed(tree(root), Counter(json.loads((folder / "changes.json").read_bytes())))


def die_and_go_on(of: Callable[[Path], Run], task_id: str, undisturbed: Undisturbed, folder: Path) -> None:
    """Let a run die at several moments of a task, each time on a new root, and compare what the next one leaves.

    `of` takes the root and returns the run on it.
    """
    for n in moments(undisturbed.changes[task_id], N_MOMENTS):
        root = folder / f"root-{n}"
        kill(of(root), root, folder / f"log-{n}", task_id, n)
        complete(of(root), root, folder / f"log-{n}")
        assert tree(root) == undisturbed.files, f"{task_id} died before change {n}"


def moments(n_changes: int, most: int) -> list[int]:
    """Return at most so many numbers of changes to die before, spread over all; behind the last one is the end."""
    return sorted({1 + n_changes * (2 * i + 1) // (2 * most) for i in range(most)})


def tree(root: Path) -> dict[str, bytes]:
    """Return all files of a root, links as what they lead to; `.lock` is empty and there once somebody has written."""
    found = (p for p in sorted(root.rglob("*")) if (p.is_file() or p.is_symlink()) and p.name != ".lock")
    return {str(p.relative_to(root)): os.fsencode(p.readlink()) if p.is_symlink() else p.read_bytes() for p in found}


def _said(folder: Path) -> str:
    return (folder / "log").read_text("utf-8", "replace")[-6000:] if (folder / "log").exists() else "nothing was said"

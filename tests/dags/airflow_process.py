"""Airflow under test as `make airflow` starts it, in a home and at a port of its own, asked over its REST API."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bucket import free_port

ROOT = Path(__file__).resolve().parents[2]
ENDED = {"success", "failed"}


def environment(home: Path, port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a launcher: this interpreter's programs first, two tasks at once, no other Airflow."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__CORE__PARALLELISM": "2",
        **extra,
    }


class RunningAirflow:
    """One Airflow that is healthy, with the token of its only user."""

    def __init__(self, home: Path, port: int, launcher: subprocess.Popen[str]) -> None:
        self.home, self.data = home, home
        self.url = f"http://127.0.0.1:{port}"
        self.launcher = launcher
        self.seen = family(launcher.pid)
        user, password = next(iter(json.loads((home / "passwords.json").read_text(encoding="utf-8")).items()))
        self.token = ""
        self.token = self.ask("POST", "/auth/token", {"username": user, "password": password})["access_token"]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON that the API answers; raises HTTPError for a refusal."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data=data, timeout=30) as answer:
            return json.load(answer)

    def trigger(
        self, dag: str, conf: Mapping[str, object] | None = None, at: datetime | None = None, within: float = 120
    ) -> str:
        """Start a run as a person would, once the DAG file has been read, for the time `at`; return the run's id."""
        deadline = time.monotonic() + within
        while not any(d["dag_id"] == dag for d in self.ask("GET", "/api/v2/dags")["dags"]):
            assert time.monotonic() < deadline, self.ask("GET", "/api/v2/importErrors")
            time.sleep(0.5)
        self.ask("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})
        body = {"logical_date": at and at.isoformat(), "conf": conf or {}}
        run: str = self.ask("POST", f"/api/v2/dags/{dag}/dagRuns", body)["dag_run_id"]
        return run

    def wait(self, dag: str, run: str, within: float = 240) -> str:
        """Return the state in which the run ended; an assertion fails if it has not ended in so many seconds."""
        deadline = time.monotonic() + within
        while (state := self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}")["state"]) not in ENDED:
            assert time.monotonic() < deadline, (state, self.states(dag, run))
            time.sleep(0.5)
        return str(state)

    def states(self, dag: str, run: str) -> dict[str, str]:
        """Return each task's state; a mapped task is named by what the UI calls it, `collect[lever]`."""
        found = self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances?limit=100")["task_instances"]
        return {
            t["task_id"] + (f"[{t['rendered_map_index'] or t['map_index']}]" if t["map_index"] >= 0 else ""): t["state"]
            for t in found
        }

    def tries(self, dag: str, run: str, task: str) -> int:
        """Return how often a task was tried."""
        n: int = self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}")["try_number"]
        return n

    def wait_until_gone(self, within: float) -> None:
        """Return when no process of this Airflow is left; an assertion fails if that takes longer."""
        deadline = time.monotonic() + within
        while left := [p for p in self.seen if _is_running(p)]:
            assert time.monotonic() < deadline, left
            time.sleep(0.2)

    def log(self, dag: str, run: str, task: str, attempt: int = 1) -> str:
        """Return a task's log as the UI has it, one JSON object per line."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}"
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self.ask("GET", path)["content"])


def family(pid: int) -> set[int]:
    """Return a process and all that it started, directly or not (Linux)."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def listening(pid: int) -> set[str]:
    """Return where a process and all that it started listen, as address:port (Linux)."""
    sockets = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            place, state, inode = (line.split()[n] for n in (1, 3, 9))
            address, port = place.split(":")
            shown = socket.inet_ntoa(bytes.fromhex(address)[::-1]) if table == "tcp" else address
            if state == "0A":
                sockets[f"socket:[{inode}]"] = f"{shown}:{int(port, 16)}"
    found = set()
    for member in family(pid):
        for fd in Path(f"/proc/{member}/fd").glob("*"):
            with suppress(OSError):
                found.add(sockets.get(os.readlink(fd), ""))
    return found - {""}


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def running_airflow(home: Path, **extra: str) -> Iterator[RunningAirflow]:
    """Start Airflow in `home` with further settings; end it with everything that it started."""
    port = free_port()
    launcher = subprocess.Popen(
        [ROOT / ".ci" / "serve-airflow"],
        env=environment(home, port, extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert launcher.stdout
    try:
        told: list[str] = []
        for line in launcher.stdout:
            told.append(line)
            if line.startswith("Ctrl-C"):
                break
        else:
            raise AssertionError("".join(told))
        yield RunningAirflow(home, port, launcher)
    finally:
        launcher.terminate()
        launcher.communicate(timeout=90)

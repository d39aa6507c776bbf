"""What starts Airflow, with a small program in Airflow's place: one line for each trouble, and nothing outlives it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bucket import free_port
from tests.dags.airflow_process import ROOT, environment, family

STAND_IN = f"""#!{sys.executable}
import json, os, sys, time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        now = datetime.now(UTC).isoformat()
        parts = ("scheduler", "dag_processor", "triggerer")
        body = {{p: {{"status": "healthy", f"latest_{{p}}_heartbeat": now}} for p in parts}}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

if os.environ.get("ENDS") == sys.argv[1]:
    sys.exit(3)
if sys.argv[1] == "api-server":
    HTTPServer(("127.0.0.1", int(os.environ["AIRFLOW__API__PORT"])), Health).serve_forever()
if sys.argv[1] not in ("db", "pools"):
    time.sleep(60)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the launcher alone, and a program in Airflow's place."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "airflow").write_text(STAND_IN)
    (tmp_path / "bin" / "airflow").chmod(0o755)
    return tmp_path


def start(checkout: Path, port: int, **extra: str) -> subprocess.Popen[str]:
    env = environment(checkout / "home", port, extra)
    env["PATH"] = f"{checkout / 'bin'}:{env['PATH']}"
    return subprocess.Popen(
        [checkout / ".ci" / "serve-airflow"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def read_until_ready(launcher: subprocess.Popen[str]) -> str:
    assert launcher.stdout
    told = ""
    for line in launcher.stdout:
        told += line
        if line.startswith("Ctrl-C"):
            break
    return told


def wait_until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 30
    while left := [p for p in pids if Path(f"/proc/{p}").exists() and "Z" not in Path(f"/proc/{p}/stat").read_text()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_parts_end_with_the_launcher(checkout: Path, how: signal.Signals) -> None:
    port = free_port()
    launcher = start(checkout, port)
    told = read_until_ready(launcher)
    stages = ("Airflow is starting", "  its database", "  the API server", "  scheduler, ", "Airflow is ready.")
    assert [line for line in told.splitlines() if line.startswith(stages)] == told.splitlines()[: len(stages)]
    assert f"http://127.0.0.1:{port}/dags/weekly_refresh" in told
    pids = family(launcher.pid)
    assert len(pids) >= 6
    launcher.send_signal(how)
    last = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    assert last == ("" if how == signal.SIGKILL else "Airflow has ended.\n")
    wait_until_gone(pids)


def test_the_password_is_named_by_its_place_and_read_by_its_owner_alone(checkout: Path) -> None:
    launcher = start(checkout, free_port())
    told = read_until_ready(launcher)
    launcher.terminate()
    launcher.communicate(timeout=30)
    password = (checkout / "home" / "passwords.json").read_text().split('"')[3]
    assert len(password) == 24
    assert password not in told
    assert str(checkout / "home" / "passwords.json") in told
    for name in ("", "keys", "passwords.json"):
        assert (checkout / "home" / name).stat().st_mode & 0o077 == 0, name


def test_keys_are_made_once(checkout: Path) -> None:
    command = ["sh", "-ec", ". .ci/airflow-env; env | grep -E 'KEY|SECRET'"]
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(checkout / "home")}
    first, second = (subprocess.check_output(command, cwd=checkout, env=env, text=True) for _ in range(2))
    assert first == second
    assert len(first.splitlines()) == 3
    assert sorted(p.name for p in (checkout / "home").iterdir()) == ["keys", "passwords.json"]


def test_a_port_in_use_is_one_line_and_nothing_is_started(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        launcher = start(checkout, port)
        told = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == 1
    assert told.startswith(f"port {port} is taken")
    assert told.count("\n") == 1


def test_a_second_start_is_told_of_the_first(checkout: Path) -> None:
    port = free_port()
    first = start(checkout, port)
    read_until_ready(first)
    second = start(checkout, free_port())
    told = second.communicate(timeout=30)[0]
    first.terminate()
    first.communicate(timeout=30)
    assert second.returncode == 1
    assert (
        told == f"Airflow runs here already: http://127.0.0.1:{port} (end it with Ctrl-C there, or: kill {first.pid})\n"
    )


def test_a_part_that_ends_is_named_and_takes_the_others_with_it(checkout: Path) -> None:
    launcher = start(checkout, free_port(), ENDS="scheduler")
    told = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == 1
    assert f"Airflow's scheduler has ended (code 3): see {checkout / 'home'}/scheduler.log" in told


def test_a_database_that_cannot_be_prepared_is_one_line(checkout: Path) -> None:
    launcher = start(checkout, free_port(), ENDS="db")
    told = launcher.communicate(timeout=30)[0]
    assert launcher.returncode == 1
    *stages, error = told.splitlines()[1:]
    assert stages == ["  its database is brought up to date, the first time for about a minute"]
    assert error == f"Airflow's database could not be prepared: see {checkout / 'home' / 'prepare.log'}"

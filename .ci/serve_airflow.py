"""Starts Airflow's parts on 127.0.0.1, says when they are ready, and ends them together.

`airflow standalone` would print a password and let two of its parts serve logs to the whole network; here nothing
listens to more than this machine.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

API = {"api-server": ["api-server"]}
OTHERS = {
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
PATIENCE = 300.0
"""Seconds until all parts must be healthy."""
GRACE = 15
"""Seconds in which the parts may end by themselves."""
HOME = Path(os.environ["AIRFLOW_HOME"])
URL = os.environ["AIRFLOW__API__BASE_URL"]


class LaunchError(Exception):
    """Airflow cannot be started or has ended; its text says why in one line."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the home's lock, which ends with this process however it ends; raises LaunchError if another holds it."""
    with (HOME / "serve.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LaunchError(f"Airflow runs here already: {file.read().strip()}") from None
        file.truncate(0)
        file.write(f"{URL} (end it with Ctrl-C there, or: kill {os.getpid()})")
        file.flush()
        yield


def check_port() -> None:
    """Raise LaunchError if the port is taken."""
    port = int(os.environ["AIRFLOW__API__PORT"])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LaunchError(
                f"port {port} is taken ({error.strerror}): end what uses it or choose another, make airflow PORT=8090"
            ) from None


def prepare() -> None:
    """Bring the database and the pools up to date; raises LaunchError."""
    done = subprocess.run(["sh", "-ec", ". .ci/airflow-env; prepare_airflow"], capture_output=True, text=True)
    if done.returncode:
        raise LaunchError(done.stderr.strip().splitlines()[-1])


GUARD = """
cat
exec 2>/dev/null
kill -s TERM -- "-$1"
for _ in $(seq "$2"); do kill -s 0 -- "-$1" || exit 0; sleep 1; done
tasks=$(ps -A -o pid= -o ppid= -o pgid= | awk -v ours="$1" '
    { parent[$1] = $2; group[$1] = $3 }
    END { for (p in parent) if (group[p] != ours && group[parent[p]] == ours) print "-" group[p] }')
kill -s KILL -- "-$1" $tasks
"""
"""Ends a group of processes as soon as its own input closes, which a killed launcher cannot prevent.

A task is in a group of its own, and no signal but KILL ends it."""


class Parts:
    """Airflow's running processes, all of one process group."""

    def __init__(self, log_port: int) -> None:
        # A worker is asked for the log of a running task by the name that it gave itself.
        here = {"AIRFLOW__CORE__HOSTNAME_CALLABLE": "urllib.request.localhost"}
        self.environment = os.environ | here | {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(log_port)}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.guard: subprocess.Popen[bytes] | None = None
        self.start(API)

    def start(self, commands: dict[str, list[str]]) -> None:
        """Start these parts beside those that run, each with a log of its own."""
        for name, command in commands.items():
            with (HOME / f"{name}.log").open("wb") as log:
                self.processes[name] = subprocess.Popen(
                    ["airflow", *command],
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=self.group,
                )
        if self.guard is None:
            self.guard = subprocess.Popen(
                ["sh", "-c", GUARD, "guard", str(self.group), str(GRACE)],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )

    @property
    def group(self) -> int:
        """The process group: the first part's, 0 before there is one."""
        return next((p.pid for p in self.processes.values()), 0)

    def check(self) -> None:
        """Raise LaunchError if a part has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise LaunchError(f"Airflow's {name} has ended (code {process.returncode}): see {HOME / name}.log")

    def end(self) -> None:
        """End all parts; a task that was cut off is tried again after the next start."""
        if self.guard and self.guard.stdin:
            self.guard.stdin.close()
            for process in (*self.processes.values(), self.guard):
                process.wait()


class NotHere(BaseHTTPRequestHandler):
    """Has no log, so that the API server reads it from the disk that it shares with the tasks."""

    def do_GET(self) -> None:
        """Answer any request."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Keep requests off the terminal."""


def is_alive(since: str, parts: tuple[str, ...]) -> bool:
    """Say whether the API answers and these parts gave a sign of life since then, not in an earlier start."""
    try:
        with urllib.request.urlopen(f"{URL}/api/v2/monitor/health", timeout=5) as answer:
            health = json.load(answer)
    except OSError:
        return False
    return all(
        health[part]["status"] == "healthy" and health[part][f"latest_{part}_heartbeat"] >= since for part in parts
    )


def wait(running: Parts, stop: threading.Event, *parts: str) -> bool:
    """Return True when the API and these parts are alive, False as soon as `stop` is set; raises LaunchError."""
    since = datetime.now(UTC).isoformat()
    deadline = time.monotonic() + PATIENCE
    while not is_alive(since, parts):
        running.check()
        if stop.wait(0.5):
            return False
        if time.monotonic() > deadline:
            raise LaunchError(f"Airflow was not ready after {PATIENCE:.0f} seconds: see the logs in {HOME}")
    return True


def serve(stop: threading.Event) -> None:
    """Run Airflow until `stop` is set; raises LaunchError."""
    print(f"Airflow is starting at {URL} ...", flush=True)
    say("its database is brought up to date, the first time for about a minute")
    prepare()
    logs = ThreadingHTTPServer(("127.0.0.1", 0), NotHere)
    threading.Thread(target=logs.serve_forever, daemon=True).start()
    say("the API server starts")
    running = Parts(logs.server_port)
    try:
        # Tasks that an earlier start left over begin at once and fail where nobody answers them.
        if wait(running, stop):
            say(f"{', '.join(OTHERS)} start")
            running.start(OTHERS)
        if wait(running, stop, "scheduler", "dag_processor", "triggerer"):
            welcome()
        while not stop.wait(1):
            running.check()
    finally:
        running.end()


def say(stage: str) -> None:
    """Tell who waits what is going on."""
    print(f"  {stage}", flush=True)


def welcome() -> None:
    """Say where to look."""
    first = "daily_sales_etl" if os.environ.get("DEMO") else "weekly_refresh"
    print(
        f"Airflow is ready.\n  open      {URL}/dags/{first}\n  user      admin\n"
        f"  password  in {HOME / 'passwords.json'}\n  logs      {HOME}/*.log\nCtrl-C ends it.",
        flush=True,
    )


def main() -> int:
    """Return the exit code: 0 when it was asked to end, 1 with one line of what is wrong."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        with only_one():
            check_port()
            serve(stop)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    print("Airflow has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

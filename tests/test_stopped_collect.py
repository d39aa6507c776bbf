"""A collecting run that is killed or stopped: run again it ends in the store of an undisturbed run."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.store import Store

PAGES = Path(__file__).parent / "pages" / "hackernews"
N_KILLS = 50 if os.environ.get("AIRFLOW_DEMAND_SOAK") else 5

N_BEFORE_SLOW = 6


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Both hosts of Hacker News on one address: an answer takes 50 ms, the last one two seconds."""
    items = json.loads((PAGES / "firebase_items.json").read_text(encoding="utf-8"))

    def answer(request: Request) -> Response:
        time.sleep(2 if request.path == "/v0/item/9120.json" and "slow" in request.headers["User-Agent"] else 0.05)
        if request.path.endswith("/search_by_date"):
            return Response((PAGES / f"search_page_{request.args['page']}.json").read_bytes())
        if request.path == "/api/v1/items/9100":
            return Response((PAGES / "algolia_item_9100.json").read_bytes())
        return Response(json.dumps(items.get(request.path.removeprefix("/v0/item/").removesuffix(".json"))))

    with HTTPServer(threaded=True) as server:
        server.expect_request(re.compile("/.*")).respond_with_handler(answer)
        yield server.url_for("/")


def start(root: Path, url: str, *more: str) -> subprocess.Popen[str]:
    words = ["collect", "hackernews:2023-03", "--base-url", url, "--run", "r1", "--data", str(root), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "analysis", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def tree(root: Path) -> dict[str, Any]:
    """All files; reports without the times in them."""
    found: dict[str, Any] = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.name != ".lock"):
        content: Any = path.read_bytes()
        if path.parent.name == "runs":
            content = json.loads(content)
            content["at"] = content["boards"][0]["seconds"] = None
        found[str(path.relative_to(root))] = content
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, url: str) -> tuple[dict[str, Any], float]:
    root = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    process = start(root, url)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return tree(root), time.monotonic() - began


@pytest.mark.parametrize("seed", range(N_KILLS))
def test_a_killed_collect_run_again_ends_in_the_same_store(
    seed: int, tmp_path: Path, url: str, undisturbed: tuple[dict[str, Any], float]
) -> None:
    expected, seconds = undisturbed
    process = start(tmp_path, url)
    try:
        process.wait(timeout=random.Random(seed).uniform(0.4, 1.0) * seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    if not Store(tmp_path).has_run("r1"):
        again = start(tmp_path, url)
        _, err = again.communicate(timeout=60)
        assert again.returncode == 0, err
    assert tree(tmp_path) == expected


def stop(process: subprocess.Popen[str], number: signal.Signals, root: Path, n_pages: int = 1) -> None:
    """Send a signal once so many pages are kept."""
    until = time.monotonic() + 30
    while len(list(root.rglob("*.gz"))) < n_pages and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_with_all_that_was_read(tmp_path: Path, url: str, number: signal.Signals) -> None:
    process = start(tmp_path, url, "--interval", "1")
    stop(process, number, tmp_path)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert "stopping" in err
    assert Store(tmp_path).has_run("r1")
    assert "stopped by you while it was read: run the same command again (hackernews:2023-03)" in out


def test_a_second_signal_ends_it_at_once(tmp_path: Path, url: str) -> None:
    process = start(tmp_path, url, "--contact", "slow")
    # Two pages of the search, the thread, its number and three of its comments: the next answer takes long.
    stop(process, signal.SIGINT, tmp_path, N_BEFORE_SLOW)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert not Store(tmp_path).has_run("r1")

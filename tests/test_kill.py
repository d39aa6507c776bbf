"""A run killed at any moment and run again ends in the same store as an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scrapers.store import Store

N_KILLS = 50 if os.environ.get("AIRFLOW_DEMAND_SOAK") else 5
N_ROWS = 1_500
TOOLS = ["Airflow", "Spark", "dbt", "Kafka", "Snowflake", "파이썬", "쿠버네티스"]


@pytest.fixture(scope="module")
def postings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "invented.jsonl"
    rng = random.Random(7)
    with path.open("w", encoding="utf-8") as out:
        for i in range(N_ROWS):
            tools = rng.sample(TOOLS, 3)
            lines = [
                f"팀 {rng.randrange(10**9)} builds pipelines number {rng.randrange(10**9)} for shops in town.",
                "Requirements",
                *(f"- Experience with {t} in production, case {rng.randrange(10**6)}" for t in tools),
                "우대사항",
                f"- {rng.choice(TOOLS)} 경험이 있으신 분 {rng.randrange(10**6)}",
            ]
            row = {"id": str(i), "title": "Data Engineer", "company": f"Company {i % 97}", "text": "\n".join(lines)}
            out.write(json.dumps({**row, "posted_at": f"202{i % 5}-03-04"}, ensure_ascii=False) + "\n")
    return path


def command(root: Path, step: str, postings: Path, workers: int) -> list[str]:
    words = {
        "import": ["import", str(postings), "--dataset", "invented", "--read-on", "2025-01-01"],
        "tag": ["tag", "--workers", str(workers)],
    }[step]
    return [sys.executable, "-m", "analysis", *words, "--data", str(root)]


def run(words: list[str]) -> float:
    start = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=300)
    return time.monotonic() - start


def kill_after(words: list[str], seconds: float) -> None:
    """Start a process group of its own and end it, workers included, without any warning."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, postings: Path) -> tuple[Path, dict[str, float]]:
    root = tmp_path_factory.mktemp("undisturbed")
    seconds = {step: run(command(root, step, postings, 1)) for step in ("import", "tag")}
    assert sum(1 for _ in Store(root).postings("invented")) > 0
    return root, seconds


@pytest.mark.parametrize("seed", range(N_KILLS))
def test_a_killed_run_starts_again_and_ends_in_the_same_store(
    seed: int, tmp_path: Path, postings: Path, undisturbed: tuple[Path, dict[str, float]]
) -> None:
    expected, seconds = undisturbed
    rng = random.Random(seed)
    for step in ("import", "tag"):
        words = command(tmp_path, step, postings, workers=1 + seed % 2)
        kill_after(words, rng.uniform(0.2, 1.0) * seconds[step])
        run(words)
    assert tree(tmp_path) == tree(expected)

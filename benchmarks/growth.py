"""Growth: time and memory of tagging 1, 4 and 16 times as many postings, with one process and with two.

Run as a module it is the measured process itself: `python -m benchmarks.growth POSTINGS.parquet N WORKERS` tags the
first N postings and prints what that took as JSON; its parent watches the memory of the whole process tree meanwhile.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.classify.batch import tag_batch
from analysis.classify.tagger import Tagger
from analysis.pool import map_in_order
from analysis.tag import BATCH
from benchmarks.speed import cpu_seconds

SIZES: Final = (1, 4, 16)
WORKERS: Final = (1, 2)
_PAUSE: Final = 0.02


def grow(postings: Path, n: int) -> list[dict[str, Any]]:
    """Return one record per size and number of workers: n postings and characters, cpu and wall seconds, peak bytes.

    `postings` is a Parquet file of at least 16 n postings in random order; the smaller sizes are its beginning.
    Raises CalledProcessError when a measured process fails.
    """
    return [_watched(postings, n * size, workers) for workers in WORKERS for size in SIZES]


def _watched(postings: Path, n: int, workers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", str(postings), str(n), str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(_PAUSE)
        out = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return {**json.loads(out), "workers": workers, "peak_bytes": peak}


def _resident(pid: int) -> int:
    """Return the resident memory of a process and its descendants; pages they share count in each of them."""
    total = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _batches(postings: Path, n: int) -> Iterator[pa.RecordBatch]:
    for batch in pq.ParquetFile(postings).iter_batches(BATCH):
        yield batch.slice(0, n)
        n -= batch.num_rows
        if n <= 0:
            return


def _measure(postings: Path, n: int, workers: int) -> dict[str, Any]:
    work = partial(tag_batch, tagger=Tagger.load(), read_on={})
    if workers == 1:
        # What the first batch of a process costs beyond the others would hide growth behind a fixed sum.
        work(next(_batches(postings, BATCH)))
    n_chars = n_done = 0
    cpu, wall = cpu_seconds(), time.perf_counter()
    for facts in map_in_order(work, _batches(postings, n), workers):
        n_done += facts.num_rows
        n_chars += pc.sum(facts.column("n_chars")).as_py()
    return {"n": n_done, "n_chars": n_chars, "cpu": cpu_seconds() - cpu, "wall": time.perf_counter() - wall}


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))

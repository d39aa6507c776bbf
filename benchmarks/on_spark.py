"""Compares Spark in local mode with two workers to this project's own pool of two, on the same invented postings.

Usage: python -m benchmarks.on_spark [N] in an environment with pyspark. Prints ratios of wall time, rounds interleaved;
the start of the Java machine is left out. The pool starts its workers in every round, Spark in the first one only.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.fact import FACT_SCHEMA
from analysis.pool import map_in_order
from analysis.spark import tag_frame
from analysis.tag import BATCH
from benchmarks.invented import invent
from scrapers.runs import to_batch

_ROUNDS = 3
_PARTS = 8


def main() -> None:
    """Print median, least and greatest of wall time on Spark / wall time in the pool."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    os.environ["PYSPARK_PYTHON"] = sys.executable
    tagger = Tagger.load()
    with tempfile.TemporaryDirectory() as scratch:
        given = Path(scratch, "postings")
        given.mkdir()
        postings = invent(n, seed=7)
        for part in range(_PARTS):
            batch = to_batch(islice(postings, -(-n // _PARTS)))
            pq.write_table(pa.Table.from_batches([batch]), given / f"{part}.parquet")
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH).getOrCreate()
        ratios = []
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            _pool(given, Path(scratch, "pool.parquet"), tagger)
            middle = time.perf_counter()
            _spark(session, given, Path(scratch, "spark"), tagger)
            ratios.append((time.perf_counter() - middle) / (middle - start))
        session.stop()
    print(f"Spark local[2] / pool of 2, wall time, {n:,} invented postings, {_ROUNDS} rounds: ", end="")
    print(f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")


def _pool(given: Path, target: Path, tagger: Tagger) -> None:
    batches = (
        batch for path in sorted(given.iterdir()) for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=COLUMNS)
    )
    with pq.ParquetWriter(target, FACT_SCHEMA) as writer:
        for facts in map_in_order(partial(tag_batch, tagger=tagger, read_on={}), batches, 2):
            writer.write_batch(facts)


def _spark(session: Any, given: Path, target: Path, tagger: Tagger) -> None:
    tag_frame(session.read.parquet(str(given)), tagger, {}).write.parquet(str(target))
    shutil.rmtree(target)


if __name__ == "__main__":
    main()

"""Spark in local mode: its facts are those of a serial run, byte for byte, however the postings are split."""

import csv
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.fact import FACT_SCHEMA
from analysis.spark import facts_of, read_postings, tag_frame
from benchmarks.invented import RUN, invent
from scrapers.importing import import_files
from scrapers.runs import to_batch
from scrapers.store import Store

pytest.importorskip("pyspark", reason="needs pyspark: make spark")
if shutil.which("java") is None:
    pytest.skip("needs Java 17 or newer", allow_module_level=True)

pytestmark = pytest.mark.spark

N = 20_000
SIZES = (1, 999, 4_000, 2_500, 12_500)
"""Uneven parts: no result may depend on which postings are tagged together."""


def invented(folder: Path) -> Iterator[pa.RecordBatch]:
    postings = invent(N, seed=7)
    for size in SIZES:
        yield to_batch(islice(postings, size))


def real(corpora: Path, folder: Path) -> Iterator[pa.RecordBatch]:
    store = Store(folder)
    with (corpora / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if sum(c.files[name] for c in store.commits() for name in c.files) < N:
                import_files([corpora / f"{row['dataset']}.parquet"], store, family=row["family"], read_on="2026-11-01")
    for source in store.sources():
        yield from store.postings(source)


@pytest.fixture(scope="module")
def postings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of Parquet files with 20,000 postings: invented ones, or real ones where --corpora DIR is given."""
    folder, corpora = tmp_path_factory.mktemp("postings"), request.config.getoption("--corpora")
    scratch = tmp_path_factory.mktemp("store")
    n_left = N
    for i, batch in enumerate(real(Path(corpora), scratch) if corpora else invented(scratch)):
        pq.write_table(pa.Table.from_batches([batch.slice(0, n_left)]), folder / f"{i:04}.parquet")
        n_left = max(0, n_left - batch.num_rows)
    assert n_left == 0
    return folder


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        # Otherwise Spark starts whichever python3 comes first, which need not have this package.
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "700").getOrCreate()
        yield session
        session.stop()


def content(column: pa.ChunkedArray) -> bytes:
    """The bytes that a column takes in a file, whatever chunks it came in."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"column": column.combine_chunks()}), sink)
    return bytes(sink.getvalue())


def test_spark_gives_the_facts_of_a_serial_run(session: Any, postings: Path, tmp_path: Path) -> None:
    tagger, read_on = Tagger.load(), {RUN: "2026-11-01"}
    batches = pq.ParquetDataset(postings).read(list(COLUMNS)).to_batches(max_chunksize=500)
    serial = pa.Table.from_batches([tag_batch(b, tagger, read_on) for b in batches], FACT_SCHEMA)
    tag_frame(session.read.parquet(str(postings)), tagger, read_on).write.parquet(str(tmp_path / "facts"))
    spread = facts_of(pq.read_table(tmp_path / "facts"))
    assert spread.num_rows == N
    assert sum(map(len, spread["skills"].to_pylist())) > N
    serial, spread = (table.sort_by("posting_id") for table in (serial, spread))
    assert [name for name in FACT_SCHEMA.names if content(serial[name]) != content(spread[name])] == []


def test_spark_reads_what_readers_of_the_store_see(session: Any, tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = [replace(p, source="2024", posting_id=f"2024-{p.native_id}") for p in invent(40, seed=1)]
    edited = [replace(p, text=p.text + "\nApache Airflow") for p in first[:9]]
    # Names against the order of the commits: the later run must win, not the greater name.
    for run, postings in (("z", first), ("a", [*edited, *invent(3, seed=2)])):
        with store.begin(run) as writer:
            writer.add(postings)
            writer.commit()
    with store.begin("uncommitted") as writer:
        writer.add(invent(5, seed=3))
    columns = ["posting_id", "source", "text", "run"]
    seen = [row for source in store.sources() for b in store.postings(source, columns) for row in b.to_pylist()]
    frame = read_postings(session, Store(tmp_path), str(tmp_path))
    assert sorted(map(tuple, frame.select(columns).collect())) == sorted(tuple(row.values()) for row in seen)
    assert len(seen) == 43
    with pytest.raises(ValueError, match="holds no postings"):
        read_postings(session, Store(tmp_path / "nothing"), str(tmp_path))


def test_a_frame_without_a_column_that_the_tagger_reads_is_refused_at_once(session: Any, postings: Path) -> None:
    from pyspark.errors import AnalysisException

    with pytest.raises(AnalysisException, match="sections"):
        tag_frame(session.read.parquet(str(postings)).drop("sections"), Tagger.load(), {})

"""Spark: the tagger over a Spark frame of postings, for collections that one machine would take days to read."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.fact import FACT_SCHEMA
from scrapers.posting import POSTING_SCHEMA
from scrapers.store import Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Spark knows no unsigned integers: the 64 bits of a hash travel as a signed number and come back unchanged.
_CARRIED: Final = pa.schema(
    [f.with_type(pa.int64()) if f.type == pa.uint64() else f.remove_metadata() for f in FACT_SCHEMA]
)


def read_postings(session: "SparkSession", store: Store, root: str) -> "DataFrame":
    """Return the current version of every committed posting, as `Store.postings` does, as a Spark frame.

    `root` is the store's place as Spark spells it: s3a://bucket/data for what the store calls s3://bucket/data. Only
    the ids are shuffled, never the texts. Raises ValueError when the store has no postings.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.pandas.types import from_arrow_schema

    paths = [f"{root.rstrip('/')}/{name}" for name in store.parts("postings")]
    if not paths:
        raise ValueError(f"{root} holds no postings: collect or import some first")
    # Without this option Spark takes "source=2024" in a path for a number and puts it in place of the column.
    reader = session.read.schema(from_arrow_schema(POSTING_SCHEMA)).option("recursiveFileLookup", "true")
    postings = reader.parquet(*paths)
    order = session.createDataFrame([(c.run, c.seq) for c in store.commits()], "run string, seq long")
    newest = postings.select("posting_id", "run").join(f.broadcast(order), "run")
    newest = newest.groupBy("posting_id").agg(f.max_by("run", "seq").alias("run"))
    return postings.join(newest, ["posting_id", "run"], "left_semi")


def tag_frame(postings: "DataFrame", tagger: Tagger, read_on: Mapping[str, str | None]) -> "DataFrame":
    """Return the unlinked facts of a Spark frame of postings, lazily, partition by partition.

    `postings` has the columns `COLUMNS`; `read_on` gives the day on which each run's pages were read. The rows are
    what `tag_batch` gives for the same postings, except that hashes are signed: `facts_of` turns what Spark wrote
    into facts. Each Python worker builds the tagger once. Needs pyspark 4 or newer, and this package on every machine.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    days = dict(read_on)

    def tag(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _carried(tag_batch(batch, tagger, days))

    return postings.select(*COLUMNS).mapInArrow(tag, from_arrow_schema(_CARRIED))


def _carried(facts: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [c.view(pa.int64()) if c.type == pa.uint64() else c for c in facts.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=_CARRIED)


def facts_of(table: pa.Table) -> pa.Table:
    """Return facts in `FACT_SCHEMA` from what a frame of `tag_frame` wrote or collected, in the same order.

    Raises KeyError for a missing column, ArrowInvalid for one that holds something else, ValueError for a null in one
    that has none.
    """
    columns = []
    for field in FACT_SCHEMA:
        column = table.column(field.name)
        if column.null_count and not field.nullable:
            raise ValueError(f"these are no facts: {field.name} is null in {column.null_count} rows")
        if field.type == pa.uint64():
            column = pa.chunked_array([c.view(pa.uint64()) for c in column.cast(pa.int64()).chunks], pa.uint64())
        columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=FACT_SCHEMA)

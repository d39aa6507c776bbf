"""Facts made on other machines end in the same store as facts made here, or are refused."""

from pathlib import Path

import pyarrow as pa
import pytest

from analysis.classify.batch import COLUMNS, tag_batch
from analysis.classify.tagger import Tagger
from analysis.fact import FACT_SCHEMA
from analysis.tag import tag_store
from benchmarks.invented import invent
from scrapers.store import Store, StoreError

READ_ON = "2026-11-01"


def test_facts_made_elsewhere_end_in_the_same_rows(tmp_path: Path) -> None:
    here, elsewhere = (Store(tmp_path / name) for name in ("here", "elsewhere"))
    for store in (here, elsewhere):
        with store.begin("r", read_on=READ_ON) as run:
            run.add(invent(60, seed=1))
            run.commit()
    batches = [tag_batch(b, Tagger.load(), {"r": READ_ON}) for b in elsewhere.postings("invented", COLUMNS, 17)]
    facts = pa.Table.from_batches(batches, FACT_SCHEMA)
    with pytest.raises(StoreError, match="59 facts do not cover the 60"):
        tag_store(elsewhere, with_snapshot=False, tagged=facts[:59])
    other = facts.set_column(facts.num_columns - 1, "tagger_version", pa.array(["0"] * 60))
    with pytest.raises(StoreError, match="tagger 0"):
        tag_store(elsewhere, with_snapshot=False, tagged=other)
    tag_store(here, with_snapshot=False)
    tag_store(elsewhere, with_snapshot=False, tagged=facts.take(pa.array(range(59, -1, -1))))
    assert [rows(here)] == [rows(elsewhere)]


def rows(store: Store) -> list[list[dict[str, object]]]:
    return [store.read_facts(name).sort_by("posting_id").to_pylist() for name in store.fact_files().values()]


def test_facts_of_postings_that_no_longer_wait_are_passed_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name, seed in (("a", 1), ("b", 2)):
        with store.begin(name, read_on=READ_ON) as run:
            run.add(invent(20, seed=seed))
            run.commit()
        batches = [tag_batch(b, Tagger.load(), {name: READ_ON}) for b in store.postings("invented", COLUMNS, 50)]
        summary = tag_store(store, with_snapshot=False, tagged=pa.Table.from_batches(batches, FACT_SCHEMA))
        assert summary.n_tagged == 20

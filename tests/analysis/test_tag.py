"""Tagging a store: what is new, once, in one commit; and the whole way from import to rate."""

import json
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.fact import FACT_SCHEMA
from analysis.loading import load
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.tag import tag_store
from scrapers.importing import import_files
from scrapers.store import Store

TOOLS = ["Airflow", "Spark", "Kafka", "Snowflake"]


def write(path: Path, n: int, seed: int = 1) -> Path:
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8") as out:
        for i in range(n):
            words = " ".join(f"word{rng.randrange(10**6)}" for _ in range(40))
            lines = [
                "Requirements",
                f"- Experience with {rng.choice(TOOLS)}",
                "Nice to have",
                f"- {rng.choice(TOOLS)}",
                words,
            ]
            row = {
                "id": f"{seed}-{i}",
                "title": "Data Engineer",
                "company": f"Company {i % 23}",
                "text": "\n".join(lines),
            }
            out.write(json.dumps({**row, "posted_at": f"202{i % 5}-03-04"}) + "\n")
    return path


def put(store: Store, path: Path, dataset: str) -> None:
    import_files([path], store, dataset=dataset, family="job_board", read_on="2025-01-01")


def tag(store: Store, workers: int = 1) -> bool:
    return tag_store(store, workers=workers, with_snapshot=False).is_repeat


def fact_files(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(root.glob("facts/**/*.parquet"))}


def test_every_posting_becomes_one_fact_and_doing_it_again_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, write(tmp_path / "a.jsonl", 60), "a")
    assert tag(store) is False
    before = fact_files(tmp_path / "root")
    assert tag(store) is True
    assert fact_files(tmp_path / "root") == before
    (path,) = (tmp_path / "root").glob("facts/**/*.parquet")
    table = pq.ParquetFile(path).read()
    assert table.schema.equals(FACT_SCHEMA)
    assert len(set(table["posting_id"].to_pylist())) == 60
    assert set(table["roles"].to_pylist()[0]) == {"data_engineer"}
    assert {s["level"] for row in table["skills"].to_pylist() for s in row} == {"required", "preferred"}


def test_processes_give_the_bytes_that_one_gives(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", 1_200)
    found = []
    for workers in (1, 2):
        store = Store(tmp_path / str(workers))
        put(store, path, "a")
        tag(store, workers)
        found.append(fact_files(tmp_path / str(workers)))
    assert found[0] == found[1]


def test_later_postings_are_added_and_the_old_file_goes_to_history(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, write(tmp_path / "a.jsonl", 30), "a")
    tag(store)
    old = fact_files(tmp_path / "root")
    put(store, write(tmp_path / "b.jsonl", 10, seed=2), "a")
    tag(store)
    facts = load(tmp_path / "root", only_from="store")
    assert facts.num_rows == 40
    assert {p.name for p in (tmp_path / "root").glob("facts_history/**/*.parquet")} == set(old)


def test_an_edited_posting_has_one_fact_and_keeps_its_vacancy(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    path = write(tmp_path / "a.jsonl", 20)
    put(store, path, "a")
    tag(store)
    before = dict(
        zip(*(load(tmp_path / "root", "store")[c].to_pylist() for c in ("posting_id", "cluster_id")), strict=True)
    )
    rows = path.read_text().replace("Kafka", "dbt")
    assert rows != path.read_text()
    path.write_text(rows)
    put(store, path, "a")
    tag(store)
    facts = load(tmp_path / "root", only_from="store")
    after = dict(zip(facts["posting_id"].to_pylist(), facts["cluster_id"].to_pylist(), strict=True))
    assert after == before
    assert "kafka" not in {s["skill"] for row in facts["skills"].to_pylist() for s in row}


@pytest.mark.parametrize("is_tagged_between", [True, False])
def test_the_same_postings_under_another_name_leave_every_rate_as_it_was(
    tmp_path: Path, is_tagged_between: bool
) -> None:
    path = write(tmp_path / "a.jsonl", 400)
    alone, twice = Store(tmp_path / "alone"), Store(tmp_path / "twice")
    for store in (alone, twice):
        put(store, path, "first")
    if is_tagged_between:
        tag(twice)
    put(twice, path, "second")
    tag(alone)
    tag(twice)
    for by in (("year",), ("year", "role"), ("source",), ()):
        query = Query(by=by)
        left = rates(load(tmp_path / "alone", "store"), query)
        right = rates(load(tmp_path / "twice", "store"), query)
        assert left.equals(right), by
    assert load(tmp_path / "twice", "store").num_rows == 800


def test_a_vocabulary_of_ones_own_tags_everything_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, write(tmp_path / "a.jsonl", 10), "a")
    tag(store)
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "version: 1\nskills:\n  oven:\n    label: Oven\n    kind: business\n    aliases: [requirements]\n",
        encoding="utf-8",
    )
    done = tag_store(store, vocabulary=mine, with_snapshot=False)
    assert done.n_tagged == 10
    facts = load(tmp_path / "root", only_from="store")
    assert {s["skill"] for row in facts["skills"].to_pylist() for s in row} == {"oven"}

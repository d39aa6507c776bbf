"""The whole way on real postings, against readings that share no code with the tagger. Runs with --corpora DIR."""

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.fact import FACT_SCHEMA
from analysis.tag import tag_store
from scrapers.corpora import import_corpora
from scrapers.store import Store

AIRFLOW = re.compile(r"(?<![A-Za-z0-9_])airflow(?![A-Za-z0-9_])", re.IGNORECASE)

HACKER_NEWS = {
    2018: (9_898, 1.02),
    2020: (6_984, 0.99),
    2021: (10_085, 1.05),
    2022: (7_450, 0.75),
    2024: (3_905, 0.61),
    2025: (3_991, 0.73),
}
"""Rows and percentage with Airflow of a count made elsewhere on the same threads, before any exclusion."""


@pytest.fixture(scope="module")
def store(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("corpora"))
    import_corpora(corpora, store, lambda n: None)
    tag_store(store, workers=2, with_snapshot=False)
    return store


def facts(store: Store) -> list[dict[str, object]]:
    rows = []
    for name in store.fact_files().values():
        table = store.read_facts(name).select(["posting_id", "source", "family", "posted_on", "skills"])
        for row in table.to_pylist():
            row["airflow"] = any(s["skill"] == "airflow" for s in row.pop("skills"))
            rows.append(row)
    return rows


def test_every_row_becomes_a_fact(corpora: Path, store: Store) -> None:
    n_rows = sum(pq.ParquetFile(p).metadata.num_rows for p in corpora.glob("*.parquet"))
    assert len(facts(store)) == n_rows
    assert set(FACT_SCHEMA.names) == set(store.read_facts(next(iter(store.fact_files().values()))).column_names)


def test_airflow_is_found_as_often_as_by_a_plain_reading(corpora: Path, store: Store) -> None:
    plain: Counter[str] = Counter()
    for path in sorted(corpora.glob("*.parquet")):
        columns = [c for c in ("title", "description") if c in pq.read_schema(path).names]
        for batch in pq.ParquetFile(path).iter_batches(columns=columns):
            for values in zip(*batch.to_pydict().values(), strict=True):
                plain["all"] += bool(AIRFLOW.search("\n".join(v or "" for v in values)))
    found = sum(bool(row["airflow"]) for row in facts(store))
    assert found == pytest.approx(plain["all"], rel=0.01)


def test_hacker_news_counts_agree_with_a_count_made_elsewhere(corpora: Path, store: Store) -> None:
    """The plain reading agrees to the digit; the tagger leaves out adverts in which air flows."""
    plain: Counter[int] = Counter()
    for batch in pq.ParquetFile(corpora / "hn_who_is_hiring.parquet").iter_batches(columns=["month", "description"]):
        columns = batch.to_pydict()
        for month, text in zip(columns["month"], columns["description"], strict=True):
            plain[int(month[:4])] += bool(AIRFLOW.search(text or ""))
    rows: Counter[int] = Counter()
    hits: Counter[int] = Counter()
    for row in facts(store):
        if row["family"] == "hn":
            year = int(str(row["posted_on"])[:4])
            rows[year] += 1
            hits[year] += bool(row["airflow"])
    for year, (n, percent) in HACKER_NEWS.items():
        assert rows[year] == n
        assert 100 * plain[year] / n == pytest.approx(percent, abs=0.006)
        assert 100 * hits[year] / n == pytest.approx(percent, abs=0.1)

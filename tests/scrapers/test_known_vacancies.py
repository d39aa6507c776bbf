"""Collecting a board whose vacancies the snapshot knows already changes no rate of a past year."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pytest_httpserver import HTTPServer

from analysis.loading import load
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.tag import tag_store
from scrapers.collect import collect
from scrapers.importing import import_files
from scrapers.store import Store
from tests.scrapers.conftest import job, serve

NOW = datetime(2025, 1, 1, 9, 0, tzinfo=UTC)
SKILLS = ("Airflow", "Kafka", "Spark")
Rates = dict[str, tuple[int, int]]


def advert(number: int) -> dict[str, Any]:
    """An invented vacancy of 2023 or 2024; every third one asks for Airflow."""
    lines = [f"Garden {number} wants plan {i} of bed {number * 7 + i} to be kept in order." for i in range(30)]
    text = "\n".join(["Requirements", f"- Experience with {SKILLS[number % 3]}.", "About us", *lines])
    company, month = f"Kelp Orchard {number}", ("2023-06", "2024-01")[number % 2]
    return {**job(number, title="Data Engineer", company=company, text=text), "posted_at": f"{month}-{number + 1:02}"}


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A snapshot of 24 vacancies: facts without any text, as the bundled one."""
    store, path = Store(tmp_path / "before"), tmp_path / "seed.jsonl"
    path.write_text("".join(json.dumps(advert(n)) + "\n" for n in range(24)), encoding="utf-8")
    import_files([path], store, dataset="seed", family="job_board", read_on="2024-02-01")
    tag_store(store, with_snapshot=False)
    (name,) = store.fact_files().values()
    pq.write_table(store.read_facts(name), tmp_path / "facts.parquet")
    for module in ("analysis.loading", "analysis.tag"):
        monkeypatch.setattr(f"{module}.snapshot_files", lambda: [tmp_path / "facts.parquet"])
    return tmp_path / "facts.parquet"


def counted(root: Path) -> Rates:
    """Hits and vacancies by year."""
    table = rates(load(root), Query(roles=("all",), by=("year",)))
    return {str(row["year"]): (int(row["k"]), int(row["n"])) for row in table.to_dict("records")}


def gather(root: Path, server: HTTPServer, jobs: list[dict[str, Any]]) -> Rates:
    """Collect a board that shows these jobs, tag, and count."""
    serve(server, "gardens:kelp", jobs)
    report = collect(["gardens:kelp"], Store(root), run="r1", now=NOW, base_url=server.url_for("/"))
    assert report.boards[0].n_new == len(jobs)
    tag_store(Store(root))
    return counted(root)


@pytest.mark.usefixtures("platforms")
def test_known_vacancies_change_no_past_year(tmp_path: Path, snapshot: Path, httpserver: HTTPServer) -> None:
    root = tmp_path / "root"
    before = counted(root)
    assert before == {"2023": (4, 12), "2024": (4, 12)}
    # New numbers, as another platform gives them; half of them dated anew, as boards date what they show again.
    shown = [{**advert(n), "id": 900 + n} for n in range(0, 24, 2)]
    again = [{**advert(n), "id": 900 + n, "posted_at": "2025-01-01"} for n in range(1, 24, 2)]
    after = gather(root, httpserver, shown + again)
    assert {year: after[year] for year in before} == before
    assert after["2025"] == (4, 12)


@pytest.mark.usefixtures("platforms")
def test_an_unknown_vacancy_does_change_its_year(tmp_path: Path, snapshot: Path, httpserver: HTTPServer) -> None:
    root = tmp_path / "root"
    # The same words as one of the snapshot, but of another employer and under another title.
    other = {**advert(3), "id": 1, "title": "Data Scientist", "company": "Basalt Bank"}
    assert gather(root, httpserver, [other, {**advert(30), "id": 2, "posted_at": "2024-05-01"}]) == {
        "2023": (4, 12),
        "2024": (6, 14),
    }

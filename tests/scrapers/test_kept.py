"""Kept answers, pages and the lack of them: a replay comes to what the run came to that kept them."""

import json
import os
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.collect import collect
from scrapers.errors import GoneError
from scrapers.fetch import Fetcher, sha_of
from scrapers.kept import GONE, Fetch, KeptPages, PageKeeper, from_tables, to_table
from scrapers.report import BoardResult
from scrapers.store import Store, StoreError
from tests.scrapers.wire import Request, Wire, page, serve

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MISSING = page(b"", "404 Not Found")
POSITIONS = """<workzag-jobs><position><id>7</id><name>Orchard Data Engineer</name><office>Jeju</office>
<jobDescriptions><jobDescription><name>Tasks</name><value>&lt;p&gt;귤밭의 표를 Airflow 로 모읍니다.&lt;/p&gt;</value>
</jobDescription></jobDescriptions></position></workzag-jobs>""".encode()
JOB = {"id": "a", "url": "https://orchard.teamtailor.com/jobs/7", "title": "Keeper", "content_html": "<p>Trees.</p>"}
FEED = {"title": "Orchard", "items": [JOB]}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serve() as wire:
        yield wire


def read(store: Store, run: str, target: str, wire: Wire | None) -> BoardResult:
    """Collect a target from a server, or again from what was kept."""
    base = wire.url if wire else None
    report = collect([target], store, run=run, base_url=base, is_replay=not wire, interval=0.0, now=NOW)
    (result,) = report.boards
    return result


def came_to(result: BoardResult) -> tuple[Any, ...]:
    return result.outcome, result.n, result.n_rejected, result.reason


def rows(store: Store, source: str) -> list[dict[str, Any]]:
    columns = ["posting_id", "content_sha", "title", "company", "url", "raw_sha"]
    return [row for batch in store.postings(source, columns) for row in batch.to_pylist()]


def under_com(wire: Wire, request: Request) -> bytes:
    # Of the three requests the first one goes to the other domain.
    return MISSING if len(wire.asked) % 3 == 1 else page(POSITIONS)


def without_rss(wire: Wire, request: Request) -> bytes:
    return MISSING if request.path.endswith(".rss") else page(json.dumps(FEED).encode())


@pytest.mark.parametrize(("target", "answer"), [("personio:orchard", under_com), ("teamtailor:orchard", without_rss)])
def test_a_page_that_was_not_there_is_not_there_in_a_replay(
    target: str, answer: Any, wire: Wire, tmp_path: Path
) -> None:
    wire.answer = lambda request: [answer(wire, request)]
    store, source = Store(tmp_path), target.partition(":")[0]
    first = read(store, "r1", target, wire)
    assert came_to(first) == ("ok", 1, 0, "")
    before, n_asked = rows(store, source), len(wire.asked)
    again = read(store, "r2", target, None)
    assert (came_to(again), again.n_changed, again.n_vanished) == (came_to(first), 0, 0)
    assert (rows(store, source), len(wire.asked)) == (before, n_asked)
    # An answer that is known already is noted no second time.
    assert read(store, "r3", target, wire).outcome == "ok"
    assert store.parts("fetches") == [f"fetches/source={source}/run=r1.parquet"]


def test_the_latest_answer_counts_whether_there_was_a_page_or_not(wire: Wire, tmp_path: Path) -> None:
    store, jobs = Store(tmp_path), {"jobs": [{"id": 1, "title": "Keeper", "content": "trees"}], "meta": {"total": 1}}
    there = page(json.dumps(jobs).encode(), headers='ETag: "1"')
    for i, (answer, outcome) in enumerate([(there, "ok"), (MISSING, "gone"), (MISSING, "gone"), (there, "ok")]):
        wire.answer = lambda request, answer=answer: [answer]  # type: ignore[misc]
        result = read(store, f"r{i}a", "greenhouse:orchard", wire)
        again = read(store, f"r{i}b", "greenhouse:orchard", None)
        assert result.outcome == outcome
        assert came_to(again) == came_to(result)
    assert "if-none-match" not in wire.asked[-1].headers
    assert store.parts("fetches") == [f"fetches/source=greenhouse/run=r{i}a.parquet" for i in (0, 1, 3)]


def test_a_page_missing_for_a_moment_of_a_run_is_known_as_it_came_at_last(wire: Wire) -> None:
    url, there = "https://orchard.example/a", page(b"trees")
    known = Fetch("GET", url, "", sha_of(b"trees"), content_type="application/json")
    fetcher = Fetcher("demo", base_url=wire.url, kept=KeptPages(rows=[known]))
    wire.answer = lambda request: [MISSING if len(wire.asked) == 2 else there]
    fetcher.get(url)
    assert fetcher.fetches == []
    with pytest.raises(GoneError):
        fetcher.get(url)
    assert [fetch.status for fetch in fetcher.fetches] == [404]
    fetcher.get(url)
    assert fetcher.fetches == [known]


def test_what_was_noted_before_there_was_a_status_is_a_page() -> None:
    fetch = Fetch("GET", "https://orchard.example/a", "", "ab", '"1"', "", "text/html")
    (known,) = from_tables([to_table([fetch]).drop_columns(["status"])])
    assert known == fetch
    assert not known.is_gone


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([200, *sorted(GONE)]))))
def test_of_several_answers_the_last_is_found_again(answers: list[tuple[str, int]]) -> None:
    fetches = [Fetch("GET", url, "", "" if status in GONE else "ab", status=status) for url, status in answers]
    table = to_table(fetches)
    assert isinstance(table, pa.Table)
    kept = KeptPages(rows=from_tables([table]))
    for url in "ab":
        latest = next((f for f in reversed(fetches) if f.url == url), None)
        found = kept.find("GET", url)
        assert (found and astuple(found)) == (latest and astuple(latest))
        assert found is None or kept.body(found) is None


@pytest.mark.parametrize("mark", ['"a"', '"a\r\n b"', ""])
def test_a_mark_that_is_no_header_is_not_sent_back(mark: str) -> None:
    known = Fetch("GET", "https://jobs.example.org/a", "", "sha", etag=mark)
    assert known.conditions == ({"If-None-Match": mark} if mark == '"a"' else {})


def test_pages_are_kept_once_by_content(tmp_path: Path) -> None:
    keeper, another = PageKeeper(Store(tmp_path).files), PageKeeper(Store(tmp_path).files)
    assert keeper.keep(b"<p>x") == keeper.keep(b"<p>x") == another.keep(b"<p>x")
    assert len(list((tmp_path / "pages").rglob("*.gz"))) == 1


def test_a_page_that_another_process_keeps_at_the_same_moment_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, replace = Store(tmp_path).files, os.replace

    def lose_the_race(source: str, target: str) -> None:
        replace(source, target)
        raise FileNotFoundError(source)

    monkeypatch.setattr(os, "replace", lose_the_race)
    sha = PageKeeper(files).keep(b"<p>x")
    assert KeptPages(files).body(Fetch("GET", "https://demo.example", "", sha)) == b"<p>x"
    monkeypatch.setattr(os, "replace", lambda source, target: os.unlink(target + "nowhere"))
    with pytest.raises(StoreError):
        PageKeeper(files).keep(b"<p>y")

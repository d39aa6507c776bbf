"""What holds for every source of the folder, played from tests/pages/<source>/ by a loopback server."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from scrapers import sources
from scrapers.collect import Report, collect
from scrapers.errors import TargetError
from scrapers.posting import DATE_KINDS, FAMILIES, SECTION_KINDS
from scrapers.sources import load, names
from scrapers.store import Store

PAGES = Path(__file__).parents[2] / "pages"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FIELDS = (
    *("native_id", "title", "company", "location", "country", "posted_at", "posted_at_kind", "updated_at"),
    *("employment_type", "remote", "url", "text", "sections"),
)

every_source = pytest.mark.parametrize("name", names())


def page(name: str, file: str) -> Any:
    return json.loads((PAGES / name / file).read_text(encoding="utf-8"))


def read(name: str, url: str, folder: Path, boards: list[str]) -> tuple[Report, list[dict[str, Any]]]:
    """Collect boards into a new store; the report, and the stored postings by number."""
    store = Store(folder)
    targets = [f"{name}:{board}" if board else name for board in boards]
    report = collect(targets, store, run="r1", base_url=url, now=NOW)
    rows = [row for batch in store.postings(name) for row in batch.to_pylist()]
    return report, sorted(rows, key=lambda row: str(row["native_id"]))


@every_source
def test_pages_become_the_golden_postings_and_boards_end_as_expected(
    name: str, play: Callable[..., Any], tmp_path: Path
) -> None:
    targets, golden = page(name, "targets.json"), page(name, "postings.json")
    report, rows = read(name, play(PAGES / name).url, tmp_path, targets["boards"])
    assert {b.board: b.outcome for b in report.boards} == targets["expect"], report.lines()
    assert [{k: row[k] for k in FIELDS} for row in rows] == sorted(
        ({k: row[k] for k in FIELDS} for row in golden), key=lambda row: str(row["native_id"])
    )
    # What the store cannot mark as read from a kept page could not be read again.
    assert all(row["raw_sha"] and row["source"] == name and row["posting_id"] for row in rows)


@every_source
@pytest.mark.parametrize(
    "fault",
    [
        ("<html><body>Please wait</body></html>", 200),
        ("{}", 200),
        ("null", 200),
        ('{"error": "too many"}', 200),
        ("", 200),
        ("forbidden", 403),
        ("gone", 404),
    ],
)
def test_an_error_is_never_an_empty_board(
    name: str, fault: tuple[str, int], play: Callable[..., Any], tmp_path: Path
) -> None:
    player = play(PAGES / name)
    player.fault = Response(*fault)
    targets = page(name, "targets.json")
    boards = [board for board in targets["boards"] if targets["expect"][board] != "gone"]
    report, rows = read(name, player.url, tmp_path, boards)
    allowed = {"failed", "gone"} if fault[1] == 404 else {"failed"}
    assert {b.outcome for b in report.boards} <= allowed, report.lines()
    assert report.boards
    assert all(b.reason for b in report.boards)
    assert rows == []


@every_source
def test_the_declaration_is_complete(name: str) -> None:
    source = load(name).SOURCE
    assert source.name == name
    assert source.family in FAMILIES
    assert source.date_kind in DATE_KINDS
    assert all((source.title, source.home.startswith("https://"), source.licence, source.terms, source.languages))
    assert source.min_interval_hours >= 0
    assert source.concurrency >= 1
    assert source.timeout > 0
    assert all(seconds > 0 and "/" not in host for host, seconds in source.intervals.items())
    assert "\n" not in source.title + source.licence + source.terms + source.attribution
    assert set(source.never_gives) <= set(FIELDS)


@every_source
def test_what_a_source_never_gives_is_empty_and_nothing_else_always_is(name: str) -> None:
    golden = page(name, "postings.json")
    always_empty = {field for field in FIELDS if all(row[field] in (None, "", []) for row in golden)}
    assert always_empty == set(load(name).SOURCE.never_gives)


@every_source
def test_the_text_holds_every_section_and_dates_are_of_their_kind(name: str) -> None:
    kinds = set()
    for row in page(name, "postings.json"):
        lines = set(row["text"].split("\n"))
        for section in row["sections"]:
            assert section["kind"] in SECTION_KINDS
            assert set(section["text"].split("\n")) <= lines, section
            assert not section["heading"] or section["heading"] in lines
        assert (row["posted_at"] is None) == (row["posted_at_kind"] == "seen"), row["native_id"]
        kinds.add(row["posted_at_kind"])
    assert load(name).SOURCE.date_kind in kinds


@every_source
@pytest.mark.parametrize("board", ["../etc", "a/../../b", "a\nb"])
def test_a_board_that_can_be_no_part_of_an_address_is_refused(name: str, board: str) -> None:
    with pytest.raises(TargetError):
        load(name).expand(board, None)


KIOSK = '''
"""Kiosk: one list of jobs."""

from scrapers.build import Record, objects, read_all
from scrapers.sources import Source

SOURCE = Source(
    name="kiosk", title="Kiosk", home="https://kiosk.example", family="job_board", licence="none", terms="none",
    languages=("en",), date_kind="published", min_interval_hours=0.0,
)


def read_board(fetcher, board, since):
    page = fetcher.get("https://kiosk.example/jobs")
    yield from read_all(SOURCE, board, [(page, objects(page, "jobs"))], to_record)


def to_record(job):
    return Record(native_id=job["id"], title=job["title"], text=job["body"])
'''


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "kiosk.py").write_text(KIOSK)
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path / "more")])
    importlib.invalidate_caches()
    yield "kiosk"
    sys.modules.pop("scrapers.sources.kiosk", None)


def test_a_source_is_added_by_one_file_and_nothing_else(kiosk: str, httpserver: HTTPServer, tmp_path: Path) -> None:
    assert kiosk in names()
    jobs = [{"id": 1, "title": "Paper Engineer", "body": "Fold & sort"}, {"id": None, "title": "No number", "body": ""}]
    httpserver.expect_request("/jobs").respond_with_json({"jobs": jobs})
    report, rows = read(kiosk, httpserver.url_for("/"), tmp_path / "root", [""])
    assert [(b.source, b.outcome, b.n, b.n_rejected) for b in report.boards] == [("kiosk", "ok", 1, 1)]
    assert [(row["native_id"], row["title"], row["text"]) for row in rows] == [("1", "Paper Engineer", "Fold & sort")]
    with pytest.raises(TargetError, match="it has no boards: write kiosk, not kiosk:corner"):
        collect(["kiosk:corner"], Store(tmp_path / "root"), run="r2", base_url=httpserver.url_for("/"), now=NOW)

"""What a dry run says of each source: whom it would ask, how fast, how often; and that it asks nobody."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scrapers.collect import look_ahead
from scrapers.history import History
from scrapers.preview import Preview, preview
from scrapers.report import BoardResult, Report
from scrapers.sources import load, names
from scrapers.store import Store

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGES = Path(__file__).parents[1] / "pages"
BASE = "http://127.0.0.1:9/mirror"


def boards_of(source: str) -> list[str]:
    named = json.loads((PAGES / source / "targets.json").read_text(encoding="utf-8"))["boards"]
    return [f"{source}:{board}" if board else source for board in named]


@pytest.mark.parametrize("source", names())
def test_of_every_source_host_pace_and_number_of_requests_are_named(source: str, tmp_path: Path) -> None:
    (found,) = look_ahead(boards_of(source), Store(tmp_path / "none"), now=NOW)
    assert found.n_boards == len(boards_of(source)) <= found.n_requests
    assert found.urls
    assert set(found.hosts) == {urlsplit(url).netloc for url in found.urls}
    text = "\n".join(found.lines())
    assert f"at least {found.n_requests} request" in text
    assert all(f"{host}" in text for host in list(found.hosts)[:5])
    assert "s between requests" in text


@pytest.mark.parametrize("source", names())
def test_with_a_base_url_no_other_host_is_named(source: str, tmp_path: Path) -> None:
    (found,) = look_ahead(boards_of(source), Store(tmp_path / "none"), base_url=BASE, now=NOW)
    assert found.urls
    assert all(url.startswith(f"{BASE}/") for url in found.urls)
    assert list(found.hosts.items()) == [
        ("127.0.0.1:9", f"at least 0.05 s between requests, {load(source).SOURCE.concurrency} at once")
    ]


def test_a_source_that_wants_its_board_named_says_so(tmp_path: Path) -> None:
    (found,) = look_ahead(["jobposting"], Store(tmp_path / "none"), now=NOW)
    first, second = found.lines()
    assert first == "jobposting: 0 boards"
    assert second.startswith("  not asked: jobposting: name a page")


def told(*boards: BoardResult) -> Preview:
    reports = [Report("r", (NOW - timedelta(minutes=1)).isoformat(), [board]).to_dict() for board in boards]
    return preview(load("lg"), [""], history=History(reports), is_patient=False, now=NOW)


def test_what_a_board_took_last_time_is_what_it_will_take() -> None:
    assert told().lines()[0] == "lg: 1 board, at least 1 request"
    assert told(BoardResult("lg", "", "ok", requests=41)).lines()[0] == "lg: 1 board, 41 requests when last read"
    broken = BoardResult("lg", "", "failed", requests=3)
    assert told(broken, BoardResult("lg", "", "ok", requests=41)).n_requests == 41


def test_many_boards_and_hosts_stay_short() -> None:
    hosts = [f"h{i}.example" for i in range(40)]
    found = Preview("x", 40, [f"https://{h}/" for h in hosts], dict.fromkeys(hosts, "slow"), ["x:b before noon"] * 9)
    assert len(found.lines()) == 10
    assert found.lines()[1] == "  host h0.example, h1.example, h2.example, h3.example, h4.example and 35 more: slow"

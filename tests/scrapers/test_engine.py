"""Whole runs of a source of pages against a loopback server: threads, conditions, replays, pauses, stops."""

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers import collect as collect_module
from scrapers.build import Record, build, objects
from scrapers.client import Client
from scrapers.collect import collect, look_ahead
from scrapers.errors import TargetError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.report import Report
from scrapers.sources import Reject, Source
from scrapers.store import Store

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Shop:
    """A source with a page of jobs per board, and a second page where the first names one."""

    def __init__(self, name: str, **more: Any) -> None:
        self.named: list[str] = []
        facts: dict[str, Any] = {"home": "https://shop.example", "family": "ats", "licence": "none", "terms": "none"}
        facts |= {"languages": ("en",), "date_kind": "created", "min_interval_hours": 0.0}
        self.SOURCE = Source(name=name, title=name, **{**facts, **more})

    def boards(self, fetcher: Fetcher, since: str | None) -> list[str]:
        return self.named

    def expand(self, board: str, since: str | None) -> list[str]:
        return [board]

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        url: str | None = f"https://{self.SOURCE.name}.example/{self.SOURCE.name}/{board}"
        while url:
            page = fetcher.get(url)
            for job in objects(page, "jobs"):
                yield build(self.SOURCE, board, page, Record(native_id=job, title="Baker", text="We bake."))
            url = page.json().get("next")


class Site:
    """Answers every board with its jobs and an ETag; tests change what it has."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/")
        self.jobs: dict[str, list[int]] = {}
        self.then: dict[str, str] = {}
        self.faults: dict[str, Response] = {}
        self.seconds = 0.0
        self.log: list[tuple[float, str, str]] = []
        self.n_inside = self.most_inside = 0
        self.lock = threading.Lock()
        server.expect_request(re.compile("/.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.log.append((time.monotonic(), request.path, request.headers.get("If-None-Match", "")))
            self.n_inside += 1
            self.most_inside = max(self.most_inside, self.n_inside)
        time.sleep(self.seconds)
        with self.lock:
            self.n_inside -= 1
        if request.path in self.faults:
            return self.faults[request.path]
        jobs = self.jobs.get(request.path.rpartition("/")[2], [1, 2])
        etag = f'"{jobs}{self.then.get(request.path)}"'
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304)
        body = json.dumps({"jobs": jobs, "next": self.then.get(request.path)})
        return Response(body, headers={"ETag": etag, "Content-Type": "application/json"})


@pytest.fixture
def site() -> Iterator[Site]:
    with HTTPServer(threaded=True) as server:
        yield Site(server)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@pytest.fixture
def shops(monkeypatch: pytest.MonkeyPatch) -> dict[str, Shop]:
    found = {name: Shop(name) for name in ("shop", "mall")}
    monkeypatch.setattr(collect_module, "load", found.__getitem__)
    return found


def go(site: Site, store: Store, run: str, *targets: str, **more: Any) -> Report:
    return collect(targets, store, **{"run": run, "base_url": site.url, "now": NOW, "interval": 0.0, **more})


def files(store: Store) -> dict[str, bytes]:
    root = Path(store.files.root)
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.mark.usefixtures("shops")
def test_boards_of_one_host_are_read_at_once_within_its_limit(site: Site, store: Store) -> None:
    site.seconds = 0.12
    targets = [f"{name}:b{i}" for i in range(10) for name in ("shop", "mall")]
    report = go(site, store, "r1", *targets, interval=None)
    starts = [at for at, _, _ in site.log]
    assert [b.outcome for b in report.boards] == ["ok"] * 20
    assert [b.target for b in report.boards] == [f"{n}:b{i}" for n in ("shop", "mall") for i in range(10)]
    assert site.most_inside == 2
    assert starts[-1] - starts[0] >= 19 * 0.05


@pytest.mark.usefixtures("shops")
def test_what_is_stored_does_not_depend_on_the_order_of_answers(site: Site, tmp_path: Path) -> None:
    stores = Store(tmp_path / "a"), Store(tmp_path / "b")
    for i, store in enumerate(stores):
        site.seconds = 0.02 * i
        go(site, store, "r1", *(f"shop:b{n}" for n in range(12)))
    first, second = map(files, stores)
    runs = [json.loads(found.pop("runs/r1.json")) for found in (first, second)]
    assert first == second
    assert [{**b, "seconds": 0} for b in runs[0]["boards"]] == [{**b, "seconds": 0} for b in runs[1]["boards"]]


@pytest.mark.usefixtures("shops")
def test_a_second_run_asks_with_a_condition_and_stores_only_its_commit_and_report(site: Site, store: Store) -> None:
    go(site, store, "r1", "shop:a", "shop:b")
    before = files(store)
    site.log.clear()
    report = go(site, store, "r2", "shop:a", "shop:b")
    assert [(b.outcome, b.n, b.n_new, b.requests) for b in report.boards] == [("ok", 2, 0, 1)] * 2
    assert all(condition for _, _, condition in site.log)
    assert set(files(store)) - set(before) == {"commits/r2.json", "runs/r2.json"}
    assert all(files(store)[name] == content for name, content in before.items())


@pytest.mark.usefixtures("shops")
def test_a_page_that_is_not_there_any_more_is_asked_for_without_condition(site: Site, store: Store) -> None:
    go(site, store, "r1", "shop:a")
    (page,) = store.files.names("pages")
    Path(store.files.path(page)).write_bytes(b"damaged")
    site.log.clear()
    assert go(site, store, "r2", "shop:a").boards[0].outcome == "ok"
    store.files.remove(page)
    assert go(site, store, "r3", "shop:a").boards[0].n == 2
    assert [condition for _, _, condition in site.log] == ["", ""]


@pytest.mark.usefixtures("shops")
def test_a_changed_page_replaces_what_was_kept(site: Site, store: Store) -> None:
    go(site, store, "r1", "shop:a")
    site.jobs["a"] = [2, 3]
    assert go(site, store, "r2", "shop:a").boards[0].n_new == 1
    site.log.clear()
    go(site, store, "r3", "shop:a")
    assert site.log[0][2] == '"[2, 3]None"'
    assert store.parts("fetches") == [f"fetches/source=shop/run=r{i}.parquet" for i in (1, 2)]


@pytest.mark.usefixtures("shops")
def test_a_replay_parses_the_kept_pages_and_asks_nothing(site: Site, store: Store) -> None:
    site.then["/shop/a"] = "https://shop.example/shop/a2"
    go(site, store, "r1", "shop:a", "shop:b", "mall:c")
    site.log.clear()
    report = go(site, store, "r2", is_replay=True, base_url=None)
    assert [(b.target, b.outcome, b.n, b.requests) for b in report.boards] == [
        *(("mall:c", "ok", 2, 0), ("shop:a", "ok", 2, 0), ("shop:b", "ok", 2, 0)),
    ]
    (missing,) = go(site, store, "r3", "shop:never", is_replay=True, base_url=None).boards
    assert (missing.outcome, "not kept" in missing.reason) == ("failed", True)
    assert site.log == []
    assert store.commits()[1].read_on == "2026-11-22"


@pytest.mark.usefixtures("shops")
def test_a_replay_without_pages_is_refused(store: Store) -> None:
    with pytest.raises(TargetError, match="collect first"):
        collect([], store, run="r1", now=NOW, is_replay=True)


def test_a_new_parser_changes_what_is_stored_and_nothing_vanishes(
    site: Site, store: Store, shops: dict[str, Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(site, store, "r1", "shop:a")

    def read(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        page = fetcher.get(f"https://shop.example/shop/{board}")
        yield build(shops["shop"].SOURCE, board, page, Record(native_id=1, title="Baker", text="We bake well."))

    monkeypatch.setattr(shops["shop"], "read_board", read)
    (board,) = go(site, store, "r2", "shop:a", is_replay=True, base_url=None).boards
    assert (board.n, board.n_changed, board.n_vanished) == (1, 1, 0)


@pytest.mark.usefixtures("shops")
def test_a_collapse_is_doubted_once_and_believed_when_it_comes_again(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = {"base_url": site.url, "interval": 0.0}
    monkeypatch.setattr(collect_module, "Client", lambda **more: Client(**{**more, **near}))

    def go_forced(run: str) -> Report:
        return go(site, store, run, "shop:a", base_url=None, is_forced=True)

    site.jobs["a"] = list(range(20))
    go_forced("r1")
    site.jobs["a"] = [1, 2, 3]
    # What a run elsewhere shows is neither doubted twice nor taken for a confirmation.
    assert go(site, store, "elsewhere", "shop:a").boards[0].reason.startswith("collapse:")
    (doubted,) = go_forced("r2").boards
    assert (doubted.outcome, doubted.reason, doubted.n_vanished) == (
        *("truncated", "collapse: 3 postings, usually 20", 0),
    )
    (believed,) = go_forced("r3").boards
    assert (believed.outcome, believed.reason, believed.n_vanished) == ("ok", "", 17)
    assert go_forced("r4").boards[0].outcome == "ok"


def test_a_board_polled_too_soon_is_not_asked_and_no_failure(
    site: Site, store: Store, shops: dict[str, Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    shops["shop"].SOURCE = Shop("shop", min_interval_hours=6.0).SOURCE
    go(site, store, "r1", "shop:a")
    # A run elsewhere than at the source does not count, and needs no pause.
    assert go(site, store, "r2", "shop:a").skipped == []
    saved = json.loads(store.files.read("runs/r2.json"))
    store.files.write("runs/r2.json", json.dumps({**saved, "has_base_url": False}).encode())
    soon = NOW + timedelta(hours=5)
    report = go(site, store, "r3", "shop:a", base_url=None, now=soon)
    assert [(s.board, s.not_before) for s in report.skipped] == [("a", "2026-11-22T15:00:00+00:00")]
    assert (report.boards, report.is_failed, report.failure()) == ([], False, None)
    assert "again from 2026-11-22T15:00" in "\n".join(report.lines())
    assert json.loads(store.files.read("runs/r3.json"))["skipped"][0]["source"] == "shop"
    (seen,) = look_ahead(["shop:a"], store, now=soon)
    assert (seen.n_boards, seen.urls, len(seen.skipped)) == (0, [], 1)


@pytest.mark.usefixtures("shops")
def test_a_stop_keeps_what_was_read_and_says_what_was_not(site: Site, store: Store) -> None:
    stop = threading.Event()
    site.seconds = 0.05
    site.then = {f"/shop/b{i}": f"https://shop.example/shop/c{i}" for i in range(30)}
    report = go(
        site, store, "r1", *(f"shop:b{i}" for i in range(30)), stop=stop, interval=0.02, on_board=lambda _: stop.set()
    )
    outcomes = {b.outcome for b in report.boards}
    assert report.boards[0].outcome == "ok"
    assert outcomes <= {"ok", "truncated"}
    assert all(b.reason.startswith("shop: stopped") for b in report.boards if b.outcome == "truncated")
    assert report.is_failed
    assert len(report.boards) + len(report.skipped) == 30
    assert len(report.skipped) > 15
    assert "stopped before" in (report.failure() or "")
    assert store.has_run("r1")
    n_stored = sum(batch.num_rows for batch in store.postings("shop"))
    assert n_stored == sum(b.n for b in report.boards) > 0


@pytest.mark.usefixtures("shops")
def test_a_retry_after_is_obeyed_by_all_boards_of_the_host(site: Site, store: Store) -> None:
    site.faults["/shop/b0"] = Response("later", status=429, headers={"Retry-After": "1"})
    threading.Timer(0.5, site.faults.clear).start()
    report = go(site, store, "r1", *(f"shop:b{i}" for i in range(8)), interval=0.05)
    assert {b.outcome for b in report.boards} == {"ok"}
    refused = min(at for at, path, _ in site.log if path == "/shop/b0")
    # What was on its way already when the refusal came is no breach.
    assert not [path for at, path, _ in site.log if refused + 0.1 < at < refused + 0.95]


@pytest.mark.usefixtures("shops")
def test_a_dry_run_names_addresses_and_pace_and_asks_nothing(site: Site, store: Store) -> None:
    shop, mall = look_ahead(["shop:a", "shop:b", "mall"], store, now=NOW)
    assert shop.urls == ["https://shop.example/shop/a", "https://shop.example/shop/b"]
    assert shop.hosts == {"shop.example": "at least 1 s between requests, 2 at once"}
    assert (mall.n_boards, mall.urls) == (0, [])
    assert shop.lines()[0] == "shop: 2 boards, at least 2 requests"
    (near,) = look_ahead(["shop:a"], store, base_url=site.url, now=NOW)
    assert list(near.hosts.values()) == ["at least 0.05 s between requests, 2 at once"]
    assert site.log == []
    assert not Path(store.files.root).exists()

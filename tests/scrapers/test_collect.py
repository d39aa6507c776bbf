"""The collection loop on a real store and a loopback server: outcomes, what is kept, and what a second run adds."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers import collect as collect_module
from scrapers.collect import BoardResult, Report, collect
from scrapers.errors import DeadlineError, FetchError, GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher
from scrapers.posting import Posting, posting_id
from scrapers.sources import Reject, Source
from scrapers.store import Store, StoreError

PAGES = Path(__file__).parents[1] / "pages" / "hackernews"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def posting(number: int, board: str = "acme", text: str = "We plan gardens.") -> Posting:
    native = str(number)
    return Posting(
        posting_id=posting_id("demo", board, native, None, None, ""),
        source="demo",
        board=board,
        native_id=native,
        text=text,
    )


class Demo:
    """A source whose boards are lists of records and errors to raise."""

    SOURCE = Source(
        name="demo",
        title="Demo",
        home="https://demo.example",
        family="ats",
        licence="none",
        terms="none",
        languages=("en",),
        date_kind="created",
        min_interval_hours=1.0,
    )

    def __init__(self, **contents: list[Any]) -> None:
        self.contents = contents

    def boards(self, fetcher: Fetcher, since: str | None) -> list[str]:
        return list(self.contents)

    def expand(self, board: str, since: str | None) -> list[str]:
        return [board]

    def read_board(self, fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
        for record in self.contents[board]:
            if isinstance(record, Exception):
                raise record
            yield record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Demo:
    source = Demo()
    monkeypatch.setattr(collect_module, "load", lambda name: source)
    return source


def stored(store: Store, source: str = "demo") -> list[str]:
    return sorted(i for batch in store.postings(source) for i in batch.column("native_id").to_pylist())


def run_of(store: Store, run: str) -> dict[str, Any]:
    return json.loads(store.files.read(f"runs/{run}.json"))  # type: ignore[no-any-return]


WHERE = ("demo", "https://demo.example/x")


@pytest.mark.parametrize(
    ("records", "outcome", "n"),
    [
        ([posting(1), posting(2)], "ok", 2),
        ([], "ok_empty", 0),
        ([GoneError(*WHERE, "404")], "gone", 0),
        ([posting(1), GoneError(*WHERE, "404")], "failed", 1),
        ([FetchError(*WHERE, "500")], "failed", 0),
        ([posting(1), FetchError(*WHERE, "500")], "failed", 1),
        ([posting(1), ParseError(*WHERE, "shape")], "failed", 1),
        ([posting(1), TruncatedError(*WHERE, "cap")], "truncated", 1),
        ([posting(1), DeadlineError(*WHERE, "late")], "truncated", 1),
        ([DeadlineError(*WHERE, "late")], "failed", 0),
        ([Reject("demo", "acme", "2", "no text")], "failed", 0),
        ([posting(1), KeyError("jobs")], "failed", 1),
        ([UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates")], "failed", 0),
        ([posting(1), ZeroDivisionError()], "failed", 1),
    ],
)
def test_each_board_ends_with_its_outcome_and_keeps_what_was_read(
    store: Store, demo: Demo, records: list[Any], outcome: str, n: int
) -> None:
    demo.contents = {"acme": records, "other": [posting(9, "other")]}
    report = collect(["demo"], store, run="r1", now=NOW)
    acme, other = report.boards
    assert (acme.outcome, acme.n, acme.n_new) == (outcome, n, n)
    assert bool(acme.reason) == (outcome not in ("ok", "ok_empty"))
    assert (other.outcome, other.n) == ("ok", 1)
    assert len(stored(store)) == n + 1
    assert report.is_failed == (outcome in ("failed", "truncated"))
    assert run_of(store, "r1") == report.to_dict()
    assert all("\n" not in line for line in report.lines())


def test_only_a_whole_reading_marks_postings_vanished(store: Store, demo: Demo) -> None:
    demo.contents = {"acme": [posting(1), posting(2)]}
    collect(["demo"], store, run="r1", now=NOW)
    partial: dict[str, list[Any]] = {
        "r2": [posting(1), FetchError(*WHERE, "500")],
        "r3": [Reject("demo", "acme", "1", "no text"), Reject("demo", "acme", "2", "no text")],
        "r4": [posting(1), TruncatedError(*WHERE, "cap")],
        "r5": [posting(1), Reject("demo", "acme", "2", "no text")],
    }
    for run, records in partial.items():
        demo.contents = {"acme": records}
        assert collect(["demo"], store, run=run, now=NOW).boards[0].n_vanished == 0
    demo.contents = {"acme": [posting(1)]}
    assert collect(["demo"], store, run="r6", now=NOW).boards[0].n_vanished == 1
    demo.contents["acme"] = []
    (empty,) = collect(["demo"], store, run="r7", now=NOW).boards
    assert (empty.outcome, empty.n_vanished) == ("ok_empty", 1)


def test_a_second_run_stores_only_what_changed(store: Store, demo: Demo) -> None:
    demo.contents = {"acme": [posting(1), posting(2)]}
    collect(["demo"], store, run="r1", now=NOW)
    demo.contents = {"acme": [posting(1), posting(2, text="We plan larger gardens."), posting(3)]}
    (board,) = collect(["demo"], store, run="r2", now=NOW).boards
    assert (board.n, board.n_new, board.n_changed) == (3, 1, 1)
    assert stored(store) == ["1", "2", "3"]


def test_rejects_are_kept_with_their_reason_beside_good_records(store: Store, demo: Demo) -> None:
    bad = Reject("demo", "acme", "7", "쓸 수 없는 레코드", "{...}")
    demo.contents = {"acme": [posting(1), bad, posting(2)]}
    (board,) = collect(["demo"], store, run="r1", now=NOW).boards
    assert (board.outcome, board.n, board.n_rejected) == ("ok", 2, 1)
    (line,) = store.files.read("rejects/r1.jsonl").decode().splitlines()
    assert json.loads(line)["reason"] == bad.reason


def test_a_posting_that_cannot_be_stored_is_rejected_and_costs_nothing_else(store: Store, demo: Demo) -> None:
    odd = replace(posting(7), native_id="\ud800"), replace(posting(8), text=8)  # type: ignore[arg-type]
    demo.contents = {"acme": [posting(1), *odd, posting(2)]}
    (board,) = collect(["demo"], store, run="r1", now=NOW).boards
    assert (board.outcome, board.n, board.n_rejected, stored(store)) == ("ok", 2, 2, ["1", "2"])
    first, second = map(json.loads, store.files.read("rejects/r1.jsonl").decode().splitlines())
    assert (first["native_id"], second["native_id"]) == ("\ud800", "8")
    assert "UnicodeEncodeError" in first["reason"]


def test_what_a_source_did_not_expect_is_named_in_the_reason(store: Store, demo: Demo) -> None:
    demo.contents = {
        "acme": [KeyError("jobs\ud800")],
        "many": [Reject("demo", "many", str(i), "kaputt") for i in (1, 2)],
    }
    report = collect(["demo"], store, run="r1", now=NOW)
    assert "KeyError" in report.boards[0].reason
    assert report.boards[1].reason == "all 2 records rejected, the last one: kaputt"
    assert run_of(store, "r1") == report.to_dict()


def test_a_store_that_cannot_be_written_ends_the_run(store: Store, demo: Demo) -> None:
    demo.contents = {"acme": [posting(1), StoreError("no space left")], "other": [posting(9, "other")]}
    with pytest.raises(StoreError, match="no space"):
        collect(["demo"], store, run="r1", now=NOW)
    assert not store.has_run("r1")
    assert stored(store) == []


def test_many_postings_are_stored_over_several_batches(store: Store, demo: Demo) -> None:
    demo.contents = {"acme": [*(posting(i) for i in range(450)), FetchError(*WHERE, "500")]}
    (board,) = collect(["demo"], store, run="r1", now=NOW).boards
    assert (board.n, board.n_new, len(stored(store))) == (450, 450, 450)


def test_named_boards_are_read_once_each_in_the_order_given(store: Store, demo: Demo) -> None:
    demo.contents = {"b": [], "a": [], "c": []}
    told: list[BoardResult] = []
    report = collect(["demo:b", "demo:a", "demo:b"], store, run="r1", now=NOW, on_board=told.append)
    assert [b.board for b in report.boards] == ["b", "a"]
    assert told == report.boards


def test_a_source_that_cannot_list_its_boards_is_one_failed_board(
    store: Store, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(fetcher: Fetcher, since: str | None) -> list[str]:
        raise FetchError(*WHERE, "500")

    monkeypatch.setattr(demo, "boards", fail)
    report = collect(["demo"], store, run="r1", now=NOW)
    assert [(b.board, b.outcome) for b in report.boards] == [("", "failed")]
    assert store.has_run("r1")


@pytest.mark.parametrize(
    ("target", "more"),
    [
        *((target, {}) for target in ("nowhere", "", "two\nlines", "hackernews:march")),
        *(("hackernews", {"base_url": url}) for url in ("foo", "")),
        ("hackernews:2020-01..2020-12", {"since": "2021"}),
        *(
            ("hackernews", {"since": s})
            for s in ("March", "2023-13", "2023-02-30", "23", "", "2023-1", "2023-01-01T00")
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line_before_the_store_is_opened(
    tmp_path: Path, target: str, more: dict[str, str]
) -> None:
    with pytest.raises(TargetError) as caught:
        collect([target], Store(tmp_path / "data"), run="r1", now=NOW, **more)  # type: ignore[arg-type]
    assert re.fullmatch("[^: ].*", str(caught.value))
    assert not (tmp_path / "data").exists()


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    items = json.loads((PAGES / "firebase_items.json").read_text(encoding="utf-8"))

    def answer(request: Request) -> Response:
        if request.path.endswith("/search_by_date"):
            return Response((PAGES / f"search_page_{request.args['page']}.json").read_bytes())
        if request.path == "/api/v1/items/9100":
            return Response((PAGES / "algolia_item_9100.json").read_bytes())
        number = request.path.removeprefix("/v0/item/").removesuffix(".json")
        return Response(json.dumps(items.get(number)))

    httpserver.expect_request(re.compile("/.*")).respond_with_handler(answer)
    return httpserver


def collect_site(site: HTTPServer, store: Store, run: str, *targets: str, **more: Any) -> Report:
    return collect(targets, store, run=run, base_url=site.url_for("/"), now=NOW, **more)


def test_a_thread_read_again_adds_nothing_and_loses_nothing(site: HTTPServer, store: Store) -> None:
    (first,) = collect_site(site, store, "r1", "hackernews:2023-03").boards
    (again,) = collect_site(site, store, "r2", "hackernews:2023-03").boards
    assert (first.outcome, first.n, first.n_new) == ("ok", 5, 5)
    assert (again.outcome, again.n, again.n_new, again.n_changed, again.n_vanished) == ("ok", 5, 0, 0, 0)
    assert stored(store, "hackernews") == ["9110", "9112", "9115", "9116", "9120"]
    assert store.parts("postings", "hackernews") == ["postings/source=hackernews/run=r1.parquet"]


def test_a_thread_asked_for_by_number_is_the_same_board(site: HTTPServer, store: Store) -> None:
    collect_site(site, store, "r1", "hackernews:2023-03")
    (again,) = collect_site(site, store, "r2", "hackernews:9100").boards
    assert (again.n, again.n_new) == (5, 0)
    assert store.parts("sightings", "hackernews") == ["sightings/source=hackernews/run=r1.parquet"]


def test_pages_are_kept_unedited_and_named_by_their_postings(site: HTTPServer, store: Store) -> None:
    collect_site(site, store, "r1", "hackernews:2023-03")
    for batch in store.postings("hackernews"):
        for sha in batch.column("raw_sha").to_pylist():
            assert store.files.exists(f"pages/{sha[:2]}/{sha}.gz")


def test_no_board_means_the_newest_two_threads(site: HTTPServer, store: Store) -> None:
    report = collect_site(site, store, "r1", "hackernews")
    assert [b.board for b in report.boards] == ["2023-04", "2023-03"]
    assert sum(b.requests for b in report.boards) == len(site.log) - 1


def test_a_range_is_read_from_the_given_date_on(site: HTTPServer, store: Store) -> None:
    report = collect_site(site, store, "r1", "hackernews:2022-01..2023-03", since="2023-03-20")
    assert [(b.board, b.outcome) for b in report.boards] == [("2023-03", "ok")]


def test_a_board_out_of_time_keeps_what_was_read(site: HTTPServer, store: Store) -> None:
    ticks = iter(range(0, 10**6, 20))
    (board,) = collect_site(site, store, "r1", "hackernews:2023-03", clock=lambda: float(next(ticks))).boards
    assert board.outcome in ("truncated", "failed")
    assert "time for one board" in board.reason
    assert len(site.log) < 9
    assert store.has_run("r1")

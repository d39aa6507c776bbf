"""Status: postings are counted once however often they were edited, and pending means not covered by any facts."""

import json
from functools import partial
from pathlib import Path

import pytest

from analysis.loading import load
from analysis.status import Status, status
from analysis.tag import tag_store
from scrapers.importing import import_files
from scrapers.posting import Posting
from scrapers.report import BoardResult, Report, Skipped
from scrapers.store import Store
from tests.scrapers.conftest import Platform


@pytest.fixture(autouse=True)
def _without_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the store's facts alone: the bundled ones change with every release."""
    monkeypatch.setattr("analysis.status.load", partial(load, only_from="store"))


def put(store: Store, path: Path, edition: str, numbers: range, head: str = "") -> None:
    rows = ({"id": str(i), "title": "Data Engineer", "text": f"{head}{edition} Airflow, number {i}"} for i in numbers)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    import_files([path], store, dataset=path.stem, family="job_board", read_on="2025-01-01")


def counts(found: Status) -> tuple[dict[str, int], dict[str, int], int]:
    return found.postings, found.facts, found.n_pending


def test_edited_postings_count_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "b.jsonl", "First", range(5))
    put(store, tmp_path / "a.jsonl", "First", range(3))
    put(store, tmp_path / "b.jsonl", "Second", range(5))
    assert counts(status(store)) == ({"a": 3, "b": 5}, {}, 8)
    tag_store(store, with_snapshot=False)
    found = status(store)
    assert counts(found) == ({"a": 3, "b": 5}, {"a": 3, "b": 5}, 0)
    assert "  b: 5 postings stored, 5 facts" in found.lines()
    assert list(found.postings) == ["a", "b"]


def test_only_what_no_facts_cover_is_pending(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "a.jsonl", "First", range(5))
    tag_store(store, with_snapshot=False)
    put(store, tmp_path / "a.jsonl", "Second", range(2))
    put(store, tmp_path / "a.jsonl", "Third", range(1, 7))
    found = status(store)
    assert counts(found) == ({"a": 7}, {"a": 5}, 7)
    assert "7 stored postings are not tagged yet: airflow-demand tag" in found.lines()


def test_boards_that_are_followed_show_what_is_open_edited_and_reposted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scrapers.sightings.names", lambda: ["gardens"])
    monkeypatch.setattr("scrapers.sightings.load", Platform)
    store = Store(tmp_path / "root")
    text = "Experience with Airflow is required. " * 20

    def posting(number: int, day: str, text: str = text) -> Posting:
        return Posting(
            posting_id=f"p{number}",
            source="gardens",
            board="acme",
            native_id=str(number),
            title="Data Engineer",
            company="Kelp",
            posted_at=day,
            posted_at_kind="published",
            text=text,
        )

    first, second = posting(1, "2026-01-05"), posting(2, "2026-03-01")
    for run, shown in (("r1", [first]), ("r2", [posting(1, "2026-01-05", text + "Also Kafka.")]), ("r3", [second])):
        with store.begin(run, read_on="2026-04-01") as writer:
            writer.add(shown)
            writer.seen("gardens", "acme", [p.posting_id for p in shown], may_vanish=True)
            writer.commit()
    tag_store(store, with_snapshot=False)
    found = status(store)
    assert found.seen == {"open now": 1, "gone": 1, "edited": 1, "returned": 0}
    assert found.n_reposted == 1
    assert "on the boards followed: 1 open now, 1 gone, 1 edited, 0 returned" in found.lines()
    assert "reposted under a new id: 1 postings with facts" in found.lines()


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    found = status(Store(tmp_path / "root"))
    assert counts(found) == ({}, {}, 0)
    assert (found.coverage, found.levels_decided, found.last_run, found.last_tag_run) == ([], {}, None, None)
    assert len(found.lines()) == 2


def test_sections_and_what_decided_levels(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "plain.jsonl", "We use", range(31))
    put(store, tmp_path / "headed.jsonl", "Knows", range(9), head="Requirements:\n- ")
    tag_store(store, with_snapshot=False)
    found = status(store)
    assert {(row["source"], row["n"], row["rate"], row["flag"]) for row in found.coverage} == {
        ("plain", 31, 0.0, "none"),
        ("headed", 9, 1.0, ""),
    }
    assert found.levels_decided["heading"] == pytest.approx(9 / 40)
    lines = found.lines()
    assert "requirements stand apart in 22% of 40 postings with facts" in lines
    assert [line.split()[0] for line in lines if " 0% of " in line] == ["plain"]
    assert not [line for line in lines if " 100% of " in line]
    assert [line.split()[0] for line in found.lines(with_coverage=True) if " 100% of " in line] == ["headed"]
    assert json.loads(json.dumps(found.to_dict()))["coverage"] == found.coverage


def test_coverage_shows_the_largest_and_all_that_is_flagged_and_says_what_is_left() -> None:
    rows = [{"source": f"s{i:02}", "year": "2024", "n": 100 - i, "rate": 0.5, "flag": ""} for i in range(40)]
    rows[39] |= {"rate": 0.0, "flag": "none"}
    lines = Status("root", 0, 0, 0, coverage=rows).lines(with_coverage=True)
    assert "  s24 2024: 50% of 76" in lines
    assert not [line for line in lines if line.startswith("  s25")]
    assert lines[-2:] == ["  s39 2024: 0% of 61 (none)", "  14 more of fewer postings: status --json"]


def test_the_last_tag_run_stands_beside_the_last_import(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    put(store, tmp_path / "a.jsonl", "First", range(5))
    assert status(store).last_tag_run is None
    done = tag_store(store, with_snapshot=False)
    found = status(store)
    assert found.last_tag_run == {
        "run": done.run,
        "tagger_version": done.tagger_version,
        "n_facts": 5,
        "n_sources": 1,
        "n_runs": 1,
    }
    assert found.lines()[-1].startswith(f"last tag run {done.run}: 5 facts of 1 sources")
    assert any(line.startswith("last run import-a-") for line in found.lines())


def entry(board: str, outcome: str = "ok", reason: str = "") -> BoardResult:
    return BoardResult("demo", board, outcome, n=2, n_new=1, reason=reason)


def test_a_stopped_run_says_what_was_not_asked() -> None:
    left = [Skipped("demo", f"b{i}", "stopped") for i in range(7)]
    run = Report("r1", "", [entry("a")], [Skipped("demo", "x", "asked before", "2026-11-22"), *left]).to_dict()
    assert Status("root", 0, 0, 0, last_run=run).lines()[-4:] == [
        "last run r1: 1 ok",
        "  stopped before 7 boards were asked: demo:b0, demo:b1, demo:b2, demo:b3, demo:b4 and 2 more; "
        "collect again for the rest",
        "  1 boards left alone: asked not long before",
        "  demo:a ok n=2 new=1",
    ]


def test_of_many_boards_those_that_need_a_look_are_shown() -> None:
    odd = [entry("", "failed", "no answer: timed out"), entry("z", "gone", "the server answers 404")]
    run = Report("r1", "", [*(entry(f"b{i}") for i in range(40)), *odd]).to_dict()
    assert Status("root", 0, 0, 0, last_run=run).lines()[-4:] == [
        "last run r1: 40 ok, 1 failed, 1 gone",
        "  demo failed n=2 new=1 no answer: timed out",
        "  demo:z gone n=2 new=1 the server answers 404",
        "  40 more boards: status --json",
    ]

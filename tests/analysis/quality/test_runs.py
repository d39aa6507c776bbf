"""Runs: which facts a run is judged by."""

from pathlib import Path
from typing import Any

from analysis.quality.runs import find_run, runs_until
from scrapers.store import Store


def fact_file(source: str, run: str) -> str:
    return f"facts/source={source}/run={run}.parquet"


def test_facts_that_came_back_are_those_and_no_others(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_commit("r1", "postings", {})
    store.files.write("runs/r1.json", b'{"run": "r1", "at": "2026-06-01T06:00:00+09:00", "boards": []}')

    def tagged(run: str, names: list[str], **more: Any) -> dict[str, str]:
        store.write_commit(run, "facts", dict.fromkeys(names, 1), covers=["r1"], **more)
        (found,) = runs_until(store, "r1")
        assert found.tagger_version == more["tagger_version"]
        return dict(found.facts)

    old, new = fact_file("a", "t1"), [fact_file(source, "t2") for source in ("a", "b")]
    assert tagged("t1", [old], tagger_version="old") == {"a": old}
    assert tagged("t2", new, tagger_version="new") == {"a": new[0], "b": new[1]}
    assert tagged("t3", [old], tagger_version="old", restores="t1") == {"a": old}


def test_the_run_to_judge_is_the_newest_that_asked_boards(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for run, report in {
        "r1": b'{"run": "r1", "at": "2026-06-01T06:00:00+09:00", "boards": []}',
        "r2": b'{"run": "r2", "at": "2026-06-08T06:00:00+09:00", "boards": []}',
        "import": b'{"run": "import", "boards": []}',
    }.items():
        assert find_run(store, run) is None
        store.write_commit(run, "postings", {})
        store.files.write(f"runs/{run}.json", report)
    assert find_run(store) == find_run(store, "r2") == ("r2", "2026-06-08")
    assert find_run(store, "r1") == ("r1", "2026-06-01")
    assert find_run(store, "import") is None
    store.write_commit("t1", "facts", {}, covers=["r1"], tagger_version="1")
    assert find_run(store) == ("r1", "2026-06-01"), "r2 was collected just now"
    assert find_run(store, "r2") == ("r2", "2026-06-08")

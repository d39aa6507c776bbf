"""The commit is written last: a run cut short at any file it puts in place leaves a store that reads whole."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.tag import tag_store
from scrapers.importing import import_files
from scrapers.store import Store


class PowerCut(BaseException):
    """Stands for the end of the process: nothing in the project catches it."""


@pytest.fixture
def postings(tmp_path: Path) -> Path:
    path = tmp_path / "invented.jsonl"
    text = "Requirements\n- Airflow and Spark in daily use\nNice to have\n- dbt\n" + "We bake bread. " * 20
    rows = [
        {"dataset": f"shop{i % 2}", "id": str(i), "title": "Data Engineer", "company": f"C{i}", "text": f"{text} {i}"}
        for i in range(12)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def put(root: Path, postings: Path) -> None:
    import_files([postings], Store(root), family="job_board", read_on="2025-01-01")


def tag(root: Path, postings: Path) -> None:
    tag_store(Store(root), with_snapshot=False)


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def check_readable(root: Path) -> None:
    """Whatever a commit names is there and reads."""
    store = Store(root)
    for commit in store.commits():
        for name, n_rows in commit.files.items():
            path = root / name
            if commit.kind == "facts" and not path.exists():
                path = root / name.replace("facts/", "facts_history/", 1)
            assert pq.ParquetFile(path).metadata.num_rows == n_rows


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("steps", [(put,), (put, tag), (put, tag, put, tag)])
def test_a_cut_at_any_file_leaves_a_whole_store(
    steps: tuple[Callable[[Path, Path], None], ...],
    before: bool,
    postings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edited = tmp_path / "edited.jsonl"
    edited.write_text(postings.read_text(encoding="utf-8").replace("Spark", "Flink"), encoding="utf-8")
    inputs = [postings, postings, edited, edited]
    *early, last = range(len(steps))

    def prepared(name: str) -> Path:
        root = tmp_path / name
        for i in early:
            steps[i](root, inputs[i])
        return root

    undisturbed = prepared("undisturbed")
    steps[last](undisturbed, inputs[last])
    replace, n_cuts = os.replace, 0
    for at in range(50):
        root, left = prepared(f"cut{at}"), at

        def cut(source: str, target: str) -> None:
            nonlocal left
            left -= 1
            if left < 0 and before:
                raise PowerCut
            replace(source, target)
            if left < 0:
                raise PowerCut

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", cut)
            try:
                steps[last](root, inputs[last])
                break
            except PowerCut:
                n_cuts += 1
        check_readable(root)
        steps[last](root, inputs[last])
        assert tree(root) == tree(undisturbed)
    assert n_cuts >= 3

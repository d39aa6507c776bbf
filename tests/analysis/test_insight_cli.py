"""The commands `excerpts` and `explain`, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.loading import load
from scrapers.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(quotable: Store) -> str:
    return str(quotable.files.root)


def test_excerpts_mark_names_and_say_what_decided(run: Run, root: str) -> None:
    code, out, err = run("excerpts", "--data", root)
    assert (code, err) == (0, "")
    assert "    - «에어플로우»(«Airflow»)나 Kubeflow" in out
    assert "preferred, told by a heading “우대사항”" in out
    assert "\x1b" not in out


def test_excerpts_as_json_and_drawn(run: Run, root: str, tmp_path: Path) -> None:
    words = ["--level", "preferred", "--role", "ml_engineer", "--lang", "ko", "--size", "doc", "--mask"]
    code, out, _ = run("excerpts", "--data", root, *words, "--format", "json", "--out", tmp_path)
    (excerpt,) = json.loads(out)
    assert (code, excerpt["level"], excerpt["company"]) == (0, "preferred", None)
    assert (tmp_path / "fig_4_4.ml_engineer.masked.doc.ko.png").exists()
    meta = json.loads((tmp_path / "fig_4_4.ml_engineer.masked.doc.meta.json").read_text())
    assert meta["warnings"] == []
    assert "호박공방" not in "".join(
        p.read_text() for p in tmp_path.iterdir() if p.suffix in (".csv", ".json", ".md", ".svg")
    )


def test_a_level_without_excerpt_is_told(run: Run, root: str) -> None:
    code, out, err = run("excerpts", "--data", root, "--country", "DE")
    assert code == 0
    assert "Fern & Daughters" in out
    assert err == "nothing to quote at level required, preferred\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--skill", "airflw"], "did you mean: airflow"),
        (["--country", "FR"], "no posting is from 'FR'"),
        (["--skill", "kafka"], "no posting with a text answers all of this together"),
    ],
)
def test_what_nothing_answers_is_wrong_usage(run: Run, root: str, words: list[str], said: str) -> None:
    code, out, err = run("excerpts", "--data", root, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_without_a_store_examples_are_quoted_as_such(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("excerpts", "--data", tmp_path, "--level", "required")
    assert code == 0
    assert out.startswith("WRITTEN EXAMPLE, not a real posting\n")
    code, _, err = run("excerpts", "--data", tmp_path, "--country", "KR")
    assert code == 2
    assert "the store has no tagged texts" in err


def test_explain_as_text_and_json(run: Run, root: str) -> None:
    facts = load(root, "store").select(["posting_id", "posted_on"]).to_pylist()
    posting_id = next(fact["posting_id"] for fact in facts if fact["posted_on"] == "2023-01-01")
    code, out, _ = run("explain", posting_id, "--data", root, "--only-from", "store")
    assert code == 0
    assert "«Airflow»" in out
    assert not {"\x1b", "\u202e"} & set(out)
    _, out, _ = run("explain", posting_id, "--data", root, "--only-from", "store", "--json")
    assert json.loads(out)["fact"]["posting_id"] == posting_id

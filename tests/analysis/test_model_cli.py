"""The commands for models: exit codes, one clear line for what is wrong, and what they print."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
Writer = Callable[..., str]
A, B = "2024-01-aaaaaaaaaa", "2025-01-bbbbbbbbbb"
POOR = {"quota": "data_engineer", "pipelines": "software_engineer"}


def crown(root: Path, version: str) -> None:
    (root / "models" / "champion.json").write_text(json.dumps({"version": version, "history": []}))


def test_a_toy_is_worse_than_the_rules_alone_and_refused(run: Run, tmp_path: Path, write_version: Writer) -> None:
    write_version(tmp_path, A)
    code, out, err = run("model", "promote", A, "--reviewed", "--data", tmp_path)
    assert (code, err.count("\n")) == (1, 1)
    assert "worse than the rules alone" in err
    assert "main role accuracy" in out
    assert not (tmp_path / "models" / "champion.json").exists()


def test_promote_roll_back_and_list(run: Run, tmp_path: Path, write_version: Writer) -> None:
    at = ("--data", tmp_path)
    for name in (A, B):
        write_version(tmp_path, name)
    crown(tmp_path, A)
    code, out, _ = run("model", "promote", B, *at)
    assert code == 0
    assert f"{B} is the champion now" in out
    assert "canary postings: unchanged" in out
    assert "forward role f1" in out
    code, out, _ = run("model", "list", *at)
    assert [line[:20] for line in out.splitlines()] == [f"* {B}", f"  {A}"]
    code, out, _ = run("model", "list", "--json", *at)
    assert [(r["version"], r["is_champion"]) for r in json.loads(out)] == [(B, True), (A, False)]
    code, out, _ = run("model", "rollback", *at)
    assert (code, f"{A} is the champion again" in out) == (0, True)
    code, out, err = run("model", "rollback", *at)
    assert (code, err.count("\n")) == (1, 1)


def test_evaluate_measures_a_version_beside_the_champion(run: Run, tmp_path: Path, write_version: Writer) -> None:
    at = ("--data", tmp_path)
    for name in (A, B):
        write_version(tmp_path, name)
    crown(tmp_path, A)
    code, out, _ = run("model", "evaluate", B, "--json", *at)
    told = json.loads(out)
    assert code == 0
    assert (told["version"], told["champion"], told["canary_changes"]) == (B, A, [])
    assert {c["name"]: c["is_worse"] for c in told["compared"]}["role f1"] is False
    code, out, _ = run("model", "evaluate", *at)
    assert code == 0
    assert "main role accuracy" in out
    assert "forward role f1" in out


def test_what_cannot_be_used_is_refused_with_exit_code_1(run: Run, tmp_path: Path, write_version: Writer) -> None:
    at = ("--data", tmp_path)
    write_version(tmp_path, A)
    for words in (
        ("model", "promote", "gone", *at),
        ("model", "rollback", "--to", A, *at),
        ("model", "evaluate", *at),
        ("model", "evaluate", "gone", *at),
        ("model", "train", *at),
    ):
        code, _, err = run(*words)
        assert (code, err.count("\n")) == (1, 1), words
    (tmp_path / "models" / A / "roles.skops").write_bytes(b"PK")
    code, _, err = run("model", "promote", A, *at)
    assert code == 1
    assert "checksum" in err
    assert run("model", "list", *at)[0] == 0


@pytest.mark.parametrize("until", ["soon", "2023-13", "23", "2023-02-39", "2023-02-29", "2023-04-31", "0000"])
def test_wrong_usage_is_exit_code_2(run: Run, tmp_path: Path, until: str) -> None:
    code, out, err = run("model", "train", "--until", until, "--data", tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"--until '{until}' is no date" in err
    assert run("model", "promote", "--data", tmp_path)[0] == 2

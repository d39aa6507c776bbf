"""Tagging a file: what a line may be, what is said of one that cannot be read, and where the tags go."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from analysis.faults import Misuse
from analysis.gold import read_gold
from analysis.tag_file import InputProblem, read_lines, tag_file
from scrapers.posting import Section
from scrapers.records import Recorder

GOOD = {"id": "a", "title": "Data Engineer", "text": "Requirements\n- Airflow"}
SHAPES: list[tuple[Any, tuple[Section, ...]]] = [
    (None, ()),
    ([], ()),
    (float("nan"), ()),
    (
        {"requirements": "SQL", "Tasks ": "Weave", "intro": "We knit", "우대사항": "dbt"},
        (
            Section("", "required", "SQL"),
            Section("", "duties", "Weave"),
            Section("", "company", "We knit"),
            Section("우대사항", "unknown", "dbt"),
        ),
    ),
    (
        [
            {"heading": "requirements", "text": ["- SQL", "• dbt"]},
            {"heading": "requirements", "kind": "preferred", "text": "R"},
            {"heading": "What counts", "kind": None, "text": "Care"},
            {"heading": "Perks", "kind": "odd", "text": "Tea"},
            {"heading": None, "kind": "required", "text": " "},
        ],
        (
            Section("requirements", "required", "- SQL\n• dbt"),
            Section("requirements", "preferred", "R"),
            Section("What counts", "unknown", "Care"),
            Section("Perks", "unknown", "Tea"),
        ),
    ),
]


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in raw.split(b"\n") if line]


@pytest.mark.parametrize(("value", "sections"), SHAPES)
def test_sections_mean_the_same_to_every_reader(tmp_path: Path, value: Any, sections: tuple[Section, ...]) -> None:
    row = GOOD | {"sections": value, "skills": {}}
    (tagged,) = read_lines([json.dumps(row).encode()])
    (gold,) = read_gold(write(tmp_path / "gold.jsonl", row))
    assert tagged["sections"] == gold["sections"] == sections
    for given in (value, json.dumps(value)):
        assert Recorder("jobs", "job_board").record(row | {"sections": given}).sections == sections


def test_named_sections_decide_levels(tmp_path: Path) -> None:
    row = {"id": 1, "title": "Weaver", "text": None, "sections": {"requirements": ["- SQL", "- dbt"], "tasks": "Kafka"}}
    tag_file(write(tmp_path / "in.jsonl", row), tmp_path / "out.jsonl")
    (tags,) = read((tmp_path / "out.jsonl").read_bytes())
    assert tags["skills"] == {"dbt": "required", "kafka": "mentioned", "sql": "required"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is no JSON: "),
        ("[]", "line 2: expected an object with id, title and text"),
        ('{"id": "b", "title": 5}', "line 2: the title is int, not text"),
        ('{"id": "b", "title": "Weaver", "description": "x"}', "line 2: text is missing"),
        ('{"id": "b", "sections": []}', "line 2: text is missing"),
        ('{"id": "b", "text": ["x"]}', "line 2: the text is list, not text"),
        ('{"id": {"n": 1}, "text": "x"}', "line 2: the id is dict, not text"),
        ('{"text": "x", "sections": ["a"]}', "line 2: sections are neither an object nor a list of objects"),
        ('{"text": "x", "sections": "a"}', "line 2: sections are neither an object nor a list of objects"),
        ('{"text": "x", "sections": {"tasks": 5}}', "line 2: section 1: the text is int, not text"),
        ('{"text": ' + "[" * 100_000, "line 2: nested too deeply"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_written(tmp_path: Path, line: str, message: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("before")
    with pytest.raises(InputProblem) as caught:
        tag_file(source, tmp_path / "out.jsonl")
    assert str(caught.value).startswith(f"{source}: {message}")
    assert "\n" not in str(caught.value)
    assert (tmp_path / "out.jsonl").read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize(
    "content", ["id,title,text\na,Weaver,SQL\n", '[{"id": "a", "text": "SQL"}]', '[\n{"text": ""}\n]']
)
def test_another_kind_of_file_is_sent_to_import(tmp_path: Path, content: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(InputProblem, match=r"use JSON Lines, or: airflow-demand import$") as caught:
        tag_file(source, None)
    assert str(caught.value).startswith(f"{source}: line 1")


def test_a_text_may_be_empty() -> None:
    assert [row["text"] for row in read_lines([b'{"text": ""}', b'{"text": null}'])] == ["", ""]


@pytest.mark.parametrize("target", ["in.jsonl", "far/../in.jsonl", "link.jsonl"])
def test_the_input_is_not_replaced_by_its_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    source = write(tmp_path / "in.jsonl", GOOD)
    (tmp_path / "far").mkdir()
    (tmp_path / "link.jsonl").symlink_to(source)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misuse, match=r"^--output \S+ is the input itself") as caught:
        tag_file(source, Path(target))
    assert caught.value.exit_code == 2
    with source.open("rb") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        with pytest.raises(Misuse):
            tag_file(Path("-"), Path(target))
    assert read(source.read_bytes()) == [GOOD]


def test_what_is_not_read_is_not_handed_on() -> None:
    """Some depths pass the JSON reader and break what takes the value to another process."""
    line = json.dumps(GOOD).replace("}", f', "more": {"[" * 500}{"]" * 500}}}')
    assert list(read_lines([b" ", line.encode()])) == [GOOD | {"sections": ()}]


def test_half_a_surrogate_pair_comes_out_as_it_went_in(tmp_path: Path) -> None:
    half = "가\ud83d"
    row = GOOD | {"id": half, "title": half, "sections": {half: half}}
    tag_file(write(tmp_path / "in.jsonl", row), tmp_path / "out.jsonl")
    raw = (tmp_path / "out.jsonl").read_bytes()
    assert "가".encode() in raw
    assert read(raw)[0]["id"] == half


@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_stays_one(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "tags.jsonl", tmp_path / "link.jsonl"
    if exists:
        target.write_text("before")
    link.symlink_to(target)
    tag_file(write(tmp_path / "in.jsonl", GOOD), link)
    assert link.is_symlink()
    assert read(target.read_bytes())[0]["skills"] == {"airflow": "required"}
    assert [p.name for p in (tmp_path / "far").iterdir()] == ["tags.jsonl"]


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Opened for both ways, reading never waits for a writer: a pipe replaced by a file fails instead of hanging.
    reader = os.open(tmp_path / "pipe", os.O_RDWR | os.O_NONBLOCK)
    try:
        writer = threading.Thread(
            target=tag_file, args=(write(tmp_path / "in.jsonl", GOOD), tmp_path / "pipe"), daemon=True
        )
        writer.start()
        writer.join(60)
        assert (tmp_path / "pipe").is_fifo()
        assert read(os.read(reader, 65_536))[0]["id"] == "a"
    finally:
        os.close(reader)


def test_dev_stdout_is_standard_output(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", GOOD)
    code = f"from pathlib import Path; from analysis.tag_file import tag_file; tag_file(Path({str(source)!r}), Path("
    command = [sys.executable, "-c", code + "'/dev/stdout'))"]
    piped = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
    with (tmp_path / "log").open("ab") as log:
        log.write(b'{"id": "before"}\n')
        log.flush()
        subprocess.run(command, check=True, stdout=log, timeout=120)
    assert [row["id"] for row in read(piped)] == ["a"]
    assert [row["id"] for row in read((tmp_path / "log").read_bytes())] == ["before", "a"]


def test_a_folder_is_no_place_to_write(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", GOOD)
    with pytest.raises(InputProblem, match=f"cannot use {tmp_path}: Is a directory"):
        tag_file(source, tmp_path)


@pytest.mark.parametrize("mark", ["\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_break_ends_a_line(mark: str, tmp_path: Path) -> None:
    text = mark.join(["Requirements", "- Airflow", "Nice to have", "- Kafka"])
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "a", "title": "Data Engineer", "text": text}) + "\n", encoding="utf-8")
    tag_file(source, target)
    tags = json.loads(target.read_text(encoding="utf-8"))
    assert tags["skills"] == {"airflow": "required", "kafka": "preferred"}
    assert {text[m["start"] : m["end"]] for m in tags["mentions"]} == {"Airflow", "Kafka"}

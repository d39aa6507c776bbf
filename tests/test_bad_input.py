"""Bad input of every kind ends in one clear line or in recorded rejects; nothing is lost and nothing half-written."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrapers.store import Store

HEAD = "id,title,company,description,posted_at\n"
TEXT = "We run Airflow every night as number"
LONG = "x" * 10_500_000
Run = Callable[..., tuple[int, str, str]]


def row(number: int, posted_at: str = "2023-05-06") -> str:
    return f"{number},Data Engineer,Kelp,{TEXT} {number},{posted_at}\n"


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def stored(root: Path) -> list[dict[str, Any]]:
    store = Store(root)
    return [
        r for source in store.sources() if source != "before" for b in store.postings(source) for r in b.to_pylist()
    ]


def rejects(root: Path) -> list[tuple[str, int, str]]:
    found = (
        json.loads(line) for p in (root / "rejects").glob("*.jsonl") for line in p.read_bytes().split(b"\n") if line
    )
    return [(r["file"], r["line"], r["reason"]) for r in found]


def parquet(path: Path, columns: dict[str, list[Any]]) -> bytes:
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def assert_one_line(code: int, out: str, err: str, *words: str) -> None:
    assert (code, out) == (1, "")
    assert err.startswith("airflow-demand: ")
    assert err.count("\n") == 1
    assert len(err) < 600
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", ["a.csv: the file is empty"]),
        ("a.csv", b"\xef\xbb\xbf\n \n", ["a.csv: the file is empty"]),
        ("a.jsonl", b"\n\n", ["a.jsonl: the file is empty"]),
        ("a.json", b"[]", ["a.json: the file is empty"]),
        ("a.html", b" ", ["a.html: the file is empty"]),
        ("a.parquet", b"", ["a.parquet: not a whole Parquet file", "fetch or export it again"]),
        ("a.csv", HEAD.encode(), ["a.csv: it has column names but no row"]),
        ("a.csv", b"firm,town\nKelp,Oslo\n", ["its columns are 'firm', 'town'", "--map text=COLUMN"]),
        ("a.jsonl", b'{"firm": "Kelp"}\n', ["its columns are 'firm'", "--map text=COLUMN"]),
        ("a.csv", b"text,text\na,b\n", ["more than one column is called 'text'", "rename"]),
        ("a.csv", b"c" * 200 + b"," * 90_000 + b"\n1\n", ["no column holds the text"]),
        ("a.csv", LONG.encode() + b"\n1\n", ["its first line is no header"]),
        ("a.csv", b"\0" * 5_000, ["a.csv: its first line has NUL bytes", "--encoding"]),
        ("a.csv", "title,text\n데이터,운영합니다\n".encode("utf-16-le"), ["--encoding utf-16-le"]),
        ("a.jsonl", b"\0" * 5_000, ["a.jsonl: no row could be read; line 1: NUL byte"]),
        ("a.jsonl", (HEAD + row(1)).encode(), ["a.jsonl: no row could be read; line 1: bad JSON"]),
        ("a.csv", "title,text\nIngénieur,déjà\n".encode("latin-1"), ["line 2: not utf-8 text; see --encoding"]),
        ("a.csv", b"id,text\n1\n2,\n", ["a.csv: no row could be imported", "line 2: wrong number of fields"]),
        ("a.html", b"<html><body></body></html>", ["a.html: no text and no title"]),
        ("a.html", b"<p>" + b"y " * 11_000_000, ["a.html: larger than 20 MB"]),
        (
            "a.zip",
            b"PK\x03\x04rest",
            ["a.zip: this is a zip archive or an Excel workbook; unpack it, or save the sheet"],
        ),
        ("a.xlsx", b"PK\x03\x04rest", ["save the sheet as csv"]),
        ("a.csv", b"PK\x03\x04rest", ["save the sheet as csv"]),
        ("a.html", b"%PDF-1.7 rest", ["a.html: this is a PDF"]),
        ("a.csv.gz", b"\x1f\x8b rest", ["packed with gzip; unpack it"]),
        ("a.txt", b"text\nabc\n", ["a.txt: its name ends in none of .csv .tsv .jsonl"]),
        ("가" * 80 + ".csv", b"text\nabc\n", ["dataset name longer than 100 bytes", "--dataset"]),
    ],
)
def test_a_file_that_gives_nothing_is_one_clear_line(
    tmp_path: Path, root: Path, run: Run, name: str, content: bytes, words: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    before = tree(root)
    assert_one_line(*run("import", tmp_path / name, "--data", root), *words)
    assert tree(root) == before


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[9:], lambda raw: tear(raw)])
def test_damaged_parquet_is_not_half_imported(
    tmp_path: Path, root: Path, run: Run, damage: Callable[[bytes], bytes]
) -> None:
    raw = parquet(tmp_path / "a.parquet", {"text": [f"{i} " * 200 for i in range(9_000)]})
    (tmp_path / "a.parquet").write_bytes(damage(raw))
    before = tree(root)
    assert_one_line(*run("import", tmp_path / "a.parquet", "--data", root), "not a whole Parquet file", "again")
    assert tree(root) == before


def tear(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + b"\xff" * 2_000 + raw[middle + 2_000 :]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--map", "foo=title"], ["there is no field 'foo' to map; fields are dataset"]),
        (["--map", "text=body"], ["a.csv: there is no column 'body'; its columns are 'id', 'title'"]),
        (["--read-on", "2024-13-40"], ["--read-on '2024-13-40' is no day (YYYY-MM-DD)"]),
        (["--read-on", "2024-05"], ["is no day"]),
        (["--country", "Atlantis"], ["unknown country 'Atlantis'"]),
        (["--encoding", "klingon"], ["unknown encoding 'klingon'; try utf-8"]),
        (["--encoding", "base64"], ["unknown encoding 'base64'"]),
        (["--encoding", "utf-16"], ["not utf-16 text", "--encoding"]),
        (["--dataset", "../"], ["neither letters nor digits"]),
    ],
)
def test_a_wrong_option_is_one_clear_line(
    tmp_path: Path, root: Path, run: Run, options: list[str], words: list[str]
) -> None:
    (tmp_path / "a.csv").write_text(HEAD + row(1))
    before = tree(root)
    assert_one_line(*run("import", tmp_path / "a.csv", "--data", root, *options), *words)
    assert tree(root) == before


def test_what_is_no_file_is_named(tmp_path: Path, root: Path, run: Run) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert_one_line(*run("import", tmp_path / "folder.csv", "--data", root), "is a folder; name the files in it")
    assert_one_line(*run("import", tmp_path / "absent.csv", "--data", root), "absent.csv: cannot be read (No such file")
    assert_one_line(*run("import", "/dev/null", "--data", root), "is no file on disk")


@pytest.mark.parametrize(
    ("name", "content", "kept", "refused"),
    [
        ("a.csv", (HEAD + row(1) + "2,too,few\n" + row(3)).encode(), 2, [(3, "wrong number of fields")]),
        ("a.csv", (HEAD + row(1) + '2,"open,Kelp,text,2023\n' + row(3)).encode(), 2, [(3, "wrong number of fields")]),
        # Two rows with a stray quote each have the right number of fields together.
        ("a.csv", b'id,title,text\n1,"a,b\n2,"c,d\n3,e,f\n', 1, [(2, "stray or unclosed quote")]),
        ("a.csv", b'id,title,text\n1,a,b\n2,c,"never closed', 1, [(3, "stray or unclosed quote")]),
        (
            "a.csv",
            (HEAD + row(1) + f"2,a,b,{LONG},\n" + row(3)).encode(),
            2,
            [(3, "longer than 10,000,000 characters")],
        ),
        ("a.jsonl", f'{{"text":"a"}}\n{{"text":"{LONG}"}}\n{{"text":"b"}}'.encode(), 2, [(2, "longer than")]),
        ("a.json", f'[{{"text":"a"}},{{"text":"{LONG}"}},{{"text":"b"}}]'.encode(), 2, [(2, "longer than")]),
        ("a.csv", (HEAD + row(1) + "2,Data\0,b,c,\n" + row(3)).encode(), 2, [(3, "NUL byte")]),
        ("a.jsonl", b'{"text":"a"}\n{"text":"b\0"}\n{"text":"c"}\n', 2, [(2, "NUL byte")]),
        ("a.json", b'[{"text":"a"},{"text":"b\0"},{"text":"c"}]', 2, [(2, "NUL byte")]),
        ("a.json", b'[{"text":"a"},{"text":"b"}', 2, [(3, "the JSON array is not closed")]),
        ("a.jsonl", b'{"text":"a"}\n{"text":' + b"[" * 100_000 + b"\n", 1, [(2, "bad JSON")]),
        (
            "a.csv",
            f"{HEAD}1,데이터 개발자,솔바람,운영,\n".encode() + "2,데,b,c,\n".encode("cp949"),
            1,
            [(3, "not utf-8 text")],
        ),
        ("a.csv", (HEAD + row(1, "2099-01-01")).encode(), 1, [(2, "date in the future")]),
        ("a.csv", (HEAD + row(1, "03/04/2023")).encode(), 1, [(2, "date not clear")]),
    ],
)
def test_good_rows_beside_bad_ones_are_stored(
    tmp_path: Path, root: Path, run: Run, name: str, content: bytes, kept: int, refused: list[tuple[int, str]]
) -> None:
    (tmp_path / name).write_bytes(content)
    code, out, err = run("import", tmp_path / name, "--data", root)
    assert (code, err) == (0, "")
    assert f"{kept:,} new" in out
    assert "rejects/import-a-" in out
    assert len(stored(root)) == kept
    found = rejects(root)
    assert len(found) == len(refused)
    for (file, line, reason), (expected_line, start) in zip(found, refused, strict=True):
        assert (file, line, reason.startswith(start)) == (name, expected_line, True)


def test_nesting_of_any_depth_rejects_its_row_alone(tmp_path: Path, root: Path, run: Run) -> None:
    """Some depths pass the JSON reader and break whatever walks the value after it."""
    depths = range(100, 1_100, 20)
    rows = [f'{{"text": "good {d}", "title": {"[" * d}1{"]" * d}}}\n' for d in depths]
    (tmp_path / "a.jsonl").write_text("".join(rows) + '{"text": "fine"}\n')
    assert run("import", tmp_path / "a.jsonl", "--data", root)[0] == 0
    assert {r for _, _, r in rejects(root)} == {"bad JSON", "nested too deeply"}
    assert len(stored(root)) + len(rejects(root)) == len(depths) + 1


def test_a_future_date_is_left_out_and_listed(tmp_path: Path, root: Path, run: Run) -> None:
    dates = ["2024-02-01", "2024-01-31", "2024-02", "2024", "9999-99-99"]
    (tmp_path / "a.csv").write_text(HEAD + "".join(row(i, d) for i, d in enumerate(dates, 1)))
    code, out, _ = run("import", tmp_path / "a.csv", "--read-on", "2024-01-31", "--data", root)
    assert (code, "2 with a date in the future; " in out or "2 with a date in the future\n" in out) == (0, True)
    assert [p["posted_at"] for p in stored(root)] == [None, "2024-01-31", None, "2024", None]
    assert [line for _, line, _ in rejects(root)] == [2, 4, 6]


def test_the_same_id_loses_nothing(tmp_path: Path, root: Path, run: Run) -> None:
    (tmp_path / "a.csv").write_text(HEAD + row(1) + row(1) + row(1).replace("night", "day") + row(2))
    code, out, _ = run("import", tmp_path / "a.csv", "--data", root)
    assert code == 0
    assert "4 rows: 3 new; 1 repeated in the file; 1 same id but other content, kept apart" in out
    assert sorted((p["native_id"], "day" in p["text"]) for p in stored(root)) == [
        ("1", False),
        ("1", True),
        ("2", False),
    ]


def test_cp949_and_mixed_newlines_are_read(tmp_path: Path, root: Path, run: Run) -> None:
    text = (
        '공고번호,직무명,본문\r\n1,데이터 엔지니어,"에어플로우\r\n둘째 줄\r셋째 줄"\r2,분석가,똠방각하\n3,개발자,마지막'
    )
    (tmp_path / "a.csv").write_bytes(text.encode("cp949"))
    assert run("import", tmp_path / "a.csv", "--data", root)[0] == 0
    found = [(p["native_id"], p["text"]) for p in stored(root)]
    assert found == [("1", "에어플로우\n둘째 줄\n셋째 줄"), ("2", "똠방각하"), ("3", "마지막")]
    assert rejects(root) == []


def bombs() -> dict[str, str]:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    return {
        "deep": "<div>" * 100_000 + "Airflow" + "</div>" * 100_000,
        "entities": f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><p>Airflow &e9;</p>',
        "attribute": f'<p data-x="{"a" * 9_900_000}">Airflow</p>',
        "open": "<b>" * 100_000 + "Airflow" + "<table><tr><td>" * 10_000,
        "escapes": "<p>Airflow " + "&amp;" * 500_000 + "lt;p&gt;</p>",
        "brackets": "<p>Airflow</p>" + "<" * 500_000,
    }


@pytest.mark.parametrize("name", bombs())
def test_html_bombs_do_no_harm(tmp_path: Path, root: Path, run: Run, name: str) -> None:
    html = bombs()[name]
    (tmp_path / "page.html").write_text(f"<h1>Engineer</h1>{html}")
    quoted = html.replace('"', '""')
    (tmp_path / "cells.csv").write_text(f'id,title,text\n1,a,first\n2,b,"{quoted}"\n3,c,last\n')
    started = time.monotonic()
    assert run("import", tmp_path / "page.html", tmp_path / "cells.csv", "--data", root)[0] == 0
    assert time.monotonic() - started < 15
    texts = [p["text"] for p in stored(root)]
    assert [texts[0], texts[2]] == ["first", "last"]
    assert all("Airflow" in text for text in (texts[1], texts[3]))
    assert rejects(root) == []


def test_one_bad_page_does_not_keep_the_others_out(tmp_path: Path, root: Path, run: Run) -> None:
    (tmp_path / "good.html").write_text("<h1>Engineer</h1><p>Airflow")
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "pdf.html").write_bytes(b"%PDF-1.7")
    code, _, _ = run("import", *sorted(tmp_path.glob("*.html")), "--data", root)
    assert (code, len(stored(root))) == (0, 1)
    assert [(f, r.split(";")[0]) for f, _, r in rejects(root)] == [
        ("empty.html", "the file is empty"),
        ("pdf.html", "this is a PDF"),
    ]

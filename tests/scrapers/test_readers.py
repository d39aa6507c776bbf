import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.readers import read_columns, read_rows
from scrapers.rows import BadRow, ImportProblem, Row


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def values_of(path: Path, encoding: str | None = None) -> list[dict[str, object]]:
    return [dict(r.values) for r in read_rows(path, encoding) if isinstance(r, Row)]


def bad_of(path: Path, encoding: str | None = None) -> list[tuple[int, str]]:
    return [(r.line, r.reason) for r in read_rows(path, encoding) if isinstance(r, BadRow)]


def test_csv_fields_keep_lines_quotes_and_mixed_newlines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,text\r\n1,"two\r\nlines, ""quoted"""\n\n2,plain\r3,last')
    assert values_of(path) == [
        {"id": "1", "text": 'two\nlines, "quoted"'},
        {"id": "2", "text": "plain"},
        {"id": "3", "text": "last"},
    ]


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.csv", "|"), ("a.tsv", "\t")])
def test_csv_delimiters(tmp_path: Path, name: str, mark: str) -> None:
    path = write(tmp_path / name, f"id{mark}title\n1{mark}x y\n")
    assert values_of(path) == [{"id": "1", "title": "x y"}]


def test_csv_refuses_bad_rows_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"id,title,text\n1,a,b\n2,too,many,fields\n3,few\n4,n\0l,x\n5,\xff\xfe,x\n6,g,h\n")
    assert [v["id"] for v in values_of(path)] == ["1", "6"]
    assert bad_of(path) == [
        (3, "wrong number of fields"),
        (4, "wrong number of fields"),
        (5, "NUL byte"),
        (6, "not utf-8 text; see --encoding"),
    ]


def test_csv_stray_quote_does_not_swallow_the_rows_below(tmp_path: Path) -> None:
    rows = "".join(f"{i},t{i},some text {i}\n" for i in range(3, 50))
    path = write(tmp_path / "a.csv", 'id,title,text\n1,a,b\n2,"open quote,x\n' + rows)
    assert [v["id"] for v in values_of(path)] == ["1", *map(str, range(3, 50))]
    assert bad_of(path) == [(3, "wrong number of fields")]


def test_jsonl_breaks_at_newlines_only(tmp_path: Path) -> None:
    lines = [json.dumps({"text": "a\u2028b\x85c"}, ensure_ascii=False), "", '{"text": "d"}']
    path = write(tmp_path / "a.jsonl", "\r\n".join(lines))
    assert values_of(path) == [{"text": "a\u2028b\x85c"}, {"text": "d"}]
    assert [r.line for r in read_rows(path)] == [1, 3]


def test_jsonl_refuses_bad_rows_alone(tmp_path: Path) -> None:
    content = b'{"a": 1}\n{"a": \n[1]\n{"a": "\xff"}\n{"a": "\0"}\n' + b"[" * 50_000 + b'\n{"a": 2}\n'
    path = write(tmp_path / "a.jsonl", content)
    assert values_of(path) == [{"a": 1}, {"a": 2}]
    assert bad_of(path) == [
        (2, "bad JSON"),
        (3, "not a JSON object"),
        (4, "not utf-8 text; see --encoding"),
        (5, "NUL byte"),
        (6, "bad JSON"),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_overlong_lines_are_refused_in_bounded_memory(tmp_path: Path, name: str) -> None:
    first, last = ('{"id": 1}', '{"id": 2}') if name == "a.jsonl" else ("id,b,c\n1,x,y", "2,x,y")
    path = tmp_path / name
    with path.open("w") as stream:
        stream.write(first + "\n")
        for _ in range(60):
            stream.write("x" * 1_000_000)
        stream.write("\n" + last + "\n")
    tracemalloc.start()
    found = list(read_rows(path, "utf-8"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(r).__name__ for r in found] == ["Row", "BadRow", "Row"]
    assert isinstance(found[1], BadRow)
    assert found[1].reason.startswith("longer than")
    assert len(found[1].excerpt) == 200
    assert peak < 45_000_000


@pytest.mark.parametrize("indent", [None, 2])
def test_json_array(tmp_path: Path, indent: int | None) -> None:
    rows = [{"id": i, "text": '], [ } \\ " 한글' * 50} for i in range(4_000)]
    path = write(tmp_path / "a.json", json.dumps(rows, ensure_ascii=False, indent=indent))
    assert values_of(path) == rows


def test_json_array_refuses_bad_items_alone(tmp_path: Path) -> None:
    padding = json.dumps({"id": 9, "text": "x" * 2_000_000})
    path = write(tmp_path / "a.json", f'[{{"id": 1}}, {{"id": bad}}, {{"id": 3}}, 4, {padding}, {{"id": 5}}, {{"id"')
    assert [v["id"] for v in values_of(path)] == [1, 3, 9, 5]
    assert bad_of(path) == [(2, "bad JSON"), (4, "not a JSON object"), (7, "bad JSON")]
    unclosed = write(tmp_path / "b.json", '[{"id": 1},')
    assert bad_of(unclosed) == [(2, "the JSON array is not closed")]


def test_json_of_one_object_per_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '{"id": 1}\n{"id": 2}\n')
    assert [v["id"] for v in values_of(path)] == [1, 2]


def test_parquet_by_column(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(5_000)), "text": ["t"] * 5_000}), path)
    assert read_columns(path) == ["id", "text"]
    rows = list(read_rows(path, columns=["id"]))
    assert (len(rows), rows[-1]) == (5_000, Row(5_000, {"id": 4_999}))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv: the file is empty"),
        ("a.csv", b"\n\n", "a.csv: the file is empty"),
        ("a.json", b" ", "a.json: the file is empty"),
        ("a.json", b'{"jobs": [', "neither a JSON array of objects nor one object per line"),
        ("a.parquet", b"", "a.parquet: not a whole Parquet file"),
        ("a.parquet", b"PAR1 cut", "a.parquet: not a whole Parquet file"),
        ("a.xlsx", b"PK", "a.xlsx: its name ends in none of .csv .tsv"),
        ("a.csv", "naïve,résumé\n1,caf\u00e9s\n".encode("latin-1"), "name its encoding with --encoding"),
    ],
)
def test_unusable_files_are_one_clear_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(ImportProblem) as caught:
        read_columns(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_truncated_parquet_data_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"{i}" * 50 for i in range(9_000)]}), path, compression="none")
    raw = bytearray(path.read_bytes())
    raw[2_000:60_000] = b"\xff" * 58_000
    path.write_bytes(raw)
    with pytest.raises(ImportProblem, match="not a whole Parquet file"):
        list(read_rows(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_encodings_are_found_out(tmp_path: Path, name: str, encoding: str) -> None:
    text = {"a.csv": "제목\n데이터 엔지니어 뷁\n", "a.jsonl": '{"제목": "데이터 엔지니어 뷁"}\n'}.get(
        name, '[{"제목": "데이터 엔지니어 뷁"}]'
    )
    path = write(tmp_path / name, text.encode(encoding))
    assert values_of(path) == [{"제목": "데이터 엔지니어 뷁"}]
    assert values_of(path, {"utf-8-sig": "utf-8"}.get(encoding, encoding)) == [{"제목": "데이터 엔지니어 뷁"}]


def test_one_broken_row_does_not_change_the_encoding(tmp_path: Path) -> None:
    good = "1,데이터\n".encode("cp949")
    path = write(tmp_path / "a.csv", b"id,title\n" + good * 5 + b"2,\x81\xff\n" + good)
    assert [v["title"] for v in values_of(path)] == ["데이터"] * 6
    assert bad_of(path) == [(7, "not cp949 text; see --encoding")]
    with pytest.raises(ImportProblem, match="unknown encoding 'klingon'"):
        read_columns(path, "klingon")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_refusals_or_one_clear_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.csv", "a.jsonl", "a.json", "a.parquet"):
        path = write(folder / name, raw)
        try:
            found = list(read_rows(path))
        except ImportProblem as problem:
            found, message = [], str(problem)
        else:
            message = ""
        assert all(isinstance(r, Row | BadRow) for r in found)
        assert "\n" not in message

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrapers.importing import ImportProblem, import_files
from scrapers.store import Store

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parents[1] / "pages" / "saved_pages"

ROWS: list[dict[str, Any]] = [
    {"id": "1", "title": "Data Engineer", "company": "Kelp", "description": "Runs Airflow.\nLine two", "year": "2023"},
    {
        "id": "2",
        "title": "BI Analyst",
        "company": None,
        "description": "<p>SQL</p><ul><li>dbt</li></ul>",
        "year": "2024",
    },
    {
        "id": None,
        "title": "데이터 엔지니어",
        "company": "솔바람",
        "description": "Airflow를 운영\u2028합니다",
        "year": "2024",
    },
]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def stored(store: Store) -> list[dict[str, Any]]:
    return [row for source in store.sources() for batch in store.postings(source) for row in batch.to_pylist()]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "root")


def test_every_format_gives_the_same_postings(tmp_path: Path) -> None:
    seen = set()
    for suffix, write in {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}.items():
        store = Store(tmp_path / suffix)
        (summary,) = import_files([write(tmp_path / f"jobs.{suffix}", ROWS)], store)
        assert (summary.n_rows, summary.n_new, summary.n_rejected) == (3, 3, 0)
        seen.add(tuple((p["posting_id"], p["content_sha"], p["native_id"]) for p in stored(store)))
    assert len(seen) == 1


def test_importing_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    path = write_csv(tmp_path / "jobs.csv", ROWS)
    (first,) = import_files([path], store)
    before = {name: store.files.read(name) for name in store.files.names("")}
    (again,) = import_files([path], store, read_on="2024-06-01")
    assert (first.is_repeat, again.is_repeat, again.run) == (False, True, first.run)
    assert again.lines() == [f"jobs (job_board): already imported as {first.run}; nothing changed"]
    assert {name: store.files.read(name) for name in store.files.names("")} == before


def test_an_edited_file_stores_only_what_changed(tmp_path: Path, store: Store) -> None:
    import_files([write_csv(tmp_path / "jobs.csv", ROWS)], store)
    edited = [{**ROWS[0], "description": "Runs Dagster."}, *ROWS[1:], {**ROWS[1], "id": "9"}]
    (summary,) = import_files([write_csv(tmp_path / "jobs.csv", edited)], store)
    assert (summary.n_new, summary.n_changed, summary.n_unchanged) == (1, 1, 2)


def test_repeated_rows_and_taken_ids_lose_nothing(tmp_path: Path, store: Store) -> None:
    rows = [
        {"id": "1", "title": "a", "text": "one", "location": "Oslo"},
        {"id": "1", "title": "a", "text": "one", "location": "Oslo"},
        {"id": "1", "title": "a", "text": "two", "location": "Oslo"},
        {"id": "1", "title": "a", "text": "two", "location": "Bergen"},
        {"id": "1", "title": "a", "text": "two", "location": "Oslo"},
        {"id": "", "title": "a", "text": "one", "location": "Oslo"},
        {"id": "", "title": "a", "text": "one", "location": "Oslo"},
        {"id": "", "title": "b", "text": "one", "location": "Oslo"},
    ]
    (summary,) = import_files([write_csv(tmp_path / "jobs.csv", rows)], store)
    assert (summary.n_rows, summary.n_new, summary.n_repeated, summary.n_id_conflicts) == (8, 5, 3, 2)
    found = stored(store)
    assert sorted((p["native_id"] or "", p["title"], p["text"], p["location"]) for p in found) == [
        ("", "a", "one", "Oslo"),
        ("", "b", "one", "Oslo"),
        ("1", "a", "one", "Oslo"),
        ("1", "a", "two", "Bergen"),
        ("1", "a", "two", "Oslo"),
    ]
    assert len({p["posting_id"] for p in found}) == 5


def test_bad_rows_are_kept_apart_with_their_reason(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "jobs.jsonl"
    path.write_text('{"text": "good"}\n{"text": \n{"text": 5}\n{"text": null}\n', encoding="utf-8")
    (summary,) = import_files([path], store)
    assert summary.reasons == {"bad JSON": 1, "the text is int, not text": 1, "no text and no title": 1}
    assert (summary.n_rows, summary.n_new, summary.n_rejected) == (4, 1, 3)
    rejects = [json.loads(line) for line in store.files.read(f"rejects/{summary.run}.jsonl").splitlines()]
    assert rejects[0] == {"file": "jobs.jsonl", "line": 2, "reason": "bad JSON", "excerpt": '{"text": '}
    assert [r["line"] for r in rejects] == [2, 3, 4]
    assert "3 rejected" in summary.lines()[-1]


def test_a_dataset_column_makes_several_sources_unless_one_is_named(tmp_path: Path) -> None:
    rows = [{"dataset": d, "text": f"text {d}"} for d in ("north", "south/../x", "")]
    path = write_csv(tmp_path / "all.csv", rows)
    (summary,) = import_files([path], Store(tmp_path / "a"))
    assert summary.sources == {"north": 1, "south_.._x": 1, "all": 1}
    (summary,) = import_files([path], Store(tmp_path / "b"), dataset="my set")
    assert summary.sources == {"my_set": 3}


def test_saved_pages_are_one_run(store: Store) -> None:
    pages = sorted(PAGES.glob("*.html"))
    (summary,) = import_files(pages, store, company="솔바람데이터", country="KR")
    assert (summary.dataset, summary.n_new, summary.n_rejected) == ("saved_pages", 4, 0)
    found = {p["native_id"]: p for p in stored(store)}
    korean = found["https://jobs.solbaram.example/notice/88"]
    assert (korean["company"], korean["country"], korean["is_page_text"]) == ("솔바람데이터", "KR", True)
    assert (found["BL-4711"]["company"], found["BL-4711"]["posted_at_kind"]) == ("Birchline GmbH", "structured")
    assert import_files(pages, store, company="솔바람데이터", country="KR")[0].is_repeat


def test_hiring_thread_rows_are_read_by_their_header(tmp_path: Path, store: Store) -> None:
    text = "Kelp | Data Engineer | Oslo | REMOTE | Full-time\n\nWe run Airflow."
    path = write_jsonl(
        tmp_path / "hn_threads.jsonl", [{"id": "5", "month": "2023-04", "posted_at": "2023-04-03", "text": text}]
    )
    (summary,) = import_files([path], store)
    (posting,) = stored(store)
    assert summary.family == posting["family"] == "hn"
    assert (posting["company"], posting["remote"]) == ("Kelp", True)
    assert (posting["posted_at"], posting["posted_at_kind"]) == ("2023-04", "thread")


def test_options_are_part_of_the_run(tmp_path: Path, store: Store) -> None:
    path = write_csv(tmp_path / "jobs.csv", [{"a": "first", "b": "second"}])
    (one,) = import_files([path], store, mapping={"text": "a"})
    (two,) = import_files([path], store, mapping={"text": "b"})
    assert one.run != two.run
    assert sorted(p["text"] for p in stored(store)) == ["first", "second"]


def test_summary_and_report_agree(tmp_path: Path, store: Store) -> None:
    rows = [
        {"text": f"text {i}", "posted_at": d} for i, d in enumerate(("2023-05-06", "2022", "03/04/2023", "2025-01-01"))
    ]
    (summary,) = import_files([write_csv(tmp_path / "jobs.csv", rows)], store, read_on="2024-01-31")
    assert (summary.n_no_date, summary.n_unread_dates, summary.n_future) == (2, 1, 1)
    assert summary.periods == ("2022", "2023-05-06")
    assert summary.mapping == {"text": "text", "posted_at": "posted_at"}
    report = json.loads(store.files.read(f"runs/{summary.run}.json"))
    assert report["boards"][0]["n_new"] == summary.n_new == 4
    assert "posted 2022 to 2023-05-06" in "\n".join(summary.lines())


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.csv", b"", {}, "a.csv: the file is empty"),
        ("a.csv", b"title,text\n", {}, "a.csv: it has column names but no row"),
        ("a.csv", b"title,firm\nx,y\n", {}, "name it with --map text=COLUMN"),
        ("a.jsonl", b"oops\n", {}, "a.jsonl: no row could be read"),
        ("a.csv", b"title,text\n,\n", {}, "the first of them, line 2: no text and no title"),
        ("a.parquet", b"PAR1", {}, "not a whole Parquet file"),
        ("a.csv", b"text\nx\n", {"family": "blog"}, "unknown family 'blog'; families are hn"),
        ("a.csv", b"text\nx\n", {"country": "Atlantis"}, "unknown country 'Atlantis'"),
        ("a.csv", b"text\nx\n", {"read_on": "2024"}, "is no day"),
        ("a.csv", b"text\nx\n", {"dataset": "../"}, "neither letters nor digits"),
    ],
)
def test_a_failed_import_leaves_nothing_behind(
    tmp_path: Path, store: Store, name: str, content: bytes, options: dict[str, Any], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportProblem) as caught:
        import_files([tmp_path / name], store, **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert store.files.names("") == []


def test_missing_file_is_named(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ImportProblem, match=r"absent\.csv: cannot be read"):
        import_files([tmp_path / "absent.csv"], store)


def test_data_that_ends_in_the_middle_is_not_committed(tmp_path: Path, store: Store) -> None:
    path = write_parquet(tmp_path / "jobs.parquet", [{"text": f"{i} " * 200} for i in range(9_000)])
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 2_000] = b"\xff" * 2_000
    path.write_bytes(raw)
    with pytest.raises(ImportProblem, match="not a whole Parquet file"):
        import_files([path], store)
    assert store.files.names("") == []


def test_progress_counts_rows_over_all_files(tmp_path: Path, store: Store) -> None:
    one = write_csv(tmp_path / "one.csv", [{"text": f"a {i}"} for i in range(600)])
    two = write_csv(tmp_path / "two.csv", [{"text": f"b {i}"} for i in range(3)])
    calls: list[int] = []
    import_files([one, two], store, on_rows=calls.append)
    assert calls == [500, 600, 603]


_MEASURE = """
import resource, sys
from pathlib import Path
from scrapers.importing import import_files
from scrapers.store import Store
import_files([Path(sys.argv[1])], Store(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for n_rows in (3_000, 9_000):
        path = tmp_path / f"jobs{n_rows}.jsonl"
        with path.open("w") as stream:
            stream.writelines(json.dumps({"id": i, "text": f"{i} " + "words " * 1_000}) + "\n" for i in range(n_rows))
        command = [sys.executable, "-c", _MEASURE, str(path), str(tmp_path / f"root{n_rows}")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        peaks.append(int(done.stdout) * 1024)
    # The larger file holds 36 MB more text.
    assert peaks[1] - peaks[0] < 15_000_000

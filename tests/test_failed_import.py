"""An import that fails for reasons outside its files ends in one clear line and leaves the store as it was."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scrapers.store import Store

ROOT = Path(__file__).parents[1]
HEAD = "id,title,company,description,posted_at\n"
TEXT = "We run Airflow every night as number"
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


def assert_one_line(code: int, out: str, err: str, *words: str) -> None:
    assert (code, out) == (1, "")
    assert err.startswith("airflow-demand: ")
    assert err.count("\n") == 1
    assert len(err) < 600
    for word in words:
        assert word in err


def test_the_file_before_a_bad_one_stays_imported(tmp_path: Path, root: Path, run: Run) -> None:
    (tmp_path / "good.csv").write_text(HEAD + row(1))
    (tmp_path / "bad.csv").write_text("firm\nKelp\n")
    code, out, err = run("import", tmp_path / "good.csv", tmp_path / "bad.csv", "--data", root)
    assert_one_line(code, out, err, "bad.csv: no column holds the text", "(imported before it: good.csv)")
    assert len(stored(root)) == 1


@pytest.mark.parametrize("place", ["{}/file", "{}/file/below", "/proc/nowhere", "/sys/kernel", "no-such-protocol://x"])
def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, run: Run, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "a.csv").write_text(HEAD + row(1))
    before = tree(tmp_path)
    assert_one_line(*run("import", tmp_path / "a.csv", "--data", place.format(tmp_path)), "cannot ")
    assert tree(tmp_path) == before


def test_a_file_in_the_way_of_the_commit_leaves_nothing(tmp_path: Path, run: Run) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "commits").write_text("in the way")
    (tmp_path / "root" / "postings").mkdir()
    (tmp_path / "root" / "postings" / "mine.csv").write_text("somebody's own file")
    (tmp_path / "a.csv").write_text(HEAD + row(1) + "too,few\n")
    assert_one_line(*run("import", tmp_path / "a.csv", "--data", tmp_path / "root"), "cannot use", "commits")
    left = {name for name in tree(tmp_path / "root") if name != ".lock"}
    assert left == {"commits", "postings/mine.csv"}


@contextmanager
def small_files() -> Iterator[None]:
    """Let no file grow beyond 4 KB: writing more fails as it does on a full disk.

    No fixture: it would hold while pytest reports on the test, into a file perhaps that has grown already.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def noise(path: Path, n_rows: int) -> Path:
    rows = (f"{i},a,b,{i * 7_919 % 104_729} {i**7} {i**9},2023\n" for i in range(n_rows))
    path.write_text(HEAD + "2,too,few\n" + "".join(rows))
    return path


@pytest.mark.parametrize("n_rows", [500, 4_500])
def test_a_disk_that_is_full_leaves_the_store_as_it_was(tmp_path: Path, root: Path, run: Run, n_rows: int) -> None:
    path, before = noise(tmp_path / "a.csv", n_rows), tree(root)
    with small_files():
        ended = run("import", path, "--data", root)
    assert_one_line(*ended, "no space left on the disk", "free some and run again")
    assert tree(root) == before


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "analysis", "import", *map(str, words)]


def test_ctrl_c_is_one_line_and_a_rerun_completes(tmp_path: Path, root: Path, run: Run) -> None:
    path, before = tmp_path / "long.jsonl", tree(root)
    with path.open("w") as stream:
        stream.writelines(json.dumps({"id": i, "text": f"{TEXT} {i} " * 20}) + "\n" for i in range(20_000))
    process = subprocess.Popen(
        command(path, "--data", root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # A shell starts what runs in the background with Ctrl-C ignored, and a child of the tests would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not list(root.glob("postings/source=long/.*")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert_one_line(process.returncode, out, err, "stopped", "run the same command again")
    assert tree(root) == before
    code, out, _ = run("import", path, "--data", root)
    assert (code, len(stored(root))) == (0, 20_000)
    assert "20,000 new" in out


def test_without_standard_input_the_command_works(tmp_path: Path, root: Path) -> None:
    (tmp_path / "good.csv").write_text(HEAD + row(1))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    closed = ["sh", "-c", 'exec "$@" <&-', "sh"]
    words = command(tmp_path / "good.csv", tmp_path / "bad.parquet", "--data", root)
    done = subprocess.run([*closed, *words], capture_output=True, text=True, cwd=ROOT, check=False)
    assert_one_line(done.returncode, done.stdout, done.stderr, "bad.parquet: not a whole Parquet file")
    assert len(stored(root)) == 1

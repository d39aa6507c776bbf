"""A data root in a bucket: the same bytes as on a disk, one writer, errors in one line, and nothing lost by a kill."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import s3fs
from pytest_httpserver import HTTPServer

from analysis.classify.tagger import Tagger
from analysis.excerpt import excerpts
from analysis.explanation import explain
from analysis.learn.versions import Versions
from analysis.loading import load
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.publishing.vintages import Published, seal, show
from analysis.status import status
from analysis.tag import tag_store
from scrapers import s3
from scrapers.collect import collect
from scrapers.importing import import_files
from scrapers.runs import RunWriter
from scrapers.store import Store, StoreError
from tests.bucket import CREDENTIALS, Server, free_port, serve
from tests.scrapers.kelp import lever
from tests.scrapers.test_store import make, put

IS_SOAK = bool(os.environ.get("AIRFLOW_DEMAND_SOAK"))
N_KILLS = 20 if IS_SOAK else 1
N_ROWS = 120
WALK = "We walk along the harbour at noon, bake bread on Fridays, and look after a garden of our own behind the house."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch, serve(tmp_path_factory.mktemp("server")) as found:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": found.address}.items():
            patch.setenv(name, value)
        s3fs.S3FileSystem(use_listings_cache=False).mkdir("harbour")
        yield found


@pytest.fixture
def bucket(server: Server, request: pytest.FixtureRequest) -> str:
    """The address of a data root of the test's own."""
    return f"s3://harbour/{request.node.name}"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("input") / "shops.jsonl", random.Random(5)
    with path.open("w", encoding="utf-8") as out:
        for i in range(N_ROWS):
            need, plus = rng.choice(["Airflow", "Spark"]), rng.choice(["Airflow", "Kafka"])
            asked = f"Requirements\n- {need}, case {i}\n우대사항\n- {plus} 경험 {rng.random()}"
            text = f"{WALK} {rng.random()}\n{asked}\n{WALK}"
            row = {"id": str(i), "title": "Data Engineer", "company": f"Shop {i % 29}", "text": text}
            out.write(json.dumps({**row, "posted_at": f"2023-0{1 + i % 9}-04"}, ensure_ascii=False) + "\n")
    return path


def files_of(root: str | Path) -> dict[str, bytes]:
    """Return what lies below a root, the lock left out."""
    files = Store(root).files
    names = [name for folder in sorted(_folders(files)) for name in files.names(folder)]
    return {name: files.read(name) for name in names}


def _folders(files: Any) -> set[str]:
    return {str(p)[len(files.root) + 1 :].split("/")[0] for p in files.fs.find(files.root)} - {".lock"}


def run_everything(root: str | Path, rows: Path, asked: HTTPServer, tagger: Tagger) -> dict[str, Any]:
    """Import, collect twice, tag after each, and return what the commands that read say."""
    store = Store(root)
    import_files([rows], store, dataset="shops", read_on="2023-12-01", is_truncated=False)
    for day, jobs in ((21, (1, 2, 3)), (22, (1, 3, 4))):
        asked.clear()
        asked.expect_request("/v0/postings/kelp").respond_with_data(
            lever("", {}, jobs) or b"", content_type="application/json"
        )
        now = datetime(2026, 11, day, 6, tzinfo=UTC)
        more: dict[str, Any] = {"base_url": asked.url_for("/"), "interval": 0.0, "clock": lambda: 0.0}
        assert collect(["lever:kelp"], store, run=f"day-{day}", now=now, **more).failure() is None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Tagger, "load", lambda *_: tagger)
            tag_store(store, with_snapshot=False)
    return read_everything(Store(root), tagger)


def read_everything(store: Store, tagger: Tagger) -> dict[str, Any]:
    facts, query = load(store, "store"), Query(by=("year",))
    quoted = excerpts(store, Query(), tagger=tagger)
    return {
        "status": {**status(store).to_dict(), "root": ""},
        "rates": rates(facts, query).to_dict("records"),
        "excerpts": quoted,
        "explain": explain(facts, store, quoted[0].posting_id, "airflow", tagger=tagger),
        "models": Versions(store.files.address).listed(),
    }


def test_a_bucket_holds_and_tells_what_a_disk_does(
    bucket: str, tmp_path: Path, rows: Path, httpserver: HTTPServer
) -> None:
    tagger = Tagger.load(root=bucket)
    told = run_everything(bucket, rows, httpserver, tagger)
    assert told == run_everything(tmp_path, rows, httpserver, tagger)
    assert told["rates"]
    found = files_of(bucket)
    assert found == files_of(tmp_path)
    assert {"commits", "facts", "facts_history", "fetches", "pages", "postings", "runs", "sightings"} <= {
        name.split("/")[0] for name in found
    }
    assert not Store(bucket).files.exists(".lock")


def test_commits_and_reports_are_asked_for_once_by_a_command(bucket: str, server: Server) -> None:
    store = Store(bucket)
    for i in range(6):
        put(store, f"r{i}", [make(i)])
    before = len(server.requests())
    assert status(Store(bucket)).n_commits == 6
    asked = server.requests()[before:]
    assert [sum(f"GET /harbour/{Store(bucket).files.root.partition('/')[2]}/commits/r{i}.json" == a for a in asked)
            for i in range(6)] == [1] * 6  # fmt: skip
    # Two for each part of postings (ids, then rows), and what any number of runs costs.
    assert len(asked) < 6 * 5 + 40


def test_a_second_writer_is_refused_in_this_process_and_in_another(bucket: str) -> None:
    words = f"from scrapers.store import Store\nwith Store({bucket!r}).lock(): print('in')"
    with Store(bucket).lock():
        with pytest.raises(StoreError, match=rf"another run is writing to {bucket} \(process {os.getpid()} on"):
            put(Store(bucket), "r1", [make(1)])
        other = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60, check=False)
    assert "another run is writing" in other.stderr
    put(Store(bucket), "r1", [make(1)])


def test_the_lease_of_the_dead_is_taken_over_and_that_of_others_only_when_it_is_old(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(bucket)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(s3, "_where", lambda: "another-machine")
        store.files.lease(".lock").__enter__()._is_over.set()
    with pytest.raises(StoreError, match="on another-machine"):
        put(store, "r1", [make(1)])
    monkeypatch.setattr(s3, "LEASE_SECONDS", -1.0)
    put(store, "r1", [make(1)])
    monkeypatch.setattr(s3, "LEASE_SECONDS", 300.0)
    store.files.lease(".lock").__enter__()._is_over.set()
    monkeypatch.setattr(s3, "_is_alive", lambda pid: False)
    put(store, "r2", [make(2)])
    assert [c.run for c in store.commits()] == ["r1", "r2"]


@contextmanager
def quick_after(slow: Store, quick: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunWriter]:
    """Yield the writer of a run that another one has taken for dead and is writing instead of."""
    with ExitStack() as last, slow.begin("slow") as writer:
        writer.add([make(1)])
        monkeypatch.setattr(s3, "LEASE_SECONDS", -1.0)
        last.enter_context(quick.lock())
        quick.files.write("postings/source=shop/run=quick.parquet", b"not committed yet")
        yield writer


def test_who_was_taken_over_commits_nothing_and_sweeps_nothing_away(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = Store(bucket), Store(bucket)
    with quick_after(slow, quick, monkeypatch) as writer, pytest.raises(StoreError, match=r"has taken .* over"):
        writer.commit()
    assert quick.commits() == []
    assert quick.files.exists("postings/source=shop/run=quick.parquet")


def test_who_is_taken_over_while_it_sweeps_leaves_the_files_of_the_next_one(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick, part = Store(bucket), Store(bucket), "facts/source=lever/run=quick.parquet"
    with ExitStack() as last, slow.lock():
        slow.files.write("postings/source=shop/run=killed.parquet", b"left over")
        list_names = slow.files.names

        def stand_still(folder: str, suffix: str = "") -> list[str]:
            found = list_names(folder, suffix)
            if folder == "postings":
                monkeypatch.setattr(s3, "LEASE_SECONDS", -1.0)
                last.enter_context(quick.lock())
                quick.files.write(part, b"not committed yet")
            return found

        monkeypatch.setattr(slow.files, "names", stand_still)
        slow.sweep()
        assert quick.files.exists(part)
        vintage = Published(vintage="v", run="v", on="2026-11-23", as_of="2026-11-23", good="v")
        with pytest.raises(StoreError, match=r"has taken .* over"):
            seal(slow, vintage, {}, {})
        with pytest.raises(StoreError, match=r"has taken .* over"):
            show(slow, vintage)
        assert not quick.files.names("published")
        quick.sweep()
        assert not quick.files.exists(part)


def test_a_commit_replaces_no_other(bucket: str) -> None:
    store = Store(bucket)
    put(store, "r1", [make(1)])
    with pytest.raises(StoreError, match=r"commits/r1\.json"):
        store.write_commit("r1", "postings", {})
    store.files.write_once("x.json", b"1")
    store.files.write_once("x.json", b"1")
    assert (len(store.commits()), store.files.read("x.json")) == (1, b"1")


def test_all_files_of_a_root_are_named_and_removed_with_their_folder(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Store(bucket).files
    names = ["a/1.json", "b/c/2.json", "b/c/3.json"]
    for name in names:
        files.write(name, b"{}")
    assert files.names("") == names
    files.remove_all("b")
    files.remove_all("b")
    assert files.names("") == names[:1]
    for name, value in {"skip_instance_cache": True, "config_kwargs": {"retries": {"total_max_attempts": 1}}}.items():
        monkeypatch.setitem(s3.OPTIONS, name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreError, match=f"^cannot reach {bucket}/b"):
        Store(bucket).files.remove_all("b")


def test_a_large_part_is_read_in_pieces(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(Store(bucket), "r1", [make(i) for i in range(50)])
    monkeypatch.setattr("scrapers.files.WHOLE_BYTES", 10)
    assert sum(b.num_rows for b in Store(bucket).postings("shop")) == 50


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"root": "s3://no-such-bucket/x"}, "there is no bucket no-such-bucket: create it"),
        ({"AWS_ACCESS_KEY_ID": ""}, "no credentials for s3://harbour/x/commits: set AWS_ACCESS_KEY_ID"),
        ({"AWS_ENDPOINT_URL": "refused"}, "cannot reach s3://harbour/x/commits"),
    ],
)
def test_what_is_wrong_with_a_bucket_is_told_in_one_line(
    server: Server, change: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setitem(s3.OPTIONS, "skip_instance_cache", True)
    monkeypatch.setitem(s3.OPTIONS, "config_kwargs", {"retries": {"total_max_attempts": 1}})
    for name, value in change.items():
        if name.isupper():
            monkeypatch.setenv(name, value.replace("refused", f"http://127.0.0.1:{free_port()}"))
    if not os.environ["AWS_ACCESS_KEY_ID"]:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    store = Store(change.get("root", "s3://harbour/x"))
    with pytest.raises(StoreError) as error:
        store.commits()
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


def code(root: str | Path, step: str, rows: Path) -> str:
    work = {
        "import": f"import_files([Path({str(rows)!r})], store, dataset='shops', read_on='2023-12-01')",
        "tag": "tag_store(store, with_snapshot=False)",
    }[step]
    module = {"import": "scrapers.importing import import_files", "tag": "analysis.tag import tag_store"}[step]
    start = f"from pathlib import Path\nfrom scrapers.store import Store\nfrom {module}\n"
    return f"{start}store = Store({str(root)!r})\n{work}"


def kill_at(words: list[str], server: Server, n_requests: int) -> None:
    """Start a command and end it without warning when it has asked so much of the server, or is done."""
    before = len(server.requests())
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and len(server.requests()) - before < n_requests:
        time.sleep(0.005)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_run_starts_again_and_ends_in_the_bytes_of_an_undisturbed_one(
    bucket: str, server: Server, rows: Path, tmp_path: Path
) -> None:
    expected = {}
    for step in ("import", "tag")[: 1 + IS_SOAK]:
        exec(code(tmp_path, step, rows), {})
        expected[step] = files_of(tmp_path)
    rng = random.Random(11)
    for turn in range(N_KILLS):
        # From a disk to a bucket: what was imported on the one is tagged on the other.
        root, step = f"{bucket}/{turn}", ("import", "import", "tag")[turn % 3]
        if step == "tag":
            for name, content in expected["import"].items():
                Store(root).files.write(name, content)
        kill_at([sys.executable, "-c", code(root, step, rows)], server, rng.randrange(5, 30))
        exec(code(root, step, rows), {})
        assert files_of(root) == expected[step], (turn, step)

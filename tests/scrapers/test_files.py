"""Files of a data root on a disk: two writers of one name, what a killed one leaves, and what need not be written."""

import threading
from pathlib import Path

import pytest

from scrapers.files import Files, StoreError


def test_two_writers_of_one_file_come_one_after_the_other(tmp_path: Path) -> None:
    files, other = Files(tmp_path), Files(tmp_path)
    second = threading.Thread(target=other.write, args=("a/x.json", b"second"))
    with files.create("a/x.json") as stream:
        second.start()
        second.join(0.2)
        assert second.is_alive(), "it waits for the first one"
        stream.write(b"the first one, and longer")
    second.join(10)
    assert files.read("a/x.json") == b"second"
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["x.json"]


def test_many_writers_of_one_file_leave_it_whole(tmp_path: Path) -> None:
    files, contents, failed = Files(tmp_path), [bytes([65 + i]) * (1 + i * 10_000) for i in range(8)], []

    def write(content: bytes) -> None:
        for _ in range(5):
            try:
                files.write("x", content)
            except StoreError as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    assert files.read("x") in contents
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_what_a_killed_run_left_is_overwritten_and_what_fails_leaves_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / ".x.tmp").write_bytes(b"left by a killed run, longer than what comes")
    files.write("x", b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x": b"new"}
    with pytest.raises(TypeError, match="str"), files.create("b/y") as stream:
        stream.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_file_that_holds_these_bytes_is_left_alone(tmp_path: Path) -> None:
    files = Files(tmp_path)
    assert files.write_changed("x", b"1")
    at = (tmp_path / "x").stat().st_mtime_ns
    assert not files.write_changed("x", b"1")
    assert (tmp_path / "x").stat().st_mtime_ns == at
    assert files.write_changed("x", b"2")
    assert files.read("x") == b"2"


def test_a_root_is_named_by_path_or_address_and_leads_back_to_itself(tmp_path: Path) -> None:
    assert Files(tmp_path).address == str(tmp_path)
    there = Files("memory://named/root")
    there.write("x", b"1")
    assert there.address.startswith("memory://")
    assert Files(there.address).read("x") == b"1"
    assert Files(there.path("x").removesuffix("/x")).read("x") == b"1"
    there.remove("x")

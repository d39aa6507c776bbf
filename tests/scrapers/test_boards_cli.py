"""`boards list` and `boards check` as they are typed."""

import csv
import io
import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scrapers import board_check
from scrapers import boards as boards_module
from scrapers.client import Client
from tests.conftest import Run
from tests.scrapers.conftest import job, serve

ROWS = "platform,token,label\ngardens,acme,Kelp & Sons\ngardens,gone,Gone\nkitchens,other,Basalt Bank\n"


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platforms: object, in_earnest: None) -> list[str]:
    (tmp_path / "boards.csv").write_text(ROWS, encoding="utf-8")
    monkeypatch.setattr(boards_module, "bundled", lambda name: tmp_path / name)
    return ["--data", str(tmp_path / "root")]


def test_a_check_reports_what_is_wrong_and_the_list_shows_it(
    words: list[str], run: Run, httpserver: HTTPServer
) -> None:
    serve(httpserver, "gardens:acme", [job(1)])
    serve(httpserver, "gardens:gone", None)
    serve(httpserver, "kitchens:other", [job(2)])
    code, out, _ = run("boards", "check", *words)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("gardens:gone  gone  gardens: the server answers 404")
    assert lines[0].endswith("(gone on 1 of 3 days)")
    assert lines[1] == "kitchens:other  wrong company? listed as Basalt Bank, its own name is Kelp & Sons"
    assert lines[2:] == ["3 boards asked: 2 ok, 1 gone; 0 retired", "checked 3 of 3"]
    found = {row["target"]: row for row in json.loads(run("boards", "list", "--format", "json", *words)[1])}
    assert {target: row["outcome"] for target, row in found.items()} == {
        "gardens:acme": "ok",
        "gardens:gone": "gone",
        "kitchens:other": "ok",
    }
    assert [row["wrong_company"] for row in found.values()] == ["", "", "Kelp & Sons"]
    table = run("boards", "list", *words)[1].splitlines()
    assert table[0].split() == ["target", "label", "outcome", "polled_at", "wrong_company"]
    assert table[-1] == "3 boards, 0 retired"
    rows = list(csv.DictReader(io.StringIO(run("boards", "list", "--format", "csv", *words)[1])))
    assert [row["target"] for row in rows] == list(found)


def test_a_check_of_one_platform_asks_no_other(words: list[str], run: Run, httpserver: HTTPServer) -> None:
    serve(httpserver, "kitchens:other", [job(2)])
    assert run("boards", "check", "kitchens", *words)[0] == 0
    assert {request.path for request, _ in httpserver.log} == {"/kitchens/other/1"}


def test_no_answer_at_all_is_a_failure(words: list[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = {"base_url": "http://127.0.0.1:1", "interval": 0.0}
    monkeypatch.setattr(board_check, "Client", lambda **more: Client(**{**more, **nobody}))
    code, out, err = run("boards", "check", "kitchens", *words)
    assert (code, err) == (1, "airflow-demand: no board could be asked; is there a network? try again later\n")
    assert out.splitlines()[-2:] == ["1 boards asked: 1 failed; 0 retired", "checked 1 of 1"]


def test_a_server_in_trouble_is_not_held_for_a_missing_network(words: list[str], run: Run) -> None:
    code, out, err = run("boards", "check", "kitchens", *words)
    assert "the server answers 500" in out
    assert (code, err) == (1, "airflow-demand: no board could be read, see above; try again later\n")
    assert out.splitlines()[-2:] == ["1 boards asked: 1 failed; 0 retired", "checked 1 of 1"]


def test_a_check_goes_on_with_what_has_not_answered_today(words: list[str], run: Run, httpserver: HTTPServer) -> None:
    serve(httpserver, "gardens:acme", [job(1)])
    serve(httpserver, "gardens:gone", None)
    assert run("boards", "check", *words)[1].splitlines()[-1] == "checked 3 of 3"
    httpserver.clear()
    serve(httpserver, "kitchens:other", [job(2)])
    assert run("boards", "check", *words)[1].splitlines()[-1] == "checked 3 of 3, 2 of them before"
    assert {request.path for request, _ in httpserver.log} == {"/kitchens/other/1"}, "it had failed"
    found = {row["target"]: row["outcome"] for row in json.loads(run("boards", "list", "--format", "json", *words)[1])}
    assert found == {"gardens:acme": "ok", "gardens:gone": "gone", "kitchens:other": "ok"}
    httpserver.clear()
    assert run("boards", "check", *words)[:2] == (
        0,
        "0 boards asked: none; 0 retired\nchecked 3 of 3, 3 of them before\n",
    )
    assert httpserver.log == []
    serve(httpserver, "gardens:acme", [])
    run("boards", "check", "gardens", "--force", *words)
    assert {request.path.rpartition("/")[0] for request, _ in httpserver.log} == {"/gardens/acme", "/gardens/gone"}


def test_what_another_server_answers_is_not_believed_beside_answers_of_the_boards(
    words: list[str], run: Run, httpserver: HTTPServer
) -> None:
    serve(httpserver, "gardens:acme", [job(1)])
    out = run("boards", "check", "gardens", "--base-url", httpserver.url_for("/"), *words)[1].splitlines()
    assert out[-1] == "checked 2 of 2"
    found = json.loads(run("boards", "list", "--format", "json", *words)[1])
    assert {row["outcome"] for row in found} == {"ok", "failed", ""}, "nobody else was asked"
    httpserver.clear()
    serve(httpserver, "gardens:acme", None)
    serve(httpserver, "gardens:gone", None)
    assert run("boards", "check", "gardens", *words)[1].splitlines()[-1] == "checked 2 of 2", "not gone on with"
    found = json.loads(run("boards", "list", "--format", "json", *words)[1])
    assert {row["outcome"] for row in found} == {"gone", ""}


def test_an_unlisted_platform_is_wrong_usage(words: list[str], run: Run) -> None:
    code, _, err = run("boards", "check", "sheds", *words)
    assert (code, err) == (2, "airflow-demand: no board of 'sheds' is listed; there are gardens, kitchens\n")

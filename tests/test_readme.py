"""The commands that the READMEs print do what they say, in a folder of their own and without a network."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.cli import app, main

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.ko.md")


def commands(name: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if line.startswith("airflow-demand")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader")
    text = "Requirements\n- Airflow\nNice to have\n- Spark\n" + "We bake bread for the whole town. " * 8
    (path / "jobs.csv").write_text(f'title,company,description\nData Engineer,Example,"{text}"\n', encoding="utf-8")
    page = f"<html><head><title>ML Engineer</title></head><body><h1>ML Engineer</h1><p>{text}</p></body></html>"
    (path / "saved_page.html").write_text(page, encoding="utf-8")
    row = {"id": "a", "title": "데이터 엔지니어", "text": "자격요건\n- Airflow 경험"}
    (path / "postings.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def run(line: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(folder / "root"))
    words = shlex.split(line)
    if words[1] == "collect":
        # A closed port of this machine stands for a source that does not answer.
        words += ["--base-url", "http://127.0.0.1:9"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("line", list(dict.fromkeys(c for name in READMES for c in commands(name))))
def test_a_command_of_the_readme_runs(
    line: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(line, monkeypatch, folder)
    shown = capsys.readouterr()
    assert code == (1 if " collect " in line else 0), shown.err
    assert "Traceback" not in shown.err + shown.out


def test_both_readmes_show_the_same_commands() -> None:
    def bare(name: str) -> list[str]:
        return [re.sub(r'"[^"]*"', '""', line) for line in commands(name)]

    assert bare("README.md") == bare("README.ko.md")
    assert len(bare("README.md")) >= 8


def test_every_command_explains_itself() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["--help"]).output
    shown_first = ("collect", "import", "tag", "evaluate", "rates", "claims", "figures", "report")
    for name in (*shown_first, "excerpts", "explain", "status", "snapshot"):
        assert name in listed
        shown = runner.invoke(app, [name, "--help"])
        assert shown.exit_code == 0
        assert "Usage" in shown.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rates", "--skill", "airflw"], 2, "did you mean: airflow"),
        (["rates", "--by", "moon"], 2, "is not one of"),
        (["rates", "--years", "soon"], 2, ""),
        (["figures", "--only", "fig_9_9"], 2, "fig_4_1, fig_4_2"),
        (["figures", "--lang", "fr"], 2, "ko, en, both"),
        (["evaluate", "absent.jsonl"], 1, "cannot be read"),
        (["tag", "--input", "absent.jsonl"], 1, "absent.jsonl"),
        (["tag", "--vocabulary", "absent.yaml"], 1, "absent.yaml"),
        (["--nonsense"], 2, ""),
        (["rates", "--years", "2020-"], 2, "is no year"),
        (["rates", "--years", "2024-2020"], 2, "years must be"),
        (["import", "jobs.csv", "--family", "zoo"], 2, "hn, job_board"),
        (["tag", "--output", "tags.jsonl"], 2, "needs --input"),
        (["figures", "--only", "fig_4_2", "--level", "required"], 2, "does not apply to fig_4_2"),
        (["collect", "nowhere"], 2, "nowhere"),
    ],
)
def test_a_mistake_gets_one_line_that_helps(
    words: list[str],
    code: int,
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(shlex.join(["airflow-demand", *words]), monkeypatch, folder) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown
    if shown.startswith("airflow-demand: "):
        assert len(shown.strip().splitlines()) == 1

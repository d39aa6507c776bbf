"""Options of this project's tests, and the fixtures that several of them share."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.cli import main

ONE_ROW = (
    "id,title,company,description,posted_at\n0,Data Engineer,Kelp,We run Airflow every night as number 0,2023-05-06\n"
)
Run = Callable[..., tuple[int, str, str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corpora",
        metavar="DIR",
        help="a folder of real postings (Parquet files with manifest.csv) to check the whole way from page to rate on",
    )
    parser.addoption(
        "--responses",
        metavar="DIR",
        help="a folder of recorded answers of real APIs (with index.csv: file, source, ...) to replay every source on",
    )


@pytest.fixture(scope="session")
def corpora(request: pytest.FixtureRequest) -> Path:
    """The folder of real postings; tests that need it are skipped without one, for the project carries no texts."""
    folder = request.config.getoption("--corpora")
    if not folder:
        pytest.skip("needs --corpora DIR")
    return Path(folder)


@pytest.fixture(scope="session")
def responses(request: pytest.FixtureRequest) -> Path:
    """The folder of recorded answers; tests that need it are skipped without one, for the project carries none."""
    folder = request.config.getoption("--responses")
    if not folder:
        pytest.skip("needs --responses DIR")
    return Path(folder)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, as its entry point runs it: (exit code, stdout, stderr)."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["airflow-demand", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def root(tmp_path: Path, run: Run) -> Path:
    """A data root that holds something already."""
    (tmp_path / "before.csv").write_text(ONE_ROW)
    assert run("import", tmp_path / "before.csv", "--data", tmp_path / "root")[0] == 0
    return tmp_path / "root"

"""Options of this project's tests."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corpora",
        metavar="DIR",
        help="a folder of real postings (Parquet files with manifest.csv) to check the whole way from page to rate on",
    )


@pytest.fixture(scope="session")
def corpora(request: pytest.FixtureRequest) -> Path:
    """The folder of real postings; tests that need it are skipped without one, for the project carries no texts."""
    folder = request.config.getoption("--corpora")
    if not folder:
        pytest.skip("needs --corpora DIR")
    return Path(folder)

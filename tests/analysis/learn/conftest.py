"""Tests of learning never meet the project's own models."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def alone(no_bundled_models: Path) -> Path:
    """Where the bundled models of the test are, if it writes any."""
    return no_bundled_models

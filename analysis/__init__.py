"""Reads postings: tags, links, counts and draws them. In notebooks: `from analysis import load, rates, trend`."""

from importlib import import_module
from typing import Any

_FACE = (
    *("load", "export", "rates", "trend", "steady", "decompose", "margins", "chained", "companies", "compare"),
    *("cooccur", "sensitivity", "claims", "excerpts", "explain"),
)


def __getattr__(name: str) -> Any:
    # Imported when asked for: `import analysis` alone must stay light.
    if name in _FACE:
        return getattr(import_module("analysis.notebook"), name)
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_FACE]

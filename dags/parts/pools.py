"""The pools that the DAGs rely on, in `dags/pools.json`: one writer of the store, one reader of each source."""

import json
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "pools.json"


def pools() -> dict[str, dict[str, object]]:
    """Return the pools by name, each with its slots, in the form of `airflow pools import`."""
    from scrapers.sources import names

    wanted = {"store": "who writes the store: one task at a time"}
    wanted |= {f"host_{name}": f"who reads {name}: one task at a time" for name in names()}
    return {name: {"slots": 1, "description": text, "include_deferred": False} for name, text in sorted(wanted.items())}


def text() -> str:
    """Return the file's text."""
    return json.dumps(pools(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

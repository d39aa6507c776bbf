"""Measures speed, exactness, growth and memory of the tagger beside its peers, and writes what it found beside itself.

Usage: python -m benchmarks.run --date YYYY-MM-DD [--data DIR] [--rows N] [--rounds N] [--growth-rows N] [--seed N]
"""

import argparse
import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from analysis.classify.batch import COLUMNS
from benchmarks.aims import aims
from benchmarks.comparison import compare_all
from benchmarks.growth import SIZES, grow
from benchmarks.plot import draw_speed
from benchmarks.report import update_readme
from benchmarks.texts import draw, draw_mixed, open_store
from scrapers.store import Store

HERE: Final = Path(__file__).parent
_PACKAGES: Final = ("ahocorasick-rs", "flashtext2", "google-re2", "scikit-learn", "spacy")


def main() -> None:
    """Measure; write results.json, README.md and the plot; print each aim with pass or FAIL."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(options.data, Path(scratch, "store"), SIZES[-1] * options.growth_rows, options.seed)
        rows = draw_mixed(store, options.rows, options.seed).to_pylist()
        results = {
            "date": options.date,
            "machine": _machine(),
            "texts": {"is_invented": options.data is None, "seed": options.seed, **_texts(rows)},
            **compare_all(rows, options.rounds),
            "growth": _growth(store, Path(scratch, "postings.parquet"), options.growth_rows, options.seed),
        }
    results["aims"] = aims(results["contenders"], results["growth"])
    (HERE / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draw_speed(results["contenders"], HERE / "speed")
    update_readme(results, HERE / "README.md")
    for aim in results["aims"]:
        print(f"{'pass' if aim['is_met'] else 'FAIL'}  {aim['name']}: {aim['value']:g} (aim: {aim['aim']})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="the day to write into the report")
    parser.add_argument("--data", type=Path, help="a store, or a folder of posting files (default: invented postings)")
    parser.add_argument("--rows", type=int, default=3_000, help="postings in the comparison of speeds")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds, at least 3")
    parser.add_argument("--growth-rows", type=int, default=1_000, help="postings of the smallest of three sizes")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.rounds < 3 or min(options.rows, options.growth_rows) < 100:
        parser.error("give at least 3 rounds and 100 postings")
    return options


def _machine() -> dict[str, Any]:
    return {
        "n_cores": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _texts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    sizes = [(len(row["text"].encode()), row["lang"] == "ko") for row in rows]
    n_bytes = sum(size for size, _ in sizes)
    korean_rate = sum(size for size, is_korean in sizes if is_korean) / n_bytes
    return {"n": len(rows), "n_bytes": n_bytes, "korean_rate": round(korean_rate, 3)}


def _growth(store: Store, path: Path, n: int, seed: int) -> list[dict[str, Any]]:
    postings = draw(store, SIZES[-1] * n, seed, COLUMNS)
    if postings.num_rows < SIZES[-1] * n:
        raise SystemExit(
            f"growth needs {SIZES[-1] * n:,} postings, there are {postings.num_rows:,}: lower --growth-rows"
        )
    pq.write_table(postings, path, row_group_size=2_000)
    return grow(path, n)


if __name__ == "__main__":
    main()

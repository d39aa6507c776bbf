"""Comparison: every contender's speed beside the yardstick's, its rightness on probes and its agreement with ours."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analysis.classify.vocabulary import load_vocabulary
from benchmarks.contenders import MATCHING, contenders, probes
from benchmarks.peers import YARDSTICK, names_of
from benchmarks.speed import Contender, Row, Times, compare, race, spread


def compare_all(rows: Sequence[Row], n_rounds: int) -> dict[str, Any]:
    """Return one record per contender, and the yardstick's speed for the footnote; every speed is a ratio to it."""
    vocabulary = load_vocabulary()
    with contenders(vocabulary, rows) as racing:
        taken = race(racing, rows, n_rounds)
        ours = next(c for c in racing if c.name == MATCHING).read(rows)
        records = [_record(c, taken[c.name], taken[YARDSTICK], rows, ours or []) for c in racing]
    n_chars = sum(len(row["text"]) for row in rows)
    n_bytes = sum(len(row["text"].encode()) for row in rows)
    seconds = sorted(taken[YARDSTICK].cpu)[n_rounds // 2] * n_chars
    return {
        "n_names": len(names_of(vocabulary)),
        "n_rounds": n_rounds,
        "yardstick_megabytes_per_second": round(n_bytes / seconds / 1e6, 1),
        "contenders": records,
    }


def _record(
    contender: Contender, taken: Times, yardstick: Times, rows: Sequence[Row], ours: list[set[str]]
) -> dict[str, Any]:
    speeds = taken.ratios(yardstick)
    record: dict[str, Any] = {
        "name": contender.name,
        "is_slow": contender.is_slow,
        "rounds": speeds,
        "speed": spread(speeds),
        "wall_speed": spread(taken.wall_ratios(yardstick)),
    }
    asked = probes()
    found = contender.read([{"title": None, "text": text} for text, _ in asked])
    if found is not None:
        record["probes"] = asdict(compare(found, [skills for _, skills in asked]))
        step = contender.step
        record["agreement"] = asdict(compare(contender.read(rows[::step]) or [], ours[::step]))
    return record

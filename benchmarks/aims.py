"""Aims: what the tagger promises about its speed, each with the measured figure and whether it is met."""

import statistics
from collections.abc import Sequence
from typing import Any, Final

from benchmarks.contenders import MATCHING, RULES, WHOLE
from benchmarks.peers import PHRASES, YARDSTICK

_RATIOS: Final = (
    (RULES, MATCHING, 0.3),
    (RULES, PHRASES, 5.0),
    (WHOLE, PHRASES, 3.0),
    (MATCHING, YARDSTICK, 2.5),
)
"""A contender, whom it is measured against, and how many times as fast it should at least be."""
_GROWTH: Final = 17.0


def aims(contenders: Sequence[dict[str, Any]], growth: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every aim: its name, the figure (median over rounds of ratios within a round), the bound, is it met."""
    rounds = {record["name"]: record["rounds"] for record in contenders}
    found = []
    for name, other, least in _RATIOS:
        value = statistics.median(a / b for a, b in zip(rounds[name], rounds[other], strict=True))
        found.append(_aim(f"speed of {name} / {other}", value, f">= {least:g}", value >= least))
    one, *_, most = (record for record in growth if record["workers"] == 1)
    # Per character: sixteen times as many postings drawn at random are not sixteen times as long.
    value = 16 * (most["cpu"] / most["n_chars"]) / (one["cpu"] / one["n_chars"])
    found.append(_aim("time for 16x the postings", value, f"<= {_GROWTH:g} x", value <= _GROWTH))
    return found


def _aim(name: str, value: float, bound: str, is_met: bool) -> dict[str, Any]:
    return {"name": name, "value": float(f"{value:.3g}"), "aim": bound, "is_met": is_met}

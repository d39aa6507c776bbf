"""Faults: what is planted in which week of a year, and under which names a message may report it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.classify.tagger import Tagger
from tests.weeks.platforms import Platforms

_CARELESS = """extends: bundled
skills:
  airflow: {label: Apache Airflow, ko: 에어플로우, kind: orchestrator, aliases: [apache airflow]}
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong: in which weeks, how, and the keys of problems one of which must report it.

    `n` weeks are bad in a row. `closes_gate` says whether figures must be held back.
    """

    name: str
    week: int
    break_it: Callable[[Platforms], None]
    keys: frozenset[str]
    n: int = 1
    closes_gate: bool = False
    is_drift: bool = False
    """True when the tagger reads otherwise."""


def heal(platforms: Platforms) -> None:
    """Make everything work again."""
    platforms.down, platforms.renamed, platforms.silent = set(), set(), set()
    platforms.plain = set()
    platforms.days_ahead, platforms.market.flood = 0, []


def _stop(source: str) -> Callable[[Platforms], None]:
    return lambda platforms: platforms.down.add(source)


def _rename(platforms: Platforms) -> None:
    """The new shape has reached every other board."""
    boards = [e.board for e in platforms.market.employers if e.channel == "greenhouse"]
    platforms.renamed = set(boards[::2])


def _silence(platforms: Platforms) -> None:
    platforms.silent = {"lever"}


def _flatten(platforms: Platforms) -> None:
    platforms.plain = {"arbeitnow"}


def _drown(platforms: Platforms) -> None:
    platforms.market.drown(80)


def _date_ahead(platforms: Platforms) -> None:
    platforms.days_ahead = 400


def _none(platforms: Platforms) -> None:
    """What is broken is not out there."""


def _unreachable(source: str) -> frozenset[str]:
    return frozenset({f"source:{source}:unreachable"})


_DRIFT = frozenset({"check:canary", "check:retagged"})
YEAR = (
    Fault("outage of a week", 9, _stop("lever"), _unreachable("lever")),
    Fault("outage of three weeks", 14, _stop("greenhouse"), _unreachable("greenhouse"), n=3),
    Fault("renamed field", 21, _rename, frozenset({"check:rejects:greenhouse", "source:greenhouse:boards"})),
    Fault("lost texts", 27, _silence, frozenset({"check:short_texts:lever"})),
    Fault("flood of copies", 33, _drown, frozenset({"check:duplicates:arbeitnow"}), closes_gate=True),
    Fault("drift of the tagger", 39, _none, _DRIFT, closes_gate=True, is_drift=True),
    Fault("lost headings", 43, _flatten, frozenset({"check:sections:arbeitnow", "check:source_levels:arbeitnow"})),
    Fault("dates ahead", 47, _date_ahead, frozenset({"check:dates_future:jobposting"}), closes_gate=True),
)
MONTH = (
    Fault("outage of a week", 1, _stop("lever"), _unreachable("lever")),
    Fault("drift of the tagger", 2, _none, _DRIFT, closes_gate=True, is_drift=True),
)
"""Faults that need no history to be seen."""


def drifted(folder: Path) -> Tagger:
    """Return the champion with a vocabulary in which a careless edit left Airflow one name only."""
    path = folder / "drifted.yaml"
    path.write_text(_CARELESS, encoding="utf-8")
    return Tagger.load(path, str(folder))

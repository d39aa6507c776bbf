"""Speed and exactness of contenders: interleaved rounds over the same texts, ratios to a yardstick within a round."""

import gc
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = Mapping[str, Any]
"""A posting: title and text."""
SAMPLED: Final = 20
"""A slow contender sees one posting in so many."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of reading texts: `read` gives a set of skills per posting, or None where it cannot tell which."""

    name: str
    read: Callable[[Sequence[Row]], list[set[str]] | None]
    is_slow: bool = False

    @property
    def step(self) -> int:
        """Every how many-th posting it reads."""
        return SAMPLED if self.is_slow else 1


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds per character of one contender, one value per round: processor time of all processes, and wall time."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    def ratios(self, yardstick: "Times") -> list[float]:
        """Return the speed relative to the yardstick of the same round, by processor time."""
        return [theirs / mine for mine, theirs in zip(self.cpu, yardstick.cpu, strict=True)]

    def wall_ratios(self, yardstick: "Times") -> list[float]:
        """Return the speed relative to the yardstick of the same round, by wall time."""
        return [theirs / mine for mine, theirs in zip(self.wall, yardstick.wall, strict=True)]


@dataclass(frozen=True, slots=True)
class Exactness:
    """How far skills found agree with skills expected, over (text, skill) pairs; rates are None without pairs."""

    n_texts: int
    n_right: int
    precision: float | None
    recall: float | None


def cpu_seconds() -> float:
    """Return the processor time of this process and of all its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def race(contenders: Sequence[Contender], rows: Sequence[Row], n_rounds: int) -> dict[str, Times]:
    """Time every contender once per round; every other round runs backwards, so that no one always follows the same.

    A round before the first is not counted: RE2 builds its automaton and spaCy its vocabulary from the texts they meet.
    """
    taken: dict[str, list[tuple[float, float]]] = {c.name: [] for c in contenders}
    for number in range(n_rounds + 1):
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            seen = rows[:: contender.step]
            n_chars = sum(len(row["text"]) for row in seen)
            gc.collect()
            cpu, wall = cpu_seconds(), time.perf_counter()
            contender.read(seen)
            spent = cpu_seconds() - cpu, time.perf_counter() - wall
            taken[contender.name].append((spent[0] / n_chars, spent[1] / n_chars))
    return {name: Times(*zip(*rounds[1:], strict=True)) for name, rounds in taken.items()}


def compare(found: Sequence[set[str]], expected: Sequence[set[str]]) -> Exactness:
    """Return how many texts are wholly right, and precision and recall over (text, skill) pairs."""
    both = sum(len(f & e) for f, e in zip(found, expected, strict=True))
    n_found, n_expected = sum(map(len, found)), sum(map(len, expected))
    n_right = sum(f == e for f, e in zip(found, expected, strict=True))
    return Exactness(
        len(found), n_right, both / n_found if n_found else None, both / n_expected if n_expected else None
    )


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, least and greatest of the rounds, to four significant digits."""
    ordered = {"median": statistics.median(values), "low": min(values), "high": max(values)}
    return {name: float(f"{value:.4g}") for name, value in ordered.items()}

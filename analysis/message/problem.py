"""Problems: what is wrong in a run, and since when: first failure, repeat and recovery told apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from scrapers.report import base_of

SEVERITIES: Final = ("act_now", "this_week", "info")
_MISSED: Final = 8
"""Runs after which a problem that no run looks at any more is forgotten."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is or was wrong; `key` names it from run to run.

    `state` is "new", "again", "recovered" or "unjudged" (open before, not looked at now); `n` counts the days on which
    it was found in a row, `first` names the run that found it first, `missed` counts runs that did not look.
    """

    key: str
    severity: str
    title: str
    advice: str = ""
    lines: tuple[str, ...] = ()
    state: str = "new"
    n: int = 1
    first: str = ""
    missed: int = 0

    @property
    def is_to_do(self) -> bool:
        """True when a person should do something about it."""
        return self.state in ("new", "again") and self.severity != "info"

    def to_dict(self) -> dict[str, Any]:
        """Return it as a message file holds it."""
        return asdict(self)


def read_problem(stored: Mapping[str, Any]) -> Problem:
    """Return a problem from a message file; fields of a later version are passed over."""
    known = {name: stored[name] for name in (f.name for f in fields(Problem)) if name in stored}
    return Problem(**{**known, "lines": tuple(known.get("lines", ()))})


def follow(
    found: Sequence[Problem], before: Sequence[Problem], *, run: str, run_before: str, is_judged: Callable[[str], bool]
) -> tuple[Problem, ...]:
    """Return the problems of a run, each with its state, the gravest first; recovered and unjudged ones come last.

    `before` are the problems of the message before, of `run_before`; `is_judged` tells for a key whether this run
    could have found it.
    """
    is_same_day = base_of(run) == base_of(run_before)
    opened = {p.key: p for p in before if p.state != "recovered"}
    now = [_repeat(p, opened.get(p.key), run, is_same_day) for p in found]
    rest = [p for key, p in opened.items() if key not in {f.key for f in found}]
    over = [replace(p, state="recovered") for p in rest if is_judged(p.key)]
    kept = [replace(p, state="unjudged", missed=p.missed + 1) for p in rest if not is_judged(p.key)]
    return (
        *sorted(now, key=lambda p: SEVERITIES.index(p.severity)),
        *over,
        *(p for p in kept if p.missed <= _MISSED),
    )


def _repeat(problem: Problem, earlier: Problem | None, run: str, is_same_day: bool) -> Problem:
    if earlier is None:
        return replace(problem, first=run)
    n = earlier.n + (not is_same_day)
    return replace(problem, state="again", n=n, first=earlier.first)


def order_of(run: str) -> tuple[str, int]:
    """Return the key that sorts the runs of one DAG by time; .10 comes after .9."""
    base = base_of(run)
    return base, int(run.removeprefix(f"{base}.")) if run != base else 1

"""Verdict: what was checked of one run, how each check ended, and the two as they are stored."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from analysis.faults import Fault

FOLDER: Final = "quality"
SEVERITIES: Final = ("act_now", "this_week", "info")
OUTCOMES: Final = ("failed", "ok", "not_judged")


class QualityError(Fault):
    """A run cannot be judged; the message says what is missing on one line."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one check ended: of the whole run, or of the `subject` (a source, or what else the name says).

    `value` is held against `limit` in the unit of the check (data/README.md); None where nothing was measured. `words`
    say in "en" and "ko" what was found and, of a failed check, what to do. `examples` name postings or answers.
    """

    name: str
    severity: str
    subject: str
    outcome: str
    value: float | None
    limit: float
    words: Mapping[str, str]
    examples: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the check is called from week to week, such as "volume:lever"."""
        return f"{self.name}:{self.subject}" if self.subject else self.name


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the checks say of one run, and what they counted: `sources` and `roles` by name.

    Of a source: `n` postings on its boards (None when no board was read), `usual` of them, `n_rows` new or changed
    ones. Of a role: new or changed postings.
    """

    run: str
    on: str
    checks: tuple[Check, ...]
    tagger_version: str = ""
    sources: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """True when a check failed that closes the gate: figures must not be made of this run."""
        return bool(self.failed("act_now"))

    def failed(self, severity: str | None = None) -> list[Check]:
        """Return the failed checks, gravest first, or only those of one severity."""
        found = [c for c in self.checks if c.outcome == "failed" and severity in (None, c.severity)]
        return sorted(found, key=lambda c: SEVERITIES.index(c.severity))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """Return the file quality/<run>.json; the same assessment gives the same bytes."""
        return (json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n").encode()


def from_bytes(content: bytes, where: str) -> Assessment:
    """Return a stored assessment; raises QualityError, naming the file `where`, for one that is damaged."""
    try:
        values = json.loads(content)
        checks = tuple(Check(**{**c, "examples": tuple(c["examples"])}) for c in values.pop("checks"))
        return Assessment(**values, checks=checks)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise QualityError(f"{where} is damaged: remove it, and judge the run again") from error

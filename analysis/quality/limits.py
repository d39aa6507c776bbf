"""Limits: from which value on a check fails and how grave that is, from the bundled file and the data root's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from analysis.quality.verdict import SEVERITIES, QualityError
from scrapers.store import Files, bundled

NAME: Final = "quality.yaml"
_NUMBERS: Final = {"budget": (0.0, 1.0), "weeks": (1, 52), "min_weeks": (2, 52), "min_postings": (1, 10_000)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a check's value is held against, and how grave it is when it fails."""

    severity: str
    limit: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How a week is judged; the fields are those of data/quality.yaml."""

    budget: float
    weeks: int
    min_weeks: int
    min_postings: int
    checks: Mapping[str, Rule]


def load_limits(files: Files | None = None) -> Limits:
    """Return the bundled limits, changed by quality.yaml of a data root where it has one.

    Raises QualityError with file and field for what cannot be used.
    """
    base = _parse(bundled(NAME).read_bytes(), NAME)
    checks = dict(base.pop("checks"))
    if files is not None and files.exists(NAME):
        where = files.path(NAME)
        own = _parse(files.read(NAME), where)
        checks = _changed(checks, own.pop("checks", {}), where)
        _check_numbers(own, where)
        base |= own
    return Limits(**base, checks={name: Rule(**rule) for name, rule in checks.items()})


def _parse(content: bytes, where: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise QualityError(f"{where}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise QualityError(f"{where}: expected names and values, such as budget: 0.01")
    return found


def _changed(known: Mapping[str, Any], own: Any, where: str) -> dict[str, Any]:
    """Return the rules of checks, some of them with other values."""
    if not isinstance(own, dict) or not set(own) <= set(known):
        odd = sorted(map(str, set(own) - set(known))) if isinstance(own, dict) else ["checks"]
        raise QualityError(f"{where}: {odd[0]!r} is no check; there are {', '.join(known)}")
    for name, rule in own.items():
        if not isinstance(rule, dict) or not set(rule) <= {"severity", "limit"}:
            raise QualityError(f"{where}: {name}: expected severity and limit")
        if rule.get("severity", SEVERITIES[0]) not in SEVERITIES:
            raise QualityError(f"{where}: {name}: severity is one of {', '.join(SEVERITIES)}")
        if not _is_number(rule.get("limit", 0)):
            raise QualityError(f"{where}: {name}: limit must be a number")
    return {name: {**rule, **own.get(name, {})} for name, rule in known.items()}


def _check_numbers(own: Mapping[str, Any], where: str) -> None:
    for name, value in own.items():
        if name not in _NUMBERS:
            raise QualityError(f"{where}: {name!r} is no field; there are {', '.join(_NUMBERS)}, checks")
        low, high = _NUMBERS[name]
        is_whole = isinstance(low, int)
        if not _is_number(value) or not low <= value <= high or (is_whole and not isinstance(value, int)):
            raise QualityError(f"{where}: {name} must be between {low} and {high}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value

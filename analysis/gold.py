"""Gold: labelled postings, read and checked."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from analysis.fact import LEVELS, ROLES
from analysis.faults import Fault
from scrapers.posting import Section, sections_of

FIELD_LEVELS: Final = {"both": "required", "tasks_only": "mentioned"} | {level: level for level in LEVELS}
"""Levels of labels derived from separate fields; the strongest wins."""


class GoldError(Fault):
    """A file of labelled postings cannot be read; the message names file, line and fault."""


def read_gold(path: str | Path, is_partial: bool = False) -> list[dict[str, Any]]:
    """Return the labelled postings of a JSON Lines file, all in one shape.

    Keys: id, stratum, title, text, sections (tuple of Section), roles (list of acceptable role lists; empty: not
    labelled), skills (skill id -> level), ambiguous (skill ids whose level is left out), is_partial (only the listed
    skills are labelled). A line may give `labels` with display names instead of `skills`; such lists are partial.
    Raises GoldError with file and line number.
    """
    path = Path(path)
    try:
        # Not splitlines: a line separator (U+2028) inside a posting would cut its JSON in two.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    gold = [_checked(row, where, is_partial) for where, row in _rows(lines, path.name)]
    if not gold:
        raise GoldError(f"{path.name}: no labelled postings")
    seen: set[str] = set()
    for row in gold:
        if row["id"] in seen:
            raise GoldError(f"{path.name}: id {row['id']!r} occurs twice")
        seen.add(row["id"])
    return gold


def _rows(lines: list[str], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name} line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{where}: not JSON: {error.msg}") from error
        except (ValueError, RecursionError) as error:
            raise GoldError(f"{where}: cannot be read: {error}") from error
        if not isinstance(row, dict):
            raise GoldError(f"{where}: expected an object, found {type(row).__name__}")
        yield where, row


def _checked(row: Mapping[str, Any], where: str, is_partial: bool) -> dict[str, Any]:
    text, title = row.get("text"), row.get("title")
    if not isinstance(text, str):
        raise GoldError(f"{where}: text is missing")
    if not isinstance(title, str | None):
        raise GoldError(f"{where}: title is neither text nor null")
    labels = row.get("skills", row.get("labels"))
    if not isinstance(labels, dict):
        raise GoldError(f"{where}: skills is missing")
    return {
        "id": str(row.get("id") or row.get("native_id") or where.rpartition(" ")[2]),
        "stratum": str(row.get("stratum") or ""),
        "title": title,
        "text": text,
        "sections": _sections(row.get("sections"), where),
        "roles": _roles(row.get("roles") or [], where),
        "skills": {skill_id(name): _level(level, f"{where}: {name}") for name, level in labels.items()},
        "ambiguous": [skill_id(name) for name in row.get("ambiguous") or []],
        "is_partial": bool(row.get("is_partial", is_partial or "skills" not in row)),
    }


def skill_id(name: str) -> str:
    """Return the id form of a display name: "Power BI" -> power_bi."""
    return re.sub(r"[^a-z0-9+#]+", "_", name.lower()).strip("_")


def _level(level: Any, where: str) -> str:
    if level not in FIELD_LEVELS:
        raise GoldError(f"{where}: unknown level {level!r}")
    return FIELD_LEVELS[level]


def _roles(roles: Any, where: str) -> list[list[str]]:
    if not isinstance(roles, list) or not all(isinstance(r, list) and r for r in roles):
        raise GoldError(f"{where}: roles must be a list of role lists")
    if unknown := {role for accepted in roles for role in accepted} - set(ROLES):
        raise GoldError(f"{where}: unknown role {', '.join(sorted(map(str, unknown)))}")
    return roles


def _sections(sections: Any, where: str) -> tuple[Section, ...]:
    try:
        return sections_of(sections)
    except ValueError as error:
        raise GoldError(f"{where}: {error}") from error

"""Fields: the values of a record as they should be typed; `as_` raises for what is odd, `to_` passes over it."""

import html as entities
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from scrapers.posting import Section
from scrapers.text import html_to_lines

_REMOTE: Final = re.compile(r"\bremote\b|원격|재택", re.IGNORECASE)


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """Return an object as it is, an empty one for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f"{what} is {type(value).__name__}, not an object")
    return value or {}


def as_list(value: Any, what: str) -> list[Any]:
    """Return a list as it is, an empty one for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, list):
        raise ValueError(f"{what} is {type(value).__name__}, not a list")
    return value or []


def as_text(value: Any, what: str) -> str:
    """Return a text as it is, "" for null; raises ValueError for anything else."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{what} is {type(value).__name__}, not text")
    return value or ""


def as_lines(value: Any, what: str) -> str:
    """Return HTML, entity-escaped or not, as lines of text, "" for null; raises ValueError for what is no text."""
    return html_to_lines(as_text(value, what))


def to_flag(value: Any) -> bool | None:
    """Return a truth value; None for anything that is none."""
    return value if isinstance(value, bool) else None


def to_names(value: Any) -> list[str]:
    """Return the names in a field that holds one name, or a list of names or of objects with a name; [] for others."""
    values = value if isinstance(value, list) else [value]
    named = (v.get("name") if isinstance(v, Mapping) else v for v in values)
    return [name for v in named if isinstance(v, str) and (name := unescape(v).strip())]


def unescape(value: Any) -> Any:
    """Return a line without HTML entities, which job boards leave in titles; anything but text as it is."""
    return entities.unescape(value) if isinstance(value, str) else value


def dig(record: Any, *keys: str) -> Any:
    """Return the value under nested keys; None where one is missing or something else than an object is in the way."""
    for key in keys:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def join_parts(parts: Sequence[str | Section]) -> str:
    """Return parts of a body as one text, each section under its heading, in the order given."""
    blocks = [part if isinstance(part, str) else f"{part.heading}\n{part.text}".strip() for part in parts]
    return "\n\n".join(block for block in blocks if block)


def join_names(names: Sequence[Any], separator: str = "; ") -> str | None:
    """Return the names that are texts, each once, as "Seoul; Busan"; None when there is none."""
    plain = dict.fromkeys(" ".join(name.split()) for name in names if isinstance(name, str))
    return separator.join(filter(None, plain)) or None


def says_remote(*names: Any) -> bool | None:
    """Return True when a place or model of work says remote, else None: that it says nothing is no "no"."""
    return any(isinstance(name, str) and _REMOTE.search(name) for name in names) or None

"""Canary: invented postings whose tags may not change unnoticed when a model takes over."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.classify.models import ModelError
from analysis.classify.tagger import Mention, Tag, Tagger
from scrapers.posting import sections_of
from scrapers.store import bundled

FILE: Final = "labels/canary.jsonl"


def read_canary(path: Path | None = None) -> list[dict[str, Any]]:
    """Return the canary postings (default: the bundled ones): id, title, text and sections (tuple of Section).

    Raises ModelError for a file that cannot be read.
    """
    path = path or bundled(FILE)
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        return [
            {"id": r["id"], "title": r["title"], "text": r["text"], "sections": sections_of(r.get("sections"))}
            for r in rows
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path}: the canary postings cannot be read: {error}") from error


def answers(tagger: Tagger, postings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole tag of each canary posting as plain data, by id, with the version of the tagger."""
    tags = {p["id"]: _plain(tagger.tag(p["title"], p["text"], p["sections"])) for p in postings}
    return {"tagger_version": tagger.version, "tags": tags}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return one line for each answer that changed: posting, what, before and after.

    Every new model shifts confidences a little; they are kept beside the answers and not compared.
    """
    old, new = before["tags"], after["tags"]
    return [line for posting in sorted({*old, *new}) for line in _changed(posting, old.get(posting), new.get(posting))]


def _changed(posting: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"{posting}: {'new' if old is None else 'gone'}"
        return
    for what in ("roles", "role_method", "is_unsectioned"):
        if old[what] != new[what]:
            yield f"{posting} {what}: {_words(old[what])} -> {_words(new[what])}"
    for skill in sorted({*old["skills"], *new["skills"]}):
        levels = old["skills"].get(skill, "not found"), new["skills"].get(skill, "not found")
        if levels[0] != levels[1]:
            yield f"{posting} {skill}: {levels[0]} -> {levels[1]}"
    if old["skills"] == new["skills"] and old["mentions"] != new["mentions"]:
        places = [m for m in new["mentions"] if m not in old["mentions"]] or old["mentions"]
        yield f"{posting} mentions: other places or levels of {_words(sorted({m[0] for m in places}))}"


def _plain(tag: Tag) -> dict[str, Any]:
    return {
        "roles": list(tag.roles),
        "role_method": tag.role_method,
        "role_confidence": round(float(tag.role_confidence), 2),
        "is_unsectioned": tag.is_unsectioned,
        "skills": {s.skill: f"{s.level} ({s.how})" for s in tag.skills},
        "mentions": [_place(mention) for mention in tag.mentions],
    }


def _place(mention: Mention) -> list[Any]:
    return [mention.skill, mention.level, mention.how, mention.line, mention.start, mention.end]


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

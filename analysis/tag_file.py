"""Tags postings of a JSON Lines file without a store: one object in, one object out, in the same order."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import load_vocabulary
from analysis.pool import map_in_order
from scrapers.posting import SECTION_KINDS, Section
from scrapers.store import Files

BLOCK: Final = 500


class InputProblem(ValueError):
    """A line of the input cannot be read; the message names the line."""


def read_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON Lines (split at \\n only); raises InputProblem with the line number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputProblem(f"line {number} is no JSON: {error}") from error
        if not isinstance(row, dict) or not isinstance(row.get("text", ""), str):
            raise InputProblem(f"line {number}: expected an object with id, title and text")
        yield row


def _sections(value: object) -> list[Section]:
    """Sections as a list of {heading, kind, text}, or as an object of kind -> text."""
    if isinstance(value, Mapping):
        value = [{"heading": str(k), "kind": str(k), "text": v} for k, v in value.items()]
    sections = []
    for part in value if isinstance(value, list) else []:
        kind = str(part.get("kind") or "unknown")
        text = part.get("text") or ""
        sections.append(
            Section(str(part.get("heading") or ""), kind if kind in SECTION_KINDS else "unknown", str(text))
        )
    return sections


def tag_row(row: Mapping[str, Any], tagger: Tagger) -> dict[str, Any]:
    """Return the tags of one posting as the command line writes them."""
    tag = tagger.tag(row.get("title"), row.get("text") or "", _sections(row.get("sections")))
    return {
        "id": row.get("id"),
        "roles": list(tag.roles),
        "role_confidence": round(tag.role_confidence, 4),
        "skills": {s.skill: s.level for s in tag.skills},
        "mentions": [
            {"skill": m.skill, "level": m.level, "how": m.how, "line": m.line, "start": m.start, "end": m.end}
            for m in tag.mentions
        ],
    }


def tag_file(source: Path, target: Path | None, *, vocabulary: Path | None = None, workers: int = 1) -> None:
    """Tag a JSON Lines file ("-": standard input) into another (None: standard output), written whole or not at all.

    Raises InputProblem, naming the line or file that cannot be read or written.
    """
    tagger = Tagger(load_vocabulary(vocabulary))
    try:
        with _reader(source) as lines, _writer(target) as out:
            blocks = _blocks(read_lines(lines))
            first = next(blocks, [])
            # A second process pays only where there is more than one block.
            n_workers = workers if len(first) == BLOCK else 1
            for results in map_in_order(partial(tag_rows, tagger=tagger), chain([first], blocks), n_workers):
                out.writelines(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in results)
    except OSError as error:
        raise InputProblem(f"cannot use {error.filename or source}: {error.strerror}") from error


def tag_rows(rows: list[dict[str, Any]], tagger: Tagger) -> list[dict[str, Any]]:
    """Return the tags of several postings, in order."""
    return [tag_row(row, tagger) for row in rows]


def _blocks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield lists of rows, so that a file of any length passes through bounded memory."""
    rows = iter(rows)
    while block := list(islice(rows, BLOCK)):
        yield block


@contextmanager
def _reader(source: Path) -> Iterator[IO[bytes]]:
    if str(source) == "-":
        yield sys.stdin.buffer
        return
    with source.open("rb") as stream:
        yield stream


@contextmanager
def _writer(target: Path | None) -> Iterator[IO[bytes]]:
    if target is None:
        yield sys.stdout.buffer
        return
    with Files(target.absolute().parent).create(target.name) as stream:
        yield stream

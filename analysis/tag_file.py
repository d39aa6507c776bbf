"""Tags postings of a JSON Lines file without a store: one object in, one object out, in the same order."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

from analysis.classify.tagger import Posting, Tag, Tagger
from analysis.faults import Fault, Misuse
from analysis.pool import map_in_order
from scrapers.posting import sections_of
from scrapers.store import Files

BLOCK: Final = 500
_ADVICE: Final = "use JSON Lines, or: airflow-demand import"
_BREAKS: Final = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n")


class InputProblem(Fault):
    """A line of the input cannot be read; the message names file and line."""


def read_lines(lines: Iterable[bytes], name: str = "standard input") -> Iterator[dict[str, Any]]:
    """Yield id, title, text and sections of every posting of JSON Lines (split at \\n only).

    Raises InputProblem with the line number and `name`, which says where the lines are from.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}: line {number}"
        try:
            row = _checked(json.loads(line))
        except RecursionError:
            raise InputProblem(f"{where}: nested too deeply") from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            # What fails from the start is another kind of file; what fails later is a broken line.
            advice = f"; {_ADVICE}" if number == 1 else ""
            raise InputProblem(f"{where} is no JSON: {error}{advice}") from error
        except ValueError as error:
            raise InputProblem(f"{where}: {error}") from error
        yield row


def _checked(row: object) -> dict[str, Any]:
    """Return only what is read, checked: anything else may break whatever it is handed to."""
    if not isinstance(row, dict):
        raise ValueError(f"expected an object with id, title and text; {_ADVICE}")
    given = {key: row.get(key) for key in ("id", "title", "text")}
    for key, value in given.items():
        if not isinstance(value, str | int | float | None if key == "id" else str | None):
            raise ValueError(f"the {key} is {type(value).__name__}, not text")
    sections = sections_of(row.get("sections"))
    if "text" not in row and not sections:
        raise ValueError("text is missing, and sections too")
    broken = tuple(replace(section, text=_with_line_breaks(section.text)) for section in sections)
    return given | {"text": _with_line_breaks(row.get("text") or ""), "sections": broken}


def _with_line_breaks(text: str) -> str:
    """Return the text with \\n for every kind of line break, at unchanged length: offsets stay true."""
    return text.replace("\r\n", " \n").translate(_BREAKS)


def tag_rows(rows: Sequence[Mapping[str, Any]], tagger: Tagger) -> list[dict[str, Any]]:
    """Return the tags of postings, as `read_lines` gives them, in order and as the command line writes them."""
    tags = tagger.tag_many([Posting(row["title"], row["text"], row["sections"]) for row in rows])
    return [_line(row, tag) for row, tag in zip(rows, tags, strict=True)]


def _line(row: Mapping[str, Any], tag: Tag) -> dict[str, Any]:
    return {
        "id": row["id"],
        "roles": list(tag.roles),
        "role_confidence": round(tag.role_confidence, 4),
        "skills": {s.skill: s.level for s in tag.skills},
        "mentions": [
            {"skill": m.skill, "level": m.level, "how": m.how, "line": m.line, "start": m.start, "end": m.end}
            for m in tag.mentions
        ],
    }


def tag_file(
    source: Path, target: Path | None, *, vocabulary: Path | None = None, root: str | None = None, workers: int = 1
) -> None:
    """Tag a JSON Lines file ("-": standard input) into another (None: standard output).

    The models are the champion of the data root.
    A plain file is written whole or not at all, the target of a symbolic link likewise; a pipe or device line by line.
    Raises InputProblem, naming the line or file that cannot be read or written, and Misuse where both are one file.
    """
    if target is not None and _is_same_file(source, target):
        raise Misuse(f"--output {target} is the input itself: the tags would replace the postings")
    tagger = Tagger.load(vocabulary, root)
    try:
        with _reader(source) as lines, _writer(target) as out:
            blocks = _blocks(read_lines(lines, "standard input" if str(source) == "-" else str(source)))
            first = next(blocks, [])
            # A second process pays only where there is more than one block.
            n_workers = workers if len(first) == BLOCK else 1
            for results in map_in_order(partial(tag_rows, tagger=tagger), chain([first], blocks), n_workers):
                # backslashreplace: half a surrogate pair in an id has no UTF-8, but its JSON escape.
                out.writelines(
                    json.dumps(r, ensure_ascii=False).encode(errors="backslashreplace") + b"\n" for r in results
                )
    except OSError as error:
        raise InputProblem(f"cannot use {error.filename or target or 'standard output'}: {error.strerror}") from error


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
    if target is None or _is_stdout(target):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif target.exists() and not target.is_file():
        # A pipe or device would be replaced by a file, and its reader wait for ever.
        with target.open("wb") as stream:
            yield stream
    else:
        path = Path(os.path.realpath(target))
        with Files(path.parent).create(path.name) as stream:
            yield stream


def _is_same_file(source: Path, target: Path) -> bool:
    """Do both lead to one file of data, by whatever path or link?"""
    with suppress(OSError):
        given = os.fstat(sys.stdin.fileno()) if str(source) == "-" else source.stat()
        return target.is_file() and os.path.samestat(given, target.stat())
    return False


def _is_stdout(target: Path) -> bool:
    # /dev/stdout may lead to a file that the shell appends to: opened anew, it would be cut.
    with suppress(OSError):
        return os.path.samestat(target.stat(), os.fstat(sys.stdout.fileno()))
    return False

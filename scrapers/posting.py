"""Posting: the one record of a job posting, and how a record becomes an Arrow schema and a codebook.

Every field is declared once, here; storage, documentation and checks are generated from the declaration.
"""

import dataclasses
import hashlib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Union

import pyarrow as pa

FAMILIES: Final = ("hn", "job_board", "ats", "korean_board")

DATE_KINDS: Final = {
    "published": "the source says when it was published",
    "created": "the source says when it was created; publication may be later",
    "thread": "the month of the hiring thread it was posted in",
    "structured": "datePosted of structured data on the page",
    "scraped": "only when the page was read is known",
    "dataset_period": "only the period of the dataset is known",
    "updated": "only the last edit is known; never used in year charts",
    "relative": "computed from words such as '3 days ago'; never used in year charts",
    "seen": "first seen by this project; never used in year charts",
}

SECTION_KINDS: Final = (
    "required",
    "preferred",
    "duties",
    "stack",
    "company",
    "benefits",
    "process",
    "unknown",
)

SECTION_NAMES: Final = {
    "intro": "company",
    "tasks": "duties",
    "responsibilities": "duties",
    "requirements": "required",
    "qualifications": "required",
    "skills": "stack",
    **{kind: kind for kind in SECTION_KINDS},
}
"""Kinds of the parts that sources and datasets separate, by the plain names these give them."""


def doc(meaning: str, **kwargs: Any) -> Any:
    """Declare a record field by its meaning; keyword arguments go to `dataclasses.field`."""
    return field(metadata={"doc": meaning}, **kwargs)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a posting that the source itself separates."""

    heading: str = doc("heading as the source gives it; may be empty")
    kind: str = doc("one of: " + ", ".join(SECTION_KINDS))
    text: str = doc("text of the section, one line per paragraph or bullet")


def sections_of(value: object) -> tuple[Section, ...]:
    """Return sections given as [{heading, kind, text}] or as {name: text}; those without text are left out.

    A text may be a list of lines. Kinds are found by plain name (`SECTION_NAMES`): that in `kind`, else in `heading`.
    A name that is not plain stands as the heading. Raises ValueError with a one-line reason for anything else.
    """
    if _is_missing(value) or value == "":
        return ()
    if isinstance(value, Mapping):
        named = ((str(name), text) for name, text in value.items())
        value = [{"kind" if _plain(name) in SECTION_NAMES else "heading": name, "text": text} for name, text in named]
    if not isinstance(value, list) or not all(isinstance(part, Mapping) for part in value):
        raise ValueError("sections are neither an object nor a list of objects")
    found = (_section(part, f"section {number}") for number, part in enumerate(value, 1))
    return tuple(section for section in found if section.text.strip())


def _section(part: Mapping[str, object], where: str) -> Section:
    lines = part.get("text")
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        part = {**part, "text": "\n".join(lines)}
    heading, kind, text = (_string(part.get(key), f"{where}: the {key}") for key in ("heading", "kind", "text"))
    return Section(heading, SECTION_NAMES.get(_plain(kind or heading), "unknown"), text)


def _string(value: object, what: str) -> str:
    if _is_missing(value):
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{what} is {type(value).__name__}, not text")
    return value


def _is_missing(value: object) -> bool:
    # NaN, the one value that differs from itself, is how data frames write what is missing.
    return value is None or value != value


def _plain(name: str) -> str:
    return name.strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One job posting as collected, before any reading of its text."""

    posting_id: str = doc(
        "stable id: hash of source, board and native id; without a native id, of source, board, title, company and text"
    )
    source: str = doc("where it came from: a platform (hackernews, greenhouse) or the name of an imported dataset")
    board: str = doc("board within the source: an employer's token, a thread's month; empty for datasets", default="")
    native_id: str | None = doc("the source's own id; null when it has none", default=None)
    url: str | None = doc("public address of the posting", default=None)
    title: str | None = doc("job title; on Hacker News the header line; null when the source has none", default=None)
    company: str | None = doc("employer's name as written; null when not known", default=None)
    location: str | None = doc("place as written", default=None)
    country: str | None = doc("ISO 3166 two-letter code; null when not known", default=None)
    lang: str = doc("language of the text: ko, en, de, fr, es, pt or other", default="other")
    family: str = doc("kind of source: " + ", ".join(FAMILIES), default="job_board")
    posted_at: str | None = doc(
        "when it was posted, ISO 8601, only as precise as the source: 2023, 2023-07, 2023-07-14 or with time",
        default=None,
    )
    posted_at_kind: str = doc("what kind of date posted_at is: " + ", ".join(DATE_KINDS), default="seen")
    updated_at: str | None = doc("last edit by the employer, ISO 8601, where the source tells", default=None)
    employment_type: str | None = doc("as written: full-time, contract, intern ...", default=None)
    remote: bool | None = doc("true when the source says remote; null when it says nothing", default=None)
    text: str = doc("the whole text, one line per paragraph or bullet; may be empty", default="")
    sections: tuple[Section, ...] = doc(
        "parts that the source separates; where given they replace text when levels are decided", default=()
    )
    is_page_text: bool = doc("true when the text is the visible text of a whole saved page", default=False)
    is_truncated: bool | None = doc("true or false where the importer was told; null: to be found out", default=None)
    content_sha: str = doc("SHA-256 (first 32 hex digits) of everything above that the employer wrote", default="")
    raw_sha: str | None = doc("SHA-256 of the kept page it was parsed from", default=None)
    run: str = doc("name of the run that stored it", default="")


def digest(*parts: str | None, size: int = 8) -> str:
    """Return a hex digest of `size` bytes over the parts; None and "" differ, and so do ("ab",) and ("a", "b")."""
    h = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = b"\x00" if part is None else b"\x01" + part.encode("utf-8", "surrogatepass")
        h.update(len(raw).to_bytes(8, "little") + raw)
    return h.hexdigest()


def posting_id(
    source: str, board: str, native_id: str | None, title: str | None, company: str | None, text: str
) -> str:
    """Return the stable id of a posting; rows without a native id are kept apart by their content."""
    if native_id:
        return digest("id", source, board, native_id)
    return digest("content", source, board, title, company, text)


def content_sha(posting: Posting) -> str:
    """Return the hash of what the employer wrote: when it changes, the posting was edited."""
    h = hashlib.sha256()
    sections = [f"{s.heading}\x1e{s.kind}\x1e{s.text}" for s in posting.sections]
    for part in (posting.title, posting.company, posting.location, posting.posted_at, posting.text, *sections):
        h.update((part or "").encode("utf-8", "surrogatepass") + b"\x1f")
    return h.hexdigest()[:32]


_ARROW: Final[dict[Any, pa.DataType]] = {
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
}


def arrow_type(hint: Any) -> pa.DataType:
    """Return the Arrow type of a field annotation (scalars, optionals, tuples of scalars or records)."""
    args = typing.get_args(hint)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is Union:
        (inner,) = (a for a in args if a is not type(None))
        return arrow_type(inner)
    if typing.get_origin(hint) is tuple:
        return pa.list_(arrow_type(args[0]))
    if dataclasses.is_dataclass(hint):
        return pa.struct([pa.field(f.name, f.type, f.nullable) for f in schema_of(hint)])
    return _ARROW[hint]


def schema_of(record: Any) -> pa.Schema:
    """Return the Arrow schema of a record class; a field's `arrow` metadata overrides the type of its annotation."""
    hints = typing.get_type_hints(record)
    return pa.schema(
        [
            pa.field(
                f.name,
                f.metadata.get("arrow") or arrow_type(hints[f.name]),
                nullable=type(None) in typing.get_args(hints[f.name]),
                metadata={"doc": f.metadata["doc"]},
            )
            for f in dataclasses.fields(record)
        ]
    )


def codebook(record: Any) -> str:
    """Return the fields of a record as a Markdown table: name, type, may it be null, meaning."""
    rows = ["| field | type | null | meaning |", "|---|---|---|---|"]
    for f in schema_of(record):
        meaning = (f.metadata or {})[b"doc"].decode()
        rows.append(f"| `{f.name}` | {f.type} | {'yes' if f.nullable else 'no'} | {meaning} |")
    return "\n".join(rows)


POSTING_SCHEMA: Final = schema_of(Posting)

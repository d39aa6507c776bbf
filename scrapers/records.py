"""Records: turns the given fields of one row into a Posting, refusing what cannot be read and inventing nothing."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from scrapers.columns import SECTION_FIELDS
from scrapers.countries import to_iso2
from scrapers.dates import is_after, parse_date
from scrapers.hn_header import parse_post
from scrapers.language import detect
from scrapers.places import country_of
from scrapers.posting import DATE_KINDS, Posting, Section, posting_id, sections_of
from scrapers.rows import MAX_CHARS, TOO_LONG, RowProblem
from scrapers.text import clean_text

_NULLS: Final = frozenset({"", "nan", "none", "null", "nat", "<na>"})
_LONGEST_NULL: Final = 16
_LANGS: Final = frozenset({"ko", "en", "de", "fr", "es", "pt"})
_BASES: Final = {"posted": "published", "dataset period": "dataset_period", **{kind: kind for kind in DATE_KINDS}}
_YES: Final = frozenset({"true", "1", "1.0", "yes", "y", "t", "remote", "원격", "재택"})
_NO: Final = frozenset({"false", "0", "0.0", "no", "n", "f", "onsite", "on-site", "hybrid"})
_ATS: Final = frozenset(
    {"ats", "ashby", "greenhouse", "lever", "personio", "recruitee", "smartrecruiters", "teamtailor"}
    | {"workable", "workday"}
)
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_NAME_BYTES: Final = 100


def to_name(text: str) -> str:
    """Return a dataset's name as it may stand in paths: letters, digits, "_", "-" and "." only.

    Raises RowProblem for a name so long that the files named after it could not be written.
    """
    # Some systems store 가 as two characters in file names: composed, it is one dataset wherever it comes from.
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip("._")
    if len(name.encode()) > _NAME_BYTES:
        raise RowProblem(f"dataset name longer than {_NAME_BYTES} bytes")
    return name


@dataclass(slots=True)
class Recorder:
    """Makes Postings of the rows of one file; what it is told goes for rows that do not say it themselves.

    `latest` is the last day on which they can have been posted; `n_future` and `n_unread_dates` count the dates that
    were given and not taken over, `date_problem` is why the last row's was not.
    """

    dataset: str
    family: str
    has_dataset_column: bool = False
    company: str | None = None
    country: str | None = None
    latest: str | None = None
    read_on: str | None = None
    is_truncated: bool | None = None
    date_kind: str = "published"
    headings: Mapping[str, str] = field(default_factory=dict)
    n_future: int = 0
    n_unread_dates: int = 0
    date_problem: str | None = None

    def record(self, given: Mapping[str, Any]) -> Posting:
        """Return the posting of one row, given as field -> raw value; RowProblem says why there is none."""
        self.date_problem = None
        try:
            return self._record(given)
        except RecursionError:
            raise RowProblem("nested too deeply") from None

    def _record(self, given: Mapping[str, Any]) -> Posting:
        fields = {k: v for k, v in given.items() if not is_null(v)}
        if any(isinstance(v, str) and len(v) > MAX_CHARS for v in fields.values()):
            raise RowProblem(TOO_LONG)
        text, sections = self._text(fields)
        title = to_line(fields.get("title"))
        if not text and not title:
            raise RowProblem("no text and no title")
        source = (self.has_dataset_column and to_name(to_line(fields.get("dataset")) or "")) or self.dataset
        native_id = to_line(fields.get("native_id"))
        posted_at, kind = self._date(fields)
        posting = Posting(
            posting_id="",
            source=source,
            native_id=native_id,
            url=to_line(fields.get("url")),
            title=title,
            company=to_line(fields.get("company")) or self.company,
            location=to_line(fields.get("location")),
            country=self._country(fields),
            lang=_lang(fields, text or title or ""),
            family=self.family,
            posted_at=posted_at,
            posted_at_kind=kind,
            updated_at=parse_date(fields.get("updated_at")),
            employment_type=to_line(fields.get("employment_type")),
            remote=_to_bool(fields.get("remote")),
            text=text,
            sections=sections,
            is_page_text=fields.get("is_page_text") is True,
            is_truncated=self.is_truncated,
        )
        p = posting if self.family != "hn" else _read_hn(posting)
        return replace(p, posting_id=posting_id(p.source, p.board, p.native_id, p.title, p.company, p.text))

    def _text(self, fields: Mapping[str, Any]) -> tuple[str, tuple[Section, ...]]:
        """Return the whole text and the sections; a part that only a column of its own holds is added to the text."""
        text = _to_text(fields.get("text"))
        if "sections" in fields:
            sections = read_sections(fields["sections"])
            return text or "\n\n".join(_with_heading(s) for s in sections), sections
        parts = tuple(
            Section(to_line(self.headings.get(kind)) or "", kind, part)
            for kind in SECTION_FIELDS
            if kind in fields and (part := _to_text(fields[kind]))
        )
        whole = "\n\n".join(filter(None, [text, *(_with_heading(s) for s in parts if s.text not in text)]))
        # Sections replace the text when levels are decided: the description must be among them.
        return whole, (Section("", "unknown", text), *parts) if parts and text else parts

    def _country(self, fields: Mapping[str, Any]) -> str | None:
        """Return the country that the row names, else the one that its place leaves no doubt of, else the caller's."""
        if named := to_line(fields.get("country")):
            return to_iso2(named)
        return country_of([to_line(fields.get("location")) or ""]) or self.country

    def _date(self, fields: Mapping[str, Any]) -> tuple[str | None, str]:
        """Return (posted_at, kind): the posting date, else when it was read, else the year it is given for."""
        basis = _BASES.get((to_line(fields.get("year_basis")) or "").lower())
        found = parse_date(fields.get("posted_at"))
        if "posted_at" in fields and found is None:
            self.n_unread_dates += 1
            self.date_problem = "date not clear, kept without it"
        if self.family == "hn":
            month = _month_of(fields) or (found or "")[:7] or None
            return self._checked(month, "thread")
        if found:
            return self._checked(found, basis or self.date_kind)
        if scraped := parse_date(fields.get("scraped_at")):
            return self._checked(scraped, "scraped")
        if period := _month_of(fields) or parse_date(fields.get("year")):
            return self._checked(period, basis or "dataset_period")
        if self.read_on and "posted_at" not in fields:
            # The day on which it was read is a weak date, but a date: without one it would count in no year.
            return self.read_on, "scraped"
        return None, "seen"

    def _checked(self, found: str | None, kind: str) -> tuple[str | None, str]:
        if found and self.latest and is_after(found, self.latest):
            self.n_future += 1
            self.date_problem = "date in the future, kept without it"
            found = None
        return (found, kind) if found else (None, "seen")


def guess_family(dataset: str, sample: Sequence[Mapping[str, Any]]) -> str:
    """Return the kind of source by the dataset's name and its first rows: mostly Korean ones make a Korean board."""
    words = set(dataset.casefold().replace("-", "_").split("_"))
    if words & {"hn", "hackernews"}:
        return "hn"
    if words & _ATS:
        return "ats"
    return "korean_board" if sum(map(_is_korean, sample)) > len(sample) / 2 else "job_board"


def _is_korean(given: Mapping[str, Any]) -> bool:
    if not is_null(given.get("country")):
        return to_iso2(str(given["country"])) == "KR"
    return detect(str(given.get("text") or given.get("title") or "")) == "ko"


def is_null(value: Any) -> bool:
    """Tell whether a value stands for nothing: None, NaN, an empty string, or a word for these."""
    if isinstance(value, str):
        return len(value) <= _LONGEST_NULL and value.strip().casefold() in _NULLS
    return value is None or (isinstance(value, float) and math.isnan(value)) or value in ([], {})


def to_line(value: Any) -> str | None:
    """Return a value as one clean line, or None for none; lists are joined, objects stand for their name."""
    if is_null(value):
        return None
    if isinstance(value, Mapping):
        return to_line(next((value[k] for k in ("name", "value", "label") if k in value), None))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(to_line, value))) or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bytes):
        raise RowProblem("a value is binary data")
    return " ".join(clean_text(str(value)).split()) or None


def read_sections(value: Any) -> tuple[Section, ...]:
    """Return sections in a shape of `sections_of`, or as JSON of it, cleaned; empty ones left out."""
    if isinstance(value, str):
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            raise RowProblem("sections are not JSON") from None
    try:
        found = sections_of(value)
    except ValueError as error:
        raise RowProblem(str(error)) from None
    read = (Section(to_line(s.heading) or "", s.kind, _to_text(s.text)) for s in found)
    return tuple(s for s in read if s.text)


def _with_heading(section: Section) -> str:
    return f"{section.heading}\n{section.text}" if section.heading else section.text


def _to_text(value: Any) -> str:
    if is_null(value):
        return ""
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        raise RowProblem(f"the text is {type(value).__name__}, not text")
    return clean_text(value)


def _lang(fields: Mapping[str, Any], text: str) -> str:
    told = (to_line(fields.get("lang")) or "").lower()[:2]
    return told if told in _LANGS else detect(text)


def _to_bool(value: Any) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def _month_of(fields: Mapping[str, Any]) -> str | None:
    """Return the month column as YYYY-MM, taking the year from its own column where the month is a bare number."""
    month, year = to_line(fields.get("month")) or "", parse_date(fields.get("year"))
    if month.isdigit() and 1 <= int(month) <= 12:
        return f"{year[:4]}-{int(month):02d}" if year else None
    found = parse_date(month)
    return found[:7] if found and len(found) >= 7 else None


def _read_hn(posting: Posting) -> Posting:
    """Return a hiring post with what its header line says; what a column of its own said stays."""
    post = parse_post(posting.text)
    return replace(
        posting,
        title=posting.title or post.title,
        company=posting.company or post.company,
        location=posting.location or post.location,
        country=posting.country or post.country,
        employment_type=posting.employment_type or post.employment_type,
        remote=post.remote if posting.remote is None else posting.remote,
        text=post.text,
    )

"""Job postings in structured data: schema.org JobPosting as JSON-LD, read tolerantly, or else as microdata."""

import html as entities
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from scrapers.countries import to_iso2
from scrapers.dates import parse_date
from scrapers.microdata import find_items
from scrapers.text import clean_text

_DECODER: Final = json.JSONDecoder(strict=False)
_WRAPPERS: Final = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[|//[^\n]*\n|\ufeff)")
_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|[\s\S])")
_VALID_ESCAPES: Final = frozenset('"\\/bfnrt')
_NAMESPACE: Final = re.compile(r"^.*[/#:]")
_PARTS: Final = {
    "responsibilities": ("Responsibilities", "duties"),
    "qualifications": ("Qualifications", "required"),
    "experienceRequirements": ("Experience", "required"),
    "educationRequirements": ("Education", "required"),
    "skills": ("Skills", "stack"),
    "jobBenefits": ("Benefits", "benefits"),
}


def find_jobpostings(html: str) -> list[dict[str, Any]]:
    """Return every JobPosting of a page in page order, keys without namespace in schema.org's spelling.

    JSON-LD blocks are read one by one, so that a broken one never loses its siblings; microdata is read only where no
    block holds a posting.
    """
    found = [posting for block in _read_blocks(html) for value in _read_json(block) for posting in _walk(value)]
    return found or [posting for value in find_items(html, "JobPosting") for posting in _walk(value)]


def to_fields(jobposting: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a Posting that a JobPosting gives; what it does not give is None.

    Requirements and duties that stand in properties of their own are added to the text below the description, and are
    its `sections`, each a dictionary of heading, kind and text.
    """
    sections = _sections(jobposting)
    places = [_place(p) for p in _listed(jobposting.get("jobLocation"))]
    countries = {to_iso2(country) for _, country in places if country}
    telecommute = str(jobposting.get("jobLocationType") or "").upper().endswith("TELECOMMUTE")
    posted_at = parse_date(_plain(jobposting.get("datePosted")))
    return {
        "title": _line(jobposting.get("title") or jobposting.get("name")),
        "company": _line(jobposting.get("hiringOrganization")),
        "location": "; ".join(dict.fromkeys(name for name, _ in places if name)) or None,
        "country": countries.pop() if len(countries) == 1 else None,
        "posted_at": posted_at,
        "posted_at_kind": "structured" if posted_at else "seen",
        "employment_type": ", ".join(filter(None, map(_line, _listed(jobposting.get("employmentType"))))) or None,
        "remote": True if telecommute else None,
        "text": "\n\n".join(f"{s['heading']}\n{s['text']}".strip() for s in sections),
        "sections": [s for s in sections if s["heading"]],
        "url": _line(jobposting.get("url") or jobposting.get("mainEntityOfPage") or jobposting.get("@id")),
        "native_id": _line(_identifier(jobposting.get("identifier"))),
    }


def is_closed(jobposting: Mapping[str, Any], today: str) -> bool:
    """Tell whether `validThrough` lies before a day (YYYY-MM-DD); without one, or with an odd one, it is open."""
    last = (parse_date(_plain(jobposting.get("validThrough"))) or "")[:10]
    return bool(last) and last < today[: len(last)]


class _Blocks:
    """Parser target that gathers the contents of JSON-LD script elements."""

    def __init__(self) -> None:
        self.blocks: list[list[str]] = []
        self._is_open = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._is_open = tag == "script" and "ld+json" in attrib.get("type", "").lower()
        if self._is_open:
            self.blocks.append([])

    def end(self, _tag: str) -> None:
        self._is_open = False

    def data(self, text: str) -> None:
        if self._is_open:
            self.blocks[-1].append(text)

    def close(self) -> None:
        return None


def _read_blocks(html: str) -> list[str]:
    if "ld+json" not in html.lower():
        return []
    target = _Blocks()
    parser = etree.HTMLParser(target=target, huge_tree=True)
    parser.feed(html.replace("\0", "").encode("utf-8", "replace").decode("utf-8"))
    parser.close()
    return ["".join(block) for block in target.blocks]


def _read_json(block: str) -> list[Any]:
    """Return the JSON values of a block, mended one fault at a time; none when nothing helps."""
    while m := _WRAPPERS.match(block):
        block = block[m.end() :]
    for decode in (str, entities.unescape):
        text = decode(block)
        for mend in _MENDINGS:
            text = mend(text)
            try:
                return list(_decode_all(text))
            except (ValueError, RecursionError):
                continue
    return []


def _decode_all(text: str) -> Iterator[Any]:
    """Yield the values of a block; what follows the first (";", "-->", "]]>") is kept only while it is JSON."""
    position, n_found = 0, 0
    while (start := _next_value(text, position)) is not None:
        try:
            value, position = _DECODER.raw_decode(text, start)
        except ValueError:
            if n_found:
                return
            raise
        n_found += 1
        yield value
    if not n_found:
        raise ValueError("no JSON value")


def _next_value(text: str, position: int) -> int | None:
    m = re.compile(r"[\s;,]*(?=[{\[])").match(text, position)
    return m.end() if m else None


def _mend_commas(text: str) -> str:
    return _TRAILING_COMMA.sub("", text)


def _mend_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda m: m[0] if len(m[1]) == 5 or m[1] in _VALID_ESCAPES else m[1], text)


_MENDINGS: Final[tuple[Callable[[str], str], ...]] = (str, _mend_escapes, _mend_commas)


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the JobPostings anywhere inside a value (@graph, item lists, arrays), in document order."""
    todo = [value]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if _is_jobposting(node):
                yield {_key(str(k)): v for k, v in node.items()}
            else:
                todo.extend(reversed(node.values()))
        elif isinstance(node, list):
            todo.extend(reversed(node))


def _is_jobposting(node: Mapping[str, Any]) -> bool:
    types = _listed(next((v for k, v in node.items() if str(k).lower() in ("@type", "type")), None))
    return any(_NAMESPACE.sub("", str(t)).lower() == "jobposting" for t in types)


def _key(name: str) -> str:
    bare = _NAMESPACE.sub("", name)
    return bare.lower() if bare.isupper() else bare[:1].lower() + bare[1:]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(value: Any) -> str | int | float | None:
    """Return the scalar that stands for a value: itself, its name or value, or the first of a list."""
    for _ in range(8):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            named = {_key(str(k)): v for k, v in value.items()}
            keys = ("name", "legalName", "value", "@value", "@id", "description", "monthsOfExperience")
            value = next((named[k] for k in keys if named.get(k) not in (None, "")), None)
        else:
            break
    return value if isinstance(value, str | int | float) else None


def _identifier(value: Any) -> Any:
    """Return an identifier without its name: a PropertyValue is named after the employer, which identifies nothing."""
    first = next(iter(_listed(value)), None)
    if not isinstance(first, dict):
        return first
    named = {_key(str(k)): v for k, v in first.items()}
    return next((named[k] for k in ("value", "propertyID", "@id", "name") if named.get(k) not in (None, "")), None)


def _line(value: Any) -> str | None:
    plain = _plain(value)
    return " ".join(clean_text(str(plain)).split()) or None if plain is not None else None


def _place(value: Any) -> tuple[str, str | None]:
    """Return a jobLocation as written in one line, and its country as written."""
    if not isinstance(value, dict):
        return _line(value) or "", None
    place = {_key(str(k)): v for k, v in value.items()}
    address = next(iter(_listed(place.get("address"))), None) or place
    if not isinstance(address, dict):
        return _line(address) or "", None
    parts = {_key(str(k)): _line(v) for k, v in address.items()}
    country = parts.get("addressCountry")
    named = [parts.get(k) for k in ("addressLocality", "addressRegion")] + [country]
    return ", ".join(dict.fromkeys(filter(None, named))) or _line(place.get("name")) or "", country


def _sections(jobposting: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the description, without heading, and the parts that it does not repeat."""
    found = [{"heading": "", "kind": "unknown", "text": clean_text(str(_plain(jobposting.get("description")) or ""))}]
    for key, (heading, kind) in _PARTS.items():
        parts = [clean_text(str(p)) for v in _listed(jobposting.get(key)) if (p := _plain(v)) is not None]
        text = "\n".join(filter(None, parts))
        if text and _squeezed(text) not in _squeezed("\n".join(s["text"] for s in found)):
            found.append({"heading": heading, "kind": kind, "text": text})
    return [s for s in found if s["text"]]


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()

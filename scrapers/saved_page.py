"""Saved pages: reads the postings of an HTML file, from its structured data or else from what a reader sees of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from scrapers.jobposting import find_jobpostings, to_fields
from scrapers.lines import find_encoding, is_undecoded
from scrapers.rows import ImportProblem
from scrapers.text import clean_text, page_to_lines

MAX_BYTES: Final = 20_000_000
PAGES: Final = (".html", ".htm")
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_UTF8: Final = frozenset({"utf-8", "utf-8-sig"})


def read_page(path: Path, encoding: str | None = None) -> list[dict[str, Any]]:
    """Return the postings of a saved page as field -> value; one from the visible text if it holds no structured data.

    Raises ImportProblem when the page is empty, too large, or not in the encoding it is read with.
    """
    html = _read_html(path, encoding)
    head = _Head()
    parser = etree.HTMLParser(target=head, huge_tree=True)
    parser.feed(html.replace("\0", ""))
    parser.close()
    found = [to_fields(p) for p in find_jobpostings(html)]
    if postings := [p for p in found if p["title"] or p["text"]]:
        address = head.address if len(postings) == 1 else None
        return [_identified(p, p["url"] or address) for p in postings]
    page = {"title": head.title, "text": page_to_lines(html), "url": head.address, "is_page_text": True}
    return [_identified(page, head.address)]


def _identified(posting: Mapping[str, Any], address: str | None) -> dict[str, Any]:
    named = {**posting, "url": address, "native_id": posting.get("native_id") or address}
    return {**named, "year_basis": named.pop("posted_at_kind", None)}


def _read_html(path: Path, encoding: str | None) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ImportProblem(f"{path.name}: larger than {MAX_BYTES // 1_000_000} MB, which no saved page should be")
        raw = path.read_bytes()
    except OSError as error:
        raise ImportProblem(f"{path.name}: cannot be read ({error.strerror or error})") from error
    if not raw.strip():
        raise ImportProblem(f"{path.name}: the file is empty")
    declared = _CHARSET.search(raw[:4096])
    name = find_encoding(path, encoding or _known_charset(declared[1].decode("ascii") if declared else None))
    if not encoding and name in _UTF8 and not _is_utf8(raw):
        # Browsers often save a page as something else than its meta element still says.
        name = find_encoding(path, None)
    try:
        html = raw.decode(name, "replace" if name in _UTF8 else "strict")
    except UnicodeDecodeError as error:
        raise ImportProblem(f"{path.name}: not {name} text; name its encoding with --encoding") from error
    return html.replace("\ufffd", " ") if is_undecoded(html) else html


def _known_charset(name: str | None) -> str | None:
    return name if name and name.lower() in ("utf-8", "euc-kr", "cp949", "ks_c_5601-1987", "windows-1252") else None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Head:
    """Parser target that keeps a page's address and its title: the first h1, else the title element."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {"h1": [], "title": []}
        self._addresses: dict[str, str] = {}
        self._open: str | None = None

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if tag in self._texts and not self._texts[tag]:
            self._open = tag
        elif tag == "link" and "canonical" in attrib.get("rel", "").lower().split():
            self._addresses.setdefault("canonical", attrib.get("href", "").strip())
        elif tag == "meta" and attrib.get("property", "").lower() == "og:url":
            self._addresses.setdefault("og", attrib.get("content", "").strip())

    def end(self, tag: str) -> None:
        if tag == self._open:
            self._open = None

    def data(self, text: str) -> None:
        if self._open:
            self._texts[self._open].append(text)

    def close(self) -> None:
        return None

    @property
    def address(self) -> str | None:
        return self._addresses.get("canonical") or self._addresses.get("og") or None

    @property
    def title(self) -> str | None:
        lines = (" ".join(clean_text("".join(self._texts[tag])).split()) for tag in ("h1", "title"))
        return next(filter(None, lines), None)

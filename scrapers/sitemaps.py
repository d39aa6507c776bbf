"""Sitemaps: the addresses of a site's job pages, found through robots.txt and the sitemap protocol."""

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import ParseError as XmlError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from scrapers.errors import BusyError, DeadlineError, FetchError, GoneError, ParseError
from scrapers.fetch import Fetcher, Page

MAX_BYTES: Final = 50 * 2**20
"""Largest sitemap, unpacked, as the protocol has it."""
MAX_ADDRESSES: Final = 50_000
"""Most addresses of one sitemap, as the protocol has it."""
MAX_SITEMAPS: Final = 100
_GZIP: Final = b"\x1f\x8b"
_START: Final = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_SITEMAP_LINE: Final = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_JOB: Final = re.compile(r"job|career|position|opening|vacanc|채용|recruit", re.I)


@dataclass(slots=True)
class Discovery:
    """The addresses found on a site, newest first, and why they may not be all of them."""

    addresses: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def is_sitemap(page: Page) -> bool:
    """Tell whether a page is a sitemap or an index of sitemaps, packed or not."""
    return page.body.startswith(_GZIP) or bool(_START.search(page.body[:2048]))


def find_sitemaps(fetcher: Fetcher, site: str) -> list[str]:
    """Return the sitemaps that the robots.txt of a site (https://host) names, else the usual address."""
    try:
        robots = fetcher.get(f"{site}/robots.txt", accept="text/plain")
    except GoneError:
        return [f"{site}/sitemap.xml"]
    named = [_joined(robots.url, m[1]) for m in _SITEMAP_LINE.finditer(robots.text)]
    return list(dict.fromkeys(filter(None, named))) or [f"{site}/sitemap.xml"]


def _joined(base: str, address: str) -> str | None:
    """Return an address as seen from a page; None for one that is none, such as "http://[x"."""
    try:
        return urljoin(base, address)
    except ValueError:
        return None


def discover(fetcher: Fetcher, first: list[str] | Page) -> Discovery:
    """Return the job pages of the sitemaps at some addresses, or of one already read, and of all below them.

    A child that fails is a gap. Raises what reading the first one raised when nothing could be read.
    """
    found = Discovery()
    pages: dict[str, str] = {}
    errors: list[FetchError | ParseError] = []
    todo = _read(first, pages, found.gaps) if isinstance(first, Page) else list(first)
    seen = dict.fromkeys(todo)
    for n_read, address in enumerate(todo):
        if n_read == MAX_SITEMAPS:
            found.gaps.append(f"more than {MAX_SITEMAPS} sitemaps")
            break
        try:
            children = _read(fetcher.get(address, accept="application/xml"), pages, found.gaps)
        except (BusyError, DeadlineError):
            raise
        except (FetchError, ParseError) as error:
            errors.append(error)
            continue
        # The list grows while it is walked, by what it does not hold yet: an index that names itself ends.
        todo += [child for child in dict.fromkeys(children) if child not in seen]
        seen |= dict.fromkeys(children)
    if errors and not pages:
        raise errors[0]
    found.gaps += [f"a sitemap failed: {error.reason}" for error in errors]
    found.addresses = sorted(_job_pages(pages), key=lambda page: pages[page], reverse=True)
    return found


def _read(page: Page, pages: dict[str, str], gaps: list[str]) -> list[str]:
    """Put the pages of a sitemap into `pages` (address -> last change) and return the sitemaps it names."""
    children: list[str] = []
    for n, (kind, address, changed) in enumerate(_entries(page), 1):
        if n > MAX_ADDRESSES:
            gaps.append(f"a sitemap of more than {MAX_ADDRESSES} addresses")
            break
        try:
            whole = urljoin(page.url, address)
        except ValueError:
            gaps.append(f"an address that is none: {address[:100]}")
            continue
        if kind == "sitemap":
            children.append(whole)
        else:
            pages[whole] = changed
    return children


def _entries(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield the entries of a sitemap: url or sitemap, its address, and when it changed ("" where it does not say)."""
    if not is_sitemap(page):
        raise ParseError(page.source, page.url, "the page is no sitemap")
    try:
        for _, element in iterparse(io.BytesIO(_unpack(page)), forbid_dtd=True):
            kind = _bare(element)
            if kind in ("url", "sitemap"):
                values = {_bare(child): (child.text or "").strip() for child in element}
                if values.get("loc"):
                    yield kind, values["loc"], values.get("lastmod", "")
                element.clear()
    except (XmlError, DefusedXmlException, ValueError) as error:
        raise ParseError(page.source, page.url, f"the sitemap is no sound XML: {error}") from error


def _unpack(page: Page) -> bytes:
    if not page.body.startswith(_GZIP):
        return page.body
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(page.body, MAX_BYTES)
    except zlib.error as error:
        raise ParseError(page.source, page.url, f"the sitemap cannot be unpacked: {error}") from error
    if unpacker.unconsumed_tail:
        raise ParseError(page.source, page.url, f"the sitemap is larger than {MAX_BYTES // 2**20} MB")
    return body


def _bare(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1].lower()


def _job_pages(pages: Iterable[str]) -> list[str]:
    """Return the addresses that speak of jobs behind their host; where none does, those of hosts whose name does."""
    parts = {page: urlsplit(page) for page in pages}
    named = [page for page, p in parts.items() if _JOB.search(unquote(f"{p.path}?{p.query}"))]
    return named or [page for page, p in parts.items() if _JOB.search(p.netloc)]

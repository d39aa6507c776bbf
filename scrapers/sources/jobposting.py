"""Job pages of any site: schema.org JobPosting on one page, or on the pages that a site's sitemaps name.

Quirks, as known in 2026-11: sitemaps keep the addresses of jobs that are gone, and pages those that are over
(`validThrough`); both are passed over and counted in the log. `datePosted` may be put forward at each refresh.
Identifiers often name the employer: one counts as the number of a job only where the page's address holds it too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from scrapers.build import Record, build, read_detail
from scrapers.errors import GoneError, ParseError, TargetError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.jobposting import find_jobpostings, is_closed, to_fields
from scrapers.korea import to_kst
from scrapers.posting import Posting, sections_of
from scrapers.progress import LOG
from scrapers.sitemaps import discover, find_sitemaps, is_sitemap
from scrapers.sources import Reject, Source

SOURCE: Final = Source(
    name="jobposting",
    title="Job pages with structured data (schema.org JobPosting)",
    home="https://schema.org/JobPosting",
    family="job_board",
    licence="that of each site: keep numbers and derived facts, publish no text",
    terms="robots.txt of each site is obeyed; one request a second",
    languages=("en", "ko", "de", "fr", "es", "pt"),
    date_kind="structured",
    min_interval_hours=0.0,
    never_gives=("updated_at",),
    concurrency=1,
    checks_robots=True,
)

_HOST: Final = re.compile(r"(?:[^\s/?#@:.]+\.)+[^\s/?#@:.]+(?::\d+)?")


@dataclass(slots=True)
class _Count:
    """What became of the pages of a site."""

    pages: int = 0
    with_postings: int = 0
    closed: int = 0
    gone: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        held = f"{self.pages} job pages, {self.with_postings} with postings"
        return f"{held}; {self.closed} postings closed, {self.gone} pages gone, {self.rejected} not read"


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there are as many boards as sites."""
    raise TargetError(SOURCE.name, "", f"name a page, a sitemap or a site, e.g. {SOURCE.name}:careers.example.com")


def expand(board: str, since: str | None) -> list[str]:
    """Return the address of a page or sitemap, or the bare name of a site's host, as it is."""
    if not _HOST.fullmatch(board):
        _split(board)
    return [board]


def _split(board: str) -> SplitResult:
    try:
        parts = urlsplit(board)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", board)
    except ValueError:
        is_sound = False
    if not is_sound:
        raise TargetError(SOURCE.name, "", f"{board!r} is neither the address of a page nor the host of a site")
    return parts


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open postings of a page, or of the job pages of a site.

    Raises ParseError where no page holds a posting, TruncatedError where sitemaps could not be read to their end.
    """
    parts = _split(f"https://{board}" if _HOST.fullmatch(board) else board)
    if parts.path in ("", "/") and not parts.query:
        site = discover(fetcher, find_sitemaps(fetcher, f"{parts.scheme}://{parts.netloc}"))
    else:
        page = fetcher.get(board, accept="text/html, application/xml;q=0.9")
        if not is_sitemap(page):
            yield from _read_one(board, page)
            return
        site = discover(fetcher, page)
    count = _Count()
    for address in site.addresses:
        yield from _read_page(fetcher, board, address, count)
    LOG.info("%s:%s: %s", SOURCE.name, board, count)
    if site.gaps:
        raise TruncatedError(SOURCE.name, "", "; ".join(dict.fromkeys(site.gaps)))
    if not count.with_postings and not count.rejected:
        reason = f"none of {count.pages} job pages of {board} holds a JobPosting ({count.gone} are gone)"
        raise ParseError(SOURCE.name, "", reason)


def _read_one(board: str, page: Page) -> Iterator[Posting | Reject]:
    found = list(_to_postings(board, page.url, page, _Count()))
    if not found and not find_jobpostings(page.text):
        raise ParseError(SOURCE.name, page.url, "the page holds no JobPosting")
    yield from found


def _read_page(fetcher: Fetcher, board: str, address: str, count: _Count) -> Iterator[Posting | Reject]:
    count.pages += 1
    page = read_detail(SOURCE.name, board, address, lambda: _ask(fetcher, address))
    if isinstance(page, Reject):
        count.rejected += 1
        yield page
    elif page is None:
        count.gone += 1
    else:
        yield from _to_postings(board, address, page, count)


def _ask(fetcher: Fetcher, address: str) -> Page | None:
    """Return a page, None for one that is gone: sitemaps keep the addresses of jobs for long."""
    try:
        return fetcher.get(address, accept="text/html")
    except GoneError:
        return None


def _to_postings(board: str, address: str, page: Page, count: _Count) -> Iterator[Posting | Reject]:
    today = datetime.now(UTC).date().isoformat()
    found = find_jobpostings(page.text)
    count.with_postings += bool(found)
    for number, jobposting in enumerate(found, 1):
        if is_closed(jobposting, today):
            count.closed += 1
        else:
            own = address if len(found) == 1 else f"{address}#{number}"
            yield _to_posting(board, own, page, to_fields(jobposting))


def _to_posting(board: str, address: str, page: Page, fields: Mapping[str, Any]) -> Posting | Reject:
    named = fields["native_id"]
    record = Record(
        native_id=named if named and re.search(rf"(?<!\w){re.escape(named)}(?!\w)", address) else address,
        title=fields["title"],
        text=fields["text"],
        sections=sections_of(fields["sections"]),
        url=address,
        company=fields["company"],
        location=fields["location"],
        country=fields["country"],
        posted_at=to_kst(fields["posted_at"]) if fields["country"] == "KR" else fields["posted_at"],
        employment_type=fields["employment_type"],
        remote=fields["remote"],
    )
    return build(SOURCE, board, page, record)

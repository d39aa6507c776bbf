"""Job pages of any site: schema.org JobPosting on one page, or on the pages that a site's sitemaps name.

Quirks, as known in 2026-11: sitemaps keep the addresses of jobs that are gone, and pages those that are over
(`validThrough`); both are passed over and counted in the log. `datePosted` may be put forward at each refresh.
Identifiers often name the employer: one counts as the number of a job only where the page's address holds it too. A
page that holds no posting where it held one may be a wall against programs: what it held counts until its day is over,
the page is gone or no sitemap names it any more. A site that is larger than a run can read is read over several runs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from scrapers.build import Record, build, read_detail
from scrapers.errors import BusyError, DeadlineError, GoneError, ParseError, StoppedError, TargetError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.jobposting import find_jobpostings, is_closed, to_fields
from scrapers.korea import to_kst
from scrapers.posting import Posting, sections_of
from scrapers.progress import LOG
from scrapers.sitemaps import Discovery, discover, find_sitemaps, is_sitemap
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
    muted: list[str] = field(default_factory=list)
    """Addresses of pages without posting that held an open one before."""

    def __str__(self) -> str:
        held = f"{self.pages} job pages, {self.with_postings} with postings"
        return f"{held}; {self.closed} postings closed, {self.gone} pages gone, {self.rejected} not read" + (
            f", {len(self.muted)} without the posting they held" if self.muted else ""
        )


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

    Pages that no run has read come first, then those read longest ago. Raises ParseError where no page holds a posting,
    TruncatedError where sitemaps could not be read to their end or more pages than not have lost their posting.
    """
    parts = _split(f"https://{board}" if _HOST.fullmatch(board) else board)
    if parts.path in ("", "/") and not parts.query:
        site = _discover(fetcher, f"{parts.scheme}://{parts.netloc}")
    else:
        page = fetcher.get(board, accept="text/html, application/xml;q=0.9")
        if not is_sitemap(page):
            yield from _read_one(board, page)
            return
        site = discover(fetcher, page)
    count = _Count()
    yield from _read_pages(fetcher, board, sorted(site.addresses, key=fetcher.turn), count)
    if (n := len(count.muted)) > count.with_postings:
        raise TruncatedError(SOURCE.name, "", f"{n} of {count.pages} job pages hold no posting where they held one")
    for address in count.muted:
        if former := fetcher.former(address):
            yield from _to_postings(board, address, former, find_jobpostings(former.text), count)
    LOG.info("%s:%s: %s", SOURCE.name, board, count)
    if site.gaps:
        raise TruncatedError(SOURCE.name, "", "; ".join(dict.fromkeys(site.gaps)))
    if not count.with_postings and not count.rejected:
        reason = f"none of {count.pages} job pages of {board} holds a JobPosting ({count.gone} are gone)"
        raise ParseError(SOURCE.name, "", reason)


def _discover(fetcher: Fetcher, home: str) -> Discovery:
    """Return the job pages of a site; raises ParseError where it has no sitemap, for that says nothing of its jobs."""
    try:
        return discover(fetcher, find_sitemaps(fetcher, home))
    except GoneError as error:
        raise ParseError(SOURCE.name, error.url, f"the site has no sitemap: {error.reason}") from error


def _read_one(board: str, page: Page) -> Iterator[Posting | Reject]:
    if not (found := find_jobpostings(page.text)):
        raise ParseError(SOURCE.name, page.url, "the page holds no JobPosting")
    yield from _to_postings(board, page.url, page, found, _Count())


def _read_pages(fetcher: Fetcher, board: str, addresses: Sequence[str], count: _Count) -> Iterator[Posting | Reject]:
    """Yield the postings of pages; where they are not all read, note which were, for a later run to read the others."""
    try:
        for address in addresses:
            yield from _read_page(fetcher, board, address, count)
            count.pages += 1
    except (BusyError, DeadlineError, StoppedError) as error:
        # A first page that holds up the run goes behind the others, or it would hold up every run.
        fetcher.mark(addresses[: max(count.pages, 1)])
        n_new = sum(fetcher.turn(address) < 0 for address in addresses[count.pages :])
        left = f"{len(addresses) - count.pages} of {len(addresses)} job pages are left for later runs"
        reason = f"{error.reason}; {left}, {n_new} of them never read"
        raise type(error)(SOURCE.name, error.url, reason) from error


def _read_page(fetcher: Fetcher, board: str, address: str, count: _Count) -> Iterator[Posting | Reject]:
    page = read_detail(SOURCE.name, board, address, lambda: _ask(fetcher, address))
    if isinstance(page, Reject):
        count.rejected += 1
        yield page
    elif page is None:
        count.gone += 1
    elif found := find_jobpostings(page.text):
        count.with_postings += 1
        yield from _to_postings(board, address, page, found, count)
    elif (former := fetcher.former(address)) and _open_ones(find_jobpostings(former.text)):
        fetcher.keep_former(address)
        count.muted.append(address)


def _ask(fetcher: Fetcher, address: str) -> Page | None:
    """Return a page, None for one that is gone: sitemaps keep the addresses of jobs for long."""
    try:
        return fetcher.get(address, accept="text/html")
    except GoneError:
        return None


def _to_postings(
    board: str, address: str, page: Page, found: Sequence[Mapping[str, Any]], count: _Count
) -> Iterator[Posting | Reject]:
    open_ones = _open_ones(found)
    count.closed += len(found) - len(open_ones)
    for number, jobposting in open_ones:
        own = address if len(found) == 1 else f"{address}#{number}"
        yield _to_posting(board, own, page, to_fields(jobposting))


def _open_ones(found: Sequence[Mapping[str, Any]]) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the postings of a page that are not over, each with its number on the page."""
    today = datetime.now(UTC).date().isoformat()
    return [(n, jobposting) for n, jobposting in enumerate(found, 1) if not is_closed(jobposting, today)]


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

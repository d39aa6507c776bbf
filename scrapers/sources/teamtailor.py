"""Teamtailor: the open jobs of one career site, from its RSS feed, else from its JSON feed.

Quirks, as known in 2026-11: the RSS feed is asked first because it holds the whole body of every job; the JSON feed,
where it was seen, gave structured data without one, and is read only where there is no RSS. Jobs are numbered in their
address, alike in both. A career site may have a domain of its own: such a board is named by its host.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all, read_xml
from scrapers.errors import GoneError, ParseError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines
from scrapers.jobposting import to_fields
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines
from scrapers.tokens import ask_for_board, check_host

HOST: Final = ".teamtailor.com"
MAX_PAGES: Final = 100

SOURCE: Final = Source(
    name="teamtailor",
    title="Teamtailor",
    home="https://www.teamtailor.com",
    family="ats",
    licence="texts belong to the employers; keep numbers and derived facts",
    terms="public feeds of career sites, without key; no limit is stated",
    languages=("en", "sv"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "employment_type", "sections"),
)

_NUMBER: Final = re.compile(r"/jobs/(\d+)")
_REMOTE: Final = {"fully": True, "none": False}


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Refuse: a career site must be named."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the name of the career site, or its host where it is no part of teamtailor.com."""
    return [check_host(SOURCE, board, (HOST,), is_host_allowed=True)]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the jobs of a career site; raises GoneError when it has neither feed."""
    site = f"https://{board if '.' in board else board + HOST}"
    try:
        page = fetcher.get(f"{site}/jobs.rss", accept="application/rss+xml")
    except GoneError:
        yield from read_all(SOURCE, board, _json_pages(fetcher, f"{site}/jobs.json"), _from_json)
        return
    channel = read_xml(page, "rss").find("channel")
    if channel is None:
        raise ParseError(SOURCE.name, page.url, "the feed has no channel")
    company = channel.findtext("title") or board
    yield from read_all(SOURCE, board, [(page, channel.findall("item"))], partial(_from_rss, company))


def _from_rss(company: str, item: ET.Element) -> Record:
    link = item.findtext("link")
    places = [(_named(place, "city"), _named(place, "country")) for place in _all_named(item, "location")]
    return Record(
        native_id=_number(link) or item.findtext("guid"),
        title=item.findtext("title"),
        company=company,
        text=html_to_lines(item.findtext("description") or ""),
        url=link,
        location="; ".join(dict.fromkeys(filter(None, (", ".join(filter(None, place)) for place in places)))),
        country=[country for _, country in places if country],
        posted_at=item.findtext("pubDate"),
        remote=_REMOTE.get(_named(item, "remoteStatus")),
    )


def _all_named(parent: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a name in any namespace, or none: feeds write both remoteStatus and tt:remoteStatus."""
    return [e for e in parent.iter() if isinstance(e.tag, str) and e.tag.rpartition("}")[2] == name]


def _named(parent: ET.Element, name: str) -> str:
    return next((text for e in _all_named(parent, name) if (text := (e.text or "").strip())), "")


def _json_pages(fetcher: Fetcher, url: str) -> Iterator[tuple[Page, list[Any]]]:
    """Yield the pages of a JSON feed; its format has a next_url, though one page was all that was seen."""
    for _ in range(MAX_PAGES):
        page = fetcher.get(url)
        items, feed = objects(page, "items"), page.json()
        # The feed is titled with the employer's name, which an item need not repeat.
        yield page, [{"employer": feed.get("title"), **item} if isinstance(item, dict) else item for item in items]
        url = feed.get("next_url")
        if not url:
            return
    raise TruncatedError(SOURCE.name, url, f"no end after {MAX_PAGES} pages")


def _from_json(item: Mapping[str, Any]) -> Record:
    jobposting = item.get("_jobposting")
    fields = to_fields(jobposting if isinstance(jobposting, Mapping) else {})
    bodies = (as_lines(item.get(key), key) for key in ("content_html", "content_text"))
    return Record(
        native_id=_number(item.get("url")) or fields["native_id"] or item.get("id"),
        title=item.get("title") or fields["title"],
        company=fields["company"] or item["employer"],
        text=next(filter(None, bodies), fields["text"]),
        url=item.get("url"),
        location=fields["location"],
        country=fields["country"],
        posted_at=item.get("date_published") or fields["posted_at"],
        remote=fields["remote"],
    )


def _number(url: Any) -> str | None:
    found = _NUMBER.search(url) if isinstance(url, str) else None
    return found[1] if found else None

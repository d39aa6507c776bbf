"""Hacker News: the monthly "Who is hiring?" threads since 2011, one advert per top-level comment.

Quirks, as known in 2026-11: threads are found through the author's stories, never by free text; the month stands in the
title, for threads of January open on the 2nd or later. Algolia gives a thread in one answer, but its index stalled in
2022-11 and 2025-08, so each thread is compared with the `kids` of Firebase and what is missing is read from there, item
by item. The thread of this month gains comments by the hour, and both are made to be polled: an hour is pause enough.
Comment text has no licence: what is published are numbers and derived facts, never the text.
"""

import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, Final

from scrapers.errors import (
    BusyError,
    DeadlineError,
    FetchError,
    GoneError,
    ParseError,
    ScrapeError,
    TargetError,
    TruncatedError,
)
from scrapers.fetch import Fetcher, Page
from scrapers.hn_header import parse_post
from scrapers.language import detect
from scrapers.posting import Posting, posting_id
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines

ALGOLIA: Final = "https://hn.algolia.com/api/v1"
FIREBASE: Final = "https://hacker-news.firebaseio.com/v0"

SOURCE: Final = Source(
    name="hackernews",
    title='Hacker News, "Who is hiring?"',
    home="https://news.ycombinator.com/submitted?id=whoishiring",
    family="hn",
    licence="none stated for comments: keep numbers and derived facts, publish no text",
    terms="public APIs without key; Algolia allows 10,000 requests an hour, Firebase states no limit",
    languages=("en",),
    date_kind="thread",
    min_interval_hours=1.0,
    never_gives=("updated_at", "sections"),
    may_vanish=False,
    concurrency=1,
    intervals={"hn.algolia.com": 0.5, "hacker-news.firebaseio.com": 0.05},
)

_TITLE = re.compile(r"Ask HN: Who is hiring\?", re.IGNORECASE)
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_IN_TITLE = re.compile(rf"\(({'|'.join(_MONTHS)})\W+(20\d\d)", re.IGNORECASE)
_BOARD = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
_RANGE = re.compile(r"(20\d\d-(?:0[1-9]|1[0-2]))\.\.(20\d\d-(?:0[1-9]|1[0-2]))")
_STORY = re.compile(r"(?!20\d\d$)\d{1,12}")
_REMOVED: Final = frozenset({"", "[flagged]", "[dead]", "[deleted]"})
_NEWEST: Final = 2


class _Threads:
    """The threads found so far, newest first, read on page by page as older ones are asked for."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher, self.found = fetcher, dict[str, int]()
        self.stories = _find_stories(self)

    def reach(self, fetcher: Fetcher, month: str) -> None:
        """Read on, for the board with that fetcher, until a thread older than `month` is seen."""
        self.fetcher = fetcher
        if self.found and min(self.found) < month:
            return
        for found_month, story in self.stories:
            # They come newest first: of two threads of one month the one opened first counts.
            self.found[found_month] = story
            if found_month < month:
                return


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Return the months of the threads since a date (ISO, any precision), else of the newest two, newest first."""
    threads = _Threads(fetcher)
    if since is None:
        while len(threads.found) < _NEWEST and (found := next(threads.stories, None)):
            threads.found[found[0]] = found[1]
        fetcher.memo["threads"] = threads
        return sorted(threads.found, reverse=True)
    first = _first_month(since)
    threads.reach(fetcher, first)
    fetcher.memo["threads"] = threads
    return sorted((month for month in threads.found if month >= first), reverse=True)


def expand(board: str, since: str | None) -> list[str]:
    """Return the months since a date of a range such as 2020-01..2024-12; a month or story stands for itself."""
    if _STORY.fullmatch(board):
        if since is not None:
            raise TargetError(SOURCE.name, "", f"{board} is one thread: name it without a date to begin from")
        return [board]
    span = _RANGE.fullmatch(f"{board}..{board}" if _BOARD.fullmatch(board) else board)
    if span is None or span[1] > span[2]:
        raise TargetError(SOURCE.name, "", f"{board!r} is neither 2023-03, 2020-01..2024-12 nor a story's number")
    first = max(span[1], _first_month(since or span[1]))
    if first > span[2]:
        raise TargetError(SOURCE.name, "", f"{board} ends before {since}: nothing is left to read")
    years = range(int(first[:4]), int(span[2][:4]) + 1)
    months = (f"{year}-{month:02}" for year in years for month in range(1, 13))
    return [month for month in months if first <= month <= span[2]]


def _first_month(since: str) -> str:
    return since[:7] if len(since) >= 7 else f"{since}-01"


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the adverts of one month's thread, or of the thread with that story number.

    Raises GoneError for a month without thread, TruncatedError when the thread could not be read to its end.
    """
    story = _find_story(fetcher, board) if _BOARD.fullmatch(board) else int(board)
    try:
        page = _ask_algolia(fetcher, f"items/{story}")
        tree = _as_object(page)
        comments = _children(page, tree)
        month = _month_of(page, tree)
    except (BusyError, DeadlineError):
        raise
    except (FetchError, ParseError):
        yield from _read_firebase(fetcher, story)
        return
    read = set()
    for comment in comments:
        # An odd number (a list, a text) is told of with the record; here it must not break the reading of the others.
        if isinstance(number := comment.get("id"), int):
            read.add(number)
        # Replies to a deleted advert are hung up on the story, but keep their parent's number.
        if comment.get("parent_id") in (None, story):
            yield from _to_records(comment, month, page)
    try:
        kids = _kids(_ask_item(fetcher, story))
    except ScrapeError as error:
        raise TruncatedError(SOURCE.name, error.url, f"not checked for completeness: {error.reason}") from error
    for number in kids:
        if number not in read:
            yield from _read_item(fetcher, number, story, month)


def _children(page: Page, tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    children = tree.get("children", 0)
    if children is not None and not isinstance(children, list):
        raise ParseError(SOURCE.name, page.url, "the thread has no list of comments")
    return [c for c in children or [] if isinstance(c, dict)]


def _read_firebase(fetcher: Fetcher, story: int) -> Iterator[Posting | Reject]:
    page = _ask_item(fetcher, story)
    if page.json() is None:
        raise GoneError(SOURCE.name, page.url, f"there is no story {story}")
    month = _month_of(page, _as_object(page))
    for number in _kids(page):
        yield from _read_item(fetcher, number, story, month)


def _read_item(fetcher: Fetcher, number: int, story: int, month: str) -> Iterator[Posting | Reject]:
    page = _ask_item(fetcher, number)
    item = page.json()
    if item is None:
        return
    if not isinstance(item, dict):
        yield Reject(SOURCE.name, month, str(number), "the item is no object", page.text[:200])
    elif item.get("parent") in (None, story):
        yield from _to_records(item, month, page)


def _to_records(item: Mapping[str, Any], month: str, page: Page) -> Iterator[Posting | Reject]:
    """Yield the posting of a comment; nothing for one that was removed."""
    text, number = item.get("text"), item.get("id")
    if item.get("deleted") or item.get("dead") or text is None:
        return
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(text, str):
        yield Reject(SOURCE.name, month, str(number), "a comment needs a number and a text", str(item)[:200])
        return
    # In comments a bare line break is how bullets are written, though HTML would not show it.
    post = parse_post(html_to_lines(text.replace("\n", "<br>")))
    if post.text.strip() in _REMOVED:
        return
    native = str(number)
    yield Posting(
        posting_id=posting_id(SOURCE.name, month, native, post.title, post.company, post.text),
        source=SOURCE.name,
        board=month,
        native_id=native,
        url=f"https://news.ycombinator.com/item?id={native}",
        title=post.title,
        company=post.company,
        location=post.location,
        country=post.country,
        lang=detect(post.text),
        family=SOURCE.family,
        posted_at=month,
        posted_at_kind=SOURCE.date_kind,
        employment_type=post.employment_type,
        remote=post.remote,
        text=post.text,
        is_truncated=False,
        raw_sha=page.sha,
    )


def _find_story(fetcher: Fetcher, month: str) -> int:
    with fetcher.memo.setdefault("lock", Lock()):
        # Taken out while it is read on: a search that breaks is begun anew by the next board, not taken for finished.
        threads: _Threads = fetcher.memo.pop("threads", None) or _Threads(fetcher)
        threads.reach(fetcher, month)
        fetcher.memo["threads"] = threads
    if month not in threads.found:
        raise GoneError(SOURCE.name, SOURCE.home, f"there is no thread for {month}")
    return threads.found[month]


def _find_stories(threads: _Threads) -> Iterator[tuple[str, int]]:
    """Yield (month, story) of all hiring threads, newest first; from Firebase where Algolia does not answer."""
    done: set[int] = set()
    try:
        for month, story in _search_stories(threads):
            done.add(story)
            yield month, story
    except (BusyError, DeadlineError):
        raise
    except (FetchError, ParseError):
        page = threads.fetcher.get(f"{FIREBASE}/user/whoishiring.json")
        submitted = _as_object(page).get("submitted")
        if not isinstance(submitted, list):
            raise ParseError(SOURCE.name, page.url, "the user has no list of submissions") from None
        for number in submitted:
            item = threads.fetcher.get(f"{FIREBASE}/item/{number}.json").json()
            if number not in done and (found := _thread_of(item, number)):
                yield found


def _search_stories(threads: _Threads) -> Iterator[tuple[str, int]]:
    number, n_pages = 0, 1
    while number < n_pages:
        query = {"tags": "story,author_whoishiring", "hitsPerPage": 100, "page": number}
        page = _ask_algolia(threads.fetcher, "search_by_date", query)
        answer = _as_object(page)
        hits, n_pages = answer.get("hits"), answer.get("nbPages", 1)
        if not isinstance(hits, list) or not isinstance(n_pages, int):
            raise ParseError(SOURCE.name, page.url, "the search has no list of hits")
        yield from (found for hit in hits if isinstance(hit, dict) and (found := _thread_of(hit, hit.get("objectID"))))
        number += 1


def _thread_of(story: Any, number: Any) -> tuple[str, int] | None:
    """Return the (month, story) of a hiring thread, None for the author's other stories."""
    title = story.get("title") if isinstance(story, dict) else None
    if not isinstance(title, str) or not _TITLE.match(title) or not str(number).isdecimal():
        return None
    found = _MONTH_IN_TITLE.search(title)
    return (f"{found[2]}-{_MONTHS.index(found[1].lower()) + 1:02}", int(number)) if found else None


def _month_of(page: Page, story: Mapping[str, Any]) -> str:
    found = _thread_of(story, 0)
    if found is None:
        raise ParseError(SOURCE.name, page.url, "the story is not a hiring thread with a month in its title")
    return found[0]


def _ask_algolia(fetcher: Fetcher, path: str, params: Mapping[str, Any] | None = None) -> Page:
    """Ask Algolia; once it failed in a run it is not asked again, for each failure costs all its retries."""
    if (failed := fetcher.memo.get("algolia_failed")) is not None:
        raise FetchError(SOURCE.name, f"{ALGOLIA}/{path}", failed)
    try:
        return fetcher.get(f"{ALGOLIA}/{path}", params)
    except (GoneError, BusyError, DeadlineError):
        raise
    except FetchError as error:
        fetcher.memo["algolia_failed"] = error.reason
        raise


def _ask_item(fetcher: Fetcher, number: int) -> Page:
    return fetcher.get(f"{FIREBASE}/item/{number}.json")


def _as_object(page: Page) -> dict[str, Any]:
    answer = page.json()
    if not isinstance(answer, dict):
        raise ParseError(SOURCE.name, page.url, "the answer is not an object")
    return answer


def _kids(page: Page) -> list[int]:
    kids = _as_object(page).get("kids", [])
    if not isinstance(kids, list) or not all(isinstance(k, int) for k in kids):
        raise ParseError(SOURCE.name, page.url, "the story has no list of comments")
    return kids

"""Kept pages: which page of the store (or none) answered which request, and how to ask whether it still does."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Final

import pyarrow as pa

from scrapers.files import Files, StoreError

_TEXTS: Final = ("method", "url", "payload", "sha", "etag", "last_modified", "content_type")
FETCH_SCHEMA: Final = pa.schema([*((name, pa.string()) for name in _TEXTS), ("status", pa.int16())])


GONE: Final = frozenset({404, 410})
"""Answers that there is no such page: what a source did then, it does again when its pages are replayed."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request and the page that answered it, "" for none; `payload` is the JSON that was sent, empty for GET.

    A page that is gone has status 404 or 410 and no `sha`; all others have 200, also those noted before there was one.
    """

    method: str
    url: str
    payload: str
    sha: str
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    status: int = 200

    @property
    def is_gone(self) -> bool:
        """True where the server said that there is no such page."""
        return self.status in GONE

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells one request of a source from another."""
        return self.method, self.url, self.payload

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the page only where it is another one by now; none without a mark of one line."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value.isprintable() and value and self.method == "GET"}


def payload_text(payload: Any) -> str:
    """Return a payload as text that is the same for equal payloads."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)


def page_name(sha: str) -> str:
    """Return the name under which a page is kept."""
    return f"pages/{sha[:2]}/{sha}.gz"


class KeptPages:
    """The latest kept page of each request of one source."""

    def __init__(self, files: Files | None = None, rows: Iterable[Fetch] = ()) -> None:
        self._files = files
        self._rows = {row.key: (turn, row) for turn, row in enumerate(rows)}

    def find(self, method: str, url: str, payload: str = "") -> Fetch | None:
        """Return what answered a request last, None where nothing did."""
        return self._rows.get((method, url, payload), (-1, None))[1]

    def turn(self, method: str, url: str, payload: str = "") -> int:
        """Return when a request was recorded last, as its place among all that are recorded; -1 where it never was."""
        return self._rows.get((method, url, payload), (-1, None))[0]

    def body(self, fetch: Fetch) -> bytes | None:
        """Return a kept page; None when it was gone, or was removed or damaged since."""
        name = page_name(fetch.sha)
        if fetch.is_gone or self._files is None or not self._files.exists(name):
            return None
        try:
            return gzip.decompress(self._files.read(name))
        except (OSError, EOFError, zlib.error):
            return None


class PageKeeper:
    """Keeps pages unedited, gzipped and named by their content; it needs no lock of the store."""

    def __init__(self, files: Files) -> None:
        self._files, self._kept, self._lock = files, set[str](), Lock()

    def keep(self, raw: bytes) -> str:
        """Keep a page and return its SHA-256; threads may call this at once."""
        sha = hashlib.sha256(raw).hexdigest()
        name = page_name(sha)
        with self._lock:
            is_mine = sha not in self._kept
            self._kept.add(sha)
        if is_mine and not self._files.exists(name):
            self._write(name, raw)
        return sha

    def _write(self, name: str, raw: bytes) -> None:
        try:
            # mtime=0: the same page gives the same bytes.
            self._files.write(name, gzip.compress(raw, mtime=0))
        except StoreError:
            # Another process that came upon the same page at the same moment has put it there.
            if not self._files.exists(name):
                raise


def to_table(fetches: Iterable[Fetch]) -> pa.Table:
    """Return fetches as rows of `FETCH_SCHEMA`; of several for one request the last."""
    last = {fetch.key: fetch for fetch in fetches}
    return pa.Table.from_pylist([asdict(row) for row in last.values()], schema=FETCH_SCHEMA)


def from_tables(tables: Iterable[pa.Table]) -> Iterator[Fetch]:
    """Yield the fetches of tables of `FETCH_SCHEMA`."""
    for table in tables:
        yield from (Fetch(**row) for row in table.to_pylist())

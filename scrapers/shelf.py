"""The shelf: what was read of a run's boards and is not stored yet, each board a file of its own, whole or absent."""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote

from scrapers.errors import ScrapeError
from scrapers.files import Files
from scrapers.kept import Fetch
from scrapers.posting import Posting, Section, digest
from scrapers.reading import Listing, Reading, unasked
from scrapers.sources import Reject, SourceModule

FOLDER: Final = "staging"
_LISTING: Final = "boards.json"
_READABLE: Final = 60


class Shelf:
    """The readings of one run below staging/<run>/<source>/; asked for boards, it gives back what is there of them.

    A damaged file is none: its board counts as not asked.
    """

    def __init__(self, files: Files, run: str) -> None:
        self._files, self.folder = files, f"{FOLDER}/{run}"
        # Listed once: to ask for each board whether it is there would cost object storage a request a board.
        self._names = set(files.names(self.folder))
        self._asked: deque[tuple[SourceModule, str | None]] = deque()

    def put(self, reading: Reading) -> None:
        """Keep what was read of a board, in place of what was read of it before."""
        self._write(self._name(reading.source, reading.board), _from_reading(reading))

    def put_listing(self, source: str, listing: Listing | Reading) -> None:
        """Keep which boards a source lists, or why it could not list them."""
        body = asdict(listing) if isinstance(listing, Listing) else _from_reading(listing)
        self._write(f"{self.folder}/{source}/{_LISTING}", body)

    def find(self, source: str, board: str) -> Reading | None:
        """Return what was read of a board."""
        found = self._read(self._name(source, board))
        return found if isinstance(found, Reading) else None

    def listing(self, source: str) -> Listing | Reading | None:
        """Return which boards a source listed, or the reading that says why it could not."""
        return self._read(f"{self.folder}/{source}/{_LISTING}")

    def ask_boards(self, module: SourceModule) -> None:
        """Have a source's list of its boards handed back."""
        self._asked.append((module, None))

    def ask(self, module: SourceModule, boards: Sequence[str]) -> None:
        """Have readings handed back."""
        self._asked.extend((module, board) for board in boards)

    def results(self) -> Iterator[tuple[SourceModule, Reading | Listing]]:
        """Yield what is there of all that was asked for, one after the other from disk, and what is not as unasked."""
        while self._asked:
            module, board = self._asked.popleft()
            source = module.SOURCE.name
            found = self.listing(source) if board is None else self.find(source, board)
            yield module, found or unasked(source, board or "")

    def _name(self, source: str, board: str) -> str:
        # Boards may be addresses, long ones, or differ in letter case alone: the digest tells them apart.
        readable = quote(board, safe="", errors="surrogatepass")[:_READABLE]
        return f"{self.folder}/{source}/{digest(board)}-{readable}.json"

    def _write(self, name: str, body: Mapping[str, Any]) -> None:
        # Halves of characters stay what they were: as escapes, two of them would be read back as one character.
        self._files.write(name, json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        self._names.add(name)

    def _read(self, name: str) -> Reading | Listing | None:
        if name not in self._names:
            return None
        try:
            body = json.loads(self._files.read(name).decode("utf-8", "surrogatepass"))
            return _to_listing(body) if "boards" in body else _to_reading(body)
        except (ValueError, TypeError, KeyError):
            return None


def _from_reading(reading: Reading) -> dict[str, Any]:
    """Return a reading without its seconds: run again after a kill, a run is to end in the same bytes."""
    return {
        "source": reading.source,
        "board": reading.board,
        "postings": [asdict(posting) for posting in reading.postings],
        "rejects": [asdict(reject) for reject in reading.rejects],
        "fetches": [asdict(fetch) for fetch in reading.fetches],
        "error": reading.error and _from_error(reading.error),
        "last_sha": reading.last_sha,
        "requests": reading.requests,
    }


def _to_reading(body: Mapping[str, Any]) -> Reading:
    more: dict[str, Any] = {
        "postings": [_to_posting(posting) for posting in body["postings"]],
        "rejects": [Reject(**reject) for reject in body["rejects"]],
        "fetches": [Fetch(**fetch) for fetch in body["fetches"]],
        "error": body["error"] and _to_error(**body["error"]),
    }
    return Reading(**{**body, **more})


def _to_posting(values: Mapping[str, Any]) -> Posting:
    return Posting(**{**values, "sections": tuple(Section(**section) for section in values["sections"])})


def _to_listing(body: Mapping[str, Any]) -> Listing:
    return Listing(body["boards"], [Fetch(**fetch) for fetch in body["fetches"]])


def _from_error(error: ScrapeError) -> dict[str, str]:
    told = {"source": error.source, "url": error.url, "reason": error.reason, "detail": error.detail}
    return {"kind": type(error).__name__, **told}


def _to_error(kind: str, source: str, url: str, reason: str, detail: str) -> ScrapeError:
    return {k.__name__: k for k in _kinds(ScrapeError)}[kind](source, url, reason, detail)


def _kinds(kind: type[ScrapeError]) -> Iterator[type[ScrapeError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)

"""The error of the store, and those of collecting: one tree, each with its source and address and a board's outcome."""

import zlib
from typing import ClassVar, Final

from scrapers.escapes import escape_controls

FAULTS: Final = (
    *(ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError, OSError, RuntimeError),
    *(StopIteration, SyntaxError, TypeError, ValueError, zlib.error),
)
"""What records of no known shape make a source raise, by families: RuntimeError holds RecursionError, SyntaxError the
errors of XML, ValueError those of Unicode. StoreError is in none of them, for it concerns all boards of a run."""


class StoreError(Exception):
    """The data root cannot be used as asked; the message says what to do."""


class ScrapeError(Exception):
    """Reading a board went wrong; `source` and `url` say where, `detail` holds the words of the library that met it."""

    outcome: ClassVar[str] = "failed"

    def __init__(self, source: str, url: str, reason: str, detail: str = "") -> None:
        # Reasons quote what servers sent: it must neither break a report nor be obeyed by a terminal.
        self.reason = escape_controls(" ".join(reason.split()))
        self.source, self.url, self.detail = source, url, escape_controls(" ".join(detail.split()))
        super().__init__(
            (f"{source}: " if source else "") + self.reason + (f" ({escape_controls(url)})" if url else "")
        )


class FetchError(ScrapeError):
    """A page could not be had: no connection, an error status, too large, not allowed."""


class GoneError(FetchError):
    """The server says that the page does not exist (404 or 410)."""

    outcome = "gone"


class BusyError(FetchError):
    """The server asks for a longer pause than a run can wait: its host is left alone until the next run."""


class DeadlineError(FetchError):
    """The time for one board is over."""

    outcome = "truncated"


class StoppedError(ScrapeError):
    """The run was asked to stop: the pages in hand were finished, no further one is asked for."""

    outcome = "truncated"


class ParseError(ScrapeError):
    """A page does not have the shape its source is known for."""


class TruncatedError(ScrapeError):
    """What was read is right, but it is known not to be all."""

    outcome = "truncated"


class SourceDownError(ScrapeError):
    """Of a source not one board could be read."""


class NothingReadError(ScrapeError):
    """Of a run not one board of any source could be read, so that there is nothing to store."""


class TargetError(ScrapeError):
    """What was asked for makes no sense: an unknown source or board, a bad date, a bad base URL."""

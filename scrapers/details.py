"""Details: what sources share that list jobs in one answer and describe each in another."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from scrapers.errors import BusyError, DeadlineError, FetchError, ParseError
from scrapers.sources import Reject

_T = TypeVar("_T")


def read_detail(source: str, board: str, number: object, ask: Callable[[], _T]) -> _T | Reject:
    """Return what `ask` returns, or a Reject where this one answer fails: its job is told of, the others are read on.

    A busy server and the end of the board's time are no fault of one job: BusyError and DeadlineError are raised.
    """
    try:
        return ask()
    except (BusyError, DeadlineError):
        raise
    except (FetchError, ParseError) as error:
        return Reject(source, board, str(number), f"its own page failed: {error.reason}", error.url)


def dig(record: Any, *keys: str) -> Any:
    """Return the value under nested keys; None where one is missing or something else than an object is in the way."""
    for key in keys:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def names_of(records: Any, key: str = "name") -> str | None:
    """Return the names of a list of objects in one line, each once; None for none."""
    found = [dig(record, key) for record in records] if isinstance(records, list) else []
    return ", ".join(dict.fromkeys(name.strip() for name in found if isinstance(name, str) and name.strip())) or None

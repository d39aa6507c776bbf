"""Dates: reads the dates that sources write into ISO 8601, never more precise than they are and never by guessing."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_MS_FROM: Final = 1e11
"""Epoch numbers from here on are milliseconds: as seconds they would lie beyond the year 5000."""

_YEAR: Final = re.compile(r"(\d{4})(?:\.0)?년?")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/.]|년\s*)(\d{1,2})월?")
_DAY: Final = re.compile(r"(\d{4})\s*([-/.년])\s*(\d{1,2})\s*[-/.월]\s*(\d{1,2})\s*[.일]?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EPOCH: Final = re.compile(r"\d{9,13}(?:\.\d+)?")
_EITHER: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_WORDED: Final = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%B-%Y")
_WORDED_MONTH: Final = ("%B %Y", "%b %Y")


def parse_date(value: Any) -> str | None:
    """Return a date as ISO 8601, only as precise as given: 2023, 2023-07, 2023-07-14, or with time.

    Reads ISO-like and RFC 822 strings, month names, Korean dates, epoch seconds or milliseconds, and date objects;
    03/04/2023 may be March or April and gives None, as do words such as "3 days ago".
    """
    if isinstance(value, datetime):
        return _from_datetime(value)
    if isinstance(value, date):
        return _checked(value.year, value.month, value.day)
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    return next((found for read in _READERS if (found := read(text))), None)


def is_after(date_given: str, day: str) -> bool:
    """Tell whether an ISO date lies wholly after a day (YYYY-MM-DD); times with an offset are compared in UTC."""
    if "T" in date_given:
        moment = datetime.fromisoformat(date_given)
        date_given = (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()
    return date_given > day[: len(date_given)]


def _checked(year: int, month: int | None = None, day: int | None = None) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _from_datetime(moment: datetime) -> str | None:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    # Midnight without an offset is how tables store a bare day.
    if moment.tzinfo is None and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")


def _read_parts(text: str) -> str | None:
    if m := _YEAR.fullmatch(text):
        return _checked(int(m[1]))
    if m := _MONTH.fullmatch(text):
        return _checked(int(m[1]), int(m[2])) if int(m[2]) else None
    if (m := _DAY.fullmatch(text)) and int(m[3]) and int(m[4]):
        return _checked(int(m[1]), int(m[3]), int(m[4]))
    if m := _COMPACT.fullmatch(text):
        return _checked(int(m[1]), int(m[2]), int(m[3])) if int(m[2]) and int(m[3]) else None
    return None


def _read_epoch(text: str) -> str | None:
    if not _EPOCH.fullmatch(text):
        return None
    seconds = float(text) / (1000 if float(text) >= _MS_FROM else 1)
    return _from_datetime(datetime.fromtimestamp(int(seconds), UTC))


def _read_iso(text: str) -> str | None:
    candidate = text.removesuffix(" UTC") + ("+00:00" if text.endswith(" UTC") else "")
    if not re.match(r"\d{4}-\d\d-\d\d[T ]", candidate):
        return None
    try:
        return _from_datetime(datetime.fromisoformat(candidate.replace(" +", "+")))
    except ValueError:
        return None


def _read_day_and_month(text: str) -> str | None:
    if not (m := _EITHER.fullmatch(text)):
        return None
    first, second, year = (int(part) for part in m.groups())
    if first == second or second > 12:
        return _checked(year, first, second) if 1 <= first <= 12 else None
    return _checked(year, second, first) if first > 12 and second else None


def _read_words(text: str) -> str | None:
    plain = " ".join(re.sub(r"[,.]", " ", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)).split())
    for formats, size in ((_WORDED, 10), (_WORDED_MONTH, 7)):
        for pattern in formats:
            try:
                return (_from_datetime(datetime.strptime(plain, pattern)) or "")[:size] or None
            except ValueError:
                continue
    return None


def _read_mail_date(text: str) -> str | None:
    if not re.search(r"[A-Za-z]{3} \d{4} \d{1,2}:\d\d", text):
        return None
    try:
        return _from_datetime(parsedate_to_datetime(text))
    except (ValueError, TypeError):
        return None


_READERS: Final[tuple[Callable[[str], str | None], ...]] = (
    _read_parts,
    _read_iso,
    _read_epoch,
    _read_day_and_month,
    _read_mail_date,
    _read_words,
)

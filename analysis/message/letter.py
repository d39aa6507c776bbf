"""Letter: a run's message in plain text, part by part, before it is written for Slack, for e-mail or as a file."""

from dataclasses import dataclass
from typing import Final

from scrapers.escapes import escape_controls

LINE: Final = 400
"""Characters of one line, beyond which it is cut: words of other people's servers have no limit."""


@dataclass(frozen=True, slots=True)
class Item:
    """One point: what is so, how long, what to do and details under it; all plain text."""

    text: str
    since: str = ""
    lines: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Names in the first column and counts in the others; `note` says what they are, `foot` are their sums."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...]
    note: str
    marked: frozenset[str] = frozenset()
    """Names of the rows to look at."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read on; `target` is an address of the web or the path of a file."""

    words: str
    target: str

    @property
    def is_web(self) -> bool:
        """True when it may be clicked: nothing but a plain web address is."""
        return self.target.startswith(("https://", "http://")) and not set(self.target) & set("<>\"' |\\")


@dataclass(frozen=True, slots=True)
class Section:
    """A title with points, a table or links under it."""

    title: str
    items: tuple[Item, ...] = ()
    table: Table | None = None
    links: tuple[Link, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing under the title."""
        return not (self.items or self.table or self.links)


@dataclass(frozen=True, slots=True)
class Letter:
    """The whole message: verdict first, then the sections in the order in which they are read."""

    lang: str
    severity: str
    verdict: str
    origin: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]


def plain(text: str) -> str:
    """Return other people's text as one line without controls, cut where it runs on."""
    line = escape_controls(" ".join(str(text).split()))
    return line if len(line) <= LINE else line[: LINE - 1] + "…"

"""What a source is, and which there are: each module of this folder is one source, found by walking the folder."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, cast

from scrapers.errors import TargetError

if TYPE_CHECKING:
    from scrapers.fetch import Fetcher
    from scrapers.posting import Posting

_EXCERPT: Final = 200
"""Characters of an odd record that are told with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a user should know of a platform before counting its postings."""

    name: str
    title: str
    home: str
    family: str
    licence: str
    terms: str
    languages: tuple[str, ...]
    date_kind: str
    min_interval_hours: float
    never_gives: tuple[str, ...] = ()
    """Fields of a posting that this platform never fills."""
    may_vanish: bool = True
    """False where postings stay for ever, as in a closed thread."""
    attribution: str = ""
    """What the terms ask of whoever shows its postings, such as a link back."""
    concurrency: int = 2
    """Requests in flight at once to one of its hosts."""
    timeout: float = 30.0
    """Seconds to wait for the first byte of an answer."""
    checks_robots: bool = False
    """True for sources that read pages meant for people."""
    intervals: Mapping[str, float] = field(default_factory=dict)
    """Seconds between requests by host, where they may be fewer than usual."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that is no posting, with the reason and how it begins."""

    source: str
    board: str
    native_id: str | None
    reason: str
    excerpt: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "excerpt", self.excerpt[:_EXCERPT])


class SourceModule(Protocol):
    """What `load` gives of each module of this folder; the module itself may leave out `boards` and `expand`."""

    SOURCE: Source

    def read_board(self, fetcher: "Fetcher", board: str, since: str | None) -> "Iterator[Posting | Reject]":
        """Yield the postings of a board; raises ScrapeError when it cannot go on."""

    def boards(self, fetcher: "Fetcher", since: str | None) -> list[str]:
        """Return the boards to read when none is named; raises TargetError where one must be."""

    def expand(self, board: str, since: str | None) -> list[str]:
        """Return the boards that a name given by a user stands for, without those wholly before `since`.

        Raises TargetError for a name without sense, and when no board is left.
        """


def names() -> list[str]:
    """Return the names of all sources, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__))


def load(name: str) -> SourceModule:
    """Return the module of a source; raises TargetError for an unknown name.

    One that says nothing of boards is read as a whole: it has one board, without a name.
    """
    if name not in names():
        raise TargetError("", "", f"there is no source {name!r}; there are: {', '.join(names())}")
    module = importlib.import_module(f"{__name__}.{name}")
    found = SimpleNamespace(
        SOURCE=module.SOURCE,
        read_board=module.read_board,
        boards=getattr(module, "boards", _list_whole),
        expand=getattr(module, "expand", partial(_refuse_board, module.SOURCE)),
    )
    return cast(SourceModule, found)


def _list_whole(fetcher: "Fetcher", since: str | None) -> list[str]:
    return [""]


def _refuse_board(source: Source, board: str, since: str | None) -> NoReturn:
    raise TargetError(source.name, "", f"it has no boards: write {source.name}, not {source.name}:{board}")

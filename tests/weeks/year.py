"""A year: the market and its faults week by week, what each run came to, and what was true meanwhile."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.tagger import Tagger
from analysis.loading import load
from analysis.measure.population import Query
from analysis.measure.rates import rates
from scrapers.client import Client
from scrapers.store import Store
from tests.scrapers.wire import serve
from tests.weeks.adverts import Advert
from tests.weeks.faults import Fault, drifted, heal
from tests.weeks.market import CHANNELS, Market, Vacancy, monday
from tests.weeks.platforms import Platforms
from tests.weeks.refresh import Refreshed, finish, refresh

SOURCES = [channel for channel in CHANNELS if channel]
LEVELS = ("any", "required")


@dataclass(frozen=True, slots=True)
class Week:
    """A week's run and the fault planted in it.

    `rates` are low, truth and high by level for its new postings, nothing where the gate was closed or they are
    withheld; `size` are bytes by folder of the data root; `unlike` are the files that differed after its second half
    had been done again.
    """

    number: int
    fault: Fault | None
    refreshed: Refreshed
    rates: dict[str, tuple[float, float, float]]
    size: dict[str, int]
    unlike: list[str]

    @property
    def alarms(self) -> set[str]:
        """What a person is asked to do that no fault of the week is the reason for."""
        return set(self.refreshed.to_do) - (self.fault.keys if self.fault else frozenset())


@dataclass
class Year:
    """Weeks of a market in a data root. `seen` holds, by posting_id, the weeks in which a run saw it."""

    root: Path
    seed: int
    faults: Sequence[Fault]
    seen: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, Advert | None] = field(default_factory=dict)
    """What a run last read of each posting; None where its text was broken."""

    def __post_init__(self) -> None:
        self.store = Store(self.root / "data")
        self.market = Market(self.seed)
        self.platforms = Platforms(self.market)
        self.taggers = {False: Tagger.load(), True: drifted(self.root)}
        self._tagger = self.taggers[False]

    def weeks(self, n: int, *, still: frozenset[int] = frozenset(), is_drawn: bool = False) -> Iterator[Week]:
        """Yield week after week; in those that are `still` nothing changes, and of the last one all is drawn."""
        with self._serving() as url:
            for number in range(n):
                self.market.is_still = number in still
                yield self._week(url, number, is_drawn=is_drawn and number == n - 1)

    @contextmanager
    def _serving(self) -> Iterator[str]:
        """Serve the market, with this year's tagger and without pauses between tries, and yield its address."""
        rest: Callable[..., None] = lambda client, visit, url, seconds: client.check(visit, url)  # noqa: E731
        with (
            serve() as wire,
            patch.object(Client, "rest", rest),
            patch.object(Tagger, "load", classmethod(lambda cls, vocabulary=None, root=None: self._tagger)),
        ):
            wire.answer = self.platforms.answer
            yield wire.url

    def _week(self, url: str, number: int, *, is_drawn: bool) -> Week:
        opened = self.market.advance()
        fault = next((f for f in self.faults if f.week <= number < f.week + f.n), None)
        heal(self.platforms)
        if fault:
            fault.break_it(self.platforms)
        self._tagger = self.taggers[bool(fault and fault.is_drift)]
        done = refresh(self.store, url, self.market.targets, number, is_drawn=is_drawn)
        before = _tree(self.root)
        if fault or self.market.is_still:
            finish(self.store, number, done.tasks, done.errors, is_drawn=is_drawn)
        after = _tree(self.root)
        unlike = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        fresh = self._look(number)
        found = {} if done.assessment.is_held else self._compare(fresh, opened)
        return Week(number, fault, done, found, _sizes(after), unlike)

    def _look(self, week: int) -> list[str]:
        """Note which postings the run must have seen, and return those that it saw first.

        Of a board that was not read to its end, or showed too few to be believed, only what is new there is seen.
        """
        report = next(iter(self.store.reports()))
        whole = {(b["source"], b["board"]) for b in report["boards"] if b["outcome"] in ("ok", "ok_empty")}
        fresh = []
        for vacancy in self._shown():
            is_whole = vacancy.employer.channel not in self.platforms.silent | self.platforms.plain
            advert = vacancy.advert if is_whole else None
            if vacancy.id not in self.seen:
                fresh.append(vacancy.id)
            elif self.known[vacancy.id] == advert and (vacancy.employer.channel, vacancy.board) not in whole:
                continue
            self.seen[vacancy.id].append(week)
            self.known[vacancy.id] = advert
        return fresh

    def _shown(self) -> Iterator[Vacancy]:
        for source in sorted(set(SOURCES) - self.platforms.down):
            if source == "hackernews":
                newest = sorted(self.market.threads, reverse=True)[:2]
                yield from (v for month in newest for v in self.market.threads[month])
            else:
                yield from (v for v in self.market.shown(source) if v.board not in self.platforms.renamed)

    def _compare(self, fresh: list[str], opened: list[Vacancy]) -> dict[str, tuple[float, float, float]]:
        if not opened:
            return {}
        facts = load(self.store, "store")
        mine = facts.filter(pc.is_in(facts["posting_id"].cast(pa.string()), pa.array(fresh, pa.string())))
        found = {level: self._one(rates(mine, Query(level=level)), opened, level) for level in LEVELS}
        return {level: row for level, row in found.items() if row}

    def _one(self, table: pd.DataFrame, opened: list[Vacancy], level: str) -> tuple[float, float, float] | None:
        low, high = float(table["low"].iloc[0]), float(table["high"].iloc[0])
        return None if low != low else (low, self.market.truth(opened, level), high)


def days_of(year: Year) -> dict[str, tuple[str, str]]:
    """Return first_seen and last_seen of every posting, by posting_id, as the market knows them.

    In a thread nothing vanishes, so that what was seen once is not looked for again.
    """
    threaded = {v.id for found in year.market.threads.values() for v in found}
    return {
        posting_id: (f"{monday(weeks[0])}", f"{monday(weeks[0] if posting_id in threaded else weeks[-1])}")
        for posting_id, weeks in year.seen.items()
    }


def _tree(root: Path) -> dict[str, bytes]:
    data = root / "data"
    return {str(p.relative_to(data)): p.read_bytes() for p in data.rglob("*") if p.is_file() and not p.is_symlink()}


def _sizes(tree: dict[str, bytes]) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    for name, content in tree.items():
        sizes[name.split("/")[0]] += len(content)
    return dict(sizes)

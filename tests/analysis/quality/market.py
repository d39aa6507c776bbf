"""An invented market of weeks: several sources of unlike size and habit, noisy but steady, with faults on request."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np
import pandas as pd

from analysis.quality.weeks import Week

ROLES = ("software_engineer", "other", "bi_analyst", "data_scientist", "data_engineer", "ml_engineer")
ROLE_SHARES = (0.47, 0.26, 0.08, 0.08, 0.06, 0.05)


@dataclass(frozen=True)
class Habits:
    """What a source is like: how much it brings a week, in how large batches, and what it never gives."""

    name: str
    family: str = "ats"
    n_boards: int = 6
    stock: int = 40
    """Postings of a board."""
    weekly: float = 12.0
    batch: float = 1.6
    undated: float = 0.0
    short: float = 0.02
    unsectioned: float = 0.25
    copies: float = 0.12
    monthly: bool = False


SOURCES = (
    Habits("boards_a", n_boards=12, weekly=60, batch=2.5),
    Habits("boards_b", n_boards=8, weekly=30, batch=2.0, unsectioned=0.05),
    Habits("boards_c", n_boards=4, stock=15, weekly=6, copies=0.3),
    Habits("feed", family="job_board", n_boards=1, stock=90, weekly=40, batch=1.2, undated=0.5, unsectioned=0.7),
    Habits("one_employer", n_boards=1, stock=60, weekly=5, unsectioned=0.02),
    Habits("small", n_boards=1, stock=8, weekly=1.5, short=0.3),
    Habits("thread", family="hn", n_boards=1, stock=250, weekly=30, batch=1.1, unsectioned=0.8, monthly=True),
    Habits("korean", family="korean_board", n_boards=1, stock=120, weekly=20, batch=1.4, short=0.1),
)

Change = Callable[[Week], Week]


@dataclass
class Market:
    """Draws one week after another; the same seed gives the same weeks."""

    seed: int
    sources: Sequence[Habits] = SOURCES
    stocks: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def weeks(self, n: int, faults: dict[int, Change] | None = None) -> Iterator[Week]:
        for number in range(n):
            week = self._week(number)
            yield faults[number](week) if faults and number in faults else week

    def _week(self, number: int) -> Week:
        # The whole market breathes: holidays, budgets, the start of a quarter.
        mood = float(np.exp(self.random.normal(0, 0.15))) * (0.5 if number % 52 in (51, 0) else 1.0)
        rows = pd.concat([self._rows(s, number, mood) for s in self.sources], ignore_index=True)
        boards = pd.DataFrame([b for s in self.sources for b in self._boards(s)])
        return Week(f"weekly-{number:03}", f"{2026 + number // 52}-01-01", boards, rows)

    def _boards(self, source: Habits) -> Iterator[dict[str, object]]:
        for i in range(source.n_boards):
            key = source.name, f"b{i}"
            before = self.stocks.get(key, source.stock)
            drift = 0.05 * (source.stock - before) + self.random.normal(0, np.sqrt(before) * 0.6)
            self.stocks[key] = max(before + drift, 0.0)
            is_down = self.random.random() < 0.01
            n = 0 if is_down and source.n_boards > 2 else int(self.stocks[key])
            outcome = "failed" if is_down and source.n_boards > 2 else "ok" if n else "ok_empty"
            yield {
                "source": source.name,
                "board": f"b{i}",
                "outcome": outcome,
                "n": n,
                "n_rejected": int(self.random.random() < 0.02),
                "reason": "answers 503" if outcome == "failed" else "",
            }

    def _rows(self, source: Habits, number: int, mood: float) -> pd.DataFrame:
        rate = source.weekly * mood * (4.0 if source.monthly and number % 4 == 0 else 0.3 if source.monthly else 1.0)
        n_batches = self.random.poisson(rate / source.batch)
        sizes = self.random.geometric(1 / source.batch, n_batches)
        # Now and then an employer rewrites all its adverts, or opens an office.
        if self.random.random() < 0.04:
            sizes = np.append(sizes, self.random.integers(10, 40))
        pool = 1 if source.name == "one_employer" else max(int(source.weekly * 4), 3)
        employers = np.repeat(self.random.integers(0, pool, len(sizes)), sizes)
        return self._postings(source, employers, number)

    def _postings(
        self, source: Habits, employers: "np.ndarray[tuple[int], np.dtype[np.int64]]", number: int
    ) -> pd.DataFrame:
        n, seeds = len(employers), [crc32(f"{self.seed} {source.name} {e}".encode()) for e in employers]
        habits = np.array([np.random.default_rng(seed).random(8) for seed in seeds]).reshape(n, 8)

        def share(p: float, column: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
            """Employers differ: half of what is seen is their habit, half chance."""
            own = np.where(habits[:, column] < p, min(1.0, p + 0.5 * (1 - p)), p * 0.5)
            return np.asarray(self.random.random(n) < own)

        roles = self.random.choice(ROLES, n, p=ROLE_SHARES)
        is_data = ~np.isin(roles, ["software_engineer", "other"])
        named = np.where(is_data, share(0.15, 0), share(0.02, 1))
        return pd.DataFrame(
            {
                "posting_id": [f"{source.name}-{number}-{i}" for i in range(n)],
                "source": source.name,
                "board": [f"b{e % source.n_boards}" for e in employers],
                "url": None,
                "family": source.family,
                "company": [f"{source.name}-{e}" for e in employers],
                "role": roles,
                "cell": [f"{r} {source.family}" for r in roles],
                "is_data": is_data,
                "named": named.astype(bool),
                "is_fact": True,
                "is_first": False,
                "is_new": self.random.random(n) < 0.85,
                "is_undated": share(source.undated, 2),
                "is_future": False,
                "is_short": share(source.short, 3),
                "is_unsectioned": share(source.unsectioned, 4),
                "is_copy": share(source.copies, 5),
                "is_guessed": share(0.16, 6),
                "is_silent": share(0.35, 7),
                "is_unclear": share(source.unsectioned, 4),
            }
        )


def change_rows(source: str | None, **values: bool) -> Change:
    """A fault that sets flags in all rows of a source, or of all."""

    def change(week: Week) -> Week:
        rows = week.rows.copy()
        mine = np.ones(len(rows), bool) if source is None else (rows["source"] == source).to_numpy()
        for name, value in values.items():
            rows.loc[mine, name] = value
        return replace(week, rows=rows)

    return change


def rewrite(source: str, n: int, **values: bool) -> Change:
    """A changed parser: the whole stock comes again as changed, with flags set."""

    def change(week: Week) -> Week:
        mine = week.rows[week.rows["source"] == source]
        mine = mine if len(mine) else week.rows.assign(source=source, board="b0")
        stock = mine.sample(n, replace=True, random_state=1).assign(is_new=False)
        stock["posting_id"] = [f"{source}-stock-{i}" for i in range(n)]
        if source != "one_employer":
            stock["company"] = [f"{source}-{i % 20}" for i in range(n)]
        return change_rows(source, **values)(replace(week, rows=pd.concat([week.rows, stock], ignore_index=True)))

    return change


def drop_source(source: str) -> Change:
    """An outage: no board answers, no posting comes."""

    def change(week: Week) -> Week:
        boards = week.boards.copy()
        mine = boards["source"] == source
        for name, value in (("outcome", "failed"), ("n", 0), ("reason", "answers 503")):
            boards[name] = boards[name].mask(mine, value)
        return replace(week, boards=boards, rows=week.rows[week.rows["source"] != source])

    return change


def flood(source: str, n: int) -> Change:
    """One employer shows the same advert many times."""

    def change(week: Week) -> Week:
        mine = week.rows[week.rows["source"] == source]
        copies = pd.concat([mine.head(1)] * n, ignore_index=True).assign(is_copy=True, is_new=True)
        copies["posting_id"] = [f"{source}-flood-{i}" for i in range(n)]
        return replace(week, rows=pd.concat([week.rows, copies], ignore_index=True))

    return change

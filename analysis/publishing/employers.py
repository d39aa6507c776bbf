"""Employers: which came and which closed their last open posting between two states of a store."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analysis.quoting import plain
from scrapers.sightings import sightings
from scrapers.store import Commit, Store

N_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Turnover:
    """How many employers came and went, with up to N_NAMED names each, those with most postings first."""

    n_new: int = 0
    new: tuple[str, ...] = ()
    n_gone: int = 0
    gone: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"n_new": self.n_new, "new": list(self.new), "n_gone": self.n_gone, "gone": list(self.gone)}


class _Past(Store):
    """A store as it was after so many commits: readers see what commits name and nothing else."""

    def __init__(self, store: Store, n_commits: int) -> None:
        super().__init__(store.files.address)
        self._n_commits = n_commits

    def commits(self) -> list[Commit]:
        return [c for c in super().commits() if c.seq <= self._n_commits]


def turnover(store: Store, before: pa.Table, after: pa.Table, n_before: int, n_after: int) -> Turnover:
    """Return who came and who went between `n_before` and `n_after` commits; `before`, `after` are the facts then.

    New is an employer of whom no fact was known. Gone is one with a posting open then and none open now, which only
    boards that are read whole can tell; an employer that imports alone show never goes. Names are as the postings
    write them, on one line without controls.
    """
    known = set(pc.unique(before["company_id"]).to_pylist())
    rows = zip(after["posting_id"].to_pylist(), after["company_id"].to_pylist(), strict=True)
    company = {posting: employer for posting, employer in rows if employer}
    new = {posting: employer for posting, employer in company.items() if employer not in known}
    was_open = _open(_Past(store, n_before), company)
    now = _Past(store, n_after)
    still = set(_open(now, company).values())
    gone = {posting: employer for posting, employer in was_open.items() if employer not in still}
    return Turnover(len(set(new.values())), _names(now, new), len(set(gone.values())), _names(now, gone))


def _open(store: Store, company: dict[str, str]) -> dict[str, str]:
    """Return the employer of each posting that is open, by its id."""
    lives = sightings(store)
    rows = zip(lives["posting_id"].to_pylist(), lives["is_open"].to_pylist(), strict=True)
    return {posting: company[posting] for posting, is_open in rows if is_open and posting in company}


def _names(store: Store, company: dict[str, str]) -> tuple[str, ...]:
    """Return the names of the employers with most of these postings."""
    if not company:
        return ()
    sizes = Counter(company.values())
    chosen = [employer for employer, _ in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))[:N_NAMED]]
    wanted = {posting: employer for posting, employer in company.items() if employer in set(chosen)}
    found: dict[str, str] = {}
    for posting, name in _written(store):
        if posting in wanted and name:
            found[wanted[posting]] = min(plain(name).strip(), found.get(wanted[posting], plain(name).strip()))
    return tuple(found[employer] for employer in chosen if employer in found)


def _written(store: Store) -> Iterable[tuple[str, str | None]]:
    for source in store.sources():
        for batch in store.postings(source, ["posting_id", "company"]):
            yield from zip(batch["posting_id"].to_pylist(), batch["company"].to_pylist(), strict=True)

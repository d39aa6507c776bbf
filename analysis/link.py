"""Links postings to vacancies: one cluster for all copies, reposts and near-copies of one advert.

Ids are stable: a cluster is named after the member that was linked first, later postings join, clusters never merge.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from analysis.fact import MIN_CHARS

NEAR_BITS: Final = 8
"""Bits in which texts of one employer (and title) may differ: cosine similarity of about 0.92."""
NEAR_BITS_UNKNOWN: Final = 3
"""The same where an employer is not known and only the title agrees: about 0.99."""
LONG: Final = 500
"""Texts of this many characters with the same title are copies whatever employer a board printed beside them."""

KEYS: Final = (
    "posting_id",
    "family",
    "ref",
    "company_id",
    "title_hash",
    "body_hash",
    "near_hash",
    "n_chars",
    "posted_on",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What linking needs of a posting."""

    posting_id: str
    family: str
    ref: str | None
    company_id: str | None
    title_hash: int
    body_hash: int
    near_hash: int
    n_chars: int
    posted_on: str | None

    @property
    def vacancy_title(self) -> int:
        """A Hacker News header names roles, place and pay together and changes monthly, so it does not count."""
        return 0 if self.family == "hn" else self.title_hash


@dataclass(slots=True)
class Linker:
    """Assigns clusters in order of arrival; feed it what is linked already with `know`, then `link` the rest."""

    _by_ref: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_body: dict[int, dict[tuple[str | None, int], str]] = field(default_factory=dict)
    _by_company: dict[tuple[str, int], dict[int, str]] = field(default_factory=dict)
    _by_title: dict[int, dict[tuple[int, str | None], str]] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def know(self, row: Row, cluster_id: str) -> int:
        """Record a member of a cluster and return its rank: how many members joined before it."""
        rank = self._sizes.get(cluster_id, 0)
        self._sizes[cluster_id] = rank + 1
        if row.ref:
            self._by_ref.setdefault((row.family, row.ref), cluster_id)
        if row.n_chars >= MIN_CHARS:
            self._by_body.setdefault(row.body_hash, {}).setdefault((row.company_id, row.title_hash), cluster_id)
            if row.company_id:
                key = (row.company_id, row.vacancy_title)
                self._by_company.setdefault(key, {}).setdefault(row.near_hash, cluster_id)
            if row.title_hash and row.n_chars >= LONG:
                near = self._by_title.setdefault(row.title_hash, {})
                near.setdefault((row.near_hash, row.company_id), cluster_id)
        return rank

    def link(self, row: Row) -> tuple[str, int]:
        """Return (cluster_id, rank) for a new posting, and remember it."""
        cluster = self._same_item(row) or self._same_text(row) or self._same_employer(row) or self._same_title(row)
        cluster = cluster or row.posting_id
        return cluster, self.know(row, cluster)

    def _same_item(self, row: Row) -> str | None:
        return self._by_ref.get((row.family, row.ref)) if row.ref else None

    def _same_text(self, row: Row) -> str | None:
        """The same words: a copy, unless two known employers use them for differently titled jobs."""
        if row.n_chars < MIN_CHARS:
            return None
        known = self._by_body.get(row.body_hash, {})
        if cluster := known.get((row.company_id, row.title_hash)):
            return cluster
        for (company, title), cluster in known.items():
            if company == row.company_id or company is None or row.company_id is None:
                return cluster
            if title == row.title_hash and row.n_chars >= LONG:
                return cluster
        return None

    def _same_employer(self, row: Row) -> str | None:
        if row.n_chars < MIN_CHARS or not row.company_id:
            return None
        known = self._by_company.get((row.company_id, row.vacancy_title), {})
        return _nearest(row.near_hash, known.items(), NEAR_BITS)

    def _same_title(self, row: Row) -> str | None:
        """Nearly the same text under the same title where at least one side names no employer."""
        if row.n_chars < LONG or not row.title_hash:
            return None
        known = self._by_title.get(row.title_hash, {})
        open_to = ((near, c) for (near, company), c in known.items() if company is None or row.company_id is None)
        return _nearest(row.near_hash, open_to, NEAR_BITS_UNKNOWN)


def _nearest(near_hash: int, known: Iterable[tuple[int, str]], limit: int) -> str | None:
    """Return the cluster of the nearest text within `limit` bits; the one known longest wins a tie."""
    best, found = limit + 1, None
    for other, cluster in known:
        distance = (near_hash ^ other).bit_count()
        if distance < best:
            best, found = distance, cluster
    return found


def rows_of(table: pa.Table) -> Iterator[Row]:
    """Yield the linking keys of facts, in their order."""
    for batch in table.select(KEYS).to_batches():
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield Row(*values)


def _by_date_and_content(row: Row) -> tuple[str, int, int, str]:
    return row.posted_on or "9999", row.body_hash, row.title_hash, row.company_id or ""


def link(known: Iterable[pa.Table], fresh: pa.Table) -> pa.Table:
    """Return `fresh` with cluster_id and cluster_rank filled in, its rows in the order given.

    `known` are linked facts, in the order in which they arrived, taken one table at a time; a posting that is among
    them keeps its cluster. Fresh postings are linked oldest first, so that a vacancy is named after its earliest
    member; on the same day the order is that of their content, so that copies imported under another name cannot
    change who joins whom.
    """
    linker = Linker()
    ids = fresh["posting_id"].to_pylist()
    places: dict[str, tuple[str, int] | None] = dict.fromkeys(ids)
    seen: set[str] = set()
    for table in known:
        members = zip(rows_of(table), _values(table, "cluster_id"), _values(table, "cluster_rank"), strict=True)
        for row, cluster, rank in members:
            if row.posting_id in seen:
                continue
            seen.add(row.posting_id)
            linker.know(row, cluster)
            if row.posting_id in places:
                places[row.posting_id] = (cluster, rank)
    new = [row for row in rows_of(fresh) if places[row.posting_id] is None]
    for row in sorted(new, key=_by_date_and_content):
        if places[row.posting_id] is None:
            places[row.posting_id] = linker.link(row)
    found = [places[i] or (i, 0) for i in ids]
    linked = _filled(fresh, "cluster_id", [cluster for cluster, _ in found])
    return _filled(linked, "cluster_rank", [rank for _, rank in found])


def _values(table: pa.Table, name: str) -> Iterator[Any]:
    for chunk in table[name].chunks:
        yield from chunk.to_pylist()


def _filled(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    at = table.schema.get_field_index(name)
    column = table.schema.field(at)
    return table.set_column(at, column, pa.array(values, column.type))

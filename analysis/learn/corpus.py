"""Corpus: which postings of a store a model is trained on, and what is said of them afterwards."""

import hashlib
import heapq
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from scrapers.posting import digest
from scrapers.store import Store

_KEYS: Final = ("posting_id", "content_sha", "posted_at", "lang")


@dataclass(frozen=True, slots=True)
class Corpus:
    """The postings of a store that training may read, with their counts.

    `data_sha` stands for which postings they are and what they say, `order_sha` for the order in which they are read;
    `window` is their first and last date, as precise as known, or None where none has one.
    """

    store: Store
    ids: frozenset[str]
    data_sha: str
    order_sha: str
    window: tuple[str, str] | None
    by_source: Mapping[str, int] = field(default_factory=dict)
    by_lang: Mapping[str, int] = field(default_factory=dict)

    def batches(
        self, columns: Sequence[str], on_progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the postings in batches, source by source; `on_progress` is called with postings done and in all."""
        done = 0
        for source in self.by_source:
            for batch in self.store.postings(source, columns):
                mine = batch.filter(pa.array([i in self.ids for i in batch.column("posting_id").to_pylist()]))
                done += mine.num_rows
                on_progress(done, len(self.ids))
                yield mine

    def describe(self) -> dict[str, Any]:
        """Return what a manifest says of the postings."""
        return {
            "n_postings": len(self.ids),
            "data_sha": self.data_sha,
            "order_sha": self.order_sha,
            "window": list(self.window) if self.window else None,
            "by_source": dict(self.by_source),
            "by_lang": dict(self.by_lang),
        }


def survey(store: Store, *, until: str | None = None, max_rows: int | None = None, seed: int = 0) -> Corpus:
    """Return the postings to train on: all, or those that were surely posted by the end of `until`.

    `until` is a year, month or day. With `max_rows` a sample by hash of id and seed, so that it does not depend on the
    store's order. Raises StoreError.
    """
    rows = [row for row in _rows(store) if until is None or is_by(row["posted_at"], until)]
    if max_rows is not None and len(rows) > max_rows:
        drawn = heapq.nsmallest(max_rows, rows, key=lambda row: digest(str(seed), row["posting_id"]))
        kept = {row["posting_id"] for row in drawn}
        rows = [row for row in rows if row["posting_id"] in kept]
    days = sorted(row["posted_at"][:10] for row in rows if row["posted_at"])
    return Corpus(
        store,
        frozenset(row["posting_id"] for row in rows),
        _sha(sorted((row["posting_id"], row["content_sha"]) for row in rows)),
        _sha((row["posting_id"], "") for row in rows),
        (days[0], days[-1]) if days else None,
        dict(sorted(Counter(row["source"] for row in rows).items())),
        dict(Counter(row["lang"] for row in rows).most_common()),
    )


def is_by(posted_at: str | None, until: str) -> bool:
    """Tell whether a posting was surely up by the end of a year, month or day: 2023 is not by 2023-06."""
    return posted_at is not None and _end(posted_at) <= _end(until)


def _end(date: str) -> str:
    """Return the last day that a date may mean."""
    if len(date) == len("2023-07"):
        return f"{date}-{monthrange(int(date[:4]), int(date[5:]))[1]}"
    return f"{date}-12-31" if len(date) == len("2023") else date[:10]


def _rows(store: Store) -> Iterator[dict[str, Any]]:
    for source in store.sources():
        for batch in store.postings(source, _KEYS):
            for row in batch.select(_KEYS).to_pylist():
                yield {**row, "source": source}


def _sha(pairs: Iterable[tuple[str, str]]) -> str:
    found = hashlib.sha256()
    for first, second in pairs:
        found.update(f"{first} {second}\n".encode())
    return found.hexdigest()[:32]

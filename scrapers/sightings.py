"""Sightings: when each posting was on its board, from what every run saw; never when it was posted or last edited."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from scrapers.sources import load, names
from scrapers.store import Store

_PART: Final = re.compile(r"sightings/source=([^/]+)/")
_Key = tuple[str, str, str]
"""Source, board and posting_id."""

SCHEMA: Final = pa.schema(
    [
        ("source", pa.string()),
        ("board", pa.string()),
        ("posting_id", pa.string()),
        ("first_seen", pa.string()),
        ("last_seen", pa.string()),
        ("is_open", pa.bool_()),
        ("edited_on", pa.list_(pa.string())),
        ("n_vanished", pa.int64()),
        ("n_returned", pa.int64()),
    ]
)


@dataclass(slots=True)
class _Life:
    """What the events read so far say of one posting."""

    first_seen: str
    last_seen: str
    is_open: bool = True
    edited_on: list[str] = field(default_factory=list)
    n_vanished: int = 0
    n_returned: int = 0

    def take(self, event: str, day: str, seen_before: str) -> None:
        """Add an event of a run; `seen_before` is the day of the last whole reading of the board before that run."""
        if event == "vanished":
            self.last_seen = max(self.last_seen, seen_before)
            self.n_vanished += 1
        else:
            self.last_seen = max(self.last_seen, day)
        self.is_open = event != "vanished"
        if event == "changed":
            self.edited_on.append(day)
        self.n_returned += event == "returned"


def sightings(store: Store) -> pa.Table:
    """Return one row of `SCHEMA` per posting that runs have seen on the boards of sources, in order of appearance.

    Days are ISO dates on which pages were read. `edited_on` are the days on which another text was found, which tells
    more and less than the date of an edit that a source may give. `last_seen` is the last whole reading of the board
    that showed the posting: a reading that broke off is not evidence for those it did not reach. Where postings stay
    for ever, as in closed threads, `is_open` is null. Imported postings are in no row. Raises StoreError.
    """
    lives: dict[_Key, _Life] = {}
    whole: dict[tuple[str, str], str] = {}
    for day, events, read in _runs(store):
        for key, event in events:
            life = lives.setdefault(key, _Life(day, day))
            life.take(event, day, whole.get(key[:2], ""))
        whole |= dict.fromkeys(read, day)
    followed = {s for s in {key[0] for key in lives} if s in names() and load(s).SOURCE.may_vanish}
    rows = (_row(key, life, key[0] in followed, whole.get(key[:2], "")) for key, life in lives.items())
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def _row(key: _Key, life: _Life, is_followed: bool, read_on: str) -> tuple[Any, ...]:
    is_open = life.is_open if is_followed else None
    last_seen = max(life.last_seen, read_on) if is_open else life.last_seen
    return (*key, life.first_seen, last_seen, is_open, life.edited_on, life.n_vanished, life.n_returned)


def _runs(store: Store) -> Iterator[tuple[str, list[tuple[_Key, str]], list[tuple[str, str]]]]:
    """Yield (day, events, boards read to their end) of each committed run, oldest first."""
    streams: dict[str, Iterator[pa.Table]] = {}
    reports = {report.get("run"): report for report in store.reports()}
    is_earnest = False
    for commit in store.commits():
        events: list[tuple[_Key, str]] = []
        for name in commit.files:
            if found := _PART.match(name):
                stream = streams.setdefault(found[1], store.sightings(found[1]))
                table = next(stream)
                columns = (table[c].to_pylist() for c in ("source", "board", "posting_id", "event"))
                events += (((source, board, i), event) for source, board, i, event in zip(*columns, strict=True))
        if commit.kind == "postings":
            report = reports.get(commit.run, {})
            if report.get("is_replay"):
                # Old pages read by a newer parser: what differs is how they were read, not what was written.
                events = [(key, event) for key, event in events if event != "changed"]
            is_trial = is_earnest and bool(report.get("has_base_url"))
            is_earnest |= bool(report.get("at")) and not (report.get("has_base_url") or report.get("is_replay"))
            yield commit.read_on or "", events, [] if is_trial else _whole_boards(report)


def _whole_boards(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the boards of which a run saw all postings; not those asked only for newer ones, or not asked at all."""
    if report.get("is_replay") or report.get("since"):
        return []
    return [
        (b["source"], b["board"])
        for b in report.get("boards", ())
        if b["outcome"] in ("ok", "ok_empty") and not b.get("n_rejected")
    ]

"""Weeks: what one week's runs show, as tables that rules can compare: how boards ended, and the postings that came."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.fact import DATA_ROLES, MIN_CHARS
from analysis.quality.runs import Run, part_names
from scrapers.store import Store

READ: Final = ("ok", "ok_empty")
_POSTING: Final = ["posting_id", "source", "board", "url", "lang", "family", "posted_at", "posted_at_kind"]
_FACT: Final = [
    *("posting_id", "company_id", "cluster_id", "cluster_rank", "n_chars", "roles", "role_method", "role_confidence"),
    *("skills", "is_unsectioned"),
]
_BOARD: Final = ["source", "board", "outcome", "n", "n_rejected", "reason"]
_FLAGS: Final = {"is_fact": bool, "is_undated": bool, "is_future": bool, "is_short": bool, "is_unsectioned": bool}
_MORE_FLAGS: Final = {"is_new": bool, "is_copy": bool, "is_guessed": bool, "is_silent": bool, "is_unclear": bool}


@dataclass(frozen=True, slots=True)
class Week:
    """What the runs of one week show.

    `boards`: one row per board asked, with the last outcome, n, n_rejected and reason. `rows`: one per posting that was
    new or changed, with its fact: source, board, family, company, role and flags; `is_first` marks those of boards that
    no run had read before, whose whole stock is no week. `waiting` are such rows of the weeks right before it that were
    held back: still on the boards, as they are now, and with this week the first that readers would see of them.
    """

    name: str
    read_on: str
    boards: pd.DataFrame
    rows: pd.DataFrame
    waiting: pd.DataFrame = field(default_factory=lambda: _no_rows())

    @property
    def all_rows(self) -> pd.DataFrame:
        """The postings of the week, and those that wait for it."""
        return pd.concat([self.rows, self.waiting], ignore_index=True) if len(self.waiting) else self.rows

    @property
    def usual_rows(self) -> pd.DataFrame:
        """The postings of boards that were known before."""
        return self.rows[~self.rows["is_first"]]


@dataclass(frozen=True, slots=True)
class Past:
    """How boards ended in all weeks before: `counts` of a source has a row per week in which it was read and a column
    per board (NaN where that one was not), `records` its (postings, rejects) of each week in which it was asked."""

    counts: dict[str, pd.DataFrame]
    records: dict[str, list[tuple[int, int]]]


def past_of(boards: Sequence[pd.DataFrame]) -> Past:
    """Return the past of the boards of weeks, oldest first."""
    every = pd.concat(
        [pd.DataFrame(columns=_BOARD), *boards], keys=range(-1, len(boards)), names=["week"]
    ).reset_index()
    read = every[every["outcome"].isin(READ)].astype({"n": float})
    counts = {str(s): mine.pivot(index="week", columns="board", values="n") for s, mine in read.groupby("source")}
    sums = every.groupby(["source", "week"], sort=True)[["n", "n_rejected"]].sum()
    records: dict[str, list[tuple[int, int]]] = {}
    for (source, _), n, n_rejected in sums[sums.sum(axis=1) > 0].itertuples():
        records.setdefault(str(source), []).append((int(n), int(n_rejected)))
    return Past(counts, records)


def by_source(week: Week) -> dict[str, pd.DataFrame]:
    """Return the postings of boards that were known before, by source."""
    return {str(source): rows for source, rows in week.usual_rows.groupby("source", sort=False)}


def measure(store: Store, runs: Sequence[Run], known: frozenset[tuple[str, str]], today: str) -> Week:
    """Return the week of some runs; `known` are the boards read before, `today` is what dates are held against."""
    rows = pd.concat([_rows(store, run, runs[-1], today) for run in runs], ignore_index=True)
    rows = rows.drop_duplicates("posting_id", keep="last", ignore_index=True)
    # Every month's thread is a new board, and what it shows is what a week brings.
    is_known = [pair in known for pair in zip(rows["source"], rows["board"], strict=True)]
    sources = {source for source, _ in known}
    is_thread = (rows["posted_at_kind"] == "thread") & rows["source"].isin(sources)
    rows["is_first"] = ~(np.array(is_known, bool) | is_thread.to_numpy(bool))
    return Week(runs[-1].week, runs[-1].commit.read_on or "", boards_of(runs), rows)


def add_waiting(store: Store, week: Week, runs: Sequence[Run], today: str) -> Week:
    """Return a week with what waits for it: `runs` are all from the first one held back to its own."""
    before = [_rows(store, run, runs[-1], today) for run in runs if run.week != week.name]
    rows = pd.concat(before, ignore_index=True).drop_duplicates("posting_id", keep="last", ignore_index=True)
    ended: dict[str, str] = {}
    for run in runs:
        for _, name in part_names(run, "sightings"):
            events = store.read_part(name, ["posting_id", "event"])
            ended |= zip(events["posting_id"].to_pylist(), events["event"].to_pylist(), strict=True)
    gone = [posting for posting, event in ended.items() if event == "vanished"]
    waiting = rows[~rows["posting_id"].isin([*week.rows["posting_id"], *gone])]
    return replace(week, waiting=waiting.assign(is_first=False))


def boards_of(runs: Sequence[Run]) -> pd.DataFrame:
    """Return how each board ended that runs of a week asked: a later run's word counts, unless it read less."""
    ended: dict[tuple[str, str], dict[str, Any]] = {}
    for board in (b for run in runs for b in run.report["boards"]):
        key = board["source"], board["board"]
        if key not in ended or board["outcome"] in READ or ended[key]["outcome"] not in READ:
            ended[key] = {name: board.get(name, 0 if name.startswith("n") else "") for name in _BOARD}
    return pd.DataFrame(list(ended.values()), columns=_BOARD)


def read_boards(runs: Sequence[Run]) -> frozenset[tuple[str, str]]:
    """Return the boards that some of the runs read to their end."""
    return frozenset((b["source"], b["board"]) for run in runs for b in run.report["boards"] if b["outcome"] in READ)


def _rows(store: Store, run: Run, last: Run, today: str) -> pd.DataFrame:
    parts = [_part(store, run, last, source, name) for source, name in part_names(run, "postings")]
    rows = pd.concat(parts, ignore_index=True) if parts else _no_rows()
    rows["is_undated"] = rows["posted_at"].isna() | (rows["posted_at_kind"] == "seen")
    rows["is_future"] = [bool(at) and at[: len(today)] > today[: len(at)] for at in rows["posted_at"].fillna("")]
    return rows.astype({name: kind for name, kind in {**_FLAGS, **_MORE_FLAGS}.items() if name in rows})


def _no_rows() -> pd.DataFrame:
    made = ("company", "role", "cell", "named", "is_data")
    return pd.DataFrame(columns=list(dict.fromkeys([*_POSTING, *_FACT[1:], *made, *_FLAGS, *_MORE_FLAGS])))


def _part(store: Store, run: Run, last: Run, source: str, name: str) -> pd.DataFrame:
    """Return the postings that a run stored of one source, beside their facts."""
    postings = store.read_part(name, _POSTING)
    facts = _facts(store, last, source, postings["posting_id"])
    rows = postings.to_pandas().astype(object).merge(facts, on="posting_id", how="left")
    rows["is_fact"] = rows["roles"].notna()
    appeared = {n for s, n in part_names(run, "sightings") if s == source}
    fresh = {i for n in appeared for i in _appeared(store.read_part(n))}
    rows["is_new"] = rows["posting_id"].isin(fresh)
    return _flagged(rows)


def _facts(store: Store, last: Run, source: str, ids: pa.ChunkedArray) -> pd.DataFrame:
    if source not in last.facts:
        return pd.DataFrame(columns=_FACT)
    table = store.read_facts(last.facts[source], _FACT)
    found: pd.DataFrame = table.filter(pc.is_in(table["posting_id"], ids)).to_pandas().astype(object)
    return found


def _appeared(events: pa.Table) -> list[str]:
    found: list[str] = events.filter(pc.equal(events["event"], "appeared"))["posting_id"].to_pylist()
    return found


def _flagged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with what the checks count; a posting without fact has none of it."""
    roles = [tuple(r) for r in _listed(rows["roles"])]
    skills = [list(s) for s in _listed(rows["skills"])]
    rows["company"] = rows["company_id"].fillna(rows["cluster_id"]).fillna(rows["posting_id"])
    data = [next((r for r in each if r in DATA_ROLES), "") for each in roles]
    rows["role"] = pd.Series([each[0] if each else "" for each in roles], rows.index, object)
    rows["is_data"] = [bool(r) for r in data]
    rows["cell"] = [f"{r} {f}" for r, f in zip(data, rows["family"], strict=True)]
    rows["named"] = [any(s["skill"] == "airflow" for s in each) for each in skills]
    rows["is_silent"] = [not each for each in skills]
    # A text without headings leaves all its levels open: postings are counted, not the names in them.
    rows["is_unclear"] = [2 * sum(s["how"] == "default" for s in each) > len(each) for each in skills]
    rows["is_short"] = rows["n_chars"].fillna(MIN_CHARS) < MIN_CHARS
    rows["is_copy"] = rows["cluster_rank"].fillna(0) > 0
    rows["is_unsectioned"] = rows["is_unsectioned"].fillna(False).astype(bool)
    rows["is_guessed"] = rows["role_method"].isin(["default", "model"])
    return rows


def _listed(column: "pd.Series[Any]") -> list[Any]:
    return [value if isinstance(value, list | np.ndarray) else () for value in column]

"""Difference: what a vintage says otherwise than the good one before it, and whether that is more than noise."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis.measure.before_after import before_after
from analysis.measure.population import Query
from analysis.publishing.basis import Basis, load_facts
from analysis.publishing.drafts import read_draft
from analysis.publishing.employers import Turnover, turnover
from analysis.publishing.parts import TABLES
from analysis.publishing.vintages import FOLDER, Published, digest, last_good, latest, read_json, read_manifest
from scrapers.store import Store, StoreError

NAME: Final = "diff.json"
COMPARED: Final = ("overall", "by_year", "by_role", "by_source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What changed from one vintage to the next; all values are plain, as JSON holds them."""

    run: str
    before: str
    """The vintage compared with; "" where there is none."""
    as_of: str
    """Its day."""
    is_held: bool
    """The data are those of `before`, so that nothing changed."""
    is_paired: bool
    """False where the earlier facts are gone or of another snapshot or part: then changes have no interval and are not
    judged."""
    rows: tuple[dict[str, Any], ...]
    """Per rate: table, group, the columns of `before_after`; None where a number is withheld."""
    employers: dict[str, Any]
    """n_new, new, n_gone, gone."""
    figures: tuple[str, ...]
    """Figures whose numbers (CSV) are not those of the vintage before."""

    @property
    def headline(self) -> dict[str, Any] | None:
        """The row of all data roles; None where there is nothing to compare with."""
        return next((row for row in self.rows if row["table"] == "overall"), None)

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The rows whose rate moved."""
        return [row for row in self.rows if row["delta"]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "rows": list(self.rows), "figures": list(self.figures)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Diff":
        """Return what `to_dict` was made from."""
        return cls(**{**values, "rows": tuple(values["rows"]), "figures": tuple(values["figures"])})


def diff(store: Store, run: str) -> Diff:
    """Return what a run changes against the good vintage before it: as published, else of its draft.

    The rates of both are counted from facts, the earlier ones from the files that its manifest names; how the
    interval of a change is formed is told by `analysis.measure.before_after.before_after`. New spellings of a skill
    are not told of, for facts keep none. Raises PublishError where the run has neither vintage nor draft.
    """
    if found := latest(store, run):
        return Diff.from_dict(read_json(store.files, f"{found.folder}/{NAME}"))
    draft = read_draft(store, run)
    figures = {name: digest(content) for name, content in draft.content.items()}
    return compare(store, run, last_good(store, run, draft.basis.n_commits), draft.basis, figures)


def compare(store: Store, run: str, before: Published | None, basis: Basis, shas: Mapping[str, str]) -> Diff:
    """Return the difference of what is made of a basis, its files known by their digests, from a good vintage."""
    if before is None:
        return _nothing(run, "", "", is_held=False)
    manifest = read_manifest(store, before.vintage)
    then = Basis.from_dict(manifest["basis"])
    figures = _changed_figures({name: each["sha256"] for name, each in manifest["files"].items()}, shas)
    facts = load_facts(store, basis)
    old = _facts_of(store, then, basis)
    if old is None:
        rows, came = _unpaired(store, before, facts), Turnover()
    else:
        rows = [row for name in COMPARED for row in _rows(name, before_after(old, facts, Query(by=TABLES[name])))]
        came = turnover(store, old, facts, then.n_commits, basis.n_commits)
    return Diff(
        run=run,
        before=before.vintage,
        as_of=before.on,
        is_held=False,
        is_paired=old is not None,
        rows=tuple(rows),
        employers=came.to_dict(),
        figures=figures,
    )


def nothing_new(run: str, good: Published) -> Diff:
    """Return the difference of a held vintage: none, for it shows the data of a good one."""
    return _nothing(run, good.vintage, good.on, is_held=True)


def _nothing(run: str, before: str, as_of: str, is_held: bool) -> Diff:
    employers = Turnover().to_dict()
    return Diff(
        run=run, before=before, as_of=as_of, is_held=is_held, is_paired=True, rows=(), employers=employers, figures=()
    )


def _facts_of(store: Store, then: Basis, now: Basis) -> pa.Table | None:
    """Return the facts of an earlier basis; None where the snapshot is another by now or a file was removed."""
    if (then.snapshot_sha256, then.only_from) != (now.snapshot_sha256, now.only_from):
        return None
    try:
        return load_facts(store, then)
    except StoreError:
        return None


def _rows(name: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    by = TABLES[name]
    return [
        {
            "table": name,
            "group": {column: _plain(row[column]) for column in by},
            **{str(column): _plain(value) for column, value in row.items() if column not in by},
        }
        for row in table.to_dict("records")
    ]


def _unpaired(store: Store, before: Published, facts: pa.Table) -> list[dict[str, Any]]:
    """Return rows as `_rows` does from the rates as they were published: without interval, not judged."""
    found = []
    for name in COMPARED:
        by = TABLES[name]
        now = before_after(facts, facts, Query(by=by))
        old = {_key(row, by): row for row in read_rates(store, f"{FOLDER}/{before.vintage}/rates/{name}.json")}
        for row in _rows(name, now):
            was = old.get(_key(row["group"], by), {})
            row |= {f"{key}_old": was.get(key) for key in ("k", "n", "rate", "low", "high")}
            row |= {"n_both": None, "delta": None, "delta_low": None, "delta_high": None, "is_real": None}
            if row["rate_old"] is not None and row["rate_new"] is not None:
                row["delta"] = 100 * (row["rate_new"] - row["rate_old"])
            found.append(row)
    return found


def read_rates(store: Store, name: str) -> list[dict[str, Any]]:
    """Return the rows of a published table of rates."""
    return list(json.loads(store.files.read(name)))


def _key(row: Mapping[str, Any], by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in by)


def _changed_figures(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    old, new = (
        {name: sha for name, sha in shas.items() if name.startswith("figures/") and name.endswith(".csv")}
        for shas in (before, after)
    )
    changed = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return tuple(name.removeprefix("figures/").removesuffix(".csv") for name in changed)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value

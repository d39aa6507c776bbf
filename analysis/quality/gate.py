"""Gate: judges a run by all rules, keeps the verdict beside the others, and reads them back.

Measured on an invented market of eight noisy sources (`tests/analysis/quality/market.py`): in some seven years at half
the budget and three at the whole of it, one check failed without a planted fault, of a source with a board down. Of
faults planted in the sixth week (three markets) those of sources with over six postings a week were told of in 100%:
outages, a third of the postings left, unreadable records, dates lost or ahead, lost sections, floods, taggers that lose
levels, roles or tools; but empty texts of new postings alone in 67 to 100%, lost titles of new postings alone in 33%.
In smaller sources it was 33 to 100%, for a few postings of a few employers may look like anything.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analysis.loading import Part, load
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.quality import run_rules, source_rules
from analysis.quality.acceptance import Acceptance, accepted_before
from analysis.quality.finding import Finding, count_noisy
from analysis.quality.limits import Limits, load_limits
from analysis.quality.runs import Run, by_week, runs_until
from analysis.quality.schemas import FACTS, POSTINGS, RATES, faults
from analysis.quality.tagger_rules import judge_canary, judge_retagged
from analysis.quality.verdict import FOLDER, Assessment, Check, from_bytes
from analysis.quality.weeks import Week, add_waiting, boards_of, by_source, measure, past_of, read_boards
from scrapers.store import Store

if TYPE_CHECKING:
    from datetime import date

    import pandera.pandas as pa

_CAUSES: Final = ("volume", "rejects", "short_texts", "duplicates")
"""Checks of a source whose failure is the reason for what the whole run would show."""
_TAGGED: Final = ("sections", "source_levels", "source_roles")
"""The same where one source alone fails; where several do, the tagger is the reason and not they."""

_EFFECTS: Final[dict[str, tuple[tuple[str, str | None], ...]]] = {
    "volume": (("duplicates", None),),
    "source_levels": (("sections", None), ("levels", "")),
    "source_roles": (("roles", ""),),
}
"""Checks and what causes them, in the same source (None) or in the whole run: lost sections leave levels open."""


def assess(
    store: Store, run: str, *, today: "date", only_from: Part | None = None, name: str | None = None
) -> Assessment:
    """Judge a collecting run that is tagged, write quality/<run>.json, and return what it says.

    A run is judged together with those that went on with it on the same day, beside the weeks before it that were not
    held back; later runs change nothing, and the same call gives the same bytes. `today` is what dates of postings are
    held against, `only_from` where the rates of the figures come from. Under another `name` it is judged anew, after a
    change of tagger, and the verdict of its own week stays as it is. Raises QualityError for a run that is unknown or
    not tagged, or limits that cannot be used, and StoreError.
    """
    name = name or run
    limits = load_limits(store.files)
    runs = runs_until(store, run)
    before = accepted_before(store, runs, name, today.isoformat())
    weeks, boards = _weeks(store, runs, before, limits, today)
    sources, volumes, checks = judge(weeks[-1], weeks[:-1], boards, limits)
    checks += _of_tagger(store, runs[-1], before, limits, name)
    checks += [f.to_check(limits, 1) for f in _of_shape(weeks[-1], store, only_from)]
    found = Assessment(
        name,
        today.isoformat(),
        tuple(sorted(checks, key=lambda c: (list(limits.checks).index(c.name), c.subject))),
        runs[-1].tagger_version,
        {source: _counts(source, volumes[source], weeks[-1]) for source in sources},
        {str(role): int(n) for role, n in weeks[-1].usual_rows["role"].value_counts(sort=False).sort_index().items()},
    )
    store.files.write_changed(f"{FOLDER}/{found.run}.json", found.to_bytes())
    return found


def history(store: Store) -> list[Assessment]:
    """Return the stored assessments of a store in the order of its runs; raises QualityError for a damaged one."""
    names = set(store.files.names(FOLDER, ".json"))
    wanted = [name for c in store.commits() if (name := f"{FOLDER}/{c.run}.json") in names]
    return [from_bytes(store.files.read(name), store.files.path(name)) for name in wanted]


def judge(
    now: Week, before: Sequence[Week], boards: Sequence[pd.DataFrame], limits: Limits
) -> tuple[list[str], dict[str, source_rules.Volume], list[Check]]:
    """Return the sources of a week, their volumes, and every check that compares it with the weeks before.

    `boards` are how those of all weeks before ended, also of weeks whose postings are not compared any more.
    """
    sources = sorted({*now.boards["source"], *now.rows["source"]})
    asked, past = set(now.boards["source"]), past_of(boards)
    volumes = {source: source_rules.volume(source, now, past, limits) for source in sources}
    rows, none = [by_source(week) for week in (now, *before)], now.rows.iloc[:0]
    own: list[Finding] = []
    for source in sources:
        if source in asked:
            own.append(source_rules.judge_volume(source, volumes[source], limits))
            own.append(source_rules.judge_rejects(source, now, past, limits))
        mine, *old = (each.get(source, none) for each in rows)
        own += source_rules.judge_shares(source, mine, old, limits)
        own.append(source_rules.judge_copies(source, mine, old, limits))
    own += [source_rules.judge_dates(source, now, limits) for source in sorted({*sources, *now.waiting["source"]})]
    n_noisy = count_noisy(own) + run_rules.N_RULES
    checks = [f.to_check(limits, n_noisy) for f in own]
    told = frozenset(_explained(checks))
    whole = [f.to_check(limits, n_noisy) for f in run_rules.judge_run(now, before, limits, told)]
    return sources, volumes, _told_once(checks + whole, limits)


def _explained(checks: Sequence[Check]) -> Iterator[str]:
    """Yield the sources whose own checks tell what the whole run would tell again."""
    failed = [c for c in checks if c.outcome == "failed"]
    for check in failed:
        is_alone = sum(c.name == check.name for c in failed) == 1
        if check.name in _CAUSES or (check.name in _TAGGED and is_alone):
            yield check.subject


def _told_once(checks: list[Check], limits: Limits) -> list[Check]:
    """Return checks of which an effect is not told where its cause is told."""
    failed = {(c.name, c.subject) for c in checks if c.outcome == "failed"}

    def is_told(check: Check) -> bool:
        causes = [
            (name, check.subject if subject is None else subject) for name, subject in _EFFECTS.get(check.name, ())
        ]
        return check.outcome == "failed" and not failed.isdisjoint(causes)

    return [
        Finding(name=c.name, subject=c.subject, value=c.value, idle="explained").to_check(limits, 1)
        if is_told(c)
        else c
        for c in checks
    ]


def _weeks(
    store: Store, runs: Sequence[Run], before: Acceptance, limits: Limits, today: "date"
) -> tuple[list[Week], list[pd.DataFrame]]:
    """Return the weeks to compare, the run's own last, and how the boards of all weeks before ended.

    Weeks that were held back are compared with nothing: else a fault would be usual once it had lasted. What those
    right before brought was shown to nobody, so what is wrong by itself is looked for in it again.
    """
    found = by_week(runs)
    mine = next(week for week in found if week[-1].week == runs[-1].week)
    old = [week for week in found if week is not mine]
    known: list[frozenset[tuple[str, str]]] = [frozenset()]
    for week in old:
        known.append(known[-1] | read_boards(week))
    usual = [(week, seen) for week, seen in zip(old, known[:-1], strict=True) if before.is_usual(week)]
    weeks = [
        measure(store, week, seen, _tomorrow(week[-1].commit.read_on or "")) for week, seen in usual[-limits.weeks :]
    ]
    tomorrow = _tomorrow(today.isoformat())
    own = measure(store, mine, known[-1], tomorrow)
    if held := [*takewhile(lambda week: not before.is_usual(week), reversed(old))]:
        own = add_waiting(store, own, runs[runs.index(held[-1][0]) :], tomorrow)
    return [*weeks, own], [boards_of(week) for week in old]


def _tomorrow(day: str) -> str:
    """Return the day after, for it begins earlier elsewhere; of a run without a day, one that never comes."""
    return str(np.datetime64(day, "D") + np.timedelta64(1, "D")) if day else "9999-12-31"


def _of_tagger(store: Store, run: Run, before: Acceptance, limits: Limits, name: str) -> list[Check]:
    canary = judge_canary(store, run)
    kept = _kept(store, name, "canary") if canary is None else None
    # Only the tagger that made the facts can answer; once another one took over, what it answered then stands.
    first = kept or (canary or Finding(name="canary", idle="other")).to_check(limits, 1)
    return [first, judge_retagged(store, run, before.taggers, limits).to_check(limits, 1)]


def _of_shape(now: Week, store: Store, only_from: Part | None) -> Iterator[Finding]:
    facts = load(store, only_from)
    table = rates(facts, Query(by=("year",))) if len(facts) else pd.DataFrame()
    parts: dict[str, tuple[pa.DataFrameSchema, pd.DataFrame]] = {
        "postings": (POSTINGS, now.all_rows),
        "facts": (FACTS, now.all_rows),
        "rates": (RATES, table),
    }
    for subject, (schema, rows) in parts.items():
        found = faults(schema, rows)
        told = {"n": len(found)}
        yield Finding(
            name="schema", subject=subject, value=float(len(found)), is_far=bool(found), told=told, examples=found
        )


def _kept(store: Store, run: str, check: str) -> Check | None:
    file = f"{FOLDER}/{run}.json"
    if not store.files.exists(file):
        return None
    found = from_bytes(store.files.read(file), store.files.path(file))
    return next((c for c in found.checks if c.name == check), None)


def _counts(source: str, found: source_rules.Volume, now: Week) -> dict[str, float | None]:
    mine = now.boards[(now.boards["source"] == source) & now.boards["outcome"].isin(("ok", "ok_empty"))]
    usual = float(pd.Series(found.totals).median()) if found.totals else None
    n = int(mine["n"].sum()) if len(mine) else None
    return {"n": n, "usual": usual, "n_rows": int((now.rows["source"] == source).sum())}

"""What is known of each board from the reports of past runs and checks, and which boards are retired for it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from scrapers.files import StoreError
from scrapers.store import Store

CHECKS: Final = "checks"
GONE_DAYS: Final = 3
"""On so many different days a board must be gone, each time beside one of its platform that answers, to be retired."""
ANSWERS: Final = ("ok", "ok_empty", "truncated")
_WORST_FIRST: Final = ("failed", "truncated", "gone", "ok", "ok_empty")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a board answered last, and the days on which it was gone since it last answered."""

    outcome: str = ""
    n: int | None = None
    """Postings of the last collecting run that read it to its end; None before the first."""
    polled_at: str = ""
    reason: str = ""
    company: str = ""
    """The name that its postings give their employer, where the last check was told one."""
    gone_on: tuple[str, ...] = ()

    @property
    def is_retired(self) -> bool:
        """True when it is left out of runs; only an answer takes it back, so checks go on asking it."""
        return len(self.gone_on) >= GONE_DAYS


def standings(store: Store, targets: Iterable[str], current: Mapping[str, Any] | None = None) -> dict[str, Standing]:
    """Return what the committed runs and the checks say of each target that any of them asked.

    `current` is the report of a run that is not committed yet. A target without board ("hackernews") stands for all
    boards of its source. Raises StoreError for a damaged report.
    """
    known: dict[str, Standing] = {}
    wholes = [target for target in targets if ":" not in target]
    for report, is_check in _reports(store, current):
        entries = {_target(board): board for board in report["boards"]}
        for whole in wholes:
            if whole not in entries and (parts := [b for b in report["boards"] if b["source"] == whole]):
                entries[whole] = _sum(parts)
        for target, entry in entries.items():
            has_control = any(e["outcome"] == "ok" for e in report["boards"] if e["source"] == entry["source"])
            before = known.get(target, Standing())
            is_whole = not is_check and not report.get("since")
            known[target] = _after(before, entry, report["at"], has_control=has_control, is_whole=is_whole)
    return known


def _after(before: Standing, entry: Mapping[str, Any], at: str, *, has_control: bool, is_whole: bool) -> Standing:
    outcome, gone_on = entry["outcome"], before.gone_on
    if outcome in ANSWERS:
        gone_on = ()
    elif outcome == "gone" and has_control:
        gone_on = tuple(dict.fromkeys((*gone_on, at[:10])))
    is_counted = is_whole and outcome in ("ok", "ok_empty")
    return replace(
        before,
        outcome=outcome,
        n=entry["n"] if is_counted else before.n,
        polled_at=at,
        reason=entry["reason"],
        company=entry.get("company") or before.company,
        gone_on=gone_on,
    )


def _reports(store: Store, current: Mapping[str, Any] | None) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield (report, is it a check) of all committed collecting runs, the current one and all checks, oldest first.

    Those that asked another server (`--base-url`) count only in a store that never asked the boards themselves: a
    mirror or a proxy is judged by what it answers, and one trial says nothing of a list that is read in earnest.
    """
    committed = {f"runs/{c.run}.json" for c in store.commits() if c.kind == "postings"}
    found = [(current or {}, False)]
    for folder, is_check in (("runs", False), (CHECKS, True)):
        names = [name for name in store.files.names(folder, ".json") if is_check or name in committed]
        found += [(report, is_check) for report in store.files.ahead(partial(read_report, store), names)]
    evidence = sorted((pair for pair in found if _is_evidence(pair[0])), key=lambda pair: str(pair[0]["at"]))
    yield from [pair for pair in evidence if not pair[0].get("has_base_url")] or evidence


def _is_evidence(report: Mapping[str, Any]) -> bool:
    """Tell whether a report says how boards answered: imports have no time, and reading kept pages asks none."""
    return bool(report.get("at") and report.get("boards") and not report.get("is_replay"))


def read_report(store: Store, name: str) -> dict[str, Any]:
    """Return a kept report; raises StoreError when it is damaged."""
    try:
        report = json.loads(store.files.read(name))
    except ValueError as error:
        raise StoreError(f"{store.files.path(name)} is damaged: restore it from a copy") from error
    return report if isinstance(report, dict) else {}


def _target(entry: Mapping[str, Any]) -> str:
    return f"{entry['source']}:{entry['board']}" if entry["board"] else str(entry["source"])


def _sum(parts: list[dict[str, Any]]) -> dict[str, Any]:
    worst = min(parts, key=lambda b: _WORST_FIRST.index(b["outcome"]))
    return {**worst, "board": "", "n": sum(b["n"] for b in parts)}

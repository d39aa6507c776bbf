"""An invented data root: weeks of collecting, what the checks said of them, and what was published."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scrapers.report import BoardResult, Report
from scrapers.store import Store

DAG = "weekly_refresh"
TASKS = ("prepare", "store", "tag", "check", "rates", "figures", "report", "publish")
SOURCES = {"ashby": 12, "greenhouse": 40, "hackernews": 1, "lever": 9, "personio": 6, "workable": 5}
"""Boards by source."""
DAYS = ("2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26")


def store_of(path: Path) -> Store:
    return Store(path)


def boards(source: str, n: int, per: int = 30, **changes: Mapping[str, Any]) -> list[BoardResult]:
    """Boards b0, b1, ... of a source; `changes` replaces fields of some by their name."""
    plain = {f"b{i}": BoardResult(source, f"b{i}", "ok", n=per + i % 3, n_new=2, n_changed=1) for i in range(n)}
    return [BoardResult(**{**asdict(board), **changes.get(name, {})}) for name, board in plain.items()]


def dead(
    source: str, n: int, reason: str = "jobs.example.org answers 503 (https://jobs.example.org/b0)"
) -> list[BoardResult]:
    return [BoardResult(source, f"b{i}", "failed", reason=reason) for i in range(n)]


def week(**instead: list[BoardResult]) -> list[BoardResult]:
    """A day's reading of all sources, some of them as given instead."""
    return [b for source, n in SOURCES.items() for b in instead.get(source, boards(source, n))]


def commit(store: Store, run: str, found: Iterable[BoardResult], **more: Any) -> None:
    report = Report(run, f"{run[-10:]}T21:00:00Z", list(found), **more)
    store.files.write(f"runs/{run}.json", json.dumps(report.to_dict()).encode())
    store.write_commit(run, "postings", {}, read_on=run[-10:])


def history(store: Store, days: Iterable[str] = DAYS) -> None:
    for day in days:
        commit(store, f"weekly-{day}", week())


def check(
    name: str, outcome: str = "ok", severity: str = "this_week", subject: str = "", **more: Any
) -> dict[str, Any]:
    about = f" ({subject})" if subject else ""
    words = {"en": f"{name}{about}: found so much. Look at it.", "ko": f"{name}{about}: 확인하세요"}
    return {"name": name, "severity": severity, "subject": subject, "outcome": outcome, "value": 1.25, "limit": 0.5} | {
        "words": words,
        "examples": [],
        **more,
    }


def assess(store: Store, run: str, *checks: Mapping[str, Any]) -> None:
    body = {"run": run, "on": run[-10:], "checks": list(checks)}
    store.files.write(f"quality/{run}.json", json.dumps(body, ensure_ascii=False).encode())


def states(*failed: str, **collected: str) -> dict[str, str]:
    """States of all tasks: green but for those named; tasks behind a failed one only waited for it."""
    found = {f"collect[{source}]": collected.get(source, "success") for source in SOURCES}
    is_broken = False
    for task in TASKS:
        found[task] = "failed" if task in failed else "upstream_failed" if is_broken else "success"
        is_broken = is_broken or task in failed
    return found


def publish(store: Store, run: str, *, as_of: str = "", is_held: bool = False, number: int = 1) -> None:
    """What a vintage says of itself and of the one before."""
    row = {"rate_old": 0.036, "rate_new": 0.0374, "low_new": 0.033, "high_new": 0.04, "n_new": 11240}
    row |= {"delta": 0.14, "delta_low": -0.1, "delta_high": 0.32}
    rows = [] if is_held else [{"table": "overall", "group": {}, **row, "is_real": False}]
    diff = {"run": run, "is_held": is_held, "rows": rows, "employers": {"n_new": 3, "n_gone": 1}}
    manifest = {"vintage": run, "number": number, "on": run[-10:], "as_of": as_of or run[-10:], "is_held": is_held}
    store.files.write(f"published/{run}/diff.json", json.dumps(diff).encode())
    store.files.write(f"published/{run}/manifest.json", json.dumps(manifest).encode())

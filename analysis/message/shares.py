"""Shares: how Airflow's share moved from the vintage before, each rate with its interval, and whether that is real."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.draw.labels import labels_for
from analysis.draw.scales import MINUS
from analysis.message.evidence import Evidence
from analysis.message.letter import Item, Section
from analysis.message.words import say

_MOVED: Final = 3
"""Roles of which it is told in one message that their rate moved."""


def headline(lang: str, evidence: Evidence, outcome: str) -> Section:
    """Return the share in data roles beside the one before, which roles moved, and where the figures stand."""
    items = [*_overall(lang, evidence), *_standing(lang, evidence, outcome)]
    return Section(say(lang, "headline"), tuple(items))


def _overall(lang: str, evidence: Evidence) -> Iterator[Item]:
    diff = evidence.diff or {}
    rows = diff.get("rows", ())
    who = say(lang, "share", who=say(lang, "data_roles"))
    if row := next((r for r in rows if r["table"] == "overall"), None):
        lines = [_change(lang, row), *_roles(lang, rows), *_turnover(lang, diff)]
        yield Item(_moved(lang, who, row), lines=tuple(line for line in lines if line))
    elif evidence.rates and not diff.get("is_held"):
        yield Item(f"{who}: {_rate(lang, evidence.rates[0], '')}, {say(lang, 'first_vintage')}")


def _moved(lang: str, who: str, row: Mapping[str, Any]) -> str:
    old = _percent(lang, row["rate_old"])
    verdict = {True: "real", False: "noise"}.get(row["is_real"], "not_judged")
    if row["delta"] == 0:
        verdict = "unchanged"
    return f"{who}: {old} → {_rate(lang, row, '_new')}, {say(lang, verdict)}"


def _change(lang: str, row: Mapping[str, Any]) -> str:
    n = say(lang, "n_postings", n=f"{row['n_new']:,}")
    if row["delta"] is None or row["delta_low"] is None:
        return n
    delta, low, high = (_points(row[name]) for name in ("delta", "delta_low", "delta_high"))
    return say(lang, "change", delta=delta, low=low, high=high) + f"; {n}"


def _roles(lang: str, rows: Any) -> Iterator[str]:
    real = [row for row in rows if row["table"] == "by_role" and row["is_real"]]
    for row in sorted(real, key=lambda r: -abs(r["delta"]))[:_MOVED]:
        role = labels_for(lang).roles.get(row["group"]["role"], row["group"]["role"])
        yield _moved(lang, role, row)


def _turnover(lang: str, diff: Mapping[str, Any]) -> Iterator[str]:
    employers = diff.get("employers") or {}
    n_new, n_gone = employers.get("n_new", 0), employers.get("n_gone", 0)
    if n_new or n_gone:
        yield say(lang, "turnover", new=f"{n_new:,}", gone=f"{n_gone:,}")


def _standing(lang: str, evidence: Evidence, outcome: str) -> Iterator[Item]:
    """Where the figures stand when this run made none, or readers stay with later ones."""
    published, shown = evidence.published or {}, evidence.shown or {}
    if _is_passed_over(published, shown):
        yield Item(say(lang, "later", day=shown["on"]))
        return
    if outcome == "ok":
        return
    if day := published.get("as_of"):
        yield Item(say(lang, "as_of", day=day))
    else:
        yield Item(say(lang, "nothing_yet"))


def _is_passed_over(published: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Tell whether readers stayed with what they saw: that of a later day, or made of later facts though earlier."""
    if not published or not shown or published["vintage"] == shown["vintage"]:
        return False
    return bool((shown["on"], published["number"]) > (published["on"], shown["number"]))


def _rate(lang: str, row: Mapping[str, Any], time: str) -> str:
    rate, low, high = (row[name + time] for name in ("rate", "low", "high"))
    if rate is None:
        return say(lang, "withheld")
    return f"{_percent(lang, rate)} ({100 * low:.1f}–{100 * high:.1f})"


def _percent(lang: str, share: float | None) -> str:
    return say(lang, "withheld") if share is None else f"{100 * share:.1f}%"


def _points(value: float) -> str:
    return f"{value:+.1f}".replace("-", MINUS)

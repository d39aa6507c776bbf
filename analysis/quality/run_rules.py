"""Run rules: what is judged of a whole week: rates, levels and roles with the mix held fixed, and the mix itself."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from analysis.quality.finding import Finding
from analysis.quality.limits import Limits
from analysis.quality.noise import mix_shift, share_shift
from analysis.quality.source_rules import of_share
from analysis.quality.weeks import Week

N_RULES: Final = 6
"""So many of them share the budget of a week at most."""
_SHARES: Final = {"skills": "is_silent", "levels": "is_unclear", "roles": "is_guessed"}


def judge_run(now: Week, before: Sequence[Week], limits: Limits, told: frozenset[str]) -> Iterator[Finding]:
    """Yield what a week as a whole shows; sources that are `told` of by themselves are left out, now and before."""
    mine, past = _rows(now, told), [_rows(week, told) for week in before]
    past = [week for week in past if len(week)]
    for name, flag in _SHARES.items():
        is_asked = "is_silent" if name == "levels" else ""
        yield _share(name, _without(mine, is_asked), [_without(week, is_asked) for week in past], flag, limits)
    yield _lost(mine, past, limits) or _rate(mine[mine["is_data"]], [week[week["is_data"]] for week in past], limits)
    yield _mix("role", mine, past, limits)
    yield _mix("source", _employers(mine), [_employers(week) for week in past], limits)


def _rows(week: Week, told: frozenset[str]) -> pd.DataFrame:
    rows = week.usual_rows
    return rows[rows["is_fact"] & ~rows["is_short"] & ~rows["source"].isin(told)]


def _employers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per employer of a source: one that opens an office is no new source."""
    return rows[["source", "company"]].drop_duplicates()


def _without(rows: pd.DataFrame, flag: str) -> pd.DataFrame:
    return rows[~rows[flag]] if flag else rows


def _idle(name: str, subject: str, now: pd.DataFrame, past: Sequence[pd.DataFrame], limits: Limits) -> Finding | None:
    if len([week for week in past if len(week)]) < limits.min_weeks:
        return Finding(name=name, subject=subject, idle="young", told={"weeks": limits.min_weeks})
    if len(now) < limits.min_postings:
        return Finding(name=name, subject=subject, idle="few", told={"n": len(now), "min": limits.min_postings})
    return None


def _share(name: str, now: pd.DataFrame, past: Sequence[pd.DataFrame], flag: str, limits: Limits) -> Finding:
    weeks = [week for week in past if len(week)]
    if idle := _idle(name, "", now, weeks, limits):
        return idle
    found = share_shift(now, weeks, flag, "source")
    return of_share(name, "", found, limits, int(now[flag].sum()), len(now))


def _lost(now: pd.DataFrame, past: Sequence[pd.DataFrame], limits: Limits) -> Finding | None:
    """Return that data roles, of which there used to be enough, are too few to be judged; None where they are not."""
    weeks = [_is_lost(week) for week in past]
    n, usual = int(now["is_data"].sum()), float(np.median([week["is_data"].sum() for week in past] or [0]))
    if len(weeks) < limits.min_weeks or n >= limits.min_postings or usual < limits.min_postings or not len(now):
        return None
    found = share_shift(_is_lost(now), weeks, "is_lost", "source")
    told = {"n": n, "of": len(now), "share": f"{1 - found.value:.1%}", "usual": f"{1 - found.usual:.1%}"}
    is_far = found.z > limits.checks["rate"].limit
    lost = Finding(name="rate", value=abs(found.z), is_far=is_far, p=found.p, case="lost", told=told)
    return lost if is_far else None


def _is_lost(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(is_lost=~rows["is_data"])


def _rate(now: pd.DataFrame, past: Sequence[pd.DataFrame], limits: Limits) -> Finding:
    """Return whether Airflow is named more or less often than role and source type let expect."""
    weeks = [week for week in past if len(week)]
    if idle := _idle("rate", "", now, weeks, limits):
        return idle
    found = share_shift(now, weeks, "named", "cell")
    other = share_shift(_negated(now), [_negated(week) for week in weeks], "named", "cell")
    p = min(1.0, 2 * min(found.p, other.p))
    told = {"n": len(now), "share": f"{found.value:.1%}", "usual": f"{found.usual:.1%}", "z": f"{abs(found.z):.1f}"}
    is_far = abs(found.z) > limits.checks["rate"].limit
    return Finding(name="rate", value=abs(found.z), is_far=is_far, p=p, told=told)


def _negated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(named=~rows["named"])


def _mix(subject: str, now: pd.DataFrame, past: Sequence[pd.DataFrame], limits: Limits) -> Finding:
    weeks = [week for week in past if len(week)]
    if idle := _idle("mix", subject, now, weeks, limits):
        return idle
    found = mix_shift(now, weeks, subject)
    shares, usual = (f[subject].value_counts(normalize=True) for f in (now, pd.concat(weeks)))
    moved = shares.sub(usual, fill_value=0.0)
    most = str(moved.abs().sort_values(kind="stable").index[-1])
    told = {
        "index": f"{found.value:.2f}",
        "most": most,
        "share": f"{shares.get(most, 0.0):.0%}",
        "usual": f"{usual.get(most, 0.0):.0%}",
    }
    is_far = found.value > limits.checks["mix"].limit
    return Finding(name="mix", subject=subject, value=found.value, is_far=is_far, p=found.p, told=told)

"""Source rules: what is judged of each source of a week by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from analysis.quality.finding import Finding, examples
from analysis.quality.limits import Limits
from analysis.quality.noise import Shift, count_shift, share_shift
from analysis.quality.weeks import READ, Past, Week

MIN_COPIES: Final = 20
"""Fewer copies than this beyond the usual, or than a usual week brings postings, are an employer's batch, no flood."""
MIN_FUTURE: Final = 3
"""Fewer postings dated ahead are a slip of an employer, not of a parser."""
_SHARES: Final = {
    "dates_missing": "is_undated",
    "short_texts": "is_short",
    "sections": "is_unsectioned",
    "source_levels": "is_unclear",
    "source_roles": "is_guessed",
}
"""Checks that compare a source's share with its own of other weeks, and what they count; causes before effects."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How many postings the boards of a source show now and showed before, board by board alike."""

    n_boards: int
    n_read: int
    n: int
    totals: tuple[float, ...]
    """The same boards in the weeks before, oldest first; a board that was not read then has its own usual number."""
    reason: str


def volume(source: str, now: Week, past: Past, limits: Limits) -> Volume:
    """Return the volume of a source beside that of the weeks before in which it was read."""
    asked = now.boards[now.boards["source"] == source]
    counts = past.counts.get(source, pd.DataFrame()).tail(limits.weeks)
    usual = counts.median()
    known = asked[asked["board"].isin(usual.dropna().index)]
    totals = counts.reindex(columns=known["board"]).fillna(usual).sum(axis=1)
    is_read = known["outcome"].isin(READ)
    broken = asked[~asked["outcome"].isin(READ)]
    return Volume(
        n_boards=len(asked),
        n_read=int(asked["outcome"].isin(READ).sum()),
        n=int(known.loc[is_read, "n"].sum()),
        totals=tuple(float(t) for t in totals) if len(known) else (),
        reason=str(broken["reason"].iloc[0] or broken["outcome"].iloc[0]) if len(broken) else "",
    )


def judge_volume(source: str, found: Volume, limits: Limits) -> Finding:
    """Return how the number of postings on a source's boards compares with the median of the weeks before."""
    usual = float(pd.Series(found.totals).median()) if found.totals else 0.0
    told = {"n": found.n, "usual": usual, "boards": found.n_boards, "read": found.n_read, "reason": found.reason}
    if not found.n_read:
        told["usual_words"] = f"{usual:,.0f}" if found.totals else "–"
        return Finding(name="volume", subject=source, value=0.0, is_far=True, case="outage", told=told)
    if len(found.totals) < limits.min_weeks:
        return Finding(name="volume", subject=source, idle="young", told={"weeks": limits.min_weeks})
    shift = count_shift(found.n, found.totals)
    ratio, most = (found.n / usual if usual else 1.0), limits.checks["volume"].limit
    return Finding(
        name="volume",
        subject=source,
        value=ratio,
        is_far=not 1 / most <= ratio <= most,
        p=shift.p,
        case="fewer" if ratio < 1 else "more",
        told={**told, "change": f"{ratio:.0%}"},
    )


def judge_rejects(source: str, now: Week, past: Past, limits: Limits) -> Finding:
    """Return whether more of a source's records than usual could not be read."""
    mine = now.boards[now.boards["source"] == source]
    before = [_records(*each) for each in past.records.get(source, ())[-limits.weeks :]]
    found = _shift(
        "rejects", source, _records(mine["n"].sum(), mine["n_rejected"].sum()), before, "hit", limits, by_company=False
    )
    named = [f"{r['board']} {r['reason']}".strip() for r in mine[mine["n_rejected"] > 0].to_dict("records")]
    return replace(found, examples=named)


def judge_dates(source: str, now: Week, limits: Limits) -> Finding:
    """Return whether postings of a source are dated ahead of the day of the run in bulk, also those held back before.

    Nothing would tell of these any more: a posting that does not change brings no news.
    """
    rows = now.all_rows
    rows = rows[rows["source"] == source]
    n, share = int(rows["is_future"].sum()), float(rows["is_future"].mean()) if len(rows) else 0.0
    return Finding(
        name="dates_future",
        subject=source,
        value=share,
        is_far=n >= MIN_FUTURE and share > limits.checks["dates_future"].limit,
        told={"k": n, "n": len(rows), "share": f"{share:.0%}"},
        examples=examples(rows, "is_future"),
    )


def judge_shares(source: str, now: pd.DataFrame, before: Sequence[pd.DataFrame], limits: Limits) -> Iterator[Finding]:
    """Yield how the shares of a source's new and changed postings compare with its own of the weeks before."""
    for name, flag in _SHARES.items():
        mine, past = population(now, name), [population(rows, name) for rows in before]
        yield _shift(name, source, mine, past, flag, limits)


def judge_copies(source: str, now: pd.DataFrame, before: Sequence[pd.DataFrame], limits: Limits) -> Finding:
    """Return whether a source's new postings are suddenly copies of known vacancies."""
    mine, past = population(now, "duplicates"), [population(rows, "duplicates") for rows in before]
    found = _shift("duplicates", source, mine, past, "is_copy", limits, by_company=False)
    usual = float(np.median([len(rows) for rows in past])) if past else 0.0
    return replace(found, is_far=found.is_far and (found.value or 0.0) * len(mine) >= max(MIN_COPIES, usual))


def population(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the postings of a source that a check is about: a text too short has no sections that could be lost."""
    is_asked = rows["is_fact"].to_numpy(bool)
    if name == "duplicates":
        is_asked = is_asked & rows["is_new"].to_numpy(bool)
    if name in ("sections", "source_levels", "source_roles"):
        is_asked = is_asked & ~rows["is_short"].to_numpy(bool)
    if name == "source_levels":
        is_asked = is_asked & ~rows["is_silent"].to_numpy(bool)
    return rows if is_asked.all() else rows[is_asked]


def _records(n_good: float, n_bad: float) -> pd.DataFrame:
    """Return one row per record that a source's boards answered with; `hit`: it was rejected."""
    return pd.DataFrame({"hit": np.arange(n_good + n_bad) < n_bad, "company": ""})


def _shift(
    name: str,
    source: str,
    now: pd.DataFrame,
    before: Sequence[pd.DataFrame],
    flag: str,
    limits: Limits,
    *,
    by_company: bool = True,
) -> Finding:
    past = [week for week in before if len(week)]
    if len(past) < limits.min_weeks:
        return Finding(name=name, subject=source, idle="young", told={"weeks": limits.min_weeks})
    if len(now) < limits.min_postings or sum(map(len, past)) < limits.min_postings:
        return Finding(name=name, subject=source, idle="few", told={"n": len(now), "min": limits.min_postings})
    found = share_shift(now, past, flag, by_company=by_company)
    told = of_share(name, source, found, limits, int(now[flag].sum()), len(now))
    return replace(told, examples=examples(now, flag)) if told.is_far and "url" in now else told


def of_share(name: str, subject: str, found: Shift, limits: Limits, k: int, n: int) -> Finding:
    """Return the finding of a share that may rise by no more than the check's limit."""
    told = {"k": k, "n": n, "share": f"{found.value:.0%}", "usual": f"{found.usual:.0%}"}
    return Finding(
        name=name,
        subject=subject,
        value=found.change,
        is_far=found.change > limits.checks[name].limit,
        p=found.p,
        told=told,
    )

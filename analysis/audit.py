"""Audit: a random sample of hits that were read, and what the tagger says of the same postings now."""

from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.fact import LEVELS
from analysis.loading import load
from analysis.measure.intervals import wilson
from analysis.measure.population import QueryError
from scrapers.store import bundled

FILES: Final = {"airflow": "labels/audit.csv"}
"""Skills whose hits were read, and where the readings are."""
WRONG: Final = "wrong"
"""Stands for a hit that names something else, beside the levels that were read."""
NOT_FOUND: Final = "not found"
"""Stands for a posting of the sample in which the present tagger does not find the skill."""

_COLUMNS: Final = ["posting_id", "family", "lang", "skills", "tagger_version"]


def read_audit(skill: str) -> pd.DataFrame:
    """Return the readings of a skill's hits: posting_id, stratum, weight, is_right, level_read.

    The sample is random within strata of family, language and data role or not; `weight` is how many hits of the
    stratum a posting stands for. Raises QueryError for a skill whose hits nobody read.
    """
    if skill not in FILES:
        raise QueryError(f"no audit for {skill}: only hits of {', '.join(FILES)} were read, so only they are corrected")
    return pd.read_csv(bundled(FILES[skill]))


def graded(facts: pa.Table, skill: str) -> pd.DataFrame:
    """Return the readings beside the tags: the columns of `read_audit`, then family, lang, level, how, tagger_version.

    `level` is what the tagger says now, null where it no longer finds the skill. A posting that is not among `facts`
    is looked up in the bundled snapshot; one that is in neither is left out. Raises QueryError when none is left.
    """
    readings = read_audit(skill)
    tags = _tags(facts, skill, readings)
    absent = readings[~readings["posting_id"].isin(tags["posting_id"])]
    if len(absent):
        tags = pd.concat([tags, _tags(load(only_from="snapshot"), skill, absent)], ignore_index=True)
    found = readings.merge(tags, on="posting_id", validate="one_to_one")
    if found.empty:
        raise QueryError(f"no audit for {skill}: none of the postings read is among the facts")
    return found


def _tags(facts: pa.Table, skill: str, readings: pd.DataFrame) -> pd.DataFrame:
    wanted = pa.array(readings["posting_id"].tolist(), pa.string())
    rows = facts.select(_COLUMNS).filter(pc.is_in(facts["posting_id"].cast(pa.string()), wanted)).to_pylist()
    named: list[dict[str, str]] = [next((s for s in row.pop("skills") if s["skill"] == skill), {}) for row in rows]
    tags = [row | {"level": s.get("level"), "how": s.get("how")} for row, s in zip(rows, named, strict=True)]
    return pd.DataFrame(tags, columns=[*(c for c in _COLUMNS if c != "skills"), "level", "how"])


def confusion(audited: pd.DataFrame, by: str = "stratum") -> pd.DataFrame:
    """Return how often each reading met each tag: `by`, read, got, n (postings), hits (those they stand for)."""
    cells = pd.DataFrame(
        {
            by: audited[by].fillna("-"),
            "read": audited["level_read"].where(audited["is_right"], WRONG),
            "got": audited["level"].fillna(NOT_FOUND),
            "weight": audited["weight"],
        }
    )
    return cells.groupby([by, "read", "got"], as_index=False).agg(n=("weight", "size"), hits=("weight", "sum"))


def report(audited: pd.DataFrame) -> dict[str, Any]:
    """Return precision of hits and agreement of levels, each with n and a 95% Wilson interval at the weighted size.

    Keys: n, n_not_found, tagger_versions, precision, level_agreement, level_agreement_by_how (each of these a rate with
    low, high, n), confusion (rows of `confusion` over all strata) and by_stratum.
    """
    hits = audited.dropna(subset=["level"])
    right = hits[hits["is_right"]]
    agrees = right["level"] == right["level_read"]
    whole = confusion(audited.assign(all="all"), "all").drop(columns="all")
    return {
        "n": len(audited),
        "n_not_found": int(audited["level"].isna().sum()),
        "tagger_versions": sorted(audited["tagger_version"].unique()),
        "precision": share(hits["is_right"], hits["weight"]),
        "level_agreement": share(agrees, right["weight"]),
        "level_agreement_by_how": {
            str(how): share(agrees[group.index], group["weight"]) for how, group in right.groupby("how")
        },
        "confusion": whole.to_dict("records"),
        "by_stratum": confusion(audited).to_dict("records"),
    }


def share(is_hit: "pd.Series[bool]", weight: "pd.Series[float]") -> dict[str, float | None]:
    """Return the weighted share of postings as rate, low, high and n; Wilson's interval at Kish's effective size.

    Rate and bounds are None without postings.
    """
    if is_hit.empty:
        return {"rate": None, "low": None, "high": None, "n": 0}
    rate = float((is_hit * weight).sum() / weight.sum())
    size = float(weight.sum() ** 2 / (weight**2).sum())
    low, high = wilson(rate * size, size)
    return {"rate": rate, "low": low, "high": high, "n": len(is_hit)}


def to_lines(found: dict[str, Any]) -> list[str]:
    """Return a report as lines for a terminal: the rates, then readings down and tags across, in postings."""
    rows = {"hits that are right": found["precision"], "levels as read": found["level_agreement"]}
    rows |= {f"  decided by {how}": rate for how, rate in found["level_agreement_by_how"].items()}
    lines = [f"{found['n']} hits read; {found['n_not_found']} of them no longer found"]
    lines.append("shares are weighted by stratum: each hit read counts for the hits it stands for; below, hits read")
    lines += [
        f"{name:<22}{r['rate']:>7.1%} ({r['low']:.1%}–{r['high']:.1%}), n={r['n']}"
        for name, r in rows.items()
        if r["n"]
    ]
    counts = {(row["read"], row["got"]): row["n"] for row in found["confusion"]}
    columns = (*LEVELS, NOT_FOUND)
    lines.append(f"{'read as':<12}" + "".join(f"{c:>12}" for c in columns) + "  (tagged as)")
    for read in (*LEVELS, WRONG):
        lines.append(f"{read:<12}" + "".join(f"{counts.get((read, c), 0):>12}" for c in columns))
    return lines

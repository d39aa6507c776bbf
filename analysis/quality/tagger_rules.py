"""Tagger rules: whether the tagger still reads as it was promoted to read, and what a new one reads otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.tagger import Tagger
from analysis.learn.canary import answers, changes, read_canary
from analysis.learn.versions import Versions
from analysis.quality.finding import Finding
from analysis.quality.limits import Limits
from analysis.quality.runs import Run, facts_before
from scrapers.store import Store

_TAGS: Final = ["posting_id", "body_hash", "title_hash", "roles", "skills"]
_SKILL: Final = "airflow"


def judge_canary(store: Store, run: Run) -> Finding | None:
    """Return whether the canary postings come out as when the champion was promoted.

    None where another tagger made the facts of the run than the one that is the champion now: it cannot be asked.
    """
    root = store.files.address
    versions = Versions(root)
    tagger, champion = Tagger.load(None, root), versions.champion()
    if tagger.version != run.tagger_version:
        return None
    expected = versions.canary(champion.version) if champion else None
    if expected is None:
        return Finding(name="canary", idle="unknown")
    found = changes(expected, answers(tagger, read_canary()))
    n = len({line.split(" ")[0].rstrip(":") for line in found})
    return Finding(name="canary", value=float(n), is_far=bool(found), told={"n": n}, examples=found)


def judge_retagged(store: Store, run: Run, accepted: Sequence[str], limits: Limits) -> Finding:
    """Return how many known postings a new tagger reads otherwise than the last that the gate let through.

    One that was let through lately is taken for put back on purpose; `accepted` are those let through, the last last.
    """
    if run.tagger_version in accepted[-limits.weeks :]:
        return Finding(name="retagged", value=0.0, told={"share": "0%"})
    left = ((version, facts_before(store, run, version)) for version in reversed(accepted))
    before, last = next(((version, facts) for version, facts in left if facts), ("", {}))
    if not last:
        return Finding(name="retagged", idle="first")
    n_same = n_other = 0
    for source in sorted(set(run.facts) & set(last)):
        old, new = (_read(store, facts[source]) for facts in (last, run.facts))
        for posting_id in old.keys() & new.keys():
            if old[posting_id][0] == new[posting_id][0]:
                is_other = _is_other(old[posting_id], new[posting_id])
                n_other, n_same = n_other + is_other, n_same + (not is_other)
    n = n_other + n_same
    if n < limits.min_postings:
        return Finding(name="retagged", idle="few", told={"n": n, "min": limits.min_postings})
    share = n_other / n
    is_far = share > limits.checks["retagged"].limit
    told = {"before": before, "k": n_other, "n": n, "share": f"{share:.0%}"}
    return Finding(name="retagged", value=share, is_far=is_far, told=told)


_Read = tuple[tuple[int, int], str, dict[str, str]]


def _read(store: Store, name: str) -> dict[str, _Read]:
    """Return of each posting its text's hashes, main role and skills with their levels."""
    table = store.read_facts(name, _TAGS)
    found: dict[str, _Read] = {}
    for r in pa.Table.to_pylist(table.filter(pc.is_valid(table["posting_id"]))):
        levels = {s["skill"]: s["level"] for s in r["skills"]}
        found[r["posting_id"]] = ((r["body_hash"], r["title_hash"]), next(iter(r["roles"]), ""), levels)
    return found


def _is_other(old: _Read, new: _Read) -> bool:
    """Tell whether the main role, the level of a skill that both found, or Airflow itself differs.

    Names that only one of them knows are a vocabulary that grew.
    """
    levels: tuple[Mapping[str, Any], ...] = old[2], new[2]
    is_moved = any(levels[0][skill] != levels[1][skill] for skill in levels[0].keys() & levels[1].keys())
    return old[1] != new[1] or is_moved or (_SKILL in levels[0]) != (_SKILL in levels[1])

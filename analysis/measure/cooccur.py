"""What is named together with a skill: role-adjusted odds ratios of every other skill at once."""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import stdtr
from scipy.stats import false_discovery_control

from analysis.fact import LEVELS
from analysis.measure.hits import name_matrix
from analysis.measure.intervals import (
    MAX_COMPANY_SHARE,
    N_EFF_FIRM,
    N_EFF_SHOWN,
    ROUNDING,
    Floats,
    count_effective_companies,
    from_replicates,
    jackknife_variance,
    leave_one_out,
    student_z,
)
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import MIXED_VERSIONS, describe
from analysis.measure.standardise import Codes

MIN_JOINT: Final = 10
"""Postings that must name both skills: with fewer the odds ratio is a story about single adverts."""
MAX_FACTOR: Final = 4.0
"""An odds ratio whose upper bound is more than this many times the lower one is flagged as imprecise."""
N_AT_ONCE: Final = 4_000_000
"""Postings times skills looked at in one go, so that memory stays in bounds."""

Row = dict[str, Any]
SHOWN: Final = ("lift", "odds_ratio", "low", "high", "p", "q")
COLUMNS: Final = ("skill", "k_joint", "k_skill", "n", "n_companies", "n_eff", *SHOWN, "flag")

DEFINITIONS: Final = {
    "k_joint": "postings that name both: the first skill at the level asked, the other at any level",
    "n_companies": "companies with a posting that names both",
    "n_eff": "independent postings of the first skill that would tell as much of the share naming the other",
    "lift": "share naming the skill among postings of the first, over the share among the others",
    "odds_ratio": "Mantel-Haenszel over role x year; interval by delete-one-company jackknife of its logarithm",
    "q": f"p adjusted by Benjamini-Hochberg over all skills with at least {MIN_JOINT} joint postings",
    "vendors": "adverts of the vendors of any skill are left out",
}


class Fourfold(NamedTuple):
    """Counts of postings in rows of some kind: all n and those naming the first skill (R, 1); other, both (R, S)."""

    n: Floats
    first: Floats
    other: Floats
    both: Floats

    def add_up(self, codes: Codes) -> "Fourfold":
        """Return the sums over rows of the same code, in order of codes."""
        sums = csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
        return Fourfold(*(sums @ values for values in self))

    def products(self) -> tuple[Floats, Floats]:
        """Return a d / n and b c / n of each fourfold table, (R, S); 0 where it is empty."""
        n, first, other, both = self
        size = np.maximum(n, 1.0)
        return both * (n - first - other + both) / size, (first - both) * (other - both) / size


@dataclass(frozen=True, slots=True)
class Groups:
    """Postings by company and stratum: one row for each of the P pairs that occur, sorted by company."""

    company: Codes
    stratum: Codes
    counts: Fourfold


def cooccur(facts: pa.Table, query: Query, n_top: int = 20) -> pd.DataFrame:
    """Return the n_top skills named most beside the query's one, by odds ratio; COLUMNS, meanings in `.attrs`.

    The query's skill counts at the level asked, the others at any level. In stratum h of role (a posting's first) and
    year, of n postings a name both, b the first alone, c the other alone and d neither; the odds ratio is
    sum(a d / n) / sum(b c / n) (Mantel & Haenszel, JNCI 22, 1959), hence adjusted for both, which `lift` is not. Its
    logarithm is recomputed without each company in turn; with the jackknife's standard error, bounds and the two-sided
    p follow Student's t with as many degrees of freedom as companies are effectively behind the joint postings, less
    one. q is p after Benjamini & Hochberg (JRSS B 57, 1995) over all skills with MIN_JOINT joint postings, which alone
    are listed; `.attrs["n_tested"]` says how many. Numbers are NaN, and the row comes last, where n_eff is below 30 or
    one company holds all of a cell: withheld. Flags further: small, imprecise (bounds more than MAX_FACTOR apart),
    dominated (one company holds more than a fifth of the joint postings), mixed versions. Names that imply another
    skill (a managed service and its cloud) are joint by definition. Raises QueryError for `by` and for weights.

    Coverage of the nominal 95% interval, up to 1,000 draws for each of 16 markets that are shown often enough to tell
    (40, 120 and 400 companies sized min(40, ceil(40/i)), two roles, the skills in a tenth or three tenths of postings,
    correlation within companies .1 and .4, odds ratios 1 to 2.9): 95.0% to 98.8%. Robins, Breslow & Greenland's
    interval, which takes postings as independent, covers 18% to 95% there.
    """
    if query.by or query.weights != "none":
        raise QueryError("what is named together is asked over the whole period: leave by and weights out")
    frame, names, named = _read(facts, query)
    hit = frame["hit"].to_numpy(np.float64)
    k_joint, k_skill = named.T @ hit, named.sum(axis=0).A1
    listed = np.flatnonzero((k_joint >= MIN_JOINT) & (names != query.skill))
    columns = {"skill": names[listed], "k_joint": k_joint[listed], "k_skill": k_skill[listed]}
    table = pd.DataFrame(columns).astype({"k_joint": int, "k_skill": int}).assign(n=len(frame))
    if len(table):
        width = max(N_AT_ONCE // len(frame), 1)
        blocks = (listed[start : start + width] for start in range(0, len(listed), width))
        rows = [row for block in blocks for row in _measure(_group(frame, hit, named[:, block]))]
        table = _compare(table.join(pd.DataFrame(rows)), float(hit.sum()))
    table = table.reindex(columns=list(COLUMNS)).sort_values(
        ["odds_ratio", "k_joint", "skill"], ascending=[False, False, True], ignore_index=True
    )
    table = describe(table.head(n_top), frame, query)
    table.attrs |= {"k": int(hit.sum()), "n_tested": len(listed)}
    table.attrs["definitions"] |= DEFINITIONS
    if MIXED_VERSIONS in table.attrs["warnings"]:
        table["flag"] = [f"{words};{MIXED_VERSIONS}".strip(";") for words in table["flag"]]
    return table


def _read(facts: pa.Table, query: Query) -> tuple[pd.DataFrame, NDArray[np.object_], csr_matrix]:
    vendors = [v for v in facts["vendor_of"].unique().to_pylist() if v is not None]
    frame = counted(facts, query, beside=vendors)
    names, named = name_matrix(facts, frame, LEVELS)
    return frame, np.array(names, dtype=object), named


def _group(frame: pd.DataFrame, hit: Floats, named: csr_matrix) -> Groups:
    company, _ = pd.factorize(frame["company"])
    stratum = frame.groupby(["role", "year"], dropna=False).ngroup().to_numpy()
    n_strata = int(stratum.max()) + 1
    pairs, place = np.unique(company * n_strata + stratum, return_inverse=True)
    sums = csr_matrix((np.ones(len(frame)), (place, np.arange(len(frame)))))
    n, first = sums @ np.ones((len(frame), 1)), sums @ hit[:, None]
    other, both = (np.asarray((sums @ values).toarray()) for values in (named, named.multiply(hit[:, None]).tocsr()))
    return Groups(pairs // n_strata, pairs % n_strata, Fourfold(n, first, other, both))


def log_odds(groups: Groups) -> tuple[Floats, Floats]:
    """Return the logarithms of the Mantel-Haenszel odds ratios (S,), and the same without each company in turn (G, S).

    Without a company only the strata change in which it has postings. Infinite where one side of the ratio is empty.
    """
    strata = groups.counts.add_up(groups.stratum)
    left = Fourfold(*(all_[groups.stratum] - own for all_, own in zip(strata, groups.counts, strict=True)))
    starts = np.flatnonzero(np.diff(groups.company, prepend=-1))
    found, without = [], []
    for whole, rest in zip(strata.products(), left.products(), strict=True):
        total = whole.sum(axis=0)
        lost = np.add.reduceat(whole[groups.stratum] - rest, starts, axis=0)
        kept = np.where(total - lost > ROUNDING * total, total - lost, 0.0)
        with np.errstate(divide="ignore"):
            found.append(np.log(total))
            without.append(np.log(kept))
    with np.errstate(invalid="ignore"):
        return found[0] - found[1], without[0] - without[1]


def _measure(groups: Groups) -> list[Row]:
    """Return what is estimated of each skill of `groups`."""
    companies = groups.counts.add_up(groups.company)
    first, both = companies.first[:, 0], companies.both
    share, share_without = leave_one_out(both, np.broadcast_to(companies.first, both.shape))
    found, without = log_odds(groups)
    columns = zip(found, without.T, share, share_without.T, both.T, strict=True)
    return [_row(*each, first) for each in columns]


def _compare(table: pd.DataFrame, k: float) -> pd.DataFrame:
    """Add lift and q, which need the whole list; k is the number of hits."""
    is_shown = table["odds_ratio"].notna()
    elsewhere = (table["k_skill"] - table["k_joint"]) / (table["n"] - k)
    table["lift"] = (table["k_joint"] / k / elsewhere).where(is_shown)
    table.loc[is_shown, "q"] = false_discovery_control(table.loc[is_shown, "p"])
    return table


def _row(log_ratio: float, without: Floats, share: float, share_without: Floats, both: Floats, first: Floats) -> Row:
    """Return what is estimated of one skill, from its log odds ratio, its share among hits, and company sums (G,)."""
    interval = from_replicates(share, share_without, float(first.sum()), first)
    effective = count_effective_companies(both)
    is_finite = bool(np.isfinite(log_ratio) and np.isfinite(without).all())
    error = math.sqrt(jackknife_variance(log_ratio, without, len(without))) if is_finite else 0.0
    half = student_z(effective) * error
    is_withheld = error == 0.0 or interval.n_eff < N_EFF_SHOWN
    shown = dict.fromkeys(("odds_ratio", "low", "high", "p"), math.nan)
    if not is_withheld:
        bounds = (math.exp(log_ratio + way * half) for way in (0, -1, 1))
        p = 2 * float(stdtr(max(effective - 1, 1), -abs(log_ratio) / error))
        shown = dict(zip(shown, (*bounds, p), strict=True))
    words = {
        "withheld": is_withheld,
        "small": not is_withheld and interval.n_eff < N_EFF_FIRM,
        "imprecise": shown["high"] > MAX_FACTOR * shown["low"],
        "dominated": both.max() > MAX_COMPANY_SHARE * both.sum(),
    }
    warning = ";".join(word for word, is_found in words.items() if is_found)
    return {"n_companies": int(np.count_nonzero(both)), "n_eff": interval.n_eff, **shown, "flag": warning}

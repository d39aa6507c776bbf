"""Markets: the postings of one source type, each in every cell of role and period that it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analysis.fact import DATA_ROLES, LEVELS, ROLES
from analysis.measure.population import Query, counted
from analysis.measure.standardise import Codes

Window = tuple[int, int]
"""First and last year, both included."""
Flags = NDArray[np.bool_]

ALL: Final = "all"
"""Stands for the five data roles together, and for all source types together."""
CUBE_ROLES: Final = (ALL, *ROLES)


def read_mentions(facts: pa.Table, skills: Sequence[str]) -> pd.DataFrame:
    """Return a row per skill that a fact names: posting_id, skill, level as an index of LEVELS."""
    lists = facts["skills"].combine_chunks()
    flat = lists.flatten()
    rows = pd.DataFrame(
        {
            "posting_id": facts["posting_id"].take(pc.list_parent_indices(lists)).to_pandas().astype(str),
            "skill": flat.field("skill").to_pandas(),
            "level": pd.Categorical(flat.field("level").to_pandas(), LEVELS).codes,
        }
    )
    return rows[rows["skill"].isin(skills)]


@dataclass(frozen=True, slots=True)
class Market:
    """The postings of one source type, each in every cell of role and window that it belongs to."""

    family: str
    n_cells: int
    postings: pd.Index
    """Postings counted for one skill or another, by posting_id."""
    is_base: Flags
    """True for the postings counted for a skill without vendors."""
    counted_for: Mapping[str, Flags]
    """The same for skills of which a vendor advertises."""
    posting: Codes
    """Of each membership (M,): index into `postings`."""
    pair: Codes
    """Of each membership: index of its cell and company among the pairs."""
    version: Codes
    """Of each membership: code of its cell and tagger version."""
    pair_cell: Codes
    """Cell of each pair, ascending."""
    n_versions: int

    @classmethod
    def of(cls, facts: pa.Table, family: str, skills: Sequence[str], windows: Sequence[Window]) -> "Market":
        base = counted(facts, _population(family, skills[0], with_vendors=True))
        extra = _without_vendors(facts, base, family, skills)
        rows = pd.concat([base, *(more for _, more in extra.values())], ignore_index=True)
        rows = rows.drop_duplicates(["posting_id", "role"])
        postings = pd.Index(rows["posting_id"].unique())
        is_base = postings.isin(base["posting_id"])
        counted_for = {
            skill: (is_base & ~postings.isin(gone)) | postings.isin(more["posting_id"])
            for skill, (gone, more) in extra.items()
        }
        row, cell = _memberships(rows, windows)
        company, names = pd.factorize(rows["company"])
        version, versions = pd.factorize(rows["tagger_version"])
        pairs, pair = np.unique(cell * len(names) + company[row], return_inverse=True)
        return cls(
            family=family,
            n_cells=len(CUBE_ROLES) * len(windows),
            postings=postings,
            is_base=is_base,
            counted_for=counted_for,
            posting=postings.get_indexer(pd.Index(rows["posting_id"]))[row],
            pair=pair,
            version=cell * len(versions) + version[row],
            pair_cell=pairs // max(len(names), 1),
            n_versions=len(versions),
        )


def _population(family: str, skill: str, *, with_vendors: bool) -> Query:
    families = None if family == ALL else (family,)
    return Query(skill=skill, roles=(ALL,), by=("year", "role"), families=families, with_vendors=with_vendors)


def _without_vendors(
    facts: pa.Table, base: pd.DataFrame, family: str, skills: Sequence[str]
) -> dict[str, tuple[pd.Series, pd.DataFrame]]:
    """Return, by skill with vendors, the postings that leave the base and the rows that take their place.

    Only vacancies with an advert of the vendor can change, so only those are counted again.
    """
    sold = pc.drop_null(facts["vendor_of"]).unique().to_pylist()
    cluster, own = (facts[name].cast(pa.string()) for name in ("cluster_id", "posting_id"))
    cluster = pc.if_else(pc.equal(cluster, ""), own, cluster)
    found = {}
    for skill in (s for s in skills if s in sold):
        clusters = cluster.filter(pc.equal(facts["vendor_of"], skill)).unique()
        touched = facts.filter(pc.is_in(cluster, clusters))
        gone = base.loc[base["cluster_id"].isin(clusters.to_pylist()), "posting_id"]
        is_all_gone = pc.all(pc.equal(touched["vendor_of"], skill).fill_null(False)).as_py()
        more = base.iloc[:0] if is_all_gone else counted(touched, _population(family, skill, with_vendors=False))
        found[skill] = gone, more
    return found


def _memberships(rows: pd.DataFrame, windows: Sequence[Window]) -> tuple[Codes, Codes]:
    """Return row and cell of every membership: a row is in its role, once in the data roles, in each window around."""
    role = pd.Index(CUBE_ROLES).get_indexer(pd.Index(rows["role"])).astype(np.intp)
    data = np.flatnonzero(rows["role"].isin(DATA_ROLES))
    data = data[~rows["posting_id"].iloc[data].duplicated().to_numpy()]
    own = np.flatnonzero(role >= 0)
    row = np.concatenate([own, data])
    role = np.concatenate([role[own], np.zeros(len(data), np.intp)])
    year = rows["year"].to_numpy(np.int64)[row]
    inside = [np.flatnonzero((first <= year) & (year <= last)) for first, last in windows]
    place = np.concatenate(inside)
    window = np.repeat(np.arange(len(windows)), [len(i) for i in inside])
    return row[place], role[place] * len(windows) + window


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits of one skill: memberships (H,) of the postings that name it, with the level of each."""

    skill: str
    membership: Codes
    level: Codes


def find_hits(mentions: pd.DataFrame, market: Market, skills: Sequence[str]) -> Iterator[Hits]:
    """Return the hits of each skill in a market; `mentions` are those of `read_mentions`."""
    order = np.argsort(market.posting, kind="stable")
    ends = np.cumsum(np.bincount(market.posting, minlength=len(market.postings)))
    code = market.postings.get_indexer(pd.Index(mentions["posting_id"]))
    known = mentions.assign(code=code)[code >= 0]
    groups = dict(list(known.groupby("skill", sort=False)))
    for skill in skills:
        rows = groups.get(skill, known.iloc[:0])
        codes = rows["code"].to_numpy(np.intp)
        n = np.diff(ends, prepend=0)[codes]
        place = np.arange(n.sum()) + np.repeat(ends[codes] - np.cumsum(n), n)
        yield Hits(skill, order[place], np.repeat(rows["level"].to_numpy(np.intp), n))

"""Reposts: the same employer advertising the same vacancy again under a new id, with both dates."""

from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

POSTED: Final = ("published", "created", "structured", "thread")
"""Kinds of date that say when something was posted."""
_KEYS: Final = ["cluster_id", "company_id", "posted_on_kind"]
_PREVIOUS: Final = {"id": "posting_id", "on": "posted_on", "ref": "ref"}
_COLUMNS: Final = ("posting_id", "source", "ref", "posted_on", *_KEYS)
COLUMNS: Final = (
    *("posting_id", "previous_id", "source", "cluster_id", "company_id"),
    *("posted_on", "previous_on", "posted_on_kind"),
)


def reposts(facts: pa.Table) -> pd.DataFrame:
    """Return one row of `COLUMNS` per repost, beside the posting of the same vacancy that was posted last before it.

    Two postings are compared only where employer, kind of date and its precision are the same: several posts of one
    day are copies, and days on which something was seen or edited are no days of posting.
    """
    wanted = pc.and_(pc.is_valid(facts["company_id"]), pc.is_valid(facts["posted_on"]))
    wanted = pc.and_(wanted, pc.is_in(facts["posted_on_kind"].cast(pa.string()), pa.array(POSTED)))
    table = _several(facts.select(_COLUMNS).filter(wanted)).to_pandas().astype(object)
    keys = [*_KEYS, "precision"]
    table["precision"] = table["posted_on"].str.len()
    table = table.sort_values([*keys, "posted_on", "posting_id"], ignore_index=True)
    # Of the copies of one day the first stands for all: each day of posting is one repost at most.
    days = table.drop_duplicates([*keys, "posted_on"])
    days = days.assign(**{f"previous_{new}": days.groupby(keys)[old].shift() for new, old in _PREVIOUS.items()})
    is_same_item = days["ref"].notna() & (days["ref"] == days["previous_ref"])
    found: pd.DataFrame = days[days["previous_id"].notna() & ~is_same_item]
    found = found[list(COLUMNS)]
    return found.reset_index(drop=True)


def _several(facts: pa.Table) -> pa.Table:
    """Return the facts of clusters with more than one member."""
    ids = facts["cluster_id"].combine_chunks().cast(pa.string())
    counts = pc.value_counts(ids)
    several = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    return facts.filter(pc.is_in(ids, several))

"""Hits of several skills on the same postings, as columns beside one counting frame."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.measure.population import LEVEL_CHOICES, Query, QueryError, counted


def hits_of(facts: pa.Table, query: Query, skills: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the counting frame of the query and which of its rows name each skill at the level asked, (N, S).

    Adverts of the vendors of any of the skills are left out, so that every skill is asked of the same postings; alone,
    each would leave out only those of its own vendors. Raises QueryError for fewer than two skills or one named twice.
    """
    if len(skills) < 2 or len(set(skills)) < len(skills):
        raise QueryError(f"skills compared must be two or more, each once; not {', '.join(skills) or 'none'}")
    frame = counted(facts, query, beside=skills)
    names, table = name_matrix(facts, frame, LEVEL_CHOICES[query.level])
    hits = np.zeros((len(frame), len(skills)), dtype=np.bool_)
    for place, skill in enumerate(skills):
        if skill in names:
            hits[:, place] = table[:, [names.index(skill)]].toarray()[:, 0] > 0
    return frame, hits


def name_matrix(facts: pa.Table, frame: pd.DataFrame, levels: Sequence[str]) -> tuple[list[str], csr_matrix]:
    """Return the skills that any row of a counting frame names at these levels, sorted, and a 0/1 matrix (N, S)."""
    rows = pc.index_in(pa.array(frame["posting_id"], pa.string()), value_set=facts["posting_id"].cast(pa.string()))
    lists = pa.chunked_array(facts["skills"].take(rows)).combine_chunks()
    named, row = pc.list_flatten(lists), pc.list_parent_indices(lists)
    is_asked = pc.is_in(pc.struct_field(named, "level"), value_set=pa.array(levels, pa.string()))
    codes, names = pd.factorize(pc.struct_field(named, "skill").filter(is_asked).to_pandas(), sort=True)
    places = (row.filter(is_asked).to_numpy(), codes)
    return list(names), csr_matrix((np.ones(len(codes)), places), shape=(len(frame), len(names)))

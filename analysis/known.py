"""What can be asked for: skills of the vocabulary or of the facts, and sources that facts are from."""

from collections.abc import Iterable
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.vocabulary import load_vocabulary
from analysis.measure.population import QueryError


def check_skill(skill: str, facts: pa.Table) -> None:
    """Raise QueryError, naming the nearest ids, for a skill that neither the vocabulary nor the facts know."""
    known = set(load_vocabulary().terms)
    if skill in known:
        return
    for chunk in facts["skills"].chunks:
        known.update(pc.unique(pc.struct_field(pc.list_flatten(chunk), "skill")).to_pylist())
    if skill not in known:
        near = ", ".join(get_close_matches(skill, sorted(known), 3)) or "see data/vocabulary/skills.yaml"
        raise QueryError(f"skill {skill!r} is not known; did you mean: {near}")


def check_sources(sources: Iterable[str], facts: pa.Table) -> None:
    """Raise QueryError, naming the nearest, for a source that no fact is from."""
    known = set(pc.unique(facts["source"].cast(pa.string())).to_pylist())
    for source in sources:
        if source not in known:
            near = ", ".join(get_close_matches(source, sorted(known), 3, 0.3)) or "see airflow-demand status"
            raise QueryError(f"there is no source {source!r}; did you mean: {near}")

"""What Spark carries comes back as facts, to the last bit; what is no fact is refused. Needs no Spark."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import FACT_SCHEMA
from analysis.spark import facts_of

HASHES = [field.name for field in FACT_SCHEMA if field.type == pa.uint64()]
FACT: dict[str, Any] = {
    "posting_id": "p",
    "source": "s",
    "family": "hn",
    "cluster_id": "",
    "cluster_rank": 0,
    "posted_on_kind": "seen",
    "lang": "ko",
    "n_chars": 3,
    "is_truncated": False,
    "is_survivor": False,
    "roles": ["other"],
    "role_method": "default",
    "role_confidence": 0.25,
    "skills": [{"skill": "airflow", "level": "required", "how": "cue"}],
    "is_unsectioned": True,
    "tagger_version": "1",
}


def carried(**hashes: int) -> pa.Table:
    """A fact as Spark writes it: signed hashes, columns in an order of its own."""
    row = dict.fromkeys(FACT_SCHEMA.names) | FACT | dict.fromkeys(HASHES, 0) | hashes
    types = {f.name: pa.int64() if f.name in HASHES else f.type for f in FACT_SCHEMA}
    return pa.table({name: pa.array([row[name]], types[name]) for name in reversed(FACT_SCHEMA.names)})


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_hash_keeps_its_64_bits(value: int) -> None:
    signed = int.from_bytes(value.to_bytes(8, "little"), "little", signed=True)
    facts = facts_of(carried(near_hash=signed))
    assert facts.schema.equals(FACT_SCHEMA)
    assert facts["near_hash"].to_pylist() == [value]
    assert facts["skills"].to_pylist() == [FACT["skills"]]


def test_a_table_that_holds_no_facts_is_refused() -> None:
    with pytest.raises(KeyError, match="skills"):
        facts_of(carried().drop_columns(["skills"]))
    with pytest.raises(pa.ArrowInvalid):
        facts_of(carried().drop_columns(["n_chars"]).append_column("n_chars", pa.array(["three"])))
    with pytest.raises(ValueError, match="n_chars is null in 1 rows"):
        facts_of(carried().drop_columns(["n_chars"]).append_column("n_chars", pa.array([None], pa.int32())))

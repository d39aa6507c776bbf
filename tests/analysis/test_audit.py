"""The audit of hits: readings beside tags, wherever the facts are, and the figures that come of them."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from analysis import audit
from analysis.fact import FACT_SCHEMA, LEVELS
from analysis.measure.population import QueryError
from scrapers.posting import FAMILIES


def tagged(ids: Sequence[str], level: str | None) -> pa.Table:
    """Return facts of postings that name Airflow at a level, or not at all."""
    skills = [{"skill": "airflow", "level": level, "how": "cue"}] if level else []
    skills = [{"skill": "sql", "level": "required", "how": "heading"}, *skills]
    rows = [{"posting_id": i, "family": "ats", "lang": "ko", "skills": skills, "tagger_version": "new"} for i in ids]
    return pa.Table.from_pylist([dict.fromkeys(FACT_SCHEMA.names) | row for row in rows], schema=FACT_SCHEMA)


@pytest.fixture
def some_readings(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> list[str]:
    """Put four readings in place of the bundled ones and return their ids: required, required, mentioned, wrong."""
    lines = ["a,hn:en:data,3,true,required", "b,hn:en:data,3,true,required", "c,ats:ko:data,1,true,mentioned"]
    path = tmp_path / "audit.csv"
    header = "posting_id,stratum,weight,is_right,level_read"
    path.write_text("\n".join([header, *lines, "d,ats:ko:data,1,false,mentioned"]), encoding="utf-8")
    monkeypatch.setattr(audit, "bundled", lambda name: path)
    return ["a", "b", "c", "d"]


def test_readings_beside_tags(some_readings: list[str]) -> None:
    a, b, c, d = some_readings
    facts = pa.concat_tables(
        [tagged([a], "required"), tagged([b], "preferred"), tagged([c], None), tagged([d], "required")]
    )
    found = audit.graded(facts, "airflow").set_index("posting_id")
    levels = {str(name): level for name, level in found["level"].items() if isinstance(level, str)}
    assert levels == {"a": "required", "b": "preferred", "d": "required"}
    first = found.to_dict("records")[0]
    assert [first[name] for name in ("family", "lang", "how", "tagger_version")] == ["ats", "ko", "cue", "new"]


def test_the_report_by_hand(some_readings: list[str]) -> None:
    a, b, c, d = some_readings
    facts = pa.concat_tables(
        [tagged([a], "required"), tagged([b], "preferred"), tagged([c], None), tagged([d], "required")]
    )
    found = audit.report(audit.graded(facts, "airflow"))
    # Hits that are still found weigh 3 + 3 + 1, of which d is wrong; of the right ones half the weight has its level.
    assert found["precision"]["rate"] == pytest.approx(6 / 7)
    assert found["level_agreement"]["rate"] == pytest.approx(1 / 2)
    assert (found["n"], found["n_not_found"], found["tagger_versions"]) == (4, 1, ["new"])
    assert {(r["read"], r["got"]): (r["n"], r["hits"]) for r in found["confusion"]} == {
        ("required", "required"): (1, 3),
        ("required", "preferred"): (1, 3),
        ("mentioned", audit.NOT_FOUND): (1, 1),
        (audit.WRONG, "required"): (1, 1),
    }
    assert sum(r["n"] for r in found["by_stratum"]) == 4
    assert "NaN" not in json.dumps(found)
    lines = audit.to_lines(found)
    assert lines[0] == "4 hits read; 1 of them no longer found"
    assert lines[1].startswith("shares are weighted by stratum")
    (row,) = [line for line in lines if line.startswith("required")]
    assert row.split() == ["required", "1", "1", "0", "0"]


def test_without_a_right_hit_there_is_no_rate(some_readings: list[str]) -> None:
    found = audit.report(audit.graded(tagged(some_readings, None), "airflow"))
    assert found["precision"] == {"rate": None, "low": None, "high": None, "n": 0}
    assert not [line for line in audit.to_lines(found) if "nan" in line.lower()]


def test_postings_that_are_not_among_the_facts_are_looked_up(some_readings: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(audit, "load", lambda only_from: tagged(some_readings[:3], "mentioned"))
    found = audit.graded(tagged(some_readings[:1], "required"), "airflow")
    assert found["level"].tolist() == ["required", "mentioned", "mentioned"]


def test_none_of_the_postings_is_there(some_readings: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(audit, "load", lambda only_from: tagged(["z"], None))
    with pytest.raises(QueryError, match="none of the postings read"):
        audit.graded(tagged(["y"], "required"), "airflow")


def test_only_what_was_read_can_be_graded() -> None:
    with pytest.raises(QueryError, match=r"^no audit for kafka: only hits of airflow"):
        audit.graded(tagged(["a"], "required"), "kafka")


def test_the_bundled_readings_are_a_weighted_sample_of_the_snapshot() -> None:
    readings = audit.read_audit("airflow")
    assert len(readings) >= 200
    assert readings["posting_id"].is_unique
    assert set(readings["level_read"]) == set(LEVELS)
    assert {stratum.split(":")[0] for stratum in readings["stratum"]} == set(FAMILIES)
    # Within a stratum every hit was equally likely, so all weigh the same.
    assert (readings.groupby("stratum")["weight"].nunique() == 1).all()
    assert (readings["weight"] >= 1).all()
    found = audit.graded(FACT_SCHEMA.empty_table(), "airflow")
    assert len(found) == len(readings)
    assert found["level"].notna().mean() > 0.9
    # The strata speak of the family that the facts say.
    assert (found["stratum"].str.partition(":")[0] == found["family"]).all()

"""Section coverage: shares by source and year, what is flagged, and what decided the levels."""

from typing import Any

import pyarrow as pa
import pytest

from analysis.coverage import levels_decided, section_coverage, to_lines, to_rows, worst
from analysis.fact import FACT_SCHEMA, HOWS


def rows(source: str, year: str | None, n: int, n_sectioned: int, hows: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    skills = [{"skill": f"s{i}", "level": "required", "how": how} for i, how in enumerate(hows)]
    same = {"source": source, "posted_on": year and f"{year}-03", "skills": skills}
    return [same | {"is_unsectioned": i >= n_sectioned} for i in range(n)]


def table(*groups: list[dict[str, Any]]) -> pa.Table:
    facts = [row for group in groups for row in group]
    return pa.Table.from_pylist([dict.fromkeys(FACT_SCHEMA.names) | row for row in facts], schema=FACT_SCHEMA)


def test_shares_and_flags_by_hand() -> None:
    facts = table(
        rows("alpha", "2020", 40, 36),
        rows("alpha", "2021", 40, 28),
        rows("alpha", "2022", 40, 18),
        rows("alpha", "2023", 40, 0),
        rows("alpha", None, 5, 1),
        rows("beta", "2021", 40, 0),
        rows("gamma", "2021", 29, 0),
    )
    assert to_rows(section_coverage(facts)) == [
        {"source": "alpha", "year": "2020", "n": 40, "rate": 0.9, "flag": ""},
        {"source": "alpha", "year": "2021", "n": 40, "rate": 0.7, "flag": ""},
        {"source": "alpha", "year": "2022", "n": 40, "rate": 0.45, "flag": "dropped"},
        {"source": "alpha", "year": "2023", "n": 40, "rate": 0.0, "flag": "none"},
        {"source": "alpha", "year": None, "n": 5, "rate": 0.2, "flag": ""},
        {"source": "beta", "year": "2021", "n": 40, "rate": 0.0, "flag": "none"},
        {"source": "gamma", "year": "2021", "n": 29, "rate": 0.0, "flag": ""},
    ]


def test_a_thin_year_between_is_not_compared() -> None:
    facts = table(rows("alpha", "2020", 50, 50), rows("alpha", "2021", 3, 0), rows("alpha", "2022", 50, 20))
    assert section_coverage(facts)["flag"].tolist() == ["", "", "dropped"]


def test_worst_rows_come_first_and_read_as_lines() -> None:
    facts = table(rows("small", "2021", 30, 0), rows("large", "2021", 90, 0), rows("fine", None, 60, 60))
    coverage = section_coverage(facts)
    assert worst(coverage)["source"].tolist() == ["large", "small"]
    assert to_lines(worst(coverage)) == ["  large 2021: 0% of 90 (none)", "  small 2021: 0% of 30 (none)"]
    assert to_lines(coverage)[0] == "  fine undated: 100% of 60"


def test_what_decided_the_levels() -> None:
    facts = table(rows("a", "2021", 3, 3, ("native", "heading")), rows("b", "2021", 2, 2, ("model",)))
    found = levels_decided(facts)
    assert list(found) == list(HOWS)
    assert found == pytest.approx({"native": 3 / 8, "heading": 3 / 8, "cue": 0, "model": 2 / 8, "default": 0})


def test_no_facts_have_no_coverage() -> None:
    empty = FACT_SCHEMA.empty_table()
    assert (to_rows(section_coverage(empty)), levels_decided(empty)) == ([], {})
    assert levels_decided(table(rows("a", "2021", 3, 3))) == {}

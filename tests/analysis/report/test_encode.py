"""The encoding: what the page unfolds from it is the cube."""

import math
from typing import Any

import pyarrow as pa
import pytest

from analysis.measure.cube import cube
from analysis.measure.intervals import wilson
from analysis.report.encode import encode, pack

SKILLS = ("airflow", "dbt")
WINDOWS = [(2020, 2024), (2020, 2020), (2023, 2023)]


def look(raw: dict[str, Any], cell: Any) -> dict[str, Any]:
    """Read one cell as the page does."""
    skill, level = raw["skills"].index(cell.skill), raw["levels"].index(cell.level)
    window = raw["windows"].index([cell.first, cell.last])
    place = raw["families"].index(cell.family) * len(raw["roles"]) + raw["roles"].index(cell.role)
    place = place * len(raw["windows"]) + window
    states = dict(zip(raw["states"][skill][::2], raw["states"][skill][1::2], strict=True))
    n, companies, effective, t, dominated = raw["base"][place][5 * states.get(place, 0) :][:5]
    at, hits = 0, {}
    for step, k, size in zip(*(raw["hits"][skill][level][i::3] for i in range(3)), strict=True):
        at += step
        hits[at] = (k, size)
    k, size = hits.get(place, (0, effective))
    found = {"n": n, "n_companies": companies, "k": k, "is_dominated": bool(dominated)}
    if size < raw["rule"]["shown"]:
        return found | {"rate": math.nan}
    low, high = wilson(k / n * size, size, t)
    return found | {"rate": k / n, "low": low, "high": high}


def test_every_cell_comes_back(facts: pa.Table) -> None:
    # A vendor's adverts leave the cells of that tool alone, so that its counts differ from the others'.
    vendor = pa.array(["dbt" if i % 40 == 0 else None for i in range(len(facts))], pa.string())
    facts = facts.set_column(facts.schema.get_field_index("vendor_of"), "vendor_of", vendor)
    cells = cube(facts, SKILLS, WINDOWS)
    raw = encode(cells, SKILLS, WINDOWS)
    assert raw["states"][0] != raw["states"][1]
    rows: list[Any] = list(cells.itertuples(index=False))
    for cell in rows:
        found = look(raw, cell)
        assert (found["n"], found["n_companies"]) == (cell.n, cell.n_companies)
        assert found["is_dominated"] == ("dominated" in cell.flag)
        assert math.isnan(found["rate"]) == math.isnan(cell.rate)
        if not math.isnan(cell.rate):
            assert found["k"] == cell.k
            assert found["rate"] == pytest.approx(cell.rate, abs=1e-12)
            assert found["low"] == pytest.approx(cell.low, abs=5e-5)
            assert found["high"] == pytest.approx(cell.high, abs=5e-5)


def test_packing_the_same_text_gives_the_same_bytes() -> None:
    assert pack("에어플로우" * 100) == pack("에어플로우" * 100)

import json
import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measure.claims import COMPATIBLE, HIGHER, LOWER, TOO_LITTLE, VERDICTS, Claim, judge
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.measure.sensitivity import specifications
from analysis.measure.trend import CANNOT_BE_JUDGED

Build = Callable[[list[dict[str, Any]]], pa.Table]


def claim(relation: str = "about", value: float | None = 0.5, **more: Any) -> Claim:
    words = {"ko": "주장", "en": "a claim"}
    return Claim(
        **{"name": "one", "wording": words, "said": words, "query": Query(), **more}, relation=relation, value=value
    )


@pytest.mark.parametrize(
    ("relation", "interval", "verdict"),
    [
        ("about", (0.50, 0.40, 0.60), COMPATIBLE),
        ("about", (0.40, 0.36, 0.46), COMPATIBLE),
        ("about", (0.40, 0.36, 0.4499), LOWER),
        ("about", (0.60, 0.54, 0.66), COMPATIBLE),
        ("about", (0.60, 0.5501, 0.66), HIGHER),
        ("at_least", (0.40, 0.36, 0.50), COMPATIBLE),
        ("at_least", (0.40, 0.36, 0.4999), LOWER),
        ("at_least", (0.90, 0.85, 0.95), COMPATIBLE),
        ("about", (math.nan, math.nan, math.nan), TOO_LITTLE),
        ("at_least", (math.nan, math.nan, math.nan), TOO_LITTLE),
    ],
)
def test_verdicts_by_hand(relation: str, interval: tuple[float, float, float], verdict: str) -> None:
    assert claim(relation).verdict(*interval) == verdict


def test_the_tolerance_is_the_claims_own() -> None:
    assert claim(tolerance=0.0).verdict(0.45, 0.40, 0.49) == LOWER
    assert claim(tolerance=0.01).verdict(0.45, 0.40, 0.49) == COMPATIBLE


@given(
    st.sampled_from(["about", "at_least"]),
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted),
)
def test_a_wider_interval_never_loses_compatibility(relation: str, value: float, bounds: list[float]) -> None:
    low, rate, high = bounds
    one = claim(relation, value)
    if one.verdict(rate, low, high) == COMPATIBLE:
        assert one.verdict(rate, low / 2, (1 + high) / 2) == COMPATIBLE
    if low <= value <= high:
        assert one.verdict(rate, low, high) == COMPATIBLE


def market(n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    return [{"airflow": "required" if i < k else None} | more for i in range(n)]


def test_each_claim_is_held_against_its_own_measure_in_the_world_and_in_korea(facts: Build) -> None:
    table = facts(
        market(100, 80, country="US")
        + market(200, 20, country="KR")
        + market(60, 30, roles=["bi_analyst"], country="US")
        + market(10, 9, roles=["bi_analyst"], country="KR")
    )
    engineers = Query(roles=("data_engineer",), level="required")
    judged = judge(
        table,
        [
            claim("at_least", 0.30, name="engineers", query=engineers),
            claim("about", 0.50, name="analysts", query=Query(roles=("bi_analyst",))),
            claim("about", 0.20, name="preferred", query=Query(level="preferred", countries=("US",))),
        ],
    )
    assert judged["verdict"].to_list() == [COMPATIBLE, LOWER, COMPATIBLE, TOO_LITTLE, LOWER]
    assert judged["population"].to_list() == ["all", "korea", "all", "korea", "as claimed"]
    assert judged["n"].tolist() == [300, 200, 70, 10, 160]
    own = rates(table, engineers).iloc[0]
    row, _, _, thin, _ = judged.to_dict("records")
    assert [row[name] for name in ("measured", "low", "high", "n_eff", "k")] == pytest.approx(
        [own[name] for name in ("rate", "low", "high", "n_eff", "k")]
    )
    assert (thin["k"], math.isnan(thin["measured"]), thin["flag"]) == (9, True, "withheld")


def test_how_often_a_verdict_stays(facts: Build) -> None:
    # Hacker News has 40 postings, all hits: alone it is compatible, as part of 240 it is not.
    table = facts(market(40, 40, family="hn") + market(200, 0))
    query = Query()
    row = judge(table, [claim("at_least", 0.9, query=query)]).iloc[0]
    wanted = specifications(query)
    n_hn = sum(each["families"] == "hn" for each in wanted)
    assert (row["verdict"], row["n_specifications"]) == (LOWER, len(wanted))
    assert row["n_same"] == len(wanted) - n_hn
    assert (row["n_too_little"], row["spec_low"], row["spec_high"]) == (0, 0.0, 1.0)
    # All text is by title; where titles are not, "title only" leaves nothing.
    by_text = judge(facts(market(240, 0, role_method="text")), [claim("at_least", 0.9)]).iloc[0]
    n_title = sum(each["role_rule"] == "title only" for each in wanted)
    assert by_text["n_too_little"] >= n_title
    assert by_text["n_same"] + by_text["n_too_little"] == len(wanted)


def years(shares: dict[str, list[int]], n: int = 100) -> list[dict[str, Any]]:
    """Return n postings per year and family, of which so many are hits."""
    rows: list[dict[str, Any]] = []
    for family, hits in shares.items():
        for year, k in enumerate(hits, 2020):
            rows += market(n, k, posted_on=str(year), family=family, country="US")
    return rows


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ({"hn": [5, 25, 50, 75], "job_board": [5, 25, 50, 75]}, COMPATIBLE),
        ({"hn": [75, 50, 25, 5], "job_board": [75, 50, 25, 5]}, LOWER),
        ({"hn": [75, 50, 25, 5], "job_board": [5, 25, 50, 75]}, CANNOT_BE_JUDGED),
    ],
)
def test_growth_by_hand(facts: Build, shares: dict[str, list[int]], verdict: str) -> None:
    judged = judge(facts(years(shares)), [claim("increasing", None, query=Query(years=(2020, 2023)))])
    assert judged["verdict"].to_list() == [verdict, TOO_LITTLE]
    row = judged.to_dict("records")[0]
    assert (row["n"], row["k"], row["unit"]) == (800, sum(map(sum, shares.values())), "points per year")
    assert math.isnan(row["claimed"])
    if verdict == COMPATIBLE:
        assert row["measured"] == pytest.approx(23.5, abs=1)
        assert row["low"] < row["measured"] < row["high"]
        assert row["n_same"] == row["n_specifications"] - row["n_too_little"]


def test_what_the_verdicts_rest_on(facts: Build) -> None:
    seen: list[tuple[int, int | None]] = []
    judged = judge(facts(market(50, 10)), [claim(), claim(name="two")], lambda done, total: seen.append((done, total)))
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert set(judged.attrs["definitions"]) >= set(VERDICTS)
    assert judged.attrs["tagger_versions"] == ["1"]
    assert list(judged.attrs["queries"]) == ["one (all)", "one (korea)", "two (all)", "two (korea)"]
    assert json.loads(judged.to_json(orient="records"))[0]["said_ko"] == "주장"

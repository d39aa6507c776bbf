"""Corrected rates: worked out by hand, invariants, and how often intervals hold the truth in simulated markets."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import LEVELS
from analysis.measure.correct import CORRECTED, PRIOR, THIN_AUDIT, correct, learn
from analysis.measure.intervals import wilson
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates, series

Build = Callable[[list[dict[str, Any]]], pa.Table]
WRONG = "wrong"


def audited(counts: dict[tuple[str, str, str], int], weight: float = 1.0) -> pd.DataFrame:
    """Return readings from counts by (family, level tagged, level read or wrong)."""
    rows = [
        {
            "family": family,
            "level": tagged,
            "weight": weight,
            "is_right": read != WRONG,
            "level_read": "mentioned" if read == WRONG else read,
            "tagger_version": "1",
        }
        for (family, tagged, read), n in counts.items()
        for _ in range(n)
    ]
    return pd.DataFrame(rows)


def perfect(n: int, families: tuple[str, ...] = ("job_board",)) -> pd.DataFrame:
    return audited({(family, level, level): n for family in families for level in LEVELS})


def postings(n: int, required: int, preferred: int, mentioned: int, **more: Any) -> list[dict[str, Any]]:
    levels = ["required"] * required + ["preferred"] * preferred + ["mentioned"] * mentioned
    return [{"airflow": levels[i] if i < len(levels) else None} | more for i in range(n)]


IMPERFECT = {
    ("job_board", "required", "required"): 15,
    ("job_board", "required", "preferred"): 4,
    ("job_board", "required", WRONG): 1,
    ("job_board", "preferred", "preferred"): 9,
    ("job_board", "preferred", "required"): 1,
    ("job_board", "mentioned", "mentioned"): 10,
}


def test_a_table_worked_out_by_hand(facts: Build) -> None:
    # 200 postings of as many companies: 20% tagged required, 10% preferred, 5% mentioned. Of hits tagged required, 75%
    # were read so, 20% as preferred, 5% were wrong; of those tagged preferred 90%, and 10% as required.
    table = facts(postings(200, 40, 20, 10))
    sample = audited(IMPERFECT)
    wanted = {
        "required": 0.20 * 0.75 + 0.10 * 0.10,
        "preferred": 0.20 * 0.20 + 0.10 * 0.90,
        "mentioned": 0.05,
        "any": 0.20 * 0.95 + 0.15,
        "required_or_preferred": 0.20 * 0.95 + 0.10,
    }
    for level, rate in wanted.items():
        (row,) = rates(table, Query(level=level), sample).to_dict("records")
        assert row["rate_corrected"] == pytest.approx(rate), level
        assert row["n_audited"] == 40
        assert row["low_corrected"] < row["rate_corrected"] < row["high_corrected"]
    raw = rates(table, Query(level="required")).iloc[0]
    assert raw["rate"] == pytest.approx(0.20)


def test_bounds_join_the_noise_of_sample_and_audit(facts: Build) -> None:
    # Everyone is tagged required, so that the sample has no noise of levels, and all of it comes from the audit.
    sample = audited({("job_board", "required", "required"): 15, ("job_board", "required", WRONG): 5})
    others = perfect(10)
    sample = pd.concat([sample, others[others["level"] != "required"]], ignore_index=True)
    row = rates(facts(postings(400, 400, 0, 0)), Query(), sample).iloc[0]
    rate, size = 0.75, 20 + PRIOR
    low, high = wilson(rate * size, size)
    assert row["rate_corrected"] == pytest.approx(rate)
    assert row["low_corrected"] < low < high < row["high_corrected"]
    sampled_low, sampled_high = wilson(rate * 400, 400)
    assert row["low_corrected"] == pytest.approx(rate - math.hypot(rate - low, rate - sampled_low), abs=2e-3)
    assert row["high_corrected"] == pytest.approx(rate + math.hypot(high - rate, sampled_high - rate), abs=2e-3)


def test_families_are_read_apart_and_thin_ones_lean_on_all(facts: Build) -> None:
    counts = {("job_board", level, level): 60 for level in LEVELS} | {
        ("hn", "required", "required"): 1,
        ("hn", "required", "mentioned"): 1,
    }
    found = learn(audited(counts)).readings
    pooled = 61 / 62
    assert found["hn", "required"].share["required"] == pytest.approx((1 + PRIOR * pooled) / (2 + PRIOR))
    assert found["ats", "required"].share["required"] == pytest.approx(pooled)
    assert found["ats", "required"].size == PRIOR
    by_family = rates(
        facts(postings(100, 30, 0, 0, family="hn") + postings(100, 30, 0, 0)),
        Query(by=("family",), level="required"),
        audited(counts),
    )
    hn, job_board = by_family.to_dict("records")
    assert hn["rate_corrected"] < job_board["rate_corrected"] < 0.3
    assert (hn["n_audited"], job_board["n_audited"]) == (2, 180)
    assert [THIN_AUDIT in row["flag"] for row in (hn, job_board)] == [True, False]


def test_weights_of_strata_count(facts: Build) -> None:
    heavy = audited({("job_board", "required", WRONG): 10}, weight=9.0)
    light = audited({("job_board", "required", "required"): 10, **{("job_board", x, x): 5 for x in LEVELS[1:]}})
    reading = learn(pd.concat([heavy, light], ignore_index=True)).readings["job_board", "required"]
    assert reading.share["required"] == pytest.approx(0.1)
    assert reading.size == pytest.approx((10 * 9 + 10) ** 2 / (10 * 81 + 10) + PRIOR)


def test_hits_that_are_none_any_more_say_nothing() -> None:
    sample = audited(IMPERFECT)
    gone = sample.head(3).assign(level=None)
    assert learn(pd.concat([sample, gone], ignore_index=True)) == learn(sample)


def test_a_level_without_a_reading_is_refused() -> None:
    with pytest.raises(QueryError, match="no hit tagged mentioned"):
        learn(audited({("hn", "required", "required"): 3, ("hn", "preferred", "preferred"): 3}))


LEVEL_COUNTS = st.tuples(*[st.integers(0, 40)] * 3)


@given(LEVEL_COUNTS, st.sampled_from(["none", "company", "capped"]))
@settings(max_examples=8, deadline=None)
def test_a_perfect_audit_changes_no_rate(facts: Build, counts: tuple[int, int, int], weights: str) -> None:
    table = facts(postings(130, *counts))
    for level in ("any", "preferred"):
        row = rates(table, Query(level=level, weights=weights), perfect(50)).iloc[0]
        assert row["rate_corrected"] == pytest.approx(row["rate"], nan_ok=True)
        if not math.isnan(row["rate"]):
            assert 0 <= row["low_corrected"] <= row["low"] + 1e-12
            assert row["high"] - 1e-12 <= row["high_corrected"] <= 1
    # An audit without end adds nothing to the bounds either.
    row = rates(table, Query(weights=weights), perfect(1).assign(weight=1.0).pipe(repeat, 3000)).iloc[0]
    assert row["low_corrected"] == pytest.approx(row["low"], abs=1e-3, nan_ok=True)
    assert row["high_corrected"] == pytest.approx(row["high"], abs=1e-9, nan_ok=True)


def repeat(table: pd.DataFrame, n: int) -> pd.DataFrame:
    return pd.concat([table] * n, ignore_index=True)


@given(
    LEVEL_COUNTS,
    st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from([*LEVELS, WRONG])), max_size=25),
    st.sampled_from([(), ("family",), ("year",)]),
)
@settings(max_examples=8, deadline=None)
def test_corrected_levels_add_up_and_stay_rates(
    facts: Build, counts: tuple[int, int, int], readings: list[tuple[str, str]], by: tuple[str, ...]
) -> None:
    sample = pd.concat([perfect(1), *(audited({("hn", *pair): 1}) for pair in readings)], ignore_index=True)
    table = facts(postings(130, *counts) + postings(130, *counts[::-1], family="hn", posted_on="2021-03"))
    parts = [rates(table, Query(level=level, by=by), sample) for level in LEVELS]
    total = rates(table, Query(by=by), sample)
    for part in (*parts, total):
        shown = part.dropna(subset=["rate_corrected"])
        assert (shown["low_corrected"] <= shown["rate_corrected"]).all()
        assert (shown["rate_corrected"] <= shown["high_corrected"]).all()
        assert shown[list(CORRECTED[:3])].ge(0).all(axis=None)
        assert shown[list(CORRECTED[:3])].le(1).all(axis=None)
        assert part["rate_corrected"].isna().equals(part["rate"].isna())
    columns = pd.DataFrame({part["level"].iloc[0]: part["rate_corrected"] for part in (*parts, total)}).dropna()
    assert columns[list(LEVELS)].sum(axis=1).tolist() == pytest.approx(columns["any"].tolist())
    assert (columns["any"] <= total["rate"][columns.index] + 1e-12).all()


def test_what_is_withheld_stays_withheld(facts: Build) -> None:
    row = rates(facts(postings(29, 5, 2, 2)), Query(), perfect(20)).iloc[0]
    assert row[["rate", *CORRECTED[:3]]].isna().all()
    assert (row["k"], row["n"]) == (9, 29)
    empty = rates(facts(postings(40, 5, 0, 0)), Query(by=("year",), years=(2021, 2022)), perfect(20))
    assert empty["rate_corrected"].isna().tolist() == [True, False]


def test_mix_is_corrected_cell_by_cell(facts: Build) -> None:
    rows = [
        row
        for year in ("2020", "2021")
        for role, required in (("data_engineer", 40), ("bi_analyst", 10))
        for row in postings(80, required, 10, 0, posted_on=year, roles=[role])
    ]
    query = Query(by=("year",), weights="mix")
    table = rates(facts(rows), query, audited(IMPERFECT))
    assert table["rate_corrected"].tolist() == pytest.approx([(25 * 0.95 + 10) / 80] * 2)
    assert table.attrs["n_audited"] == 40
    assert "correction" in table.attrs["definitions"]


def test_other_taggers_readings_are_named(facts: Build) -> None:
    sample = perfect(10)
    assert rates(facts(postings(40, 5, 0, 0)), Query(), sample).attrs["warnings"] == []
    other = rates(facts(postings(40, 5, 0, 0)), Query(), sample.assign(tagger_version="0"))
    assert other.attrs["warnings"] == ["hits that were read are tagged by 0"]


READ_AS = {
    "required": {"required": 0.80, "preferred": 0.08, "mentioned": 0.04, WRONG: 0.08},
    "preferred": {"required": 0.08, "preferred": 0.84, "mentioned": 0.02, WRONG: 0.06},
    "mentioned": {"required": 0.05, "preferred": 0.05, "mentioned": 0.82, WRONG: 0.08},
}
TAGGED = {"required": 0.15, "preferred": 0.09, "mentioned": 0.06}


def market(rng: np.random.Generator) -> pd.DataFrame:
    """Return a counting frame of 150 companies that differ, with tags; 30% of postings are hits."""
    n = np.minimum(40, np.ceil(40 / np.arange(1, 151))).astype(int)
    company = np.repeat(np.arange(150), n)
    uses = rng.beta(0.3 * 20, 0.7 * 20, 150)[company] > rng.random(len(company))
    level = pd.Series(rng.choice(LEVELS, len(company), p=[0.5, 0.3, 0.2])).where(uses, None)
    frame = pd.DataFrame({"company": company, "level": level})
    return frame.assign(family="job_board", role="data_engineer", weight=1.0)


def drawn_audit(rng: np.random.Generator, n: int) -> pd.DataFrame:
    level = rng.choice(LEVELS, n, p=[0.5, 0.3, 0.2])
    read = np.array([rng.choice(list(READ_AS[name]), p=list(READ_AS[name].values())) for name in level])
    is_right = read != WRONG
    columns = {"level": level, "level_read": np.where(is_right, read, "mentioned"), "is_right": is_right}
    return pd.DataFrame(columns).assign(family="job_board", weight=1.0)


@pytest.mark.parametrize("level", ["any", "required"])
def test_intervals_hold_the_truth(level: str) -> None:
    rng, query, n_draws = np.random.default_rng(11), Query(level=level), 120
    wanted = LEVELS if level == "any" else (level,)
    truth = sum(p * READ_AS[name][read] for name, p in TAGGED.items() for read in wanted)
    n_held = n_raw = 0
    for _ in range(n_draws):
        frame = market(rng)
        (found,) = correct(frame, level, learn(drawn_audit(rng, 120)), partial(series, query=query, years=(None,)))
        n_held += found["low_corrected"] <= truth <= found["high_corrected"]
        raw = series(frame.assign(hit=frame["level"].isin(wanted)), query, (None,)).interval(0)
        n_raw += raw.low <= truth <= raw.high
    assert n_held >= 0.91 * n_draws
    # The interval of the sample alone misses the same truth too often.
    assert n_raw < 0.91 * n_draws

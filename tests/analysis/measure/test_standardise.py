from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.measure import standardise as module
from analysis.measure.intervals import Floats
from analysis.measure.population import Query, counted
from analysis.measure.rates import rates
from analysis.measure.standardise import Series, cell_sums, crude, standardise

Build = Callable[[list[dict[str, Any]]], pa.Table]
YEARS = (2020, 2021)
MIX = Query(by=("year",), weights="mix")


def postings(year: int, role: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    """Return n postings of n companies, the first k of which name the skill."""
    return [
        {"posted_on": str(year), "roles": [role], "company_id": f"{role}{i}", "airflow": "required" if i < k else None}
        | more
        for i in range(n)
    ]


DRIFT = [
    *postings(2020, "data_engineer", 40, 20),
    *postings(2020, "bi_analyst", 20, 2),
    *postings(2021, "data_engineer", 20, 10),
    *postings(2021, "bi_analyst", 80, 8),
]
"""No change inside a role (50% and 10%), while the mix moves from 2/3 to 1/5 data engineers."""


def without(frame: pd.DataFrame, company: str) -> pd.DataFrame:
    return frame[frame["company"] != company].reset_index(drop=True)


def uneven(seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    roles = (["data_engineer"], ["ml_engineer", "data_scientist"], ["data_scientist"], ["other", "data_engineer"])
    return [
        {
            "posted_on": str(random.choice(YEARS)),
            "roles": roles[random.integers(4)],
            "family": str(random.choice(["hn", "ats"])),
            "company_id": f"c{int(random.exponential(25))}",
            "airflow": random.choice(["required", "mentioned", ""]),
        }
        for _ in range(900)
    ]


def test_a_drifting_mix_moves_the_crude_rate_only(facts: Build) -> None:
    frame = counted(facts(DRIFT), MIX)
    assert crude(frame, YEARS).rate == pytest.approx([22 / 60, 18 / 100])
    held = standardise(frame, YEARS)
    # Pooled shares: 60 of 160 data engineers.
    assert held.rate == pytest.approx([60 / 160 * 0.5 + 100 / 160 * 0.1] * 2)
    assert held.covered_weight == 1
    assert (held.k.tolist(), held.n.tolist()) == ([22, 18], [60, 100])
    # In 2021 each of the 20 data engineers' companies carries a 20th of that role's share.
    assert held.interval(1).largest_share == pytest.approx(60 / 160 / 20)


def test_a_cell_that_a_year_lacks_is_dropped_in_all_years(facts: Build) -> None:
    frame = counted(facts([*DRIFT, *postings(2021, "data_scientist", 40, 40)]), MIX)
    held = standardise(frame, YEARS)
    assert held.rate == pytest.approx([0.25, 0.25])
    assert held.covered_weight == pytest.approx(160 / 200)
    assert held.n.tolist() == [60, 100]


@pytest.mark.parametrize(("n_companies", "covered"), [(9, 160 / 180), (10, 1.0)])
def test_a_cell_needs_ten_companies_in_every_year(facts: Build, n_companies: int, covered: float) -> None:
    thin = postings(2020, "data_scientist", n_companies, 0) + postings(2020, "data_scientist", 10 - n_companies, 0)
    frame = counted(facts([*DRIFT, *thin, *postings(2021, "data_scientist", 10, 0)]), MIX)
    assert standardise(frame, YEARS).covered_weight == pytest.approx(covered)


def test_a_withheld_year_does_not_empty_the_cells_of_the_others(facts: Build) -> None:
    frame = counted(facts([*DRIFT, *postings(2022, "data_engineer", 20, 5)]), MIX)
    held = standardise(frame, (*YEARS, 2022))
    assert held.rate[:2] == pytest.approx([0.25, 0.25])
    assert np.isnan(held.rate[2])
    assert held.n.tolist() == [60, 100, 20]
    assert held.interval(2).n_eff == 0


def test_without_common_cells_there_is_no_rate(facts: Build) -> None:
    frame = counted(facts(postings(2020, "bi_analyst", 40, 9) + postings(2021, "data_engineer", 40, 9)), MIX)
    held = standardise(frame, YEARS)
    assert np.isnan(held.rate).all()
    assert held.covered_weight == 0


@pytest.mark.parametrize("is_empty", [False, True])
def test_no_postings_at_all(facts: Build, is_empty: bool) -> None:
    frame = counted(facts([]), MIX)
    for series in (standardise(frame, () if is_empty else YEARS), crude(frame, () if is_empty else YEARS)):
        assert series.n.tolist() == ([] if is_empty else [0, 0])
        assert np.isnan(series.rate).all()


def test_a_posting_with_two_roles_has_half_a_weight_in_each(facts: Build) -> None:
    both = [each | {"roles": ["data_engineer", "bi_analyst"]} for y in YEARS for each in postings(y, "both", 40, 40)]
    frame = counted(facts([*DRIFT, *both]), MIX)
    held = standardise(frame, YEARS)
    engineers, analysts = 60 + 40, 100 + 40
    first = (engineers * (20 + 20) / (40 + 20) + analysts * (2 + 20) / (20 + 20)) / (engineers + analysts)
    assert held.rate[0] == pytest.approx(first)
    assert held.n.tolist() == [100, 140]
    assert held.interval(0).n <= 100


@pytest.mark.parametrize("seed", range(3))
def test_rates_without_a_company_equal_a_recount(facts: Build, seed: int) -> None:
    """Direct recount: leave the company's rows out of the frame and start again."""
    frame = counted(facts(uneven(seed)), MIX)
    held = standardise(frame, YEARS)
    assert held.covered_weight == 1
    for place, company in enumerate(pd.unique(frame["company"])[:40]):
        recount = standardise(without(frame, company), YEARS)
        assert held.without[place] == pytest.approx(recount.rate, abs=1e-12)


@pytest.mark.parametrize("weights", ["none", "company", "capped"])
def test_crude_rates_without_a_company_equal_a_recount(facts: Build, weights: str) -> None:
    frame = counted(facts(uneven(9)), Query(by=("year",)))
    series = crude(frame, YEARS, weights)
    for place, company in enumerate(pd.unique(frame["company"])[:40]):
        assert series.without[place] == pytest.approx(crude(without(frame, company), YEARS, weights).rate, abs=1e-12)


def test_holding_a_constant_mix_fixed_changes_nothing(facts: Build) -> None:
    same = [each for y in YEARS for r in ("data_engineer", "bi_analyst") for each in postings(y, r, 50, 10 + y % 2)]
    frame = counted(facts(same), MIX)
    one, other = standardise(frame, YEARS), crude(frame, YEARS)
    assert one.rate == pytest.approx(other.rate)
    # Held fixed, the mix itself no longer varies from sample to sample: never less certain than crude.
    assert all(one.interval(t).n_eff >= other.interval(t).n_eff - 1e-6 for t in range(2))


def test_interval_covers_a_held_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies with tastes of their own, a mix that drifts: 90% to 98% of the intervals hold the true rate."""
    monkeypatch.setattr(module, "N_EFF_SHOWN", 1)
    random = np.random.default_rng(5)
    found = [_draw(random).interval(1) for _ in range(300)]
    truth = 0.5 * 0.35 + 0.5 * 0.1
    assert 0.90 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.98


def _draw(random: np.random.Generator) -> Series:
    n = np.minimum(20, np.ceil(30 / np.arange(1, 61))).astype(int)
    parts = []
    for role, rate, share in (("data_engineer", 0.35, 0.5), ("bi_analyst", 0.1, 0.5)):
        taste = random.beta(rate * 4, (1 - rate) * 4, size=60)
        for year, drift in ((2020, 1 - share), (2021, share)):
            company = np.repeat(np.arange(60), n)
            hit = random.random(len(company)) < taste[company]
            parts.append(pd.DataFrame({"company": company, "hit": hit, "role": role, "year": year, "drift": drift}))
    frame = pd.concat(parts, ignore_index=True)
    frame["company"] = frame["role"] + frame["company"].astype(str)
    return standardise(frame.assign(family="ats", weight=1.0, posting_id=frame.index.astype(str)), YEARS)


def test_a_rate_that_speaks_of_a_corner_of_the_market_is_withheld(facts: Build) -> None:
    # Analysts are there in one year only, so that the cells held fixed cover 80 of 380 postings.
    rows = [
        *postings(2020, "data_engineer", 40, 20),
        *postings(2021, "data_engineer", 40, 10),
        *postings(2021, "bi_analyst", 300, 30),
    ]
    thin = rates(facts(rows), MIX)
    assert thin["covered_weight"].tolist() == pytest.approx([80 / 380] * 2)
    assert thin["flag"].tolist() == ["withheld;low cover"] * 2
    assert thin[["rate", "low", "high"]].isna().all(axis=None)
    assert rates(facts(rows[:80]), MIX)["rate"].notna().all()


@pytest.mark.parametrize("weights", ["none", "capped", "company", "mix"])
def test_cell_sums_hold_what_the_series_is_formed_of(facts: Build, weights: str) -> None:
    random = np.random.default_rng(7)
    roles = (["data_engineer"], ["bi_analyst", "data_engineer"], ["ml_engineer"])
    rows: list[dict[str, Any]] = [
        {
            "posted_on": str(2020 + i % 3),
            "company_id": f"c{int(random.exponential(25))}",
            "roles": roles[int(random.integers(3))],
            "airflow": "required" if random.random() < 0.3 else None,
            "family": str(random.choice(["hn", "ats"])),
        }
        for i in range(900)
    ]
    rows += [{"posted_on": "2021", "roles": ["data_scientist"]} for _ in range(20)]
    query = Query(by=("year",), weights=weights)
    frame, years = counted(facts(rows), query), (2020, 2021, 2022)
    whole = standardise(frame, years) if weights == "mix" else crude(frame, years, weights)
    hits, sizes = cell_sums(frame, years, weights)

    def pool(hits: Floats, sizes: Floats) -> Floats:
        k, n = hits.sum(axis=0), sizes.sum(axis=0)
        return np.asarray((n.sum(axis=0) / n.sum() * k / n).sum(axis=1))

    assert pool(hits, sizes) == pytest.approx(whole.rate)
    assert hits.shape == (len(whole.sizes), 3, 6 if weights == "mix" else 1)
    for company in (0, 1, 17):
        rest = np.arange(len(hits)) != company
        assert pool(hits[rest], sizes[rest]) == pytest.approx(whole.without[company])

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.api as sm

from analysis.measure import effects as module
from analysis.measure.effects import NO_FIT, RIDGED, margins
from analysis.measure.intervals import METHOD
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import VALUES, rates

Build = Callable[[Iterable[dict[str, Any]]], pa.Table]
YEARS = (2020, 2021, 2022)


def postings(year: int, role: str, n: int, k: int, **more: Any) -> list[dict[str, Any]]:
    """Return n postings of n companies, the first k of which name the skill."""
    fact = {"posted_on": str(year), "roles": [role], **more}
    return [fact | {"airflow": "required" if i < k else None} for i in range(n)]


def uneven(n: int = 900, spread: float = 15) -> list[dict[str, Any]]:
    random = np.random.default_rng(8)
    roles = (["data_engineer"], ["ml_engineer", "data_scientist"], ["data_scientist"])
    return [
        {
            "posted_on": str(random.choice(YEARS)),
            "roles": roles[random.integers(3)],
            "family": str(random.choice(["hn", "ats"])),
            "country": str(random.choice(["KR", "US", "DE"])),
            "company_id": f"c{int(random.exponential(spread))}",
            "airflow": random.choice(["required", "", ""]),
        }
        for _ in range(n)
    ]


def oracle(frame: pd.DataFrame) -> tuple[list[float], float]:
    """Return yearly rates and the odds ratio per year by statsmodels, row by row, straight from the definition."""
    levels = pd.get_dummies(frame[["role", "family"]], drop_first=True, dtype=float)
    dummies = pd.get_dummies(frame["year"].astype(int), drop_first=True, dtype=float)
    free = sm.GLM(
        frame["hit"].astype(float),
        sm.add_constant(pd.concat([dummies, levels], axis=1)),
        family=sm.families.Binomial(),
        freq_weights=frame["weight"],
    ).fit(tol=1e-13)
    found = []
    for year in YEARS:
        posed = pd.concat([dummies, levels], axis=1)
        posed[dummies.columns] = (dummies.columns.to_numpy() == year).astype(float)
        predicted = free.predict(sm.add_constant(posed, has_constant="add"))
        found.append(float(np.average(predicted, weights=frame["weight"])))
    line = pd.concat([frame["year"].astype(float) - 2020, levels], axis=1)
    slope = sm.GLM(
        frame["hit"].astype(float), sm.add_constant(line), family=sm.families.Binomial(), freq_weights=frame["weight"]
    ).fit(tol=1e-13)
    return found, float(np.exp(slope.params["year"]))


def test_margins_agree_with_statsmodels(facts: Build) -> None:
    table = facts(uneven())
    found = margins(table, Query())
    expected, odds_ratio = oracle(counted(table, Query(by=("year",), weights="mix")))
    assert found["rate"].tolist() == pytest.approx(expected, abs=1e-9)
    assert found.attrs["odds_ratio"]["odds_ratio"] == pytest.approx(odds_ratio, abs=1e-9)
    assert found.columns.tolist() == ["skill", "level", "year", *VALUES]
    assert set(found["weighting"]) == {"model"}
    assert set(found["method"]) == {f"logistic on year + role + family, g-computation, {METHOD}"}
    assert found.attrs["warnings"] == []


def test_replicates_agree_with_a_recount(facts: Build) -> None:
    """Leave a company's rows out and fit again with statsmodels: the rates without it."""
    frame = counted(facts(uneven(600, 4)), Query(by=("year",), weights="mix"))
    answer = module._solve(frame, list(YEARS), ("role", "family"))
    for place, company in enumerate(frame["company"].unique()[:15]):
        rest = frame[frame["company"] != company].reset_index(drop=True)
        assert answer.without[place] == pytest.approx(oracle(rest)[0], abs=1e-8)


def test_a_drifting_mix_by_hand(facts: Build) -> None:
    """Engineers 50% and analysts 10% in both years: the model says the same rate twice, that of the pooled mix."""
    rows = [*postings(2020, "data_engineer", 40, 20), *postings(2020, "bi_analyst", 20, 2)]
    rows += [*postings(2021, "data_engineer", 20, 10), *postings(2021, "bi_analyst", 80, 8)]
    found = margins(facts(rows), Query())
    assert found["rate"].tolist() == pytest.approx([60 / 160 * 0.5 + 100 / 160 * 0.1] * 2)
    assert (found["k"].tolist(), found["n"].tolist()) == ([22, 18], [60, 100])
    assert found["n_companies"].tolist() == [60, 100]
    assert found.attrs["odds_ratio"]["odds_ratio"] == pytest.approx(1)
    assert found.attrs["odds_ratio"]["low"] < 1 < found.attrs["odds_ratio"]["high"]
    assert found.attrs["odds_ratios"][2021] == pytest.approx(found.attrs["odds_ratio"])


def test_without_effects_the_model_is_the_crude_rate(facts: Build) -> None:
    table = facts(uneven())
    crude, found = rates(table, Query(by=("year",))), margins(table, Query(), ())
    for name in ("k", "n", "n_companies", "n_eff", "rate", "low", "high"):
        assert found[name].tolist() == pytest.approx(crude[name].tolist()), name


def test_odds_ratio_by_hand(facts: Build) -> None:
    found = margins(facts([*postings(2020, "bi_analyst", 60, 20), *postings(2022, "bi_analyst", 60, 40)]), Query())
    assert found.attrs["odds_ratios"][2022]["odds_ratio"] == pytest.approx(4)
    assert found.attrs["odds_ratio"]["odds_ratio"] == pytest.approx(2)
    both = [found.attrs["odds_ratio"][name] ** 2 for name in ("low", "high")]
    assert both == pytest.approx([found.attrs["odds_ratios"][2022][name] for name in ("low", "high")])


def test_other_effects_may_be_held(facts: Build) -> None:
    rows = [r for y, n in ((2020, 90), (2021, 30)) for r in postings(y, "bi_analyst", n, n // 3, country="US")]
    rows += [r for y, n in ((2020, 30), (2021, 90)) for r in postings(y, "bi_analyst", n, n // 10)]
    found = margins(facts(rows), Query(), ("role", "country"))
    assert found["rate"].tolist() == pytest.approx([(1 / 3 + 1 / 10) / 2] * 2)
    assert margins(facts(rows), Query())["rate"].tolist() == pytest.approx([33 / 120, 19 / 120])


def test_values_of_few_companies_are_merged_or_left_out(facts: Build) -> None:
    rows = [*postings(2020, "bi_analyst", 90, 30), *postings(2021, "bi_analyst", 90, 30)]
    few = postings(2020, "data_engineer", 6, 6)
    alone = margins(facts([*rows, *few]), Query())
    assert alone["n"].tolist() == [90, 90]
    assert alone["covered_weight"].tolist() == pytest.approx([180 / 186] * 2)
    merged = margins(facts([*rows, *few, *postings(2021, "ml_engineer", 6, 2)]), Query())
    assert merged["n"].tolist() == [96, 96]
    assert merged["covered_weight"].tolist() == [1, 1]


def test_a_role_without_a_hit_is_held_by_a_ridge(facts: Build) -> None:
    rows = [r for y in (2020, 2021) for r in postings(y, "bi_analyst", 90, 30) + postings(y, "ml_engineer", 90, 0)]
    found = margins(facts(rows), Query())
    assert found.attrs["warnings"] == ["ridge 0.5 on role ml_engineer"]
    assert found["rate"].tolist() == pytest.approx([1 / 6] * 2, abs=0.01)
    assert set(found["flag"]) == {""}


def test_a_year_without_a_hit_has_no_odds_ratio(facts: Build) -> None:
    rows = [r for y, k in ((2020, 0), (2021, 30), (2022, 30)) for r in postings(y, "bi_analyst", 90, k)]
    found = margins(facts(rows), Query())
    assert found["flag"].tolist() == [RIDGED, "", ""]
    assert found["rate"].tolist()[0] < 0.02
    assert np.isnan(found.attrs["odds_ratios"][2022]["odds_ratio"])
    assert found.attrs["odds_ratio"]["odds_ratio"] > 2


def test_without_hits_there_is_no_fit(facts: Build) -> None:
    found = margins(facts([r for y in (2020, 2021) for r in postings(y, "bi_analyst", 90, 0)]), Query())
    assert found["flag"].tolist() == [f"withheld;{NO_FIT}"] * 2
    assert found["rate"].isna().all()
    assert found["n"].tolist() == [90, 90]
    assert found.attrs["warnings"] == ["no fit: fewer than two companies have hits, or misses"]
    assert np.isnan(found.attrs["odds_ratio"]["odds_ratio"])


def test_years_and_sources_that_go_together_cannot_be_told_apart(facts: Build) -> None:
    rows = [*postings(2020, "bi_analyst", 90, 30), *postings(2021, "bi_analyst", 90, 50, family="hn")]
    found = margins(facts(rows), Query())
    assert found["flag"].tolist() == [f"withheld;{NO_FIT}"] * 2
    assert found.attrs["warnings"] == ["no fit: years and effects cannot be told apart"]


def test_thin_years_stay_out(facts: Build) -> None:
    rows = [r for y, n in ((2020, 90), (2021, 12), (2022, 90)) for r in postings(y, "bi_analyst", n, n // 3)]
    found = margins(facts(rows), Query())
    assert found["rate"].tolist() == pytest.approx([1 / 3, np.nan, 1 / 3], nan_ok=True)
    assert found["flag"].tolist() == ["", "withheld", ""]
    assert found["n"].tolist() == [90, 12, 90]
    assert found["n_companies"].tolist() == [90, 12, 90]
    assert list(found.attrs["odds_ratios"]) == [2022]


def test_one_year_has_a_rate_but_no_trend(facts: Build) -> None:
    found = margins(facts(postings(2020, "bi_analyst", 90, 30)), Query())
    assert found["rate"].tolist() == pytest.approx([1 / 3])
    assert np.isnan(found.attrs["odds_ratio"]["odds_ratio"])


def test_nothing_counted(facts: Build) -> None:
    assert margins(facts([]), Query()).empty
    found = margins(facts([]), Query(years=(2020, 2021)))
    assert found["n"].tolist() == [0, 0]
    assert found["rate"].isna().all()


def test_what_cannot_be_asked(facts: Build) -> None:
    with pytest.raises(QueryError, match="effects: 'company' is not one of role, family"):
        margins(facts([]), Query(), ("company",))
    with pytest.raises(QueryError, match="leave role out of by"):
        margins(facts([]), Query(by=("year", "role")))

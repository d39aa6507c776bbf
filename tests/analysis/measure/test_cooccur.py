"""What is named together: by hand, against statsmodels, by recount without each company, and in simulated markets."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import beta, norm
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from analysis.measure import cooccur as module
from analysis.measure.cooccur import COLUMNS, SHOWN, Fourfold, Groups, cooccur, log_odds
from analysis.measure.intervals import count_effective_companies, jackknife_variance, student_z
from analysis.measure.population import Query, QueryError

Build = Callable[[list[dict[str, Any]]], pa.Table]


def postings(both: int, first: int, other: int, neither: int, skill: str = "dbt", **more: Any) -> list[dict[str, Any]]:
    """Return postings that name airflow and another skill, airflow alone, the other alone, and none of them."""
    kinds = [("airflow", skill)] * both + [("airflow",)] * first + [(skill,)] * other + [()] * neither
    return [{"skills": [{"skill": name, "level": "required", "how": "cue"} for name in kind]} | more for kind in kinds]


def drawn(n: int = 3000, n_companies: int = 150) -> list[dict[str, Any]]:
    """Return postings of companies that differ, over roles and years, naming five skills besides airflow."""
    random = np.random.default_rng(12)
    taste = random.beta(2, 3, n_companies)
    rows = []
    for _ in range(n):
        company = int(n_companies * random.random() ** 2)
        chances = {"airflow": 0.3, "dbt": 0.6, "spark": 0.5, "excel": 0.05, "java": 0.2, "oozie": 0.01}
        names = [name for name, chance in chances.items() if random.random() < chance * 2 * taste[company]]
        rows.append(
            {
                "company_id": f"c{company}",
                "posted_on": str(random.choice([2021, 2022])),
                "roles": [str(random.choice(["data_engineer", "bi_analyst"]))],
                "skills": [{"skill": name, "level": "mentioned", "how": "default"} for name in names],
            }
        )
    return rows


def test_one_stratum_by_hand(facts: Build) -> None:
    (row,) = cooccur(facts(postings(30, 30, 20, 120)), Query()).to_dict("records")
    assert (row["skill"], row["k_joint"], row["k_skill"], row["n"], row["n_companies"]) == ("dbt", 30, 50, 200, 30)
    assert row["odds_ratio"] == pytest.approx(30 * 120 / (30 * 20))
    assert row["lift"] == pytest.approx((30 / 60) / (20 / 140))
    assert row["n_eff"] == pytest.approx(60, rel=0.02)
    # One posting each: the error of the log odds is Woolf's, up to order 1/n.
    error = math.sqrt(1 / 30 + 1 / 30 + 1 / 20 + 1 / 120)
    assert math.log(row["high"] / row["odds_ratio"]) == pytest.approx(student_z(30) * error, rel=0.03)
    assert row["q"] == row["p"] < 1e-4


def test_strata_agree_with_statsmodels(facts: Build) -> None:
    rows = drawn()
    table = cooccur(facts(rows), Query()).set_index("skill")
    frame = pd.DataFrame(rows)
    named = frame["skills"].map(lambda skills: {each["skill"] for each in skills})
    frame["airflow"] = named.map(lambda names: "airflow" in names)
    for skill in ("dbt", "spark", "java", "excel"):
        frame["other"] = named.map(lambda names, skill=skill: skill in names)
        tables = [
            pd.crosstab(part["airflow"], part["other"]).to_numpy(float)[::-1, ::-1]
            for _, part in frame.groupby([frame["roles"].str[0], "posted_on"])
        ]
        assert table.loc[skill, "odds_ratio"] == pytest.approx(StratifiedTable(tables).oddsratio_pooled), skill
    assert "airflow" not in table.index
    assert table["odds_ratio"].is_monotonic_decreasing
    _, q, *_ = multipletests(table["p"], method="fdr_bh")
    assert table["q"].tolist() == pytest.approx(q.tolist())


def test_without_clusters_the_error_is_that_of_robins_breslow_greenland(facts: Build) -> None:
    rows = postings(40, 60, 50, 150, roles=["data_engineer"]) + postings(20, 80, 30, 270, roles=["bi_analyst"])
    (row,) = cooccur(facts(rows), Query()).to_dict("records")
    oracle = StratifiedTable([np.array([[40.0, 60], [50, 150]]), np.array([[20.0, 80], [30, 270]])])
    half = math.log(row["high"] / row["odds_ratio"]) / student_z(60)
    assert half == pytest.approx(oracle.logodds_pooled_se, rel=0.03)


def test_a_mix_of_roles_makes_a_lift_but_no_odds_ratio(facts: Build) -> None:
    # Within each role the two have nothing to do with each other.
    rows = postings(80, 80, 80, 80, roles=["data_engineer"]) + postings(10, 90, 90, 810, roles=["bi_analyst"])
    (row,) = cooccur(facts(rows), Query()).to_dict("records")
    assert row["lift"] > 2
    assert row["odds_ratio"] == pytest.approx(1)
    assert row["low"] < 1 < row["high"]
    assert row["p"] == pytest.approx(1)


def groups(random: np.random.Generator) -> Groups:
    pairs = np.sort(random.choice(60, 40, replace=False))
    n = random.integers(1, 9, (40, 1)).astype(float)
    first = random.binomial(n.astype(int), 0.4).astype(float)
    both = random.binomial(first.astype(int), 0.5, (40, 3)).astype(float)
    other = both + random.binomial((n - first).astype(int), 0.3, (40, 3)).astype(float)
    company = np.unique(pairs // 3, return_inverse=True)[1]
    return Groups(company, pairs % 3, Fourfold(n, first, other, both))


def test_replicates_by_recount() -> None:
    found = groups(np.random.default_rng(4))
    whole, without = log_odds(found)
    for company in range(len(without)):
        rest = found.company != company
        recounted, _ = log_odds(
            Groups(found.company[rest], found.stratum[rest], Fourfold(*(each[rest] for each in found.counts)))
        )
        assert without[company] == pytest.approx(recounted)
    assert without.shape == (len(np.unique(found.company)), 3)
    assert not np.allclose(without, whole)


def test_all_skills_at_once_or_one_by_one(facts: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    table = facts(drawn(1500))
    at_once = cooccur(table, Query())
    monkeypatch.setattr(module, "N_AT_ONCE", 1)
    pd.testing.assert_frame_equal(at_once, cooccur(table, Query()))


def test_only_what_ten_postings_name_is_listed_and_only_the_top_shown(facts: Build) -> None:
    table = cooccur(facts(drawn()), Query(), n_top=2)
    assert len(table) == 2
    assert table.attrs["n_tested"] == 4
    assert list(table.columns) == list(COLUMNS)
    assert cooccur(facts(postings(9, 50, 9, 100)), Query()).empty
    assert cooccur(facts([]), Query()).attrs["n_tested"] == 0


def test_the_level_asked_is_that_of_the_first_skill_only(facts: Build) -> None:
    rows = postings(40, 30, 30, 100)
    for i, posting in enumerate(rows[:40]):
        airflow, dbt = posting["skills"]
        posting["skills"] = [airflow | {"level": "mentioned"} if i < 15 else airflow, dbt | {"level": "mentioned"}]
    (row,) = cooccur(facts(rows), Query(level="required")).to_dict("records")
    assert (row["k_joint"], row["k_skill"]) == (25, 70)


def test_a_posting_of_two_roles_counts_once(facts: Build) -> None:
    rows = postings(30, 30, 20, 120, roles=["data_engineer", "ml_engineer"])
    (row,) = cooccur(facts(rows), Query()).to_dict("records")
    assert (row["k_joint"], row["n"]) == (30, 200)


def test_adverts_of_any_vendor_are_left_out(facts: Build) -> None:
    rows = postings(30, 30, 20, 120) + postings(7, 0, 0, 0, vendor_of="dbt") + postings(5, 0, 0, 0, vendor_of="excel")
    assert cooccur(facts(rows), Query())["n"].tolist() == [200]
    assert cooccur(facts(rows), Query(with_vendors=True))["n"].tolist() == [212]


def test_one_employers_stack_is_withheld_or_flagged(facts: Build) -> None:
    alone = postings(12, 0, 0, 0, company_id="big") + postings(0, 100, 20, 100)
    (row,) = cooccur(facts(alone), Query()).to_dict("records")
    assert all(math.isnan(row[name]) for name in SHOWN)
    assert row["flag"] == "withheld;dominated"
    assert (row["k_joint"], row["n_companies"]) == (12, 1)
    shared = postings(12, 0, 0, 0, company_id="big") + postings(30, 100, 20, 100)
    (row,) = cooccur(facts(shared), Query()).to_dict("records")
    assert row["flag"].endswith("dominated")
    assert row["odds_ratio"] > 1


def test_what_never_comes_alone_has_no_odds_ratio(facts: Build) -> None:
    rows = postings(30, 60, 0, 100) + postings(30, 60, 20, 100, skill="excel")
    table = cooccur(facts(rows), Query())
    assert table["skill"].tolist() == ["excel", "dbt"]
    assert table["flag"].tolist() == ["", "withheld"]
    assert table.loc[1, list(SHOWN)].isna().all()


def test_thin_hits_are_withheld_and_mixed_versions_flagged(facts: Build) -> None:
    rows = postings(12, 12, 20, 100) + postings(0, 0, 0, 1, tagger_version="2")
    assert cooccur(facts(rows), Query())["flag"].tolist() == ["withheld;mixed versions"]


@pytest.mark.parametrize("query", [Query(by=("role",)), Query(weights="company")])
def test_other_questions_are_refused(facts: Build, query: Query) -> None:
    with pytest.raises(QueryError, match="over the whole period"):
        cooccur(facts([]), query)


def market(random: np.random.Generator) -> tuple[Groups, list[Any]]:
    """Return 120 companies that differ much in how often they name either of two skills, independently; two roles."""
    n, spread = np.minimum(40, np.ceil(40 / np.arange(1, 121))).astype(int), 1 / 0.4 - 1
    company, chance = np.repeat(np.arange(120), n), norm.cdf(random.standard_normal((2, 120)))
    role = random.integers(0, 2, len(company))
    rate = np.array([0.2, 0.4])[:, None, None]
    first, other = (
        random.random((2, len(company))) < beta.ppf(chance, rate * spread, (1 - rate) * spread)[role, :, company].T
    ).astype(float)
    pairs, place = np.unique(company * 2 + role, return_inverse=True)
    columns = (np.ones(len(company)), first, other, first * other)
    sums = [np.bincount(place, each).astype(float)[:, None] for each in columns]
    tables = [
        np.array([[(x * y)[role == r].sum() for y in (other, 1 - other)] for x in (first, 1 - first)]) for r in (0, 1)
    ]
    return Groups(pairs // 2, pairs % 2, Fourfold(*sums)), tables


def test_interval_covers_the_truth() -> None:
    random, n_draws = np.random.default_rng(9), 300
    held, naive = [], []
    for _ in range(n_draws):
        found, tables = market(random)
        ratio, without = (each[..., 0] for each in log_odds(found))
        sizes = found.counts.add_up(found.company).both[:, 0]
        error = math.sqrt(jackknife_variance(float(ratio), without, len(without)))
        # Named independently of each other within a role, so that the odds ratio is 1.
        held.append(abs(float(ratio)) <= student_z(count_effective_companies(sizes)) * error)
        low, high = StratifiedTable(tables).logodds_pooled_confint()
        naive.append(low <= 0 <= high)
    assert 0.93 <= np.mean(held) <= 0.99
    # Postings taken as independent give far too narrow an interval.
    assert np.mean(naive) < 0.85

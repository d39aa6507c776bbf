import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from analysis.fact import DATA_ROLES, LEVELS
from analysis.measure.intervals import flag
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import rates
from analysis.measure.sensitivity import DIMENSIONS, Frames, depart, sensitivity, specifications
from analysis.measure.standardise import crude, standardise

Build = Callable[[list[dict[str, Any]]], pa.Table]
NUMBERS = ["k", "n", "n_companies", "n_eff", "rate", "low", "high"]


def messy(n: int) -> list[dict[str, Any]]:
    """Return postings in which every choice matters: vacancies spread over kinds of source, dates, texts and roles."""
    draw = random.Random(20240601)
    rows: list[dict[str, Any]] = []
    for i in range(n):
        level, how = draw.choice(LEVELS), draw.choice(["heading", "cue", "native", "default", "model"])
        skills = [{"skill": "airflow", "level": level, "how": how}] if draw.random() < 0.4 else []
        skills += [{"skill": "sql", "level": "required", "how": "default"}] if draw.random() < 0.5 else []
        vacancy = draw.randrange(n // 2)
        kind = draw.choice(["published", "scraped", "thread"])
        rows.append(
            {
                "posting_id": f"p{i:05d}",
                "cluster_id": f"v{vacancy}",
                "cluster_rank": i,
                "company_id": None if vacancy % 5 == 0 else f"c{vacancy % 70}",
                "body_hash": draw.choice([0, vacancy * 3 + draw.randrange(2)]),
                "family": draw.choice(["hn", "job_board", "ats", "korean_board"]),
                "posted_on": f"{draw.choice([2020, 2021, 2022])}",
                "posted_on_kind": kind,
                "roles": draw.sample([*DATA_ROLES, "software_engineer"], draw.choice([1, 1, 2])),
                "role_method": draw.choice(["title", "text", "model"]),
                "role_confidence": draw.choice([0.5, 0.8, 0.95]),
                "is_unsectioned": draw.random() < 0.3,
                "is_survivor": draw.random() < 0.1,
                "vendor_of": "airflow" if draw.random() < 0.1 else None,
                "country": draw.choice(["KR", "US", None]),
                "skills": skills,
            }
        )
    return rows


@pytest.fixture(scope="module")
def mess(facts: Build) -> pa.Table:
    return facts(messy(800))


def direct(facts: pa.Table, query: Query, specification: dict[str, str]) -> dict[str, Any]:
    """Measure from recast facts, without any shared frame."""
    table, asked = depart(facts, query, specification)
    found = crude(counted(table, asked), (None,), asked.weights)
    interval = found.interval(0)
    shown = {name: getattr(interval, name) for name in NUMBERS if name not in ("k", "n")}
    if "withheld" in flag(interval):
        shown |= dict.fromkeys(("rate", "low", "high"), math.nan)
    return {"k": int(found.k[0]), "n": int(found.n[0])} | shown


@pytest.mark.parametrize(
    "query",
    [
        Query(years=(2020, 2021), roles=("data_engineer", "bi_analyst"), level="required_or_preferred"),
        Query(years=(2020, 2022), countries=("KR", "unknown"), weights="capped", with_vendors=True),
        Query(roles=("software_engineer", "ml_engineer"), level="preferred", families=("hn", "ats")),
        Query(roles=("all",), skill="sql", years=(2021, 2022), with_survivors=True),
    ],
)
def test_rates_from_shared_frames_are_those_of_recast_facts(mess: pa.Table, query: Query) -> None:
    table = sensitivity(mess, query)
    wanted = specifications(query)
    # All single departures and a seeded few of the pairs: each costs three passes over the facts.
    n_singles = 1 + sum(sum(each[d] != wanted[0][d] for d in DIMENSIONS) == 1 for each in wanted)
    tried = [*range(n_singles), *random.Random(0).sample(range(n_singles, len(wanted)), 8)]
    expected = pd.DataFrame([direct(mess, query, wanted[i]) for i in tried])
    found = table.iloc[tried][NUMBERS].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected[NUMBERS], check_dtype=False, rtol=1e-9)


def test_the_first_row_is_the_rate_itself_and_every_choice_matters(mess: pa.Table) -> None:
    query = Query(years=(2020, 2022), level="required")
    table = sensitivity(mess, query)
    assert list(table.iloc[0][NUMBERS]) == pytest.approx(list(rates(mess, query).iloc[0][NUMBERS]))
    assert table["is_default"].tolist() == [True] + [False] * (len(table) - 1)
    assert len(table) == len(table[list(DIMENSIONS)].drop_duplicates()) == 55
    own, *singles = table.head(16).to_dict("records")
    for row in singles:
        assert any(row[name] != own[name] for name in ("k", "n", "rate")), row
    assert table.attrs["span"] == (table["rate"].min(), table["rate"].max())
    assert table.attrs["n_withheld"] == 0
    assert table.attrs["query"]["level"] == "required"


def test_duplicates_by_hand(facts: Build) -> None:
    # 60 vacancies, 20 of them hits that stand three times: twice in the same words, once reworded.
    rows: list[dict[str, Any]] = []
    for i in range(60):
        for copy in range(3 if i < 20 else 1):
            rows.append(
                {
                    "cluster_id": f"v{i}",
                    "cluster_rank": copy,
                    "company_id": f"c{i}",
                    "body_hash": 10 * i + 1 + copy // 2,
                    "airflow": "required" if i < 20 else None,
                }
            )
    table = sensitivity(facts(rows), Query())
    alone = table[
        (table.drop(columns=["duplicates"]).iloc[:, :7] == table.drop(columns=["duplicates"]).iloc[0, :7]).all(axis=1)
    ]
    assert alone[["duplicates", "k", "n"]].values.tolist() == [
        ["vacancy", 20, 60],
        ["same text", 40, 80],
        ["every posting", 60, 100],
    ]
    # Copies are told apart, companies are not: 60 companies in each.
    assert alone["n_companies"].tolist() == [60, 60, 60]


def test_copies_under_no_name_stay_one_company(facts: Build) -> None:
    rows = [{"cluster_id": f"v{i // 2}", "cluster_rank": i % 2, "company_id": None} for i in range(80)]
    table = sensitivity(facts(rows), Query())
    every = table[table["duplicates"] == "every posting"].iloc[0]
    assert (every["n"], every["n_companies"]) == (80, 40)
    assert table.attrs["share_unknown_company"] == 1.0


def test_notes_say_of_the_default_what_rates_say_of_it(mess: pa.Table) -> None:
    query = Query(years=(2020, 2022))
    own, other = rates(mess, query).attrs, sensitivity(mess, query).attrs
    assert own["share_unknown_company"] > 0.1
    assert {name: other[name] for name in own} == own


def test_undecided_levels_by_hand(facts: Build) -> None:
    def skill(level: str, how: str) -> dict[str, Any]:
        return {"skills": [{"skill": "airflow", "level": level, "how": how}]}

    rows = [skill("required", "heading")] * 10 + [skill("required", "model")] * 5 + [skill("mentioned", "default")] * 15
    rows += [{}] * 50 + [{"is_unsectioned": True}] * 20
    table = sensitivity(facts(rows), Query(level="required"))
    singles = table[
        (
            table[[d for d in DIMENSIONS if d != "levels_how"]]
            == table.loc[0, [d for d in DIMENSIONS if d != "levels_how"]]
        ).all(axis=1)
    ]
    assert singles[["levels_how", "k", "n"]].values.tolist() == [
        ["as tagged", 15, 100],
        ["decided only", 10, 100],
        ["undecided counted", 30, 100],
        ["with sections", 15, 80],
    ]


def test_what_the_question_settles_is_not_varied() -> None:
    def choices(query: Query) -> dict[str, int]:
        wanted = specifications(query)
        return {name: len({each[name] for each in wanted}) for name in DIMENSIONS}

    assert choices(Query(years=(2020, 2024))) == {
        "duplicates": 3,
        "dates": 2,
        "families": 4,
        "weighting": 3,
        "role_rule": 3,
        "survivors": 2,
        "vendors": 2,
        "levels_how": 1,
    }
    assert len(specifications(Query(years=(2020, 2024)))) == 52
    undated = choices(Query(roles=("all",), families=("hn",), level="required"))
    assert {name: n for name, n in undated.items() if n > 1} == {
        "duplicates": 3,
        "weighting": 3,
        "vendors": 2,
        "levels_how": 3,
    }
    assert specifications(Query(weights="capped"))[0]["weighting"] == "capped"
    assert choices(Query(date_kinds=("scraped",), years=(2020, 2024)))["dates"] == 1
    assert {each["families"] for each in specifications(Query(sources=("board_one",)))} == {"as asked"}


def test_several_questions_share_their_frames(mess: pa.Table) -> None:
    frames = Frames(mess)
    sensitivity(mess, Query(families=("hn", "ats"), roles=("data_engineer",), level="required"), frames)
    second = Query(families=("hn", "ats"), level="preferred")
    pd.testing.assert_frame_equal(sensitivity(mess, second, frames), sensitivity(mess, second))


def test_standardised_series_from_shared_frames_are_those_of_recast_facts(mess: pa.Table) -> None:
    frames = Frames(mess)
    query = Query(years=(2020, 2022), roles=("bi_analyst", "data_engineer"), level="required")
    for each in specifications(query, ("duplicates", "levels_how")):
        table, asked = depart(mess, query, each)
        own = standardise(counted(table, replace(asked, by=("year",), weights="mix")), (2020, 2021, 2022))
        shared = standardise(frames.by_role(query, each), (2020, 2021, 2022))
        assert shared.rate == pytest.approx(own.rate, nan_ok=True)
        assert shared.n.tolist() == own.n.tolist()
        assert [shared.interval(t).high for t in range(3)] == pytest.approx(
            [own.interval(t).high for t in range(3)], nan_ok=True
        )


def test_thin_specifications_are_withheld_with_their_counts(facts: Build) -> None:
    rows = [{"family": "hn", "airflow": "required"}] * 20 + [{}] * 40
    table = sensitivity(facts(rows), Query(years=(2022, 2022)))
    hn = table[table["families"] == "hn"].iloc[0]
    assert (hn["k"], hn["n"], hn["flag"]) == (20, 20, "withheld")
    assert pd.isna(hn["rate"])
    assert table.attrs["n_withheld"] == table["rate"].isna().sum() > 0
    nothing = sensitivity(facts([]), Query())
    assert nothing["n"].sum() == 0
    assert nothing.attrs["span"] is None


def test_more_than_one_rate_is_refused(mess: pa.Table) -> None:
    with pytest.raises(QueryError, match="one rate"):
        sensitivity(mess, Query(by=("year",)))

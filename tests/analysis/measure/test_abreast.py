"""Skills abreast: the same rates as asked for alone, on postings that are the same for all."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from analysis.measure.abreast import rates_abreast
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import VALUES, rates

Build = Callable[[list[dict[str, Any]]], pa.Table]
ROLES = ("data_engineer", "data_scientist")
YEARS = Query(years=(2020, 2021))


def posting(i: int, **more: Any) -> dict[str, Any]:
    skills = [
        {"skill": skill, "level": ("required", "preferred")[i % 2], "how": "cue"}
        for skill, step in (("airflow", 3), ("luigi", 5))
        if i % step == 0
    ]
    place = {"company_id": f"c{i % 40}", "posted_on": f"{2020 + i // 160}-05-01", "roles": [ROLES[i % 7 % 2]]}
    return place | {"skills": skills} | more


@pytest.mark.parametrize("weights", ["none", "mix", "company"])
@pytest.mark.parametrize("level", ["any", "required"])
def test_rates_are_those_of_each_skill_alone(level: str, weights: str, facts: Build) -> None:
    table = facts([posting(i) for i in range(320)])
    query = Query(years=(2020, 2021), level=level, weights=weights, by=("year",))
    found = rates_abreast(table, query, ["luigi", "airflow"])
    assert found["skill"].tolist() == ["luigi"] * 2 + ["airflow"] * 2
    for skill, part in found.groupby("skill"):
        alone = rates(table, Query(skill=str(skill), years=(2020, 2021), level=level, weights=weights, by=("year",)))
        for name in ("skill", "level", "year", *VALUES):
            assert part[name].tolist() == pytest.approx(alone[name].tolist(), nan_ok=True), name
    assert found["rate"].notna().all()


def test_vendors_of_any_skill_are_left_out_for_all(facts: Build) -> None:
    rows = [posting(i) for i in range(100)] + [posting(0, vendor_of="luigi")] * 7
    assert set(rates_abreast(facts(rows), YEARS, ["airflow", "luigi"])["n"]) == {100, 0}
    assert rates(facts(rows), Query(years=(2020, 2021)))["n"].tolist() == [107]


def test_versions_that_are_mixed_are_flagged(facts: Build) -> None:
    rows = [posting(i, tagger_version=str(i % 2)) for i in range(320)]
    assert rates_abreast(facts(rows), YEARS, ["airflow", "luigi"])["flag"].str.contains("mixed versions").all()


def test_other_questions_are_refused(facts: Build) -> None:
    with pytest.raises(QueryError, match="by year alone"):
        rates_abreast(facts([]), Query(by=("role",)), ["airflow", "luigi"])
    for skills in ([], ["airflow"], ["airflow", "airflow"]):
        with pytest.raises(QueryError, match="two or more"):
            rates_abreast(facts([]), YEARS, skills)

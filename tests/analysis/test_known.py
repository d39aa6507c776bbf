"""What cannot be answered is refused in one line that names what can."""

from typing import Any

import pyarrow as pa
import pytest

from analysis.fact import FACT_SCHEMA
from analysis.known import check
from analysis.measure.population import Query, QueryError

ROWS: list[dict[str, Any]] = [
    {"source": "millers", "country": "KR", "posted_on": "2020-05", "skills": [{"skill": "churn", "level": "required"}]},
    {"source": "millers", "country": "KR", "posted_on": "2022", "skills": []},
    {"source": "bakers", "country": "FR", "posted_on": None, "skills": []},
    {"source": "bakers", "country": None, "posted_on": "2022-01-02", "skills": []},
]
FACTS = pa.Table.from_pylist([dict.fromkeys(FACT_SCHEMA.names) | row for row in ROWS], schema=FACT_SCHEMA)


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(skill="churn"),
        Query(countries=("FR", "unknown"), sources=("bakers",)),
        Query(years=(2021, 2030)),
        Query(years=(2020, 2020)),
    ],
)
def test_what_facts_can_answer_passes(query: Query) -> None:
    check(query, FACTS)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Query(skill="chrn"), "skill 'chrn' is not known; did you mean: churn"),
        (Query(skill="qqqq"), "skill 'qqqq' is not known; all are in data/vocabulary/skills.yaml"),
        (Query(sources=("qqqq",)), "there is no source 'qqqq'; all are in: airflow-demand status"),
        (Query(sources=("baker",)), "there is no source 'baker'; did you mean: bakers"),
        (Query(countries=("KR", "XX")), "no posting is from 'XX'; most are from: KR, FR"),
        (Query(years=(1990, 1991)), "no postings in 1990-1991; there are some of 2020-2022"),
        (Query(years=(2021, 2021)), "no postings in 2021; there are some of 2020-2022"),
    ],
)
def test_what_they_cannot_answer_is_refused(query: Query, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(query, FACTS)
    assert message in str(caught.value)


def test_without_facts_nothing_is_there() -> None:
    with pytest.raises(QueryError, match=r"^no postings in 2020$"):
        check(Query(years=(2020, 2020)), FACT_SCHEMA.empty_table())

"""Hits of several skills on the same postings: the same counting frame, other adverts of vendors left out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analysis.fact import LEVELS
from analysis.measure.hits import hits_of, name_matrix
from analysis.measure.population import Query, QueryError, counted

Build = Callable[[list[dict[str, Any]]], pa.Table]


def named(**levels: str) -> list[dict[str, str]]:
    return [{"skill": skill, "level": level, "how": "heading"} for skill, level in levels.items()]


ROWS: list[dict[str, Any]] = [
    {"skills": named(airflow="required", luigi="preferred")},
    {"skills": named(luigi="required")},
    {"skills": []},
    {"skills": named(airflow="mentioned", dagster="required"), "roles": ["data_engineer", "ml_engineer"]},
    {"skills": named(luigi="required"), "vendor_of": "dagster"},
    {"skills": named(airflow="required"), "n_chars": 10},
]


def test_every_skill_is_asked_of_the_same_postings(facts: Build) -> None:
    frame, hits = hits_of(facts(ROWS), Query(), ["airflow", "luigi", "oozie"])
    assert frame["posting_id"].tolist() == ["p00000", "p00001", "p00002", "p00003", "p00004"]
    assert hits.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert frame["hit"].tolist() == hits[:, 0].tolist()


def test_adverts_of_a_vendor_of_any_of_them_are_left_out(facts: Build) -> None:
    frame, hits = hits_of(facts(ROWS), Query(), ["airflow", "dagster"])
    assert frame["posting_id"].tolist() == ["p00000", "p00001", "p00002", "p00003"]
    assert hits.sum(axis=0).tolist() == [2, 1]
    kept, _ = hits_of(facts(ROWS), Query(with_vendors=True), ["airflow", "dagster"])
    assert len(kept) == 5
    assert len(counted(facts(ROWS), Query(skill="dagster"))) == 4


def test_the_level_asked_is_that_of_every_skill(facts: Build) -> None:
    _, hits = hits_of(facts(ROWS), Query(level="required"), ["airflow", "luigi"])
    assert hits.sum(axis=0).tolist() == [1, 2]


def test_a_posting_with_two_roles_has_two_rows_of_the_same_hits(facts: Build) -> None:
    frame, hits = hits_of(facts(ROWS), Query(by=("role",)), ["airflow", "dagster"])
    both = frame["posting_id"] == "p00003"
    assert frame.loc[both, "role"].tolist() == ["data_engineer", "ml_engineer"]
    assert hits[both.to_numpy()].tolist() == [[1, 1], [1, 1]]


def test_the_matrix_has_every_skill_named(facts: Build) -> None:
    table = facts(ROWS)
    names, matrix = name_matrix(table, counted(table, Query()), LEVELS)
    assert names == ["airflow", "dagster", "luigi"]
    assert np.asarray(matrix.todense()).tolist() == [[1, 0, 1], [0, 0, 1], [0, 0, 0], [1, 1, 0], [0, 0, 1]]


def test_nothing_counted_has_no_hits(facts: Build) -> None:
    frame, hits = hits_of(facts([]), Query(), ["airflow", "luigi"])
    assert (len(frame), hits.shape) == (0, (0, 2))


@pytest.mark.parametrize("skills", [[], ["airflow"], ["airflow", "luigi", "airflow"]])
def test_a_comparison_is_of_two_or_more(facts: Build, skills: list[str]) -> None:
    with pytest.raises(QueryError, match="two or more, each once"):
        hits_of(facts([]), Query(), skills)

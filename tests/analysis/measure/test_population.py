from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import FACT_SCHEMA, LEVELS
from analysis.measure.population import REASONS, Query, QueryError, counted, funnel

Build = Callable[[list[dict[str, Any]]], pa.Table]
YEARLY = Query(by=("year",))

row = st.fixed_dictionaries(
    {
        "cluster_id": st.sampled_from("abcd"),
        "cluster_rank": st.integers(0, 5),
        "company_id": st.sampled_from([None, "x", "y"]),
        "posted_on": st.sampled_from([None, "2021", "2022-03", "2023-11-30"]),
        "posted_on_kind": st.sampled_from(["published", "scraped", "dataset_period", "seen", "thread"]),
        "n_chars": st.sampled_from([199, 200]),
        "is_truncated": st.sampled_from([False, False, False, True]),
        "is_survivor": st.sampled_from([False, False, True]),
        "vendor_of": st.sampled_from([None, None, "airflow", "spark"]),
        "roles": st.sampled_from([[], ["data_engineer"], ["other"], ["ml_engineer", "data_engineer"]]),
        "country": st.sampled_from([None, "KR", "US"]),
        "airflow": st.sampled_from([None, *LEVELS]),
    }
)
rows = st.lists(row, max_size=12)
queries = st.sampled_from(
    [
        Query(),
        YEARLY,
        Query(roles=("all",), years=(2021, 2022)),
        Query(by=("year", "role"), level="required"),
        Query(by=("year",), weights="mix", with_survivors=True, countries=("KR", "unknown")),
    ]
)


def ids(table: pa.Table, query: Query) -> list[str]:
    return counted(table, query)["posting_id"].tolist()


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ({"n_chars": 199}, "short"),
        ({"is_truncated": True}, "truncated"),
        ({"vendor_of": "airflow"}, "vendor"),
        ({"posted_on": None}, "no countable date"),
        ({"posted_on": "date unknown"}, "no countable date"),
        ({"posted_on_kind": "updated"}, "no countable date"),
        ({"posted_on_kind": "relative"}, "no countable date"),
        ({"posted_on_kind": "seen"}, "no countable date"),
        ({"is_survivor": True}, "survivor"),
        ({"posted_on": "2019-12-31"}, "out of period"),
        ({"lang": "en"}, "not selected"),
        ({"country": None}, "not selected"),
        ({"source": "board_two"}, "not selected"),
        ({"family": "hn"}, "not selected"),
        ({"roles": ["software_engineer", "other"]}, "other role"),
        ({"roles": []}, "other role"),
    ],
)
def test_left_out_with_its_reason(facts: Build, left_out: dict[str, Any], reason: str) -> None:
    table = facts([{"posting_id": "kept"}, {"posting_id": "out", **left_out}])
    query = Query(
        years=(2020, 2022),
        families=("job_board",),
        sources=("board_one",),
        countries=("KR",),
        posting_lang="ko",
    )
    assert ids(table, query) == ["kept"]
    steps = funnel(table, query).set_index("step")
    assert steps["n_out"][reason] == 1
    assert steps["n_left"].iloc[-1] == 1


def test_undated_postings_and_survivors_count_when_years_do_not_matter(facts: Build) -> None:
    table = facts([{"posted_on": None}, {"posted_on_kind": "seen"}, {"is_survivor": True}])
    assert len(ids(table, Query())) == 3
    assert ids(table, YEARLY) == []
    assert ids(table, Query(by=("year",), with_survivors=True)) == ["p00002"]


def test_two_hundred_characters_are_enough(facts: Build) -> None:
    assert ids(facts([{"n_chars": 200}]), YEARLY) == ["p00000"]


def test_a_vendor_is_left_out_of_its_own_skill_only(facts: Build) -> None:
    table = facts([{"vendor_of": "airflow"}, {"vendor_of": "spark"}])
    assert ids(table, Query()) == ["p00001"]
    assert ids(table, Query(skill="spark")) == ["p00000"]
    assert len(ids(table, Query(with_vendors=True))) == 2


def test_one_vacancy_counts_once_per_year_by_its_first_member(facts: Build) -> None:
    table = facts(
        [
            {"posting_id": "copy", "cluster_id": "v", "cluster_rank": 1, "posted_on": "2021-06"},
            {"posting_id": "first", "cluster_id": "v", "cluster_rank": 0, "posted_on": "2021-02"},
            {"posting_id": "again", "cluster_id": "v", "cluster_rank": 2, "posted_on": "2023-02"},
        ]
    )
    assert ids(table, YEARLY) == ["first", "again"]
    assert ids(table, Query()) == ["first", "again"]


def test_the_first_member_that_passes_the_filters_is_counted(facts: Build) -> None:
    table = facts(
        [
            {"posting_id": "cut", "cluster_id": "v", "cluster_rank": 0, "is_truncated": True},
            {"posting_id": "whole", "cluster_id": "v", "cluster_rank": 1},
        ]
    )
    assert ids(table, YEARLY) == ["whole"]


@pytest.mark.parametrize("kind", ["scraped", "dataset_period"])
def test_a_weak_date_counts_in_the_first_year_only(facts: Build, kind: str) -> None:
    table = facts(
        [
            {"posting_id": "a", "cluster_id": "v", "posted_on": "2021", "posted_on_kind": kind},
            {"posting_id": "b", "cluster_id": "v", "cluster_rank": 1, "posted_on": "2022", "posted_on_kind": kind},
            {"posting_id": "c", "cluster_id": "v", "cluster_rank": 2, "posted_on": "2023"},
        ]
    )
    assert ids(table, YEARLY) == ["a", "c"]
    assert funnel(table, YEARLY).set_index("step")["n_out"]["later weak date"] == 1


def test_the_first_year_is_that_of_all_countable_members_even_outside_the_filters(facts: Build) -> None:
    early = {"posting_id": "a", "cluster_id": "v", "posted_on": "2020", "source": "board_two"}
    late = {"posting_id": "b", "cluster_id": "v", "cluster_rank": 1, "posted_on": "2021", "posted_on_kind": "scraped"}
    query = Query(by=("year",), sources=("board_one",))
    assert ids(facts([early, late]), query) == []
    assert ids(facts([early | {"n_chars": 100}, late]), query) == ["b"]
    assert ids(facts([early | {"posted_on_kind": "updated"}, late]), query) == ["b"]


def test_an_undated_member_adds_nothing_to_a_dated_vacancy(facts: Build) -> None:
    undated = {"posting_id": "a", "cluster_id": "v", "posted_on_kind": "seen"}
    assert ids(facts([undated]), Query()) == ["a"]
    assert ids(facts([undated, {"posting_id": "b", "cluster_id": "v", "cluster_rank": 1}]), Query()) == ["b"]


def test_dates_that_are_not_believed_give_no_year(facts: Build) -> None:
    table = facts([{"posted_on_kind": "scraped"}, {}])
    assert ids(table, Query(by=("year",), date_kinds=("published",))) == ["p00001"]


def test_roles(facts: Build) -> None:
    table = facts([{"roles": ["software_engineer", "data_engineer", "ml_engineer"]}, {"roles": []}])
    total = counted(table, Query())
    assert total[["role", "n_roles", "weight"]].values.tolist() == [["data_engineer", 2, 1.0]]
    by_role = counted(table, Query(by=("role",)))
    assert by_role[["role", "weight"]].values.tolist() == [["data_engineer", 1.0], ["ml_engineer", 1.0]]
    mix = counted(table, Query(by=("year",), weights="mix"))
    assert mix[["role", "weight"]].values.tolist() == [["data_engineer", 0.5], ["ml_engineer", 0.5]]
    everyone = counted(table, Query(roles=("all",), by=("role",)))
    assert everyone["role"].tolist() == ["data_engineer", "ml_engineer", "software_engineer", "unknown"]


@pytest.mark.parametrize(
    ("level", "hits"),
    [
        ("any", [True, True, True, False]),
        ("required", [True, False, False, False]),
        ("preferred", [False, True, False, False]),
        ("required_or_preferred", [True, True, False, False]),
        ("mentioned", [False, False, True, False]),
    ],
)
def test_levels(facts: Build, level: str, hits: list[bool]) -> None:
    other = [{"skill": "dbt", "level": "required", "how": "cue"}]
    table = facts([*({"airflow": name, "skills": other} for name in LEVELS), {"skills": other}])
    assert counted(table, Query(level=level))["hit"].tolist() == hits


def test_no_employer_known_means_the_vacancy_is_its_own_company(facts: Build) -> None:
    table = facts([{"company_id": None}, {"company_id": None}, {"company_id": "c"}, {"company_id": "c"}])
    frame = counted(table, Query())
    assert frame["company"].nunique() == 3
    assert frame["is_known_company"].tolist() == [False, False, True, True]


def test_dictionary_encoded_columns_and_unlinked_facts_are_read(facts: Build) -> None:
    table = facts([{"airflow": "required", "cluster_id": ""}, {"cluster_id": ""}])
    encoded = pa.table(
        {n: table[n].dictionary_encode() if table[n].type == pa.string() else table[n] for n in table.column_names}
    )
    assert counted(encoded, YEARLY).equals(counted(table, YEARLY))
    assert len(counted(encoded, YEARLY)) == 2


def test_grouping_columns_are_there_under_the_name_asked(facts: Build) -> None:
    assert counted(facts([{}]), Query(by=("posting_lang",)))["posting_lang"].tolist() == ["ko"]


@settings(max_examples=25, deadline=None)
@given(rows, queries, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(facts: Build, some: list[dict[str, Any]], query: Query, random: Any) -> None:
    table = facts(some)
    shuffled = table.to_pylist()
    random.shuffle(shuffled)
    assert counted(table, query).equals(counted(pa.Table.from_pylist(shuffled, schema=FACT_SCHEMA), query))


@settings(max_examples=25, deadline=None)
@given(rows, queries)
def test_importing_the_same_postings_again_changes_nothing(
    facts: Build, some: list[dict[str, Any]], query: Query
) -> None:
    table = facts(some).to_pylist()
    copies = [
        fact | {"posting_id": "z" + fact["posting_id"], "source": "copied", "cluster_rank": fact["cluster_rank"] + 9}
        for fact in table
    ]
    once, twice = (pa.Table.from_pylist(each, schema=FACT_SCHEMA) for each in (table, [*copies, *table]))
    assert counted(once, query).equals(counted(twice, query))


@settings(max_examples=25, deadline=None)
@given(rows, queries)
def test_the_funnel_adds_up(facts: Build, some: list[dict[str, Any]], query: Query) -> None:
    table = facts(some)
    steps = funnel(table, query)
    assert steps["step"].tolist() == ["rows", *REASONS]
    assert steps["n_left"].iloc[0] == len(some)
    assert steps["n_left"].iloc[-1] == counted(table, query)["posting_id"].nunique()
    assert (steps["n_out"] >= 0).all()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"level": "must"}, "level: 'must' is not one of any, required"),
        ({"weights": "size"}, "weights: 'size' is not one of none, mix, company, capped"),
        ({"roles": ("chef",)}, "roles: 'chef' is not one of data_engineer"),
        ({"roles": ("all", "other")}, "roles: 'all' is not one of"),
        ({"roles": ()}, "roles cannot be empty"),
        ({"roles": "data_engineer"}, "roles must be a tuple"),
        ({"families": ("blogs",)}, "families: 'blogs' is not one of hn, job_board, ats, korean_board"),
        ({"by": ("colour",)}, "by: 'colour' is not one of year, role"),
        ({"by": ("year", "year")}, "by names a column twice"),
        ({"years": (2024, 2020)}, "years must be a first and a last year"),
        ({"years": (2024,)}, "years must be a first and a last year"),
        ({"countries": ("Korea",)}, "countries: 'Korea' is not a two-letter code"),
        ({"posting_lang": "xx"}, "posting_lang: 'xx' is not one of ko, en"),
        ({"date_kinds": ("seen",)}, "date_kinds: 'seen' is not one of published"),
        ({"skill": "Apache Airflow"}, "is not a skill id"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_can(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message.replace("(", r"\(")) as error:
        Query(**bad)
    assert "\n" not in str(error.value)


def test_mix_needs_years_to_compare(facts: Build) -> None:
    with pytest.raises(QueryError, match="needs year in by"):
        counted(facts([{}]), Query(weights="mix"))

"""What published pages say of what is missing: in the language of the page, whatever was said where it was found."""

import re

import pyarrow as pa
import pytest

from analysis.claim_file import ClaimError, check_claims
from analysis.draw.bundle import NOTHING
from analysis.fact import FACT_SCHEMA
from analysis.measure.claims import Claim
from analysis.measure.population import Query
from analysis.publishing.words import absence, say
from tests.analysis.publishing.conftest import WEEK_ONE, to_table

QUERIES = [
    Query(years=(1990, 1991)),
    Query(years=(1990, 1990)),
    Query(countries=("XX",)),
    Query(sources=("qqqq",)),
    Query(sources=("greenhose",)),
    Query(skill="qqqq"),
    Query(skill="airflw"),
]


def refusal(query: Query, facts: pa.Table) -> str:
    words = {"en": "all", "ko": "전체"}
    claim = Claim(name="all_roles", wording=words, said=words, relation="about", query=query, value=0.68)
    with pytest.raises(ClaimError) as caught:
        check_claims([claim], facts)
    return str(caught.value)


@pytest.mark.parametrize("facts", [to_table(WEEK_ONE), FACT_SCHEMA.empty_table()], ids=["some", "none"])
@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_why_claims_are_missing_is_told_in_the_language_of_the_page(query: Query, facts: pa.Table) -> None:
    why = refusal(query, facts)
    assert absence("en", why) == why
    told = absence("ko", why)
    assert re.search("[가-힣]", told)
    assert "all_roles" in told
    assert not re.search(r"[a-z]+ [a-z]+", told)


def test_why_a_figure_is_missing_is_told_in_the_language_of_the_page() -> None:
    assert absence("ko", NOTHING) == say("ko", "no_posting")
    assert absence("ko", "no room on the disk") == "no room on the disk"

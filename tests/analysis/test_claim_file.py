from pathlib import Path

import pytest

from analysis.claim_file import ClaimError, bundled_claims, claimed_share, load_claims, parse_claims
from analysis.measure.claims import TOLERANCE
from analysis.measure.population import Query

ONE = """
claims:
  - id: bakers
    wording: {ko: 제빵사, en: bakers}
    relation: about
    value: 12.5
"""


def test_the_bundled_claims_are_the_presentations() -> None:
    found = {claim.name: claim for claim in bundled_claims()}
    assert {name: claim.value for name, claim in found.items()} == {
        "data_roles": 0.68,
        "data_engineer": 0.85,
        "data_scientist": 0.5,
        "ml_engineer": 0.65,
        "bi_analyst": 0.3,
        "growth": None,
    }
    assert {claim.query.years for claim in found.values()} == {(2020, 2024)}
    assert [claim.query.level for claim in found.values()] == [
        "any",
        "required",
        "preferred",
        "required_or_preferred",
        "any",
        "any",
    ]
    assert found["data_engineer"].relation == "at_least"
    assert found["growth"].relation == "increasing"
    assert claimed_share() == 0.68


def test_what_is_left_out_has_defaults() -> None:
    (claim,) = parse_claims(ONE.encode(), "c.yaml")
    assert (claim.value, claim.tolerance, claim.query) == (0.125, TOLERANCE, Query())
    assert claim.said == {"ko": "~12.5%", "en": "~12.5%"}
    (least,) = parse_claims(ONE.replace("about", "at_least").encode(), "c.yaml")
    assert least.said["en"] == "≥ 12.5%"


def test_every_field_is_read() -> None:
    text = """
claims:
  - id: ovens
    wording: {ko: 오븐, en: ovens}
    said: {ko: 절반쯤, en: about half}
    relation: about
    value: 50
    tolerance: 2
    measure: companies
    skill: kafka
    level: preferred
    roles: [data_engineer, ml_engineer]
    years: 2023
    population: {families: [hn], sources: [hackernews], countries: [KR], posting_lang: ko}
"""
    (claim,) = parse_claims(text.encode(), "c.yaml")
    assert claim.tolerance == 0.02
    assert claim.said["ko"] == "절반쯤"
    assert claim.query == Query(
        skill="kafka",
        level="preferred",
        roles=("data_engineer", "ml_engineer"),
        years=(2023, 2023),
        families=("hn",),
        sources=("hackernews",),
        countries=("KR",),
        posting_lang="ko",
        weights="company",
    )


def test_a_file_named_comes_before_the_data_root_and_that_before_the_bundled_one(tmp_path: Path) -> None:
    assert load_claims(tmp_path) == bundled_claims()
    (tmp_path / "claims.yaml").write_text(ONE, encoding="utf-8")
    assert [claim.name for claim in load_claims(tmp_path)] == ["bakers"]
    other = tmp_path / "other.yaml"
    other.write_text(ONE.replace("bakers", "millers"), encoding="utf-8")
    assert [claim.name for claim in load_claims(tmp_path, other)] == ["millers"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value: 12.5", "value: 120", "line 6: claim 'bakers': value must be a number from 0 to 100, not 120"),
        ("value: 12.5", "value: yes", "line 6: claim 'bakers': value must be a number from 0 to 100, not True"),
        ("    value: 12.5\n", "", "line 3: claim 'bakers': value is missing"),
        ("about", "exactly", "line 5: claim 'bakers': relation is 'exactly', not one of at_least, about, increasing"),
        ("about", "increasing", "line 6: claim 'bakers': value has no meaning where relation is increasing"),
        ("id: bakers", "name: bakers", "line 3: a claim has a field 'name'; there are id, wording"),
        ("id: bakers", "id: 7", "line 3: a claim: id must be a word"),
        (
            "{ko: 제빵사, en: bakers}",
            "{ko: 제빵사}",
            "line 4: claim 'bakers': wording must be a text, or one text each",
        ),
        ("value: 12.5", "value: 12.5\n    value: 13", "line 7: a claim has 'value' twice"),
        ("value: 12.5", "value: 2020-13-45", "line 6: a claim cannot be read: month must be in"),
        ("value: 12.5", "value: !odd 3", "line 6: a claim cannot be read"),
        ("value: 12.5", "value: 1\n    level: needed", "line 3: claim 'bakers': level: 'needed' is not one of any"),
        ("value: 12.5", "value: 1\n    roles: baker", "line 7: claim 'bakers': roles must be a list of words"),
        ("value: 12.5", "value: 1\n    roles: [baker]", "line 3: claim 'bakers': roles: 'baker' is not one of"),
        ("value: 12.5", "value: 1\n    years: lately", "line 7: claim 'bakers': years must be a year or a period"),
        ("value: 12.5", "value: 1\n    measure: people", "line 7: claim 'bakers': measure is 'people', not one of"),
        ("value: 12.5", "value: 1\n    population: Korea", "line 3: claim 'bakers': population must have fields"),
        ("value: 12.5", "value: 1\n    population: {country: [KR]}", "line 7: claim 'bakers': population has a field"),
        ("relation: about\n    value: 12.5", "relation: increasing", "claim 'bakers': years is missing"),
        ("relation: about", "relation: at_least\n    tolerance: 3", "line 6: claim 'bakers': tolerance has no meaning"),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert old in ONE
    with pytest.raises(ClaimError) as caught:
        parse_claims(ONE.replace(old, new).encode(), "c.yaml")
    assert str(caught.value).startswith("c.yaml, line ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the file must have fields: claims"),
        (b"claims: []", "line 1: the file must have a list of at least one claim"),
        (b"claims: [3]", "line 1: a claim must have fields: id"),
        (b"claims: [", "c.yaml: not YAML"),
        (b"\xff\xfe\x00", "c.yaml: not YAML"),
        ((ONE + ONE.replace("claims:\n", "")).encode(), "line 8: a claim: id is 'bakers' a second time"),
    ],
)
def test_a_file_that_holds_no_claims(content: bytes, said: str) -> None:
    with pytest.raises(ClaimError) as caught:
        parse_claims(content, "c.yaml")
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match="cannot be read: No such file"):
        load_claims(tmp_path, tmp_path / "none.yaml")

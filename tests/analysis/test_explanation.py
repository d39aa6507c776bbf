"""Explanations: every decision about a posting, with its words where they are kept."""

import pyarrow as pa
import pytest

from analysis.classify.tagger import Tagger
from analysis.excerpt import excerpts
from analysis.explanation import explain
from analysis.fact import FACT_SCHEMA
from analysis.faults import Misuse
from analysis.loading import load
from analysis.measure.population import REASONS, Query, each_reason, reasons
from analysis.telling import WHY, card_lines, card_markdown, explanation_lines
from scrapers.store import Store


@pytest.fixture(scope="module")
def facts(quotable: Store) -> pa.Table:
    return load(quotable.files.root, "store")


def by_native(facts: pa.Table, posted_on: str, n_chars: int = 300) -> str:
    rows = facts.select(["posting_id", "posted_on", "n_chars"]).to_pylist()
    return next(str(r["posting_id"]) for r in rows if r["posted_on"] == posted_on and r["n_chars"] >= n_chars)


def told(facts: pa.Table, store: Store, which: str, tagger: Tagger, skill: str = "airflow") -> str:
    return "\n".join(line.text for line in explanation_lines(explain(facts, store, which, skill, tagger=tagger)))


def test_a_counted_posting_shows_the_line_that_decided(facts: pa.Table, quotable: Store, ruled: Tagger) -> None:
    which = by_native(facts, "2024-03-04")
    made = explain(facts, quotable, which, tagger=ruled)
    assert (made.own.reason, made.own.reason_by_year) == (None, None)
    (place,) = made.places
    assert (place.level, place.how, place.evidence) == ("required", "heading", "자격요건")
    assert [line.text[a:b] for line in place.lines for a, b in line.spans] == ["Airflow"]
    text = told(facts, quotable, which, ruled)
    assert "counted   yes" in text
    assert "by year   yes in 2024" in text
    assert "advertised 2 times" in text
    assert "required, told by a heading “자격요건”" in text


def test_a_copy_is_told_to_be_one(facts: pa.Table, quotable: Store, ruled: Tagger) -> None:
    counted = by_native(facts, "2024-03-04")
    rows = facts.select(["posting_id", "cluster_id"]).to_pylist()
    copy = next(r["posting_id"] for r in rows if r["cluster_id"] == counted and r["posting_id"] != counted)
    assert "counted   no: another posting of the same vacancy is counted" in told(facts, quotable, copy, ruled)


def test_a_beginning_of_the_id_is_enough(facts: pa.Table, quotable: Store, ruled: Tagger) -> None:
    which = by_native(facts, "2023-01-01")
    short = next(which[:n] for n in range(1, 17) if sum(i.as_py().startswith(which[:n]) for i in facts[0]) == 1)
    assert explain(facts, quotable, short, tagger=ruled).fact["posting_id"] == which


def test_a_skill_that_is_not_named(facts: pa.Table, quotable: Store, ruled: Tagger) -> None:
    assert "kafka     not named" in told(facts, quotable, by_native(facts, "2023-01-01"), ruled, "kafka")


def test_what_cannot_be_found_says_what_to_do(facts: pa.Table, quotable: Store, ruled: Tagger) -> None:
    with pytest.raises(Misuse, match="no posting 'zzz'"):
        explain(facts, quotable, "zzz")
    with pytest.raises(Misuse, match=r"6 postings answer to ''.*give more of the id"):
        explain(facts, quotable, "")
    with pytest.raises(Misuse, match="has no facts yet: run airflow-demand tag"):
        explain(FACT_SCHEMA.empty_table(), quotable, by_native(facts, "2023-01-01"))


def test_without_its_text_a_public_number_still_leads_there(quotable: Store, ruled: Tagger) -> None:
    row = {name: None for name in FACT_SCHEMA.names} | {
        "posting_id": "abc",
        "source": "hackernews",
        "family": "hn",
        "ref": "31415926-2",
        "cluster_id": "abc",
        "cluster_rank": 0,
        "posted_on": "2022-05",
        "posted_on_kind": "thread",
        "lang": "en",
        "n_chars": 150,
        "is_truncated": False,
        "is_survivor": False,
        "roles": ["data_engineer"],
        "role_method": "title",
        "role_confidence": 0.9,
        "skills": [{"skill": "airflow", "level": "preferred", "how": "cue"}],
        "is_unsectioned": True,
        "tagger_version": "1",
    }
    facts = pa.Table.from_pylist([row], schema=FACT_SCHEMA)
    for which in ("abc", "31415926-2"):
        text = told(facts, quotable, which, ruled)
        assert "link      https://news.ycombinator.com/item?id=31415926" in text.splitlines()
        assert "counted   no: its text has fewer than 200 characters" in text
        assert "preferred, told by a wording in its sentence" in text
        assert "no quote" in text


def test_each_reason_adds_up_to_the_reasons(facts: pa.Table) -> None:
    query = Query(by=("year",))
    each = list(each_reason(facts, query).values())
    for row in reasons(facts, query).to_dict("records"):
        assert each.count(row["reason"] if isinstance(row["reason"], str) else None) == row["n"]
    assert set(WHY) | {"out of period", "not selected"} == set(REASONS)


def test_cards_as_text_and_markdown(quotable: Store, ruled: Tagger) -> None:
    found = {excerpt.level: excerpt for excerpt in excerpts(quotable, Query(), tagger=ruled)}
    lines = [line.text for line in card_lines(found["preferred"])]
    assert lines[0] == "MLOps 엔지니어 · 호박공방"
    assert "preferred, told by a heading “우대사항”" in lines
    assert lines[-1] == "https://example.com/jobs/2"
    assert r"**Airflow** 🌿 \*soon\*" in card_markdown(found["mentioned"])

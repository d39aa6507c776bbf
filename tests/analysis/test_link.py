"""Vacancies: what is one advert, what is not, and that ids stay."""

import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.fact import FACT_SCHEMA
from analysis.fingerprint import body_hash, company_id, company_key, near_hash, title_hash, words_of
from analysis.link import link

WORDS = [f"word{i}" for i in range(900)]


def body(seed: int, n: int = 160) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=n))


def fact(
    number: int,
    text: str,
    title: str | None = "Data Engineer",
    company: str | None = "Acme",
    day: str | None = None,
    family: str = "job_board",
    ref: str | None = None,
) -> dict[str, object]:
    words = words_of(text)
    return {
        "posting_id": f"p{number:03d}",
        "source": "s",
        "family": family,
        "ref": ref,
        "cluster_id": "",
        "cluster_rank": 0,
        "company_id": company_id(company),
        "title_hash": title_hash(title),
        "body_hash": body_hash(words),
        "near_hash": near_hash(words),
        "posted_on": day or f"2023-05-{number + 1:02d}",
        "posted_on_kind": "published",
        "country": None,
        "lang": "en",
        "n_chars": len(text),
        "is_truncated": False,
        "is_survivor": False,
        "vendor_of": None,
        "roles": ["data_engineer"],
        "role_method": "title",
        "role_confidence": 1.0,
        "skills": [],
        "is_unsectioned": False,
        "tagger_version": "1",
    }


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=FACT_SCHEMA)


def clusters(*rows: dict[str, object], known: tuple[pa.Table, ...] = ()) -> list[str]:
    return [str(c) for c in link(known, table(*rows))["cluster_id"].to_pylist()]


def test_the_same_text_is_one_vacancy_named_after_its_earliest_member() -> None:
    text = body(1)
    assert clusters(fact(1, text, day="2023-06"), fact(2, text.upper(), day="2023-02-03")) == ["p002", "p002"]


def test_an_edited_repost_of_one_employer_joins_but_another_title_does_not() -> None:
    words = body(2, 400).split()
    edited = " ".join([*words[:200], "new", *words[201:]])
    first = fact(1, " ".join(words))
    assert clusters(first, fact(2, edited)) == ["p001", "p001"]
    assert clusters(first, fact(2, edited, title="Senior Data Engineer")) == ["p001", "p002"]
    assert clusters(first, fact(2, edited, company="Other")) == ["p001", "p002"]


def test_different_adverts_of_one_employer_stay_apart() -> None:
    intro = body(3, 120)
    assert clusters(fact(1, f"{intro} {body(4, 120)}"), fact(2, f"{intro} {body(5, 120)}")) == ["p001", "p002"]


def test_an_unknown_employer_joins_a_copy() -> None:
    text = body(6)
    assert clusters(fact(1, text), fact(2, text, company=None)) == ["p001", "p001"]


def test_two_employers_with_the_same_words_are_two_vacancies_unless_the_title_agrees() -> None:
    text = body(7)
    assert clusters(fact(1, text), fact(2, text, title="Nurse", company="Other")) == ["p001", "p002"]
    assert clusters(fact(1, text), fact(2, text, company="Other")) == ["p001", "p001"]


def test_hacker_news_reposts_join_whatever_the_header_says_and_one_comment_is_one_vacancy() -> None:
    words = body(8, 300).split()
    later = " ".join([*words[:299], "2023"])
    a = fact(1, " ".join(words), title="Acme | Data Engineer | $150k", family="hn", ref="11", day="2023-01")
    b = fact(2, later, title="Acme | Data Engineer, SRE | $160k", family="hn", ref="12", day="2023-02")
    assert clusters(a, b) == ["p001", "p001"]
    c = fact(3, body(9), company=None, family="hn", ref="11", day="2023-02")
    assert clusters(a, c) == ["p001", "p001"]


def test_short_texts_are_never_linked_by_their_words() -> None:
    assert clusters(fact(1, "Airflow wanted."), fact(2, "Airflow wanted.")) == ["p001", "p002"]


def test_ids_are_stable_when_postings_come_later() -> None:
    old = link((), table(fact(5, body(10)), fact(6, body(11))))
    again = link((old,), table(fact(1, body(10), day="2020-01-01"), fact(6, body(12))))
    # The later import is older, yet joins; an edited posting keeps its vacancy.
    assert again["cluster_id"].to_pylist() == ["p005", "p006"]
    assert again["cluster_rank"].to_pylist() == [1, 0]


@settings(max_examples=60, deadline=None)
@given(
    seeds=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from([None, "A", "B"])), max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_copies_under_other_names_join_and_change_nothing(
    seeds: list[tuple[int, int, str | None]], order: random.Random
) -> None:
    def text(seed: int, cut: int) -> str:
        words = body(seed, 240).split()
        return " ".join([*words[: 240 - cut], *["edited"] * cut])

    rows = [fact(i, text(s, cut), company=c) for i, (s, cut, c) in enumerate(seeds)]
    copies = [{**r, "posting_id": f"c{i:03d}", "source": "copy"} for i, r in enumerate(rows)]
    alone = clusters(*rows)
    first = link((), table(*rows))
    assert clusters(*copies, known=(first,)) == alone
    mixed = copies[:]
    order.shuffle(mixed)
    together = clusters(*rows, *mixed)
    assert together[: len(rows)] == alone
    assert together[len(rows) :] == [alone[int(str(m["posting_id"])[1:])] for m in mixed]


def test_employers_are_recognised_across_spellings() -> None:
    same = ["Acme, Inc.", "ACME Inc", "Acme\n4.2", "acme 4.1 ★", "Acme LLC", "Acme Co., Ltd."]
    assert {company_key(c) for c in same} == {"acme"}
    assert {company_key(c) for c in ("토스증권", "(주)토스증권", "토스증권 주식회사", "㈜토스증권")} == {"토스증권"}
    assert company_key("Co") == "co"
    assert company_key("") is None
    assert company_key(" - ") is None
    assert company_key("Deliveroo") == "deliveroo"


def test_near_hashes_grow_apart_with_edits() -> None:
    words = body(20, 500).split()
    base = near_hash(words)
    distances = [(base ^ near_hash(words[:-k] + [f"other{i}" for i in range(k)])).bit_count() for k in (1, 25, 400)]
    assert distances[0] <= 3
    assert distances[0] <= distances[1] < distances[2]
    assert distances[2] > 16

"""Tests of silver labels: which postings give one, and what of their texts is masked."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from analysis.classify.role_model import words_of
from analysis.classify.titles import TitleRules
from analysis.fact import MIN_CHARS
from analysis.learn.silver import COLUMNS, PER_EMPLOYER, Labels, Masker, read_silver

TITLES = TitleRules.load()
BODY = "Ovens report every minute. You load what they say, count it and keep it. "


def _row(number: int, **changes: Any) -> dict[str, Any]:
    # Each text needs words of its own: near copies give one sample.
    own = " ".join(f"word{chr(97 + number % 26)}{chr(97 + number // 26)}{chr(97 + i)}" for i in range(20))
    row = {
        "posting_id": f"{number:016x}",
        "source": "bakery",
        "family": "job_board",
        "lang": "en",
        "title": "Data Engineer",
        "company": f"Bakery {number}",
        "location": "Oslo, Norway",
        "posted_at": "2021-03",
        "text": own + " " + BODY * 4,
        "is_truncated": False,
    }
    return {**row, **changes}


def _read(rows: list[dict[str, Any]], **options: int) -> Any:
    batches: Iterator[pa.RecordBatch] = iter([pa.RecordBatch.from_pylist(rows)])
    return read_silver(batches, TITLES, **options)


def test_one_sample_has_role_year_and_text() -> None:
    (sample,) = _read([_row(1)]).samples
    assert (sample.role, sample.year, sample.family, sample.lang) == ("data_engineer", "2021", "job_board", "en")
    assert set(COLUMNS) == set(_row(1))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Consultant"},
        {"title": "Data Engineer / Data Analyst"},
        {"title": None},
        {"text": "x" * (MIN_CHARS - 1)},
        {"text": BODY * 4 + "Show more"},
        {"is_truncated": True},
        {"title": "Bakery | Data Engineer, Backend Engineer | Oslo"},
    ],
)
def test_open_titles_and_cut_texts_give_none(changes: dict[str, Any]) -> None:
    assert _read([_row(1, **changes)]).samples == []


def test_a_post_with_one_opening_gives_one() -> None:
    header = "Bakery | Data Engineer | Oslo"
    assert Labels(TITLES).role(header, f"{header}\n\nWe bake.") == "data_engineer"
    assert Labels(TITLES).role(header, f"{header}\n\n- Frontend Engineer\n- Designer") is None


def test_copies_and_reposts_give_one() -> None:
    first = _row(1)
    copy = {**_row(2), "text": first["text"].upper()}
    repost = {**_row(3), "company": first["company"]}
    assert len(_read([first, copy, repost]).samples) == 1
    assert len(_read([first, _row(2), _row(3)]).samples) == 3


def test_employers_and_cells_are_capped_whatever_the_order() -> None:
    same = [_row(i, company="Bakery", title=f"Data Engineer {i}") for i in range(PER_EMPLOYER + 5)]
    assert len(_read(same).samples) == PER_EMPLOYER
    rows = [_row(i) for i in range(30)]
    kept = _read(rows, per_cell=10).samples
    assert len(kept) == 10
    assert kept == _read(rows[::-1], per_cell=10).samples


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("As a Senior Data Engineer you bake.", "Sr. Data Engineer", ["as", "a", "senior", "you", "bake"]),
        ("Our data scientists and analysts bake.", "Data Engineer", ["our", "and", "bake"]),
        ("데이터 엔지니어를 찾습니다. 빵을 굽는 분석가", "데이터 엔지니어", ["를", "찾습니다", "빵을", "굽는"]),
        ("Dawn Bakery in Oslo bakes.", "Data Engineer", ["in", "bakes"]),
        ("Grain Whisperer wanted, data engineer too", "Grain Whisperer", ["wanted", "too"]),
    ],
)
def test_what_names_the_job_or_the_employer_is_masked(text: str, title: str, words: list[str]) -> None:
    assert words_of(Masker(TITLES).mask(text, title, "Dawn Bakery", "Oslo, Norway")) == words


def test_names_are_words_of_employers_and_places_written_with_a_capital() -> None:
    text = " Brotwerk is here; we count the target. Python runs. In Oslo. "
    rows = [
        _row(1, company="Brotwerk", text=BODY * 4 + text),
        _row(2, company="Target", text=BODY * 5 + text),
        _row(3, company="Python", text=BODY * 6 + text + "x"),
    ]
    names = _read(
        [{**r, "title": t} for r, t in zip(rows, ("Data Engineer", "ML Engineer", "Nurse"), strict=True)]
    ).names
    assert {"brotwerk", "oslo", "norway"} - names == {"norway"}
    assert not names & {"target", "python", "in", "data"}


def test_names_that_begin_a_skill_and_names_of_two_words_are_names_too() -> None:
    text = " You move what Google, 네이버 and Blue Harbor bake to Snowflake, a deep learning shop."
    names = _read(
        [
            _row(n, company=company, text=_row(n)["text"] + text)
            for n, company in enumerate(
                ("Google", "네이버", "Blue Harbor", "Snowflake", "Deep Learning", "Tiny Oven Works")
            )
        ]
    ).names
    assert {"google", "네이버", "blue harbor"} <= names
    assert not names & {"snowflake", "blue", "harbor", "deep learning", "tiny", "oven works"}

"""Silver lines: which lines of a posting are taken, with which level, and how the sample is kept fair."""

from typing import Any

import pyarrow as pa
import pytest

from analysis.classify.line_model import SKILL
from analysis.learn.silver_lines import COLUMNS, Line, LineReader, read_lines
from scrapers.posting import POSTING_SCHEMA

TEXT = """The mill grinds flour with Python.
Responsibilities:
- Carry Kafka crumbs from oven to shelf
- Sweep the floor
Requirements:
- Python and SQL for counting loaves
- Kafka is a plus
Nice to have:
- Spark dough
"""


def row(number: int = 1, text: str = TEXT, **changes: Any) -> dict[str, Any]:
    return {
        "posting_id": f"p{number}",
        "source": "bakery",
        "family": "korean_board",
        "lang": "en",
        "title": None,
        "company": f"Bakery {number}",
        "text": text,
        "sections": [],
        **changes,
    }


def batch(*rows: dict[str, Any]) -> pa.RecordBatch:
    schema = pa.schema([POSTING_SCHEMA.field(name) for name in COLUMNS])
    return pa.RecordBatch.from_pylist(list(rows), schema=schema)


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


def told(lines: list[Line]) -> set[tuple[str, str, str]]:
    return {(line.text, line.level, line.origin) for line in lines}


def test_sections_tell_the_level_and_cues_are_left_out(reader: LineReader) -> None:
    assert told(list(reader.read(row()))) == {
        (f"The mill grinds flour with {SKILL}.", "", "open"),
        (f"- Carry {SKILL} crumbs from oven to shelf", "mentioned", "heading"),
        (f"- {SKILL} and {SKILL} for counting loaves", "required", "heading"),
        (f"- {SKILL} dough", "preferred", "heading"),
    }


def test_the_sources_own_sections_go_before_headings(reader: LineReader) -> None:
    sections = [
        {"heading": "", "kind": "preferred", "text": "Spark 반죽"},
        {"heading": "자격요건", "kind": "unknown", "text": "Python 오븐"},
        {"heading": "", "kind": "stack", "text": "Kafka, SQL"},
    ]
    assert told(list(reader.read(row(sections=sections)))) == {
        (f"{SKILL} 반죽", "preferred", "native"),
        (f"{SKILL} 오븐", "required", "native"),
        (f"{SKILL}, {SKILL}", "mentioned", "native"),
    }


def test_titles_and_sentences_about_the_employer_ask_for_nothing(reader: LineReader) -> None:
    lines = list(reader.read(row(text="Our stack is Python and Kafka.", title="Senior Spark Baker")))
    assert told(lines) == {
        (f"Senior {SKILL} Baker", "mentioned", "title"),
        (f"Our stack is {SKILL} and {SKILL}.", "mentioned", "ours"),
    }


def test_a_long_line_is_read_by_the_sentence(reader: LineReader) -> None:
    text = "Requirements:\n" + "Python for the ledger of the mill. " + "We like bread of every kind. " * 8
    assert (f"{SKILL} for the ledger of the mill.", "required", "heading") in told(list(reader.read(row(text=text))))


def test_a_wording_counts_once_and_an_employer_sixty_times(reader: LineReader) -> None:
    same = [row(n) for n in range(3)]
    texts = [f"Requirements:\n- Python loaf {'x' * n}y" for n in range(1, 90)]
    many = [row(n, text, company="One Bakery") for n, text in enumerate(texts, 10)]
    assert (
        len(read_lines([batch(*same)], seed=0, reader=reader))
        == len(read_lines([batch(same[0])], seed=0, reader=reader))
        == 4
    )
    assert len(read_lines([batch(*many)], seed=0, reader=reader)) == 60


def test_the_sample_depends_on_ids_and_seed_alone(reader: LineReader) -> None:
    rows = [row(n, f"Requirements:\n- Python loaf {'ab'[n % 2] * n}", family="hn") for n in range(1, 60)]
    found = read_lines([batch(*rows)], seed=3, reader=reader)
    assert 0 < len(found) < 59
    assert set(read_lines([batch(*rows[30:]), batch(*rows[:30])], seed=3, reader=reader)) == set(found)
    assert set(read_lines([batch(*rows)], seed=4, reader=reader)) != set(found)

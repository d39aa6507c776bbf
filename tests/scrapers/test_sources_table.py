"""The page of sources says what the sources declare."""

from dataclasses import replace

import pytest

from scrapers.sources import load, names
from scrapers.sources_table import PAGE, render, table
from tests.scrapers.conftest import GARDENS


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == render(page), "run: make docs"
    assert all(f"| `{name}` |" in page for name in names())


def test_every_fact_stands_in_its_column() -> None:
    source = replace(
        GARDENS,
        min_interval_hours=6.0,
        attribution="link | name\nboth",
        languages=("ko", "en"),
        never_gives=("country",),
    )
    head, rule, row = table([source], {"gardens": 3}).splitlines()
    assert head.count("|") == rule.count("|") == row.replace("\\|", "").count("|")
    assert [cell.strip() for cell in row.replace("\\|", "/").strip("|").split("|")] == [
        *("`gardens`", "[Gardens](https://gardens.example)", "ats", "ko, en", "published", "3", "6 h"),
        *("link / name both", "none", "none", "`country`"),
    ]


def test_a_page_without_its_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no one place"):
        render("# Sources\n")


def test_every_source_says_what_a_reader_must_know() -> None:
    for name in names():
        source = load(name).SOURCE
        assert source.name == name
        assert all((source.title, source.home, source.licence, source.terms, source.languages, source.date_kind)), name

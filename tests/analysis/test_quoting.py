"""Quotes: never more than a few words, every name marked where it stands, nothing that a terminal would obey."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.tagger import Mention, Tagger
from analysis.quoting import CUT, N_CHARS, N_WORDS, Quote, is_whole, is_worded, plain, quote, to_markdown


@cache
def tagger() -> Tagger:
    return Tagger()


def quoted(text: str, company: str | None = None, level: str | None = None) -> Quote:
    mentions = [m for m in tagger().tag(None, text).mentions if m.skill == "airflow"]
    at = next(m for m in mentions if level in (None, m.level))
    return quote(text, mentions, at, company)


def marked(made: Quote) -> list[str]:
    return [line.text[a:b] for line in made.lines for a, b in line.spans]


def test_the_lines_beside_are_quoted_with_their_heading() -> None:
    made = quoted("자격요건\n- SQL\n우대사항\n- 도커\n- 에어플로우(Airflow) 경험\n- Kafka\n전형절차\n- 면접")
    assert made.heading == "우대사항"
    assert [line.text for line in made.lines] == ["도커", "에어플로우(Airflow) 경험", "Kafka"]
    assert all(line.is_bullet for line in made.lines)
    assert marked(made) == ["에어플로우", "Airflow"]


def test_a_label_in_the_line_is_not_told_twice() -> None:
    made = quoted("We plant trees.\nOur stack: Python, Airflow, dbt")
    assert made.heading == ""
    assert [line.text for line in made.lines] == ["Our stack: Python, Airflow, dbt"]


def test_a_long_line_is_cut_on_both_sides() -> None:
    before, after = (" ".join(f"{side}{i}" for i in range(60)) for side in "ab")
    (line,) = quoted(f"Requirements\n- {before} Airflow {after}").lines
    assert line.text.startswith(f"{CUT} a")
    assert line.text.endswith(f" {CUT}")
    left, right = line.text.split("Airflow")
    assert len(left.split()) - 1 + len(["Requirements"]) == N_WORDS
    assert len(right.split()) - 1 == N_WORDS
    assert not is_whole([line])


def test_no_line_is_added_where_the_own_one_spends_all_words() -> None:
    words = " ".join(["word"] * N_WORDS)
    made = quoted(f"Requirements\n- {words} more\n- Airflow {words}\n- {words}")
    assert [line.text for line in made.lines] == [f"Airflow {words}"]


@pytest.mark.parametrize("words", ["x" * 5_000 + " Airflow", "Airflow " + "가" * 5_000])
def test_a_word_without_end_is_cut_too(words: str) -> None:
    (line,) = quoted(f"Requirements\n- {words}").lines
    assert len(line.text) <= N_CHARS + len("Airflow") + 4
    assert marked(Quote("", (line,))) == ["Airflow"]


def test_people_and_employers_are_left_out() -> None:
    text = "Requirements\n- Fern uses Airflow; ask jo@fern.example or +82 10-1234-5678, see https://fern.example/x"
    (line,) = quoted(text, company="Fern").lines
    assert line.text == f"○○ uses Airflow; ask {CUT} or {CUT}, see {CUT}"
    assert quoted(text).lines[0].text.startswith("Fern uses")
    assert plain("달팽이정원은 IT 회사이고 with 2020-2024", "IT") == "달팽이정원은 ○○ 회사이고 with 2020-2024"


def test_controls_do_not_survive() -> None:
    made = quoted("Requirements\n- \x1b[31mred\u202e Airflow\u200b\tand\x07 more")
    assert made.lines[0].text == "[31mred Airflow and more"
    assert marked(made) == ["Airflow"]


def test_headings_of_ours_are_not_shown_as_the_postings() -> None:
    assert not is_worded("(preferred part of three)")
    assert not is_worded("required")
    assert not is_worded("")
    assert is_worded("Required skills")


def test_markdown_is_text() -> None:
    assert to_markdown("a|b <b>x</b> [l](u) *s* n < 30 &amp; R&D") == (
        r"a\|b \<b>x\</b> \[l\](u) \*s\* n < 30 \&amp; R&D"
    )


WORDS = st.sampled_from(
    ["Airflow", "에어플로우를", "dbt,", "(Airflow)", "\x1b[0m", "가나다", "-", "•", "우대사항", "x" * 90]
)
LINES = st.lists(WORDS, min_size=0, max_size=40).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=8).map("\n".join))
def test_no_quote_is_longer_than_it_may_be(text: str) -> None:
    mentions = [m for m in tagger().tag(None, text).mentions if m.skill == "airflow" and m.line > 0]
    for at in mentions:
        made = quote(text, mentions, at)
        shown = " ".join([made.heading, *(line.text.replace(CUT, "") for line in made.lines)])
        name = text[at.start : at.end]
        assert len(shown.split()) <= 2 * N_WORDS + len(name.split()) + 1
        assert len(shown) <= 2 * N_CHARS + 90
        assert all(c.isprintable() for line in made.lines for c in line.text)
        assert plain(name) in marked(made)
        assert {word.casefold() for word in marked(made)} <= {"airflow", "에어플로우"}


def test_offsets_of_a_mention_are_believed() -> None:
    at = Mention("airflow", "mentioned", "default", 1, 4, 11)
    made = quote("Run Airflow well", [at], at)
    assert made.lines[0].spans == ((4, 11),)

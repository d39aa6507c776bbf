"""Headings in the shapes that collectors and writers leave them in."""

import pytest

from analysis.classify.headings import load_headings
from analysis.classify.sections import outline

HEADINGS = load_headings()


def kinds(text: str) -> list[tuple[str, str]]:
    return [(change.kind, change.heading) for change in outline(text, HEADINGS).changes]


@pytest.mark.parametrize("dots", ["...", "..", " ...", "…"])
def test_a_heading_may_end_in_an_ellipsis(dots: str) -> None:
    assert kinds(f"Even better{dots}\n- Python")[0][0] == "preferred"
    assert kinds(f"In this role, you will{dots}\n- bake with Python")[0][0] == "duties"


def test_a_sentence_is_no_heading() -> None:
    assert kinds("Requirements are met by bread.\n- Python") == []


def test_a_heading_does_not_swallow_the_first_word_of_the_next_sentence() -> None:
    text = f"{'We bake rye bread by hand every night. ' * 12}Nice to have Experience with Terraform and ovens"
    assert kinds(text) == [("preferred", "Nice to have")]


@pytest.mark.parametrize(
    "line",
    [
        "Experience with some of the following:",
        "3+ years of experience in:",
        "Strong knowledge of:",
        "Our bakery is looking for an engineer with the following skills and experience:",
        "We're looking for someone who has:",
    ],
)
def test_a_line_that_introduces_a_list_opens_requirements(line: str) -> None:
    text = f"We bake.\n\n{line}\n- Kafka\n- Python"
    assert outline(text, HEADINGS).at(text.index("Kafka"))[0] == "required"


def test_what_follows_an_introduced_list_is_no_part_of_it() -> None:
    text = "We bake.\n\nStrong knowledge of:\n- Kafka\n- Python\n\nWe love rye."
    assert outline(text, HEADINGS).at(text.index("We love"))[0] == "unknown"


@pytest.mark.parametrize(
    "line",
    [
        "You will gain experience with:",
        "We use the following tools:",
        "Our ovens need:",
        "The bakery is hiring people to help us with:",
    ],
)
def test_a_line_about_the_employer_introduces_no_requirements(line: str) -> None:
    assert not [kind for kind, _ in kinds(f"We bake.\n\n{line}\n- Kafka") if kind == "required"]


def test_inside_preferences_an_introduction_changes_nothing() -> None:
    text = "Nice to have\n\nExperience with:\n- Kafka\n- Python"
    assert [kind for kind, _ in kinds(text)] == ["preferred"]


def test_additional_technologies_inside_requirements_are_required() -> None:
    text = "Requirements\nLanguages: Python\nAdditional Technologies: Kafka, Spark"
    assert outline(text, HEADINGS).at(text.index("Kafka"))[0] == "required"

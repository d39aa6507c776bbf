"""What may not change tags: order inside a section, layout, particles, letter case; and no text breaks or stalls."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.tagger import Posting, Tag, Tagger
from analysis.fact import LEVELS
from scrapers.posting import Section

TAGGER = Tagger()
REQUIRED = ["3 years of Python and SQL", "You have shipped Airflow DAGs", "A head for Kafka", "Docker at work"]
PREFERRED = ["Spark", "dbt in production", "Terraform and AWS", "Some Scala"]
BENEFITS = ["Free bread on Fridays", "Forty days of leave", "A bakery below the office", "Kubernetes stickers"]
KOREAN_REQUIRED = ["Airflow 운영 경험", "Python 개발 경험 3년 이상", "Kafka 사용 경험"]
KOREAN_PREFERRED = ["Spark 경험", "Terraform 활용 경험"]


def levels(text: str) -> dict[str, str]:
    return {skill.skill: skill.level for skill in TAGGER.tag("Data Engineer", text).skills}


def posting(required: list[str], preferred: list[str], benefits: list[str], bullet: str = "- ", mark: str = "") -> str:
    parts = {"Requirements": required, "Nice to have": preferred, "Benefits": benefits}
    heads = {head: f"{mark}{head}{mark}" for head in parts}
    return "\n\n".join("\n".join([heads[head], *(bullet + line for line in lines)]) for head, lines in parts.items())


def korean(required: list[str], preferred: list[str], bullet: str = "- ") -> str:
    parts = {"자격요건": required, "우대사항": preferred}
    return "\n\n".join("\n".join([head, *(bullet + line for line in lines)]) for head, lines in parts.items())


PLAIN = levels(posting(REQUIRED, PREFERRED, BENEFITS))
PLAIN_KOREAN = levels(korean(KOREAN_REQUIRED, KOREAN_PREFERRED))


def test_the_invented_postings_say_what_they_are_meant_to() -> None:
    assert {PLAIN[skill] for skill in ("python", "sql", "airflow", "kafka", "docker")} == {"required"}
    assert {PLAIN[skill] for skill in ("spark", "dbt", "terraform", "aws", "scala")} == {"preferred"}
    assert PLAIN["kubernetes"] == "mentioned"
    assert {PLAIN_KOREAN[skill] for skill in ("airflow", "python", "kafka")} == {"required"}
    assert {PLAIN_KOREAN[skill] for skill in ("spark", "terraform")} == {"preferred"}


@settings(max_examples=40, deadline=None)
@given(st.permutations(REQUIRED), st.permutations(PREFERRED), st.permutations(BENEFITS))
def test_the_order_of_lines_in_a_section_changes_no_level(
    required: list[str], preferred: list[str], benefits: list[str]
) -> None:
    assert levels(posting(required, preferred, benefits)) == PLAIN


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "· ", "▪ ", "  - ", "\t• ", "–   "])
@pytest.mark.parametrize("mark", ["", "**", "__", "  "])
def test_bullets_bold_marks_and_spaces_change_no_level(bullet: str, mark: str) -> None:
    assert levels(posting(REQUIRED, PREFERRED, BENEFITS, bullet, mark)) == PLAIN
    assert levels(korean(KOREAN_REQUIRED, KOREAN_PREFERRED, bullet)) == PLAIN_KOREAN


@pytest.mark.parametrize("particle", ["를", "을", "와", "과", "의", "로", "기반", "에서"])
def test_a_particle_behind_a_name_changes_no_level(particle: str) -> None:
    required = [line.replace(" ", f"{particle} ", 1) for line in KOREAN_REQUIRED]
    assert levels(korean(required, KOREAN_PREFERRED)) == PLAIN_KOREAN


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("name", ["Kafka", "Docker", "Terraform", "Python", "Kubernetes"])
def test_letter_case_of_unambiguous_names_changes_nothing(change: Callable[[str], str], name: str) -> None:
    assert levels(posting(REQUIRED, PREFERRED, BENEFITS).replace(name, change(name))) == PLAIN


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from(REQUIRED), min_size=1), st.sets(st.sampled_from(PREFERRED), min_size=1))
def test_two_postings_with_their_own_headings_give_the_union_of_their_skills(first: set[str], second: set[str]) -> None:
    one = posting(sorted(first), sorted(second), BENEFITS[:1])
    two = korean(KOREAN_REQUIRED, KOREAN_PREFERRED)
    both = levels(f"{one}\n\n{two}")
    alone = [levels(one), levels(two)]
    assert both == {
        skill: min((tags[skill] for tags in alone if skill in tags), key=LEVELS.index) for skill in alone[0] | alone[1]
    }


PIECES = [*"\n\t ()[]{}*_-:.,;?!&/@#'(", "Requirements", "자격요건", "우대사항:", "Airflow", "카프카", "SQL", "must"]
PIECES += ["is a plus", "\ud800", "İ", "\x00", "🙂", "가", "é", "\u2028", "\r", "not required", "3 years", "<b>", "R&D"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30).map("".join), st.booleans())
def test_no_text_breaks_the_tagger(text: str, has_sections: bool) -> None:
    tag = TAGGER.tag(text, text, [Section(text[:20], "unknown", text)] if has_sections else [])
    assert all(0 <= m.start < m.end <= len(text) for m in tag.mentions)
    assert tag == TAGGER.tag(text, text, [Section(text[:20], "unknown", text)] if has_sections else [])


def test_many_postings_are_tagged_as_each_by_itself() -> None:
    texts = [posting(REQUIRED, [], []), "", korean(KOREAN_REQUIRED, []), "Airflow", posting([], PREFERRED, BENEFITS)]
    alone: list[Tag] = [TAGGER.tag(None, text) for text in texts]
    assert TAGGER.tag_many([Posting(None, text) for text in texts]) == alone


LONG = {
    "one line": "we use airflow, kafka and sql ",
    "headings": "Requirements\nAirflow\n",
    "brackets": "(((",
    "pairs of brackets": "(Airflow is a plus) ",
    "bracketed headings": "Airflow. [Requirements] ",
    "digits": "123456",
    "blanks": "   ",
    "blanks behind a heading": "Requirements      ",
    "marks inside a line": "*_*_",
    "bullets": "• Airflow\n",
    "labels": "Nice to have: Kafka\n",
    "cues": "airflow is a plus, ",
    "words without a sentence": "airflow excel ",
    "dots": "sql.",
    "glued": "breadRequirements",
    "emoji": "🙂 카프카 ",
    "Korean": "자격요건 Airflow 경험\n",
    "half a surrogate pair": "\ud800 airflow ",
}


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG.keys())
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    def seconds(n_chars: int) -> float:
        text = unit * (n_chars // len(unit))
        begin = time.process_time()
        TAGGER.tag("Baker", text)
        return time.process_time() - begin

    small = min(seconds(10_000) for _ in range(3))
    assert min(seconds(40_000) for _ in range(3)) < 6 * small + 0.1


@pytest.mark.parametrize("run", [" ", "\t", "*", "(", "1", "a", "\n", "- ", "\u3000", "·"])
def test_a_long_run_between_a_heading_and_its_content_takes_no_longer(run: str) -> None:
    def seconds(n: int) -> float:
        text = f"Requirements{run * n}Airflow{run * n}."
        begin = time.process_time()
        TAGGER.tag("Baker", text)
        return time.process_time() - begin

    small = min(seconds(10_000) for _ in range(3))
    assert min(seconds(40_000) for _ in range(3)) < 6 * small + 0.1

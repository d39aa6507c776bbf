"""Headings are found in every shape they survive in, and what only looks like one is left alone."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.classify.automaton import View
from analysis.classify.headings import expand, find_hits, load_headings
from analysis.classify.sections import kind_of_heading, outline, outline_view
from analysis.classify.vocabulary import VocabularyError

HEADINGS = load_headings()
PIECES = [
    "[--]",
    " [ ** ]",
    "Requirements",
    "우대사항",
    ": ",
    "\n",
    "- ",
    " ",
    "[",
    "]",
    "Kafka",
    ".",
    "• ",
    "Nice to have",
    "😀",
    "x" * 250,
]


def kind_at(text: str, word: str) -> str:
    return outline(text, HEADINGS).at(text.index(word))[0]


HEADING_LINES = {
    "required": """
        Requirements
        Requirements:
        * Requirements *
        **Requirements**
        ## Minimum Qualifications
        WHAT YOU'LL BRING
        What you’ll bring
        Who you are
        Skills & Requirements
        Knowledge, Skills, and Abilities
        Minimum requirements for the Analyst:
        You might be a fit if you:
        ■ 자격요건
        [지원자격]
        이런 분과 함께하고 싶어요
        저희와 결이 맞는 분은요
        지원요건
        이런 기술이 꼭 필요해요
        This role might be a good fit for you if
        What makes you a match
        You may thrive here if you
        Skills and attributes for success
        What we ask
        Das bringst du mit
        ◆ 필수 역량
        🙋 이런 분을 찾고 있어요!
        저희는 이런 분을 기다리고 있어요
        ＜ 오븐팀은 이런 분을 찾고 있어요 ＞
        Dein Profil
        Profil recherché
        Requisitos
        Dine kvalifikationer
    """,
    "preferred": """
        Preferred qualifications
        Nice to have
        Bonus points if you have
        DESIRED SKILLS/KNOWLEDGE
        What will set you apart
        WE VALUE
        Any of the following is a plus:
        [우대사항]
        이런 경험이 있으면 더 좋아요
        이런 경험까지 있다면 최고예요
        없어도 괜찮지만 있으면 반가워요
        플러스 알파
        Extra credit
        Strong candidates may also have
        It would be great if you have
        이런 분이라면 더 환영해요
        우대 사항
        Se valorará
        Diferenciais
    """,
    "duties": """
        Responsibilities
        What you'll do
        Key Responsibilities:
        주요업무
        합류하면 함께 할 업무예요
        담당하시게 될 업무
        Deine Aufgaben
        Vos missions
    """,
    "stack": """
        Our tech stack
        Our tools
        Technologies we work with
        기술스택
        우리가 쓰는 도구예요
    """,
    "company": """
        About us
        회사 소개
        About Ovenworks
    """,
    "benefits": """
        Benefits
        업무환경
        혜택 및 복지
    """,
    "process": """
        채용절차
        How to apply
    """,
}


@pytest.mark.parametrize(
    ("heading", "kind"),
    [(line.strip(), kind) for kind, lines in HEADING_LINES.items() for line in lines.strip().splitlines()],
)
def test_a_heading_on_its_own_line(heading: str, kind: str) -> None:
    text = f"We bake bread.\n{heading}\n- Kafka\n"
    assert kind_at(text, "Kafka") == kind
    assert kind_at(text, "bake") == "unknown"


@pytest.mark.parametrize(
    "line",
    [
        "우대사항일 뿐 필수 능력이 아닙니다",
        "Experience with Python",
        "gathering requirements from partners and writing them down",
        "You will own the qualifications process of new ovens in all our bakeries.",
        "We're looking for",
        "You have five years with ovens",
        "오븐 경험자 우대",
        "최고의 동료와 함께할 기회",
        "주위에 좋은 분이 있으시면",
        "- Requirements engineering for ovens",
    ],
)
def test_what_only_looks_like_a_heading(line: str) -> None:
    assert kind_at(f"Intro.\n{line}\nKafka", "Kafka") == "unknown"


def test_a_heading_with_both_kinds_takes_the_first() -> None:
    assert kind_at("자격요건 및 우대사항\n- Kafka", "Kafka") == "required"


def test_duties_with_requirements_are_left_to_the_sentences() -> None:
    assert kind_at("주요업무 및 자격요건\n- Kafka", "Kafka") == "unknown"


def test_a_label_in_a_bullet_holds_for_its_line_only() -> None:
    text = "Requirements\n- Python\n- Nice to have: Kafka\n- Linux"
    assert [kind_at(text, w) for w in ("Python", "Kafka", "Linux")] == ["required", "preferred", "required"]


def test_a_label_with_its_content_holds_for_the_bullets_below_it() -> None:
    text = "Preferred: Kafka\n- Flink\nWe bake with Python."
    assert [kind_at(text, w) for w in ("Kafka", "Flink", "Python")] == ["preferred", "preferred", "unknown"]


def test_a_bracketed_label_in_front_of_its_content() -> None:
    assert kind_at("소개\n[우대사항] Kafka 운영", "Kafka") == "preferred"


def test_small_headings_do_not_end_a_preferred_section() -> None:
    assert kind_at("Preferred Qualifications\nEducation\n- MSc\nExperience\n- Kafka", "Kafka") == "preferred"


@pytest.mark.parametrize(
    "text",
    [
        "We bake. Requirements: Python for ovens. Nice to have: Kafka. Benefits: bread. " + "Our bread is good. " * 12,
        "We are bakers of fine bread in towns Job Requirements Python for our ovens and strong hands "
        "Preferred Qualifications Kafka in a bakery Benefits Free bread for everybody in the house and for their "
        "friends on Sundays and holidays",
        "We bake fine bread in many towns.Join usWhat you'll doBake bread for townsSell itRequirementsPython for ovens"
        "Strong handsNice to haveKafka in a bakeryA good noseBenefitsFree bread for everybody in the house",
        "빵을 굽습니다. 🤗 함께하고 싶은 분\nㆍPython 경험이 있으신 분 👍 우대사항\nㆍKafka",
        "빵을 굽습니다. ■ 자격요건 : Python ■ 우대사항 : Kafka ■ 복리후생 : 빵",
    ],
)
def test_headings_inside_a_line_that_lost_its_breaks(text: str) -> None:
    assert kind_at(text, "Python") == "required"
    assert kind_at(text, "Kafka") == "preferred"


def test_three_korean_fields_joined_by_spaces_are_taken_apart() -> None:
    text = "• 오븐 데이터 수집\n• Spark 운영 • Python 경험\n• 제빵 경력 • Kafka 경험\n• 빵을 좋아하는 분"
    assert [kind_at(text, w) for w in ("Spark", "Python", "Kafka")] == ["duties", "required", "preferred"]
    assert kind_at(text.replace(" • Kafka", "\n• Kafka"), "Kafka") == "unknown"


def test_a_text_without_requirements_headings_is_unsectioned() -> None:
    assert outline("Benefits\n- bread\nWe use Kafka.", HEADINGS).is_unsectioned
    assert not outline("Nice to have\n- Kafka", HEADINGS).is_unsectioned
    assert outline("", HEADINGS).is_unsectioned


def test_the_heading_itself_is_kept_as_evidence() -> None:
    text = "** Nice to have: **\n- Kafka"
    assert outline(text, HEADINGS).at(text.index("Kafka")) == ("preferred", "Nice to have")


def test_a_heading_given_by_the_source() -> None:
    assert kind_of_heading("What you'll bring", HEADINGS) == "required"
    assert kind_of_heading("저희는 이런 분을 찾아요", HEADINGS) == "required"
    assert kind_of_heading("Ovens", HEADINGS) == "unknown"
    assert kind_of_heading("", HEADINGS) == "unknown"


def test_choices_are_expanded() -> None:
    assert list(expand("[key] (skills|duties) list")) == [
        "skills list",
        "duties list",
        "key skills list",
        "key duties list",
    ]
    assert list(expand("a, b")) == ["a, b", "a b"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("lang,kind,heading\n", "line 1: columns must be"),
        ("lang,kind,strength,heading\nen,lunch,strong,x\n", "line 2: unknown kind 'lunch'"),
        ("lang,kind,strength,heading\nen,duties,mild,x\n", "line 2: unknown strength 'mild'"),
        ("lang,kind,strength,heading\nen,duties,strong\n", "line 2: must have 4 filled columns"),
        ("lang,kind,strength,heading\nen,duties,pattern,(\n", "line 2: bad pattern"),
        ("lang,kind,strength,heading\n", "holds no heading"),
    ],
)
def test_a_fault_in_a_headings_file_is_named(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "headings.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyError, match=fault.replace("(", r"\(")):
        load_headings(path)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_an_outline_is_in_order_and_covers_every_place(parts: list[str]) -> None:
    text = "".join(parts)
    found = outline(text, HEADINGS)
    assert list(found.starts) == sorted(found.starts)
    for position in range(0, len(text), 7):
        start, end = found.bounds(position)
        assert start <= position < end


def test_labels_worded_like_headings_hold_for_their_line() -> None:
    text = "3. 업무: 오븐 관리 Kafka\n4. 요구기술: Airflow(상), Python(중)\n5. 우대: Spark"
    assert [kind_at(text, word) for word in ("Airflow", "Python", "Spark")] == ["required", "required", "preferred"]


def test_korean_headings_with_a_colon_inside_a_short_line() -> None:
    text = "담당업무: Kafka 운영 자격요건: Python 개발 우대사항: Spark"
    assert [kind_at(text, word) for word in ("Kafka", "Python", "Spark")] == ["duties", "required", "preferred"]


def test_the_list_of_a_stack_label_ends_with_its_sentence() -> None:
    text = "We bake bread in Ulm.\nStack: Node.js and Kafka. You know Python. Tech stack: Redis and Nginx. You know Go!"
    kinds = [kind_at(text, word) for word in ("Node", "Kafka", "Python", "Redis", "Go!")]
    assert kinds == ["stack", "stack", "unknown", "stack", "unknown"]


def test_a_stack_label_inside_a_line_ends_with_it() -> None:
    text = "We count ovens. Stack: Kafka, Go.\n\nYou know Python."
    assert [kind_at(text, word) for word in ("Kafka", "Python")] == ["stack", "unknown"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.data())
def test_an_outline_up_to_a_place_says_the_same_of_it(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    until = data.draw(st.integers(0, len(text)))
    whole, part = outline(text, HEADINGS), outline_view(View.of(text), HEADINGS, until)
    assert part.is_unsectioned == whole.is_unsectioned
    line_end = (f"{text}\n").index("\n", until)
    for place in range(until + 1):
        assert part.at(place) == whole.at(place)
        assert [min(line_end, edge) for edge in part.bounds(place)] == [
            min(line_end, edge) for edge in whole.bounds(place)
        ]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "preferred", "요건", "_", "é", "×", "skills"]), max_size=30), st.data())
def test_a_stretch_holds_the_phrases_that_it_would_hold_alone(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    alone = text[start:end]
    found = find_hits(HEADINGS.page(View.of(text)), start, end, HEADINGS)
    expected = find_hits(HEADINGS.page(View.of(alone)), 0, len(alone), HEADINGS)
    assert [(hit.start - start, hit.end - start, hit.kind) for hit in found] == [hit[:3] for hit in expected]


def test_the_end_of_a_text_is_not_read_for_a_place_before_it() -> None:
    text = "Requirements\n- Kafka\n" + "Benefits\n- bread\n" * 50
    assert [c.kind for c in outline_view(View.of(text), HEADINGS, text.index("Kafka")).changes] == ["required"]


@pytest.mark.parametrize("mark", ["-", "*", "·", "ㅇ", "‣", "•"])
def test_three_fields_joined_by_spaces_are_told_by_the_mark_that_starts_their_lines(mark: str) -> None:
    fields = [["배치 설계", "Luigi 이관"], ["Airflow 구축 경험", "SQL 작성"], ["Kafka 구축 경험", "영어 회화"]]
    text = " ".join("\n".join(f"{mark} {item}" for item in field) for field in fields)
    assert [kind_at(text, word) for word in ("Luigi", "Airflow", "Kafka")] == ["duties", "required", "preferred"]


def test_a_dash_inside_an_item_joins_no_fields() -> None:
    text = "• Luigi 이관\n• SQL - 2년\n• Kafka - 3년\n• Airflow 구축 경험"
    assert {kind_at(text, word) for word in ("Luigi", "SQL", "Kafka", "Airflow")} == {"unknown"}


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("You might have", "preferred"),
        ("You could have:", "preferred"),
        ("Maybe you have", "preferred"),
        ("Pluses", "preferred"),
        ("What we'd love to see", "preferred"),
        ("We’d love to see:", "preferred"),
        ("Icing on the cake", "preferred"),
        ("Musts", "required"),
    ],
)
def test_what_a_heading_wishes_for_is_told_from_what_it_demands(heading: str, kind: str) -> None:
    assert kind_of_heading(heading, HEADINGS) == kind

"""The header grammar on invented posts in the shapes that threads really have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.hn_company import split_header
from scrapers.hn_header import parse_post
from scrapers.places import country_of, is_place

BODY = "\n\nWe keep things simple and write to hello@example.org."


@pytest.mark.parametrize(
    ("header", "company"),
    [
        ("Quillfern | Data Engineer | Berlin | ONSITE", "Quillfern"),
        ("Quillfern, Inc. | Data Engineer | Berlin", "Quillfern, Inc"),
        ("Quillfern (YC S21) | Berlin | Full-time", "Quillfern"),
        ("Quillfern (https://quillfern.example) | Berlin | Full-time", "Quillfern"),
        ("Quillfern https://quillfern.example | Berlin | Full-time", "Quillfern"),
        ("Quillfern - plans for gardens | Berlin | Full-time", "Quillfern"),
        ("**Quillfern** | Berlin | Full-time", "Quillfern"),
        ("Company: Quillfern | Berlin | Full-time", "Quillfern"),
        ("Quillfern is hiring | Data Engineer | Berlin", "Quillfern"),
        ("quillfern.dev | Data Engineer | Berlin", "quillfern.dev"),
        ("https://quillfern.dev | Data Engineer | Berlin", "quillfern.dev"),
        ("One Fern | Data Engineer | Berlin", "One Fern"),
        ("Local Ferns | Data Engineer | Berlin", "Local Ferns"),
        ("Senior Data Engineer at Quillfern | Berlin | ONSITE", "Quillfern"),
        ("Quillfern • Data Engineer • Berlin, Germany • REMOTE", None),
        ("한빛물류 | 데이터 엔지니어 | 서울 | 정규직", "한빛물류"),
        ("Data Engineer | Berlin | ONSITE", None),
        ("Berlin, Germany | Data Engineer | ONSITE", None),
        ("REMOTE | Data Engineer | Full-time", None),
        ("Stealth Startup | Data Engineer | Remote", None),
        ("Stealth | Quillfern | Remote", None),
        ("Fintech startup | Data Engineer | Remote", None),
        ("Hiring | Data Engineer | Remote", None),
        ("Mill Hollow, CA | Data Engineer | Remote", None),
        ("We are hiring engineers! | Berlin | Full-time", None),
        ("$120k - $150k | Data Engineer | Remote", None),
        ("Jane@quillfern.example | Berlin", None),
    ],
)
def test_company_of_a_header(header: str, company: str | None) -> None:
    assert parse_post(header + BODY).company == company


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Quillfern - Berlin, Germany - Data Engineer\n\nAt Quillfern we plan gardens.", "Quillfern"),
        ("Berlin, Germany - Quillfern - Data Engineer\n\nWrite to jobs@quillfern.example.", "Quillfern"),
        ("Quillfern • Data Engineer • Berlin\n\nQuillfern plans gardens.", "Quillfern"),
        ("Quillfern / Berlin / Full time\n\nQuillfern plans gardens.", "Quillfern"),
        ("London, UK | Quillfern | ONSITE\n\nQuillfern plans gardens.", "Quillfern"),
        ("Data Engineer | Quillfern | Berlin\n\nhttps://quillfern.example/jobs", "Quillfern"),
        ("Quillfern is hiring a Data Engineer in Berlin.", "Quillfern"),
        ("Quillfern (Berlin) is looking for two data engineers.", "Quillfern"),
        ("Berlin, Germany\n\nQuillfern is a small garden planner.", "Quillfern"),
        ("Hello all!\n\nAt Quillfern, we plan gardens.", "Quillfern"),
        ("Company: Quillfern\nLocation: Berlin\nRole: Data Engineer", "Quillfern"),
        ("Quillfern\n\nQuillfern plans gardens.", "Quillfern"),
        ("Quillfern\n\nWe plan gardens.", None),
        ("Quillfern - Berlin - Data Engineer\n\nWe plan gardens.", None),
        ("We are a small team in Berlin looking for help.", None),
        ("Our company is hiring.", None),
        ("This is a great thread, thank you.", None),
        ("3 points by fern 12 days ago | parent | on: hiring\nQuillfern | Data Engineer | Berlin", "Quillfern"),
    ],
)
def test_company_without_bars_needs_the_text_to_back_it(text: str, company: str | None) -> None:
    assert parse_post(text).company == company


def test_a_full_header_is_read_to_its_parts() -> None:
    post = parse_post(
        "Quillfern (YC S21) | Data Engineer, Backend Engineer | Austin, TX or REMOTE (US only)"
        " | Full-time or contract | $120k-150k | https://quillfern.example/jobs" + BODY
    )
    assert post.company == "Quillfern"
    assert post.title == post.header
    assert post.roles == ("Data Engineer, Backend Engineer",)
    assert post.location == "Austin, TX or REMOTE (US only)"
    assert post.country == "US"
    assert post.remote is True
    assert post.employment_type == "full-time, contract"
    assert post.text.endswith("hello@example.org.")


def test_segments_may_come_in_any_order_and_over_several_lines() -> None:
    post = parse_post("Quillfern | ONSITE | Full-time\n| Lyon, France |\nData Analyst\n\nWe plan gardens.")
    assert (post.company, post.roles, post.location, post.country) == (
        "Quillfern",
        ("Data Analyst",),
        "Lyon, France",
        "FR",
    )
    assert post.remote is False


def test_several_roles_stay_apart_as_written() -> None:
    post = parse_post("Quillfern | ML Engineer | Analytics Engineer | jobs.quillfern.example | INTERN | Seoul")
    assert post.roles == ("ML Engineer", "Analytics Engineer")
    assert post.country == "KR"


def test_a_field_list_gives_roles_and_place() -> None:
    post = parse_post("Company: Quillfern\nLocation: Toronto, Canada\nRole: Data Engineer\n\nWe plan gardens.")
    assert (post.roles[-1], post.location, post.country) == ("Data Engineer", "Toronto, Canada", "CA")


@pytest.mark.parametrize(
    ("header", "remote"),
    [
        ("Quillfern | REMOTE", True),
        ("Quillfern | Remote or ONSITE", True),
        ("Quillfern | 원격", True),
        ("Quillfern | no remote", False),
        ("Quillfern | ONSITE only, remote: no", False),
        ("Quillfern | HYBRID", False),
        ("Quillfern | Berlin", None),
    ],
)
def test_remote_is_unknown_unless_said(header: str, remote: bool | None) -> None:
    assert parse_post(header).remote is remote


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("San Francisco, CA", "US"),
        ("Mill Hollow, OR", "US"),
        ("Toronto, ON", "CA"),
        ("Copenhagen Denmark", "DK"),
        ("Berlin / Munich", "DE"),
        ("판교", "KR"),
        ("Cambridge", None),
        ("Cambridge, UK", "GB"),
        ("London or New York", None),
        ("REMOTE (EU)", None),
        ("VISA OK", None),
        ("Remote (US & Canada)", None),
    ],
)
def test_a_country_is_given_only_when_it_is_one(place: str, country: str | None) -> None:
    assert country_of([place]) == country


@pytest.mark.parametrize("name", ["Quillfern", "Bank of America", "Boston Ferns Group", "US Ferns"])
def test_a_name_with_a_place_in_it_is_no_place(name: str) -> None:
    assert not is_place(name)


def test_html_and_plain_text_read_the_same() -> None:
    html = "Quill &amp; Fern | Data Engineer | Berlin<p>We plan gardens.<p>Fern &lt;3"
    plain = "Quill & Fern | Data Engineer | Berlin\n\nWe plan gardens.\n\nFern <3"
    left, right = parse_post(html), parse_post(plain)
    assert (left.company, left.header, left.roles) == (right.company, right.header, right.roles)
    assert left.company == "Quill & Fern"


def test_a_paragraph_as_first_line_is_cut_at_a_word() -> None:
    post = parse_post("garden " * 200)
    assert post.title is not None
    assert len(post.title) <= 300
    assert post.title.endswith("garden")
    assert len(post.header) > 1000


@pytest.mark.parametrize("text", ["", " \n \n", "|", "| | |", "- - -", "()", "5 points by fern 3 days ago"])
def test_a_post_without_words_has_no_parts(text: str) -> None:
    post = parse_post(text)
    assert (post.company, post.roles, post.location) == (None, (), None)


@given(st.text(alphabet=st.sampled_from("aB cé한|-–•·/()[],.:@$%&<>\n'"), max_size=200))
def test_any_text_is_read_and_a_company_is_always_part_of_it(text: str) -> None:
    post = parse_post(text)
    if post.company is not None:
        assert post.company == post.company.strip()
        assert any(c.isalpha() for c in post.company)
    assert all(role.strip() for role in post.roles)


@given(st.text(max_size=300))
def test_a_header_always_splits_into_segments_of_itself(header: str) -> None:
    assert all(segment.strip() in header for segment in split_header(header))

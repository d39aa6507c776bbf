import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.text import clean_text, html_to_lines, page_to_lines


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<h3>Skills</h3>Python<div>SQL</div>", ["Skills", "Python", "SQL"]),
        ("one<br>two<br/><br/>three", ["one", "two", "", "three"]),
        ("<ul><li>a<li>b</ul>", ["- a", "- b"]),
        ("<li>no list around it</li>", ["- no list around it"]),
        ("<ul><li>a<ul><li>b<ol><li>c</ol></ul></ul>", ["- a", "  - b", "    - c"]),
        ("<ul><li><p>first</p><p>second</p></li><li></li></ul>", ["- first", "second"]),
        ("<ul><li>• dotted</li></ul>", ["- dotted"]),
        ("<table><tr><th>Place</th><td>Seoul</td></tr></table>", ["Place | Seoul"]),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", ["a", "b", "c"]),
        ("<table><tr><td>x<table><tr><td>1</td><td>2</td></tr></table></td></tr></table>", ["x", "1 | 2"]),
        ("<p>a <i>b</i>\n  c</p>", ["a b c"]),
        ("<script>x()</script><style>p{}</style><p>seen</p>", ["seen"]),
        ("a<div hidden>b</div>c<div style='display: none'>d<br></div>e", ["a", "c", "e"]),
        ("<input hidden>kept", ["kept"]),
        ("<pre>one\n two</pre>", ["one", "two"]),
        ("first\nsecond <b>bold</b>\nthird", ["first", "second bold", "third"]),
        ("a&nbsp;b\u3000c", ["a b c"]),
        ("<p>R&amp;D &lt; 5 &euro;</p>", ["R&D < 5 €"]),
        ("", []),
        ("<!-- nothing -->", []),
    ],
)
def test_blocks_bullets_and_rows_are_lines(html: str, lines: list[str]) -> None:
    assert html_to_lines(html) == "\n".join(lines)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Airflow &amp; dbt</p><p>R&amp;D</p>",
        "&lt;p&gt;Airflow &amp;amp; dbt&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;",
        "&amp;lt;p&amp;gt;Airflow &amp;amp;amp; dbt&amp;lt;/p&amp;gt;"
        "&amp;lt;p&amp;gt;R&amp;amp;amp;D&amp;lt;/p&amp;gt;",
        "<div>&lt;p&gt;Airflow &amp;amp; dbt&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;</div>",
    ],
)
def test_escaping_of_any_depth_gives_the_same_text(html: str) -> None:
    assert html_to_lines(html) == "Airflow & dbt\nR&D"
    assert clean_text(html) == "Airflow & dbt\nR&D"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p><b>Requirements</b>Python and SQL</p>", ["Requirements", "Python and SQL"]),
        ("<p><strong>Must have:</strong>python</p>", ["Must have:", "python"]),
        ("<p><b>자격요건</b>파이썬 경험</p>", ["자격요건", "파이썬 경험"]),
        ("<p><b>우대사항</b>3년 이상</p>", ["우대사항", "3년 이상"]),
        ("<b>Nice to have</b><br>dbt", ["Nice to have", "dbt"]),
        ("<b>Stack</b><ul><li>Airflow</li></ul>", ["Stack", "- Airflow"]),
        ("<p><b>Airflow</b>를 쓰는 팀</p>", ["Airflow를 쓰는 팀"]),
        ("<p><b>데이터</b>를 다루는 일</p>", ["데이터를 다루는 일"]),
        ("<p><b>Data</b>bases</p>", ["Databases"]),
        ("<p><b>Place:</b> Oslo</p>", ["Place: Oslo"]),
        ("<p><b>Python</b>, SQL</p>", ["Python, SQL"]),
        ("<p><b>We are a team of nine people who like long bold starts</b>Then</p>", None),
        ("<ul><li><b>Python</b>Daily</li></ul>", ["- PythonDaily"]),
    ],
)
def test_bold_start_is_a_heading_only_where_it_reads_as_one(html: str, lines: list[str] | None) -> None:
    assert html_to_lines(html).split("\n") == (lines or [html_to_lines(html)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Your profile**\n\n* B2B\\-sales\n", "Your profile\n\n* B2B-sales"),
        ("**About us**We grow", "About us\nWe grow"),
        ("**You bring:*** Airflow", "You bring:\n* Airflow"),
        ("## Stack\nwe use **Airflow** daily", "Stack\nwe use Airflow daily"),
        ("__Nice to have__", "Nice to have"),
        ("call __init__ and 2**3", "call __init__ and 2**3"),
        ("C# and R&D at AT&T, ?a=1&copy=2", "C# and R&D at AT&T, ?a=1&copy=2"),
        ("pay < 90k and > 60k", "pay < 90k and > 60k"),
        (
            "one\r\ntwo\rthree\u2028four\u2029five\x85six\vseven\feight",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight",
        ),
        ("a\u200bb\ufeff\x00c\u00add", "abcd"),
        ("a\n\n \n\n\nb  c\t d \n", "a\n\nb c d"),
        ("  indented\n  - bullet", "indented\n  - bullet"),
        (unicodedata.normalize("NFD", "자격요건 Airflow를"), "자격요건 Airflow를"),
        ("half \ud83d pair", "half \ufffd pair"),
    ],
)
def test_plain_text_is_tidied(text: str, expected: str) -> None:
    assert clean_text(text) == expected


def test_page_furniture_is_left_out() -> None:
    page = "<nav>Menu</nav><main><h1>Job</h1><p>Text</p></main><aside>Ads</aside><footer>Imprint</footer>"
    assert page_to_lines(page) == "Job\nText"
    assert "Imprint" in html_to_lines(page)


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000 + "Airflow",
        "<ul><li>" * 30_000 + "Airflow",
        "<table><tr><td>" * 30_000 + "Airflow",
        "<b>" * 100_000 + "Airflow",
        "x " * 5_000_000 + "<p>Airflow</p>",
        "<p " + "y" * 3_000_000 + ">Airflow</p>",
        ("**" + " " * 5_000) * 200 + "<p>Airflow</p>",
        "&amp;" * 300_000 + "Airflow",
    ],
    ids=["divs", "lists", "tables", "bold", "line", "attribute", "stars", "entities"],
)
def test_bombs_end_soon_and_keep_their_text(bomb: str) -> None:
    started = time.process_time()
    assert "Airflow" in html_to_lines(bomb)
    clean_text(bomb)
    assert time.process_time() - started < 8


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("<>&;/pbli*#\\ \n\t\u00a0\u2028\x00가")))
def test_clean_text_invariants(text: str) -> None:
    cleaned = clean_text(text)
    assert not set(cleaned) & set("\r\0\v\f\t\u00a0\u200b\ufeff\u2028\u2029\x85")
    assert "\n\n\n" not in cleaned
    assert all(line == line.rstrip(" ") for line in cleaned.split("\n"))
    assert unicodedata.is_normalized("NFC", cleaned)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="abc가나 .,", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=8))
def test_items_survive_as_one_line_each(items: list[str]) -> None:
    html = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    assert html_to_lines(html).split("\n") == ["- " + " ".join(item.split()) for item in items]

"""What other people wrote (boards, reasons, examples, errors) can neither mention, link, format nor break a message."""

import re
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.message import Message, compose
from analysis.message.as_html import to_html
from analysis.message.as_markdown import inert, to_markdown
from analysis.message.as_slack import LIMIT, blocks, neutral, to_slack
from analysis.message.letter import LINE, Item, Letter, Link, Section, plain
from scrapers.report import BoardResult
from scrapers.store import Store
from tests.analysis.message.invented import DAG, assess, check, commit, states, week

EVIL = (
    "<!channel> @here <@U123> <https://evil.example|Report> *bold* `code` ~x~ & &lt; "
    "<script>alert(1)</script><img src=http://evil.example/x.png> [a](http://evil.example) ![p](http://evil.example/p)"
    " | www.evil.example\r\nBcc: x@example.org\u202e\x1b[31m\n\n# Heading\n```"
)
EXTRAS = st.sampled_from(
    ["<!here>", "@channel", "\n\n", "```", "*", "_", "[x](http://e)", "</div>", "&", "|", "\\", "# ", "1. "]
)
HOSTILE = st.lists(EXTRAS | st.text(max_size=12), max_size=8).map("".join).filter(str.split)


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "onclick")]

    def handle_data(self, data: str) -> None:
        self.text += data


def letter(text: str) -> Letter:
    item = Item(plain(text), plain(text), (plain(text),), plain(text))
    links = (Link(plain(text), "https://ok.example/x"), Link("path", plain(text)))
    return Letter(
        "en", "info", plain(text), plain(text), (Section("T", (item,)), Section("L", links=links)), (plain(text),)
    )


def everywhere(root: Path) -> Message:
    store = Store(root)
    commit(store, "weekly-2026-11-02", [*week(), BoardResult(EVIL, EVIL, "failed", reason=EVIL)])
    words = {"en": EVIL, "ko": EVIL}
    assess(
        store, "weekly-2026-11-02", check("shape", "failed", subject=EVIL, words=words, examples=[EVIL, {EVIL: EVIL}])
    )
    errors = {"collect[greenhouse]": EVIL, "tag": EVIL}
    links = {"report": "https://ok.example/x", "diff": "javascript:alert(1)"}
    asked = states("tag", greenhouse="failed")
    return compose(store, "weekly-2026-11-02", dag=DAG, states=asked, errors=errors, links=links)


def test_a_message_full_of_hostile_words_is_words_and_nothing_else(tmp_path: Path) -> None:
    message = everywhere(tmp_path)
    assert re.findall(r"<([^>]*)>", message.text) == ["https://ok.example/x|Report"]
    assert "@here" not in message.text
    assert message.text.count("```") == 2
    page = Tags()
    page.feed(message.html)
    assert page.addresses == ["https://ok.example/x"]
    assert not {"script", "img", "form", "iframe"} & set(page.tags)
    assert "<script>alert(1)</script>" in page.text
    assert re.findall(r"(?<!\\)\]\(([^)]*)\)", message.markdown) == ["<https://ok.example/x>"]
    assert not re.search(r"<(?!https://ok)[a-z!/@]", message.markdown)
    assert "\n" not in message.subject
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", message.text + message.html + message.markdown + message.subject)


@settings(max_examples=30)
@given(HOSTILE)
def test_no_text_changes_the_shape_of_the_page(text: str) -> None:
    plainly, with_text = Tags(), Tags()
    plainly.feed(to_html(letter("x")))
    with_text.feed(to_html(letter(text)))
    assert with_text.tags == plainly.tags
    assert with_text.addresses == plainly.addresses


@given(HOSTILE)
def test_no_text_is_obeyed_by_slack(text: str) -> None:
    written = to_slack(letter(text))
    assert set(re.findall(r"<([^|>]*)", written)) == {"https://ok.example/x"}
    assert not {"@", "`", "~"} & set(neutral(plain(text)))
    assert neutral(plain(text)).count("&") == len(re.findall(r"&(amp|lt|gt);", neutral(plain(text))))
    assert len(blocks(written)) == len(blocks(to_slack(letter("x"))))


@given(HOSTILE)
def test_no_text_links_or_formats_in_markdown(text: str) -> None:
    written = inert(plain(text))
    bare = re.sub(r"`https?://[^`\s]+`", "x", re.sub(r"\\.", "x", written))
    assert not set("`*[]|\\") & set(bare)
    assert "://" not in bare
    assert not re.search(r"<|^\s*([#+>~=-]|\d+[.)])", bare)
    assert len(to_markdown(letter(text)).splitlines()) == len(to_markdown(letter("x")).splitlines())


@given(st.text(max_size=900))
def test_a_text_of_others_is_one_short_line(text: str) -> None:
    line = plain(text)
    assert len(line) <= LINE
    assert len(line.splitlines()) <= 1


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100), st.integers(1, 400))
def test_slack_takes_every_block(n: int, length: int) -> None:
    item = Item("&" * length, "x", ("<" * length,) * 3, "y")
    section = Section("T", (item,) * n)
    found = blocks(to_slack(Letter("en", "info", "v" * 200, "o", (section,) * 9, ("f",))))
    texts = [block["text"] for block in found]
    assert len(found) <= 50
    assert all(isinstance(t, dict) and 0 < len(t["text"]) <= LIMIT and t["verbatim"] for t in texts)

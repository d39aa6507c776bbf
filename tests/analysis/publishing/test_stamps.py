"""Stamps on pictures, drawings and pages: legible, as wide as the picture, on light and dark, alike each time."""

import io
from dataclasses import replace

import matplotlib.image
import pytest

from analysis.draw.style import THEMES
from analysis.publishing.stamps import DPI, stamp
from analysis.publishing.vintages import Published
from tests.analysis.publishing.conftest import PAGE, SVG, picture

MADE = Published(
    vintage="w2", run="w2", on="2026-11-23", as_of="2026-11-16", good="w1", is_held=True, why=("<b>`x`</b>",)
)


def taller(name: str, content: bytes, made: Published = MADE) -> bytes:
    found = stamp(name, content, made, "title", "alt")
    assert found is not None
    return found


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("paper", "width"), [(255, 1920), (21, 1280), (255, 333)])
def test_a_strip_is_as_wide_as_the_picture_and_holds_its_words(lang: str, paper: int, width: int) -> None:
    stamped = taller(f"fig.{lang}.png", picture(paper, width))
    assert stamped == taller(f"fig.{lang}.png", picture(paper, width))
    found = matplotlib.image.imread(io.BytesIO(stamped))
    assert found.shape[1] == width
    strip = (255 * found[60:, :, :3]).round().astype(int)
    ground = THEMES["dark" if paper < 128 else "light"].mark
    assert strip[5, 3].tolist() == [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    is_ink = (strip.max(axis=2) < 90)[3:]
    columns = is_ink.any(axis=0).nonzero()[0]
    assert columns.min() > 2, "words begin inside"
    assert columns.max() < width - 3, "words end inside"
    rows = is_ink.any(axis=1).nonzero()[0]
    assert rows.min() > 0
    assert rows.max() < len(is_ink) - 1
    assert columns.max() - columns.min() > 0.9 * width or len(rows) > 12


def test_what_pictures_say_of_themselves_stays_with_the_day_before_it() -> None:
    stamped = taller("fig.en.png", picture())
    assert b"title" in stamped
    assert "As of 2026-11-16".encode("latin-1") in stamped
    assert DPI == 144


def test_a_drawing_grows_by_a_line_of_text() -> None:
    text = taller("fig.ko.svg", SVG.encode()).decode()
    assert 'width="40pt" height="' in text
    assert 'height="20pt"' not in text
    assert text.count("</svg>") == 1
    assert "2026-11-16 기준" in text
    assert stamp("fig.ko.svg", b"<svg></svg>", MADE) is None, "a size that is not told cannot grow"


def test_pages_and_captions_say_why_harmlessly() -> None:
    page = taller("report.html", PAGE.format(title="t").encode()).decode()
    assert page.index("2026-11-16") < page.index("<h1>")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    caption = taller("figures/fig.ko.md", "본문\n".encode()).decode()
    assert caption.startswith("> **2026-11-16 기준")
    assert "\\<b>" in caption
    assert caption.endswith("본문\n")


def test_tables_keep_their_bytes_and_pdf_files_are_left_out() -> None:
    assert stamp("rates/overall.csv", b"a\n", MADE) == b"a\n"
    assert stamp("figures/fig.en.pdf", b"%PDF", MADE) is None


@pytest.mark.parametrize(
    ("lang", "why", "words"),
    [
        ("en", ("dates_future greenhouse",), "newer data held back: dates ahead (Greenhouse)<"),
        ("ko", ("dates_future greenhouse",), "더 새로운 자료는 보류됨: 미래 날짜 (Greenhouse)<"),
        ("en", ("canary", "rate"), "held back: canary postings and 1 more<"),
        ("ko", ("canary", "rate", "roles"), "보류됨: 기준 공고 외 2건<"),
        ("en", ("x" * 300,), f"held back: {'x' * 47}…<"),
        ("en", (), "newer data held back<"),
    ],
)
def test_pictures_say_why_in_a_few_words_of_their_language(lang: str, why: tuple[str, ...], words: str) -> None:
    made = replace(MADE, why=why)
    assert words in taller(f"fig.{lang}.svg", SVG.encode(), made).decode()
    assert len(matplotlib.image.imread(io.BytesIO(taller(f"fig.{lang}.png", picture(), made)))) > 60


def test_pages_name_every_reason_in_words() -> None:
    made = replace(MADE, why=("dates_future greenhouse", "schema facts", "said by hand"))
    page = taller("report.html", PAGE.format(title="t").encode(), made).decode()
    assert "Why: dates ahead (Greenhouse); shape of the tables (facts); said by hand." in page
    assert "이유: 미래 날짜 (Greenhouse); 표의 형식 (facts); said by hand." in page


def test_a_vintage_without_a_day_is_stamped_all_the_same() -> None:
    text = taller("fig.en.svg", SVG.encode(), replace(MADE, as_of="", on="")).decode()
    assert "Last good data" in text

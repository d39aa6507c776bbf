"""Cards: an excerpt fills its page, whatever is in it, and an example says that it is one."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from analysis.draw.bundle import draw_figures
from analysis.draw.cards import to_excerpt, to_frame, verdict
from analysis.draw.figure import figures
from analysis.draw.fonts import UNKNOWN, drawable, drawing
from analysis.draw.labels import labels_for
from analysis.draw.layout import check_layout
from analysis.draw.options import Options
from analysis.draw.page import Page
from analysis.draw.prose import Run, _rows
from analysis.excerpt import Excerpt
from analysis.fact import FACT_SCHEMA
from analysis.quoting import N_CHARS, Line

IDS = {"required": "fig_4_3", "preferred": "fig_4_4", "mentioned": "fig_4_5"}
PLAIN = Excerpt(
    posting_id="0123456789abcdef",
    skill="airflow",
    level="preferred",
    how="heading",
    evidence="우대사항",
    heading="우대사항",
    lines=(
        Line("에어플로우(Airflow)나 Kubeflow 같은 도구를 써 본 분", ((0, 5), (6, 13)), True),
        Line("CI/CD 도구 경험", (), True),
    ),
    role="ml_engineer",
    title="MLOps 엔지니어",
    company="호박공방",
    source="gardens",
    url="https://example.com/jobs/2",
    posted_on="2024-09-01",
    country="KR",
)
TOKEN = "데이터파이프라인을"
LONG_TITLE = "Staff Machine Learning Platform Reliability Engineer, Recommendations and Search (m/f/d)"
MANY = " ".join([TOKEN] * 25)[:N_CHARS]
CASES: dict[str, dict[str, Any]] = {
    "usual": {},
    "no heading": {"heading": "", "lines": (Line("Airflow", ((0, 7),)),), "how": "default", "evidence": ""},
    "25 words": {
        "lines": (Line(f"{MANY} Airflow {MANY}", ((len(MANY) + 1, len(MANY) + 8),), True),),
        "title": LONG_TITLE,
        "url": "https://example.com/" + "a" * 300,
    },
    "endless words": {
        "heading": "머리글" * 20,
        "lines": (Line("x" * 220 + "Airflow" + "가" * 220, ((220, 227),)), Line("이웃 줄", (), True)),
    },
    "unknown": {
        "title": None,
        "company": None,
        "url": None,
        "posted_on": None,
        "country": None,
        "source": "",
        "how": "native",
        "evidence": "required",
        "level": "required",
    },
    "all marked": {"lines": (Line("Airflow Airflow Airflow", ((0, 7), (8, 15), (16, 23))),), "level": "mentioned"},
    "foreign letters": {"title": "數據工程師 🚀", "lines": (Line("🌿 数据 Airflow の運用", ((5, 12),)),)},
    "example": {"is_example": True, "company": None, "url": None, "posted_on": None},
}


def drawn(excerpt: Excerpt, lang: str, **values: Any) -> Figure:
    options = Options(excerpts=(excerpt,), **values)
    spec = figures()[IDS[excerpt.level]]
    with drawing():
        fig = Figure()
        spec.paint(fig, spec.data(FACT_SCHEMA.empty_table(), options), labels_for(lang), options)
        assert check_layout(fig) == []
    return fig


def texts(fig: Figure) -> list[str]:
    return [artist.get_text() for artist in fig.findobj(Text) if isinstance(artist, Text)]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", ["slide", "half", "doc"])
@pytest.mark.parametrize("case", CASES)
def test_cards_fit(case: str, size: str, lang: str) -> None:
    drawn(replace(PLAIN, **CASES[case]), lang, size=size)


@pytest.mark.parametrize("theme", ["dark", "print"])
def test_themes_move_nothing(theme: str) -> None:
    drawn(PLAIN, "ko", theme=theme)


@pytest.mark.parametrize("case", ["usual", "25 words", "example"])
def test_a_card_is_not_half_empty(case: str) -> None:
    """The quote reaches below the middle of the page, or its letters are as large as they may be."""
    fig = drawn(replace(PLAIN, **CASES[case]), "ko")
    own = [t for t in fig.findobj(Text) if isinstance(t, Text) and t.get_text().strip()]
    quoted = [t for t in own if t.get_verticalalignment() == "baseline"]
    assert min(t.get_position()[1] for t in quoted) < 0.55
    assert max(float(t.get_fontsize()) for t in quoted) >= 13


def test_every_name_stands_in_a_box_of_its_own() -> None:
    fig = drawn(PLAIN, "ko")
    boxes = [
        p
        for p in fig.findobj(Rectangle)
        if isinstance(p, Rectangle) and p.get_facecolor()[:3] == (1, 226 / 255, 154 / 255)
    ]
    names = [t for t in fig.findobj(Text) if isinstance(t, Text) and t.get_text() in ("에어플로우", "Airflow")]
    assert len(boxes) == len(names) == 2
    for box, name in zip(boxes, names, strict=True):
        inner, outer = name.get_window_extent(), box.get_window_extent()
        assert outer.x0 <= inner.x0 < inner.x1 <= outer.x1
        assert name.get_fontweight() == "bold"
    left, right = (box.get_window_extent() for box in boxes)

    assert left.x1 < right.x0


@pytest.mark.parametrize(("lang", "stamp"), [("ko", "직접 쓴 예시"), ("en", "Written example")])
def test_an_example_is_stamped_and_a_posting_is_not(lang: str, stamp: str) -> None:
    assert stamp in texts(drawn(replace(PLAIN, is_example=True), lang))
    assert stamp not in texts(drawn(PLAIN, lang))


@pytest.mark.parametrize(
    ("lang", "title", "alt"), [("ko", "예시", "실제 공고가 아님"), ("en", "example", "not a real posting")]
)
def test_an_example_is_one_in_title_and_alt_text_too(lang: str, title: str, alt: str) -> None:
    """Pages and slides quote them without the picture and its stamp."""
    spec = figures()["fig_4_4"]
    for is_example in (True, False):
        options = Options(excerpts=(replace(PLAIN, is_example=is_example),))
        found = spec.words(spec.data(FACT_SCHEMA.empty_table(), options), labels_for(lang), options)
        assert (title in found.title, alt in found.alt) == (is_example, is_example)


def test_what_decided_is_said_in_both_languages() -> None:
    ko, en = labels_for("ko"), labels_for("en")
    assert verdict(PLAIN, ko) == "우대 판정 근거: 머리글 “우대사항”"
    assert verdict(PLAIN, en) == "Counted as preferred: heading “우대사항”"
    part = replace(PLAIN, evidence="(preferred part of three)")
    assert verdict(part, ko) == "우대 판정 근거: 공고의 세 부분 중 우대 부분"
    field = replace(PLAIN, how="native", evidence="stack", level="mentioned")
    assert verdict(field, en) == "Counted as mentioned: the source's own field for the stack"
    for how in ("cue", "model", "default"):
        assert verdict(replace(PLAIN, how=how), ko)


@pytest.mark.parametrize("case", CASES)
def test_a_frame_holds_all_that_is_drawn(case: str) -> None:
    excerpt = replace(PLAIN, **CASES[case])
    again = to_excerpt(
        pd.read_csv(io.StringIO(to_frame(excerpt).to_csv(index=False)), keep_default_na=False)
        .replace({"": None})
        .fillna({"heading": "", "evidence": "", "spans": "", "source": ""})
    )
    assert [line.spans for line in again.lines] == [line.spans for line in excerpt.lines]
    assert (again.level, again.heading, again.url) == (excerpt.level, drawable(excerpt.heading), excerpt.url)


def test_letters_that_no_font_has_are_replaced_in_place() -> None:
    assert drawable("Airflow 🌿 数 뷁") == f"Airflow • {UNKNOWN} 뷁"
    fig = drawn(replace(PLAIN, **CASES["foreign letters"]), "en")
    assert any(f"Letters that the fonts lack: {UNKNOWN}" in text for text in texts(fig))


def test_the_files_of_a_card_are_harmless(tmp_path: Path) -> None:
    line = Line("=HYPERLINK(1) | <b>Airflow</b> [x](y)", ((18, 25),))
    hostile = replace(PLAIN, lines=(line,), title="+cmd {x} <i>")
    draw_figures(FACT_SCHEMA.empty_table(), tmp_path, only=["fig_4_4"], options=Options(excerpts=(hostile,), lang="en"))
    (row,) = csv.DictReader(io.StringIO((tmp_path / "fig_4_4.csv").read_text()))
    assert (row["text"][:2], row["title"][:2]) == ("'=", "'+")
    page = (tmp_path / "fig_4_4.en.md").read_text()
    assert r"\| \<b>Airflow\</b> \[x\](y)" in page
    meta = json.loads((tmp_path / "fig_4_4.meta.json").read_text())
    assert "excerpts" not in meta["options"]
    assert "{x}" not in meta["bibtex"]
    assert "dedupe_rule" not in meta


def test_without_excerpts_the_cards_show_examples() -> None:
    for level, figure_id in IDS.items():
        data = figures()[figure_id].data(FACT_SCHEMA.empty_table(), Options())
        shown = to_excerpt(data.frame)
        assert (shown.level, shown.is_example) == (level, True)


@settings(max_examples=25, deadline=None)
@given(st.text("ab 가나xyz()•", max_size=60), st.integers(0, 50), st.integers(1, 12), st.floats(60, 300))
def test_rows_lose_no_letter_and_are_never_too_wide(text: str, start: int, length: int, limit: float) -> None:
    text = " ".join(text.split())
    spans = ((start, min(start + length, len(text))),) if start < len(text) else ()
    with drawing():
        page = Page(Figure(), "doc", "light")
        rows: list[list[Run]] = list(_rows(page, Line(text, spans), limit, 9))
        words = "".join(run.text for row in rows for run in row)
        assert words.replace(" ", "") == text.replace(" ", "")
        marked = "".join(run.text for row in rows for run in row if run.mark >= 0)
        assert marked.replace(" ", "") == "".join(text[a:b] for a, b in spans).replace(" ", "")
        assert all(row[0].text for row in rows)

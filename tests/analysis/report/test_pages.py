"""The pages as documents: offline, in two languages, and sound for readers who do not see them."""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lxml import html

from analysis.draw.figure import figures
from analysis.draw.options import LANGS
from analysis.draw.style import THEMES
from analysis.measure.claims import Claim, judge
from analysis.measure.population import Query
from analysis.report import explorer
from analysis.report.build import write_report
from analysis.report.evidence import Evidence
from analysis.report.markup import template
from analysis.report.plates import plates
from analysis.report.svg import Glyphs
from analysis.report.words import texts

MAX_BYTES = 3_000_000


@pytest.fixture(params=["report.html", "quality.html"])
def document(request: pytest.FixtureRequest, pages: Path) -> Any:
    return html.document_fromstring((pages / request.param).read_text(encoding="utf-8"))


def test_nothing_is_asked_of_other_machines(pages: Path) -> None:
    for name in ("report.html", "quality.html"):
        text = (pages / name).read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="(?!#|(?:report|quality)\.html#)', text)
        assert "default-src 'none'" in text
        assert len(text.encode()) < MAX_BYTES


def test_ids_are_unique_and_references_meet(document: Any) -> None:
    ids = Counter(document.xpath("//@id"))
    assert [name for name, n in ids.items() if n > 1] == []
    for attribute in ("aria-labelledby", "aria-describedby", "for", "list"):
        for value in document.xpath(f"//@{attribute}"):
            assert set(str(value).split()) <= set(ids), value


def test_both_languages_have_the_same_parts(document: Any) -> None:
    parts = {lang: document.xpath(f'//div[@class="tongue"][@lang="{lang}"]') for lang in LANGS}
    assert len(parts["ko"]) == len(parts["en"]) > 0
    for ko, en in zip(parts["ko"], parts["en"], strict=True):
        outline = [[n.tag for n in part.xpath(".//*[not(ancestor::*[local-name()='svg'])]")] for part in (ko, en)]
        assert outline[0] == outline[1]
        assert ko.text_content() != en.text_content()


@pytest.mark.parametrize("lang", LANGS)
def test_headings_descend_by_one(document: Any, lang: str) -> None:
    other = next(each for each in LANGS if each != lang)
    found = document.xpath(f'//*[self::h1 or self::h2 or self::h3][not(ancestor::div[@lang="{other}"])]')
    levels = [int(node.tag[1]) for node in found]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_heads(document: Any) -> None:
    for table in document.xpath("//table"):
        assert table.xpath("./caption")
        assert all(scope in ("col", "row") for scope in table.xpath(".//th/@scope"))


def test_every_figure_is_there_in_both_languages(pages: Path) -> None:
    document = html.document_fromstring((pages / "report.html").read_text(encoding="utf-8"))
    shown = set(document.xpath("//figure/@id"))
    told = document.text_content()
    for name in figures():
        number = name.removeprefix("fig_").replace("_", ".")
        assert {f"{name}-ko", f"{name}-en"} <= shown or f"{number} (" in told
    assert shown
    for figure in document.xpath("//figure"):
        assert figure.xpath(".//*[local-name()='title']")[0].text
        assert figure.xpath(".//details//table")


def test_the_figure_of_claims_shows_those_of_the_report(facts: pa.Table, evidence: Evidence) -> None:
    words = {"ko": "굽는 사람, 언급", "en": "bakers, any mention"}
    asked = Claim(name="bakers", wording=words, said=words, relation="about", query=Query(), value=0.4)
    own = replace(evidence, claims=judge(facts, [asked]))
    drawn = next(plate for plate in plates(facts, own, Glyphs(), lambda _: None) if plate.id == "fig_4_6")
    assert not drawn.problem
    assert "bakers, any mention" in drawn.words["en"].alt
    assert "굽는 사람, 언급" in drawn.words["ko"].alt


def test_the_same_facts_give_the_same_bytes(
    facts: pa.Table, evidence: Evidence, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "is_installed", lambda: False)
    write_report(facts, evidence, tmp_path)
    for name in ("quality.html", "section4.ko.md", "section4.en.md"):
        assert (tmp_path / name).read_bytes() == (pages / name).read_bytes()
    without = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert texts("page", "en")["no_explorer"][:40] in without
    assert 'id="explorer"' not in without


def test_section_4_holds_the_measured_number_and_a_chunk_for_quarto(pages: Path, evidence: Evidence) -> None:
    for lang in LANGS:
        text = (pages / f"section4.{lang}.md").read_text(encoding="utf-8")
        assert f"{evidence.headline['rate']:.1%}" in text
        assert "#| fig-alt:" in text
        assert f"figures/fig_4_1.{lang}.png" in text


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    """WCAG 1.4.3 and 1.4.11 for every pair of colours that the style sheet puts together."""
    colors = THEMES[theme]
    for ink in (colors.ink, colors.soft, colors.muted, colors.held, *explorer.SERIES[theme]):
        assert contrast(ink, colors.paper) >= 4.5, ink
    assert contrast(colors.axis, colors.paper) >= 3
    used = set(re.findall(r"var\(--([a-z]+)\)", template("page.css")))
    # Letters on a filled ground; stripes of a gap stand beside a word that says so.
    assert contrast(colors.on_mark, colors.mark) >= 4.5
    assert contrast(colors.paper, colors.claim) >= 4.5
    assert used - {"d"} <= {"paper", "ink", "soft", "muted", "grid", "axis", "held", "mark", "claim", "ghost"}

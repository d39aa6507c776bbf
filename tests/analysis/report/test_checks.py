"""The weekly checks on the quality page: what to do first, gaps told apart, nothing where no run was judged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from analysis.draw.options import LANGS
from analysis.quality.verdict import Assessment, Check
from analysis.report.checks import columns, opening
from analysis.report.evidence import Evidence
from analysis.report.quality import quality_html
from tests.analysis.report.browser import browsing, find_chromium
from tests.analysis.report.test_model_table import VERSIONS


def check(name: str, outcome: str = "ok", severity: str = "this_week", subject: str = "lever") -> Check:
    words = {"en": f"{name}: look at <b> & mend", "ko": f"{name}: <b> & 확인"}
    return Check(
        name, severity, subject, outcome, 0.5, 0.1, words, ("b0 https://x.example/<1>",) if outcome == "failed" else ()
    )


def week(day: str, *checks: Check, n: int | None = 40) -> Assessment:
    return Assessment(f"weekly-{day}", day, checks, "1", {"lever": {"n": n, "usual": 40.0, "n_rows": 9}}, {"other": 9})


FINE = week("2026-11-02", check("volume"), check("mix"))
DEAD = week("2026-11-09", check("volume", "failed"), check("mix", "not_judged"), n=None)
HELD = week("2026-11-23", check("volume", "failed"), check("duplicates", "failed", "act_now"))


def shown(*history: Assessment, lang: str = "en") -> Any:
    return html.fragment_fromstring(opening(history, lang), create_parent="div")


def test_a_store_without_history_shows_nothing(evidence: Evidence) -> None:
    assert opening([], "en") == ""
    assert 'class="verdict' not in quality_html(evidence)


@pytest.mark.parametrize(
    ("history", "state", "words"),
    [
        ((FINE,), "fine", "No action needed"),
        ((FINE, DEAD), "todo", "1 thing to do"),
        ((FINE, HELD), "held", "New figures are held back: 2 things to do"),
    ],
)
def test_the_page_opens_with_the_verdict(history: tuple[Assessment, ...], state: str, words: str) -> None:
    (verdict,) = shown(*history).xpath('//p[starts-with(@class,"verdict")]')
    assert verdict.get("class") == f"verdict {state}"
    assert verdict.text == words


def test_the_gravest_comes_first_and_a_repeat_says_since_when() -> None:
    items = [item.text_content() for item in shown(FINE, DEAD, HELD).xpath('//ul[@class="todo"]')[0].xpath("./li")]
    assert items[0].startswith("A duplicates: look at <b> & mend")
    assert "For 2 weeks in a row, since 2026-11-09" in items[1]
    assert "b0 https://x.example/<1>" in items[1]


def test_weeks_without_a_run_are_gaps_and_the_last_run_of_a_day_counts() -> None:
    again = replace(DEAD, run=f"{DEAD.run}.2", checks=FINE.checks)
    found = columns([FINE, DEAD, again, HELD])
    assert [each.day for each in found] == ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]
    assert [each.found for each in found] == [FINE, again, None, HELD]
    counts, checks, _ = shown(FINE, DEAD, HELD).xpath("//table")
    assert [cell.get("class") for cell in counts.xpath(".//tbody/tr/td")] == [None, "gap", "gap", None]
    by_name = {
        row.xpath("./th")[0].text: [c.text_content() for c in row.xpath("./td")] for row in checks.xpath(".//tbody/tr")
    }
    assert by_name["number of postings"] == ["·", "W", "no run", "W"]


def test_both_languages_have_the_same_parts() -> None:
    outlines = [[node.tag for node in shown(FINE, DEAD, HELD, lang=lang).iter()] for lang in LANGS]
    assert outlines[0] == outlines[1]


CHROMIUM = find_chromium()


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_is_no_wider_than_its_window_and_opens_at_the_newest_week(
    width: int, evidence: Evidence, tmp_path: Path
) -> None:
    many = [replace(FINE, run=f"r{i}", on=f"2026-{1 + i // 4:02}-{1 + 7 * (i % 4):02}") for i in range(30)]
    (tmp_path / "quality.html").write_text(
        quality_html(replace(evidence, past=[*many, HELD], models=VERSIONS)), encoding="utf-8"
    )
    assert CHROMIUM
    with browsing(CHROMIUM, tmp_path / "profile") as tab:
        tab.open(tmp_path / "quality.html", width=width, fragment="#lang=en")
        assert tab.run("document.documentElement.scrollWidth") <= width
        last = "document.querySelector('div[lang=en] .weeks thead th:last-child').getBoundingClientRect().right"
        assert tab.run(last) <= width

"""The weekly checks on the quality page: what to do first, gaps told apart, nothing where no run was judged."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import html

from analysis.draw.options import LANGS
from analysis.quality.verdict import Assessment, Check
from analysis.report.checks import opening
from analysis.report.evidence import Evidence
from analysis.report.quality import quality_html
from analysis.report.week_table import columns
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


def test_no_heading_stands_over_nothing() -> None:
    for roles, n in (({"other": 9}, 1), ({}, 0)):
        page = shown(replace(FINE, roles=roles))
        assert len(page.xpath('//section[starts-with(@aria-labelledby, "mix-")]')) == n
        assert all(len(section) > 1 for section in page.xpath("//section"))


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
    assert [cell.get("class") for cell in counts.xpath(".//tbody/tr/td")] == [None, "gap", "gap", None, "end", "end"]
    assert [cell.text_content() for cell in counts.xpath(".//tbody/tr/td")] == [
        "40",
        "not read",
        "no run",
        "40",
        "40",
        "40",
    ]
    by_name = {
        row.xpath("./th")[0].text: [c.text_content() for c in row.xpath("./td")] for row in checks.xpath(".//tbody/tr")
    }
    assert by_name["number of postings"] == ["·", "W", "no run", "W"]


def weekly(n: int, *failing: tuple[int, Check]) -> list[Assessment]:
    """Weeks on Mondays up to the one before HELD, some of which have a failed check."""
    days = [str(np.datetime64(HELD.on) - np.timedelta64(7 * (n - i), "D")) for i in range(n)]
    return [week(day, *FINE.checks, *(c for at, c in failing if at == i)) for i, day in enumerate(days)]


def test_what_failed_before_and_is_over_is_told_once_with_its_weeks() -> None:
    canary, dates = check("canary", "failed", "act_now", ""), check("dates_future", "failed", "act_now")
    past = weekly(9, (2, canary), (3, canary), (4, canary), (6, dates), (8, dates))
    lines = [
        " ".join(li.text_content().split()) for li in shown(*past, week(HELD.on)).xpath('//ul[@class="earlier"]/li')
    ]
    assert lines == [
        "2026-11-16 A dates ahead (Lever)",
        "2026-11-02 A dates ahead (Lever)",
        "2026-10-05 to 10-19, 3 weeks A canary postings",
    ]
    (going,) = shown(*past).xpath('//ul[@class="todo"]')[0].xpath("./li")
    assert "in a row" not in going.text_content()
    assert len(shown(*past).xpath('//ul[@class="earlier"]/li')) == 2


def test_checks_that_never_failed_take_no_room_and_those_never_judged_are_told_apart() -> None:
    page = shown(FINE, week("2026-11-09", check("volume", "failed"), check("canary"), check("rate", "not_judged")))
    _, checks, _ = page.xpath("//table")
    assert [row.xpath("./th")[0].text for row in checks.xpath(".//tbody/tr")] == ["number of postings"]
    told = page.text_content()
    assert "Without failure in all weeks shown: mix, canary postings." in told
    assert "Not judged in any week so far: rate of Airflow." in told
    assert len(shown(FINE).xpath("//table")) == 2


def test_a_year_of_weeks_stands_under_its_months() -> None:
    counts = shown(*weekly(60), HELD).xpath("//table")[0]
    months, days = counts.xpath(".//thead/tr")
    spans = [int(th.get("colspan")) for th in months.xpath("./th[@colspan]")]
    assert sum(spans) == len(days.xpath("./th")) == 52
    names = [th.text_content() for th in months.xpath("./th[@colspan]")]
    assert names[0] == "2025Dec"
    assert [name for name in names if name.startswith("2026")] == ["2026Jan"]
    assert days.xpath("./th")[-1].text_content() == HELD.on
    assert [th.text for th in months.xpath("./th[@rowspan]")] == ["source", "now", "usual"]


def test_both_languages_have_the_same_parts() -> None:
    outlines = [[node.tag for node in shown(FINE, DEAD, HELD, lang=lang).iter()] for lang in LANGS]
    assert outlines[0] == outlines[1]


CHROMIUM = find_chromium()


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_is_no_wider_than_its_window_and_opens_at_the_newest_week(
    width: int, evidence: Evidence, tmp_path: Path
) -> None:
    many = weekly(60)
    (tmp_path / "quality.html").write_text(
        quality_html(replace(evidence, past=[*many, HELD], models=VERSIONS)), encoding="utf-8"
    )
    assert CHROMIUM
    with browsing(CHROMIUM, tmp_path / "profile") as tab:
        tab.open(tmp_path / "quality.html", width=width, fragment="#lang=en")
        assert tab.run("document.documentElement.scrollWidth") <= width
        box = "document.querySelector('div[lang=en] .late')"
        assert tab.run(f"{box}.scrollWidth > {box}.clientWidth") is (width < 1000)
        last = "document.querySelector('div[lang=en] .weeks thead th:last-child').getBoundingClientRect().right"
        assert tab.run(last) <= width

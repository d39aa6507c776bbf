"""The explorer in a real browser: controls work, numbers are those of `rates`, nothing is asked of elsewhere."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analysis.measure.population import Query
from analysis.measure.rates import rates
from tests.analysis.report.browser import Tab, browsing, find_chromium

CHROMIUM = find_chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: .ci/run installs it")

READY = "document.getElementById('explorer').dataset.ready === 'yes'"
WAIT = """new Promise((go, stop) => {
  const end = Date.now() + 30000;
  (function look() {
    if (CONDITION) go(true);
    else if (Date.now() > end) stop(new Error("waited in vain"));
    else setTimeout(look, 10);
  })();
})"""
A4 = (210, 297)
MARGIN = 14
PX_PER_MM = 96 / 25.4


def wait(tab: Tab, condition: str) -> None:
    tab.run(WAIT.replace("CONDITION", condition))


def answer(tab: Tab, action: str) -> float:
    """Do something to the controls; return the milliseconds until the page had answered."""
    tab.run(f"{{ const $ = (id) => document.getElementById(id); $('explorer').dataset.ms = ''; {action} }}")
    wait(tab, "document.getElementById('explorer').dataset.ms !== ''")
    return float(tab.run("document.getElementById('explorer').dataset.ms"))


def choose(tab: Tab, control: str, value: str) -> float:
    return answer(tab, f"$('{control}').value = '{value}'; $('{control}').dispatchEvent(new Event('change'))")


def add(tab: Tab, tool: str) -> float:
    return answer(tab, f"$('tool').value = '{tool}'; $('add').click()")


def summary(tab: Tab) -> str:
    return str(tab.run("document.getElementById('summary').textContent"))


@pytest.fixture(scope="module")
def tab(with_explorer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    assert CHROMIUM
    with browsing(CHROMIUM, tmp_path_factory.mktemp("profile")) as opened:
        opened.open(with_explorer / "report.html", fragment="#lang=en&theme=light")
        wait(opened, READY)
        yield opened


@pytest.fixture(autouse=True)
def _as_opened(request: pytest.FixtureRequest) -> None:
    """Start each test from the question that the page opens with."""
    if "tab" in request.fixturenames:
        opened = request.getfixturevalue("tab")
        for control, value in (("level", "any"), ("role", "all"), ("family", "all"), ("period", "0")):
            choose(opened, control, value)


def test_the_page_tells_what_rates_tells(tab: Tab, facts: pa.Table) -> None:
    choose(tab, "level", "required")
    choose(tab, "role", "data_engineer")
    expected = rates(facts, Query(level="required", roles=("data_engineer",), years=(2020, 2024))).iloc[0]
    points = "–".join(f"{100 * expected[name]:.1f}" for name in ("low", "high"))
    told = f"{100 * expected['rate']:.1f}% ({points}), n {expected['n']:,}, {expected['n_companies']:,} companies"
    assert told in summary(tab)


def test_the_csv_holds_the_years_of_rates(tab: Tab, facts: pa.Table) -> None:
    expected = rates(facts, Query(by=("year",), years=(2020, 2024)))
    found = list(csv.DictReader(io.StringIO(tab.run("window.airflowDemand.csv()"))))
    assert [int(row["first"]) for row in found] == expected["year"].tolist()
    for name in ("k", "n", "n_companies"):
        assert [int(row[name]) for row in found] == expected[name].tolist()
    for name in ("rate", "low", "high"):
        assert [float(row[name]) for row in found] == pytest.approx(expected[name].tolist(), abs=5e-5)


def test_tools_are_compared_and_an_unknown_one_is_named(tab: Tab) -> None:
    add(tab, "dbt")
    add(tab, "spark")
    assert tab.run("document.querySelectorAll('#summary p').length") == 3
    assert {"Apache Airflow", "dbt"} <= set(
        tab.run("[...document.querySelectorAll('#rows th')].map((n) => n.textContent)")
    )
    tab.run("document.getElementById('tool').value = 'no such tool'; document.getElementById('add').click()")
    assert "no such tool" in tab.run("document.getElementById('tool-note').textContent")
    answer(tab, "document.querySelectorAll('#chosen button')[2].click()")
    answer(tab, "document.querySelectorAll('#chosen button')[1].click()")


def test_thin_cells_are_refused(tab: Tab) -> None:
    choose(tab, "role", "analytics_engineer")
    choose(tab, "family", "job_board")
    choose(tab, "period", "3")
    rows = tab.run("[...document.querySelectorAll('#rows tr')].map((r) => [...r.cells].map((c) => c.textContent))")
    assert "withheld" in summary(tab)
    assert not re.search(r"\d%", summary(tab))
    assert all(row[2] == "withheld" and row[5] == "–" for row in rows)


def test_both_charts_and_both_languages_are_drawn_without_complaint(tab: Tab) -> None:
    for by in ("role", "year"):
        answer(tab, f"document.querySelector('input[value={by}]').click()")
        assert tab.run(f"document.querySelectorAll('#chart-{by} svg path').length") > 10
    answer(tab, "document.querySelector('[data-set-lang=ko]').click()")
    assert "회사" in summary(tab)
    assert tab.run("document.documentElement.lang") == "ko"
    assert tab.run("document.querySelector('#chart-year svg').getAttribute('aria-label')").startswith("Apache Airflow")
    answer(tab, "document.getElementById('theme').click()")
    assert tab.run("getComputedStyle(document.documentElement).backgroundColor") != "rgb(255, 255, 255)"
    answer(tab, "document.querySelector('[data-set-lang=en]').click()")
    answer(tab, "document.getElementById('theme').click()")
    assert tab.complaints == []
    assert tab.run("performance.getEntriesByType('resource').map((e) => e.name)") == []


def test_a_selection_is_answered_within_200_ms(tab: Tab) -> None:
    taken = sorted(choose(tab, "level", level) for level in ("required", "preferred", "mentioned", "any") * 3)
    assert taken[len(taken) // 2] < 200


def test_the_keyboard_reaches_every_control_in_order(tab: Tab) -> None:
    tab.run("document.activeElement.blur(); document.body.tabIndex = -1; document.body.focus()")
    seen = []
    for _ in range(40):
        tab.press("Tab", windowsVirtualKeyCode=9)
        seen.append(tab.run("document.activeElement.id || document.activeElement.className || 'x'"))
    controls = ["skip", "theme", "tool", "add", "level", "role", "family", "period", "csv", "png", "svg"]
    assert [name for name in seen if name in controls][: len(controls)] == controls
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert tab.run(outline) != "none"


def test_charts_can_be_saved(tab: Tab) -> None:
    script = """(async () => { const saved = []; const click = HTMLAnchorElement.prototype.click;
      HTMLAnchorElement.prototype.click = function () { saved.push([this.download, this.href.slice(0, 5)]); };
      for (const id of ["csv", "png", "svg"]) document.getElementById(id).click();
      await new Promise((go) => setTimeout(go, 1500));
      HTMLAnchorElement.prototype.click = click; return saved; })()"""
    saved = dict(tab.run(script))
    stem = "airflow-demand_airflow_any_all_all_2020-2024"
    assert set(saved) == {f"{stem}.csv", f"{stem}.png", f"{stem}.svg"}
    assert set(saved.values()) <= {"blob:", "data:"}


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
def test_nothing_sticks_out_from_phone_to_projector(
    with_explorer: Path, tmp_path: Path, width: int, height: int
) -> None:
    assert CHROMIUM
    with browsing(CHROMIUM, tmp_path / "profile") as tab:
        for name in ("quality.html", "report.html"):
            tab.open(with_explorer / name, width, height, "#lang=ko&theme=dark")
            assert tab.run("document.documentElement.scrollWidth") <= width
            assert tab.complaints == []


def test_figures_are_printed_whole(tab: Tab) -> None:
    tab.call("Emulation.setEmulatedMedia", media="print")
    width = round((A4[0] - 2 * MARGIN) * PX_PER_MM)
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
    boxes: Any = tab.run(
        "[...document.querySelectorAll('figure')].filter((f) => f.offsetParent)"
        ".map((f) => [f.offsetHeight, getComputedStyle(f).breakInside, f.scrollWidth])"
    )
    assert boxes
    for height, rule, wide in boxes:
        assert height <= (A4[1] - 2 * MARGIN) * PX_PER_MM
        assert rule == "avoid"
        assert wide <= width
    printed = tab.print_pdf()
    assert printed.startswith(b"%PDF")
    assert json.dumps([float(x) for x in re.findall(rb"/MediaBox \[0 0 ([\d.]+)", printed)[:1]]) != "[]"

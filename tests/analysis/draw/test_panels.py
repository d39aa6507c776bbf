"""Figures 4.8 and 4.9: small charts on one scale, their lines the rates, their words beside or above them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from analysis.draw.fig_4_8 import TOOLS
from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from analysis.draw.style import THEMES
from analysis.fact import DATA_ROLES
from tests.analysis.draw.extremes.fig_4_8 import make_tools
from tests.analysis.draw.extremes.fig_4_9 import make_levels

FIRST, SECOND = [0.03, 0.05, 0.03, 0.04, 0.06], [0.01, 0.012, 0.02, 0.015, 0.01]


def painted(name: str, data: FigureData, lang: str = "en", **options: Any) -> Figure:
    with drawing():
        fig = Figure()
        figures()[name].paint(fig, data, labels_for(lang), Options(**options))
        return fig


def lines(fig: Figure, color: str) -> list[list[float]]:
    found = [line for ax in fig.axes for line in ax.lines if to_hex(line.get_color()) == color.lower()]
    return [ys.tolist() for line in found if (ys := np.asarray(line.get_ydata(), float)).size == 5]


def texts(fig: Figure) -> list[str]:
    return [t.get_text() for t in fig.texts]


def test_tools_stand_on_one_scale_with_the_first_behind_the_others() -> None:
    fig = painted("fig_4_8", make_tools([FIRST, SECOND]))
    assert {ax.get_ylim() for ax in fig.axes} == {(0, 0.08)}
    assert lines(fig, THEMES["light"].held) == [FIRST, SECOND] * 5
    assert lines(fig, THEMES["light"].ghost) == [FIRST] * (len(TOOLS) - 1)


def test_tools_carry_their_last_rate_and_their_own_highest() -> None:
    shown = texts(painted("fig_4_8", make_tools([FIRST, SECOND], wide=0.01)))
    assert shown.count("6.0%") == shown.count("1.0%") == 5
    assert shown.count("max 6.0% (5.0–7.0)") == shown.count("max 2.0% (1.0–3.0)") == 5
    narrow = texts(painted("fig_4_8", make_tools([FIRST, SECOND]), "ko", size="half"))
    assert narrow.count("2024년 6.0%") == 5
    assert "6.0%" not in narrow


def test_a_tool_that_is_withheld_stands_alone() -> None:
    flags = {("luigi", y): "withheld" for y in range(2020, 2025)}
    fig = painted("fig_4_8", make_tools([FIRST], flags=flags))
    assert texts(fig).count("too few") == 1
    assert len(lines(fig, THEMES["light"].ghost)) == len(TOOLS) - 2


@pytest.mark.parametrize(("lang", "said"), [("ko", "2024년에 Airflow 6.0% (4.0–8.0)"), ("en", "In 2024: Airflow 6.0%")])
def test_the_alt_text_lists_the_tools_by_their_last_rate(lang: str, said: str) -> None:
    alt = figures()["fig_4_8"].words(make_tools([FIRST, SECOND]), labels_for(lang), Options()).alt
    assert said in alt
    assert alt.index("Luigi") > alt.index("Dagster")


def test_tools_are_counted_on_the_same_postings(facts: pa.Table) -> None:
    data = figures()["fig_4_8"].data(facts, Options())
    assert data.frame.groupby("year")["n"].nunique().tolist() == [1] * 5
    assert data.frame["skill"].unique().tolist() == list(TOOLS)


def test_both_levels_are_drawn_for_every_role() -> None:
    fig = painted("fig_4_9", make_levels(FIRST, SECOND))
    assert lines(fig, THEMES["light"].required) == [FIRST] * (1 + len(DATA_ROLES))
    assert lines(fig, THEMES["light"].preferred) == [SECOND] * (1 + len(DATA_ROLES))
    assert len({ax.get_ylim() for ax in fig.axes}) == 1


def test_lines_are_named_where_there_is_room_and_told_by_marks_where_not() -> None:
    wide = texts(painted("fig_4_9", make_levels(FIRST, SECOND)))
    assert wide.count("required 6.0%") == wide.count("preferred 1.0%") == 6
    narrow = painted("fig_4_9", make_levels(FIRST, SECOND), size="half")
    assert texts(narrow).count("6.0%") == 6
    assert any("● required" in t for t in texts(narrow))


def test_a_role_without_any_line_says_so_once() -> None:
    flags = {(level, "analytics_engineer"): "withheld" for level in ("required", "preferred")}
    fig = painted("fig_4_9", make_levels(FIRST, SECOND, flags=flags))
    assert [t for t in texts(fig) if "too few" in t] == ["too few"]


def test_the_notes_say_why_a_role_has_no_line() -> None:
    spec, labels = figures()["fig_4_9"], labels_for("en")
    flags = {("required", "bi_analyst"): "withheld;low cover"}
    thin = spec.words(make_levels(FIRST, SECOND, flags=flags, covered=0.3), labels, Options()).notes
    empty = spec.words(make_levels(FIRST, SECOND, flags=flags, covered=0.0), labels, Options()).notes
    assert labels.say("low_cover") in thin
    assert labels.say("no_cell") in empty
    assert labels.say("low_cover") not in empty


@pytest.mark.parametrize(("lang", "said"), [("ko", "필수는 2020년 3.0%"), ("en", "it was required in 3.0%")])
def test_the_alt_text_gives_both_levels(lang: str, said: str) -> None:
    assert said in figures()["fig_4_9"].words(make_levels(FIRST, SECOND), labels_for(lang), Options()).alt


def test_levels_are_parts_of_the_postings_counted(facts: pa.Table) -> None:
    frame = figures()["fig_4_9"].data(facts, Options()).frame
    counts = frame.pivot_table(index=["role", "year"], columns="series", values="k", aggfunc="sum")
    assert (counts["required"] + counts["preferred"] <= counts["raw"]).all()
    assert counts["required"].sum() > 0

"""Figure 4.7: bars start where the one before ended, and whiskers are the intervals of the steps."""

import math

import numpy as np
import pyarrow as pa
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from analysis.measure.change import PARTS
from tests.analysis.draw.extremes.fig_4_7 import make_change, make_none

SPEC = figures()["fig_4_7"]


def painted(data: FigureData, lang: str = "en", **options: object) -> Figure:
    with drawing():
        fig = Figure()
        SPEC.paint(fig, data, labels_for(lang), Options(**options))  # type: ignore[arg-type]
        return fig


def spans(fig: Figure) -> list[tuple[float, float]]:
    shapes = [p for p in fig.axes[0].patches if isinstance(p, Rectangle) and p.get_hatch() is None]
    return [(round(100 * p.get_x(), 6), round(100 * (p.get_x() + p.get_width()), 6)) for p in shapes]


def texts(fig: Figure) -> list[str]:
    return [t.get_text() for t in fig.texts]


def test_bars_lead_from_the_first_rate_to_the_last() -> None:
    fig = painted(make_change(6.0, -9.0, 5.0, -2.0, 1.0))
    assert spans(fig) == [(0, 6), (-3, 6), (-3, 2), (0, 2), (0, 1), (0, 1)]
    assert fig.axes[0].get_xlim()[0] <= -0.03


def test_whiskers_are_the_intervals_where_the_steps_end() -> None:
    fig = painted(make_change(2.0, 3.0, 1.0, 0.0, 0.0, wide=0.5))
    lines = [s for c in fig.axes[0].collections if isinstance(c, LineCollection) for s in c.get_segments()]
    level = {tuple(np.round(100 * s[:, 0], 6)) for s in lines if s[0][1] == s[1][1]}
    assert level == {(1.5, 2.5), (4.5, 5.5), (5.5, 6.5)}


def test_words_carry_every_value_with_its_interval() -> None:
    shown = texts(painted(make_change(2.0, 3.0, -1.0, 0.0, 0.0, wide=0.5)))
    assert {"2.0%", "(1.5–2.5)", "+3.0 pts", "(2.5–3.5)", "−1.0 pts", "(−1.5 to −0.5)", "4.0%"} <= set(shown)
    ko = texts(painted(make_change(2.0, 3.0, -1.0, 0.0, 0.0, wide=0.5), "ko"))
    assert {"2020년 단순 비율", "+3.0%p", "(−1.5 ~ −0.5)"} <= set(ko)


def test_withheld_parts_say_so_and_have_no_bar() -> None:
    fig = painted(make_change(2.0, 3.0, 1.0, 0.0, 0.0, flag="withheld;low cover"))
    assert texts(fig).count("withheld") == len(PARTS)
    assert spans(fig) == [(0, 2), (0, 6)]


def test_intervals_that_are_too_narrow_are_told_of() -> None:
    said = "One year has no hit: intervals of the parts are too narrow"
    labels = labels_for("en")
    assert said in SPEC.words(make_change(0.0, 3.0, 1.0, 0.0, 0.0, flag="no hits"), labels, Options()).notes
    assert said not in SPEC.words(make_change(2.0, 3.0, 1.0, 0.0, 0.0), labels, Options()).notes


def test_the_years_between_are_not_told_as_counted() -> None:
    for lang, said, other in (
        ("en", "Posted 2020 and 2024", "Posted 2020–2024"),
        ("ko", "2020년과 2024년 게시", "2020–2024년 게시"),
    ):
        notes = SPEC.words(make_change(2.0, 3.0, 1.0, 0.0, 0.0), labels_for(lang), Options()).notes
        assert said in notes
        assert other not in notes


def test_two_years_are_needed() -> None:
    fig = painted(make_none(), years=(2022, 2022))
    assert "No two years can be compared: too few postings" in texts(fig)
    assert fig.axes == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_alt_text_says_every_part(lang: str) -> None:
    words = SPEC.words(make_change(2.0, 3.0, -1.0, 0.3, 0.0), labels_for(lang), Options())
    for said in ("2.0% (1.6–2.4)", "4.3% (3.9–4.7)", "+3.0", "−1.0", "+0.3"):
        assert said in words.alt
    assert not any(said in words.title for said in ("3.0", "rose", "상승"))


def test_counted_parts_add_up(facts: pa.Table) -> None:
    frame = SPEC.data(facts, Options()).frame.set_index("part")
    assert frame["points"][:-1].sum() == pytest.approx(frame["points"]["raw_last"])
    assert frame["start"][list(PARTS)].tolist() == pytest.approx(frame["end"][:-2].tolist())
    assert frame["end"]["not_comparable"] == pytest.approx(frame["end"]["raw_last"])


def test_a_single_year_has_no_bars(facts: pa.Table) -> None:
    data = SPEC.data(facts, Options(years=(2022, 2022)))
    assert data.frame.empty
    assert data.meta["n_postings"] == 360
    assert not math.isnan(data.meta["share_weak_dates"])

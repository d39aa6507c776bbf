"""Figure 4.8b: bars are the postings with the first tool only, both and the other only."""

import numpy as np
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.draw.fig_4_8 import TOOLS
from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from tests.analysis.draw.extremes.fig_4_8b import make_overlaps

SPEC = figures()["fig_4_8b"]
OTHERS = [(10 * i, 100 - i) for i in range(1, 10)]


def painted(data: FigureData, size: str = "slide") -> Figure:
    with drawing():
        fig = Figure()
        SPEC.paint(fig, data, labels_for("en"), Options(size=size))
        return fig


def test_bars_are_the_counts_the_most_frequent_tool_first() -> None:
    fig = painted(make_overlaps(500, OTHERS))
    widths = [p.get_width() for p in fig.axes[0].patches if isinstance(p, Rectangle)]
    assert [tuple(widths[i : i + 3]) for i in range(0, 27, 3)] == [(500 - b, b, o) for b, o in OTHERS[::-1]]
    names = [t.get_text() for t in fig.texts if t.get_text() in TOOLS.values()]
    assert names == list(TOOLS.values())[:0:-1]


def test_the_line_stands_where_all_postings_of_the_first_end() -> None:
    ax = painted(make_overlaps(500, OTHERS)).axes[0]
    dotted = [np.asarray(line.get_xdata()).tolist() for line in ax.lines if line.get_linestyle() != "-"]
    assert dotted == [[500, 500]]


def test_numbers_stand_beside_the_bars_and_shares_where_there_is_room() -> None:
    data = make_overlaps(500, OTHERS, n=1000)
    assert {"410", "90", "91", "18.1% (16.3–19.9)"} <= {t.get_text() for t in painted(data).texts}
    narrow = {t.get_text() for t in painted(data, "half").texts}
    assert {"410", "90", "91"} <= narrow
    assert "18.1% (16.3–19.9)" not in narrow


@pytest.mark.parametrize(
    ("lang", "said"), [("ko", "Data Factory 공고 181건 중 90건"), ("en", "of 181 with Data Factory")]
)
def test_the_alt_text_names_the_most_frequent_other_tool(lang: str, said: str) -> None:
    assert said in SPEC.words(make_overlaps(500, OTHERS), labels_for(lang), Options()).alt


def test_counts_are_of_the_same_postings(facts: pa.Table) -> None:
    frame = SPEC.data(facts, Options()).frame
    assert frame["n"].nunique() == 1
    assert (frame["only_first"] + frame["both"] == frame["k"].iloc[0]).all()
    assert frame["only_other"].tolist() == [0] * len(TOOLS)

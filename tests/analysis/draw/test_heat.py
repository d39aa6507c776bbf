"""Figure 4.12: cells are the counts of job sites, gaps are grey and unnumbered, numbers can be read on every shade."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.heat import contrast, ink_on, shade
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from analysis.draw.style import THEMES
from tests.analysis.draw.extremes.fig_4_12 import MANY, make_presence

SPEC = figures()["fig_4_12"]
COUNTS = {"hackernews": [70, 80, 90, 60, 50], "board_a": [0, 400, 0, 0, 7], "board_b": [100, 0, 0, 0, 0]}


def painted(data: FigureData, lang: str = "en", **options: object) -> Figure:
    with drawing():
        fig = Figure()
        SPEC.paint(fig, data, labels_for(lang), Options(**options))  # type: ignore[arg-type]
        return fig


def texts(fig: Figure) -> list[str]:
    return [t.get_text() for t in fig.texts]


def faces(fig: Figure) -> list[str]:
    shapes = [p for p in fig.axes[0].patches if isinstance(p, Rectangle) and p.get_height() == 1]
    return [to_hex(p.get_facecolor()) for p in shapes]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_gaps_are_grey_and_larger_counts_stand_out_more(theme: str) -> None:
    found = faces(painted(make_presence(COUNTS), theme=theme))
    grid, paper = THEMES[theme].grid.lower(), to_rgb(THEMES[theme].paper)
    assert [face == grid for face in found] == [n == 0 for line in sorted(COUNTS.values(), key=sum)[::-1] for n in line]
    numbered = {n: contrast(shade(THEMES[theme], n, 400), paper) for n in (7, 50, 100, 400)}
    assert list(numbered.values()) == sorted(numbered.values())


def test_cells_totals_and_shares_are_numbered() -> None:
    shown = texts(painted(make_presence(COUNTS, share=0.25)))
    assert {"Hacker News", "board_a", "70", "400", "7", "170", "480", "All", "2024"} <= set(shown)
    assert shown.count("25%") == 5
    assert "0" not in shown


def test_sources_of_one_site_are_one_row() -> None:
    sites = {"board_a": "Big Board", "board_b": "Big Board"}
    shown = texts(painted(make_presence(COUNTS, sites=sites)))
    assert "Big Board" in shown
    assert not {"board_a", "board_b"} & set(shown)
    assert len(faces(painted(make_presence(COUNTS, sites=sites)))) == 10


def test_small_sites_share_a_row_that_says_how_many() -> None:
    shown = texts(painted(make_presence(MANY)))
    assert "19 more sites" in shown
    total = [sum(line[i] for line in MANY.values()) for i in range(5)]
    assert {f"{n:,}" for n in total} <= set(shown)
    rest = sorted(MANY.values(), key=sum)[:19]
    assert f"{sum(line[0] for line in rest):,}" in shown


def test_a_share_that_is_withheld_says_so() -> None:
    assert texts(painted(make_presence({"a": [12, 40, 50, 60, 70]}))).count("too few") == 1


@pytest.mark.parametrize("theme", THEMES)
@given(n=st.integers(1, 10_000), peak=st.integers(1, 10_000))
def test_numbers_can_be_read_on_every_shade(theme: str, n: int, peak: int) -> None:
    ground = shade(THEMES[theme], min(n, peak), peak)
    assert contrast(to_rgb(ink_on(ground)), ground) >= 4.5


def test_contrast_by_hand() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((1, 1, 1), (1, 1, 1)) == 1


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ko", "가장 많은 board_a 공고가 전체의 47%이고, 한 해도 빠지지 않은 곳은 Hacker News"),
        ("en", "Most, 47% of all, come from board_a"),
    ],
)
def test_the_alt_text_names_the_largest_and_those_without_gaps(lang: str, said: str) -> None:
    assert said in SPEC.words(make_presence(COUNTS), labels_for(lang), Options()).alt


def test_no_interval_is_spoken_of() -> None:
    for lang in ("ko", "en"):
        labels = labels_for(lang)
        assert labels.say("interval_method") not in SPEC.words(make_presence(COUNTS), labels, Options()).notes


def test_rows_are_what_is_counted(facts: pa.Table) -> None:
    frame = SPEC.data(facts, Options()).frame
    assert frame[frame["source"] == "all"]["n"].tolist() == [360] * 5
    assert frame[frame["source"] != "all"]["n"].sum() == 1800

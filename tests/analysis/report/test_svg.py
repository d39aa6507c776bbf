"""Slim figures: letters shared, ids their own, words for those who cannot see them."""

import re

import matplotlib.pyplot as plt
import pytest

from analysis.draw.fonts import drawing
from analysis.draw.style import THEMES
from analysis.report.svg import Glyphs, shades, slim


def paint(words: str) -> bytes:
    import io

    with drawing():
        fig, ax = plt.subplots()
        ax.set_title(words)
        ax.fill_between([0, 1], [0, 1], [1, 2], color=THEMES["light"].band)
        ax.bar([0, 1], [1, 2], hatch="//", color="#123456")
        buffer = io.BytesIO()
        fig.savefig(buffer, format="svg")
        plt.close(fig)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def two() -> tuple[str, str, Glyphs]:
    glyphs = Glyphs()
    first = slim(paint("에어플로우 AA"), "a", "Title <1>", 'Alt "one"', glyphs)
    return first, slim(paint("에어플로우 BB"), "b", "Two", "Alt two", glyphs), glyphs


def test_every_reference_has_its_target_and_every_id_is_there_once(two: tuple[str, str, Glyphs]) -> None:
    first, second, glyphs = two
    page = first + second + glyphs.to_html()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)
    assert {a or b for a, b in targets} <= set(ids)
    assert any(b.startswith("a-") for _, b in targets), "the hatch and the clip are gone"


def test_letters_are_kept_once(two: tuple[str, str, Glyphs]) -> None:
    first, second, _ = two
    used = [set(re.findall(r'href="#(g[0-9a-f]+)"', svg)) for svg in (first, second)]
    assert used[0] & used[1]
    assert "scale(0.015625)" not in first + second


def test_a_figure_has_a_name_and_a_description(two: tuple[str, str, Glyphs]) -> None:
    first = two[0]
    assert 'role="img" aria-labelledby="a-t" aria-describedby="a-d"' in first
    assert '<title id="a-t">Title &lt;1&gt;</title>' in first
    assert "xlink" not in first


def test_theme_colours_become_variables_and_others_stay(two: tuple[str, str, Glyphs]) -> None:
    first = two[0]
    assert f"var(--c{THEMES['light'].band[1:].lower()})" in first
    assert "#123456" in first


def test_the_scale_of_letters_is_not_rounded(two: tuple[str, str, Glyphs]) -> None:
    scales = [float(s) for s in re.findall(r"scale\(([\d.]+) -", two[0])]
    assert scales
    assert all(s == pytest.approx(round(s, 4)) and s < 0.2 for s in scales)


def test_each_light_colour_has_a_dark_one() -> None:
    assert set(shades("dark")) == set(shades("light"))
    assert shades("dark")["#ffffff"] == THEMES["dark"].paper.lower()


def test_marked_words_stay_dark_on_their_bright_box() -> None:
    found = shades("dark")
    box, word = found[THEMES["light"].mark.lower()], found[THEMES["light"].on_mark.lower()]
    assert (box, word) == (THEMES["dark"].mark.lower(), THEMES["dark"].on_mark.lower())

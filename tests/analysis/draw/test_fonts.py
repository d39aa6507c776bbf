"""Fonts: Korean is drawn with real glyphs, and a reader's own matplotlib is left as it was."""

import logging
import sys
from typing import Any

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.draw.fonts import drawing, font_files
from analysis.draw.style import DrawError


def draw(words: str, weight: str = "normal") -> None:
    fig = Figure(figsize=(6, 1))
    fig.text(0.05, 0.5, words, fontweight=weight)
    canvas: Any = FigureCanvasAgg(fig)
    canvas.draw()


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_every_sign_in_use_has_a_glyph(weight: str) -> None:
    with drawing():
        draw("똠방각하 한국어 2020–2024 직무·출처 −0.4 ’20 < > % ○ ABC", weight)


def test_a_missing_glyph_fails() -> None:
    with pytest.raises(DrawError, match="no glyph"), drawing():
        draw("\N{EGYPTIAN HIEROGLYPH A001}")


def test_settings_and_loggers_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    levels = [logging.getLogger(n).level for n in ("matplotlib.font_manager", "fontTools.subset")]
    with drawing():
        assert matplotlib.rcParams["font.family"] == ["NanumGothic", "DejaVu Sans"]
        draw("가")
    assert dict(matplotlib.rcParams) == before
    assert [logging.getLogger(n).level for n in ("matplotlib.font_manager", "fontTools.subset")] == levels


def test_a_readers_settings_do_not_reach_the_figure() -> None:
    with matplotlib.rc_context({"axes.grid": True, "font.size": 40, "text.usetex": True}), drawing():
        assert not matplotlib.rcParams["text.usetex"]
        assert matplotlib.rcParams["font.size"] == 10


def test_the_font_package_is_found_without_importing_it() -> None:
    assert [f.name for f in font_files()] == ["NanumGothic.ttf", "NanumGothicBold.ttf"]
    assert "koreanize_matplotlib" not in sys.modules


def test_a_missing_font_says_what_to_install() -> None:
    with pytest.raises(DrawError, match="install koreanize-matplotlib"):
        font_files("no_such_font_package")

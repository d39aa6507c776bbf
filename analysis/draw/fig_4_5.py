"""Figure 4.5: an excerpt of a posting whose level is: mentioned."""

from typing import Final

from analysis.draw.cards import card
from analysis.draw.spec import FigureSpec

FIGURE: Final[FigureSpec] = card("fig_4_5", "mentioned")

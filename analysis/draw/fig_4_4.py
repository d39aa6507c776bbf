"""Figure 4.4: an excerpt of a posting whose level is: preferred."""

from typing import Final

from analysis.draw.cards import card
from analysis.draw.spec import FigureSpec

FIGURE: Final[FigureSpec] = card("fig_4_4", "preferred")

"""Figure 4.3: an excerpt of a posting whose level is: required."""

from typing import Final

from analysis.draw.cards import card
from analysis.draw.spec import FigureSpec

FIGURE: Final[FigureSpec] = card("fig_4_3", "required")

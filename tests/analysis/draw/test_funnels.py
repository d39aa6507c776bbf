"""Figure 4.13: what is outside the limits has its name beside it."""

import pytest
from matplotlib.figure import Figure

from analysis.draw.figure import figures
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.options import Options
from tests.analysis.draw.extremes.fig_4_13 import case

SIZES = [35, 47, 74, 134, 161, 184, 206, 244, 446, 501, 514, 553, 594, 661, 696, 706, 929, 3724, 4525, 9422]
SHARES = [
    0.0571,
    0.0638,
    0.0405,
    0.0149,
    0.0683,
    0.0,
    0.0146,
    0.0533,
    0.0695,
    0.0359,
    0.0136,
    0.0307,
    0.0337,
    0.1301,
    0.0187,
    0.0822,
    0.0484,
    0.0244,
    0.0223,
    0.0365,
]
"""Those of the bundled snapshot, two large sources close together below the limits."""


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_source_outside_the_limits_is_named(lang: str) -> None:
    data, _ = case(SIZES, SHARES, 0.0358)
    with drawing():
        fig = Figure()
        figures()["fig_4_13"].paint(fig, data, labels_for(lang), Options())
    named = [text.get_text() for text in fig.texts if "(US " in text.get_text()]
    assert len(named) == data.meta["n_outside"]["998"] == 5

"""Panels: small charts by year on one y scale, each with the others in pale behind it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from analysis.draw.labels import Labels
from analysis.draw.lines import YearChart, end_labels, paint_years, tick_width, width_of
from analysis.draw.page import Box, Page

N_COLUMNS = 3


def paint_panels(page: Page, room: Box, panels: Sequence[tuple[str, YearChart]], labels: Labels) -> None:
    """Fill the room with named charts, row by row; the first column carries the scale of its row."""
    points = page.size.small
    ends = [end_labels(page, chart, labels, room.width / 8, is_named=False) for _, chart in panels]
    left = max(tick_width(page, chart) for _, chart in panels)
    right = max(width_of(page, e, panels[0][1]) for e in ends)
    width = (room.width - left) / N_COLUMNS
    height = (room.height + points) / math.ceil(len(panels) / N_COLUMNS)
    for i, ((name, chart), at_end) in enumerate(zip(panels, ends, strict=True)):
        row, column = divmod(i, N_COLUMNS)
        x, top = room.left + left + column * width, room.top - row * height
        words = page.wrap(name, points, width - points, "bold")
        page.text(x, top, words, points, page.theme.ink, weight="bold", va="top")
        below = top - page.measure(words, points, "bold")[1] - 0.9 * points
        box = Box(x, top - height + points, x + width - right, below)
        paint_years(page, box, replace(chart, has_scale=column == 0), at_end, labels)

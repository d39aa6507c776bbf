"""Panels: small charts by year on one y scale, each with the others in pale behind it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from analysis.draw.labels import Labels
from analysis.draw.lines import YearChart, YearRow, end_labels, paint_years, tick_width, width_of
from analysis.draw.page import Box, Page

N_COLUMNS = 3


def paint_panels(page: Page, room: Box, panels: Sequence[tuple[str, YearChart]], labels: Labels) -> None:
    """Fill the room with named charts, row by row; the first column carries the scale, the lowest row the years."""
    points = page.size.small
    left = max(tick_width(page, chart) for _, chart in panels)
    width = (room.width - left) / N_COLUMNS
    ends = [end_labels(page, chart, labels, width - points, is_named=False) for _, chart in panels]
    right = max(width_of(page, e, chart) for e, (_, chart) in zip(ends, panels, strict=True))
    names = [page.wrap(name, points, width - points, "bold") for name, _ in panels]
    # One height for all names: a descender would otherwise move the panel below it.
    name_height = max(page.measure(name, points, "bold")[1] for name in names) + 0.6 * points
    years_height = YearRow({}, points, "").height
    pitch = (room.height + points - years_height) / math.ceil(len(panels) / N_COLUMNS)
    for i, (name, (_, chart), at_end) in enumerate(zip(names, panels, ends, strict=True)):
        row, column = divmod(i, N_COLUMNS)
        x, top = room.left + left + column * width, room.top - row * pitch
        has_years = i + N_COLUMNS >= len(panels)
        page.text(x, top, name, points, page.theme.ink, weight="bold", va="top")
        bottom = top - pitch + points - has_years * years_height
        box = Box(x, bottom, x + width - right, top - name_height)
        paint_years(page, box, replace(chart, has_scale=column == 0, has_years=has_years), at_end, labels)

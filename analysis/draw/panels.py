"""Panels: small charts by year on one y scale, each under its name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.draw.labels import Labels
from analysis.draw.lines import EndLabel, YearChart, YearRow, end_labels, paint_years, tick_width, width_of
from analysis.draw.page import Box, Page

N_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How panels are laid out: columns, remarks under the names, and what the ends of lines carry.

    `named_part` is the part of a panel's width for the names of its lines; where they do not fit in one line, the ends
    carry values alone. Remarks that do not fit in one line are left out.
    """

    n_columns: int = N_COLUMNS
    remarks: Sequence[str] = ()
    named_part: float = 0.0
    has_ends: bool = True


def paint_panels(
    page: Page, room: Box, panels: Sequence[tuple[str, YearChart]], labels: Labels, layout: Layout | None = None
) -> None:
    """Fill the room with named charts, row by row; the first column carries the scale, the lowest row the years."""
    layout, points = layout or Layout(), page.size.small
    left = max(tick_width(page, chart) for _, chart in panels)
    width = (room.width - left) / layout.n_columns
    ends = [_fit_ends(page, chart, labels, width, layout) for _, chart in panels]
    right = max(width_of(page, e, chart) for e, (_, chart) in zip(ends, panels, strict=True))
    names = [page.wrap(name, points, width - points, "bold") for name, _ in panels]
    is_fitting = all(page.measure(words, page.size.foot)[0] <= width - points for words in layout.remarks)
    remarks = layout.remarks if is_fitting else ()
    # One height for all heads: a descender would otherwise move the panel below it.
    name_height = max(page.measure(name, points, "bold")[1] for name in names) + 0.6 * points
    remark_height = max((page.measure(r, page.size.foot)[1] + 0.3 * points for r in remarks), default=0.0)
    years_height = YearRow({}, points, "").height
    pitch = (room.height + points - years_height) / math.ceil(len(panels) / layout.n_columns)
    for i, (name, (_, chart), at_end) in enumerate(zip(names, panels, ends, strict=True)):
        row, column = divmod(i, layout.n_columns)
        x, top = room.left + left + column * width, room.top - row * pitch
        has_years = i + layout.n_columns >= len(panels)
        page.text(x, top, name, points, page.theme.ink, weight="bold", va="top")
        if remarks:
            under = top - page.measure(name, points, "bold")[1] - 0.3 * points
            page.text(x, under, remarks[i], page.size.foot, page.theme.muted, va="top")
        bottom = top - pitch + points - has_years * years_height
        box = Box(x, bottom, x + width - right, top - name_height - remark_height)
        paint_years(page, box, replace(chart, has_scale=column == 0, has_years=has_years), at_end, labels)


def _fit_ends(page: Page, chart: YearChart, labels: Labels, width: float, layout: Layout) -> list[EndLabel]:
    limit = width - page.size.small
    named, bare = (end_labels(page, chart, labels, limit, is_named) for is_named in (True, False))
    if not layout.has_ends:
        return [e for e in bare if e.is_inside]
    is_fitting = all("\n" not in e.words for e in named) and width_of(page, named, chart) <= layout.named_part * width
    return named if is_fitting else bare

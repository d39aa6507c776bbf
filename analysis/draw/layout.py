"""Layout: keeps texts inside the page and apart from each other, and checks that they are."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, BboxBase

SLACK = 1.0
"""Pixels that two texts may share: a text's box is larger than its ink."""


def spread(centers: Sequence[float], extents: Sequence[float], low: float, high: float) -> list[float]:
    """Return new centers so that boxes of these extents, in any one unit, do not overlap within low..high.

    Least squares moves by pooling adjacent violators; order is kept. Boxes that cannot all fit start at `low`.
    """
    order = sorted(range(len(centers)), key=lambda i: centers[i])
    starts: list[float] = []
    run = 0.0
    for i in order:
        starts.append(run)
        run += extents[i]
    blocks: list[list[float]] = []
    for i, start in zip(order, starts, strict=True):
        blocks.append([centers[i] - extents[i] / 2 - start, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [[(a * n + b * m) / (n + m), n + m]]
    shifts = [shift for shift, n in blocks for _ in range(int(n))]
    result = [0.0] * len(centers)
    for i, start, shift in zip(order, starts, shifts, strict=True):
        result[i] = max(low, min(shift, high - run)) + start + extents[i] / 2
    return result


def check_layout(fig: Figure) -> list[str]:
    """Return what is wrong with the drawn texts of a figure: leaving the canvas, overlapping over a pixel."""
    canvas: Any = FigureCanvasAgg(fig)
    fig.draw_without_rendering()
    boxes = [(t.get_text(), t.get_window_extent(canvas.get_renderer())) for t in _texts(fig)]
    page = fig.bbox
    problems = [f"{s!r} leaves the canvas" for s, box in boxes if not _is_inside(box, page)]
    problems += [
        f"{a!r} overlaps {b!r}" for (a, first), (b, second) in combinations(boxes, 2) if _overlaps(first, second)
    ]
    return problems


def _texts(fig: Figure) -> list[Text]:
    found = (artist for artist in fig.findobj(Text) if isinstance(artist, Text))
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _is_inside(box: Bbox, page: BboxBase) -> bool:
    return bool(box.x0 >= page.x0 and box.y0 >= page.y0 and box.x1 <= page.x1 and box.y1 <= page.y1)


def _overlaps(a: Bbox, b: Bbox) -> bool:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    return bool(width > SLACK and height > SLACK)

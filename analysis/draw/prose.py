"""Prose: lines of text set word by word, with marked names in boxes that are as wide as what is in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from analysis.draw.page import Box, Page
from analysis.quoting import Line

PITCH: Final = 1.55
"""From one row to the next, in letter sizes; the gaps between lines come on top."""
_GAP: Final = 0.35
_WIDEST_GAP: Final = 1.0
_STEP: Final = 0.96
_PAD: Final = 0.14
_INDENT: Final = 0.9
_DOT: Final = 0.2
_PLAIN: Final = -1


class Run(NamedTuple):
    """Letters of one row that are drawn together; `mark` numbers the name they belong to, or is _PLAIN."""

    text: str
    mark: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A heading, which may be empty, and the lines below it."""

    heading: str
    lines: tuple[Line, ...]


class Setting(NamedTuple):
    """How a text is set: letter size in points, rows of the heading, rows of each line, and their height."""

    points: float
    heading: list[str]
    rows: list[list[list[Run]]]

    @property
    def n_gaps(self) -> int:
        return len(self.rows) + bool(self.heading) - 1

    @property
    def height(self) -> float:
        n_rows = len(self.heading) + sum(map(len, self.rows))
        return self.points * (PITCH * n_rows + _GAP * self.n_gaps)


def fitting(page: Page, room: Box, prose: Prose, largest: float) -> Setting:
    """Return the setting in the largest letters that fit the room, from `largest` points down to the page's small."""
    points = largest
    setting = _set(page, room.width, prose, points)
    while setting.height > room.height and points > page.size.foot:
        points = max(points * _STEP, page.size.foot)
        setting = _set(page, room.width, prose, points)
    return setting


def paint_prose(page: Page, room: Box, setting: Setting, prose: Prose) -> None:
    """Write a text that was set for this room; what room is left widens the gaps between its lines."""
    points = setting.points
    spare = max(room.height - setting.height, 0)
    widened = min(spare / max(setting.n_gaps, 1), (_WIDEST_GAP - _GAP) * points) if setting.n_gaps else 0
    gap = _GAP * points + widened
    y = room.top - (spare - widened * setting.n_gaps) / 3
    for words in setting.heading:
        page.text(room.left, y - points, words, points, page.theme.held, weight="bold", va="baseline")
        y -= PITCH * points
    y -= gap if setting.heading else 0
    for line, rows in zip(prose.lines, setting.rows, strict=True):
        if line.is_bullet:
            left, middle = room.left + _DOT * points, y - 0.65 * points
            dot = Box(left, middle - _DOT / 2 * points, left + _DOT * points, middle + _DOT / 2 * points)
            page.fill(dot, page.theme.muted)
        x = room.left + _indent(prose) * points
        for row in rows:
            _paint_row(page, x, y - points, row, points)
            y -= PITCH * points
        y -= gap


def _indent(prose: Prose) -> float:
    return _INDENT if any(line.is_bullet for line in prose.lines) else 0


def _set(page: Page, width: float, prose: Prose, points: float) -> Setting:
    heading = page.wrap(prose.heading, points, width, "bold").split("\n") if prose.heading else []
    limit = width - _indent(prose) * points
    return Setting(points, heading, [list(_rows(page, line, limit, points)) for line in prose.lines])


def _rows(page: Page, line: Line, limit: float, points: float) -> Iterator[list[Run]]:
    """Yield the rows of a line; a word that is wider than a row is broken between its letters."""
    row: list[Run] = []
    for word in _words(line):
        if row and _width(page, _joined(row, word, " "), points) > limit:
            yield row
            row = []
        if _width(page, word, points) <= limit:
            row = _joined(row, word, " ")
            continue
        for letter in (Run(c, run.mark) for run in word for c in run.text):
            if row and _width(page, _joined(row, [letter], ""), points) > limit:
                yield row
                row = []
            row = _joined(row, [letter], "")
    if row:
        yield row


def _words(line: Line) -> Iterator[list[Run]]:
    """Yield the words of a line, each as runs of plain and marked letters."""
    marks = [_PLAIN] * len(line.text)
    for number, (start, end) in enumerate(line.spans):
        marks[start:end] = [number] * (end - start)
    word: list[Run] = []
    for letter, mark in zip(line.text, marks, strict=True):
        if letter == " ":
            if word:
                yield word
            word = []
        else:
            word = _joined(word, [Run(letter, mark)], "")
    if word:
        yield word


def _joined(row: Sequence[Run], word: Sequence[Run], joint: str) -> list[Run]:
    """Return a row with a word behind it; letters of one name, or of none, stay one run."""
    if not row or not word:
        return [*row, *word]
    last, first = row[-1], word[0]
    if last.mark == first.mark:
        return [*row[:-1], Run(last.text + joint + first.text, last.mark), *word[1:]]
    if last.mark == _PLAIN:
        return [*row[:-1], Run(last.text + joint, _PLAIN), *word]
    if first.mark == _PLAIN:
        return [*row, Run(joint + first.text, _PLAIN), *word[1:]]
    return [*row, Run(joint, _PLAIN), *word] if joint else [*row, *word]


def _width(page: Page, row: Sequence[Run], points: float) -> float:
    return sum(_advance(page, run, points) for run in row)


def _advance(page: Page, run: Run, points: float) -> float:
    """Return how far a run moves the pen: its ink is narrower by bearings and by spaces at its ends."""
    weight = "normal" if run.mark == _PLAIN else "bold"
    bare = page.measure(f".{run.text}.", points, weight)[0] - page.measure("..", points, weight)[0]
    return bare if run.mark == _PLAIN else bare + 2 * _PAD * points


def _paint_row(page: Page, x: float, y: float, row: Sequence[Run], points: float) -> None:
    for run in row:
        advance = _advance(page, run, points)
        if run.mark == _PLAIN:
            lead = len(run.text) - len(run.text.lstrip())
            start = x + (_advance(page, Run(" " * lead, _PLAIN), points) if lead else 0)
            if run.text.strip():
                page.text(start, y, run.text.strip(), points, page.theme.ink, va="baseline")
        else:
            box = Box(x, y - 0.3 * points, x + advance, y + 0.98 * points)
            page.fill(box, page.theme.mark, page.theme.mark_edge, 0.05 * points)
            page.text(x + _PAD * points, y, run.text, points, page.theme.on_mark, weight="bold", va="baseline")
        x += advance

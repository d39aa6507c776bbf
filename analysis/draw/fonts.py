"""Fonts: finds and registers the Korean font, and gives drawing a clean matplotlib that leaves no trace."""

import importlib.util
import logging
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import matplotlib.style
from matplotlib import font_manager

from analysis.draw.style import RC, DrawError

FILES: Final = ("NanumGothic.ttf", "NanumGothicBold.ttf")
UNKNOWN: Final = "\ufffd"


def font_files(package: str = "koreanize_matplotlib") -> tuple[Path, ...]:
    """Return the font files that the package carries, without importing it.

    Its import fails on Python 3.12 and later and changes rcParams where it works.
    Raises DrawError when the package or one of its files is missing.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise DrawError("the Korean font is missing: install koreanize-matplotlib")
    files = tuple(Path(spec.submodule_search_locations[0], "fonts", name) for name in FILES)
    if absent := [f.name for f in files if not f.is_file()]:
        raise DrawError(f"koreanize-matplotlib carries no {absent[0]}: reinstall it")
    return files


def drawable(text: str) -> str:
    """Return a text of others with a bullet for each sign that the fonts lack, and UNKNOWN for each such letter."""
    known = _characters()
    return "".join(c if c in known else "•" if unicodedata.category(c) == "So" else UNKNOWN for c in text)


@cache
def _characters() -> frozenset[str]:
    fallback = [font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=w)) for w in (400, 700)]
    regular, bold = (
        {chr(code) for f in pair for code in font_manager.get_font(f).get_charmap()}
        for pair in zip(map(str, font_files()), fallback, strict=True)
    )
    return frozenset(regular & bold)


def _register() -> None:
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for file in font_files():
        if str(file) not in known:
            font_manager.fontManager.addfont(str(file))


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with this project's settings alone: a reader's own rcParams neither change the figure nor are changed.

    Raises DrawError when a glyph is missing: a box instead of a letter must fail, not ship.
    """
    _register()
    # NanumGothicBold calls itself weight 600 and carries hinting tables that no PDF keeps: a warning per font and file.
    with (
        _quiet("matplotlib.font_manager", "fontTools.subset"),
        matplotlib.style.context(["default", RC], after_reset=True),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("error", message="Glyph")
        try:
            yield
        except UserWarning as warning:
            raise DrawError(f"a character has no glyph in the fonts: {warning}") from warning

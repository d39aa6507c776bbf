"""Figure: finds the figures of this folder and renders one to bytes."""

import importlib
import io
import pkgutil
import re
from collections.abc import Iterable
from typing import Final

import matplotlib
from matplotlib.figure import Figure

import analysis.draw
from analysis.draw.fonts import drawing
from analysis.draw.labels import labels_for
from analysis.draw.layout import check_layout
from analysis.draw.options import Options
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import DrawError

FORMATS: Final = ("png", "svg", "pdf")


def figures() -> dict[str, FigureSpec]:
    """Return every figure by id, in order of number: the `FIGURE` of each module here named fig_*."""
    found = (m.name for m in pkgutil.iter_modules(analysis.draw.__path__) if m.name.startswith("fig_"))
    names = sorted(found, key=lambda name: ([int(n) for n in re.findall(r"\d+", name)], name))
    specs: list[FigureSpec] = [importlib.import_module(f"analysis.draw.{name}").FIGURE for name in names]
    return {spec.id: spec for spec in specs}


def choose(only: Iterable[str] | None) -> list[FigureSpec]:
    """Return the figures named, or all; raises DrawError for a name that is none."""
    known = figures()
    wanted = list(known) if only is None else list(dict.fromkeys(only))
    if unknown := [name for name in wanted if name not in known]:
        raise DrawError(f"figure {unknown[0]!r} is not one of: {', '.join(known)}")
    return [known[name] for name in wanted]


def render(
    spec: FigureSpec, data: FigureData, lang: str, options: Options, formats: Iterable[str] = FORMATS
) -> tuple[dict[str, bytes], Words, list[str]]:
    """Return the figure's bytes by format, its words, and what is wrong with its layout (nothing, one hopes).

    The same data and options give the same bytes on one machine. Raises DrawError when a glyph is missing.
    """
    labels = labels_for(lang)
    words = spec.words(data, labels, options)
    with drawing(), matplotlib.rc_context({"svg.hashsalt": options.stem(spec.id)}):
        fig = Figure()
        spec.paint(fig, data, labels, options)
        problems = check_layout(fig)
        return {kind: _save(fig, kind, words) for kind in formats}, words, problems


def _save(fig: Figure, kind: str, words: Words) -> bytes:
    # Dates and versions inside a file would make unchanged figures look changed every week.
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Software": None, "Title": words.title, "Description": words.alt},
        "svg": {"Date": None, "Creator": None, "Title": words.title, "Description": words.alt},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": words.title, "Subject": words.alt},
    }
    buffer = io.BytesIO()
    fig.savefig(buffer, format=kind, dpi=fig.dpi, metadata=metadata[kind], facecolor=fig.get_facecolor())
    return buffer.getvalue()

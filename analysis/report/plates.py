"""Plates: every figure as it stands in the page: drawing, alt text and its numbers as a table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd
import pyarrow as pa

from analysis.draw import fig_4_6
from analysis.draw.bundle import complete
from analysis.draw.caption import Provenance
from analysis.draw.caption import table as markdown_table
from analysis.draw.figure import figures, render
from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS, Options
from analysis.draw.spec import FigureData, Words
from analysis.draw.style import DrawError
from analysis.pool import map_in_order
from analysis.report.evidence import Evidence
from analysis.report.markup import details, table
from analysis.report.svg import Glyphs, slim

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plate:
    """A figure ready for the page, by language; `problem` says why there is none to show."""

    id: str
    words: Mapping[str, Words]
    html: Mapping[str, str]
    problem: str = ""

    @property
    def number(self) -> str:
        return self.id.removeprefix("fig_").replace("_", ".")


def plates(
    facts: pa.Table, evidence: Evidence, glyphs: Glyphs, on_progress: Progress, workers: int = 1
) -> Iterator[Plate]:
    """Yield every figure of the folder of figures; one that these facts cannot draw comes with its problem.

    The figure of claims shows the claims of the evidence, where it has any.
    """
    for drawn in map_in_order(_Drawing(facts, evidence.provenance, evidence.claims), iter(figures()), workers):
        on_progress(drawn.id)
        yield Plate(drawn.id, {}, {}, drawn.problem) if drawn.data is None else _plate(drawn, drawn.data, glyphs)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A figure as SVG by language, or why there is none."""

    id: str
    data: FigureData | None = None
    words: Mapping[str, Words] = field(default_factory=dict)
    svg: Mapping[str, bytes] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Drawing:
    facts: pa.Table
    provenance: Provenance
    claims: pd.DataFrame | None

    def __call__(self, id: str) -> _Drawn:
        spec, words, svg = figures()[id], {}, {}
        options = Options().keep(spec.takes)
        try:
            if id == fig_4_6.FIGURE.id and self.claims is not None:
                counted = fig_4_6.arrange(self.facts, self.claims)
            else:
                counted = spec.data(self.facts, options)
            data = complete(spec, counted, self.provenance)
            for lang in LANGS:
                files, words[lang], problems = render(spec, data, lang, options, ("svg",))
                svg[lang] = files["svg"]
                if problems:
                    return _Drawn(id, problem=f"layout ({lang}): {problems[0]}")
        except DrawError as error:
            return _Drawn(id, problem=str(error))
        return _Drawn(id, data, words, svg)


def _plate(drawn: _Drawn, data: FigureData, glyphs: Glyphs) -> Plate:
    html = {}
    for lang, words in drawn.words.items():
        drawing = slim(drawn.svg[lang], f"{drawn.id}-{lang}", words.title, words.alt, glyphs)
        html[lang] = _figure(drawn.id, lang, words, drawing, data)
    return Plate(drawn.id, drawn.words, html)


def _figure(id: str, lang: str, words: Words, drawing: str, data: FigureData) -> str:
    labels = labels_for(lang)
    name = labels.say("figure", number=id.removeprefix("fig_").replace("_", "."))
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in markdown_table(data).splitlines()
    ]
    numbers = details(labels.say("table_head"), table(head, rows, f"{name}. {words.title}"))
    scroll = escape(f"{name}. {words.title}", quote=True)
    return (
        f'<figure id="{id}-{lang}"><h3>{escape(name)}. {escape(words.title)}</h3>'
        f'<div class="drawing" role="group" tabindex="0" aria-label="{scroll}">{drawing}</div>'
        f"<figcaption>{escape(words.finding)}</figcaption>{numbers}</figure>"
    )

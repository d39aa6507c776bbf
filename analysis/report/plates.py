"""Plates: every figure as it stands in the page: drawing, alt text and its numbers as a table."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

import pyarrow as pa

from analysis.draw import fig_4_6
from analysis.draw.caption import table as markdown_table
from analysis.draw.figure import figures, render
from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS, Options
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.draw.style import DrawError
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


def plates(facts: pa.Table, evidence: Evidence, glyphs: Glyphs, on_progress: Progress) -> Iterator[Plate]:
    """Yield every figure of the folder of figures; one that these facts cannot draw comes with its problem.

    The figure of claims shows the claims of the evidence, where it has any.
    """
    for id, spec in sorted(figures().items(), key=lambda item: [int(n) for n in re.findall(r"\d+", item[0])]):
        on_progress(id)
        options = Options().keep(spec.takes)
        try:
            data = _count(spec, facts, options, evidence)
            yield _plate(spec, data, options, glyphs)
        except DrawError as error:
            yield Plate(id, {}, {}, str(error))


def _count(spec: FigureSpec, facts: pa.Table, options: Options, evidence: Evidence) -> FigureData:
    if spec.id == fig_4_6.FIGURE.id and evidence.claims is not None:
        counted = fig_4_6.arrange(facts, evidence.claims)
    else:
        counted = spec.data(facts, options)
    if not counted.meta["n_postings"]:
        raise DrawError("there is no posting of these years to draw")
    about = evidence.provenance
    return FigureData(counted.frame, {**counted.meta, "vintage": about.vintage, "sites": about.sites})


def _plate(spec: FigureSpec, data: FigureData, options: Options, glyphs: Glyphs) -> Plate:
    words, html = {}, {}
    for lang in LANGS:
        files, words[lang], problems = render(spec, data, lang, options, ("svg",))
        if problems:
            raise DrawError(f"layout ({lang}): {problems[0]}")
        drawing = slim(files["svg"], f"{spec.id}-{lang}", words[lang].title, words[lang].alt, glyphs)
        html[lang] = _figure(spec.id, lang, words[lang], drawing, data)
    return Plate(spec.id, words, html)


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
        f"<figcaption>{escape(words.alt)}</figcaption>{numbers}</figure>"
    )

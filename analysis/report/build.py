"""Build: puts the report, its quality page and the presentation's section together and writes them."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final

import pyarrow as pa

from analysis.draw.bundle import write
from analysis.draw.options import LANGS
from analysis.report import explorer, quality, section4, sections
from analysis.report.evidence import Evidence
from analysis.report.frame import fill
from analysis.report.markup import both, page, paragraphs, section
from analysis.report.plates import Plate, plates
from analysis.report.svg import Glyphs
from analysis.report.words import say, texts

Progress = Callable[[str], None]

_CONTROLS: Final = ("level", "role", "family", "period")


def write_report(
    facts: pa.Table, evidence: Evidence, out: Path, on_progress: Progress = lambda _: None, workers: int = 1
) -> list[Path]:
    """Write the files of the report into the folder `out`; return their paths.

    Raises DrawError when a file cannot be written.
    """
    return write(make_report(facts, evidence, on_progress, workers), out)


def make_report(
    facts: pa.Table, evidence: Evidence, on_progress: Progress = lambda _: None, workers: int = 1
) -> dict[str, bytes]:
    """Return report.html, quality.html, section4.ko.md and section4.en.md by name.

    The same facts and evidence give the same bytes on one machine, whatever the number of `workers` that draw. Without
    the extra `page` the report has no explorer and says so.
    """
    glyphs = Glyphs()
    drawn = list(plates(facts, evidence, glyphs, on_progress, workers))
    scripts = ""
    if explorer.is_installed():
        on_progress("explorer")
        scripts = explorer.explorer_scripts(facts)
    on_progress("pages")
    files = {
        "report.html": report_html(evidence, drawn, glyphs, scripts),
        "quality.html": quality.quality_html(evidence),
        **{f"section4.{lang}.md": section4.to_markdown(evidence, drawn, lang) for lang in LANGS},
    }
    return {name: text.encode() for name, text in files.items()}


def report_html(evidence: Evidence, drawn: Sequence[Plate], glyphs: Glyphs, scripts: str) -> str:
    """Return the report as one page that asks for nothing outside itself."""
    opening = both({lang: sections.headline(evidence, lang) + sections.claims(evidence, lang) for lang in LANGS})
    closing = both(
        {
            lang: _figures(drawn, lang)
            + sections.methods(lang)
            + sections.coverage(evidence, lang)
            + sections.accuracy(evidence, lang)
            + sections.cite(evidence, lang)
            for lang in LANGS
        }
    )
    body = opening + (_explorer() if scripts else _no_explorer()) + closing
    return fill("title", body, glyphs.to_html(), scripts)


def _figures(drawn: Sequence[Plate], lang: str) -> str:
    body = "".join(plate.html[lang] for plate in drawn if not plate.problem)
    missing = [f"{plate.number} ({plate.problem})" for plate in drawn if plate.problem]
    if missing:
        body += paragraphs([say(lang, "not_drawn", names="; ".join(missing))])
    return section(f"figures-{lang}", say(lang, "figures"), body)


def _no_explorer() -> str:
    return both({lang: paragraphs([say(lang, "no_explorer")]) for lang in LANGS})


def _explorer() -> str:
    known = {lang: texts("explorer", lang) for lang in LANGS}
    names = {key: both({lang: escape(known[lang][key]) for lang in LANGS}, "span") for key in known["en"]}
    selects = "".join(
        f'<div><label for="{key}">{names[key]}</label><select id="{key}"></select></div>' for key in _CONTROLS
    )
    heading, note = (
        both({lang: escape(say(lang, key)) for lang in LANGS}, "span") for key in ("explorer", "explorer_note")
    )
    no_script = both({lang: paragraphs([say(lang, "no_script")]) for lang in LANGS})
    more = {"heading": heading, "note": note, "selects": selects, "no_script": no_script}
    return page("explorer.html", {**names, **more})

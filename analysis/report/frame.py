"""Frame: what stands around the body of every page: head, style, switches of language and theme."""

from html import escape

from analysis.draw.options import LANGS
from analysis.report.markup import both, page, styles, template, to_json
from analysis.report.words import say


def fill(title: str, body: str, glyphs: str = "", scripts: str = "") -> str:
    """Return a page of this project around its body; `title` is a text of the page by its name."""
    titles = {lang: say(lang, title) for lang in LANGS}
    return page(
        "page.html",
        {
            "title": escape(titles["en"]),
            "styles": styles(),
            "skip": both({lang: escape(say(lang, "skip")) for lang in LANGS}, "span"),
            "dark": both({lang: escape(say(lang, "dark")) for lang in LANGS}, "span"),
            "glyphs": glyphs,
            "body": body + f'<script type="application/json" id="titles">{to_json(titles)}</script>',
            "switches": template("switches.js"),
            "scripts": scripts,
        },
    )

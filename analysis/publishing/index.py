"""Index: the small page that opens a published folder: its number, what changed, and the way to everything else."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS
from analysis.draw.scales import number, percent
from analysis.publishing import changes
from analysis.publishing.difference import Diff
from analysis.publishing.parts import TABLES
from analysis.publishing.stamps import html
from analysis.publishing.vintages import MANIFEST, Published
from analysis.publishing.words import absence, say
from analysis.report.frame import fill
from analysis.report.markup import both, keep_dates, paragraphs, section, table

_KINDS = ("png", "svg", "pdf", "md")


def index_html(
    made: Published, diff: Diff, content: Mapping[str, bytes], data: str | None, missing: Mapping[str, str]
) -> str:
    """Return the page for the files of a vintage by name; `data` is the state of the data, as figures print it."""
    parts = {
        lang: _opening(made, content, data, lang)
        + _changes(diff, lang)
        + _contents(made, content, lang)
        + _figures(content, missing, lang)
        for lang in LANGS
    }
    page = fill("index_title", both(parts))
    return html(page, made, "banner") if made.is_held else page


def _opening(made: Published, content: Mapping[str, bytes], data: str | None, lang: str) -> str:
    row = json.loads(content["rates/overall.json"])[0]
    n = f"{row['n']:,}"
    day = made.as_of or say(lang, "no_day")
    vintage = say(lang, "vintage", vintage=made.vintage, as_of=day, data=data or "–")
    if row["rate"] is None:
        number_of, words = "–", say(lang, "withheld", n=n)
    else:
        span = f"{number(row['low'], 1)}–{number(row['high'], 1)}%"
        number_of, words = percent(row["rate"], 1), say(lang, "lead", span=span, n=n)
    title = {"en": "Apache Airflow in job postings", "ko": "채용 공고 속 Apache Airflow"}[lang]
    return (
        f'<div class="headline"><h1>{escape(title)}</h1><p class="big">{escape(number_of)}</p>'
        f'{paragraphs([words])}<p class="soft">{keep_dates(vintage)}</p></div>'
    )


def _changes(diff: Diff, lang: str) -> str:
    title = say(lang, "changes")
    body = paragraphs(changes.sentences(diff, lang))
    head, rows = changes.table(diff, lang)
    if rows:
        body += table(head, rows, title) + paragraphs([say(lang, "how")] if diff.is_paired else [])
    return section(f"changes-{lang}", title, body)


def _contents(made: Published, content: Mapping[str, bytes], lang: str) -> str:
    lines = [
        f"{_link(name, say(lang, key))}: {escape(say(lang, f'{key}_note'))}"
        for name, key in (
            ("report.html", "report"),
            ("quality.html", "quality"),
            (f"section4.{lang}.md", "section4"),
        )
        if name in content
    ]
    tables = " · ".join(_table(name, lang) for name in TABLES)
    lines.append(f"{escape(say(lang, 'rates'))}, {escape(say(lang, 'rates_note'))}: {tables}")
    lines.append(f"{escape(say(lang, 'changes'))}: {_link('diff.md', 'diff.md')} · {_link('diff.json', 'diff.json')}")
    lines.append(escape(say(lang, "manifest", name="\0")).replace("\0", _link(MANIFEST, MANIFEST)))
    items = "".join(f"<li>{line}</li>" for line in lines)
    left_out = [say(lang, "pdf_left_out", good=made.good)] if made.is_held else []
    return section(f"contents-{lang}", say(lang, "contents"), f"<ul>{items}</ul>{paragraphs(left_out)}")


def _table(name: str, lang: str) -> str:
    links = " ".join(_link(f"rates/{name}.{kind}", kind.upper()) for kind in ("csv", "json"))
    return f"{escape(say(lang, f'table_{name}'))} {links}"


def _figures(content: Mapping[str, bytes], missing: Mapping[str, str], lang: str) -> str:
    title = say(lang, "figures")
    records = [json.loads(content[name]) for name in content if name.endswith(".meta.json")]
    rows = [_figure(record, content, lang) for record in sorted(records, key=_order)]
    head = "".join(
        f'<th scope="col" style="text-align:left">{escape(cell)}</th>' for cell in say(lang, "figures_head").split("|")
    )
    body = ""
    if rows:
        body = (
            f'<div class="wide" role="group" tabindex="0" aria-label="{escape(title, quote=True)}"><table>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )
    causes: dict[str, list[str]] = {}
    for name, why in missing.items():
        causes.setdefault(absence(lang, why), []).append(_name(name, lang))
    body += paragraphs([say(lang, "missing", names=", ".join(names), why=why) for why, names in causes.items()])
    return section(f"figures-{lang}", title, body)


def _order(record: Mapping[str, Any]) -> list[tuple[int, str]]:
    parts = str(record["id"]).removeprefix("fig_").split("_")
    return [(int("".join(c for c in part if c.isdigit()) or 0), part) for part in parts]


def _figure(record: Mapping[str, Any], content: Mapping[str, bytes], lang: str) -> str:
    stem = f"figures/{record['id']}"
    name = _name(str(record["id"]), lang)
    files: Iterable[tuple[str, str]] = [(f"{stem}.{lang}.{kind}", kind.upper()) for kind in _KINDS]
    files = [*files, (f"{stem}.csv", "CSV")]
    links = " ".join(_link(path, words) for path, words in files if path in content)
    title = escape(record["title"][lang])
    # Titles are long: on a phone they take more lines, so that the links to the files stay in sight.
    cell = '<td class="word" style="white-space:normal">'
    return f'<tr><th scope="row" style="min-width:4rem">{escape(name)}</th>{cell}{title}</td>{cell}{links}</td></tr>'


def _name(id: str, lang: str) -> str:
    """Return what a figure, or a piece of the report, is called."""
    if id.startswith("fig_"):
        return labels_for(lang).say("figure", number=id.removeprefix("fig_").replace("_", "."))
    return say(lang, id)


def _link(path: str, words: str) -> str:
    return f'<a href="{escape(path, quote=True)}">{escape(words)}</a>'

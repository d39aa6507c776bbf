"""Markup: the few shapes of HTML that the pages are made of, every text escaped."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

from analysis.draw.style import THEMES
from analysis.report.svg import shades

_COLORS: Final = ("paper", "ink", "soft", "muted", "grid", "axis", "ghost", "held", "claim", "mark", "on_mark")
_DATED: Final = re.compile(r"(?:\w+-)*\d{4}-\d\d-\d\d(?:\.\w+)?", re.ASCII)
"""A date, or the name of a run with one in it."""


def keep_dates(text: str) -> str:
    """Return a text whose dates and names of runs are not broken at their hyphens, however narrow the page."""
    return _DATED.sub(r'<span class="dated">\g<0></span>', escape(text))


def paragraphs(texts: Iterable[str]) -> str:
    """Return texts as paragraphs."""
    return "".join(f"<p>{keep_dates(text)}</p>" for text in texts)


def bullets(texts: Iterable[str]) -> str:
    """Return texts as a list."""
    return "<ul>" + "".join(f"<li>{keep_dates(text)}</li>" for text in texts) + "</ul>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """Return a table whose first column names the rows, in a box that scrolls by itself where it is too wide."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{label}"><table>'
        f'<caption class="hidden">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def link(name: str, text: str, lang: str) -> str:
    """Return a paragraph that leads to another page of the same folder, in the same language."""
    return f'<p><a href="{name}#lang={lang}">{escape(text)}</a></p>'


def section(key: str, title: str, body: str) -> str:
    """Return a section under a heading of the second level; `body` is markup."""
    return f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(title)}</h2>{body}</section>'


def details(summary: str, body: str) -> str:
    """Return what is shown on demand; `body` is markup."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def both(parts: dict[str, str], tag: str = "div") -> str:
    """Return markup by language as elements of which the page shows one."""
    return "".join(f'<{tag} lang="{lang}" class="tongue">{part}</{tag}>' for lang, part in parts.items())


def page(name: str, values: dict[str, str]) -> str:
    """Return the template filled: markup by the names it holds; raises KeyError for one that is missing."""
    return Template(template(name)).substitute(values)


@cache
def template(name: str) -> str:
    """Return a file of the folder of templates."""
    return resources.files("analysis.report").joinpath("templates", name).read_text(encoding="utf-8")


def styles() -> str:
    """Return the style sheet, with the colours of the figures' themes as variables."""

    def variables(theme: str) -> str:
        own = {name: getattr(THEMES[theme], name) for name in _COLORS}
        named = "".join(f"--{name}:{value};" for name, value in own.items())
        return named + "".join(f"--c{light[1:]}:{color};" for light, color in shades(theme).items())

    return Template(template("page.css")).substitute(light=variables("light"), dark=variables("dark"))


def to_json(content: Any) -> str:
    """Return plain values as JSON that may stand inside a script element."""
    # "</" would end the script element that holds it.
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/")

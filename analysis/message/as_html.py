"""HTML: a letter for e-mail: inline styles, one column, readable in dark clients and on a phone."""

import re
from html import escape
from typing import Final

from analysis.message.letter import Item, Letter, Link, Section, Table

_TONES: Final = {"act_now": ("#b3261e", "✕"), "this_week": ("#b45309", "!"), "info": ("#1a7f4b", "✓")}
_FONT: Final = (
    "font-family:-apple-system,'Segoe UI',Roboto,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif"
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_GREY: Final = "color:#5f6672"
_WIDE: Final = (4,)
"""Columns of the table that a phone leaves out."""
_MEDIA: Final = (
    "@media (prefers-color-scheme:dark){"
    ".page,.sheet{background:#16181d!important;color:#e6e8ec!important}"
    ".grey{color:#a7aeba!important}.rule{border-color:#3a3f4a!important}.marked{background:#3b2a12!important}"
    "a{color:#8ab4f8!important}}"
    "@media (max-width:440px){.wide{display:none!important}}"
)


def to_html(letter: Letter) -> str:
    """Return the message as a whole page without scripts, pictures or requests."""
    tone, sign = _TONES[letter.severity]
    body = "".join(map(_section, letter.sections))
    foot = "<br>".join(escape(line) for line in letter.footer)
    return (
        f'<!DOCTYPE html><html lang="{letter.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(letter.verdict)}</title><style>{_MEDIA}</style></head>"
        f'<body class="page" style="margin:0;padding:0;background:#ffffff;color:#1b1f27;{_FONT}">'
        '<div class="sheet" style="max-width:640px;margin:0 auto;padding:16px;font-size:15px;line-height:1.5">'
        f'<div style="background:{tone};color:#ffffff;border-radius:8px;padding:14px 16px">'
        f'<div style="font-size:19px;line-height:1.35;font-weight:700">{sign}&nbsp; {escape(letter.verdict)}</div>'
        f'<div style="font-size:13px;margin-top:4px">{escape(letter.origin)}</div></div>'
        f"{body}"
        f'<p class="grey rule" style="{_GREY};font-size:13px;border-top:1px solid #d8dce3;padding-top:12px;'
        f'margin:24px 0 8px">{foot}</p></div></body></html>\n'
    )


def _section(section: Section) -> str:
    title = f'<h2 style="font-size:15px;margin:22px 0 6px">{escape(section.title)}</h2>'
    table = _table(section.table) if section.table else ""
    links = "".join(f'<div style="margin:3px 0">{_link(link)}</div>' for link in section.links)
    return title + "".join(map(_item, section.items)) + table + links


def _item(item: Item) -> str:
    since = f' <span class="grey" style="{_GREY};font-weight:400">({_text(item.since)})</span>' if item.since else ""
    lines = "".join(f'<div class="grey" style="{_GREY};font-size:13px">{_text(line)}</div>' for line in item.lines)
    advice = f'<div style="margin-top:2px">→ {_text(item.advice)}</div>' if item.advice else ""
    weight = 600 if lines or advice or since else 400
    return (
        '<div class="rule" style="margin:8px 0;padding-left:12px;border-left:3px solid #c3c9d4;'
        'word-break:keep-all;overflow-wrap:anywhere">'
        f'<div style="font-weight:{weight}">{_text(item.text)}{since}</div>{advice}{lines}</div>'
    )


def _table(table: Table) -> str:
    head = _row(table.head, "th", f"{_GREY};font-weight:600;", "grey ")
    rows = "".join(
        _row(row, "td", "background:#fdf0d9;" if row[0] in table.marked else "", "marked " * (row[0] in table.marked))
        for row in table.rows
    )
    foot = _row(table.foot, "td", "font-weight:700;", "")
    note = f'<div class="grey" style="{_GREY};font-size:12px;margin-top:6px">{escape(table.note)}</div>'
    style = "border-collapse:collapse;table-layout:fixed;width:100%;font-size:13px"
    return f'<table role="table" style="{style}"><thead>{head}</thead><tbody>{rows}{foot}</tbody></table>{note}'


def _row(cells: tuple[str, ...], tag: str, style: str, classes: str) -> str:
    found = []
    for i, cell in enumerate(cells):
        align = "right" if i else "left;width:26%;word-break:break-word"
        names = classes + "wide " * (i in _WIDE) + "rule"
        scope = ' scope="col"' if tag == "th" else ""
        found.append(
            f'<{tag}{scope} class="{names}" style="{style}text-align:{align};padding:4px 0 4px 5px;'
            f'border-bottom:1px solid #e3e6ec;font-variant-numeric:tabular-nums">{escape(cell)}</{tag}>'
        )
    return f"<tr>{''.join(found)}</tr>"


def _link(link: Link) -> str:
    if link.is_web:
        return f'<a href="{escape(link.target)}" style="color:#1a56b8">{escape(link.words)}</a>'
    return f'{escape(link.words)}: <span style="word-break:break-all">{escape(link.target)}</span>'


def _text(text: str) -> str:
    """Return a text whose dates are not broken at their hyphens on a phone."""
    return _DATE.sub(r'<span style="white-space:nowrap">\g<0></span>', escape(text))

"""Markdown: a letter as a file that is read as it stands; what other people wrote is text and nothing else."""

import re
from typing import Final

from analysis.message.letter import Item, Letter, Section, Table

_SPECIAL: Final = re.compile(
    # Marks anywhere, _ but inside a word, addresses that readers turn into links, and what begins a block.
    r"[\\`*\[\]|]|(?<![^\W_])_|_(?![^\W_])|(?<=:)/(?=/)|(?<=\bwww)\.|^\s*[#+>~=-]|^\s*\d+(?=[.)])"
)
_ADDRESS: Final = re.compile(r"(https?://[^\s<>`\\|()\[\]*\"']+)")
"""Shown as code: whole, as it was, and without a link."""
_MARKS: Final = {"act_now": "🔴", "this_week": "🟠", "info": "🟢"}


def to_markdown(letter: Letter) -> str:
    """Return the message as a Markdown page."""
    head = f"# {_MARKS[letter.severity]} {inert(letter.verdict)}\n\n{inert(letter.origin)}"
    parts = [head, *map(_section, letter.sections), "\n".join(inert(line) + "  " for line in letter.footer).rstrip()]
    return "\n\n".join(parts) + "\n"


def inert(text: str) -> str:
    """Return plain text that Markdown shows as it is: no link, no picture, no markup, no HTML."""
    parts = _ADDRESS.split(text)
    return "".join(f"`{part}`" if i % 2 else _quote(part) for i, part in enumerate(parts))


def _quote(text: str) -> str:
    return _SPECIAL.sub(_escape, text.replace("&", "&amp;").replace("<", "&lt;"))


def _escape(found: re.Match[str]) -> str:
    mark = found[0]
    # Only punctuation takes a backslash: a number that would begin a list is held off by an invisible joiner.
    return f"{mark}\u2060" if mark[-1].isdigit() else f"{mark[:-1]}\\{mark[-1]}"


def _section(section: Section) -> str:
    lines = [line for item in section.items for line in _item(item)]
    lines += _table(section.table) if section.table else []
    for link in section.links:
        lines.append(
            f"- [{inert(link.words)}](<{link.target}>)"
            if link.is_web
            else f"- {inert(link.words)}: `{_code(link.target)}`"
        )
    return f"## {inert(section.title)}\n\n" + "\n".join(lines)


def _item(item: Item) -> list[str]:
    since = f" *({inert(item.since)})*" if item.since else ""
    advice = [f"  - → {inert(item.advice)}"] if item.advice else []
    mark = "**" if item.lines or advice or since else ""
    return [f"- {mark}{inert(item.text)}{mark}{since}", *advice, *(f"  - {inert(line)}" for line in item.lines)]


def _table(table: Table) -> list[str]:
    rows = [table.head, ("---", *("---:" for _ in table.head[1:])), *table.rows, table.foot]
    cells = [[cell if row is rows[1] else inert(cell) for cell in row] for row in rows]
    return [*("| " + " | ".join(row) + " |" for row in cells), "", inert(table.note)]


def _code(text: str) -> str:
    return text.replace("`", "'")

"""Slack: a letter in Slack's own markup; what other people wrote can neither mention, link nor format."""

import unicodedata
from typing import Final

from analysis.message.letter import Item, Letter, Section, Table

LIMIT: Final = 2_900
"""Characters of one block; Slack refuses more than 3,000."""
_MARKS: Final = {"act_now": ":red_circle:", "this_week": ":large_orange_circle:", "info": ":large_green_circle:"}
_NEUTRAL: Final = str.maketrans(
    # & < > as Slack asks for them; other markup, and what names people, becomes its look-alike.
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "`": "ˋ", "~": "∼", "@": "＠"}
)
_BREAK: Final = "\n\n"
_COLUMNS: Final = (0, 1, 2, 3, 5, 6)
"""Columns of the table that fit on a phone."""


def to_slack(letter: Letter) -> str:
    """Return the message as mrkdwn; an empty line stands between blocks, each of at most LIMIT characters."""
    head = f"{_MARKS[letter.severity]} *{neutral(letter.verdict)}*\n{neutral(letter.origin)}"
    parts = [head, *(_section(s) for s in letter.sections), "\n".join(neutral(line) for line in letter.footer)]
    return _BREAK.join(part for part in parts if part)


def blocks(text: str) -> list[dict[str, object]]:
    """Return Slack's blocks of a text of `to_slack`; verbatim, so that Slack looks for no names or addresses in it."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": part, "verbatim": True}} for part in text.split(_BREAK)
    ]


def neutral(text: str) -> str:
    """Return plain text as Slack shows it unchanged to the eye, with nothing that Slack obeys."""
    return text.translate(_NEUTRAL)


def _section(section: Section) -> str:
    lines = [line for item in section.items for line in _item(item)]
    lines += _table(section.table) if section.table else []
    lines += [f"• <{link.target}|{neutral(link.words)}>" for link in section.links if link.is_web]
    lines += [f"• {neutral(link.words)}: {neutral(link.target)}" for link in section.links if not link.is_web]
    return _fit([f"*{neutral(section.title)}*", *lines])


def _item(item: Item) -> list[str]:
    since = f"  _({neutral(item.since)})_" if item.since else ""
    advice = [f"      → {neutral(item.advice)}"] if item.advice else []
    mark = "*" if item.lines or advice or since else ""
    return [f"• {mark}{neutral(item.text)}{mark}{since}", *advice, *(f"      {neutral(line)}" for line in item.lines)]


def _table(table: Table) -> list[str]:
    rows = [[row[i] for i in _COLUMNS] for row in (table.head, *table.rows, table.foot)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = [
        "  ".join(_pad(cell, width, i > 0) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    return ["```", *(line.rstrip() for line in lines), "```"]


def _pad(cell: str, width: int, is_right: bool) -> str:
    # Inside a code block only & < > and ` are obeyed.
    safe, gap = neutral(cell), " " * (width - _width(cell))
    return gap + safe if is_right else safe + gap


def _width(text: str) -> int:
    """Columns of a fixed-width font: Hangul takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(lines: list[str]) -> str:
    """As many whole lines as one block may hold, code blocks closed again."""
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > LIMIT - 10:
            is_open = sum(k == "```" for k in kept) % 2
            return "\n".join([*kept, *(["```"] if is_open else []), "…"])
        kept.append(line)
    return "\n".join(kept)

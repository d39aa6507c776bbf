"""Text: turns HTML, escaped HTML, Markdown remnants and untidy plain text into lines that keep headings and bullets."""

import html as entities
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from lxml import etree

_NEWLINES: Final = re.compile("[\r\v\f\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_SPACES: Final = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_RUN_OF_SPACES: Final = re.compile(r"(?<=\S) {2,}")
_INDENT: Final = re.compile(r"^ +(?=[^ \-*•·▪◦‣]|$)", re.M)
_BLANK_LINES: Final = re.compile(r"\n{3,}")

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NAMES: Final = "p|div|ul|ol|li|h[1-6]|b|strong|em|i|u|span|a|table|tr|td|section|article|font|html|body"
_CLOSING: Final = re.compile(rf"</(?:{_NAMES})\s*>", re.I)
_MARKUP: Final = re.compile(rf"</(?:{_NAMES})\s*>|<(?:br|p|li|hr)(?:\s[^<>]{{0,300}})?/?>", re.I)
_BREAKS: Final = re.compile(r"<(?:br|p|div|li|ul|ol|h[1-6]|tr|table|section|article)\b", re.I)
_MAX_ESCAPES: Final = 4

_BLOCKS: Final = frozenset(
    name
    for group in (
        "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure",
        "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td",
        "tfoot th thead tr ul",
    )
    for name in group.split()
)
_LISTS: Final = frozenset({"ul", "ol", "menu"})
_CELLS: Final = frozenset({"td", "th"})
_BOLD: Final = frozenset({"b", "strong"})
_DROPPED: Final = frozenset({"iframe", "noscript", "object", "script", "style", "svg", "template", "title"})
_FURNITURE: Final = frozenset({"aside", "button", "dialog", "footer", "nav", "select", "textarea"})
_INVISIBLE_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_BULLET: Final = re.compile(r"^[-*•·▪◦‣●○■]\s+")

_ESCAPED_MARK: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!&|~>])")
_HASH_HEADING: Final = re.compile(r"^ *#{1,6} +(?=\S)", re.M)
_STARRED: Final = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,300}?)(?<=\S)\*\*")
_STARRED_LINE: Final = re.compile(r"^ *(?:\*{2,3}|__) ?([^*_\n]{1,300}?) ?(?:\*{2,3}|__) ?(:?) ?$", re.M)
_STARRED_START: Final = re.compile(r"^\*\*([^*\n]{1,40})\*\*(?=[^\s*])([^\n]*)|^\*\*([^*\n]{1,40})\*\*(?=\*)", re.M)
# Glued to a bold word these are its ending, not a new text: <b>Airflow</b>를 쓰는.
_PARTICLE: Final = re.compile(
    r"(?:을|를|은|는|이|가|의|에|에서|에게|로|으로|와|과|도|만|나|이나|까지|부터|등|및|님|들)(?:[\s,.)]|$)|하|되|된|적"
)
_HEADING_CHARS: Final = 40
_HEADING_WORDS: Final = 8


def html_to_lines(html: str) -> str:
    """Return the visible text of HTML, one line per block, bullet or table row; entity-escaped HTML is decoded first.

    Bullets begin with "- ", two spaces deeper for each nested list; table cells are joined by " | ". Time is linear in
    the input and nesting of any depth is read.
    """
    return _to_lines(html, _DROPPED)


def page_to_lines(html: str) -> str:
    """Return the visible text of a whole page as `html_to_lines` does, without navigation, footers and controls."""
    return _to_lines(html, _DROPPED | _FURNITURE)


def clean_text(text: str) -> str:
    """Return text as tidy lines: plain text keeps its lines; HTML and escaped HTML are recognised and converted."""
    text = _decode_entities(text)
    return html_to_lines(text) if _MARKUP.search(text) else _tidy(_fold(text))


def _to_lines(html: str, dropped: frozenset[str]) -> str:
    markup = _SURROGATES.sub("\ufffd", html).replace("\0", "")
    for _ in range(_MAX_ESCAPES):
        if _MARKUP.search(markup) or "&" not in markup:
            break
        markup = entities.unescape(markup)
    text = _render(markup, dropped, keeps_newlines=not _BREAKS.search(markup))
    if _CLOSING.search(text):
        # Some sources escape the description and wrap it in a paragraph of their own.
        text = _render(text, dropped, keeps_newlines=True)
    return _tidy(_fold(_decode_entities(text)))


def _render(markup: str, dropped: frozenset[str], *, keeps_newlines: bool) -> str:
    if not markup.strip():
        return ""
    target = _Lines(dropped, keeps_newlines)
    # Events instead of a tree: 100,000 nested elements end neither in a recursion error nor in a depth limit.
    parser = etree.HTMLParser(target=target, huge_tree=True)
    parser.feed(markup)
    parser.close()
    return "\n".join(target.lines)


def _decode_entities(text: str) -> str:
    for _ in range(_MAX_ESCAPES):
        if "&" not in text or not _ENTITY.search(text):
            break
        # Only entities with a semicolon: "?a=1&copy=2" is no copyright sign.
        text = _ENTITY.sub(lambda m: entities.unescape(m[0]), text)
    return text


def _fold(text: str) -> str:
    text = _NEWLINES.sub("\n", text.replace("\r\n", "\n"))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
    return text


def _tidy(text: str) -> str:
    # The plain tests are ten times as fast as the patterns, and most texts need none of these.
    if "  " in text:
        text = _RUN_OF_SPACES.sub(" ", text)
    text = _strip_markdown(text).strip("\n").rstrip()
    if "\n " in text or text.startswith(" "):
        text = _INDENT.sub("", text)
    text = text.replace(" \n", "\n")
    return (_BLANK_LINES.sub("\n\n", text) if "\n\n\n" in text else text).strip("\n")


def _strip_markdown(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED_MARK.sub(r"\1", text)
    if "#" in text:
        text = _HASH_HEADING.sub("", text)
    if "**" in text or "__" in text:
        text = _STARRED_LINE.sub(r"\1\2", text)
        text = _STARRED_START.sub(_split_starred, text)
        text = _STARRED.sub(r"\1", text)
    return text


def _split_starred(match: re.Match[str]) -> str:
    if match[3] is not None:
        return f"{match[3].strip()}\n"
    return "\n".join(_split_heading(match[1], match[2]))


def _split_heading(head: str, rest: str) -> list[str]:
    """Return the bold start of a block and what is glued to it as two lines if the first reads as a heading."""
    bold = head.strip()
    is_short = len(bold) <= _HEADING_CHARS and len(bold.split()) <= _HEADING_WORDS
    if rest and is_short and any(c.isalpha() for c in bold) and head == head.rstrip() and _begins_anew(bold, rest):
        return [bold, rest]
    return [head + rest]


def _begins_anew(head: str, rest: str) -> bool:
    first = rest[0]
    if head[-1] in ":：]】":
        return not first.isspace()
    if "가" <= first <= "힣":
        return not _PARTICLE.match(rest)
    if first.isdigit():
        return not (head[-1].isascii() and head[-1].isalnum())
    return first.isupper() or first in "•·▪-–■●[(\"'“‘"


class _Lines:
    """Parser target that gathers lines; a stack of sinks holds the cells of tables that are being read."""

    def __init__(self, dropped: frozenset[str], keeps_newlines: bool) -> None:
        self.lines: list[str] = []
        self._dropped = dropped
        self._keeps_newlines = keeps_newlines
        self._pieces: list[tuple[str, bool]] = []
        self._marker = ""
        self._n_hidden = self._n_bold = self._n_lists = self._n_pre = 0
        self._sinks = [self.lines]
        self._rows: list[list[list[str]]] = []
        self._is_cell: list[bool] = []

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        if self._n_hidden or tag in self._dropped or _is_hidden(attrib):
            self._n_hidden += 1
            if tag in _BLOCKS:
                self._flush()
        elif tag == "br":
            self._break_line()
        elif tag in _BOLD:
            self._n_bold += 1
        elif tag in _BLOCKS:
            self._flush()
            self._open_block(tag)

    def end(self, tag: str) -> None:
        if self._n_hidden:
            self._n_hidden -= 1
        elif tag in _BOLD:
            self._n_bold -= 1
        elif tag in _BLOCKS:
            self._flush()
            self._close_block(tag)

    def data(self, text: str) -> None:
        if self._n_hidden:
            return
        if not (self._keeps_newlines or self._n_pre):
            self._pieces.append((text, self._n_bold > 0))
            return
        first, *others = _NEWLINES.sub("\n", text.replace("\r\n", "\n")).split("\n")
        self._pieces.append((first, self._n_bold > 0))
        for line in others:
            self._break_line()
            self._pieces.append((line, self._n_bold > 0))

    def close(self) -> None:
        self._flush()

    def _open_block(self, tag: str) -> None:
        if tag == "li":
            self._marker = "  " * max(self._n_lists - 1, 0) + "- "
        elif tag in _LISTS:
            self._n_lists += 1
        elif tag == "pre":
            self._n_pre += 1
        elif tag == "tr":
            self._rows.append([])
        elif tag in _CELLS:
            self._is_cell.append(bool(self._rows))
            if self._rows:
                self._sinks.append([])

    def _close_block(self, tag: str) -> None:
        if tag == "li":
            self._marker = ""
        elif tag in _LISTS:
            self._n_lists -= 1
        elif tag == "pre":
            self._n_pre -= 1
        elif tag == "tr":
            self._sinks[-1].extend(_row_lines(self._rows.pop()))
        elif tag in _CELLS and self._is_cell.pop():
            self._rows[-1].append(self._sinks.pop())

    def _break_line(self) -> None:
        if any(not text.isspace() for text, _ in self._pieces if text):
            self._flush()
        else:
            self._pieces.clear()
            self._sinks[-1].append("")

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        n_bold = next((i for i, (text, is_bold) in enumerate(pieces) if text.strip() and not is_bold), len(pieces))
        head = " ".join("".join(text for text, _ in pieces[:n_bold]).split(" ")).lstrip()
        rest = "".join(text for text, _ in pieces[n_bold:])
        if not (head + rest).strip():
            return
        lines = (
            [self._marker + _BULLET.sub("", f"{head}{rest}".strip())] if self._marker else _split_heading(head, rest)
        )
        self._marker, indent = "", self._marker[:-2]
        self._sinks[-1].extend(indent * (i == 0) + " ".join(line.split()) for i, line in enumerate(lines))


def _is_hidden(attrib: Mapping[str, str]) -> bool:
    return "hidden" in attrib or bool(_INVISIBLE_STYLE.search(attrib.get("style", "")))


def _row_lines(cells: list[list[str]]) -> list[str]:
    """Return a table row as one line, or the lines of its cells where the table only lays out a page."""
    filled = [lines for cell in cells if (lines := [line for line in cell if line])]
    if all(len(lines) == 1 for lines in filled):
        return [" | ".join(lines[0] for lines in filled)] if filled else []
    return [line for lines in filled for line in lines]

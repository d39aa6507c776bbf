"""Escapes: text that other people wrote, made harmless for a terminal and for the cells of a spreadsheet."""

import re
from typing import Final

_CONTROLS: Final = re.compile(
    # Controls, what turns the direction of writing, breaks that are no \n, and halves of characters.
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_FORMULA: Final = re.compile(r"\s*[=+\-@]")


def escape_controls(text: str) -> str:
    r"""Return a text on one line with everything a terminal would obey or hide written out, such as \x1b."""
    return _CONTROLS.sub(_written_out, text)


def escape_cell(text: str) -> str:
    """Return a text for a cell of a CSV file: no controls, and one that a spreadsheet would compute starts with '."""
    plain = escape_controls(text)
    return f"'{plain}" if _FORMULA.match(plain) else plain


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

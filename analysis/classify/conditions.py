"""Conditions: wording that must, or must not, stand around a name for it to count."""

import re
from collections.abc import Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Final

from analysis.classify.triggers import STAND_IN, Guarded

_NAME: Final = (sre.LITERAL, ord(STAND_IN))
_LOOKS_AROUND: Final = re.compile(r"\(\?<?[=!]")


class Condition:
    """Expressions of which one must match a text in which `STAND_IN` stands for a name, once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile the expressions; those that begin or end with the name are tried only there, which is quicker."""
        kinds: dict[str, list[str]] = {"behind": [], "ahead": [], "around": []}
        for pattern in patterns:
            items = parser.parse(pattern)
            ends = [] if not items or _LOOKS_AROUND.search(pattern) else [items[0], items[-1]]
            kind = "around" if _NAME not in ends else "behind" if ends[0] == _NAME else "ahead"
            kinds[kind].append(f"(?:{pattern})")
        self._behind = re.compile("|".join(kinds["behind"])) if kinds["behind"] else None
        self._ahead = [Guarded(re.compile(pattern)) for pattern in kinds["ahead"]]
        self._around = [Guarded(re.compile(pattern)) for pattern in kinds["around"]]

    def is_met(self, before: str, after: str) -> bool:
        """Does one of the expressions match, given the folded text before and after the name?"""
        if self._behind is not None and self._behind.match(STAND_IN + after):
            return True
        head = before + STAND_IN
        if any(pattern.search(head) for pattern in self._ahead):
            return True
        return bool(self._around) and any(pattern.search(head + after) for pattern in self._around)

"""What the duties and tools in a text say about the role: the weighted phrases of data/vocabulary/duties.yaml."""

import math
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from analysis.classify.titles import read_yaml
from analysis.classify.vocabulary import VocabularyError
from analysis.fact import ROLES
from scrapers.store import bundled


class TextScorer:
    """A linear scorer over phrases; each phrase counts once however often it occurs."""

    def __init__(self, content: Mapping[str, Any], name: str = "duties.yaml") -> None:
        weights = content.get("phrases")
        if not isinstance(weights, dict) or not weights:
            raise VocabularyError(f"{name}: no phrases")
        self._weights = {phrase: _checked(row, f"{name}: {phrase}") for phrase, row in weights.items()}
        self._start = _checked(content.get("start") or {}, f"{name}: start")
        self._pattern = re.compile(_alternation(self._weights))

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the scorer of a file (default: the bundled one); raises VocabularyError when the file is unusable."""
        path = path or bundled("vocabulary/duties.yaml")
        return cls(read_yaml(path), path.name)

    def find(self, text: str) -> set[str]:
        """Return the phrases that the text holds."""
        return set(self._pattern.findall(" ".join(text.lower().split())))

    def score(
        self, text: str, roles: Iterable[str] = ROLES, head_start: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return the probability of each role in `roles`, likeliest first; `head_start` adds log-odds to some.

        Multinomial logistic model: p(role) is proportional to exp(start + sum of the weights of the phrases present).
        """
        found = self.find(text)
        logits = {
            role: self._start.get(role, 0.0)
            + (head_start or {}).get(role, 0.0)
            + sum(self._weights[phrase].get(role, 0.0) for phrase in found)
            for role in roles
        }
        top = max(logits.values())
        total = sum(math.exp(v - top) for v in logits.values())
        ranked = sorted(logits, key=lambda role: -logits[role])
        return {role: math.exp(logits[role] - top) / total for role in ranked}


def _checked(row: Any, where: str) -> dict[str, float]:
    if not isinstance(row, dict) or not all(isinstance(v, int | float) for v in row.values()):
        raise VocabularyError(f"{where}: expected weights by role")
    if unknown := set(row) - set(ROLES):
        raise VocabularyError(f"{where}: unknown role {', '.join(sorted(unknown))}")
    return {role: float(value) for role, value in row.items()}


def _alternation(phrases: Iterable[str]) -> str:
    """Return one pattern; a flat alternation would try every phrase at every word, grouped by letter it tries few."""
    latin = [p for p in phrases if not _is_hangul(p[0])]
    hangul = [p for p in phrases if _is_hangul(p[0])]
    sides = []
    if latin:
        sides.append(f"(?<![a-z0-9])(?:{_grouped(latin)})")
    if hangul:
        sides.append(f"(?:{_grouped(hangul)})")
    return "|".join(sides)


def _grouped(phrases: Iterable[str], depth: int = 2) -> str:
    """Return an alternation nested by the first letters, longest phrase first: two levels measure best."""
    if depth == 0:
        ends = (
            re.escape(p) + ("(?![a-z0-9])" if p[-1:].isascii() else "") for p in sorted(phrases, key=len, reverse=True)
        )
        return "|".join(ends)
    groups = groupby(sorted(phrases, reverse=True), key=lambda p: p[:1])
    return "|".join(f"{re.escape(first)}(?:{_grouped([p[1:] for p in group], depth - 1)})" for first, group in groups)


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"

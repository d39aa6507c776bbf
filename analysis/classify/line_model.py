"""Line model: the level that a line asks for where neither a heading nor a cue decides, or no answer."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from analysis.classify.vocabulary import ADDRESS, fold
from analysis.fact import LEVELS

FORMAT: Final = 1
SKILL: Final = "\x00"
"""Stands for a skill in a masked line, so that no tool's own prevalence decides its level."""

_TOKEN: Final = re.compile(r"\x00|\d+|[^\W\d_]+(?:'[a-z]+)?|[:;,/()&|?!]")
_LONG_HANGUL: Final = re.compile("[가-힣]{3,}")
_LAST_HANGUL: Final = re.compile(r"([가-힣]{1,2})\W*$")
_MANY_SKILLS: Final = 4
_LONG_LINE: Final = 6


class LineModelError(ValueError):
    """A file is not a usable line model; the message is one line."""


class LineReading(NamedTuple):
    """What a line asks for, with the model's calibrated probability of it."""

    level: str
    confidence: float


class LineModel:
    """Multinomial logistic regression over the features of masked lines; answers only where it is sure enough."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Take the plain mapping that `train_lines` gives; raise LineModelError when it does not fit.

        Keys: `format`; `levels`; `terms`, one feature per line; `weights` of shape (terms, levels); `bias` of shape
        (levels,); `thresholds`, the least probability at which a level is answered (a level without is never).
        """
        try:
            if content["format"] != FORMAT:
                raise LineModelError(f"line model: format {content['format']!r}, expected {FORMAT}")
            self.levels: tuple[str, ...] = tuple(content["levels"])
            self.terms: dict[str, int] = {term: i for i, term in enumerate(content["terms"].split("\n"))}
            self._weights: npt.NDArray[np.float32] = content["weights"]
            self._bias: npt.NDArray[np.float64] = content["bias"]
            self.thresholds: dict[str, float] = dict(content["thresholds"])
            sizes = (self._weights.shape, self._bias.shape)
        except (KeyError, TypeError, AttributeError) as error:
            raise LineModelError(f"not a line model: {error}") from error
        n = len(self.levels)
        if not set(self.thresholds) <= set(self.levels) <= set(LEVELS) or sizes != ((len(self.terms), n), (n,)):
            raise LineModelError("line model: levels, terms and weights do not fit together")

    def score(self, lines: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the probability of each level for each masked line, shape (lines, levels).

        The probabilities hold for lines outside every section, most of which ask for nothing.
        """
        logits = np.tile(self._bias, (len(lines), 1))
        for row, line in zip(logits, lines, strict=True):
            # Sorted: the sum of floats depends on their order, and that of a set on the process.
            known = sorted(self.terms[term] for term in features(line) if term in self.terms)
            if known:
                row += self._weights[known].sum(axis=0) / len(known) ** 0.5
        return np.asarray(softmax(logits, axis=1), np.float64)

    def read(self, lines: Sequence[str]) -> list[LineReading | None]:
        """Return what each line, masked with `masked`, asks for; None where the model is not sure enough."""
        return [self._reading(row) for row in self.score(lines)]

    def _reading(self, row: npt.NDArray[np.float64]) -> LineReading | None:
        best = int(row.argmax())
        level, confidence = self.levels[best], float(row[best])
        return LineReading(level, confidence) if confidence >= self.thresholds.get(level, inf) else None


def masked(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> str:
    """Return text[start:end] with each skill named in it, given as offsets into `text`, replaced by `SKILL`.

    Skills that overlap, as a name that implies a second one does, are masked once.
    """
    parts, edge = [], start
    for left, right in sorted(set(spans)):
        if left >= edge and right <= end:
            parts += [text[edge:left], SKILL]
            edge = right
    return "".join([*parts, text[edge:end]])


def features(line: str) -> set[str]:
    """Return the features of a masked line: words, pairs of words, how Korean words end, and its shape."""
    words = list(_words(ADDRESS.sub(" url ", fold(line))))
    edged = ("^", *words, "$")
    pairs = (f"{a}_{b}" for a, b in pairwise(edged))
    return {*words, *pairs, *_endings(line), *_shape(line, words)}


def _words(line: str) -> Iterator[str]:
    for found in _TOKEN.finditer(line):
        token = found[0]
        if token == SKILL:
            yield "<skill>"
        elif token[0].isdigit():
            yield "<number>"
        else:
            # Two syllables carry a Korean word; what follows is mostly its particle or ending.
            yield token[:2] if "가" <= token[0] <= "힣" else token


def _endings(line: str) -> Iterator[str]:
    """Yield how Korean words end: "-신 분" speaks of the candidate, "-합니다" of the job."""
    for word in _LONG_HANGUL.findall(line):
        yield f"-{word[-2:]}"
    if found := _LAST_HANGUL.search(line):
        yield f"-{found[1]}$"


def _shape(line: str, words: Sequence[str]) -> Iterator[str]:
    n_skills = line.count(SKILL)
    n_words = sum(len(word) > 1 and word != "<skill>" for word in words)
    yield f"#skills{min(n_skills, _MANY_SKILLS)}"
    yield f"#words{min(n_words.bit_length(), _LONG_LINE)}"
    yield "#sentence" if line.rstrip().endswith((".", "!")) else "#phrase"

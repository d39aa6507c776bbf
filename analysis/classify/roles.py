"""Which roles a posting advertises: its title first, a trained model of its text where the title leaves it open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from analysis.classify.openings import Openings, is_header, is_job
from analysis.classify.role_model import RoleModel
from analysis.classify.titles import TitleReading, TitleRules
from analysis.fact import ROLES

FIRST_NAMED: Final = 0.7
"""Log-odds that the first of several roles in a title has over the others before the duties are read."""
POST_START: Final = {"software_engineer": 2.0, "other": 0.7}
"""Log-odds for a post with a header that names no job: nine in ten of those seek software engineers."""
UNKNOWN_START: Final = {"other": 1.5, "software_engineer": 0.7}
"""Log-odds where a title names no trade that the rules know: four in five such titles are of trades outside software.

Both shares were estimated by expectation maximisation over the model's probabilities (Saerens et al. 2002) on postings
that the rules leave open, and are shrunk towards equal odds: the model learnt from titles that do name a trade.
"""
SURE: Final = {"names": 0.97, "fields": 0.85, "crafts": 0.85}
"""Confidence by rank of title rule, set a little below what labelled postings show."""
SURE_POST: Final = {"header": 0.9, "list": 0.8, "prose": 0.7}
"""The same for posts, by where the jobs are named."""
DEFAULT: Final = 0.4
"""Below this probability the best role is a guess and marked so."""
_GENERAL: Final = tuple(role for role in ROLES if role != "analytics_engineer")
_NEVER: Final = -np.inf
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class RoleDecision:
    """The roles of a posting, main first; of several openings none is main, so they stand in alphabetical order.

    `method` is title, text (the jobs named there), model or default (too little evidence); `confidence` is about the
    first role, in [0, 1]; `is_ambiguous` says that the title alone did not settle it.
    """

    roles: tuple[str, ...]
    method: str
    confidence: float
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class OpenRole:
    """What the rules leave to the model: the roles still possible, and log-odds that some have before reading."""

    text: str
    roles: tuple[str, ...]
    start: Mapping[str, float]


class RoleRules:
    """Decides roles from title and text alone; safe to share between threads once loaded."""

    def __init__(self, titles: TitleRules, model: RoleModel | None) -> None:
        self._titles = titles
        self._model = model
        self._openings = Openings(titles)

    @classmethod
    def load(cls, path: Path | None = None, model: RoleModel | None = None) -> Self:
        """Return the rules of a title file (default: the bundled one), with a model for what they leave open."""
        return cls(TitleRules.load(path), model)

    def decide(self, title: str | None, text: str) -> RoleDecision | OpenRole:
        """Return the roles of a posting as far as rules go; without a title the first line of the text is one."""
        head = (title or "").strip() or _first_line(text)
        if is_header(head, text, self._titles):
            return self._of_post(head, text)
        reading = self._titles.read(head)
        silent = _silent_start(title, text)
        # A post may start with no more than its employer or place: "Crumb Ltd (crumb.example)".
        if silent is POST_START and not reading.roles and not is_job(head):
            return self._of_post(head, text)
        return self._of_job(reading, text, silent)

    def settle(self, open_roles: Sequence[OpenRole]) -> list[RoleDecision]:
        """Return what the model says of each, asked once for all of them; without a model the start decides."""
        if not open_roles:
            return []
        starts = np.array([[o.start.get(r, 0.0) if r in o.roles else _NEVER for r in ROLES] for o in open_roles])
        chances = softmax(self._read([o.text for o in open_roles]) + starts, axis=1)
        return [_decision(row, self._model is not None) for row in chances]

    def _read(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return log-probabilities in the order of `ROLES`; a role that the model does not know is out of question."""
        if self._model is None:
            return np.zeros((len(texts), len(ROLES)))
        found = np.full((len(texts), len(ROLES)), _NEVER)
        found[:, [ROLES.index(role) for role in self._model.roles]] = np.log(self._model.score(texts) + _TINY)
        return found

    def _of_job(self, reading: TitleReading, text: str, silent: Mapping[str, float]) -> RoleDecision | OpenRole:
        if reading.is_decided:
            return RoleDecision(reading.roles, "title", SURE[reading.rank], False)
        start = {reading.roles[0]: FIRST_NAMED} if reading.roles else silent
        return OpenRole(text, reading.roles or _GENERAL, start)

    def _of_post(self, head: str, text: str) -> RoleDecision | OpenRole:
        """Join the roles of the header and of a list of jobs; a single job line in the body is no list."""
        named = self._openings.in_header(head)
        listed = self._openings.in_lists(text)
        roles = named | (set(listed) if len(listed) > 1 or not named else set())
        if roles:
            method, sure = ("title", SURE_POST["header"]) if named else ("text", SURE_POST["list"])
            return RoleDecision(tuple(sorted(roles)), method, sure, not named)
        if prose := self._openings.in_prose(text):
            return RoleDecision(tuple(sorted(prose)), "text", SURE_POST["prose"], True)
        if left := self._openings.left_open(head):
            return OpenRole(text, left, {left[0]: FIRST_NAMED})
        return OpenRole(text, _GENERAL, POST_START)


def _silent_start(title: str | None, text: str) -> Mapping[str, float]:
    """Return the log-odds for a title that names no trade; one that the text begins with is a post's first line."""
    words = (title or "").split()[:40]
    if not words:
        return {}
    return POST_START if text[: 2 * len(title or "")].split()[: len(words)] == words else UNKNOWN_START


def _decision(chances: npt.NDArray[np.float64], is_read: bool) -> RoleDecision:
    best = int(chances.argmax())
    confidence = float(chances[best])
    return RoleDecision((ROLES[best],), "model" if is_read and confidence >= DEFAULT else "default", confidence, True)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]

"""Which roles a posting advertises: its title first, its duties where the title leaves it open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from analysis.classify.duties import TextScorer
from analysis.classify.openings import Openings, is_header
from analysis.classify.titles import TitleReading, TitleRules
from analysis.fact import ROLES

FIRST_NAMED: Final = 0.7
"""Log-odds that the first of several roles in a title has over the others before the duties are read."""
POST_START: Final = {"software_engineer": 1.0}
"""Log-odds for a post with a header that names no job: four in five of those seek software engineers."""
UNKNOWN_START: Final = {"other": 0.7}
"""Log-odds where a title names no trade that the rules know: most such titles are of trades outside software."""
SURE: Final = {"names": 0.97, "fields": 0.85, "crafts": 0.85}
"""Confidence by rank of title rule, set a little below what labelled postings show."""
SURE_POST: Final = {"header": 0.9, "list": 0.8, "prose": 0.7}
"""The same for posts, by where the jobs are named."""
DEFAULT: Final = 0.4
"""Below this probability the best role is a guess and marked so."""
_GENERAL: Final = tuple(role for role in ROLES if role != "analytics_engineer")


@dataclass(frozen=True, slots=True)
class RoleDecision:
    """The roles of a posting, main first; of several openings none is main, so they stand in alphabetical order.

    `method` is title, text or default (too little evidence); `confidence` is about the first role, in [0, 1];
    `is_ambiguous` says that the title alone did not settle it.
    """

    roles: tuple[str, ...]
    method: str
    confidence: float
    is_ambiguous: bool


class RoleRules:
    """Decides roles from title and text alone; safe to share between threads once loaded."""

    def __init__(self, titles: TitleRules, scorer: TextScorer) -> None:
        self._titles = titles
        self._scorer = scorer
        self._openings = Openings(titles)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the rules of a title file (default: the bundled one) with the bundled duties."""
        return cls(TitleRules.load(path), TextScorer.load())

    def decide(self, title: str | None, text: str) -> RoleDecision:
        """Return the roles of a posting; without a title the first line of the text is read as one."""
        head = (title or "").strip() or _first_line(text)
        if is_header(head, text):
            return self._of_post(head, text)
        return self._of_job(self._titles.read(head), text)

    def _of_job(self, reading: TitleReading, text: str) -> RoleDecision:
        if reading.is_decided:
            return RoleDecision(reading.roles, "title", SURE[reading.rank], False)
        start = {reading.roles[0]: FIRST_NAMED} if reading.roles else UNKNOWN_START
        return self._of_text(text, reading.roles or _GENERAL, start)

    def _of_post(self, head: str, text: str) -> RoleDecision:
        """Join the roles of the header and of a list of jobs; a single job line in the body is no list."""
        named = self._openings.in_header(head)
        listed = self._openings.in_lists(text)
        roles = named | (set(listed) if len(listed) > 1 or not named else set())
        if roles:
            method, sure = ("title", SURE_POST["header"]) if named else ("text", SURE_POST["list"])
            return RoleDecision(tuple(sorted(roles)), method, sure, not named)
        if prose := self._openings.in_prose(text):
            return RoleDecision(tuple(sorted(prose)), "text", SURE_POST["prose"], True)
        return self._of_text(text, _GENERAL, POST_START)

    def _of_text(self, text: str, roles: tuple[str, ...], start: dict[str, float]) -> RoleDecision:
        role, confidence = next(iter(self._scorer.score(text, roles, start).items()))
        return RoleDecision((role,), "text" if confidence >= DEFAULT else "default", confidence, True)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]

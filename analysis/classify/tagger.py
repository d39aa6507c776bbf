"""Tagger: a posting's roles, and its skills with their levels and the places that say so."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from analysis.classify.models import Models, find_champion, load_models
from analysis.classify.reading import SECTION_LINE, TITLE_LINE, Mention, Posting, Reader, Reading
from analysis.classify.roles import OpenRole, RoleDecision, RoleRules
from analysis.classify.vocabulary import Vocabulary, load_vocabulary
from analysis.fact import LEVELS, Skill
from scrapers.posting import Section
from scrapers.store import bundled

__all__ = ["SECTION_LINE", "TITLE_LINE", "Mention", "Posting", "Tag", "Tagger", "strongest"]

CODE_VERSION: Final = "2.1"
"""Raise it when the code changes what a posting is tagged with; changes of the data files show by themselves."""

_DATA_FILES: Final = ("headings.csv", "cues.yaml", "titles.yaml")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a posting says: roles (main first), each skill at its strongest level sorted by id, every mention."""

    roles: tuple[str, ...]
    role_method: str
    role_confidence: float
    skills: tuple[Skill, ...]
    mentions: tuple[Mention, ...]
    is_unsectioned: bool


class Tagger:
    """Tags postings; a pure function of title, text and sections. Built once per process.

    Without models the rules decide alone: roles that they leave open are guessed, levels are "mentioned".
    """

    def __init__(self, vocabulary: Vocabulary | None = None, models: Models | None = None) -> None:
        self.vocabulary = vocabulary or load_vocabulary()
        self._models = models
        self._reader = Reader(self.vocabulary)
        self._roles = RoleRules.load(model=models.roles if models else None)
        self.version: Final = (
            f"{CODE_VERSION}+{_data_hash(self.vocabulary.sha)}{f'+{models.version}' if models else ''}"
        )

    @classmethod
    def load(cls, vocabulary: Path | None = None, root: str | None = None) -> Self:
        """Return the tagger of a vocabulary file (default: the bundled one) with the champion of a data root, if any.

        Raises VocabularyError and ModelError.
        """
        return cls(load_vocabulary(vocabulary), load_models(root) if find_champion(root) else None)

    def __reduce__(self) -> tuple[Callable[..., "Tagger"], tuple[str, Vocabulary, Models | None]]:
        return _restore, (self.version, self.vocabulary, self._models)

    def tag(self, title: str | None, text: str, sections: Sequence[Section] = ()) -> Tag:
        """Return roles, skills and mentions of a posting; `sections` decide levels where the source separates them."""
        return self.tag_many([Posting(title, text, sections)])[0]

    def tag_many(self, postings: Sequence[Posting]) -> list[Tag]:
        """Return the tags of several postings, in order; each model is asked once for all that the rules left open."""
        readings = [self._reader.read(posting) for posting in postings]
        decisions = self._decide_roles(postings)
        mentions = self._decide_levels(readings)
        return [
            Tag(
                decision.roles,
                decision.method,
                decision.confidence,
                strongest(found),
                tuple(found),
                reading.is_unsectioned,
            )
            for decision, found, reading in zip(decisions, mentions, readings, strict=True)
        ]

    def _decide_roles(self, postings: Sequence[Posting]) -> list[RoleDecision]:
        decided = [self._roles.decide(posting.title, posting.text) for posting in postings]
        settled = iter(self._roles.settle([d for d in decided if isinstance(d, OpenRole)]))
        return [next(settled) if isinstance(d, OpenRole) else d for d in decided]

    def _decide_levels(self, readings: Sequence[Reading]) -> Iterator[list[Mention]]:
        """Yield the mentions of each posting, those in open lines at the level that the line model is sure of."""
        # The skills that share a line share its reading.
        lines = list(dict.fromkeys(line for reading in readings for line in reading.open_lines.values()))
        answers = dict(zip(lines, self._models.lines.read(lines) if self._models and lines else (), strict=False))
        for reading in readings:
            mentions = reading.mentions
            for i, line in reading.open_lines.items():
                if answer := answers.get(line):
                    mentions[i] = replace(mentions[i], level=answer.level, how="model")
            yield mentions


def strongest(mentions: Sequence[Mention]) -> tuple[Skill, ...]:
    """Return each skill once, at its strongest level as its first mention at that level has it, sorted by id."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.get(mention.skill)
        if known is None or LEVELS.index(mention.level) < LEVELS.index(known.level):
            best[mention.skill] = mention
    return tuple(Skill(skill, best[skill].level, best[skill].how) for skill in sorted(best))


def _data_hash(vocabulary_sha: str) -> str:
    """Return a short hash of every data file that decides tags."""
    digest = hashlib.sha256(vocabulary_sha.encode())
    for name in _DATA_FILES:
        digest.update(bundled(f"vocabulary/{name}").read_bytes())
    return digest.hexdigest()[:8]


@lru_cache(maxsize=4)
def _cached(version: str) -> list[Tagger]:
    return []


def _restore(version: str, vocabulary: Vocabulary, models: Models | None) -> Tagger:
    """Return this process's tagger for an unpickled one: compiling the vocabulary for every batch costs a second."""
    known = _cached(version)
    if not known:
        known.append(Tagger(vocabulary, models))
    return known[0]

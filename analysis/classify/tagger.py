"""Tagger: a posting's roles, and its skills with their levels and the places that say so."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from analysis.classify.clauses import Cues
from analysis.classify.headings import load_headings
from analysis.classify.levels import Place, decide
from analysis.classify.matching import Matcher
from analysis.classify.roles import RoleRules
from analysis.classify.sections import Outline, kind_of_heading, outline
from analysis.classify.vocabulary import Vocabulary, fold, load_vocabulary
from analysis.fact import LEVELS, Skill
from scrapers.posting import Section
from scrapers.store import bundled

CODE_VERSION: Final = "1.1"
"""Raise it when the code changes what a posting is tagged with; changes of the data files show by themselves."""

TITLE_LINE: Final = 0
SECTION_LINE: Final = -1
_DATA_FILES: Final = ("headings.csv", "cues.yaml", "titles.yaml", "duties.yaml")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that names a skill.

    `start` and `end` are 0-based character offsets into the text and `line` is its 1-based line; in the title
    (line 0) they are offsets into the title. Line -1 means a section of the source whose wording is not in the
    text: offsets then count from the start of that section's own text. `evidence` is the heading or cue behind
    the level, empty for default.
    """

    skill: str
    level: str
    how: str
    line: int
    start: int
    end: int
    evidence: str = ""
    is_managed: bool = False


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
    """Tags postings; a pure function of title, text and sections. Pickles small and is built once per process."""

    def __init__(self, vocabulary: Vocabulary | None = None, roles: RoleRules | None = None) -> None:
        self.vocabulary = vocabulary or load_vocabulary()
        self._matcher = Matcher(self.vocabulary)
        self._headings = load_headings()
        self._cues = Cues.load()
        self._roles = roles or RoleRules.load()
        self.version = f"{CODE_VERSION}+{_data_hash(self.vocabulary.sha)}"

    def __reduce__(self) -> tuple[Callable[..., "Tagger"], tuple[str, Vocabulary, RoleRules]]:
        return _restore, (self.version, self.vocabulary, self._roles)

    def tag(self, title: str | None, text: str, sections: Sequence[Section] = ()) -> Tag:
        """Return roles, skills and mentions of a posting; `sections` decide levels where the source separates them."""
        decision = self._roles.decide(title, text)
        native = self._native(sections)
        folded = fold(text)
        outlined = outline(text, self._headings, folded)
        mentions = [
            *self._title_mentions(title or ""),
            *self._text_mentions(text, folded, outlined, native),
            *self._section_mentions(text, sections),
        ]
        kinds = {entry.kind for entry in native.values()}
        return Tag(
            decision.roles,
            decision.method,
            decision.confidence,
            strongest(mentions),
            tuple(mentions),
            outlined.is_unsectioned and not kinds & {"required", "preferred"},
        )

    def _native(self, sections: Sequence[Section]) -> dict[str, Place]:
        """Return what the source's own sections say of each of their lines, by its wording."""
        found: dict[str, Place] = {}
        for section in sections:
            entry = self._place(section)
            for line in section.text.splitlines():
                found.setdefault(_wording(line), entry)
        found.pop("", None)
        return found

    def _place(self, section: Section) -> Place:
        kind = kind_of_heading(section.heading, self._headings) if section.kind == "unknown" else section.kind
        return Place(kind, section.heading or kind, kind != "unknown")

    def _title_mentions(self, title: str) -> Iterator[Mention]:
        for match in self._matcher.find(title):
            yield Mention(match.skill, "mentioned", "default", TITLE_LINE, match.start, match.end, "", match.is_managed)

    def _section_mentions(self, text: str, sections: Sequence[Section]) -> Iterator[Mention]:
        """Yield mentions of sections whose lines are not in the text."""
        present = {_wording(line) for line in text.splitlines()} if sections else set()
        for section in sections:
            entry = self._place(section)
            outlined = outline(section.text, self._headings)
            everything = {_wording(line): entry for line in section.text.splitlines()}
            for mention in self._text_mentions(section.text, fold(section.text), outlined, everything):
                if _wording(section.text.splitlines()[mention.line - 1]) not in present:
                    yield replace(mention, line=SECTION_LINE)

    def _text_mentions(self, text: str, folded: str, outlined: Outline, native: dict[str, Place]) -> Iterator[Mention]:
        matches = self._matcher.find(text, folded)
        if not matches:
            return
        lines = _line_starts(text)
        cuts: list[int] = [0, 0]
        sentence = self._cues.read(folded, 0, 0)
        for match in matches:
            number = bisect_right(lines, match.start)
            begin, stop = lines[number - 1], lines[number] - 1
            place = native.get(_wording(text[begin:stop])) if native else None
            if not cuts[0] <= match.start < cuts[-1]:
                left, right = outlined.bounds(match.start) if place is None else (begin, stop)
                cuts = self._cues.cut(text, max(begin, left), max(match.end, min(stop, right)))
            i = bisect_right(cuts, match.start)
            if sentence.start != cuts[i - 1] or not sentence.text:
                sentence = self._cues.read(folded, cuts[i - 1], cuts[i])
            place = place or Place(*outlined.at(match.start), is_native=False)
            level, how, evidence = decide(self._cues, sentence, match.start, match.end, place)
            yield Mention(match.skill, level, how, number, match.start, match.end, evidence, match.is_managed)


def strongest(mentions: Sequence[Mention]) -> tuple[Skill, ...]:
    """Return each skill once, at its strongest level as its first mention at that level has it, sorted by id."""
    best: dict[str, Mention] = {}
    for mention in mentions:
        known = best.get(mention.skill)
        if known is None or LEVELS.index(mention.level) < LEVELS.index(known.level):
            best[mention.skill] = mention
    return tuple(Skill(skill, best[skill].level, best[skill].how) for skill in sorted(best))


def _wording(line: str) -> str:
    return _EDGES.sub("", line).casefold()


def _line_starts(text: str) -> list[int]:
    """Return where each line starts, and where one after the last would."""
    return [0, *(found.end() for found in re.finditer("\n", text)), len(text) + 1]


def _data_hash(vocabulary_sha: str) -> str:
    """Return a short hash of every data file that decides tags."""
    digest = hashlib.sha256(vocabulary_sha.encode())
    for name in _DATA_FILES:
        path = bundled(f"vocabulary/{name}")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:8]


@lru_cache(maxsize=4)
def _cached(version: str) -> list[Tagger]:
    return []


def _restore(version: str, vocabulary: Vocabulary, roles: RoleRules) -> Tagger:
    """Return this process's tagger for an unpickled one: compiling the vocabulary for every batch costs a second."""
    known = _cached(version)
    if not known:
        known.append(Tagger(vocabulary, roles))
    return known[0]

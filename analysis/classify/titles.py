"""What a job title says about the role: the rules of data/vocabulary/titles.yaml, compiled and read."""

import html
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from analysis.classify.triggers import Alternatives
from analysis.classify.vocabulary import VocabularyError
from analysis.fact import DATA_ROLES, ROLES
from scrapers.store import bundled

RANKS: Final = ("names", "fields", "crafts")
_MAX_SEEN: Final = 65536
_LONGEST_SEEN: Final = 300
# The pure Python loader takes ten times as long, once in every worker process.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DOTS = re.compile(r"(?<=[^\W\d_])\.(?=\s|$)")
_SEPARATORS = re.compile(r"\s*(?:[|,;:()\[\]{}<>【】「」《》•!?\"]|\s[-–—~]+|[-–—~]+\s|[–—])\s*")
_SLASHES = re.compile(r"\s*[/·ㆍ∙]\s*")
_GLUE = re.compile(r"[-_\s]+")
_NORMAL = re.compile(r"[a-z0-9가-힣]+(?: [a-z0-9가-힣]+)*+")
_JOINT = re.compile(r"[/&+]|\b(?:and|or|und|et|y|e)\b|및|또는")
_PREFIX = re.compile(r"^\s*(?:\[[^\]]*\]|\([^)]*\)|【[^】]*】|<[^>]*>)\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Named:
    """A place in a normalised title that names a job: `roles` holds several where only the duties can tell."""

    start: int
    end: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TitleReading:
    """The roles a title leaves open, likeliest first, and the rank of rules that said so; empty: it says nothing."""

    roles: tuple[str, ...] = ()
    rank: str = ""

    @property
    def is_decided(self) -> bool:
        """True when the title alone settles the role."""
        return len(self.roles) == 1


def normalise_title(title: str) -> str:
    """Return the form that the phrases are written for: lower case, " , " for separators, " / " for slashes."""
    text, before = unicodedata.normalize("NFKC", html.unescape(title)).lower(), None
    # What is cut at an edge can lay a separator bare: "~·" becomes "~", which then goes as well.
    while text != before and not _NORMAL.fullmatch(text):
        before = text
        text = _SEPARATORS.sub(" , ", _DOTS.sub("", text))
        text = _GLUE.sub(" ", _SLASHES.sub(" / ", text)).strip(" ,")
    return text


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file; raises VocabularyError when it holds none."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise VocabularyError(f"{path.name}: cannot be read: {str(error).splitlines()[0]}") from error
    if not isinstance(content, dict):
        raise VocabularyError(f"{path.name}: expected a mapping at the top, found {type(content).__name__}")
    return content


class TitleRules:
    """Bilingual title rules; load once, then `read` titles."""

    def __init__(self, content: dict[str, Any], name: str = "titles.yaml") -> None:
        words = content.get("words") or {}
        self._roles: dict[str, tuple[str, ...]] = {}
        groups = {rank: self._phrases(content.get(rank) or [], words, f"{name}: {rank}") for rank in RANKS}
        self._phrasings = Alternatives(groups)
        # A plain dict: an lru_cache over a method cannot be pickled, and taggers are sent to worker processes.
        self._seen: dict[str, TitleReading] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the rules in a file (default: the bundled ones); raises VocabularyError when they do not compile."""
        path = path or bundled("vocabulary/titles.yaml")
        return cls(read_yaml(path), path.name)

    def read(self, title: str) -> TitleReading:
        """Return what a title says; a bracketed first word (an employer, a place) counts only if the rest is silent."""
        reading = self._seen.get(title)
        if reading is None:
            reading = self._read(title)
            if len(self._seen) >= _MAX_SEEN:
                self._seen.clear()
            # A title as long as a text is met once, and a few thousand of them would fill the memory.
            if len(title) <= _LONGEST_SEEN:
                self._seen[title] = reading
        return reading

    def find(self, norm: str) -> list[Named]:
        """Return every place in normalised text that names a job, left to right, not overlapping."""
        return self._find(RANKS[0], norm, self._phrasings.seen(norm))

    def _read(self, title: str) -> TitleReading:
        rest = title
        while match := _PREFIX.match(rest):
            rest = rest[match.end() :]
        norm = normalise_title(rest)
        seen = self._phrasings.seen(norm)
        for rank in RANKS if seen else ():
            if found := self._find(rank, norm, seen):
                return TitleReading(_heads(norm, found), rank)
        # "[Dawn Logistics] hiring": in brackets only the name of a job counts, not an employer's field.
        norm = normalise_title(title)
        if rest != title and (found := self.find(norm)):
            return TitleReading(_heads(norm, found), RANKS[0])
        return TitleReading()

    def _find(self, rank: str, norm: str, seen: int) -> list[Named]:
        matches = self._phrasings.finditer(rank, norm, seen)
        return [Named(m.start(), m.end(), self._roles[m.lastgroup or ""]) for m in matches]

    def _phrases(self, entries: list[dict[str, Any]], words: dict[str, str], where: str) -> list[str]:
        """Return the expressions of one rank, and note the roles that each stands for by the name of its group."""
        phrases = []
        for entry in entries:
            named = entry["role"] if isinstance(entry["role"], list) else [entry["role"]]
            if unknown := set(named) - set(ROLES):
                raise VocabularyError(f"{where}: unknown role {', '.join(sorted(unknown))}")
            group = f"entry{len(self._roles)}"
            self._roles[group] = tuple(named)
            # Hangul has no word edges here: Python's \b takes it for a letter and would miss a name with a particle.
            phrases += [
                f"(?<![a-z0-9])(?P<{group}>{_checked(_expand(phrase, words, where), where)})(?![a-z0-9])"
                for phrase in entry["phrases"]
            ]
        return phrases


def _expand(phrase: str, words: dict[str, str], where: str) -> str:
    for _ in range(3):
        for key, value in words.items():
            phrase = phrase.replace(f"{{{key}}}", value)
    if left := re.search(r"\{[a-z]+\}", phrase):
        raise VocabularyError(f"{where}: unknown word {left.group()}")
    if re.search("[(]([^?]|$)", phrase.replace(r"\(", "")):
        raise VocabularyError(f"{where}: use (?:...) instead of a capturing group in {phrase[:40]!r}")
    return phrase


def _checked(phrase: str, where: str) -> str:
    try:
        re.compile(phrase)
    except re.error as error:
        raise VocabularyError(f"{where}: not a regular expression: {error}") from error
    return phrase


def _heads(norm: str, found: list[Named]) -> tuple[str, ...]:
    """Return the roles left open: the head of a title is in its first part that names a job, and last in that part.

    "Product Manager, Data Science" is a product manager, "Machine Learning Recruiter" a recruiter; names joined by a
    slash or "and" stay open, and so do two data jobs in two parts.
    """
    part = norm.find(" , ", found[0].start)
    first = [n for n in found if part < 0 or n.start < part]
    heads = [first[-1]]
    for left, right in zip(first[-2::-1], first[:0:-1], strict=False):
        if not _JOINT.search(norm[left.end : right.start]):
            break
        heads.insert(0, left)
    roles = [role for named in heads for role in named.roles]
    if roles != ["other"]:
        later = (named.roles for named in found[len(first) :] if len(named.roles) == 1)
        roles += [role for (role,) in later if role in DATA_ROLES]
    return tuple(dict.fromkeys(roles))

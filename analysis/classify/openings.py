"""Posts that advertise several openings: header lines ("Company | Roles | Place") and lists of jobs in the body."""

import re
from typing import Final

from analysis.classify.titles import TitleRules, normalise_title

HEADER_CHARS: Final = 400

_BARS = re.compile(r"\s*[|│]\s*")
_LINKS = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BULLET = re.compile(r"^[\s>]*(?:[-–—*•·▪●◦+]+|o(?=\s)|\(?\d{1,2}[.)])?\s*(?:\((?:active|open|new)[^)]*\)\s*)?", re.I)
_ITEM_END = re.compile(r"\s[-–—]+(?:\s|$)|[(:|;\[@]|https?:|(?<!\b[SsJj][Rr])\.\s|\s[-–—]+$")
_SENTENCE = re.compile(r"(?<=\w{3})[.!?]\s")
_LIST = re.compile(r"\s*(?:,|;|/|&|\+|\band\b|\bor\b|\bund\b)\s*", re.I)
_HEAD = re.compile(r"\b(?:engineers?|engineering|eng|developers?|devs?|scientists?|analysts?)\b", re.I)
_BARE_HEAD = re.compile(
    # Possessive, or each split of a row of digits would be tried.
    r"\s*+(?:\d++ ?x? ?|(?:senior|sr\.?|staff|lead|founding|principal|junior|mid|level|all|talented|great) )*+"
    r"(?:engineers?|developers?|devs|coders|entwickler)\s*(?:\(.*\))?\s*",
    re.I,
)
_HIRING = re.compile(
    r"(?:hiring|looking for|look for|seeking|searching for|recruiting|we need|in need of|join (?:us|our team) as|"
    r"positions?\b|openings?\b|roles?\b|모집|구합니다|찾습니다|채용)",
    re.I,
)
# "SEO Specialist", "[본사] 회계 담당 채용": the title of one job, whose trade the rules do not know.
_JOB = re.compile(
    r"\b(?:specialist|analyst|architect|officer|manager|engineer|coordinator|assistant|technician|consultant|director|"
    r"lead|associate|expert|administrator|representative|agent|clerk|nurse|designer|writer|editor)s?\b|채용|담당|모집",
    re.I,
)
_PARTS = re.compile(r"[|,–—]|\s-\s")
_REACH: Final = 160
_MAX_WORDS: Final = 9
_MAX_FIELD: Final = 5
_OPENING: Final = 40


def is_header(title: str, text: str, rules: TitleRules) -> bool:
    """Return True when a title is the header line of a post: bars between its parts, or the text begins with it.

    Outside hiring threads a text that begins with its own title has no bar or comma in it, or names the job first:
    "Data Scientist - Seattle, WA"; the header of a post names the employer first.
    """
    if len(_BARS.findall(title)) >= 2:
        return True
    if not _PARTS.search(title):
        return False
    if not " ".join(text.split(maxsplit=_OPENING)[:_OPENING]).startswith(" ".join(title.split()[:_OPENING])):
        return False
    return "|" in title or rules.read(_PARTS.split(title, maxsplit=1)[0]).rank != "names"


def is_job(title: str) -> bool:
    """Return True when a title reads like that of one job, though its trade may be unknown."""
    return _JOB.search(title) is not None


class Openings:
    """Finds the jobs a post advertises; `rules` tell what names a job."""

    def __init__(self, rules: TitleRules) -> None:
        self._rules = rules

    def in_header(self, title: str) -> set[str]:
        """Return the roles in a header line; an employer's name counts only when no other part names a job."""
        parts = [part for part in _BARS.split(title[:HEADER_CHARS]) if part]
        if len(parts) < 2:
            # A post whose first line is its whole text: only its first sentence is a header.
            return self._of_part(_SENTENCE.split(title, maxsplit=1)[0][:HEADER_CHARS])
        rest = set().union(*(self._of_part(part) for part in parts[1:]))
        return rest or self._of_part(parts[0])

    def left_open(self, title: str) -> tuple[str, ...]:
        """Return the roles that a part of a header leaves open ("Head of Data"), likeliest first; a field is no job."""
        for part in _BARS.split(title[:HEADER_CHARS])[1:]:
            reading = self._rules.read(part)
            if reading.rank in ("names", "fields") and len(part.split()) <= _MAX_FIELD:
                return reading.roles if len(reading.roles) > 1 else (*reading.roles, "software_engineer")
        return ()

    def in_lists(self, text: str) -> list[str]:
        """Return the roles of the lines that are the name of a job, in the order of the lines."""
        roles: list[str] = []
        for line in text.splitlines()[1:]:
            if len(line) <= HEADER_CHARS and (line.count("|") >= 2 or _is_inline_list(line)):
                roles += sorted(set().union(*(self._of_part(part) for part in _BARS.split(line))))
                continue
            item = _ITEM_END.split(_BULLET.sub("", _LINKS.sub(r"\1", line)), maxsplit=1)[0].strip()
            if item and len(item.split()) <= _MAX_WORDS and (role := self._role_of(item)):
                roles.append(role)
        return roles

    def in_prose(self, text: str) -> set[str]:
        """Return the roles named shortly after a word that says somebody is being hired."""
        roles: set[str] = set()
        for match in _HIRING.finditer(text):
            window = re.split(r"[\n.!?]", text[match.end() : match.end() + _REACH], maxsplit=1)[0]
            named = self._rules.find(normalise_title(window))
            roles |= {n.roles[0] for n in named if n.roles != ("other",)}
        return roles

    def _of_part(self, part: str) -> set[str]:
        items = self._with_heads([item for item in _LIST.split(part) if item])
        roles = {role for item in items if (role := self._role_of(item))}
        if roles - {"other"} and len(items) > 1:
            # "Full Stack, ML": a bare field is a job beside the name of one, and alone it may be what a firm sells.
            roles |= {role for item in items if (role := self._field_of(item))}
        return roles or ({"software_engineer"} if any(map(_BARE_HEAD.fullmatch, items)) else set())

    def _with_heads(self, items: list[str]) -> list[str]:
        """Give each item the head word that follows it, or join what only qualifies the item before it.

        "Product, Data, Full-Stack Eng" is three jobs; "Software Engineer, Data Platform" is one.
        """
        done: list[str] = []
        for i, item in enumerate(items):
            following = next((h.group() for later in items[i + 1 :] if (h := _HEAD.search(later))), None)
            is_whole = _HEAD.search(item) or len(item.split()) > 3 or self._role_of(item)
            if following and not is_whole:
                done.append(f"{item} {following}")
            elif done and not is_whole and _HEAD.search(done[-1]):
                done[-1] = f"{done[-1]}, {item}"
            else:
                done.append(item)
        return done

    def _field_of(self, item: str) -> str | None:
        reading = self._rules.read(item)
        return reading.roles[0] if reading.rank == "fields" and reading.is_decided and len(item.split()) <= 2 else None

    def _role_of(self, item: str) -> str | None:
        reading = self._rules.read(item)
        if reading.rank == "names" or (reading.rank == "crafts" and _HEAD.search(item)):
            return reading.roles[0]
        return None


def _is_inline_list(line: str) -> bool:
    items = line.split(",")
    return len(items) >= 4 and "." not in line and all(0 < len(item.split()) <= 3 for item in items)

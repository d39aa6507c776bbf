"""Levels: how strongly a posting asks for a skill at one place, told by clause, then section, then sentence."""

from typing import Final, NamedTuple

from analysis.classify.clauses import Cues, Sentence
from analysis.classify.triggers import STAND_IN

_WINDOW: Final = 40


class Level(NamedTuple):
    """A decided level, its kind of evidence (native, heading, cue or default) and the wording that decided it."""

    level: str
    how: str
    evidence: str


class Place(NamedTuple):
    """The section a skill stands in; native when the source itself separated it."""

    kind: str
    heading: str
    is_native: bool


def decide(cues: Cues, sentence: Sentence, start: int, end: int, place: Place) -> Level:
    """Return the level of the skill at text offsets `start` to `end`, which lie in `sentence`."""
    left, right = start - sentence.start, end - sentence.start
    context = f"{sentence.text[max(0, left - _WINDOW) : left]}{STAND_IN}{sentence.text[right : right + _WINDOW]}"
    if found := cues.cues.search("negated", context, sentence.seen):
        return Level("mentioned", "cue", found[0].replace(STAND_IN, "").strip())
    covering = [span for span in sentence.spans if span.start <= left < span.end]
    if covering:
        span = min(covering, key=lambda s: s.end - s.start)
        if span.is_soft:
            return Level("preferred", "cue", span.cue)
        if place.kind != "required":
            return Level("required", "cue", span.cue)
    if place.kind in ("required", "preferred"):
        return Level(place.kind, "native" if place.is_native else "heading", place.heading)
    return _by_sentence(cues, sentence, context, place)


def _by_sentence(cues: Cues, sentence: Sentence, context: str, place: Place) -> Level:
    """Return the level outside the requirements, where only a sentence about the candidate makes a skill required."""
    if not sentence.find("ours", cues.cues):
        is_open = place.kind == "unknown"
        found = sentence.find("candidate" if is_open else "candidate_strict", cues.cues)
        if found is None and is_open:
            found = cues.cues.search("candidate_near", context, sentence.seen)
        if found:
            return Level("required", "cue", found[0].replace(STAND_IN, "").strip())
    if place.kind == "unknown":
        return Level("mentioned", "default", "")
    return Level("mentioned", "native" if place.is_native else "heading", place.heading)

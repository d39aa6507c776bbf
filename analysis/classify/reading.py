"""Reading: what the rules say of one posting: every place that names a skill, its level and the evidence for it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, NamedTuple

from analysis.classify.automaton import View
from analysis.classify.clauses import Cues
from analysis.classify.headings import LONG_LINE, load_headings
from analysis.classify.levels import Place, decide
from analysis.classify.line_model import masked
from analysis.classify.matching import Match, Matcher
from analysis.classify.sections import Outline, kind_of_heading, outline_view
from analysis.classify.vocabulary import Vocabulary
from scrapers.posting import Section

TITLE_LINE: Final = 0
SECTION_LINE: Final = -1
_LETTER: Final = re.compile(r"[^\W_]")


class Posting(NamedTuple):
    """What the tagger reads of a posting; `sections` decide levels where the source separates them."""

    title: str | None
    text: str
    sections: Sequence[Section] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that names a skill.

    `start` and `end` are 0-based character offsets into the text and `line` is its 1-based line; in the title
    (line 0) they are offsets into the title. Line -1 means a section of the source whose wording is not in the
    text: offsets then count from the start of that section's own text. `evidence` is the heading or cue behind
    the level, empty for model and default.
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
class Reading:
    """Every mention of a posting, and the masked line around each that neither heading nor cue decides."""

    mentions: list[Mention]
    open_lines: dict[int, str]
    """By index of the mention."""
    is_unsectioned: bool


class Reader:
    """Reads postings by the rules alone; built once per process."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._matcher = Matcher(vocabulary)
        self._headings = load_headings()
        self._cues = Cues.load()

    def read(self, posting: Posting) -> Reading:
        """Return what the rules say of a posting."""
        title, text, sections = posting
        native = self._native(sections)
        view = View.of(text)
        matches = self._matcher.find_in(view)
        # What stands behind the last skill decides no level.
        outlined = outline_view(view, self._headings, matches[-1].start if matches else 0)
        found = [
            *((mention, None) for mention in self._title_mentions(title or "")),
            *self._text_mentions(view, matches, outlined, native),
            *self._section_mentions(text, sections),
        ]
        kinds = {entry.kind for entry in native.values()}
        return Reading(
            [mention for mention, _ in found],
            {i: line for i, (_, line) in enumerate(found) if line is not None},
            outlined.is_unsectioned and not kinds & {"required", "preferred"},
        )

    def _native(self, sections: Sequence[Section]) -> dict[str, Place]:
        """Return what the source's own sections say of each of their lines, by its wording: the strongest."""
        found: dict[str, Place] = {}
        for section in sections:
            for wording, place in self._places(section, sections).items():
                if wording not in found or _rank(place) < _rank(found[wording]):
                    found[wording] = place
        found.pop("", None)
        return found

    def _places(self, section: Section, sections: Sequence[Section]) -> dict[str, Place]:
        """Return what a section says of each of its lines, by its wording.

        A field of requirements may hold its own heading for what is only preferred. One text given both as duties and
        as requirements says nothing by its kind, and neither does a field of no known kind, such as a whole
        description: there only the headings inside it count.
        """
        entry = self._place(section)
        is_open = entry.kind == "unknown" or any(s.kind != section.kind and s.text == section.text for s in sections)
        outlined = outline_view(View.of(section.text), self._headings)
        places: dict[str, Place] = {}
        for start, line in zip(_line_starts(section.text), section.text.split("\n"), strict=False):
            inner = Place(*outlined.at(start), is_native=False)
            is_inner = is_open or (entry.kind == "required" and inner.kind == "preferred")
            places.setdefault(_wording(line), inner if is_inner else entry)
        return places

    def _place(self, section: Section) -> Place:
        kind = kind_of_heading(section.heading, self._headings) if section.kind == "unknown" else section.kind
        return Place(kind, section.heading or kind, kind != "unknown")

    def _title_mentions(self, title: str) -> Iterator[Mention]:
        for match in self._matcher.find(title):
            yield Mention(match.skill, "mentioned", "default", TITLE_LINE, match.start, match.end, "", match.is_managed)

    def _section_mentions(self, text: str, sections: Sequence[Section]) -> Iterator[tuple[Mention, str | None]]:
        """Yield mentions of sections whose lines are not in the text."""
        present = {_wording(line) for line in text.split("\n")} if sections else set()
        for section in sections:
            view = View.of(section.text)
            wordings = [_wording(line) for line in section.text.split("\n")]
            places = self._places(section, sections)
            matches, outlined = self._matcher.find_in(view), outline_view(view, self._headings)
            for mention, line in self._text_mentions(view, matches, outlined, places):
                if wordings[mention.line - 1] not in present:
                    yield replace(mention, line=SECTION_LINE), line

    def _text_mentions(
        self, view: View, matches: Sequence[Match], outlined: Outline, native: dict[str, Place]
    ) -> Iterator[tuple[Mention, str | None]]:
        """Yield each mention of a text with the masked line to be read by the model, if it is one for the model."""
        text = view.text
        number, begin, stop, place, cuts, sentence = 1, 0, -1, None, [0, 0], self._cues.read(view.folded, 0, 0)
        masks: dict[tuple[int, int], str] = {}
        for match in matches:
            if match.start > stop:
                number += text.count("\n", max(stop, 0), match.start)
                begin = text.rfind("\n", 0, match.start) + 1
                stop = _line_end(text, match.start)
                place = native.get(_wording(text[begin:stop])) if native else None
            if not cuts[0] <= match.start < cuts[-1]:
                left, right = outlined.bounds(match.start) if place is None else (begin, stop)
                cuts = self._cues.cut(text, max(begin, left), max(match.end, min(stop, right)))
            i = bisect_right(cuts, match.start)
            if sentence.start != cuts[i - 1] or not sentence.text:
                sentence = self._cues.read(view.folded, cuts[i - 1], cuts[i])
            where = place or Place(*outlined.at(match.start), is_native=False)
            level, how, evidence = decide(self._cues, sentence, match.start, match.end, where)
            line = None
            if how == "default":
                edges = (begin, stop) if stop - begin <= LONG_LINE else (cuts[i - 1], cuts[i])
                # Once for all skills of a line: a list of a thousand would be copied a thousand times.
                line = masks[edges] = masks.get(edges) or _masked(text, *edges, matches)
            yield Mention(match.skill, level, how, number, match.start, match.end, evidence, match.is_managed), line


def _rank(place: Place) -> int:
    return ("required", "preferred").index(place.kind) if place.kind in ("required", "preferred") else 2


def _masked(text: str, start: int, end: int, matches: Sequence[Match]) -> str:
    """Return a stretch of text as the line model reads it; `matches` are sorted."""
    left = bisect_left(matches, start, key=lambda match: match.start)
    right = bisect_left(matches, end, key=lambda match: match.start)
    return masked(text, start, end, {(match.start, match.end) for match in matches[left:right]}).strip()


def _wording(line: str) -> str:
    """Return a line without what stands around its words, for comparison."""
    # Not by one expression for both ends: it would try each of a million marks inside the line as the last.
    first, last = _LETTER.search(line), _LETTER.search(line[::-1])
    return line[first.start() : len(line) - last.start()].casefold() if first and last else ""


def _line_starts(text: str) -> list[int]:
    """Return where each line starts, and where one after the last would."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return end if end >= 0 else len(text)

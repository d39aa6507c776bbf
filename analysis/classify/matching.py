"""Matching: where a text names skills, with boundaries that hold for Korean and English alike."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from analysis.classify.automaton import CLOSED, OPEN, VERSIONED, Spotter, View
from analysis.classify.vocabulary import Form, Vocabulary, fold_name

_WINDOW: Final = 90
_SPACED: Final = {" ": r"(?:\s+|-)", "/": r"\s*/\s*"}
# Hangul counts as a word character for "\b": "Airflow를" would be lost, so boundaries are spelled out in Latin letters.
_LATIN: Final = r"0-9a-z_À-ɏ"
_HANGUL: Final = "가-힣"
_VERSION: Final = re.compile(rf"\d{{0,2}}(?![{_LATIN}A-Z])")
_ADDRESS_BEFORE: Final = re.compile(r"(?:://|www\.|@)[^\s,()]*$")
_ADDRESS_AFTER: Final = re.compile(r"(?:\.[a-z-]{2,20})*\.(?:com|org|net|io|co|ai|dev|kr|de)\b(?!\s*\))|@[a-z]")
_ADDRESS_EDGE: Final = frozenset("/@.-")
_DOT_OR_AT: Final = frozenset(".@")
_HOST: Final = 255
"""No name of a host is longer."""


class Match(NamedTuple):
    """A named skill: offsets are characters of the text as given."""

    skill: str
    start: int
    end: int
    is_managed: bool


def trie_pattern(words: Iterable[str], leaf: Callable[[str], str]) -> str:
    """Return one regular expression for all words, longest first; `leaf` gives what must follow a word.

    A space matches white space or a hyphen, a slash may stand between spaces.
    """
    root: dict[str, Any] = {}
    for word in sorted(words):
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = leaf(word)
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    """Return the expression of a trie node; its own leaf is tried last, so that the longest word wins."""
    parts = [_SPACED.get(char, re.escape(char)) + _branch(child) for char, child in node.items() if char]
    if "" in node:
        parts.append(node[""])
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _is_long(name: str) -> bool:
    return len(name) >= 5 and name.isalpha() and name.isascii()


def _right_edge(name: str) -> str:
    """Return what must follow a name: nothing that would make it another word."""
    if _is_long(name) or "가" <= name[-1] <= "힣":
        return ""
    if name[-1] in "+#":
        return "(?![+#0-9a-z_])"
    if len(name) >= 4 and name[-1].isalpha():
        # "Python3" and "Java 8" written "Java8" name the tool; three digits are a model number.
        return rf"(?!\d{{3}}|\d{{0,2}}[{_LATIN[3:]}])"
    return f"(?![{_LATIN}])"


def _proposed_edge(name: str) -> tuple[str, ...]:
    """Return what must follow a name to be looked at: what `_right_edge` asks, as far as a plain text shows it."""
    edge = _right_edge(name)
    return OPEN if not edge or name[-1] in "+#" else VERSIONED if edge.startswith(r"(?!\d") else CLOSED


class Matcher:
    """Finds skills in texts; built once per process."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._forms = vocabulary.forms
        self._kinds = {skill: term.kind for skill, term in vocabulary.terms.items()}
        groups: dict[str, list[str]] = {"latin": [], "hangul": [], "dot": []}
        for name in vocabulary.forms:
            groups["dot" if name[0] == "." else "latin" if name[0].isascii() else "hangul"].append(name)
        # Only the ASCII "\b" lets Hangul stand beside Latin; for Hangul none will do: "ㆍ" counts as a letter.
        edges = {
            "latin": r"(?a:\b)(?<![À-ɏ])",
            "hangul": f"(?=[{_HANGUL}])(?<![0-9a-z{_HANGUL}])",
            "dot": "(?<![0-9a-z.])",
        }
        patterns = [edges[group] + trie_pattern(names, _right_edge) for group, names in groups.items() if names]
        self._pattern = re.compile("|".join(patterns))
        # Most names count wherever they stand: looking that up once takes half the time of asking at each place.
        self._long = frozenset(filter(_is_long, self._forms))
        self._free = {name: forms[0] for name, forms in self._forms.items() if forms and _is_free(forms[0])}
        self._spotter = Spotter(vocabulary.forms, _proposed_edge)

    def find(self, text: str, folded: str | None = None) -> list[Match]:
        """Return every skill the text names, by position; a name that implies another skill gives a match for each.

        `folded` saves folding the text again.
        """
        return self.find_in(View.of(text, folded))

    def find_in(self, view: View) -> list[Match]:
        """Return the same as `find` for a text that other rules read too."""
        firm: list[tuple[Form, int, int]] = []
        waiting: list[tuple[str, int, int]] = []
        for name, start, end in self._names(view):
            form = self._free.get(name) or self._met(name, view, start, end)
            if form is None:
                continue
            if form.near:
                waiting.append((name, start, end))
            else:
                firm.append((form, start, end))
        if waiting:
            firm = sorted(firm + self._settle(view, firm, waiting), key=lambda found: found[1])
        return [Match(skill, s, e, form.is_managed) for form, s, e in firm for skill in (form.skill, *form.also)]

    def _names(self, view: View) -> list[tuple[str, int, int]]:
        """Return the longest name at each place that has one, left to right, but no part of a word or an address."""
        text, folded, match, reach = view.text, view.folded, self._pattern.match, 0
        names = []
        for start in self._spotter.starts(view):
            if start < reach or (hit := match(folded, start)) is None:
                continue
            reach, name = hit.end(), hit[0]
            if name not in self._forms:
                name = fold_name(name)
            if name in self._long and not _has_edge(text, reach):
                continue
            after = folded[reach : reach + 1]
            if (after in _DOT_OR_AT or folded[start - 1] in _ADDRESS_EDGE) and _is_address(folded, start, reach):
                continue
            names.append((name, start, reach))
        return names

    def _met(self, name: str, view: View, start: int, end: int) -> Form | None:
        """Return the first form of a name whose conditions are met at this place, apart from its neighbours."""
        for form in self._forms[name]:
            if _is_met(form, view, start, end):
                return form
        return None

    def _settle(
        self, view: View, firm: list[tuple[Form, int, int]], waiting: list[tuple[str, int, int]]
    ) -> list[tuple[Form, int, int]]:
        """Return the waiting names that stand near a skill named without doubt."""
        starts = [start for _, start, _ in firm]
        settled = []
        for name, start, end in waiting:
            for form in self._forms[name]:
                if _is_met(form, view, start, end) and self._has_neighbour(form, firm, starts, start, end):
                    settled.append((form, start, end))
                    break
        return settled

    def _has_neighbour(
        self, form: Form, firm: list[tuple[Form, int, int]], starts: list[int], start: int, end: int
    ) -> bool:
        if not form.near:
            return True
        # Names are shorter than 60 characters: one that starts further left cannot end within reach.
        nearby = firm[bisect_left(starts, start - form.near - 60) : bisect_right(starts, end + form.near)]
        return any(
            other.skill != form.skill
            and e >= start - form.near
            and (not form.near_kinds or self._kinds[other.skill] in form.near_kinds)
            for other, _, e in nearby
        )


def _is_free(form: Form) -> bool:
    """Does a form count wherever it stands?"""
    return form == Form(form.skill, form.name, is_managed=form.is_managed, also=form.also)


def _is_met(form: Form, view: View, start: int, end: int) -> bool:
    """Are the conditions of a form met at this place, apart from its neighbours?"""
    if form.exact is not None and form.exact != view.text[start:end]:
        return False
    if form.need is None and form.reject is None:
        return True
    before, after = view.folded[max(0, start - _WINDOW) : start], view.folded[end : end + _WINDOW]
    if form.reject is not None and form.reject.is_met(before, after):
        return False
    return form.need is None or form.need.is_met(before, after)


def _has_edge(text: str, end: int) -> bool:
    """Does a long name end here, if only by a change of case ("AirflowFamiliarity", from markup lost between lines)?"""
    after = text[end : end + 1]
    if not (after.isalnum() or after == "_") or _VERSION.match(text, end):
        return True
    return after.isupper() and text[end - 1].islower()


def _is_address(folded: str, start: int, end: int) -> bool:
    """Is the name part of a web or e-mail address? An employer's domain is not a skill."""
    if start and folded[start - 1] in _ADDRESS_EDGE and _ADDRESS_BEFORE.search(folded, max(0, start - _WINDOW), start):
        return True
    # Bounded, for "a.a.a.a" without end would be read to its end from each of its dots.
    return _ADDRESS_AFTER.match(folded, end, end + _HOST) is not None

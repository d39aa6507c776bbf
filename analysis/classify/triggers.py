"""Triggers: the pieces of text that any match of a regular expression holds, to spare running it where none stands."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from operator import or_
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

STAND_IN: Final = "\0"
"""Stands for the skill in the texts that are searched, and so in each of them: an e-mail's "@" is none."""
_MAX_PIECES: Final = 64
_LONG_ENOUGH: Final = 4
_MAX_KNOWN: Final = 16384
_MANY: Final = 200
"""Looking for more pieces than this takes as long as running the expression."""


class _Need(NamedTuple):
    """What a part of an expression matches exactly, and else the pieces of which any match holds one."""

    exact: frozenset[str] | None
    pieces: frozenset[str] | None


_EMPTY: Final = _Need(frozenset({""}), None)
_ANYTHING: Final = _Need(None, None)


def triggers(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """Return pieces of text of which every match holds at least one; None where none can be told.

    The pieces of the literal parts are joined as long as they are few; of several sets that would do, the one with the
    longest shortest piece is returned.
    """
    if pattern.flags & re.IGNORECASE:
        return None
    return _held(_sequence(parser.parse(pattern.pattern, pattern.flags)))


def _held(need: _Need) -> frozenset[str] | None:
    if need.exact is None:
        return need.pieces
    # Who holds "welding" holds "weld".
    shortest = frozenset(p for p in need.exact if not any(other in p for other in need.exact if other != p))
    return None if "" in shortest else shortest


def _sequence(items: Iterable[tuple[Any, Any]]) -> _Need:
    found: list[frozenset[str]] = []
    run: frozenset[str] = frozenset({""})
    is_exact = True
    for item in items:
        need = _item(*item)
        if need.exact is not None and len(run) * len(need.exact) <= _MAX_PIECES:
            run = frozenset(a + b for a, b in product(run, need.exact))
            continue
        is_exact = False
        found += [pieces for pieces in (_held(_Need(run, None)), _held(need)) if pieces]
        run = frozenset({""})
    if is_exact:
        return _Need(run, None)
    found += [pieces for pieces in (_held(_Need(run, None)),) if pieces]
    return _Need(None, max(found, key=_worth, default=None))


def _worth(pieces: frozenset[str]) -> tuple[int, int]:
    return min(_LONG_ENOUGH, min(map(len, pieces))), -len(pieces)


def _item(op: Any, value: Any) -> _Need:
    """Return what one item of a parsed expression needs; an unknown kind of item needs nothing."""
    if op is sre.LITERAL:
        return _Need(frozenset({chr(value)}), None)
    if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return _EMPTY
    if op is sre.IN:
        return _choice(value)
    if op is sre.SUBPATTERN:
        return _sequence(value[3]) if not value[1] & re.IGNORECASE else _ANYTHING
    if op is sre.BRANCH:
        return _union([_sequence(branch) for branch in value[1]])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _repeat(*value)
    return _ANYTHING


def _choice(members: Sequence[tuple[Any, Any]]) -> _Need:
    if all(op is sre.LITERAL for op, _ in members):
        return _Need(frozenset(chr(code) for _, code in members), None)
    return _ANYTHING


def _union(needs: Sequence[_Need]) -> _Need:
    if all(need.exact is not None for need in needs):
        exact = frozenset().union(*(need.exact for need in needs if need.exact is not None))
        return _Need(exact, None) if len(exact) <= _MAX_PIECES else _Need(None, _held(_Need(exact, None)))
    held = [_held(need) for need in needs]
    return _Need(None, frozenset().union(*filter(None, held)) if all(held) else None)


def _repeat(least: int, most: int, body: Iterable[tuple[Any, Any]]) -> _Need:
    need = _sequence(body)
    if least == 0:
        return _Need(need.exact | {""}, None) if most == 1 and need.exact is not None else _ANYTHING
    return need if least == most == 1 else _Need(None, _held(need))


@dataclass(frozen=True, slots=True)
class Guarded:
    """A regular expression that is run only on texts that hold one of its triggers."""

    pattern: re.Pattern[str]
    pieces: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = triggers(self.pattern) or frozenset()
        is_telling = len(found) <= _MANY and STAND_IN not in found
        object.__setattr__(self, "pieces", tuple(sorted(found)) if is_telling else ())

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match, as the expression would."""
        if self.pieces and not any(map(text.__contains__, self.pieces)):
            return None
        return self.pattern.search(text)


class Alternatives:
    """Named groups of expressions; each group matches as one alternation would, run only as far as triggers stand.

    One pass over a text tells what may match in it, for all groups and for every part of the text.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Compile the expressions of each group."""
        self._patterns = {name: [re.compile(pattern) for pattern in patterns] for name, patterns in groups.items()}
        owners: dict[str, int] = defaultdict(int)
        self._bits: dict[str, int] = {}
        self._masks: dict[str, int] = {}
        self._always = n_bits = 0
        for name, patterns in self._patterns.items():
            self._bits[name] = n_bits
            self._masks[name] = (1 << len(patterns)) - 1 << n_bits
            for pattern in patterns:
                found = triggers(pattern)
                if found is None or any(STAND_IN in piece for piece in found):
                    self._always |= 1 << n_bits
                else:
                    for piece in found:
                        owners[piece] |= 1 << n_bits
                n_bits += 1
        self._owners = list(owners.values())
        raw = [piece.encode() for piece in owners]
        self._automaton = BytesAhoCorasick(raw, MatchKind.Standard, Implementation.ContiguousNFA)
        self._known: dict[tuple[str, int], tuple[re.Pattern[str], ...]] = {}

    def __reduce__(self) -> tuple[type["Alternatives"], tuple[dict[str, list[str]]]]:
        # An automaton cannot be pickled.
        return Alternatives, ({name: [p.pattern for p in patterns] for name, patterns in self._patterns.items()},)

    def seen(self, text: str) -> int:
        """Return which expressions may match in a text, or in any part of it."""
        which = self._always
        raw = text.encode(errors="surrogatepass")
        for i, _, _ in self._automaton.find_matches_as_indexes(raw, overlapping=True):
            which |= self._owners[i]
        return which

    def mask(self, groups: Iterable[str]) -> int:
        """Return which expressions are of some groups."""
        return reduce(or_, (self._masks[group] for group in groups), 0)

    def finditer(
        self, group: str, text: str, seen: int, start: int = 0, end: int = sys.maxsize
    ) -> Iterator[re.Match[str]]:
        """Yield the matches in text[start:end] from left to right; of two at one place that of the first expression.

        `seen` is what `seen` returns of the text. The expressions must not match nothing.
        """
        ahead = [found for p in self._some(group, seen) if (found := p.search(text, start, end))]
        while ahead:
            # The first of several with the least start: they stand in the order of the expressions.
            best = min(ahead, key=_start)
            yield best
            reach = max(best.end(), best.start() + 1)
            later = (found if found.start() >= reach else found.re.search(text, reach, end) for found in ahead)
            # Beyond the end an expression that may match nothing would do so for ever.
            ahead = [found for found in later if found and found.start() >= reach]

    def search(self, group: str, text: str, seen: int) -> re.Match[str] | None:
        """Return the first match in a text."""
        ahead = [found for p in self._some(group, seen) if (found := p.search(text))]
        return min(ahead, key=_start) if ahead else None

    def first(self, group: str, text: str) -> int | None:
        """Return the index of the first expression that matches in a text, wherever it does."""
        found = next((p for p in self._some(group, self.seen(text)) if p.search(text)), None)
        return None if found is None else self._patterns[group].index(found)

    def _some(self, group: str, seen: int) -> tuple[re.Pattern[str], ...]:
        """Return the expressions of a group that may match, in order."""
        which = seen & self._masks[group]
        known = self._known.get((group, which))
        if known is None:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            first = self._bits[group]
            known = tuple(p for i, p in enumerate(self._patterns[group], first) if which >> i & 1)
            self._known[group, which] = known
        return known


def _start(found: re.Match[str]) -> int:
    return found.start()

"""Automata: one pass over a text proposes where words of a list may start, so that exact rules look only there."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, Self

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from analysis.classify.vocabulary import fold

OPEN: Final = ("",)
"""Anything may follow a word."""
CLOSED: Final = (" ",)
"""No letter, digit or underscore may follow a word."""
VERSIONED: Final = (" ", "0")
"""Digits may follow a word, but no letter."""

_REACH: Final = 12
"""How much of a word is looked for: an automaton of whole ones is slower, for it outgrows the processor's cache."""
_LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz") | (frozenset(range(0xC0, 0x100)) - {0xD7, 0xF7})
_DIGITS: Final = frozenset(b"0123456789")
_PLAIN: Final = bytes(byte if byte in _LETTERS else ord("0") if byte in _DIGITS else ord(" ") for byte in range(256))


class View(NamedTuple):
    """A text, its folded form, and its plain form: bytes, one for each character between a blank and two blanks.

    In the plain form all digits are zeros and whatever is no letter of Western Europe is a blank.
    """

    text: str
    folded: str
    plain: bytes

    @classmethod
    def of(cls, text: str, folded: str | None = None) -> Self:
        """Return the view of a text; `folded` saves folding it again."""
        folded = fold(text) if folded is None else folded
        return cls(text, folded, b" " + _plain(folded) + b"  ")

    def part(self, start: int, end: int) -> "View":
        """Return the view of a part of the text, which knows nothing of what is around it."""
        return View(self.text[start:end], self.folded[start:end], b" " + self.plain[start + 1 : end + 1] + b"  ")


def _plain(folded: str) -> bytes:
    return folded.encode("latin-1", "replace").translate(_PLAIN)


class Spotter:
    """Proposes where words may start: every place where one does, and some where none does.

    Words are folded; between two words of one there may be any white space or a hyphen, around a slash white space.
    `edge` says what may follow a word: OPEN, CLOSED or VERSIONED.
    """

    def __init__(self, words: Iterable[str], edge: Callable[[str], tuple[str, ...]]) -> None:
        patterns: set[tuple[bytes, int]] = set()
        others: set[str] = set()
        for word in words:
            if word[0].isascii():
                patterns.update(_patterns(word, edge(word)))
            else:
                # The plain form shows no Hangul; the first word is enough, for few texts hold it without the rest.
                others.add(word.split(" ")[0].split("/")[0])
        ordered = sorted(patterns)
        self._shifts = [shift for _, shift in ordered]
        self._plain = _automaton([pattern for pattern, _ in ordered])
        self._others = _automaton([word.encode() for word in sorted(others)]) if others else None

    def starts(self, view: View) -> list[int]:
        """Return the proposed character offsets, sorted."""
        shifts = self._shifts
        found = {start + shifts[i] for i, start, _ in self._plain.find_matches_as_indexes(view.plain, overlapping=True)}
        if self._others and not view.folded.isascii():
            found.update(_starts_in_utf8(self._others, view.folded))
        return sorted(found)


def _automaton(patterns: list[bytes]) -> BytesAhoCorasick:
    return BytesAhoCorasick(patterns, MatchKind.Standard, Implementation.DFA)


def _starts_in_utf8(automaton: BytesAhoCorasick, folded: str) -> Iterator[int]:
    """Yield the character offsets of all hits; the automaton for texts would note the offset of every character."""
    # Half a surrogate pair has no UTF-8; what stands in for it in three bytes is no letter.
    raw = folded.encode(errors="surrogatepass")
    n_bytes = n_chars = 0
    for _, start, _ in automaton.find_matches_as_indexes(raw, overlapping=True):
        # Hits come in order of their ends: a longer one may start before the one ahead of it.
        if start >= n_bytes:
            n_chars += len(raw[n_bytes:start].decode(errors="surrogatepass"))
        else:
            n_chars -= len(raw[start:n_bytes].decode(errors="surrogatepass"))
        n_bytes = start
        yield n_chars


def _patterns(word: str, edges: tuple[str, ...]) -> Iterable[tuple[bytes, int]]:
    """Yield what to look for in the plain form, and how far behind its start in there the word starts in the text."""
    plain = _plain(word)
    is_word = plain[:1] != b" "
    body, shift = (b" " + plain, 0) if is_word else (plain, -1)
    for edge in edges if plain[-1:] != b" " else OPEN:
        yield (body + edge.encode())[:_REACH], shift
    # A run of white space has any length. So has what stands around a slash, or a character that needs two bytes
    # in the text but none in the word: two blanks behind the first words are looked at in every case.
    for i, char in enumerate(word, is_word):
        if char in " /" and is_word < i < _REACH - 1:
            yield body[:i] + b"  ", shift

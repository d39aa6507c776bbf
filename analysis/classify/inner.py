"""Inner headings: which phrases inside a line are headings whose line breaks were lost."""

import re
from typing import Final

from analysis.classify.headings import LONG_LINE, Hit

REACH: Final = 100
"""A colon further behind a heading is not its colon; reading a million blanks between them takes minutes."""
COLON: Final = re.compile(r"\s*(?:\([^)\n]{0,40}\)\s*)?[*_\]】>＞》〕)\s]*(?:[:：]|\s[-–—]\s)[*_\s]*")
CLOSED: Final = re.compile(r"\s*[\]】>＞》〕]\s*[:：]?\s*")
ASIDES: Final = frozenset({"stack", "benefits", "process", "company"})
JOINED_LINE: Final = 400
"""A line longer than this is taken for several whose breaks vanished."""
LINKING: Final = (
    "and|or|of|the|our|your|a|an|in|for|with|to|all|other|these|this|their|its|on|as|by|any|no|both|is|are|be|meets?"
    "|have|has|from|at|you|we"
)
"""Words after which a phrase goes on: "meet the Requirements" holds no heading."""

# A heading inside a line follows the end of a sentence, a bullet, an emoji or a bracket, never a comma or a plain word.
_BREAK_BEFORE: Final = re.compile(r"(?:^|[^\w\s,'\"/&(\-]|\s{2,}|\n)\s*[\[【(<*#_\-]*\s*$")
_CAPITAL_AFTER: Final = re.compile(
    r"(?:\.{2,9})?[\s*_?!…]{0,9}[-•·●▪*]?\s{0,9}(?:[A-Z0-9]|[^\w\s,.;:!?()&/'\"+-])",
)
# "... in a team Requirements Python": a list item without full stop before a heading ends in a plain word or a name.
_ITEM_BEFORE: Final = re.compile(rf"(?:^|[\s(/])(?!(?:{LINKING})\s)(?:[a-z0-9+#/'’-]*[a-z0-9+#)%]|[A-Z]{{2,}})\s+$")
_MID_PHRASE: Final = re.compile(rf"(?:\b(?:{LINKING})|[/&])\s+$")
# "Experience with Big Data Technologies - Hive": a name goes on, and what it ends in is no aside.
_MID_NAME: Final = re.compile(rf"(?:\b(?:{LINKING}|[A-Z][\w-]*)|[/&])\s+$")
# "Knowledge of", "Experience with": the start of a sentence, no heading.
_UNFINISHED: Final = re.compile(r"\b(?:of|in|with|and|or|using|the|on)$")
_STARTS_SENTENCE: Final = frozenset({"you", "we", "must"})
_SMALL_WORDS: Final = frozenset("and or of the for to a an in you we if with & do is are your our".split())  # noqa: SIM905
_BLANK_END: Final = re.compile(r"[ *_:：\]】?>)\t\xa0]*+")
_NOUN: Final = 4
_WINDOW: Final = 12
_ITEM_WINDOW: Final = 30


def is_capital(letter: str) -> bool:
    """Tell whether a letter may start a heading: a capital or Hangul."""
    return "가" <= letter <= "힣" or letter.isupper()


def has_colon(folded: str, hit: Hit) -> bool:
    """Does a colon or a dash follow a phrase?"""
    return COLON.match(folded, hit.end, hit.end + REACH) is not None


def is_closed(folded: str, hit: Hit) -> bool:
    """Does a closing bracket follow a phrase?"""
    return CLOSED.match(folded, hit.end, hit.end + REACH) is not None


def inner_scope(text: str, folded: str, start: int, end: int, hit: Hit, is_first: bool = False) -> str | None:
    """Return how far the section reaches that a phrase inside a line opens (open or line), or None if it opens none.

    `is_first` says that the phrase starts its line, so that even in a short one a break may be lost behind it.
    """
    if hit.is_weak or not is_capital(text[hit.start]):
        return None
    is_break = _BREAK_BEFORE.search(folded[max(start, hit.start - _WINDOW) : hit.start]) is not None
    if is_break and _BLANK_END.fullmatch(folded, hit.end, end):
        return "open"
    has_mark = has_colon(folded, hit)
    if is_break and (has_mark or is_closed(folded, hit)):
        return "line" if hit.kind in ASIDES else "open"
    if not text[hit.start].isascii():
        is_noun = has_mark and hit.end - hit.start >= _NOUN and folded[max(start, hit.start - 1) : hit.start] in " ,.)"
        return "open" if is_noun else None
    is_long = is_first or end - start > LONG_LINE
    if is_long and (_is_titled(text, folded, start, hit, is_break) or _is_label(text, hit)):
        return "open"
    is_joined = not is_first and end - start > JOINED_LINE
    return "open" if is_joined and _is_joined(text, folded, start, hit, is_break, has_mark) else None


def _is_label(text: str, hit: Hit) -> bool:
    return " " in text[hit.start : hit.end] and text[hit.end : hit.end + 1] in (":", "：")


def _is_titled(text: str, folded: str, start: int, hit: Hit, is_break: bool) -> bool:
    """Tell whether a phrase is spelt as a title and stands apart: "... bread. What You Bring Five years"."""
    if not (_has_title_case(text, hit) and _CAPITAL_AFTER.match(text, hit.end, hit.end + REACH)):
        return False
    running = _MID_NAME if hit.kind in ASIDES else _MID_PHRASE
    before = text[max(start, hit.start - _WINDOW) : hit.start]
    return is_break or (" " in text[hit.start : hit.end] and not running.search(before))


def _is_joined(text: str, folded: str, start: int, hit: Hit, is_break: bool, has_mark: bool) -> bool:
    """Tell whether a phrase in a joined line is a heading though spelt as a sentence: "Nice to have Experience"."""
    words = folded[hit.start : hit.end].split()
    if not (has_mark or _CAPITAL_AFTER.match(text, hit.end, hit.end + REACH)):
        return False
    is_sentence = words[0] in _STARTS_SENTENCE or _UNFINISHED.search(folded, hit.start, hit.end)
    if is_sentence and not _has_title_case(text, hit):
        return False
    is_item = _ITEM_BEFORE.search(text, max(start, hit.start - _ITEM_WINDOW), hit.start) is not None
    if len(words) == 1:
        # "Record data into Company Software": one word more often belongs to a name.
        return is_item and (has_mark or hit.kind not in ASIDES)
    return is_break or is_item


def _has_title_case(text: str, hit: Hit) -> bool:
    words = text[hit.start : hit.end].split()
    return all(word[0].isupper() or word.lower() in _SMALL_WORDS for word in words)

"""Finds texts that were cut off by whoever collected them: they miss requirements and would lower every rate.

Three traces are known. A cut text ends in an ellipsis or a leftover "Show more"; a field of limited width leaves many
different texts of exactly the same length; and a scraper that never clicked "Show more" leaves a whole batch of short
texts where boards of that kind carry 3,000 characters and more.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from analysis.fact import MIN_CHARS

_CUT: Final = re.compile(r"(?:\.\.\.|…|\[…\]|(?:show|read|see|view) more\W{0,3}|더 ?보기)\s*\Z", re.IGNORECASE)
_ROW_NUMBER: Final = re.compile(r"(.*\w)-\d+")

SPIKE_MIN: Final = 8
"""Different texts of one length that make a width limit likely ..."""
SPIKE_TIMES: Final = 8
"""... when they are this many times the texts of each length nearby."""
SPIKE_WINDOW: Final = 25
SHORT_BY_NATURE: Final = ("hn", "korean_board")
"""Families whose whole adverts are as short as cut ones of other families."""
BATCH_MIN: Final = 20
BATCH_MEDIAN: Final = 1_100
"""Median characters below which a batch of English job-board texts was cut; whole ones have 1,400 to 6,600."""


def is_cut(text: str) -> bool:
    """Tell whether a text ends where a page said that there is more."""
    return bool(_CUT.search(text[-20:]))


def batch_of(native_id: str | None) -> str:
    """Return the part of a numbered id that names the file it came from: "5bf9d50380-12" -> "5bf9d50380"."""
    match = _ROW_NUMBER.fullmatch(native_id or "")
    return match[1] if match else ""


def width_limits(n_chars: Sequence[int], bodies: Sequence[int]) -> set[int]:
    """Return the lengths at which a field of limited width cut the texts of one source.

    `n_chars` and `bodies` are the length and body hash of each text.
    """
    texts: Mapping[int, set[int]] = defaultdict(set)
    for n, body in zip(n_chars, bodies, strict=True):
        if n >= MIN_CHARS:
            texts[n].add(body)
    counts = {n: len(b) for n, b in texts.items()}
    limits = set()
    for n, count in counts.items():
        nearby = sum(counts.get(m, 0) for m in range(n - SPIKE_WINDOW, n + SPIKE_WINDOW + 1)) - count
        if count >= SPIKE_MIN and count >= SPIKE_TIMES * nearby / (2 * SPIKE_WINDOW) + SPIKE_MIN / 2:
            limits.add(n)
    return limits


def is_cut_batch(n_chars: Sequence[int]) -> bool:
    """Tell whether a batch of English job-board texts was collected without opening them in full."""
    whole = [n for n in n_chars if n >= MIN_CHARS]
    return len(whole) >= BATCH_MIN and float(np.median(whole)) < BATCH_MEDIAN


def mark_truncated(facts: pa.Table, batches: Mapping[str, str]) -> pa.Table:
    """Return the facts of one source with those marked, too, that only the source's other texts show to be cut.

    `batches` gives the file of its dataset that each posting came from, by posting_id. Those that are not in it are
    known to be whole or cut, and left as they are: a board of short adverts is no batch of cut ones.
    """
    names = ("posting_id", "n_chars", "body_hash", "lang", "family", "is_truncated")
    ids, n_chars, bodies, langs, families, marks = (facts[name].to_pylist() for name in names)
    unsure = [i for i, posting_id in enumerate(ids) if posting_id in batches]
    limits = width_limits([n_chars[i] for i in unsure], [bodies[i] for i in unsure])
    groups: dict[str, list[int]] = defaultdict(list)
    for i in unsure:
        if langs[i] != "ko" and families[i] not in SHORT_BY_NATURE:
            groups[batches[ids[i]]].append(i)
    cut = {i for rows in groups.values() if is_cut_batch([n_chars[i] for i in rows]) for i in rows}
    narrow = {i for i in unsure if n_chars[i] in limits}
    marks = [mark or i in narrow or i in cut for i, mark in enumerate(marks)]
    at = facts.schema.get_field_index("is_truncated")
    return facts.set_column(at, facts.schema.field(at), pa.array(marks, pa.bool_()))

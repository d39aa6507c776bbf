"""Silver labels: texts of postings whose title names the job, with everything masked that repeats the name."""

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pyarrow as pa

from analysis.classify.openings import Openings, is_header
from analysis.classify.role_model import READ_CHARS
from analysis.classify.role_model import words_of as model_words
from analysis.classify.titles import TitleRules, normalise_title
from analysis.classify.vocabulary import ADDRESS, load_vocabulary
from analysis.fact import MIN_CHARS
from analysis.fingerprint import body_hash, company_id, near_hash, title_hash, words_of
from analysis.truncation import is_cut
from scrapers.posting import digest

COLUMNS: Final = (
    "posting_id", "source", "family", "lang", "title", "company", "location", "posted_at", "text", "is_truncated",
)  # fmt: skip
"""Columns of a posting that labels are made from."""
PER_EMPLOYER: Final = 20
"""More postings of one employer would teach its house style instead of the job."""
PER_CELL: Final = 2_500
"""Postings of one role, family and half of the years; software engineers alone would be a third of all."""
RECENT: Final = "2024"
# fmt: off
GIVEN: Final = (
    "john", "david", "michael", "chris", "james", "mike", "alex", "sarah", "anna", "peter", "daniel", "mark", "paul",
    "tom", "ben", "adam", "matt", "andrew", "jason", "kevin", "brian", "eric", "ryan", "steve", "robert", "william",
    "nick", "sam", "tim", "dan", "joe", "jeff", "scott", "emily", "jessica", "laura", "rachel", "lisa", "maria",
)
# fmt: on
"""Given names that hiring posts sign with; a store has no field to learn them from."""
_LATIN: Final = re.compile(r"[A-Za-zß-öø-ÿÀ-ÖØ-Þ][A-Za-z0-9ß-öø-ÿÀ-ÖØ-Þ]*")
GAP: Final = " \u241f "
"""Stands where a name was masked."""

_HEAD: Final = re.compile(
    r"\b(?:engineers?|developers?|scientists?|analysts?|architects?)\b|엔지니어|개발자|분석가|과학자|사이언티스트|애널리스트"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A masked text and the role its title names; `employer` is unique where none is known."""

    posting_id: str
    role: str
    text: str
    employer: str
    year: str
    lang: str
    family: str


@dataclass(frozen=True, slots=True)
class Silver:
    """The samples, and the words and pairs that name employers, places or people: no model may know them."""

    samples: list[Sample]
    names: frozenset[str]


class Masker:
    """Removes from a text what names a job: known names, the posting's title and employer, and bare head words."""

    def __init__(self, titles: TitleRules) -> None:
        self._titles = titles

    def mask(self, text: str, title: str, *names: str | None) -> str:
        """Return the text, as far as a model reads, in the normal form of titles with `GAP` for what was removed."""
        norm = normalise_title(ADDRESS.sub(" ", text[:READ_CHARS]))
        parts = [normalise_title(title), *(part for name in (title, *names) for part in _parts(name))]
        own = sorted({*parts} - {""}, key=len, reverse=True)
        if own:
            norm = re.sub(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, own))})(?![a-z0-9])", GAP, norm)
        for named in reversed(self._titles.find(norm)):
            norm = norm[: named.start] + GAP + norm[named.end :]
        return _HEAD.sub(GAP, norm)


def _parts(name: str | None) -> list[str]:
    return [part for part in normalise_title(name or "").split(" , ") if len(part) > 3 or part >= "가"]


class Labels:
    """Gives the role that a title names beyond doubt, by the same rules as everywhere else."""

    def __init__(self, titles: TitleRules) -> None:
        self._titles = titles
        self._openings = Openings(titles)

    def role(self, title: str, text: str) -> str | None:
        """Return the role, or None where the title leaves it open or the posting has several openings."""
        if not is_header(title, text, self._titles):
            reading = self._titles.read(title)
            return reading.roles[0] if reading.is_decided and reading.rank == "names" else None
        named = self._openings.in_header(title)
        return next(iter(named)) if len(named) == 1 and named >= set(self._openings.in_lists(text)) else None


def read_silver(postings: Iterator[pa.RecordBatch], titles: TitleRules, per_cell: int = PER_CELL) -> Silver:
    """Return one sample per vacancy, at most `PER_EMPLOYER` an employer and `per_cell` a cell, in order of id.

    Cut and short texts are left out. Which postings of a large cell are kept is decided by a hash of their ids,
    so that it does not depend on the order of the store.
    """
    labels, masker = Labels(titles), Masker(titles)
    kept: dict[tuple[str, ...], list[tuple[str, str, dict[str, Any]]]] = {}
    for key, row in _unique(postings, labels):
        entry = (digest("silver", row["posting_id"]), row["posting_id"], row)
        heap = kept.setdefault(key, [])
        if len(heap) < per_cell:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)
    rows = sorted(((key[0], row) for key, heap in kept.items() for _, _, row in heap), key=lambda r: r[1]["posting_id"])
    return Silver([_sample(role, row, masker) for role, row in rows], proper_names([row for _, row in rows]))


def proper_names(rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return names of employers and places that these texts write with capitals, and common given names.

    Names are words, or two words with a space; a longer one makes none: "Bluebird Data Works" does not make "data" a
    name. A skill of the vocabulary is no name, but a word of one may be: a skill begins with the name of its vendor.
    """
    names: set[str] = set()
    for row in rows:
        employer = model_words(row["company"] or "")
        names.update([" ".join(employer)] if 1 <= len(employer) <= 2 else (), model_words(row["location"] or ""))
    known = names - {" ".join(model_words(name)) for name in load_vocabulary().forms}
    n_capitals: Counter[str] = Counter()
    n_all: Counter[str] = Counter()
    for row in rows:
        for name, is_capital in _written(row["text"][:READ_CHARS]):
            if name in known:
                n_all[name] += 1
                n_capitals[name] += is_capital
    return frozenset({name for name in known if n_capitals[name] * 2 > n_all[name] or name[0] >= "가"} | set(GIVEN))


def _written(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the Latin words of a text and each two neighbours, in lower case, and whether they have their capitals."""
    words = [(word.lower(), not word[0].islower()) for word in _LATIN.findall(text)]
    yield from words
    for (first, is_first), (second, is_second) in pairwise(words):
        yield f"{first} {second}", is_first and is_second


def _unique(postings: Iterator[pa.RecordBatch], labels: Labels) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the cell and the row of each labelled posting that is no copy of an earlier one."""
    seen: set[tuple[str, object]] = set()
    n_of: Counter[str] = Counter()
    for row in (row for batch in postings for row in batch.select(COLUMNS).to_pylist()):
        title, text = row["title"] or "", row["text"]
        if len(text) < MIN_CHARS or row["is_truncated"] or is_cut(text) or not (role := labels.role(title, text)):
            continue
        words = words_of(text)
        employer = company_id(row["company"])
        marks = {("body", body_hash(words)), ("near", near_hash(words))}
        if employer:
            marks.add((employer, title_hash(title)))
        if marks & seen:
            continue
        row["employer"] = employer or row["posting_id"]
        n_of[row["employer"]] += 1
        if n_of[row["employer"]] <= PER_EMPLOYER:
            seen |= marks
            half = "recent" if (row["posted_at"] or "") >= RECENT else "earlier"
            yield (role, row["family"], half), row


def _sample(role: str, row: dict[str, Any], masker: Masker) -> Sample:
    text = masker.mask(row["text"], row["title"] or "", row["company"], row["location"])
    year = (row["posted_at"] or "")[:4]
    return Sample(row["posting_id"], role, text, row["employer"], year, row["lang"], row["family"])

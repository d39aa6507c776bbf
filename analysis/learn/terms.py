"""Terms: which words and pairs of words a role model may know, out of the texts it learns from."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.classify.role_model import Terms, words_of

MIN_TEXTS: Final = 20
MIN_EMPLOYERS: Final = 10
"""A term must stand in so many texts of so many employers: fewer and the model would remember single adverts."""


def choose_terms(texts: Sequence[str], employers: Sequence[str], unwanted: Collection[str] = ()) -> Terms:
    """Return the words and pairs that enough texts of enough employers hold, without the unwanted ones.

    What is unwanted is a word, or two with a space: then the pair goes and its words stay.
    """
    _, employer = np.unique(np.asarray(employers, str), return_inverse=True)
    known: dict[str, int] = {}
    ids = [np.array([known.setdefault(w, len(known)) for w in words_of(text)], np.int64) for text in texts]
    frequent = _frequent(ids, employer)
    names = list(known)
    words = sorted({names[i] for i in frequent} - set(unwanted))
    place = np.full(len(names) + 1, -1)
    place[[known[w] for w in words]] = np.arange(len(words))
    terms = dict(zip(words, range(len(words)), strict=True))
    pairs = _pairs(ids, place, len(words), employer)
    couples = (tuple(terms.get(word, -1) for word in name.split(" ")) for name in unwanted)
    refused = [c[0] * len(words) + c[1] for c in couples if len(c) == 2 and min(c) >= 0]
    return Terms(terms, pairs[~np.isin(pairs, refused)])


def _pairs(
    ids: Sequence[npt.NDArray[np.int64]], place: npt.NDArray[np.int64], n_words: int, employer: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    codes = []
    for row in ids:
        at = place[row]
        is_pair = (at[:-1] >= 0) & (at[1:] >= 0)
        codes.append((at[:-1] * n_words + at[1:])[is_pair])
    return _frequent(codes, employer)


def _frequent(rows: Sequence[npt.NDArray[np.int64]], employer: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the codes, sorted, that stand in enough rows of enough employers."""
    distinct = [np.unique(row) for row in rows]
    codes = np.concatenate([*distinct, np.empty(0, np.int64)])
    owners = np.repeat(employer, [len(row) for row in distinct])
    values, counts = np.unique(codes, return_counts=True)
    values = values[counts >= MIN_TEXTS]
    at = np.minimum(np.searchsorted(values, codes), max(len(values) - 1, 0))
    is_kept = values[at] == codes if len(values) else np.zeros(len(codes), bool)
    couples = np.unique(at[is_kept] * (int(employer.max(initial=0)) + 1) + owners[is_kept])
    n_employers = np.bincount(couples // (int(employer.max(initial=0)) + 1), minlength=len(values))
    return values[n_employers >= MIN_EMPLOYERS]

"""RoleModel: the trained model that reads a role from the words of a text, for titles that do not say it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import softmax

from analysis.classify.vocabulary import ADDRESS
from analysis.fact import ROLES

READ_CHARS: Final = 6_000
"""How far into a text the model reads; what follows is mostly benefits and small print."""
FORMAT: Final = 1

# Particles go, as far as a stem of two syllables is left: "데이터를" and "데이터의" are one word.
_WORD: Final = re.compile(r"[a-zß-öø-ÿ][a-z0-9ß-öø-ÿ]*[+#]*|[가-힣]+")
_PARTICLE: Final = re.compile(
    r"(?<=[가-힣]{2})(?:으로써?|에서는?|에게|까지|부터|이나|이며|하고|하는|하여|하며|하기|하신|한|할|된|되는|들의?|들을|"
    r"을|를|은|는|이|가|의|에|와|과|로|도|및|등)$"
)


class RoleModelError(ValueError):
    """A file is not a usable role model; the message is one line."""


def words_of(text: str) -> list[str]:
    """Return the words that count: lower case, Korean ones without particle; no numbers, no addresses."""
    text = unicodedata.normalize("NFKC", text[:READ_CHARS]).lower()
    return [w if w[0] < "가" else _PARTICLE.sub("", w) for w in _WORD.findall(ADDRESS.sub(" ", text))]


@dataclass(frozen=True, slots=True)
class Terms:
    """The vocabulary of a model: words, and pairs of neighbouring words as sorted codes `first * n_words + second`."""

    words: Mapping[str, int]
    pairs: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words) + len(self.pairs)

    def counts(self, texts: Sequence[str]) -> csr_matrix:
        """Return how often each text holds each term, shape (n, len(self)): words first, then pairs."""
        found = [self._of(text) for text in texts]
        ends = np.cumsum([0, *(len(f) for f in found)])
        columns = np.concatenate(found) if found else np.empty(0, np.int64)
        matrix = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(texts), len(self)))
        matrix.sum_duplicates()
        return matrix

    def _of(self, text: str) -> npt.NDArray[np.int64]:
        get = self.words.get
        ids = np.array([get(word, -1) for word in words_of(text)], np.int64)
        is_pair = (ids[:-1] >= 0) & (ids[1:] >= 0)
        codes = (ids[:-1] * len(self.words) + ids[1:])[is_pair]
        if len(self.pairs):
            at = np.minimum(np.searchsorted(self.pairs, codes), len(self.pairs) - 1)
            at = at[self.pairs[at] == codes]
        else:
            at = codes[:0]
        return np.concatenate([ids[ids >= 0], at + len(self.words)])


def weigh(counts: csr_matrix, idf: npt.NDArray[np.float32]) -> csr_matrix:
    """Return rows of (1 + log count) * idf, each of length 1; an empty row stays empty."""
    # scikit-learn takes a second to import: only who asks a model pays for it.
    from sklearn.preprocessing import normalize

    rows = counts.copy()
    rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
    return normalize(rows, copy=False) if rows.shape[0] else rows


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Multinomial logistic regression over weighted terms; its probabilities are calibrated."""

    roles: tuple[str, ...]
    terms: Terms
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float64]

    @classmethod
    def from_content(cls, content: Any, name: str = "role model") -> Self:
        """Return the model in the plain mapping that `to_content` gives; raises RoleModelError when it does not fit."""
        try:
            if content["format"] != FORMAT:
                raise RoleModelError(f"{name}: format {content['format']!r}, expected {FORMAT}")
            roles = tuple(content["roles"])
            words = content["words"].split()
            pairs = content["pairs"].astype(np.int64)
            terms = Terms(dict(zip(words, range(len(words)), strict=True)), pairs[:, 0] * len(words) + pairs[:, 1])
            model = cls(roles, terms, content["idf"], content["weights"], content["bias"])
            sizes = (model.idf.shape, model.weights.shape, model.bias.shape)
            is_whole = sizes == ((len(terms),), (len(terms), len(roles)), (len(roles),)) and set(roles) <= set(ROLES)
            is_sorted = bool((np.diff(terms.pairs) > 0).all()) and pairs.max(initial=-1) < len(words)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise RoleModelError(f"{name}: not a role model: {error}") from error
        if not (is_whole and is_sorted):
            raise RoleModelError(f"{name}: roles, terms and weights do not fit together")
        return model

    def to_content(self) -> dict[str, Any]:
        """Return the model as plain strings and arrays, which skops writes and reads without trusting any type."""
        pairs = np.stack(np.divmod(self.terms.pairs, max(len(self.terms.words), 1)), axis=1).astype(np.uint16)
        return {
            "format": FORMAT,
            "roles": list(self.roles),
            "words": " ".join(self.terms.words),
            "pairs": pairs,
            "idf": self.idf,
            "weights": self.weights,
            "bias": self.bias,
        }

    def score(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the probability of each role for each text, shape (n, len(roles))."""
        return np.asarray(softmax(self.logits(texts), axis=1), np.float64)

    def logits(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the log-odds, up to a constant, of each role for each text, shape (n, len(roles))."""
        return np.asarray(weigh(self.terms.counts(texts), self.idf) @ self.weights + self.bias, np.float64)

"""Role training: a calibrated model of the words by which the texts of roles differ, and what is known of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from analysis.classify.role_model import RoleModel, Terms, weigh
from analysis.fact import ROLES
from analysis.learn.calibration import calibration, temperature
from analysis.learn.silver import Sample
from analysis.learn.terms import choose_terms
from scrapers.posting import digest

TRAINED: Final = tuple(role for role in ROLES if role != "analytics_engineer")
"""Roles that the model tells apart; analytics engineers are too few, and only a title decides for them."""
HELD_OUT: Final = 0.2
"""Share of the employers on which the model is calibrated."""


class TrainingError(ValueError):
    """There is too little to learn from; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the trainer may choose: the inverse strength of the penalty, class weights, and the number of terms."""

    c: float = 2.0
    is_balanced: bool = True
    max_terms: int = 45_000


def train(
    samples: Sequence[Sample], names: Collection[str], settings: Settings, seed: int
) -> tuple[RoleModel, dict[str, Any]]:
    """Return the calibrated model of all samples and its facts; the temperature comes from held-out employers."""
    samples = [s for s in samples if s.role in TRAINED]
    is_held = [int(digest("held", str(seed), s.employer), 16) % 1000 < 1000 * HELD_OUT for s in samples]
    held = [s for s, is_out in zip(samples, is_held, strict=True) if is_out]
    rest = [s for s, is_out in zip(samples, is_held, strict=True) if not is_out]
    first = fit(rest, names, settings)
    wanted = targets(held, first.roles)
    logits = first.logits([s.text for s in held])
    heat = temperature(logits, wanted)
    facts = {
        "settings": asdict(settings),
        "n_samples": dict(sorted(Counter(s.role for s in samples).items())),
        "n_employers": len({s.employer for s in samples}),
        "temperature": round(heat, 4),
        "uncalibrated": calibration(logits, wanted),
        "calibrated": calibration(logits / heat, wanted),
    }
    model = fit(samples, names, settings)
    return replace(model, weights=(model.weights / heat).astype(np.float32), bias=model.bias / heat), facts


@dataclass(frozen=True, slots=True)
class Design:
    """What a regression needs of some samples: their terms, weighted, and the wanted roles."""

    terms: Terms
    counts: csr_matrix
    wanted: npt.NDArray[np.int64]

    def fit(self, settings: Settings) -> RoleModel:
        """Return the uncalibrated model of the samples, with all terms."""
        n_texts = np.bincount(self.counts.indices, minlength=len(self.terms))
        idf = (1 + np.log((1 + len(self.wanted)) / (1 + n_texts))).astype(np.float32)
        weight = "balanced" if settings.is_balanced else None
        fitted = LogisticRegression(C=settings.c, class_weight=weight, max_iter=300, tol=1e-3)
        fitted.fit(weigh(self.counts, idf), self.wanted)
        weights = fitted.coef_.T.astype(np.float32)
        return RoleModel(TRAINED, self.terms, idf, weights, fitted.intercept_.astype(np.float64))

    def without_weakest(self, model: RoleModel, n_terms: int) -> "Design":
        """Return it without the pairs that matter least in a model; words stay, for the pairs are made of them."""
        n_words = len(self.terms.words)
        strength = np.abs(model.weights[n_words:]).max(axis=1) * model.idf[n_words:]
        kept = np.sort(np.argsort(-strength, kind="stable")[: max(n_terms - n_words, 0)])
        columns = np.concatenate([np.arange(n_words), n_words + kept])
        return Design(Terms(self.terms.words, self.terms.pairs[kept]), self.counts[:, columns], self.wanted)


def design(samples: Sequence[Sample], names: Collection[str]) -> Design:
    """Return the design of some samples; raises TrainingError when a role is missing or no term is frequent enough."""
    counts = Counter(s.role for s in samples)
    if missing := [role for role in TRAINED if counts[role] < 2]:
        raise TrainingError(f"too few postings to learn from: none of {', '.join(missing)}")
    texts = [s.text for s in samples]
    terms = choose_terms(texts, [s.employer for s in samples], names)
    if not len(terms):
        raise TrainingError(f"too few postings to learn from: {len(samples)} share no words")
    return Design(terms, terms.counts(texts), targets(samples, TRAINED))


def fit(samples: Sequence[Sample], names: Collection[str], settings: Settings) -> RoleModel:
    """Return the uncalibrated model of some samples, of at most so many terms as the settings allow."""
    whole = design(samples, names)
    model = whole.fit(settings)
    if len(whole.terms) > settings.max_terms:
        model = whole.without_weakest(model, settings.max_terms).fit(settings)
    return model


def targets(samples: Sequence[Sample], roles: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the position in `roles` of each sample's role."""
    return np.array([roles.index(s.role) for s in samples], np.int64)

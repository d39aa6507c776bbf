"""Forward check: a model of the earlier years read on the later ones, description only, names masked.

The wanted roles are those the title rules name, so the labels are silver: the figures say how well the text alone
agrees with the title, not how well either agrees with a reader.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analysis.fact import DATA_ROLES
from analysis.learn.roles import TRAINED, Settings, design, fit, targets
from analysis.learn.silver import RECENT, Sample

GRID: Final = tuple(Settings(c=c) for c in (0.5, 2.0, 8.0))
"""What may be chosen inside the earlier years."""
INNER: Final = "2022"
FOUR: Final = tuple(role for role in DATA_ROLES if role in TRAINED)
N_DRAWS: Final = 300

Indices = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Figure = dict[str, Any]


def check_forward(samples: Sequence[Sample], names: Collection[str], seed: int = 0) -> dict[str, Any]:
    """Return what a model of postings before `RECENT` makes of the later ones, with the settings chosen before.

    `four` reads only data jobs, as one of the four data roles; `all` reads everything as any role, and `by_role`,
    `by_lang` and `by_family` are its parts. Each figure is {f1, low, high, n}: macro-F1 (for `by_role` F1) in [0, 1]
    with a 95% bootstrap interval over postings. Texts without a year are left out.
    """
    dated = [s for s in samples if s.year and s.role in TRAINED]
    settings = choose([s for s in dated if s.year < RECENT], names)
    model = fit([s for s in dated if s.year < RECENT], names, settings)
    later = [s for s in dated if s.year >= RECENT]
    scores, wanted = model.logits([s.text for s in later]), targets(later, model.roles)
    return {
        "settings": {"c": settings.c, "is_balanced": settings.is_balanced},
        "n_earlier": len(dated) - len(later),
        "four": _figure(*_of_four(scores, wanted), seed),
        "four_by_role": _by_role(*_of_four(scores, wanted), seed, FOUR),
        "all": _figure(scores.argmax(axis=1), wanted, seed),
        "by_role": _by_role(scores.argmax(axis=1), wanted, seed, TRAINED),
        "by_lang": _by(scores, wanted, [s.lang for s in later], seed),
        "by_family": _by(scores, wanted, [s.family for s in later], seed),
    }


def choose(samples: Sequence[Sample], names: Collection[str], grid: Sequence[Settings] = GRID) -> Settings:
    """Return the settings whose model of the years before `INNER` reads the following years best."""
    earlier, later = [s for s in samples if s.year < INNER], [s for s in samples if s.year >= INNER]
    wanted = targets(later, TRAINED)
    texts = [s.text for s in later]
    learnt = design(earlier, names)

    def quality(settings: Settings) -> float:
        return _macro(*_of_four(learnt.fit(settings).logits(texts), wanted))

    return max(grid, key=quality)


def _of_four(scores: Scores, wanted: Indices) -> tuple[Indices, Indices]:
    """Return the best of the four data roles and the wanted one, for data jobs only."""
    columns = np.array([TRAINED.index(role) for role in FOUR])
    is_data = np.isin(wanted, columns)
    return columns[scores[is_data][:, columns].argmax(axis=1)], wanted[is_data]


def _f1(got: Indices, wanted: Indices) -> Scores:
    """Return F1 by position in `TRAINED`; NaN for a role that is neither wanted nor given."""
    n = len(TRAINED)
    right, n_got, n_wanted = (np.bincount(x, minlength=n) for x in (wanted[got == wanted], got, wanted))
    with np.errstate(invalid="ignore"):
        return 2 * right / (n_got + n_wanted)


def _macro(got: Indices, wanted: Indices) -> float:
    return float(_f1(got, wanted)[np.unique(wanted)].mean())


def _figure(got: Indices, wanted: Indices, seed: int, measure: Callable[[Indices, Indices], float] = _macro) -> Figure:
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(wanted), size=len(wanted)) for _ in range(N_DRAWS))
    low, high = np.nanquantile([measure(got[d], wanted[d]) for d in draws], (0.025, 0.975))
    value = measure(got, wanted)
    return {"f1": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4), "n": len(wanted)}


def _by_role(got: Indices, wanted: Indices, seed: int, roles: Sequence[str]) -> dict[str, Figure]:
    def figure(at: int) -> Figure:
        whole = _figure(got, wanted, seed, lambda g, w: float(_f1(g, w)[at]))
        return {**whole, "n": int((wanted == at).sum())}

    return {role: figure(TRAINED.index(role)) for role in roles}


def _by(scores: Scores, wanted: Indices, groups: Sequence[str], seed: int) -> dict[str, Figure]:
    """Return macro-F1 by group; groups of fewer than 50 postings say nothing and are left out."""
    labels = np.asarray(groups)
    sizes = {str(g): int((labels == g).sum()) for g in np.unique(labels)}
    return {
        g: _figure(scores[labels == g].argmax(axis=1), wanted[labels == g], seed) for g, n in sizes.items() if n >= 50
    }

"""Line training: a model that tells from a line alone what its section says of it, and how far it can be trusted."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from analysis.classify.line_model import FORMAT, features
from analysis.fact import LEVELS
from analysis.fingerprint import company_id
from analysis.learn.calibration import temperature
from analysis.learn.silver_lines import Line, read_lines

MIN_POSTINGS: Final = 20
MIN_EMPLOYERS: Final = 10
"""A feature must stand in lines of so many postings and employers: fewer and the model would remember adverts."""
MANY_EMPLOYERS: Final = 100
"""An employer's name that so many employers write is a word."""
AIM: Final = 0.82
"""Share of answers outside every section that agree with the sections of held-out lines.

About nine in ten are right at that point (27 of 31 lines read by hand): most lines that a section seems to contradict
are requirements below a heading that was missed or misread.
"""
PREFERRED_SHARE: Final = 0.1
"""Of the lines that ask for something outside every section, those that only prefer it.

Not estimated from the lines: without cue and heading a preference reads like a requirement, and expectation
maximisation shifts nearly all weight to either. Among lines read by hand it was one in thirteen.
"""
MIN_ANSWERS: Final = 50
NEVER: Final = 2.0
"""A threshold that no probability reaches."""
N_FOLDS: Final = 5
_REGULARISATION: Final = 2.0

NAME_SHARE: Final = 0.8
_IN_TEXT: Final = re.compile(r"(?<=[a-z,(] )[A-Za-z]+\b|(?<=[(/])[A-Za-z]+\b")

Matrix = npt.NDArray[np.float64]


class TrainedLines(NamedTuple):
    """What `LineModel` is built from, plain strings and arrays, and what is said of it: counts, priors, figures."""

    content: dict[str, Any]
    facts: dict[str, Any]


class _Fit(NamedTuple):
    weights: Matrix
    bias: Matrix


def train_lines(postings: Iterable[pa.RecordBatch], seed: int = 0) -> TrainedLines:
    """Return a model trained on lines whose section tells their level; the same for the same postings and seed.

    `postings` have the columns `silver_lines.COLUMNS`. Raises ValueError when a level has too few lines to be learnt.
    """
    return fit_lines(read_lines(postings, seed))


def fit_lines(lines: Sequence[Line]) -> TrainedLines:
    """Return the model of given lines: the levelled ones are learnt, the open ones tell how rare requirements are.

    Thresholds are set on predictions for employers held out (grouped cross-validation), weighted so that
    levels are as frequent as outside every section.
    """
    told = [line for line in lines if line.level]
    opened = [line for line in lines if not line.level]
    y = np.array([LEVELS.index(line.level) for line in told])
    n_employers = [len({line.employer for line in told if line.level == level}) for level in LEVELS]
    if min(n_employers) < N_FOLDS:
        raise ValueError(f"too few lines to learn from: {LEVELS[int(np.argmin(n_employers))]} has too few employers")
    terms = choose_terms(told)
    x = _matrix(told, terms)
    held_out = _held_out(x, y, [line.employer for line in told])
    heat = temperature(held_out, y)
    fit = _fit(x, y)
    share = np.bincount(y, minlength=len(LEVELS)) / len(y)
    asked = _asked_share(softmax((_matrix(opened, terms) @ fit.weights + fit.bias) / heat, axis=1), share)
    prior = np.array([asked * (1 - PREFERRED_SHARE), asked * PREFERRED_SHARE, 1 - asked])
    shift = np.log(prior / share)
    scores = softmax(held_out / heat + shift, axis=1)
    weights = (prior / share)[y]
    # Silence means "mentioned" already, so only the other two levels are ever answered.
    thresholds = {level: _threshold(scores, y, weights, LEVELS.index(level)) for level in ("required", "preferred")}
    content = {
        "format": FORMAT,
        "levels": list(LEVELS),
        "terms": "\n".join(terms),
        "weights": (fit.weights / heat).astype(np.float32),
        "bias": fit.bias / heat + shift,
        "thresholds": thresholds,
    }
    facts = {
        **_counts(told, opened, terms),
        "temperature": round(heat, 3),
        "prior": dict(zip(LEVELS, prior.round(4).tolist(), strict=True)),
        "thresholds": thresholds,
        "curve": curve(scores, y, weights),
        "held_out": {name: _figures(held_out[m], scores[m], y[m], thresholds) for name, m in _groups(told)},
    }
    return TrainedLines(content, facts)


def _held_out(x: csr_matrix, y: npt.NDArray[np.int_], employers: Sequence[str]) -> Matrix:
    """Return the log-odds of each line by a model that saw no line of its employer."""
    found = np.zeros((len(y), len(LEVELS)))
    for train, test in GroupKFold(N_FOLDS).split(x, groups=employers):
        fit = _fit(x[train], y[train])
        found[test] = x[test] @ fit.weights + fit.bias
    return found


def _counts(told: Sequence[Line], opened: Sequence[Line], terms: Sequence[str]) -> dict[str, Any]:
    return {
        "n_lines": dict(Counter(line.level for line in told)),
        "n_open_lines": len(opened),
        "n_lines_by_origin": dict(sorted(Counter(line.origin for line in (*told, *opened)).items())),
        "n_employers": len({line.employer for line in told}),
        "n_terms": len(terms),
    }


def choose_terms(lines: Sequence[Line]) -> list[str]:
    """Return the features, sorted, that stand in lines of enough postings and employers and are no employer's name."""
    postings, employers = defaultdict(set), defaultdict(set)
    for line in lines:
        for term in features(line.text):
            postings[term].add(line.posting)
            employers[term].add(line.employer)
    known, names = {line.employer for line in lines}, capitalised(lines)
    return sorted(
        term
        for term, owners in employers.items()
        if len(owners) >= MIN_EMPLOYERS
        and len(postings[term]) >= MIN_POSTINGS
        and (len(owners) >= MANY_EMPLOYERS or company_id(term.replace("_", " ")) not in known)
        and names.isdisjoint(term.split("_"))
    )


def capitalised(lines: Iterable[Line]) -> set[str]:
    """Return the words, in lower case, that running text nearly always writes with a capital.

    They are places, people and brands, and with them abbreviations. Job titles do not count: they write every word so.
    """
    n, n_capitals = Counter[str](), Counter[str]()
    for line in lines:
        if line.origin != "title":
            for found in _IN_TEXT.finditer(line.text):
                n[found[0].lower()] += 1
                n_capitals[found[0].lower()] += found[0][0].isupper()
    return {word for word, times in n.items() if n_capitals[word] >= NAME_SHARE * times}


def curve(scores: Matrix, y: npt.NDArray[np.int_], weights: Matrix) -> list[dict[str, float]]:
    """Return coverage and accuracy of answers other than "mentioned", at rising thresholds, in weighted lines."""
    best, is_right = scores.argmax(axis=1), scores.argmax(axis=1) == y
    rows = []
    for threshold in np.arange(0.4, 1.0, 0.05).round(2).tolist():
        answered = (best != LEVELS.index("mentioned")) & (scores.max(axis=1) >= threshold)
        rows.append(
            {
                "threshold": threshold,
                "n_answered": int(answered.sum()),
                "coverage": round(float(weights[answered].sum() / weights.sum()), 4),
                "accuracy": round(float(weights[answered & is_right].sum() / max(weights[answered].sum(), 1e-9)), 4),
            }
        )
    return rows


def _matrix(lines: Sequence[Line], terms: Sequence[str]) -> csr_matrix:
    """Return which line holds which term, shape (lines, terms), rows of length 1, as `LineModel.score` weighs them."""
    place = {term: i for i, term in enumerate(terms)}
    columns = [sorted(place[term] for term in features(line.text) if term in place) for line in lines]
    ends = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([np.full(len(row), max(len(row), 1) ** -0.5) for row in columns] or [np.empty(0)])
    flat = np.concatenate([np.array(row, np.int64) for row in columns] or [np.empty(0, np.int64)])
    return csr_matrix((values, flat, ends), shape=(len(lines), len(terms)))


def _fit(x: csr_matrix, y: npt.NDArray[np.int_]) -> _Fit:
    model = LogisticRegression(C=_REGULARISATION, max_iter=300, tol=1e-3).fit(x, y)
    return _Fit(model.coef_.T, model.intercept_)


def _asked_share(scores: Matrix, share: Matrix) -> float:
    """Return how many of the open lines ask for something, by expectation maximisation (Saerens et al. 2002)."""
    asked = scores[:, :2].sum(axis=1)
    trained = float(share[:2].sum())
    prior = trained
    if not len(asked):
        return trained
    for _ in range(200):
        odds = asked * prior / trained
        prior = float((odds / (odds + (1 - asked) * (1 - prior) / (1 - trained))).mean())
    return min(max(prior, 0.01), 0.99)


def _threshold(scores: Matrix, y: npt.NDArray[np.int_], weights: Matrix, level: int) -> float:
    """Return the least probability from which on answers of a level are right as often as aimed, or NEVER."""
    mine = np.flatnonzero(scores.argmax(axis=1) == level)
    mine = mine[np.argsort(-scores[mine, level], kind="stable")]
    right = np.cumsum(weights[mine] * (y[mine] == level)) / np.cumsum(weights[mine])
    good = np.flatnonzero((right >= AIM) & (np.arange(1, len(mine) + 1) >= MIN_ANSWERS))
    return float(scores[mine[good[-1]], level]) if len(good) else NEVER


def _groups(lines: Sequence[Line]) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    names = np.array([(line.lang, line.origin) for line in lines], dtype=str).reshape(-1, 2)
    yield "all", np.ones(len(lines), bool)
    for lang, origin in sorted(set(map(tuple, names.tolist()))):
        yield f"{lang} {origin}", (names == (lang, origin)).all(axis=1)


def _figures(
    likeliest: Matrix, scores: Matrix, y: npt.NDArray[np.int_], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """Return n, macro F1 of the likeliest level, and by level how often it is answered and how often that is right."""
    best = scores.argmax(axis=1)
    least = np.array([thresholds.get(level, NEVER) for level in LEVELS])[best]
    answered = np.where(scores.max(axis=1, initial=0) >= least, best, LEVELS.index("mentioned"))
    figures: dict[str, Any] = {
        "n": len(y),
        "macro_f1": round(float(f1_score(y, likeliest.argmax(axis=1), average="macro", zero_division=0)), 4),
        "accuracy": round(float((answered == y).mean()), 4) if len(y) else None,
        "accuracy_of_mentioned": round(float((y == LEVELS.index("mentioned")).mean()), 4) if len(y) else None,
    }
    for i, level in enumerate(LEVELS[:2]):
        n = int((answered == i).sum())
        figures[level] = {"n": int((y == i).sum()), "n_answered": n, "n_right": int(((answered == i) & (y == i)).sum())}
    return figures

"""Calibration: how far the confidence of a model agrees with its accuracy, and what to divide by so that it does."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

N_BINS: Final = 10


def temperature(logits: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64]) -> float:
    """Return the number to divide logits by that makes the wanted classes likeliest (Guo et al. 2017)."""

    def loss(log_heat: float) -> float:
        return -float(log_softmax(logits / np.exp(log_heat), axis=1)[np.arange(len(wanted)), wanted].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def calibration(logits: npt.NDArray[np.float64], wanted: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return how far confidence and accuracy agree.

    `ece` is the mean gap between them over ten bins of confidence, weighted by size; `brier` the mean squared
    distance of the probabilities from the truth, in [0, 2]; `reliability` has n, confidence and accuracy by bin.
    """
    p = np.exp(log_softmax(logits, axis=1))
    confidence, is_right = p.max(axis=1), p.argmax(axis=1) == wanted
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    table = [
        {
            "from": b / N_BINS,
            "n": int((bins == b).sum()),
            "confidence": round(float(confidence[bins == b].mean()), 4),
            "accuracy": round(float(is_right[bins == b].mean()), 4),
        }
        for b in np.unique(bins).tolist()
    ]
    truth = np.eye(p.shape[1])[wanted]
    return {
        "n": len(wanted),
        "accuracy": round(float(is_right.mean()), 4),
        "ece": round(sum(row["n"] * abs(row["confidence"] - row["accuracy"]) for row in table) / len(wanted), 4),
        "brier": round(float(((p - truth) ** 2).sum(axis=1).mean()), 4),
        "reliability": table,
    }

"""Tests of calibration: a known factor is found, and the figures are those worked out by hand."""

import numpy as np
import pytest

from analysis.learn.calibration import calibration, temperature


def test_temperature_undoes_a_factor() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wanted = np.array([rng.choice(3, p=row) for row in chances])
    assert temperature(logits, wanted) == pytest.approx(1, abs=0.1)
    assert temperature(logits * 4, wanted) == pytest.approx(4, rel=0.1)


def test_calibration_by_hand() -> None:
    logits = np.log(np.array([[0.8, 0.2], [0.8, 0.2], [0.4, 0.6], [0.4, 0.6]]))
    found = calibration(logits, np.array([0, 1, 1, 1]))
    # Bin 0.8: confidence .8, accuracy .5; bin 0.6: confidence .6, accuracy 1.
    assert found["ece"] == pytest.approx((0.3 + 0.4) / 2)
    # (.04+.04), (.64+.64), (.16+.16) twice, over four.
    assert found["brier"] == pytest.approx((0.08 + 1.28 + 0.32 + 0.32) / 4)
    assert found["accuracy"] == 0.75
    assert [row["n"] for row in found["reliability"]] == [2, 2]

"""Marks that mean different things stay apart for eyes that see fewer colours, and from the paper."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from analysis.draw.style import THEMES

Floats = NDArray[np.float64]
SIGHTS: dict[str, Floats] = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
"""What is left of linear RGB: Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009), severity 1."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
MARKS = ("held", "claim", "raw")


def linear(color: str) -> Floats:
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(color: str, sight: str) -> Floats:
    xyz = TO_XYZ @ np.clip(SIGHTS[sight] @ linear(color), 0, 1) / (TO_XYZ @ np.ones(3))
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(a: str, b: str) -> float:
    light = sorted(float(TO_XYZ[1] @ linear(color)) for color in (a, b))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_are_told_apart(theme: str, sight: str) -> None:
    for a, b in combinations(MARKS, 2):
        colors = [getattr(THEMES[theme], name) for name in (a, b)]
        distance = np.linalg.norm(lab(colors[0], sight) - lab(colors[1], sight))
        assert distance > 18, (a, b, distance)


@pytest.mark.parametrize("theme", THEMES)
def test_marks_stand_out_from_the_paper(theme: str) -> None:
    for name in (*MARKS, "muted", "soft"):
        assert contrast(getattr(THEMES[theme], name), THEMES[theme].paper) >= 3, name


def test_what_stands_out_is_darker_in_grey_print() -> None:
    """The default and sources outside are `held`, the others `raw`: without colour they must keep their order."""
    for theme in ("light", "print"):
        held, raw = (contrast(getattr(THEMES[theme], name), THEMES[theme].paper) for name in ("held", "raw"))
        assert held > 1.3 * raw

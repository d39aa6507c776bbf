"""Encoding: the cube as the compact JSON that the page's explorer reads."""

import base64
import gzip
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analysis.measure.cube import CUBE_FAMILIES
from analysis.measure.intervals import MAX_COMPANY_SHARE, MAX_WIDTH, N_EFF_FIRM, N_EFF_SHOWN
from analysis.measure.market import CUBE_ROLES, Window
from analysis.measure.population import LEVEL_CHOICES

DIGITS: Final = 4
"""Significant digits of effective sizes: bounds computed from them are right to 0.00005."""
_BASE: Final = ["n", "n_companies", "effective_companies", "is_dominated"]


def encode(cells: pd.DataFrame, skills: Sequence[str], windows: Sequence[Window]) -> dict[str, Any]:
    """Return the cells of `cube` as plain values.

    `base` holds for every cell its distinct states [n, companies, effective companies, Student's t, dominated], as the
    adverts of a skill's vendor leave that skill's cells alone; `states` per skill the cells that are not in the first
    state, as [cell, state, ...]; `hits` per skill and level the cells with hits, as [step to cell, k, n_eff, ...], with
    n_eff 0 where the rate is withheld. What has no hit follows from its base: rate 0 at its effective companies.
    """
    grid = len(CUBE_ROLES) * len(windows)
    place = (
        pd.Index(CUBE_FAMILIES).get_indexer(pd.Index(cells["family"])) * grid
        + pd.Index(CUBE_ROLES).get_indexer(pd.Index(cells["role"])) * len(windows)
        + pd.MultiIndex.from_tuples(windows).get_indexer(pd.MultiIndex.from_frame(cells[["first", "last"]]))
    )
    rows = cells.assign(cell=place, is_dominated=cells["flag"].str.contains("dominated").astype(int))
    rows = rows.sort_values(["skill", "cell"], kind="stable")
    base, states = _states(rows[rows["level"] == "any"], skills, len(CUBE_FAMILIES) * grid)
    return {
        "roles": CUBE_ROLES,
        "families": CUBE_FAMILIES,
        "levels": list(LEVEL_CHOICES),
        "windows": [list(window) for window in windows],
        "skills": list(skills),
        "rule": {"shown": N_EFF_SHOWN, "firm": N_EFF_FIRM, "width": MAX_WIDTH, "share": MAX_COMPANY_SHARE},
        "base": base,
        "states": states,
        "hits": _hits(rows, skills),
    }


def _states(rows: pd.DataFrame, skills: Sequence[str], n_cells: int) -> tuple[list[list[float]], list[list[int]]]:
    base: list[list[float]] = [[] for _ in range(n_cells)]
    known: dict[tuple[Any, ...], int] = {}
    states: dict[str, list[int]] = {skill: [] for skill in skills}
    for skill, cell, *state in rows[["skill", "cell", *_BASE]].itertuples(index=False):
        key = (cell, *state)
        if key not in known:
            known[key] = len(base[cell]) // (len(_BASE) + 1)
            n, companies, effective, is_dominated = state
            t = float(stdtrit(max(effective - 1, 1), 0.975))
            base[cell] += [n, companies, _short(effective), round(t, 6), is_dominated]
        if known[key]:
            states[skill] += [cell, known[key]]
    return base, [states[skill] for skill in skills]


def _hits(rows: pd.DataFrame, skills: Sequence[str]) -> list[list[list[float]]]:
    found = rows[rows["k"] > 0]
    n_eff = np.where(found["rate"].notna(), found["n_eff"], 0.0)
    groups = dict(list(found.assign(shown=n_eff).groupby(["skill", "level"], sort=False)))
    return [[_steps(groups.get((skill, level))) for level in LEVEL_CHOICES] for skill in skills]


def _steps(rows: pd.DataFrame | None) -> list[float]:
    if rows is None:
        return []
    steps = np.diff(rows["cell"], prepend=0).tolist()
    return [x for row in zip(steps, rows["k"].tolist(), map(_short, rows["shown"]), strict=True) for x in row]


def _short(value: float) -> float:
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short == int(short) else short


def pack(text: str) -> str:
    """Return text as base64 of gzip, which a browser unpacks by itself; the same text gives the same bytes."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")

"""Rates of the same question before and after postings came, were tagged anew or fell out: how far each moved."""

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import stdtrit

from analysis.measure.compare import is_withheld
from analysis.measure.intervals import Difference, jackknife_variance
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.standardise import Series, crude

MISS: Final = 0.05
_TIMES: Final = ("old", "new")
COUNTS: Final = ("k", "n", "rate", "low", "high")
COLUMNS: Final = (
    *(f"{name}_{time}" for time in _TIMES for name in COUNTS),
    "n_both",
    "delta",
    "delta_low",
    "delta_high",
    "is_real",
)


class _Change(NamedTuple):
    """A difference with the t quantiles that it is judged by: its standard error and degrees of freedom."""

    value: float
    error: float
    freedom: float

    def interval(self, miss: float) -> Difference:
        half = float(stdtrit(self.freedom, 1 - miss / 2)) * self.error
        return Difference(self.value, max(self.value - half, -1.0), min(self.value + half, 1.0))


def before_after(before: pa.Table, after: pa.Table, query: Query) -> pd.DataFrame:
    """Return one row per group of `query.by`: its columns, then COLUMNS; `before` and `after` are as FACT_SCHEMA.

    rate, low and high are in [0, 1]; delta and its bounds are percentage points, NaN where either rate is withheld.
    `n_both` are the postings counted both times. Most are, so the two rates are no independent samples: each company
    is left out of both at once, and with d_g the difference without company g and d the difference of all,
    var = (G-1)/G sum (d_g - d)² (delete-one jackknife, Efron & Stein 1981), d ± t·sqrt(var) with Satterthwaite's
    degrees of freedom (sum v_g)² / sum v_g², v_g = (d_g - d)², for only the few companies whose postings changed add
    to the variance. It is at least p(1-p) m / n² for the m postings counted only once, p being the rate of both and n
    the smaller count. `is_real`: the interval leaves zero even at 5% divided by the number of rows that changed
    (Bonferroni), None where a rate is withheld. Raises QueryError for weights.

    Coverage of the nominal 95% interval, 800 draws for each of 36 markets (40, 120 and 400 companies sized
    min(40, ceil(40/i)), 5% or 30% of them posting again or newly come, rates .1 then .1 or .25, or .02, correlation
    within companies .1 and .4): 94.8% to 100%, mean 98.5%. To join the two intervals by their correlation (MOVER)
    covers 91% to 100% and is two to five times as wide where little came.
    """
    if query.weights != "none":
        raise QueryError("before and after are compared posting by posting: leave weights out")
    frames = [counted(facts, query).assign(version=t) for t, facts in enumerate((before, after))]
    both = pd.concat(frames, ignore_index=True)
    found = [(key, group.assign(year=group["version"])) for key, group in _groups(both, query)]
    rows = [(key, group, crude(group, (0, 1))) for key, group in found]
    n_changed = sum(_has_changed(series) for _, _, series in rows)
    table = [{**key, **_row(group, series, max(n_changed, 1))} for key, group, series in rows]
    return pd.DataFrame(table, columns=[*query.by, *COLUMNS])


def _groups(frame: pd.DataFrame, query: Query) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    if not query.by:
        yield {}, frame
        return
    for key, group in frame.groupby(list(query.by), observed=True, sort=True):
        yield dict(zip(query.by, key, strict=True)), group


def _has_changed(series: Series) -> bool:
    return bool(series.rate[0] != series.rate[1])


def _row(group: pd.DataFrame, series: Series, n_changed: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    hidden = False
    for t, time in enumerate(_TIMES):
        interval = series.interval(t)
        is_hidden = is_withheld(interval)
        shown = (float("nan"),) * 3 if is_hidden else (interval.rate, interval.low, interval.high)
        values = (int(series.k[t]), int(series.n[t]), *shown)
        row |= dict(zip((f"{name}_{time}" for name in COUNTS), values, strict=True))
        hidden |= is_hidden
    ids = [set(group.loc[group["version"] == t, "posting_id"]) for t in (0, 1)]
    row["n_both"] = len(ids[0] & ids[1])
    if hidden:
        return row | dict.fromkeys(("delta", "delta_low", "delta_high"), float("nan")) | {"is_real": None}
    change = _change(series, len(ids[0] ^ ids[1]))
    value, low, high = change.interval(MISS)
    strict = change.interval(MISS / n_changed)
    is_real = strict.low > 0 or strict.high < 0
    return row | {"delta": 100 * value, "delta_low": 100 * low, "delta_high": 100 * high, "is_real": is_real}


def _change(series: Series, n_apart: int) -> _Change:
    """Return the change between two periods of a series; `n_apart` postings were counted in only one of them."""
    value = float(series.rate[1] - series.rate[0])
    apart = series.without[:, 1] - series.without[:, 0]
    squares = np.square(apart - value)
    fourth = float(np.square(squares).sum())
    freedom = max(float(squares.sum()) ** 2 / fourth, 1.0) if fourth else 1.0
    pooled = float(series.k.sum() / series.n.sum())
    # A few postings without a hit vary by nothing, and would make any fall a certain one.
    least = pooled * (1 - pooled) * n_apart / float(series.n.min()) ** 2
    return _Change(value, math.sqrt(max(jackknife_variance(value, apart, len(apart)), least)), freedom)

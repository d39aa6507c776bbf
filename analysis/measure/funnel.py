"""Funnel: do the parts of the data differ from the pooled rate by more than their sizes explain?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import binom

from analysis.measure.intervals import Floats
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import rates

LEVELS: Final = {"95": (0.025, 0.975), "998": (0.001, 0.999)}
"""Name of a pair of limits, and the probabilities below its lower and its upper one."""
INSIDE: Final = "inside"
OUTSIDE: Final = {"95": "outside 95%", "998": "outside 99.8%"}


def limits(pooled: float, n: Sequence[int] | Floats) -> pd.DataFrame:
    """Return the limits within which a rate of n independent postings stays: n, low_95, high_95, low_998, high_998.

    With r the smallest count whose binomial probability F(r) of at most r hits reaches p, and f(r) that of exactly r,
    the limit is (r - (F(r) - p) / f(r)) / n, cut to [0, 1]: between counts it runs straight, so that limits of growing
    n do not jump. Source: Spiegelhalter, Funnel plots, Statistics in Medicine 24 (2005), 1185-1202, appendix A.1.1.
    """
    sizes = np.asarray(n, dtype=np.float64)
    found = {"n": sizes.astype(int)}
    for name, ends in LEVELS.items():
        for side, p in zip(("low", "high"), ends, strict=True):
            r = binom.ppf(p, sizes, pooled)
            chance = binom.pmf(r, sizes, pooled)
            # A certain rate has no half counts to run between.
            is_between = (chance > 0) & (0 < pooled < 1)
            excess = np.divide(binom.cdf(r, sizes, pooled) - p, chance, out=np.zeros_like(r), where=is_between)
            found[f"{side}_{name}"] = np.clip((r - excess) / sizes, 0, 1)
    return pd.DataFrame(found)


def funnel_by(facts: pa.Table, query: Query, by: str = "source") -> pd.DataFrame:
    """Return the rate of every part beside the limits around the pooled rate; as `rates` by `by`, and more columns.

    Those are country (the part's most frequent one, and unknown), first_year, last_year (of its counted postings),
    low_95, high_95, low_998, high_998 (limits for its n), and place: inside, outside 95% or outside 99.8%; NaN or
    empty where the rate is withheld. `.attrs` have those of the pooled rate and "pooled" (rate, low, high), "n_parts"
    shown and withheld, how many are outside, "overdispersion", the mean over the parts shown of
    (rate - pooled)² n / (pooled (1 - pooled)): 1 if chance alone set the parts apart, and "deff" of the pooled rate,
    what clustering of postings in companies explains of it. The limits take postings as independent and are not
    widened: a part outside differs by what it collects, which is no fault.
    Raises QueryError for a query with by or weights.
    """
    if query.by or query.weights != "none":
        raise QueryError("a funnel is that of one rate, every posting weighing the same: leave by and weights out")
    table = rates(facts, replace(query, by=(by,)))
    whole = rates(facts, query)
    pooled: dict[Any, Any] = whole.to_dict("records")[0]
    table = table.merge(_describe_parts(counted(facts, query), by), on=by, how="left").reset_index(drop=True)
    is_shown = table["rate"].notna() & (pooled["rate"] == pooled["rate"])
    bounds = limits(pooled["rate"], table.loc[is_shown, "n"].to_numpy()).drop(columns="n")
    table = table.join(bounds.set_index(table.index[is_shown]))
    is_out = {name: _is_out(table, name) for name in LEVELS}
    places = [(is_out["998"], OUTSIDE["998"]), (is_out["95"], OUTSIDE["95"]), (is_shown, INSIDE)]
    table["place"] = np.select([where for where, _ in places], [word for _, word in places], default="")
    table = table.sort_values(["n", by], ascending=[False, True], ignore_index=True)
    table.attrs = {
        **whole.attrs,
        "pooled": {name: pooled[name] for name in ("rate", "low", "high")},
        "n_parts": {"shown": int(is_shown.sum()), "withheld": int((~is_shown).sum())},
        "n_outside": {name: int(is_out[name].sum()) for name in LEVELS},
        "overdispersion": _overdispersion(table.dropna(subset=["low_95"]), pooled["rate"]),
        "deff": pooled["n"] / pooled["n_eff"] if pooled["n_eff"] else None,
    }
    return table


def _overdispersion(shown: pd.DataFrame, pooled: float) -> float | None:
    chance = pooled * (1 - pooled)
    if shown.empty or not chance > 0:
        return None
    return float((np.square(shown["rate"] - pooled) * shown["n"]).mean() / chance)


def _is_out(table: pd.DataFrame, name: str) -> "pd.Series[bool]":
    # NaN, the rate withheld, is neither below nor above. A hair of rounding is no distance.
    return (table["rate"] < table[f"low_{name}"] - 1e-12) | (table["rate"] > table[f"high_{name}"] + 1e-12)


def _describe_parts(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    groups = frame.groupby(by, observed=True)
    about = pd.DataFrame({"first_year": groups["year"].min(), "last_year": groups["year"].max()})
    if by != "country":
        counts = frame.groupby([by, "country"]).size().reset_index(name="n_of")
        order = counts.sort_values(["n_of", "country"], ascending=[False, True])
        about.insert(0, "country", order.drop_duplicates(by).set_index(by)["country"])
    return about.reset_index()

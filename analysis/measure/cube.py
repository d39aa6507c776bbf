"""The cube: rates with intervals of many skills at once, in every cell of level, role, source type and period."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.fact import LEVELS
from analysis.measure.intervals import MAX_COMPANY_SHARE, MAX_WIDTH, N_EFF_FIRM, N_EFF_SHOWN, ROUNDING, Floats, divide
from analysis.measure.market import ALL, CUBE_ROLES, Hits, Market, Window, find_hits, read_mentions
from analysis.measure.population import LEVEL_CHOICES
from analysis.measure.rates import MIXED_VERSIONS
from analysis.measure.standardise import Codes
from scrapers.posting import FAMILIES

CUBE_FAMILIES: Final = (ALL, *FAMILIES)
MIN_POSTINGS: Final = 100

COLUMNS: Final = ("skill", "level", "role", "family", "first", "last")
"""What names a cell; the years are both included."""

_NAMES: Final = ("withheld", "small", "imprecise", "dominated", MIXED_VERSIONS)
_FLAGS: Final = np.array(
    [";".join(name for i, name in enumerate(_NAMES) if code >> i & 1) for code in range(1 << len(_NAMES))], dtype=object
)
_CHOICES: Final = np.array([[level in parts for parts in LEVEL_CHOICES.values()] for level in LEVELS], np.float64)


def common_skills(facts: pa.Table, n_min: int = MIN_POSTINGS) -> tuple[str, ...]:
    """Return the skills that at least n_min facts name, most often named first, ties by id."""
    named = pc.list_flatten(facts["skills"]).combine_chunks()
    counts = pd.Series(named.field("skill").to_pandas()).value_counts().sort_index()
    return tuple(counts[counts >= n_min].sort_values(ascending=False, kind="stable").index)


def cube(facts: pa.Table, skills: Sequence[str], windows: Sequence[Window]) -> pd.DataFrame:
    """Return a row per cell with at least one posting: COLUMNS, k, n, n_companies, n_eff, effective_companies, rate,
    low, high, flag.

    Each row equals `rates(facts, Query(skill, level, roles=(role,), families=(family,), years=(first, last)))`, where
    role and family "all" leave that filter out; rate, low and high are NaN in a withheld cell.

    The jackknife of all skills comes from sums over companies: with k_g hits in n_g postings of company g the rate
    without g differs by (k n_g - n k_g) / (n (n - n_g)), and the square of that opens into three sums, of which only
    those with k_g need the skill. An advert of a skill's vendor is left out of that skill's cells alone.
    """
    mentions = read_mentions(facts, skills)
    markets = (Market.of(facts, family, skills, windows) for family in CUBE_FAMILIES)
    tables = [_tabulate(market, find_hits(mentions, market, skills), windows) for market in markets]
    return pd.concat(tables, ignore_index=True)


class _Sums(NamedTuple):
    """Sums over companies in the cells (C,) of one skill; or, stacked, of S skills (S, 1, C), by level (S, L, C)."""

    n: Floats
    n_companies: Floats
    squares: Floats
    """Of n_g."""
    largest: Floats
    spread: Floats
    """Of (n_g / (n - n_g))², over the companies that leave something behind."""
    n_versions: Floats
    k: Floats
    """By level, as the two below: hits."""
    both: Floats
    """Of n_g k_g / (n - n_g)²."""
    hits: Floats
    """Of (k_g / (n - n_g))²."""


def _add_up(market: Market, hits: Hits) -> _Sums:
    is_in = market.counted_for.get(hits.skill, market.is_base)[market.posting]
    n_g = np.bincount(market.pair[is_in], minlength=len(market.pair_cell)).astype(np.float64)
    n = _total(market.pair_cell, n_g, market.n_cells)
    largest = np.zeros(market.n_cells)
    np.maximum.at(largest, market.pair_cell, n_g)
    shape = market.n_cells, market.n_versions
    versions = np.bincount(market.version[is_in], minlength=shape[0] * shape[1]).reshape(shape)
    base = {
        "n_companies": _total(market.pair_cell, n_g > 0, market.n_cells),
        "squares": _total(market.pair_cell, n_g**2, market.n_cells),
        "spread": _total(market.pair_cell, n_g**2 * _leverage(n[market.pair_cell], n_g), market.n_cells),
        "n_versions": np.count_nonzero(versions, axis=1).astype(np.float64),
    }
    kept = is_in[hits.membership]
    pairs, place = np.unique(market.pair[hits.membership[kept]], return_inverse=True)
    single = np.bincount(place * len(LEVELS) + hits.level[kept], minlength=len(pairs) * len(LEVELS))
    k_g = single.reshape(len(pairs), len(LEVELS)) @ _CHOICES
    cell, of_hits = market.pair_cell[pairs], n_g[pairs]
    weight = _leverage(n[cell], of_hits)

    def by_level(factor: Floats, power: int) -> Floats:
        return np.array([_total(cell, factor * each**power, market.n_cells) for each in k_g.T])

    by = by_level(np.ones_like(weight), 1), by_level(of_hits * weight, 1), by_level(weight, 2)
    return _Sums(n=n, largest=largest, **base, k=by[0], both=by[1], hits=by[2])


def _tabulate(market: Market, all_hits: Iterable[Hits], windows: Sequence[Window]) -> pd.DataFrame:
    """Return the rows of one source type: skills x levels x cells that hold a posting."""
    names, sums = zip(*((hits.skill, _add_up(market, hits)) for hits in all_hits), strict=True)
    stacked = _Sums(*(np.array(part) for part in zip(*sums, strict=True)))
    shape = stacked.k.shape
    base = _Sums(*(part if part.ndim == len(shape) else part[:, None, :] for part in stacked))
    is_shown = np.broadcast_to(base.n > 0, shape)
    skill, level, cell = np.nonzero(is_shown)
    role, window = np.divmod(cell, len(windows))
    first, last = np.array(windows).T
    named = {
        "skill": np.array(names)[skill],
        "level": np.array(list(LEVEL_CHOICES))[level],
        "role": np.array(CUBE_ROLES)[role],
        "family": np.full(len(cell), market.family),
        "first": first[window],
        "last": last[window],
    }
    values = {name: np.broadcast_to(value, shape)[is_shown] for name, value in _rates(base).items()}
    return pd.DataFrame(named | values)


def _rates(sums: _Sums) -> dict[str, NDArray[Any]]:
    rate = divide(sums.k, sums.n)
    squared = np.maximum(rate**2 * sums.spread - 2 * rate * sums.both + sums.hits, 0)
    variance = squared * divide(sums.n_companies - 1, sums.n_companies)
    spread = rate * (1 - rate)
    effective = divide(sums.n**2, sums.squares)
    is_flat = (variance * sums.n <= ROUNDING * spread) | (spread <= ROUNDING)
    n_eff = np.where(is_flat, effective, np.minimum(sums.n, divide(spread, variance)))
    low, high = _wilson(rate, n_eff, stdtrit(np.maximum(effective - 1, 1), 0.975))
    is_hidden = ~(n_eff >= N_EFF_SHOWN)
    is_set = (
        is_hidden,
        ~is_hidden & (n_eff < N_EFF_FIRM),
        ~is_hidden & (high - low > MAX_WIDTH),
        sums.largest > MAX_COMPANY_SHARE * sums.n,
        sums.n_versions > 1,
    )
    counts = {name: getattr(sums, name).astype(np.int64) for name in ("k", "n", "n_companies")}
    shown = {name: np.where(is_hidden, np.nan, x) for name, x in (("rate", rate), ("low", low), ("high", high))}
    flags = _FLAGS[sum(np.where(each, 1 << i, 0) for i, each in enumerate(is_set))]
    return {**counts, "n_eff": n_eff, "effective_companies": effective, **shown, "flag": flags}


def _total(cell: Codes, values: NDArray[Any], n_cells: int) -> Floats:
    return np.bincount(cell, values, minlength=n_cells).astype(np.float64)


def _leverage(n: Floats, n_g: Floats) -> Floats:
    """Return 1 / (n - n_g)², and 0 where a company is the whole cell: without it the rate stays."""
    return divide(np.ones_like(n_g), (n - n_g) ** 2)


def _wilson(rate: Floats, n: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Return `intervals.wilson` of whole arrays."""
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.maximum(0, np.minimum(centre - half, rate)), np.minimum(1, np.maximum(centre + half, rate))

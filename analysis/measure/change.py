"""Changes: how much of the difference between two years happened within roles and source types, and how much is mix."""

import math
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analysis.measure.intervals import (
    MAX_WIDTH,
    Floats,
    Interval,
    count_effective_companies,
    divide,
    flag,
    jackknife_variance,
    student_z,
)
from analysis.measure.population import Query, QueryError, counted
from analysis.measure.rates import MIXED_VERSIONS, describe, periods, yearly
from analysis.measure.standardise import MIN_COVER, Rows, common_cells, read_rows, unstandardised

COLUMNS: Final = ("part", "points", "low", "high", "n", "n_companies", "flag")
PARTS: Final = ("within", "role_mix", "family_mix", "not_comparable")
"""What a change is made of; with raw_first before they add up to raw_last."""

METHOD: Final = "Kitagawa split over role x source type, both orders averaged, delete-one-company jackknife"

DEFINITIONS: Final = {
    "raw_first": "rate of the first year, in points",
    "within": "change of the rates inside cells of role x source type, at the mean of both years' shares",
    "role_mix": "change of the shares of roles, at the mean of both years' rates",
    "family_mix": "change of the shares of source types, at the mean of both years' rates",
    "not_comparable": "change of what postings outside the cells that both years have add to the rate",
    "raw_last": "rate of the last year, in points",
}
NO_HITS: Final = "no hits"
"""Flag of parts of which one year has no hit, or only hits: the jackknife sees no noise there, so bounds are narrow."""
_FLAGS: Final = ("withheld", "low cover", "small", "imprecise", "dominated", NO_HITS, MIXED_VERSIONS)
_CHUNK: Final = 4096
"""Companies left out at a time, so that a large market needs no more memory than a small one."""


class _Tally(NamedTuple):
    """Weights and hits, (..., 2 years, R roles, F families)."""

    n: Floats
    hits: Floats


def decompose(facts: pa.Table, query: Query, first: int | None = None, last: int | None = None) -> pd.DataFrame:
    """Return what the change of a rate from one year to another is made of: COLUMNS, one row per part.

    Rows are raw_first, PARTS, raw_last; `points`, `low` and `high` are percentage points, for raw_first and raw_last
    the rate itself. The first six `points` add up to the last. Left out, `first` and `last` are the first and the last
    year of the query whose rate may be shown. `facts` has the columns of FACT_SCHEMA; a posting with r roles of the
    population weighs 1/r in each; `query.weights` is not used. Raises QueryError for a query of several series, and
    when there are no two years.

    Over the cells j = role x family that have MIN_COMPANIES companies in both years, with shares w_tj of the year's
    postings there and rates p_tj (Kitagawa, Journal of the American Statistical Association 50, 1955):
    within = sum_j (w_0j + w_1j)/2 (p_1j - p_0j), and mix = sum_j (p_0j + p_1j)/2 (w_1j - w_0j). A share is that of the
    role times that of the family in the role, and as well that of the family times that of the role in the family:
    each order splits the mix exactly (Das Gupta, Demography 15, 1978), neither comes first by right, so their mean is
    given and both are in `.attrs["orders"]`. not_comparable is what the postings outside those cells add to
    the rate, last year less first year. The cells stay the same when a company is left out.

    Bounds are t(G*-1) jackknife standard errors away, G* being the smaller effective number of companies of the two
    years. Parts are withheld (NaN) where a year's rate is withheld or its cells cover less than MIN_COVER of it.
    Coverage of the nominal 95% intervals, 1,000 draws of a market whose mix drifts (two roles, two source types, 150
    uneven beta-binomial companies each, correlation .1, 500 postings a year): within 93.3%, role_mix 93.8%,
    family_mix 96.2%.
    """
    asked = yearly(query, "mix")
    frame = counted(facts, asked)
    ends = _choose_ends(frame, asked, first, last)
    frame = frame[frame["year"].isin(ends).to_numpy()].reset_index(drop=True)
    rows = read_rows(frame, ends)
    whole, is_common = _tally(rows, frame), common_cells(rows, np.ones(2, dtype=np.bool_))
    tally = _Tally(whole.n.sum(axis=0), whole.hits.sum(axis=0))
    mask = np.zeros(tally.n[0].size, dtype=np.bool_)
    mask[: len(is_common)] = is_common
    mask = mask.reshape(tally.n[0].shape)
    raw = unstandardised(rows, ends)
    intervals = [raw.interval(t) for t in (0, 1)]
    cover = divide((tally.n * mask).sum(axis=(1, 2)), tally.n.sum(axis=(1, 2)))
    flags = _flags(intervals, frame, cover)
    points, without = split(*tally, mask), _replicate(whole, tally, mask)
    half = _half_widths(points, without, raw.sizes)
    body = [
        _part(name, points[i], half[i], _size(frame, is_common[rows.cell] ^ (name == "not_comparable")), flags)
        for i, name in enumerate(PARTS)
    ]
    edges = [_edge(name, frame[rows.period == t], intervals[t]) for t, name in enumerate(("raw_first", "raw_last"))]
    table = pd.DataFrame([edges[0], *body, edges[1]], columns=list(COLUMNS)).pipe(describe, frame, asked)
    table.attrs |= {
        "first": ends[0],
        "last": ends[1],
        "method": METHOD,
        "n_eff": {year: each.n_eff for year, each in zip(ends, intervals, strict=True)},
        "covered_weight": {year: float(share) for year, share in zip(ends, cover, strict=True)},
        "orders": _orders(tally, mask),
    }
    table.attrs["definitions"] |= DEFINITIONS
    return table


def split(n: Floats, hits: Floats, is_common: NDArray[np.bool_]) -> Floats:
    """Return PARTS (..., 4) in fractions of 1, from weights and hits (..., 2, R, F) and the cells to compare (R, F)."""
    raw = divide(hits.sum(axis=(-2, -1)), n.sum(axis=(-2, -1)))
    share, rate = _shares(n, hits, is_common)
    compared = (share * rate).sum(axis=(-2, -1))
    within = (_mean(share) * _change(rate)).sum(axis=(-2, -1))
    by_role, by_family = _mixes(share, _mean(rate))
    rest = (raw - compared)[..., 1] - (raw - compared)[..., 0]
    roles, families = ((one + other) / 2 for one, other in zip(by_role, by_family, strict=True))
    found = np.stack([within, roles, families, rest], axis=-1)
    # With a single role or source type the sum of its effects is nothing, which rounding would print as -2e-16.
    return np.where(np.abs(found) < 1e-12, 0.0, found)


def _shares(n: Floats, hits: Floats, is_common: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    n, hits = n * is_common, hits * is_common
    return divide(n, n.sum(axis=(-2, -1), keepdims=True)), divide(hits, n)


def _mixes(share: Floats, rate: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return (role mix, family mix) with the role first and with the family first, at cell rates (..., R, F)."""
    role, family = share.sum(axis=-1, keepdims=True), share.sum(axis=-2, keepdims=True)
    in_role, in_family = divide(share, role), divide(share, family)

    def effect(change: Floats, mean: Floats) -> Floats:
        return np.asarray((rate * change * mean).sum(axis=(-2, -1)))

    role_first = effect(_change(role), _mean(in_role)), effect(_change(in_role), _mean(role))
    family_first = effect(_change(in_family), _mean(family)), effect(_change(family), _mean(in_family))
    return role_first, family_first


def _change(values: Floats) -> Floats:
    return values[..., 1, :, :] - values[..., 0, :, :]


def _mean(values: Floats) -> Floats:
    return np.asarray(values.mean(axis=-3))


def _choose_ends(frame: pd.DataFrame, query: Query, first: int | None, last: int | None) -> tuple[int, int]:
    years = periods(frame, query)
    is_shown = unstandardised(read_rows(frame, years), years).is_shown
    shown = [year for year, is_in in zip(years, is_shown, strict=True) if is_in and year is not None]
    start, end = first or min(shown, default=None), last or max(shown, default=None)
    if start is None or end is None or start >= end:
        raise QueryError(f"a change is between two years, not {start} and {end}: name first and last")
    if query.years is not None and not query.years[0] <= start < end <= query.years[1]:
        raise QueryError(f"{start} and {end} are not both within the years {query.years[0]}-{query.years[1]}")
    return start, end


def _tally(rows: Rows, frame: pd.DataFrame) -> _Tally:
    shape = (rows.n_companies, 2, int(frame["role"].nunique()), int(frame["family"].nunique()))
    place = (rows.company * 2 + rows.period) * (shape[2] * shape[3]) + rows.cell
    n, hits = (np.bincount(place, w, math.prod(shape)) for w in (rows.weight, rows.weight * rows.hit))
    return _Tally(n.astype(np.float64).reshape(shape), hits.astype(np.float64).reshape(shape))


def _replicate(whole: _Tally, total: _Tally, is_common: NDArray[np.bool_]) -> Floats:
    """Return PARTS without each company in turn, (G, 4)."""
    parts = [np.zeros((0, len(PARTS)))]
    for start in range(0, len(whole.n), _CHUNK):
        rest = (total[i] - whole[i][start : start + _CHUNK] for i in (0, 1))
        # What is left of a sum after its only addend is taken away may be a hair above or below nothing.
        n, hits = (np.where(each > 1e-9, each, 0.0) for each in rest)
        parts.append(split(n, hits, is_common))
    return np.concatenate(parts)


def _half_widths(points: Floats, without: Floats, sizes: Floats) -> list[float]:
    z = student_z(min(count_effective_companies(sizes[:, t]) for t in (0, 1)))
    variances = [jackknife_variance(float(p), without[:, i], len(without)) for i, p in enumerate(points)]
    return [z * math.sqrt(variance) for variance in variances]


def _flags(intervals: list[Interval], frame: pd.DataFrame, cover: Floats) -> set[str]:
    found = {word for each in intervals for word in flag(each).split(";") if word} - {"imprecise"}
    if cover.min() < MIN_COVER:
        found |= {"withheld", "low cover"}
    if any(each.rate in (0, 1) for each in intervals):
        found.add(NO_HITS)
    return found | ({MIXED_VERSIONS} if frame["tagger_version"].nunique() > 1 else set())


def _size(frame: pd.DataFrame, is_in: NDArray[np.bool_]) -> tuple[int, int]:
    """Return postings, counted once a year, and companies of the rows that are in."""
    found = frame.loc[is_in, ["posting_id", "year", "company"]].drop_duplicates()
    return len(found), int(found["company"].nunique())


def _part(name: str, share: float, half: float, size: tuple[int, int], flags: set[str]) -> dict[str, object]:
    words = flags | ({"imprecise"} if 2 * half > MAX_WIDTH and "withheld" not in flags else set())
    values = [math.nan] * 3 if "withheld" in flags else [100 * share, 100 * (share - half), 100 * (share + half)]
    return dict(zip(COLUMNS, (name, *values, *size, ";".join(w for w in _FLAGS if w in words)), strict=True))


def _edge(name: str, frame: pd.DataFrame, interval: Interval) -> dict[str, object]:
    words = (_flags([interval], frame, np.ones(1)) | {w for w in flag(interval).split(";") if w}) - {NO_HITS}
    is_withheld = "withheld" in words
    values = [math.nan if is_withheld else 100 * v for v in (interval.rate, interval.low, interval.high)]
    size = _size(frame, np.ones(len(frame), dtype=np.bool_))
    return dict(zip(COLUMNS, (name, *values, *size, ";".join(w for w in _FLAGS if w in words)), strict=True))


def _orders(tally: _Tally, is_common: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    share, rate = _shares(*tally, is_common)
    names = ("role first", "family first")
    return {
        name: {"role_mix": 100 * float(role), "family_mix": 100 * float(family)}
        for name, (role, family) in zip(names, _mixes(share, _mean(rate)), strict=True)
    }

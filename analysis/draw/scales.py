"""Scales: where an axis ends and how shares, intervals and counts are written."""

import math
from collections.abc import Iterable
from typing import Final

STEPS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
MINUS: Final = "\N{MINUS SIGN}"


def axis_ticks(values: Iterable[float], n_max: int = 5) -> list[float]:
    """Return ticks from 0 to a rounded end covering these shares in [0,1]: at most n_max steps, never beyond 1."""
    known = [v for v in values if not math.isnan(v)]
    peak = min(1.0, max(known, default=0.0)) or 0.05
    step = next((s for s in STEPS if math.ceil(peak / s - 1e-9) <= n_max), STEPS[-1])
    return [round(i * step, 6) for i in range(math.ceil(peak / step - 1e-9) + 1)]


def span_ticks(values: Iterable[float], n_max: int = 6) -> list[float]:
    """Return ticks through 0 to rounded ends covering these shares, which may be negative: about n_max steps."""
    known = [v for v in values if not math.isnan(v)]
    low, high = min([0.0, *known]), max([0.0, *known]) or 0.05
    step = next((s for s in STEPS if (high - low) / s <= n_max), STEPS[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 6) for i in range(first, last + 1)]


def count_ticks(peak: int, n_max: int = 5) -> list[int]:
    """Return ticks from 0 to a rounded end covering a count: at most n_max steps of 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if (n_steps := -(-max(peak, 1) // step)) <= n_max:
                return [i * step for i in range(n_steps + 1)]
        size *= 10


def tick_labels(ticks: list[float]) -> list[str]:
    """Return tick labels in percent with as few decimals as tell the ticks apart; the last one carries the sign."""
    decimals = next(d for d in (0, 1, 2) if d == 2 or all(abs(t * 100 - round(t * 100, d)) < 1e-9 for t in ticks))
    labels = [f"{t * 100:.{decimals}f}".replace("-", MINUS) if t else "0" for t in ticks]
    return [*labels[:-1], labels[-1] + "%"]


def decimals_for(values: Iterable[float]) -> int:
    """Return the decimals that these shares are written with: one where all are below 20%, else none."""
    return int(max((v for v in values if not math.isnan(v)), default=1.0) < 0.2)


def number(share: float, decimals: int = 0) -> str:
    """Return a share in [0,1] as a percent number without sign; a small share never reads as 0."""
    points = share * 100
    if 0 < points < 0.05:
        return "<0.1"
    if 0 < points < 0.95:
        return f"{points:.1f}"
    return f"{points:.{decimals}f}" if points else "0"


def percent(share: float, decimals: int = 0) -> str:
    """Return a share in [0,1] as text such as 14%."""
    return number(share, decimals) + "%"


def interval(low: float, high: float, decimals: int = 0) -> str:
    """Return an interval of shares as text such as (11–17)."""
    return f"({number(low, decimals)}–{number(high, decimals)})"


def signed(points: float, decimals: int = 1) -> str:
    """Return a change in percentage points with its sign: +1.1, −0.4, 0.0."""
    text = f"{abs(points):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("+" if points > 0 else MINUS) + text


def span(low: float, high: float, to: str) -> str:
    """Return an interval of points as text such as (1.4–3.8); where a bound is negative `to` stands between them."""
    ends = [f"{value:.1f}" if float(f"{value:.1f}") else "0.0" for value in (low, high)]
    joint = to if any(end.startswith("-") for end in ends) else "–"
    return f"({joint.join(ends)})".replace("-", MINUS)


def compact(n: int) -> str:
    """Return a count in at most four characters: 940, 9.4k, 94k, 1.2M."""
    if n < 1000:
        return str(n)
    value, unit = (n / 1000, "k") if n < 999_500 else (n / 1_000_000, "M")
    return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"

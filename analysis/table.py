"""Rates as text for a terminal."""

import pandas as pd


def to_text(table: pd.DataFrame) -> str:
    """Return rates as percentages with their interval, one line per cell; columns that say nothing are left out."""
    is_mix = (table["weighting"] == "mix").any()
    hidden = ["rate", "low", "high", "method", "vintage", *([] if is_mix else ["covered_weight"])]
    shown = table.drop(columns=hidden)
    cells = [
        "withheld" if pd.isna(r) else f"{r:.1%} ({low:.1%}–{high:.1%})"
        for r, low, high in zip(table["rate"], table["low"], table["high"], strict=True)
    ]
    shown.insert(list(shown.columns).index("n_eff") + 1, "rate (95% interval)", cells)
    shown = shown.replace("", pd.NA).dropna(axis="columns", how="all").fillna("")
    return shown.to_string(index=False, float_format=lambda x: f"{x:,.1f}") if len(shown) else "no postings match"

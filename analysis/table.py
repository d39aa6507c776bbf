"""Rates as text: a table for a terminal, CSV or JSON."""

import pandas as pd

from analysis.options import Format


def to_text(table: pd.DataFrame, form: Format = "table") -> str:
    """Return rates as text that ends with a line break; JSON is a list of rows, null where a rate is withheld."""
    if form == "json":
        return table.to_json(orient="records", force_ascii=False, indent=1) + "\n"
    if form == "csv":
        return table.to_csv(index=False, lineterminator="\n")
    if not len(table):
        return "no postings match\n"
    notes = [f"\nrate: as tagged. {note}" for note in [table.attrs.get("definitions", {}).get("correction")] if note]
    notes += [f"\nnote: {warning}" for warning in table.attrs.get("warnings", [])]
    return _grid(table) + "".join(notes) + "\n"


def _grid(table: pd.DataFrame) -> str:
    """Return percentages with their interval, one line per cell; columns that say nothing are left out."""
    is_mix = (table["weighting"] == "mix").any()
    hidden = ["rate", "low", "high", "method", "vintage", *([] if is_mix else ["covered_weight"])]
    shown = table.drop(columns=[*hidden, *(c for c in table.columns if c.endswith("_corrected"))])
    place = list(shown.columns).index("n_eff") + 1
    if "rate_corrected" in table:
        shown.insert(place, "corrected for errors", _cells(table, "_corrected"))
    shown.insert(place, "rate (95% interval)", _cells(table))
    shown = shown.replace("", pd.NA).dropna(axis="columns", how="all").fillna("")
    return shown.to_string(index=False, float_format=lambda x: f"{x:,.1f}")


def _cells(table: pd.DataFrame, suffix: str = "") -> list[str]:
    rates = (table[name + suffix] for name in ("rate", "low", "high"))
    return [
        "withheld" if pd.isna(r) else f"{r:.1%} ({low:.1%}–{high:.1%})" for r, low, high in zip(*rates, strict=True)
    ]

"""Notes: the lines under a figure that say where its numbers come from and how far they can be trusted."""

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pandas as pd

from analysis.draw.labels import Labels
from analysis.draw.options import Options
from analysis.draw.scales import percent

N_SOURCES = 3


def period(years: tuple[int, int]) -> str:
    """Return a period as text: 2020–2024, or one year alone."""
    first, last = years
    return str(first) if first == last else f"{first}–{last}"


def by_site(sources: Mapping[str, int], sites: Mapping[str, str]) -> dict[str, int]:
    """Return the counts of sources added up by job site; a source without a known site stands for itself."""
    counts: Counter[str] = Counter()
    for name, n in sources.items():
        counts[sites.get(name, name)] += n
    return dict(counts)


def source_names(sources: Mapping[str, int], labels: Labels, n_named: int = N_SOURCES) -> str:
    """Return the largest sources with their counts, and how many more there are."""
    ranked = sorted(sources.items(), key=lambda item: (-item[1], item[0]))
    names = ", ".join(f"{labels.source(name)} {labels.say('count', n=n)}" for name, n in ranked[:n_named])
    n_more = len(ranked) - n_named
    return labels.say("more_sources", names=names, n=n_more) if n_more > 0 else names


def country_runs(largest: Mapping[int, Mapping[str, Any]]) -> str:
    """Return each year's largest country, years with the same one joined: 2020–2023 US, 2024 KR."""
    runs = []
    for country, group in groupby(sorted(largest.items()), key=lambda item: item[1]["country"]):
        years = [year for year, _ in group]
        runs.append(f"{period((years[0], years[-1]))} {country}")
    return ", ".join(runs)


def common_notes(meta: Mapping[str, Any], frame: pd.DataFrame, labels: Labels, options: Options) -> list[str]:
    """Return the notes that every figure carries; one that does not apply is left out."""
    notes = [
        labels.say("sources", names=source_names(by_site(meta["sources"], meta.get("sites", {})), labels)),
        labels.say("postings", n=meta["n_postings"], companies=meta["n_companies"]),
        labels.say("posted", years=period(options.years)),
        labels.say("interval_method"),
        labels.say("no_sample"),
    ]
    for key in ("share_weak_dates", "share_unknown_company", "share_unsectioned"):
        if meta.get(key) is not None:
            notes.append(labels.say(key, share=percent(meta[key])))
    if meta.get("largest_country"):
        notes.append(labels.say("countries", runs=country_runs(meta["largest_country"])))
    # A table without rows has no words in its columns.
    if "flag" in frame and frame["flag"].astype("str").str.contains("small").any():
        notes.append(labels.say("small"))
    if len(meta.get("tagger_versions", ())) > 1:
        notes.append(labels.say("mixed"))
    if meta.get("vintage"):
        notes.append(labels.say("vintage", vintage=meta["vintage"]))
    return notes


def withheld_notes(frame: pd.DataFrame, labels: Labels) -> list[str]:
    """Return why rates held fixed are withheld, a note per reason; none where all are shown."""
    is_thin, is_empty = frame["flag"].str.contains("low cover"), frame["covered_weight"] == 0
    reasons = {
        "low_cover": is_thin & ~is_empty,
        "no_cell": is_thin & is_empty,
        "withheld": ~is_thin & frame["flag"].str.contains("withheld"),
    }
    return [labels.say(reason) for reason, rows in reasons.items() if rows.any()]

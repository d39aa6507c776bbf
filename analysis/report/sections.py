"""Sections: what the report says between its figures, as markup in one language."""

import math
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import pandas as pd

from analysis.draw.labels import labels_for
from analysis.draw.scales import number, percent, signed
from analysis.headline import PERIOD, questions
from analysis.report.evidence import Evidence
from analysis.report.markup import bullets, link, paragraphs, section, table
from analysis.report.words import heads, lines, name, say


def share(value: float) -> str:
    """Return a share in [0, 1] as percent with one decimal, a dash when it is withheld."""
    return "–" if math.isnan(value) else percent(value, 1)


def span(low: float, high: float) -> str:
    """Return an interval of shares, a dash when it is withheld."""
    return "–" if math.isnan(low) else f"{number(low, 1)}–{number(high, 1)}%"


def headline(evidence: Evidence, lang: str) -> str:
    """Return the opening: the one number, what it rests on, and whether it grew."""
    row = evidence.headline
    basis = say(
        lang,
        "basis",
        low=share(row["low"]),
        high=share(row["high"]),
        n=f"{row['n']:,}",
        companies=f"{row['n_companies']:,}",
        n_eff=f"{row['n_eff']:,.0f}",
    )
    lead = say(lang, "lead", first=PERIOD[0], last=PERIOD[1])
    return (
        f'<div class="headline"><h1>{escape(say(lang, "title"))}</h1>'
        f'<p class="big">{share(row["rate"])} <small>({span(row["low"], row["high"])})</small></p>'
        f"<p>{escape(lead)}. {escape(basis)} {escape(say(lang, 'claimed'))}</p>"
        f"<p>{escape(growth(evidence, lang))}</p></div>"
    )


def growth(evidence: Evidence, lang: str) -> str:
    """Return the verdict on growth with the two slopes it rests on."""
    held, hn = (evidence.trends.loc[key] for key in ("standardised", "hn"))
    points = {"slope": held["points_per_year"], "low": held["low"], "high": held["high"]}
    points |= {"hn": hn["points_per_year"], "hn_low": hn["low"], "hn_high": hn["high"]}
    shown = {key: _points(value) for key, value in points.items()}
    return say(lang, "trend", first=PERIOD[0], last=PERIOD[1], verdict=name(lang, evidence.growth), **shown)


def claims(evidence: Evidence, lang: str) -> str:
    """Return the claims with their verdicts or, where none were judged, the headline numbers beside what is said."""
    note = [] if evidence.claims is None else [say(lang, "claims_note")]
    columns, rows = claim_rows(evidence, lang)
    return section(f"claims-{lang}", say(lang, "claims"), paragraphs(note) + table(columns, rows, say(lang, "claims")))


def claim_rows(evidence: Evidence, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the table of claims."""
    if evidence.claims is None:
        return heads(lang, "headline_head"), list(_headline_rows(evidence, lang))
    return heads(lang, "claims_head"), [_claim_row(row, lang) for row in evidence.claims.to_dict("records")]


def _headline_rows(evidence: Evidence, lang: str) -> Iterator[list[str]]:
    for (_, words, said), row in zip(questions(lang), evidence.rows, strict=True):
        counts = [f"{row['n']:,}", f"{row['n_companies']:,}", f"{row['n_eff']:,.0f}"]
        yield [
            words,
            said or "–",
            share(row["rate"]),
            span(row["low"], row["high"]),
            *counts,
            _flags(row["flag"], lang),
        ]


def _claim_row(row: Mapping[Any, Any], lang: str) -> list[str]:
    claim = say(lang, "korea", claim=row[lang]) if row["population"] == "korea" else str(row[lang])
    is_share = row["unit"] == "share"
    low, high = row["low"], row["high"]
    measured = share(row["measured"]) if is_share else _points(row["measured"])
    interval = span(low, high) if is_share else ("–" if math.isnan(low) else f"{_points(low)} – {_points(high)}")
    counts = [f"{row[key]:,.0f}" if pd.notna(row[key]) else "–" for key in ("n", "n_companies", "n_eff")]
    noted = _flags(row["flag"], lang)
    found = name(lang, row["verdict"]) + (f" ({noted})" if noted and not math.isnan(row["measured"]) else "")
    stays = f"{row['n_same']}/{row['n_specifications']}"
    ends = (row["spec_low"], row["spec_high"])
    reach = span(*ends) if is_share or math.isnan(ends[0]) else f"{_points(ends[0])} – {_points(ends[1])}"
    return [claim, str(row[f"said_{lang}"]), measured, interval, found, stays, reach, *counts]


def _flags(flag: str, lang: str) -> str:
    return ", ".join(name(lang, each) for each in flag.split(";") if each)


def _points(value: Any) -> str:
    # With one decimal a bound of 0.04 would read as none, and a verdict hangs on it.
    return "–" if math.isnan(value) else signed(value, 2)


def methods(lang: str) -> str:
    """Return how it counts and what that cannot tell."""
    return section(f"methods-{lang}", say(lang, "methods"), bullets(lines("methods", lang))) + section(
        f"limits-{lang}", say(lang, "limits"), bullets(lines("limits", lang))
    )


def coverage(evidence: Evidence, lang: str) -> str:
    """Return postings by source type and year."""
    labels = labels_for(lang)
    found = evidence.coverage
    columns = [say(lang, "coverage_head"), *(str(year) for year in found.columns), say(lang, "all_years")]
    rows = [
        [labels.families.get(str(family), str(family)), *(f"{n:,}" for n in line), f"{sum(line):,}"]
        for family, line in zip(found.index, found.to_numpy().tolist(), strict=True)
    ]
    caption = say(lang, "coverage_caption")
    body = (
        paragraphs([f"{caption}."])
        + table(columns, rows, caption)
        + link("quality.html", say(lang, "to_quality"), lang)
    )
    return section(f"coverage-{lang}", say(lang, "coverage"), body)


def accuracy(evidence: Evidence, lang: str) -> str:
    """Return what reading hits and labelled postings say of the tagger."""
    parts = ""
    if evidence.audit is not None:
        right, level = evidence.audit["precision"], evidence.audit["level_agreement"]
        text = say(
            lang,
            "audit",
            n=evidence.audit["n"],
            precision=share(right["rate"]),
            p_low=share(right["low"]),
            p_high=share(right["high"]),
            agreement=share(level["rate"]),
            a_low=share(level["low"]),
            a_high=share(level["high"]),
        )
        parts += paragraphs([text])
    known = [row for row in evidence.quality if row["group"] == "all" and row["value"] is not None]
    if known:
        rows = [
            [name(lang, str(row["name"])), share(row["value"]), span(row["low"], row["high"]), f"{row['n_postings']:,}"]
            for row in known
        ]
        caption = say(lang, "tagger_caption")
        parts += paragraphs([f"{caption}."]) + table(heads(lang, "tagger_head"), rows, caption)
    return section(f"accuracy-{lang}", say(lang, "accuracy"), parts) if parts else ""


def edition(evidence: Evidence) -> str:
    """Return the versions of data and code in brackets, or nothing where neither is known."""
    known = [e for e in (evidence.provenance.vintage, evidence.provenance.code_version) if e]
    return f" ({', '.join(known)})" if known else ""


def cite(evidence: Evidence, lang: str) -> str:
    """Return how to cite the page."""
    text = say(lang, "cite_text", title=say(lang, "title"), edition=edition(evidence))
    return section(f"cite-{lang}", say(lang, "cite"), paragraphs([text]))

"""Quality page: where the postings come from, what was left out, and how far their texts can be read."""

import math
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Final

import pandas as pd

from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS
from analysis.draw.scales import percent
from analysis.report import sections
from analysis.report.checks import opening
from analysis.report.evidence import Evidence
from analysis.report.frame import fill
from analysis.report.markup import both, link, paragraphs, section, table
from analysis.report.model_table import model_versions
from analysis.report.words import heads, name, say

DARKEST: Final = 34
"""Percent of the accent colour behind the largest count: dark enough to see, light enough to read ink on."""
MIN_SHOWN: Final = 30


def quality_html(evidence: Evidence) -> str:
    """Return the page: weekly checks and models if there are any, coverage, funnel, levels, tagger, datasets."""
    parts = {
        lang: f"<h1>{escape(say(lang, 'quality_title'))}</h1>"
        + link("report.html", say(lang, "to_report"), lang)
        + opening(evidence.past, lang)
        + _years(evidence, lang)
        + _funnel(evidence, lang)
        + _sections(evidence, lang)
        + _how(evidence, lang)
        + sections.accuracy(evidence, lang)
        + model_versions(evidence.models, lang)
        + _datasets(evidence, lang)
        for lang in LANGS
    }
    return fill("quality_title", both(parts))


def _years(evidence: Evidence, lang: str) -> str:
    found = evidence.by_source
    years = sorted(str(year) for year in found.columns)
    columns = [say(lang, "source_head"), *(year or say(lang, "undated") for year in years)]
    return section(
        f"by-source-{lang}",
        say(lang, "by_source"),
        paragraphs([say(lang, "by_source_note")])
        + heat(columns, _counts(evidence, years, lang), say(lang, "by_source")),
    )


def _counts(evidence: Evidence, years: list[str], lang: str) -> Iterator[tuple[str, list[int]]]:
    found = evidence.by_source
    names = _names(evidence, lang)
    for source in found.sum(axis=1).sort_values(ascending=False, kind="stable").index:
        yield names(str(source)), found.loc[source, years].astype(int).tolist()


def _names(evidence: Evidence, lang: str) -> Callable[[str], str]:
    """Return what turns a source into words: the title of its dataset where it has one."""
    titles = {str(each["dataset"]): str(each[f"title_{lang}"]) for each in evidence.datasets}
    return lambda source: titles.get(source) or labels_for(lang).source(source)


def heat(head: list[str], rows: Iterable[tuple[str, list[int]]], caption: str) -> str:
    """Return counts as a table whose cells are the darker the more they hold, on a logarithmic scale."""
    lines = list(rows)
    most = math.log1p(max((n for _, counts in lines for n in counts), default=1)) or 1.0
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)

    def cell(n: int) -> str:
        return f'<td data-n style="--d:{DARKEST * math.log1p(n) / most:.0f}">{n:,}</td>' if n else "<td>–</td>"

    body = "".join(
        f'<tr><th scope="row">{escape(title)}</th>{"".join(map(cell, counts))}</tr>' for title, counts in lines
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{label}"><table class="heat">'
        f'<caption class="hidden">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _funnel(evidence: Evidence, lang: str) -> str:
    rows = (
        [name(lang, str(r["step"])), f"{r['n_out']:,}", f"{r['n_left']:,}"] for r in evidence.funnel.to_dict("records")
    )
    return section(f"funnel-{lang}", say(lang, "funnel"), table(heads(lang, "funnel_head"), rows, say(lang, "funnel")))


def _sections(evidence: Evidence, lang: str) -> str:
    found = evidence.sections
    flagged = found[(found["flag"] != "") & (found["n"] >= MIN_SHOWN)].sort_values("n", ascending=False, kind="stable")
    names = _names(evidence, lang)
    rows = (
        [
            names(str(r["source"])),
            str(r["year"]) if pd.notna(r["year"]) else say(lang, "undated"),
            f"{r['n']:,}",
            percent(r["rate"]),
            say(lang, str(r["flag"])),
        ]
        for r in flagged.to_dict("records")
    )
    body = paragraphs([say(lang, "sections_note")]) + table(heads(lang, "sections_head"), rows, say(lang, "sections"))
    return section(f"sections-{lang}", say(lang, "sections"), body)


def _how(evidence: Evidence, lang: str) -> str:
    rows = ([name(lang, how), percent(share, 1)] for how, share in evidence.how.items())
    return section(f"how-{lang}", say(lang, "how"), table(heads(lang, "how_head"), rows, say(lang, "how")))


def _datasets(evidence: Evidence, lang: str) -> str:
    rows = [
        [
            str(each[f"title_{lang}"]),
            str(each["site"] or "–"),
            "–".join(dict.fromkeys(part[:4] for part in each["period"] if part)) or "–",
            f"{each['n_rows']:,}",
            f"{each['n_rejected']:,}",
            str(each["licence"]),
        ]
        for each in evidence.datasets
    ]
    if not rows:
        return ""
    return section(
        f"datasets-{lang}", say(lang, "datasets"), table(heads(lang, "datasets_head"), rows, say(lang, "datasets"))
    )

"""Model table: the versions of the tagger's models on the quality page, how good each is and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from analysis.report.markup import paragraphs, section, table
from analysis.report.sections import share, span
from analysis.report.words import heads, name, say

_SHOWN: Final = ("forward role f1", "line answers right", "main role accuracy", "skill level f1")


def model_versions(models: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return the section on what `learn.outcomes.version_history` tells; nothing where it tells of no version."""
    if not models:
        return ""
    columns = [*heads(lang, "models_head"), *(name(lang, figure) for figure in _SHOWN)]
    rows = [[*_about(row, lang), *_figures(row["figures"])] for row in models]
    title = say(lang, "models_title")
    body = paragraphs([say(lang, "models_note")]) + table(columns, rows, title)
    return section(f"models-{lang}", title, body)


def _about(row: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield row["version"] + (f" ({say(lang, 'champion')})" if row["is_champion"] else "")
    told = [f"{name(lang, each['kind'])} {each['on']}".strip() for each in row["fates"]]
    yield row["problem"] or ", ".join(told) or "–"
    first, last = row["window"] or ("", "")
    yield say(lang, "learnt_from", n=f"{row['n_postings']:,}", first=first, last=last) if first else "–"


def _figures(figures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for figure in _SHOWN:
        found = figures.get(figure)
        yield f"{share(found['value'])} ({span(found['low'], found['high'])})" if found else "–"

"""Caption: the text files beside a figure: caption, alt text, table, citation, and the machine-readable record."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import pandas as pd

from analysis.draw.labels import Labels, labels_for
from analysis.draw.options import LANGS, Options
from analysis.draw.scales import number
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.quoting import to_markdown

DEDUPE: Final = "near-duplicate postings are one vacancy; a vacancy counts once per year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the caller knows of the data and facts do not say; whatever is not given is published as null."""

    vintage: str | None = None
    code_version: str | None = None
    licence: str | None = None
    retrieved: tuple[str, str] | None = None
    sites: Mapping[str, str] = field(default_factory=dict)
    """Job site by source, under which the notes add sources up."""
    role_classifier: Mapping[str, Any] = field(default_factory=dict)
    skill_extractor: Mapping[str, Any] = field(default_factory=dict)


def table(data: FigureData) -> str:
    """Return the plotted numbers as a Markdown table; shares in percent, withheld ones as a dash."""
    frame = data.frame
    columns = [c for c in frame.columns if not (frame[c].isna() | frame[c].astype(str).isin(["", "<NA>"])).all()]
    rows = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for record in frame[columns].to_dict("records"):
        cells = (_cell(str(name), value, name in data.shares) for name, value in record.items())
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cell(name: str, value: Any, is_share: bool) -> str:
    if pd.isna(value):
        return "–"
    if is_share:
        return number(value, 1) + "%"
    if isinstance(value, float):
        return f"{value:,.0f}" if name == "n_eff" or abs(value) >= 100 else f"{value:.3g}"
    is_count = isinstance(value, int) and not isinstance(value, bool) and not name.endswith("year")
    return f"{value:,}" if is_count else to_markdown(str(value))


def cite(spec: FigureSpec, title: str, labels: Labels, provenance: Provenance) -> str:
    """Return one line to cite the figure by."""
    editions = [e for e in (provenance.vintage, provenance.code_version) if e]
    edition = labels.say("edition", edition=", ".join(editions)) if editions else ""
    return labels.say("cite", number=_number(spec), title=title, edition=edition)


def _number(spec: FigureSpec) -> str:
    return spec.id.removeprefix("fig_").replace("_", ".")


def _bibtex(spec: FigureSpec, title: str, provenance: Provenance) -> str:
    note = ", ".join(e for e in (provenance.vintage, provenance.code_version) if e)
    year = f" year={{{provenance.vintage[:4]}}}," if provenance.vintage else ""
    title = title.translate({ord("{"): "(", ord("}"): ")"})
    about = f"author={{{{airflow-demand contributors}}}},{year} howpublished={{airflow-demand}}"
    return f"@misc{{airflow-demand-{spec.id}, title={{{title}}}, {about}, note={{{note}}}}}"


def markdown(
    spec: FigureSpec, data: FigureData, lang: str, words: Words, options: Options, provenance: Provenance
) -> str:
    """Return the page to paste from: picture with caption and alt text, notes, table, citation."""
    labels = labels_for(lang)
    name = labels.say("figure", number=_number(spec))
    alt = words.alt.replace('"', "'")
    title, subtitle = to_markdown(words.title), to_markdown(words.subtitle)
    return "\n\n".join(
        [
            f'![{name}. {title}]({options.stem(spec.id)}.{lang}.png){{fig-alt="{alt}"}}',
            f"**{name}. {title}.** {subtitle}.",
            to_markdown(". ".join(words.notes)) + ".",
            f"## {labels.say('alt_head')}\n\n{to_markdown(words.alt)}",
            f"## {labels.say('table_head')}\n\n{table(data)}",
            f"## {labels.say('cite_head')}\n\n{cite(spec, title, labels, provenance)}\n",
        ]
    )


def record(
    spec: FigureSpec, data: FigureData, options: Options, provenance: Provenance, warnings: list[str]
) -> dict[str, Any]:
    """Return the figure's metadata: what was counted, how, from what, and how to cite it; both languages throughout."""
    both = {lang: (labels_for(lang), spec.words(data, labels_for(lang), options)) for lang in LANGS}
    flags = sorted({f for flag in _values(data.frame, "flag") for f in flag.split(";") if f})
    return {
        **(_counting(data.frame, options) if data.is_counted else {}),
        **{k: v for k, v in data.meta.items() if k != "vintage"},
        **(_measures(both, options) if data.is_counted else {}),
        "id": spec.id,
        "title": {lang: words.title for lang, (_, words) in both.items()},
        "subtitle": {lang: words.subtitle for lang, (_, words) in both.items()},
        "notes": {lang: list(words.notes) for lang, (_, words) in both.items()},
        "alt": {lang: words.alt for lang, (_, words) in both.items()},
        "long_description": table(data),
        "options": {k: v for k, v in asdict(options).items() if k not in ("lang", "claims", "excerpts")},
        "cite": {lang: cite(spec, words.title, labels, provenance) for lang, (labels, words) in both.items()},
        "bibtex": _bibtex(spec, both["en"][1].title, provenance),
        "warnings": [*data.meta.get("warnings", ()), *flags, *warnings],
        **asdict(provenance),
    }


def _values(frame: pd.DataFrame, name: str) -> list[str]:
    """Return the different words of a column in order; none when the figure has no such column."""
    return sorted(frame[name].dropna().astype(str).unique()) if name in frame else []


def _counting(frame: pd.DataFrame, options: Options) -> dict[str, Any]:
    return {
        "period": list(options.years),
        "dedupe_rule": DEDUPE,
        "weighting": _values(frame, "weighting"),
        "interval_method": _values(frame, "method"),
    }


def _measures(both: Mapping[str, tuple[Labels, Words]], options: Options) -> dict[str, dict[str, str]]:
    """Return what a number is, by language: what the figure says of it, else what holds for rates."""
    found: dict[str, dict[str, str]] = {"unit": {}, "numerator": {}, "denominator": {}}
    for lang, (labels, words) in both.items():
        numerator = labels.say("numerator", skill="Airflow", level=labels.levels[options.level])
        usual = {"unit": labels.say("unit"), "numerator": numerator, "denominator": labels.say("denominator")}
        for name in found:
            found[name][lang] = {**usual, **words.measure}[name]
    return found


def to_json(content: Mapping[str, Any]) -> bytes:
    """Return sorted, readable JSON, null where a number is withheld; the same content gives the same bytes."""
    plain = _withhold(content)
    return (json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()


def _withhold(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _withhold(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_withhold(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value

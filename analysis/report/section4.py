"""Section 4: the presentation's part on demand, rewritten with measured numbers, as Markdown for Quarto and slides."""

from collections.abc import Sequence

from analysis.draw.labels import labels_for
from analysis.headline import PERIOD
from analysis.report import sections
from analysis.report.evidence import Evidence
from analysis.report.plates import Plate
from analysis.report.words import lines, say, texts


def to_markdown(evidence: Evidence, drawn: Sequence[Plate], lang: str) -> str:
    """Return section 4 in one language: finding, figures, claims with verdicts, limits, Quarto snippet."""
    text = texts("section4", lang)
    row = evidence.headline
    finding = text["finding"].format(
        n=f"{row['n']:,}",
        first=PERIOD[0],
        last=PERIOD[1],
        rate=sections.share(row["rate"]),
        span=sections.span(row["low"], row["high"]),
        companies=f"{row['n_companies']:,}",
    )
    shown = [plate for plate in drawn if not plate.problem]
    parts = [f"# {text['title']}", f"{finding} {sections.growth(evidence, lang)}"]
    for plate in shown:
        words = plate.words[lang]
        name = labels_for(lang).say("figure", number=plate.number)
        parts.append(f"## {plate.number} {words.title}")
        parts.append(f"![{name}. {words.title}](figures/{plate.id}.{lang}.png){_quarto(plate, words.alt)}")
        parts.append(f"{words.finding} *{words.subtitle}.*")
    parts += [f"## {text['claims']}", _table(*sections.claim_rows(evidence, lang))]
    parts += [f"## {text['limits']}", "\n".join(f"- {line}" for line in lines("limits", lang))]
    if shown:
        parts += [f"## {text['snippet']}", text["snippet_note"], _snippet(shown[0], lang)]
    cited = say(lang, "cite_text", title=say(lang, "title"), edition=sections.edition(evidence))
    return "\n\n".join([*parts, cited]) + "\n"


def _quarto(plate: Plate, alt: str) -> str:
    quoted = alt.replace('"', "'")
    return f'{{#fig-{plate.number.replace(".", "-")} fig-alt="{quoted}"}}'


def _snippet(plate: Plate, lang: str) -> str:
    words = plate.words[lang]
    label = f"fig-{plate.number.replace('.', '-')}"
    quoted = {name: value.replace('"', "'") for name, value in (("cap", words.title), ("alt", words.alt))}
    return (
        "````markdown\n```{python}\n"
        f'#| label: {label}\n#| fig-cap: "{quoted["cap"]}"\n#| fig-alt: "{quoted["alt"]}"\n'
        f'from IPython.display import Image\n\nImage("figures/{plate.id}.{lang}.png")\n```\n````'
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])

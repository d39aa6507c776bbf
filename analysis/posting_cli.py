"""Commands that look into single postings: `excerpts` and `explain`."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from analysis import options
from analysis.faults import Misuse
from scrapers.cli import Data, print_json
from scrapers.escapes import escape_controls
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    from analysis.draw.options import Options
    from analysis.excerpt import Excerpt
    from analysis.measure.population import Query
    from analysis.quoting import Line

app = typer.Typer()

FIGURES: Final = {"required": "fig_4_3", "preferred": "fig_4_4", "mentioned": "fig_4_5"}
Shape = Literal["text", "json", "markdown"]


@app.command("excerpts")
def excerpts_command(
    skill: options.Skill = "airflow",
    level: options.Level = "any",
    role: options.Roles = None,
    source: options.Sources = None,
    country: options.Countries = None,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="Excerpts of each level.")] = 1,
    mask: Annotated[bool, typer.Option("--mask", help="Leave out employer, title and link.")] = False,
    output: Annotated[Shape, typer.Option("--format", help="text, json or markdown.")] = "text",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Draw the best of each level as a card too.")] = None,
    lang: options.Lang = "both",
    size: options.Size = "slide",
    theme: options.Theme = "light",
    data: Data = None,
) -> None:
    """Quote postings of your store that name a skill: at most 25 words on each side, and what decided the level.

    Without texts in the store, postings written for this project are quoted, and marked as such.

    Example: airflow-demand excerpts --level preferred --role ml_engineer --country KR
    """
    from analysis.draw.options import Options
    from analysis.measure.population import LEVEL_CHOICES, Query

    query = Query(
        skill=skill.lower(),
        level=level,
        roles=options.split(role) or None,
        sources=options.split(source) or None,
        countries=options.country_codes(country) or None,
    )
    chosen_by = [*(query.roles or ()), *(query.sources or ()), *(query.countries or ())]
    chosen_by += [query.skill] * (query.skill != "airflow") + ["masked"] * mask
    style = Options(lang=lang, size=size, theme=theme, narrowed=tuple(chosen_by))
    found = _pick(query, number, mask, data)
    _show(found, output)
    if none := [name for name in LEVEL_CHOICES[level] if name not in {excerpt.level for excerpt in found}]:
        typer.echo(f"nothing to quote at level {', '.join(none)}", err=True)
    if out is not None:
        _draw(found, style, out, data)


def _pick(query: "Query", n: int, is_masked: bool, data: str | None) -> "list[Excerpt]":
    from analysis.excerpt import examples, excerpts
    from analysis.known import check
    from analysis.loading import load

    store = Store(data or default_root())
    if store.fact_files():
        check(query, load(store, "store"))
        found = excerpts(store, query, n, is_masked=is_masked)
    else:
        found = examples(query, n)
    if not found:
        raise Misuse("no posting with a text answers all of this together: leave out an option, or widen it")
    return found


def _show(found: "list[Excerpt]", output: Shape) -> None:
    from analysis.telling import card_lines, card_markdown

    if output == "json":
        print_json([asdict(excerpt) for excerpt in found])
    elif output == "markdown":
        typer.echo("\n".join(map(card_markdown, found)), nl=False)
    else:
        for number, excerpt in enumerate(found):
            typer.echo("\n" * (number > 0), nl=False)
            _print(card_lines(excerpt))


def _draw(found: "list[Excerpt]", style: "Options", out: Path, data: str | None) -> None:
    from dataclasses import replace

    from analysis.draw.bundle import draw_figures
    from analysis.fact import FACT_SCHEMA
    from analysis.provenance import provenance

    only = [FIGURES[level] for level in dict.fromkeys(excerpt.level for excerpt in found)]
    made_of = provenance(Store(data or default_root()), "store")
    quoting = replace(style, excerpts=tuple(found))
    for path in draw_figures(FACT_SCHEMA.empty_table(), out, only=only, options=quoting, provenance=made_of):
        typer.echo(path, err=True)


@app.command("explain")
def explain_command(
    posting: Annotated[str, typer.Argument(metavar="ID", help="posting_id or its beginning, or a Hacker News number.")],
    skill: options.Skill = "airflow",
    json_output: options.AsJson = False,
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Say why a posting counts or does not: its vacancy, date, roles and skills, and the words that decided.

    Example: airflow-demand explain 9f2c41
    """
    from analysis.explanation import explain
    from analysis.known import check_skill
    from analysis.loading import load
    from analysis.telling import explanation_lines

    store = Store(data or default_root())
    facts = load(store, only_from)
    check_skill(skill.lower(), facts)
    told = explain(facts, store, posting.strip().lower(), skill.lower())
    if json_output:
        print_json(asdict(told))
    else:
        _print(explanation_lines(told))


def _print(lines: Iterable["Line"]) -> None:
    """Print lines with their names marked, by colour on a terminal, else by «»; nothing in them is obeyed."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        shown, reach = Text(), 0
        for start, end in line.spans:
            name = escape_controls(line.text[start:end])
            shown.append(escape_controls(line.text[reach:start]))
            if console.is_terminal:
                shown.append(name, "bold black on yellow")
            else:
                shown.append(f"«{name}»")
            reach = end
        shown.append(escape_controls(line.text[reach:]))
        console.print(shown, soft_wrap=True)

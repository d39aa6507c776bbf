"""Commands that read facts: `rates`, `figures` and `audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analysis import options
from analysis.faults import Misuse
from analysis.loading import Part
from scrapers.cli import Data, print_json, progress
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    from analysis.draw.options import Options
    from analysis.measure.population import Query

app = typer.Typer()


@app.command("audit")
def audit_command(
    skill: options.Skill = "airflow",
    json_output: options.AsJson = False,
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Compare the tags of the facts with a random sample of hits that were read: precision, levels, confusion.

    What it finds is what `rates --correct` corrects for.

    Example: airflow-demand audit --json
    """
    from analysis import audit
    from analysis.loading import load

    found = audit.report(audit.graded(load(data, only_from), skill.lower()))
    if json_output:
        print_json(found)
    else:
        typer.echo("\n".join(audit.to_lines(found)))


@app.command("rates")
def rates_command(
    by: options.By = "",
    skill: options.Skill = "airflow",
    level: options.Level = "any",
    role: options.Roles = None,
    years: options.Years = None,
    family: options.Families = None,
    source: options.Sources = None,
    country: options.Countries = None,
    posting_lang: options.PostingLang = None,
    weights: options.Weights = "none",
    with_vendors: options.WithVendors = False,
    correct: options.Correct = False,
    output: options.Output = "table",
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Count how often a skill is asked for; every rate has n, companies, effective n and a 95% interval.

    Example: airflow-demand rates --by year,role --level required --years 2020-2024
    """
    from analysis.measure.population import Query

    query = Query(
        skill=skill.lower(),
        level=level,
        roles=options.split(role) or None,
        years=options.year_range(years),
        families=options.split(family) or None,
        sources=options.split(source) or None,
        countries=options.country_codes(country) or None,
        posting_lang=posting_lang,
        by=options.split(by),
        weights=weights,
        with_vendors=with_vendors,
    )
    _print_rates(query, correct, output, only_from, data)


def _print_rates(
    query: "Query", is_corrected: bool, output: options.Format, only_from: Part | None, data: str | None
) -> None:
    from analysis.audit import graded
    from analysis.known import check
    from analysis.loading import load
    from analysis.measure.rates import rates
    from analysis.provenance import vintage
    from analysis.table import to_text

    store = Store(data or default_root())
    facts = load(store, only_from)
    check(query, facts)
    table = rates(facts, query, graded(facts, query.skill) if is_corrected else None)
    if not table.attrs["n_postings"]:
        raise Misuse("no posting answers all of this together: leave out an option, or widen it")
    table["vintage"] = vintage(store, only_from)
    typer.echo(to_text(table, output), nl=False)


@app.command("figures")
def figures_command(
    only: options.Only = None,
    lang: options.Lang = "both",
    size: options.Size = "slide",
    theme: options.Theme = "light",
    years: options.Period = "2020-2024",
    by: options.Split = "",
    level: options.Level = "any",
    family: options.Families = None,
    claims: options.Claims = False,
    out: options.Folder = Path("figures"),
    workers: options.Drawers = 2,
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Draw the charts: PNG, SVG and PDF with their numbers (CSV), metadata, caption and alt text.

    Options that change a figure become part of its file name, so that variants never overwrite each other.

    Example: airflow-demand figures --only fig_4_1 --lang ko --years 2011-2026
    """
    from analysis.claim_file import claimed_share
    from analysis.draw.options import Options

    style = Options(
        lang=lang,
        size=size,
        theme=theme,
        years=options.year_range(years) or (2020, 2024),
        by=options.split(by),
        level=level,
        families=options.split(family),
        claim=claimed_share() if claims else None,
        only_from=only_from,
    )
    _draw(style, options.split(only), out, workers, only_from, data)


def _draw(
    style: "Options", only: tuple[str, ...], out: Path, workers: int, only_from: Part | None, data: str | None
) -> None:
    from analysis.draw.bundle import draw_figures
    from analysis.known import check_years
    from analysis.loading import load
    from analysis.making import complete_options
    from analysis.provenance import provenance

    store = Store(data or default_root())
    facts = load(store, only_from)
    check_years(style.years, facts)
    made_of = provenance(store, only_from)
    style = complete_options(store, style, only or None, only_from)
    with progress("drawing") as report:
        how: dict[str, Any] = {"options": style, "provenance": made_of, "workers": workers, "on_figure": report}
        paths = draw_figures(facts, out, only=only or None, **how)
    typer.echo("\n".join(map(str, paths)))

"""The command line: one command per step, each a thin call of the function that does the work.

Commands import what they call when they run: `--help` shall not wait for libraries that only training or drawing needs.
"""

import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analysis import model_cli, options
from analysis.faults import Fault
from scrapers import cli as scrapers_cli
from scrapers.cli import Data, ImportProblem, ScrapeError, TargetError, progress
from scrapers.store import Store, StoreError, bundled, default_root

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How much does the job market ask for Apache Airflow? Collect or import postings, tag them, count, draw.",
)
app.add_typer(scrapers_cli.app)
app.add_typer(model_cli.app, name="model")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from analysis.provenance import code_version, vintage

        typer.echo(f"airflow-demand {code_version() or 'not installed'}, data of {vintage(None, 'snapshot') or '-'}")
        raise typer.Exit


@app.callback()
def common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show versions of code and data.")
    ] = False,
) -> None:
    """How much does the job market ask for Apache Airflow? Collect or import postings, tag them, count, draw."""


CLAIMED_RATE = 0.68
"""What the presentation claims: the share of postings for data roles that name Airflow."""


@app.command("tag")
def tag_command(
    input_file: options.InputFile = None,
    output_file: options.OutputFile = None,
    workers: options.Workers = 2,
    vocabulary: options.VocabularyFile = None,
    data: Data = None,
) -> None:
    """Tag postings with roles, skills and levels: those of the store, or those of a file.

    Without --input, everything in the store that is not tagged yet becomes facts, linked with the snapshot.

    Example: airflow-demand tag --input postings.jsonl --output tags.jsonl
    """
    from analysis.tag import tag_store
    from analysis.tag_file import tag_file

    if input_file is None and output_file is not None:
        raise typer.BadParameter("needs --input: without it the store is tagged", param_hint="--output")
    if input_file is not None:
        tag_file(input_file, output_file, vocabulary=vocabulary, root=data, workers=workers)
        return
    with progress("tagging") as report:
        done = tag_store(Store(data or default_root()), workers=workers, vocabulary=vocabulary, on_progress=report)
    if done.is_repeat:
        typer.echo(f"nothing to do: every posting is tagged by {done.tagger_version}")
        return
    typer.echo(
        f"tagged {done.n_tagged:,} postings ({done.n_clusters:,} vacancies, {done.n_truncated:,} with cut texts) "
        f"with {done.tagger_version}; the store has {done.n_facts:,} facts of these sources"
    )


@app.command("evaluate")
def evaluate_command(
    gold: options.Gold,
    json_output: options.AsJson = False,
    details: Annotated[
        bool, typer.Option("--details", help="Show figures by level, role, evidence and stratum too.")
    ] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List every disagreement with its evidence.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="The labels list only some of the skills: score those alone.")
    ] = False,
    vocabulary: options.VocabularyFile = None,
    data: Data = None,
) -> None:
    """Compare the tagger with labelled postings; every figure comes with n and a 95% interval.

    Example: airflow-demand evaluate data/labels/sample.jsonl --errors
    """
    from analysis.classify.tagger import Tagger
    from analysis.evaluate import evaluate
    from analysis.gold import read_gold

    tagger = Tagger.load(vocabulary, data)
    result = evaluate(read_gold(gold, is_partial=partial), tagger.tag, is_partial=partial)
    if json_output:
        scrapers_cli.print_json({"tagger_version": tagger.version, **result.to_json()})
        return
    typer.echo(result.to_table(details))
    if errors:
        typer.echo("\n".join(result.error_lines()))


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

    found = audit.report(audit.graded(load(data, only_from), skill))
    if json_output:
        scrapers_cli.print_json(found)
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
    from analysis.audit import graded
    from analysis.known import check
    from analysis.loading import load
    from analysis.measure.population import Query
    from analysis.measure.rates import rates
    from analysis.provenance import vintage
    from analysis.table import to_text

    query = Query(
        skill=skill,
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
    facts = load(data, only_from)
    check(query, facts)
    table = rates(facts, query, graded(facts, skill) if correct else None)
    table["vintage"] = vintage(Store(data or default_root()), only_from)
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
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Draw the charts: PNG, SVG and PDF with their numbers (CSV), metadata, caption and alt text.

    Options that change a figure become part of its file name, so that variants never overwrite each other.

    Example: airflow-demand figures --only fig_4_1 --lang ko --years 2011-2026
    """
    from analysis.draw.bundle import draw_figures
    from analysis.draw.options import Options
    from analysis.known import check_years
    from analysis.loading import load
    from analysis.provenance import provenance

    style = Options(
        lang=lang,
        size=size,
        theme=theme,
        years=options.year_range(years) or (2020, 2024),
        by=options.split(by),
        level=level,
        families=options.split(family),
        claim=CLAIMED_RATE if claims else None,
        only_from=only_from,
    )
    store, facts = Store(data or default_root()), load(data, only_from)
    check_years(style.years, facts)
    made_of = provenance(store, only_from)
    for path in draw_figures(facts, out, only=options.split(only) or None, options=style, provenance=made_of):
        typer.echo(path)


@app.command("status")
def status_command(
    json_output: options.AsJson = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show for every source and year how many postings have sections.")
    ] = False,
    data: Data = None,
) -> None:
    """Show what the snapshot and the store hold, how levels were found, and how the last runs went."""
    from analysis.status import status

    state = status(Store(data or default_root()))
    if json_output:
        scrapers_cli.print_json(state.to_dict())
    else:
        typer.echo("\n".join(state.lines(coverage)))


@app.command("snapshot")
def snapshot_command(
    corpora: Annotated[Path, typer.Argument(help="Folder of Parquet files of postings with a manifest.csv.")],
    out: Annotated[Path, typer.Option(help="Where to write the snapshot.")] = Path("data/snapshot"),
    workers: options.Workers = 2,
    work: Annotated[
        Path | None, typer.Option(help="Keep the store used on the way here (default: a temporary folder).")
    ] = None,
) -> None:
    """Rebuild the snapshot from a folder of postings: import, tag, link, and write facts without any text."""
    from analysis import card
    from analysis.loading import load
    from analysis.snapshot import write_snapshot
    from analysis.tag import tag_store
    from scrapers.corpora import import_corpora

    with tempfile.TemporaryDirectory() as temp:
        store = Store(work or temp)
        with progress("importing") as report:
            summaries = import_corpora(corpora, store, lambda n: report(n, None))
        with progress("tagging") as report:
            tag_store(store, workers=workers, with_snapshot=False, on_progress=report)
        rejected = {s.dataset: s.n_rejected for s in summaries}
        manifest = write_snapshot(store, out, rejected)
    if out.resolve() == bundled("snapshot").resolve():
        card.update_checkout(out.resolve().parents[1], manifest, load(only_from="snapshot"))
    typer.echo(f"{manifest['n_facts']:,} facts of {len(manifest['datasets'])} datasets written to {out}")


def main() -> None:
    """Run the command line; a known fault ends in one line on standard error and exit code 1."""
    scrapers_cli.configure_logging()
    try:
        app()
    except Fault as error:
        _fail(str(error), error.exit_code)
    except TargetError as error:
        _fail(str(error), 2)
    except (StoreError, ImportProblem, ScrapeError) as error:
        _fail(str(error))
    except SystemExit as ended:
        # typer turns Ctrl-C into this code and says nothing.
        if ended.code != 130:
            raise
        _fail("stopped; nothing half-written was kept, run the same command again")
    except OSError as error:
        _fail(f"cannot write the output: {error.strerror or error}")


def _fail(why: str, exit_code: int = 1) -> NoReturn:
    print(f"airflow-demand: {why}", file=sys.stderr)
    raise SystemExit(exit_code) from None

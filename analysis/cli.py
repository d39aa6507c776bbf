"""The command line: one command per step, each a thin call of the function that does the work."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from analysis import card
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import VocabularyError, load_vocabulary
from analysis.draw.bundle import draw_figures
from analysis.draw.options import Options
from analysis.draw.style import DrawError
from analysis.evaluate import evaluate
from analysis.gold import GoldError, read_gold
from analysis.known import check_skill, check_sources
from analysis.loading import Part, load
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates
from analysis.provenance import code_version, provenance, vintage
from analysis.snapshot import write_snapshot
from analysis.status import status
from analysis.table import to_text
from analysis.tag import tag_store
from analysis.tag_file import InputProblem, tag_file
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

OnlyFrom = Annotated[
    Part | None, typer.Option(help="Use only the bundled snapshot or only your store (default: both).")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes to tag with.")]
VocabularyFile = Annotated[
    Path | None,
    typer.Option("--vocabulary", metavar="FILE", help="Skills to look for instead of the bundled vocabulary."),
]


def _show_version(is_asked: bool) -> None:
    if is_asked:
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


def year_range(text: str | None) -> tuple[int, int] | None:
    """Return "2020-2024" or "2023" as (first, last)."""
    if text is None:
        return None
    first, dash, last = text.partition("-")
    try:
        return int(first), int(last if dash else first)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r}: expected a year or a range such as 2020-2024", param_hint="--years"
        ) from None


def _split(values: list[str] | str | None) -> tuple[str, ...]:
    """Values may be repeated or joined by commas."""
    parts = [values] if isinstance(values, str) else values or []
    return tuple(v.strip() for part in parts for v in part.split(",") if v.strip())


@app.command("tag")
def tag_command(
    input_file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            metavar="FILE",
            help="JSON Lines with id, title, text and optionally sections; - for standard input.",
        ),
    ] = None,
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to write the tags (JSON Lines, same order; default: standard output).",
        ),
    ] = None,
    workers: Workers = 2,
    vocabulary: VocabularyFile = None,
    data: Data = None,
) -> None:
    """Tag postings with roles, skills and levels: those of the store, or those of a file.

    Without --input, everything in the store that is not tagged yet becomes facts, linked with the snapshot.

    Example: airflow-demand tag --input postings.jsonl --output tags.jsonl
    """
    if input_file is None and output_file is not None:
        raise typer.BadParameter("needs --input: without it the store is tagged", param_hint="--output")
    if input_file is not None:
        tag_file(input_file, output_file, vocabulary=vocabulary, workers=workers)
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
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help="Labelled postings: id, title, text, roles, skills, ambiguous.")
    ],
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List every disagreement with its evidence.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="The labels list only some of the skills: score those alone.")
    ] = False,
    vocabulary: VocabularyFile = None,
) -> None:
    """Compare the tagger with labelled postings; every figure comes with n and a 95% interval.

    Example: airflow-demand evaluate data/labels/sample.jsonl --errors
    """
    tagger = Tagger(load_vocabulary(vocabulary))
    result = evaluate(read_gold(gold, is_partial=partial), tagger.tag, is_partial=partial)
    if json_output:
        scrapers_cli.print_json({"tagger_version": tagger.version, **result.to_json()})
        return
    typer.echo(result.to_table())
    if errors:
        for e in result.errors():
            what = f"{e['kind']} {e['skill'] or ''}".strip()
            typer.echo(f"{e['id']}  {what}: wanted {e['wanted']}, got {e['got']} ({e['how']})  {e['excerpt']}")


@app.command("rates")
def rates_command(
    by: Annotated[
        str, typer.Option(help="Columns to group by, joined by commas: year, role, source, family, country, lang, ...")
    ] = "",
    skill: Annotated[str, typer.Option(help="Skill id of the vocabulary.")] = "airflow",
    level: Annotated[str, typer.Option(help="any, required, preferred, required_or_preferred or mentioned.")] = "any",
    role: Annotated[
        list[str] | None,
        typer.Option(help="Role to count, may be repeated; all: every posting (default: the five data roles)."),
    ] = None,
    years: Annotated[str | None, typer.Option(metavar="2020-2024", help="Years to count.")] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="Kind of source, may be repeated: hn, job_board, ats, korean_board.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Source or dataset, may be repeated.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Two-letter country code, may be repeated.")] = None,
    posting_lang: Annotated[str | None, typer.Option(help="Language of the postings: ko, en, ...")] = None,
    weights: Annotated[
        str,
        typer.Option(
            help="none, mix (role and source type held fixed), company (one vote each) or capped (at most 3 a company)."
        ),
    ] = "none",
    with_vendors: Annotated[bool, typer.Option("--with-vendors", help="Count the vendor's own adverts too.")] = False,
    output: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="table, csv or json.")] = "table",
    only_from: OnlyFrom = None,
    data: Data = None,
) -> None:
    """Count how often a skill is asked for; every rate has n, companies, effective n and a 95% interval.

    Example: airflow-demand rates --by year,role --level required --years 2020-2024
    """
    query = Query(
        skill=skill,
        level=level,
        roles=_split(role) or None,
        years=year_range(years),
        families=_split(family) or None,
        sources=_split(source) or None,
        countries=tuple(c.upper() if len(c) == 2 else c for c in _split(country)) or None,
        posting_lang=posting_lang,
        by=_split(by),
        weights=weights,
        with_vendors=with_vendors,
    )
    facts = load(data, only_from)
    check_skill(skill, facts)
    check_sources(query.sources or (), facts)
    table = rates(facts, query)
    table["vintage"] = vintage(Store(data or default_root()), only_from)
    if output == "json":
        typer.echo(table.to_json(orient="records", force_ascii=False, indent=1))
    elif output == "csv":
        typer.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        typer.echo(to_text(table))


@app.command("figures")
def figures_command(
    only: Annotated[
        str | None, typer.Option(help="Figures to draw, joined by commas: fig_4_1,fig_4_2 (default: all).")
    ] = None,
    lang: Annotated[str, typer.Option(help="ko, en or both.")] = "both",
    size: Annotated[
        str, typer.Option(help="slide (1920x1080), half (half a slide) or doc (a page's text width).")
    ] = "slide",
    theme: Annotated[str, typer.Option(help="light, dark or print.")] = "light",
    years: Annotated[
        str, typer.Option(metavar="2020-2024", help="Years to show; Hacker News runs from 2011 on.")
    ] = "2020-2024",
    by: Annotated[str, typer.Option(help="role: one small chart for each role (Figure 4.1).")] = "",
    level: Annotated[str, typer.Option(help="any, required, preferred, required_or_preferred or mentioned.")] = "any",
    family: Annotated[list[str] | None, typer.Option(help="Only this kind of source, may be repeated.")] = None,
    claims: Annotated[
        bool, typer.Option("--claims", help="Draw the presentation's claim of 68% beside the data.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path("figures"),
    only_from: OnlyFrom = None,
    data: Data = None,
) -> None:
    """Draw the charts: PNG, SVG and PDF with their numbers (CSV), metadata, caption and alt text.

    Options that change a figure become part of its file name, so that variants never overwrite each other.

    Example: airflow-demand figures --only fig_4_1 --lang ko --years 2011-2026
    """
    options = Options(
        lang=lang,
        size=size,
        theme=theme,
        years=year_range(years) or (2020, 2024),
        by=_split(by),
        level=level,
        families=_split(family),
        claim=CLAIMED_RATE if claims else None,
        only_from=only_from,
    )
    store = Store(data or default_root())
    written = draw_figures(
        load(data, only_from),
        out,
        only=_split(only) or None,
        options=options,
        provenance=provenance(store, only_from),
    )
    for path in written:
        typer.echo(path)


@app.command("status")
def status_command(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
    data: Data = None,
) -> None:
    """Show what the snapshot and the store hold, and how the last run went."""
    state = status(Store(data or default_root()))
    if json_output:
        scrapers_cli.print_json(state.to_dict())
    else:
        typer.echo("\n".join(state.lines()))


@app.command("snapshot")
def snapshot_command(
    corpora: Annotated[Path, typer.Argument(help="Folder of Parquet files of postings with a manifest.csv.")],
    out: Annotated[Path, typer.Option(help="Where to write the snapshot.")] = Path("data/snapshot"),
    workers: Workers = 2,
    work: Annotated[
        Path | None, typer.Option(help="Keep the store used on the way here (default: a temporary folder).")
    ] = None,
) -> None:
    """Rebuild the snapshot from a folder of postings: import, tag, link, and write facts without any text."""
    with tempfile.TemporaryDirectory() as temp:
        store = Store(work or temp)
        with progress("importing") as report:
            summaries = scrapers_cli.import_corpora(corpora, store, lambda n: report(n, None))
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
    except (QueryError, DrawError, TargetError) as error:
        print(f"airflow-demand: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except (StoreError, ImportProblem, ScrapeError, VocabularyError, GoldError, InputProblem) as error:
        print(f"airflow-demand: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except SystemExit as ended:
        # typer turns Ctrl-C into this code and says nothing.
        if ended.code != 130:
            raise
        print("airflow-demand: stopped; nothing half-written was kept, run the same command again", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        print(f"airflow-demand: cannot write the output: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(1) from None

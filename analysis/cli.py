"""The command line: one command per step, each a thin call of the function that does the work.

Commands import what they call when they run: `--help` shall not wait for libraries that only training or drawing needs.
"""

import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analysis import facts_cli, insight_cli, model_cli, options, posting_cli, quality_cli
from analysis.faults import Fault
from scrapers import cli as scrapers_cli
from scrapers.cli import Data, ImportProblem, ScrapeError, TargetError, progress
from scrapers.escapes import escape_controls
from scrapers.store import Store, StoreError, bundled, default_root

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How much does the job market ask for Apache Airflow? Collect or import postings, tag them, count, draw.",
)
app.add_typer(scrapers_cli.app)
app.add_typer(facts_cli.app)
app.add_typer(insight_cli.app)
app.add_typer(posting_cli.app)
app.add_typer(quality_cli.app)
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
    if done.restored:
        typer.echo(f"the facts of {done.restored} are back, as {done.tagger_version} made them then")
    if done.restored and not done.n_tagged:
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
        bool, typer.Option("--details", help="Show figures by level, role and evidence too (by stratum: --json).")
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
        typer.echo("\n".join(map(escape_controls, result.error_lines())))


@app.command("status")
def status_command(
    json_output: options.AsJson = False,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage", help="Show for the largest sources and years how many postings have sections (all: --json)."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Show what the snapshot and the store hold, how levels were found, and how the last runs went."""
    from analysis.status import status

    state = status(Store(data or default_root()))
    if json_output:
        scrapers_cli.print_json(state.to_dict())
    else:
        typer.echo("\n".join(map(escape_controls, state.lines(coverage))))


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
    print(f"airflow-demand: {escape_controls(why)}", file=sys.stderr)
    raise SystemExit(exit_code) from None

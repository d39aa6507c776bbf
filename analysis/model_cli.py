"""Commands for trained models: `model train`, `evaluate`, `promote`, `rollback` and `list`."""

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from analysis import options
from scrapers.cli import Data, print_json, progress
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    from analysis.learn.versions import Listed, Versions

app = typer.Typer(no_args_is_help=True, help="Train the tagger's models, compare them, and say which one is used.")

_SHOWN: Final = ("forward role f1", "line answers right", "main role accuracy", "skill level f1")

Json = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Labels = Annotated[
    list[Path] | None, typer.Option("--labels", metavar="GOLD.jsonl", help="Labelled postings (default: bundled).")
]


@app.command("train")
def train_command(
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only postings surely posted by the end of this day, month or year."),
    ] = None,
    max_rows: Annotated[int | None, typer.Option(min=1, help="Read at most so many postings.")] = None,
    data: Data = None,
) -> None:
    """Train both models on the texts of the store; the new version is kept, not used yet.

    The same postings, code and seed give the same version.

    Example: airflow-demand model train --until 2024
    """
    from analysis.learn.training import train
    from analysis.learn.versions import Versions

    options.check_date(until, "--until")
    root = data or default_root()
    with progress("training") as report:
        done = train(Store(root), Versions(root), seed=seed, until=until, max_rows=max_rows, on_progress=report)
    trained = done.manifest["trained_on"]
    typer.echo(
        f"{done.version} {'is already there' if done.is_repeat else 'trained'}: {trained['n_postings']:,} postings, "
        f"{'–'.join(trained['window'] or ['no dates'])}"
    )
    for name in _SHOWN:
        typer.echo(f"  {name}: {_figure(done.metrics, name)}")
    typer.echo(f"next: airflow-demand model promote {done.version}")


@app.command("evaluate")
def evaluate_command(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERSION] [GOLD.jsonl ...]", help="A version (default: the champion), labelled postings."
        ),
    ] = None,
    json_output: Json = False,
    data: Data = None,
) -> None:
    """Measure a version on labelled postings and beside the champion, difference by difference.

    Example: airflow-demand model evaluate 2026-08-1a2b3c4d5e data/labels/sample.jsonl
    """
    from analysis.evaluate import evaluate
    from analysis.learn.labelled import read_labelled, tagger_of
    from analysis.learn.promotion import judge
    from analysis.learn.versions import METRICS, Versions

    versions = Versions(data or default_root())
    version, paths = _targets(targets or [])
    version = version or _champion(versions)
    gold = read_labelled(paths)
    result = evaluate(gold, tagger_of(versions.load(version)).tag)
    verdict = judge(versions, version, gold)
    trained = versions.read(version, METRICS)
    if json_output:
        print_json({**verdict.to_json(), **result.to_json(), "trained": trained})
        return
    typer.echo(result.to_table())
    typer.echo("\nmeasured in training\n" + "\n".join(_trained_lines(trained)))
    if verdict.champion not in (None, version):
        typer.echo("\n" + "\n".join(verdict.lines()))


@app.command("promote")
def promote_command(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The version to use from now on.")],
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Accept changed canary answers; a worse guarded figure never.")
    ] = False,
    labels: Labels = None,
    data: Data = None,
) -> None:
    """Make a version the champion, if no guarded figure is worse and the canary postings come out as before.

    Example: airflow-demand model promote 2026-08-1a2b3c4d5e
    """
    from analysis.learn.labelled import read_labelled
    from analysis.learn.promotion import RefusedError, promote
    from analysis.learn.versions import Versions

    versions = Versions(data or default_root())
    try:
        verdict = promote(versions, version, read_labelled(labels or ()), is_reviewed=reviewed, by=_user())
    except RefusedError as error:
        typer.echo("\n".join(error.verdict.lines()))
        raise
    typer.echo("\n".join(verdict.lines()))
    typer.echo(f"{version} is the champion now; next: airflow-demand tag")


@app.command("rollback")
def rollback_command(
    to: Annotated[
        str | None, typer.Option("--to", metavar="VERSION", help="Which one (default: the one before).")
    ] = None,
    data: Data = None,
) -> None:
    """Go back to the champion before, or to a named version; the next `tag` brings back the facts that it made.

    Example: airflow-demand model rollback
    """
    from analysis.learn.versions import Versions

    versions = Versions(data or default_root())
    with versions.lock():
        before, now = versions.rollback(to)
    typer.echo(f"{now} is the champion again, after {before}; next: airflow-demand tag, which brings back its facts")


@app.command("list")
def list_command(json_output: Json = False, data: Data = None) -> None:
    """List the versions, the champion first.

    Example: airflow-demand model list
    """
    from analysis.learn.versions import Versions

    rows = Versions(data or default_root()).listed()
    if json_output:
        print_json([asdict(row) for row in rows])
        return
    typer.echo("\n".join(map(_row, rows)) or "no models: airflow-demand model train")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container's user often has a number and no name.
        return "unknown"


def _targets(values: list[str]) -> tuple[str | None, list[Path]]:
    """The first value is a version unless it looks like a file."""
    is_version = bool(values) and not values[0].endswith((".jsonl", ".json")) and not Path(values[0]).is_file()
    return (values[0] if is_version else None), [Path(v) for v in values[is_version:]]


def _champion(versions: "Versions") -> str:
    from analysis.classify.models import ModelError

    pointer = versions.champion()
    if pointer is None:
        raise ModelError("there is no champion: name a version, see airflow-demand model list")
    return pointer.version


def _row(row: "Listed") -> str:
    mark = "*" if row.is_champion else " "
    if row.problem:
        return f"{mark} {row.version}  {row.problem}"
    trained = row.manifest["trained_on"]
    figures = "  ".join(f"{name} {_figure(row.metrics, name)}" for name in _SHOWN[:2])
    window = "–".join(trained["window"] or ["no dates"])
    return f"{mark} {row.version}  {trained['n_postings']:,} postings {window}  {figures}{'  bundled' * row.is_bundled}"


def _figure(metrics: Mapping[str, Any], name: str) -> str:
    from analysis.learn.versions import figure_of

    f = figure_of(metrics, name)
    return "-" if f is None or f["value"] is None else f"{f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]"


def _trained_lines(metrics: Mapping[str, Any]) -> list[str]:
    from analysis.evaluate import HEADLINE

    labelled = {f.name for f in HEADLINE}
    return [
        f"  {f['name']:<34}{f['group']:<12}{f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]  n {f['n_postings']:,}"
        for f in metrics["figures"]
        if f["value"] is not None and f["name"] not in labelled
    ]

"""Commands that bring postings in: `collect` and `import`, which import their work when they run."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from scrapers import boards, boards_cli, options
from scrapers.errors import ScrapeError, TargetError
from scrapers.escapes import escape_controls
from scrapers.options import Data
from scrapers.posting import FAMILIES
from scrapers.progress import configure_logging, progress
from scrapers.rows import ImportProblem
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    from scrapers.report import Report

__all__ = [
    "Data",
    "ImportProblem",
    "ScrapeError",
    "TargetError",
    "app",
    "configure_logging",
    "print_json",
    "progress",
]

app = typer.Typer()
app.add_typer(boards_cli.app, name="boards")


def _pairs(values: list[str]) -> dict[str, str]:
    pairs = dict(v.split("=", 1) for v in values if "=" in v)
    if len(pairs) != len(values):
        raise typer.BadParameter("expected field=column, once per field", param_hint="--map")
    return pairs


@app.command("import")
def import_command(
    files: options.InputFiles,
    dataset: options.Dataset = None,
    family: options.Family = None,
    mapping: options.Mapping = None,
    company: options.Company = None,
    country: options.Country = None,
    encoding: options.Encoding = None,
    read_on: options.ReadOn = None,
    truncated: options.Truncated = None,
    data: Data = None,
) -> None:
    """Import postings from files; importing the same file again changes nothing.

    Columns are guessed for common names. Rows that cannot be read go to rejects/ in the data root.

    Example: airflow-demand import jobs.csv --dataset my_jobs --map text=body --read-on 2024-05-31
    """
    from scrapers.importing import import_files

    if family is not None and family not in FAMILIES:
        raise typer.BadParameter(f"{family!r} is not one of {', '.join(FAMILIES)}", param_hint="--family")
    store = Store(data or default_root())
    more: dict[str, Any] = {"dataset": dataset, "family": family, "mapping": _pairs(mapping or []), "company": company}
    more |= {"country": country, "encoding": encoding, "read_on": read_on, "is_truncated": truncated}
    with progress("importing") as report:
        summaries = import_files(files, store, **more, on_rows=lambda n: report(n, None))
    for summary in summaries:
        typer.echo("\n".join(summary.lines()))
    typer.echo("next: airflow-demand tag")


@app.command("collect")
def collect_command(
    targets: options.Targets = None,
    since: options.Since = None,
    base_url: options.BaseUrl = None,
    run: options.RunName = None,
    replay: options.Replay = False,
    dry_run: options.DryRun = False,
    force: options.Force = False,
    interval: options.Interval = None,
    contact: options.Contact = None,
    data: Data = None,
) -> None:
    """Collect postings from public sources, politely.

    A board that fails is reported and never fails the others; nothing already stored is lost. Ctrl-C finishes the pages
    in hand and stores what was read; in the next run the listed boards that were not asked come first, and only what is
    new is stored.

    Example: airflow-demand collect hackernews --since 2024-01
    """
    now, store = datetime.now(UTC), Store(data or default_root())
    wanted = (targets or []) if replay else boards.named(store, targets) if targets else boards.load(store)
    asked: dict[str, Any] = {"since": since, "base_url": base_url, "interval": interval, "now": now}
    asked |= {"is_forced": force, "is_replay": replay}
    if dry_run:
        _show_plan(wanted, store, asked)
    else:
        _show(
            _collect(wanted, store, {**asked, "run": run or f"collect-{now:%Y%m%dT%H%M%SZ}", "contact": contact}), store
        )


def _show_plan(wanted: Sequence[str], store: Store, asked: dict[str, Any]) -> None:
    from scrapers.collect import look_ahead

    found = look_ahead(wanted, store, **asked)
    _print(line for preview in found for line in preview.lines())


def _collect(wanted: Sequence[str], store: Store, asked: dict[str, Any]) -> "Report":
    from scrapers.collect import collect
    from scrapers.live_table import board_table
    from scrapers.stopping import stop_on_signal

    with board_table() as table, stop_on_signal(table.tell) as stop:
        return collect(wanted, store, **asked, stop=stop, on_plan=table.plan, on_start=table.start, on_board=table.end)


def _show(report: "Report", store: Store) -> None:
    """Print how a run went; raises typer.Exit with code 1 where some board was not read to its end."""
    _print(report.lines(store.files.path))
    if why := report.failure():
        typer.echo(f"airflow-demand: {escape_controls(why)}", err=True)
        raise typer.Exit(1)


def _print(lines: Iterable[str]) -> None:
    """Print lines with what the terminal would obey, or has no letters for, written out."""
    encoding = sys.stdout.encoding or "utf-8"
    text = "\n".join(map(escape_controls, lines))
    typer.echo(text.encode(encoding, "backslashreplace").decode(encoding))


def print_json(value: Any) -> None:
    """Print a value as JSON and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")

"""Commands that bring postings in: `collect` and `import`, which import their work when they run."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from scrapers import boards, boards_cli
from scrapers.errors import ScrapeError, TargetError
from scrapers.posting import FAMILIES
from scrapers.progress import configure_logging, progress
from scrapers.rows import ImportProblem
from scrapers.store import Store, default_root

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

Data = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="DIR", help="Writable data root (default: $AIRFLOW_DEMAND_DATA, else the checkout's data/)."
    ),
]


def _pairs(values: list[str]) -> dict[str, str]:
    pairs = dict(v.split("=", 1) for v in values if "=" in v)
    if len(pairs) != len(values):
        raise typer.BadParameter("expected field=column, once per field", param_hint="--map")
    return pairs


@app.command("import")
def import_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE ...", help="csv, tsv, jsonl, json, parquet, or saved .html pages.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="Name to store them under (default: a dataset column, else the file's name).")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help=f"Kind of source: {', '.join(FAMILIES)} (default: guessed).")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; may be repeated."),
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Employer, where the files do not name one (saved pages).")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Two-letter country code, where the files do not name one.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Text encoding (default: found out; utf-8, utf-16, cp949).")
    ] = None,
    read_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day on which the postings were collected (YYYY-MM-DD).")
    ] = None,
    truncated: Annotated[
        bool | None, typer.Option("--truncated/--whole", help="Texts are cut off / are whole (default: found out).")
    ] = None,
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
    with progress("importing") as report:
        summaries = import_files(
            files,
            store,
            dataset=dataset,
            family=family,
            mapping=_pairs(mapping or []),
            company=company,
            country=country,
            encoding=encoding,
            read_on=read_on,
            is_truncated=truncated,
            on_rows=lambda n: report(n, None),
        )
    for summary in summaries:
        typer.echo("\n".join(summary.lines()))
    typer.echo("next: airflow-demand tag")


@app.command("collect")
def collect_command(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE[:BOARD] ...]", help="For example hackernews or hackernews:2023-01..2023-12."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Hacker News: only threads from this month on. Boards are read whole."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Send every request there instead, path and query kept (tests, proxies)."),
    ] = None,
    run: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the run (default: the time, UTC).")] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Parse the kept pages again, all of them where no target is named; ask nothing."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, of whom and at what pace; ask nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Ask also where a source wants a longer pause since the last run.")
    ] = False,
    interval: Annotated[
        float | None,
        typer.Option(min=0.0, metavar="SECONDS", help="Least time between requests to a host (default: its own)."),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(
            envvar="AIRFLOW_DEMAND_CONTACT", metavar="URL", help="Address for complaints, sent with each request."
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Collect postings from public sources, politely.

    A board that fails is reported and never fails the others; nothing already stored is lost. Ctrl-C finishes the pages
    in hand and stores what was read.

    Example: airflow-demand collect hackernews --since 2024-01
    """
    from scrapers.collect import collect, look_ahead
    from scrapers.live_table import board_table
    from scrapers.stopping import stop_on_signal

    now = datetime.now(UTC)
    store = Store(data or default_root())
    wanted = (targets or []) if replay else boards.named(store, targets) if targets else boards.load(store)
    if dry_run:
        found = look_ahead(
            wanted, store, since=since, base_url=base_url, interval=interval, is_forced=force, is_replay=replay, now=now
        )
        typer.echo("\n".join(line for preview in found for line in preview.lines()))
        return
    with stop_on_signal() as stop, board_table() as table:
        result = collect(
            wanted,
            store,
            run=run or f"collect-{now:%Y%m%dT%H%M%SZ}",
            since=since,
            base_url=base_url,
            now=now,
            contact=contact,
            interval=interval,
            is_forced=force,
            is_replay=replay,
            stop=stop,
            on_plan=table.plan,
            on_start=table.start,
            on_board=table.end,
        )
    typer.echo("\n".join(result.lines()))
    if why := result.failure():
        typer.echo(f"airflow-demand: {why}", err=True)
        raise typer.Exit(1)


def print_json(value: Any) -> None:
    """Print a value as JSON and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")

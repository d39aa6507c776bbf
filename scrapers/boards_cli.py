"""Commands about boards: `boards list` shows what is read and how it went, `boards check` asks whether it is there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from scrapers.errors import TargetError
from scrapers.options import Data
from scrapers.progress import progress
from scrapers.store import Store, default_root

app = typer.Typer(no_args_is_help=True, help="The boards that are read when none is named.")


@app.command("list")
def list_command(
    output: Annotated[Literal["table", "csv", "json"], typer.Option("--format", help="Form of the list.")] = "table",
    data: Data = None,
) -> None:
    """Show the boards, how each answered last, when, and which are retired; a boards.csv in the data root adds to them.

    Example: airflow-demand boards list --format csv
    """
    from scrapers.board_list import rows, to_text

    typer.echo(to_text(rows(Store(data or default_root())), output), nl=False)


@app.command("check")
def check_command(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE[:BOARD] ...]", help="Only these boards, or those of these platforms."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Send every request there instead (tests, proxies).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask also the boards that have answered today.")] = False,
    data: Data = None,
) -> None:
    """Ask each board for its first posting; retire those gone on three days, take back those that answer again.

    A board is held for gone only beside another one of its platform that answers in the same check. Answers are kept as
    they come: after Ctrl-C the same command goes on with the boards that have not answered today. Answers to
    --base-url count only where the boards themselves were never asked.

    Example: airflow-demand boards check greenhouse lever
    """
    from scrapers.board_check import unchecked
    from scrapers.boards import read_boards

    store, now = Store(data or default_root()), datetime.now(UTC)
    chosen = _chosen(read_boards(store), sources)
    # What another server answers is kept apart from what the platforms answered on that day.
    run = f"check-{now:%Y%m%d}" + ("-base-url" if base_url else "")
    asked = chosen if force else unchecked(chosen, store, run)
    found, lines = _check(asked, store, run=run, now=now, base_url=base_url)
    n_before = len(chosen) - len(asked)
    typer.echo("\n".join(lines))
    typer.echo(f"checked {n_before + len(found)} of {len(chosen)}" + (f", {n_before} of them before" * bool(n_before)))
    if len(found) < len(asked):
        typer.echo("airflow-demand: stopped; the same command goes on with the rest today", err=True)
        raise typer.Exit(1)
    if asked and all(c.result.is_failed for c in found):
        is_unreached = all("no answer" in c.result.reason for c in found)
        why = "no board could be asked; is there a network?" if is_unreached else "no board could be read, see above;"
        typer.echo(f"airflow-demand: {why} try again later", err=True)
        raise typer.Exit(1)


def _check(asked: list[Any], store: Store, **more: Any) -> tuple[list[Any], list[str]]:
    """Return what came of the check, and what is to be said of it."""
    from scrapers.board_check import check
    from scrapers.board_history import standings
    from scrapers.board_list import summary
    from scrapers.stopping import stop_on_signal

    targets = [board.target for board in asked]
    before = standings(store, targets)
    with stop_on_signal() as stop, progress("boards checked") as report:
        done: list[Any] = []

        def on_board(checked: object) -> None:
            done.append(checked)
            report(len(done), len(asked))

        found = check(asked, store, stop=stop, on_board=on_board, **more)
    return found, summary(found, before, standings(store, targets))


def _chosen(boards: Any, targets: Sequence[str] | None) -> list[Any]:
    """Return the listed boards that are meant, named one by one or by their platform; raises TargetError for others."""
    platforms = {board.platform for board in boards.values()}
    for target in targets or ():
        platform, _, token = target.partition(":")
        if platform not in platforms:
            raise TargetError("", "", f"no board of {platform!r} is listed; there are {', '.join(sorted(platforms))}")
        if token and target not in boards:
            way = f"add it to boards.csv in the data root, or read it with: airflow-demand collect {target}"
            raise TargetError("", "", f"{target} is not in the list: {way}")
    chosen = set(targets or ())
    return [board for target, board in boards.items() if not chosen or {target, board.platform} & chosen]

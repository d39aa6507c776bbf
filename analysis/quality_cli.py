"""The command `quality`: what the weekly checks said last, and in the weeks before."""

from typing import TYPE_CHECKING, Final

import typer

from analysis import options
from analysis.faults import Fault
from scrapers.cli import Data, print_json
from scrapers.escapes import escape_controls
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    from analysis.quality import Assessment

app = typer.Typer()
N_SHOWN: Final = 12
"""Weeks told of; --json has all."""


@app.command("quality")
def quality_command(json_output: options.AsJson = False, data: Data = None) -> None:
    """Show what the checks of the last weekly run found and what to do, and how the weeks before went.

    The exit code is 1 while the gate is closed, so that the last good figures stay.

    Example: airflow-demand quality --json
    """
    from analysis.quality import history

    found = history(Store(data or default_root()))
    if not found:
        raise Fault("no run was judged yet: `make refresh` judges each run before figures are made of it")
    if json_output:
        print_json([each.to_dict() for each in found])
    else:
        typer.echo("\n".join(map(escape_controls, to_lines(found))))
    raise typer.Exit(int(found[-1].is_held))


def to_lines(found: "list[Assessment]") -> list[str]:
    """Return the latest assessment in full and the weeks before in a line each, for a terminal."""
    latest = found[-1]
    failed = latest.failed()
    lines = [f"{latest.run}: {_verdict(latest)}"]
    for check in failed:
        lines.append(f"  {check.severity.replace('_', ' ')}  {check.words['en']}")
        lines += [f"    {each}" for each in check.examples]
    n_idle = sum(check.outcome == "not_judged" for check in latest.checks)
    lines.append(f"  {len(latest.checks) - n_idle - len(failed)} checks as usual, {n_idle} not judged")
    for each in reversed(found[-N_SHOWN - 1 : -1]):
        named = ", ".join(check.key for check in each.failed())
        lines.append(f"{each.run}: {_verdict(each)}" + (f" ({named})" if named else ""))
    return lines


def _verdict(found: "Assessment") -> str:
    n = sum(check.severity != "info" for check in found.failed())
    todo = "1 thing to do" if n == 1 else f"{n} things to do" if n else "no action needed"
    return f"figures held back, {todo}" if found.is_held else todo

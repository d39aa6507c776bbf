"""Commands that draw conclusions from facts: `claims` and `report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analysis import options
from analysis.faults import Misuse
from scrapers.cli import Data, progress
from scrapers.store import Store, default_root

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer()

ClaimsFile = Annotated[
    Path | None,
    typer.Option(
        "--claims",
        metavar="FILE",
        help="Claims to judge (default: claims.yaml of your data root, else the presentation's).",
    ),
]
OneLang = Annotated[Literal["ko", "en"], typer.Option(help="Language of the table: ko or en.")]


@app.command("claims")
def claims_command(
    claims: ClaimsFile = None,
    output: options.Output = "table",
    lang: OneLang = "en",
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Hold claims about the demand for a tool against the postings, for all of them and for Korea.

    Each claim is compared by its own measure, and again under some fifty other ways of counting. The fields of a file
    of claims are explained in data/README.md.

    Example: airflow-demand claims --lang ko
    """
    from analysis.claim_file import check_claims, load_claims
    from analysis.loading import load
    from analysis.measure.claims import judge

    asked = load_claims(data, claims)
    facts = load(data, only_from)
    check_claims(asked, facts)
    with progress("judging") as report:
        judged = judge(facts, asked, report)
    _print(judged, output, lang)


def _print(judged: "pd.DataFrame", output: options.Format, lang: str) -> None:
    from rich.console import Console

    from analysis.claim_table import tables

    if output == "json":
        typer.echo(judged.to_json(orient="records", force_ascii=False, indent=1))
    elif output == "csv":
        typer.echo(judged.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        Console(highlight=False).print(*tables(judged, lang), sep="\n")


@app.command("report")
def report_command(
    out: options.Folder = Path("report"),
    claims: ClaimsFile = None,
    workers: options.Drawers = 2,
    only_from: options.OnlyFrom = None,
    data: Data = None,
) -> None:
    """Write the report: report.html with every figure and an explorer, quality.html, section4.ko.md, section4.en.md.

    Each page is one file that needs no network. The explorer needs the extra `page`; without it the page says so.

    Example: airflow-demand report --only-from snapshot --out report
    """
    from analysis.loading import load
    from analysis.making import find_evidence, judge_claims
    from analysis.report import explorer
    from analysis.report.build import write_report

    store = Store(data or default_root())
    facts = load(store, only_from)
    if not len(facts):
        raise Misuse("there is no fact to report on: tag postings first, or leave out --only-from")
    with progress("judging claims") as report:
        judged, why_not = judge_claims(store, facts, claims, report)
    if judged is None:
        _say(f"claims are left out: {why_not}")
    _say("counting")
    for path in write_report(facts, find_evidence(store, facts, judged, only_from), out, _say, workers):
        typer.echo(path)
    if not explorer.is_installed():
        _say("without the explorer: install the extra, pip install 'airflow-demand[page]', for it")


def _say(words: str) -> None:
    typer.echo(words, err=True)

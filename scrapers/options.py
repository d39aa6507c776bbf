"""The options of the commands that bring postings in, each declared once."""

from pathlib import Path
from typing import Annotated

import typer

from scrapers.posting import FAMILIES

Data = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="DIR", help="Writable data root (default: $AIRFLOW_DEMAND_DATA, else the checkout's data/)."
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Send every request there instead, path and query kept (tests, proxies)."),
]

InputFiles = Annotated[
    list[Path], typer.Argument(metavar="FILE ...", help="csv, tsv, jsonl, json, parquet, or saved .html pages.")
]
Dataset = Annotated[
    str | None, typer.Option(help="Name to store them under (default: a dataset column, else the file's name).")
]
Family = Annotated[str | None, typer.Option(help=f"Kind of source: {', '.join(FAMILIES)} (default: guessed).")]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; may be repeated."),
]
Company = Annotated[str | None, typer.Option(help="Employer, where the files do not name one (saved pages).")]
Country = Annotated[str | None, typer.Option(help="Two-letter country code, where the files do not name one.")]
Encoding = Annotated[str | None, typer.Option(help="Text encoding (default: found out; utf-8, utf-16, cp949).")]
ReadOn = Annotated[
    str | None, typer.Option(metavar="DATE", help="Day on which the postings were collected (YYYY-MM-DD).")
]
Truncated = Annotated[
    bool | None, typer.Option("--truncated/--whole", help="Texts are cut off / are whole (default: found out).")
]

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE[:BOARD] ...]", help="For example greenhouse:TOKEN, hackernews:2023-01..2023-12 or toss."
    ),
]
Since = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Hacker News: only threads from this month on. Boards are read whole."),
]
RunName = Annotated[str | None, typer.Option("--run", metavar="NAME", help="Name of the run (default: the time, UTC).")]
Replay = Annotated[
    bool,
    typer.Option("--replay", help="Parse the kept pages again, all of them where no target is named; ask nothing."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be asked, of whom and at what pace; ask nothing.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Ask also where a source wants a longer pause since the last run.")
]
Interval = Annotated[
    float | None,
    typer.Option(min=0.0, metavar="SECONDS", help="Least time between requests to a host (default: its own)."),
]
Contact = Annotated[
    str | None,
    typer.Option(
        envvar="AIRFLOW_DEMAND_CONTACT", metavar="URL", help="Address for complaints, sent with each request."
    ),
]

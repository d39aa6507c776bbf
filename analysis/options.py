"""Options that several commands share, and how their values are read."""

import re
from calendar import monthrange
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from analysis.faults import Misuse
from analysis.loading import Part

_DATE: Final = re.compile(r"([12]\d{3})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")

Format = Literal["table", "csv", "json"]

OnlyFrom = Annotated[
    Part | None, typer.Option(help="Use only the bundled snapshot or only your store (default: both).")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes to tag with.")]
Drawers = Annotated[int, typer.Option("--workers", min=1, help="Processes to draw with.")]
VocabularyFile = Annotated[
    Path | None,
    typer.Option(
        "--vocabulary",
        metavar="FILE",
        help="Skills instead of the bundled ones, or more of them (extends: bundled).",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Skill = Annotated[str, typer.Option(help="Skill id of the vocabulary.")]
Level = Annotated[str, typer.Option(help="any, required, preferred, required_or_preferred or mentioned.")]
By = Annotated[
    str, typer.Option(help="Columns to group by, joined by commas: year, role, source, family, country, lang, ...")
]
Roles = Annotated[
    list[str] | None,
    typer.Option(help="Role to count, may be repeated; all: every posting (default: the five data roles)."),
]
Years = Annotated[str | None, typer.Option(metavar="2020-2024", help="Years to count.")]
Families = Annotated[
    list[str] | None, typer.Option(help="Kind of source, may be repeated: hn, job_board, ats, korean_board.")
]
Sources = Annotated[list[str] | None, typer.Option(help="Source or dataset, may be repeated.")]
Countries = Annotated[list[str] | None, typer.Option(help="Two-letter country code, may be repeated.")]
Weights = Annotated[
    str,
    typer.Option(
        help="none, mix (role and source type held fixed), company (one vote each) or capped (at most 3 a company)."
    ),
]
PostingLang = Annotated[str | None, typer.Option(help="Language of the postings: ko, en, ...")]
WithVendors = Annotated[bool, typer.Option("--with-vendors", help="Count the vendor's own adverts too.")]
Correct = Annotated[
    bool, typer.Option("--correct", help="Show rates corrected for the tagger's errors beside them (airflow only).")
]
Output = Annotated[Format, typer.Option("--format", help="table, csv or json.")]
InputFile = Annotated[
    Path | None,
    typer.Option(
        "--input",
        metavar="FILE",
        help="JSON Lines with id, title, text and optionally sections; - for standard input. Text is plain text: HTML, "
        "CSV and JSON arrays go through import.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Where to write the tags (JSON Lines, same order; default: standard output).",
    ),
]
Gold = Annotated[
    Path, typer.Argument(metavar="GOLD.jsonl", help="Labelled postings: id, title, text, roles, skills, ambiguous.")
]
Only = Annotated[str | None, typer.Option(help="Figures to draw, joined by commas: fig_4_1,fig_4_2 (default: all).")]
Lang = Annotated[str, typer.Option(help="ko, en or both.")]
Size = Annotated[str, typer.Option(help="slide (1920x1080), half (half a slide) or doc (a page's text width).")]
Period = Annotated[str, typer.Option(metavar="2020-2024", help="Years to show; Hacker News runs from 2011 on.")]
Split = Annotated[str, typer.Option("--by", help="role: one small chart for each role (Figure 4.1).")]
Claims = Annotated[bool, typer.Option("--claims", help="Draw the presentation's claim beside the data.")]
Folder = Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")]
Theme = Annotated[str, typer.Option(help="light, dark or print.")]


def year_range(text: str | None) -> tuple[int, int] | None:
    """Return "2020-2024" or "2023" as (first, last); raises Misuse."""
    if text is None:
        return None
    first, dash, last = text.partition("-")
    try:
        return int(first), int(last if dash else first)
    except ValueError:
        raise Misuse(f"--years {text!r} is no year and no range such as 2020-2024") from None


def check_date(text: str | None, option: str) -> None:
    """Raise Misuse for what is no year, month or day of the calendar."""
    if text is None:
        return
    found = _DATE.fullmatch(text)
    year, month, day = (int(part or 1) for part in found.groups()) if found else (1, 1, 99)
    if day > monthrange(year, month)[1]:
        raise Misuse(f"{option} {text!r} is no date: write 2023, 2023-07 or 2023-07-14")


def split(values: list[str] | str | None) -> tuple[str, ...]:
    """Return values that may be repeated or joined by commas as one tuple."""
    parts = [values] if isinstance(values, str) else values or []
    return tuple(v.strip() for part in parts for v in part.split(",") if v.strip())


def country_codes(values: list[str] | None) -> tuple[str, ...]:
    """Return country codes in capitals, however they are written; longer words as they are."""
    return tuple(c.upper() if len(c) == 2 else c for c in split(values))

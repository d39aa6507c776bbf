"""The pages that the code writes about itself, for `make docs`: commands, figures, the numbers of the method."""

import importlib
import json
import re
from collections.abc import Iterator
from inspect import cleandoc, getdoc
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import typer

from analysis import audit, citation, columns, link
from analysis.card import update
from analysis.cli import app
from analysis.draw.figure import figures
from analysis.draw.options import COMMAND_LINE
from analysis.fact import FACT_SCHEMA, MIN_CHARS
from analysis.loading import load
from analysis.measure import claims, cooccur, correct, intervals, standardise, steady, trend
from analysis.provenance import read_json
from analysis.snapshot import FACTS
from scrapers.store import Files

ROOT: Final = Path(__file__).resolve().parents[1]
NAME: Final = "airflow-demand"

_KINDS: Final = {"int range": "N", "int": "N", "path": "PATH", "float": "X"}
_LEFT_TO_TYPER: Final = ("--help", "--install-completion", "--show-completion")

RULES: Final[tuple[tuple[str, Any, str], ...]] = (
    ("characters that a text needs to be counted", MIN_CHARS, "`analysis/fact.py`"),
    ("bits in which texts of one employer and title may differ", link.NEAR_BITS, "`analysis/link.py`"),
    ("the same under an unknown employer", link.NEAR_BITS_UNKNOWN, "`analysis/link.py`"),
    ("effective size below which a rate is withheld", intervals.N_EFF_SHOWN, "`analysis/measure/intervals.py`"),
    ("effective size below which it is flagged small", intervals.N_EFF_FIRM, "`analysis/measure/intervals.py`"),
    ("width of an interval above which it is imprecise", intervals.MAX_WIDTH, "`analysis/measure/intervals.py`"),
    ("share of one company above which it dominates", intervals.MAX_COMPANY_SHARE, "`analysis/measure/intervals.py`"),
    (
        "companies that a cell held fixed needs each year",
        standardise.MIN_COMPANIES,
        "`analysis/measure/standardise.py`",
    ),
    ("share of postings that such cells must cover", standardise.MIN_COVER, "`analysis/measure/standardise.py`"),
    ("postings at which weights capped stop growing", standardise.CAP, "`analysis/measure/standardise.py`"),
    ("years that a trend needs", trend.MIN_YEARS, "`analysis/measure/trend.py`"),
    ("postings read that all families count for in one", correct.PRIOR, "`analysis/measure/correct.py`"),
    ("postings read below which a correction is thin", correct.N_AUDITED_FIRM, "`analysis/measure/correct.py`"),
    ("share of draws that must rise for steady growth", steady.SURE, "`analysis/measure/steady.py`"),
    ("growth of the odds a year below which there is none", steady.MIN_GROWTH, "`analysis/measure/steady.py`"),
    ("postings that must name both skills of a pair", cooccur.MIN_JOINT, "`analysis/measure/cooccur.py`"),
    ("by how much a claim of about may be off", claims.TOLERANCE, "`analysis/measure/claims.py`"),
)
"""What the numbers of the method decide, their values, and where they stand."""


def command_page() -> str:
    """Return docs/cli.md: every command with its options, as `--help` has them."""
    head = (
        "# Command line\n\nEvery command with its options, written by `make docs` from the commands themselves; "
        f"`{NAME} COMMAND --help` says the same. Exit codes: 0 fine, 1 failed (one line says why and what to do), "
        "2 wrong usage.\n"
    )
    return "\n".join([head, *_commands(typer.main.get_command(app), NAME)])


def _commands(command: Any, path: str) -> Iterator[str]:
    """Yield the lines of a command and, after them, of the commands under it in order of their names."""
    yield f"## {path}\n"
    text, _, example = cleandoc(command.help or "").partition("Example:")
    yield f"{_cell(text)}\n"
    if example:
        yield f"```console\n$ {' '.join(example.split())}\n```\n"
    context = command.make_context(path, [], resilient_parsing=True)
    records = [record for p in command.get_params(context) if (record := p.get_help_record(context))]
    rows = [(_plain(name), _cell(words)) for name, words in records if not name.endswith(_LEFT_TO_TYPER)]
    if rows:
        yield "| option | meaning |\n|---|---|"
        yield from (f"| `{name}` | {words} |" for name, words in rows)
        yield ""
    inner = getattr(command, "commands", {})
    for name in sorted(inner):
        yield from _commands(inner[name], f"{path} {name}")


def _plain(name: str) -> str:
    """Return an option with a word for its value instead of the type's name; an argument's own word says enough."""
    if not name.lstrip("[").startswith("-"):
        return re.sub(r" <.*>$", "", name)
    return re.sub(r"<(.*)>$", lambda kind: _KINDS.get(kind[1], "TEXT"), name)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")


def figure_page() -> str:
    """Return docs/figures.md: every figure with what it shows and the options that change it."""
    lines = [
        "# Figures\n",
        "Written by `make docs` from the figures themselves. Each comes in Korean and English as PNG, SVG and PDF, "
        "with its numbers (CSV), metadata (JSON) and a page with caption, alt text and citation. `--lang`, `--size`, "
        "`--theme` and `--out` apply to all.\n",
        "```console\n$ airflow-demand figures --only fig_4_1 --lang ko --out my-figures\n```\n",
        "| figure | what it shows | options |",
        "|---|---|---|",
    ]
    for spec in sorted(figures().values(), key=lambda spec: _in_order(spec.id)):
        about = (getdoc(importlib.import_module(f"analysis.draw.{spec.id}")) or "").split("\n\n")[0]
        shown = _cell(about.partition(": ")[2] or about)
        options = ", ".join(f"`{flag}`" for name, flag in COMMAND_LINE.items() if name in spec.takes)
        lines.append(f"| `{spec.id}` | {shown[:1].upper()}{shown[1:]} | {options} |")
    return "\n".join([*lines, ""])


def _in_order(name: str) -> list[tuple[int, str]]:
    """Return a key by which fig_4_2 comes before fig_4_10."""
    return [(int(digits or 0), rest) for digits, rest in re.findall(r"(\d*)(\D*)", name)]


def method_parts(facts: pa.Table) -> dict[str, str]:
    """Return the generated parts of docs/methodology.md; `facts` are those of the snapshot."""
    return {"rules": _rules(), "quality": _quality(facts)}


def _rules() -> str:
    rows = [f"| {words} | {value:g} | {place} |" for words, value, place in RULES]
    return "\n".join(["| what the number decides | value | where |", "|---|---:|---|", *rows])


def _quality(facts: pa.Table) -> str:
    found = audit.report(audit.graded(facts, "airflow"))
    rows = {
        "Airflow hits that are right (audit)": found["precision"],
        "levels as read (audit)": found["level_agreement"],
    }
    lines = ["| figure | value | 95% interval | postings |", "|---|---:|---:|---:|"]
    lines += [_figure(name, r["rate"], r["low"], r["high"], r["n"]) for name, r in rows.items()]
    labelled = [
        f for f in read_json("snapshot/tagger_quality.json")["figures"] if f["group"] == "all" and f["n_postings"]
    ]
    lines += [_figure(f["name"], f["value"], f["low"], f["high"], f["n_postings"]) for f in labelled]
    return "\n".join(lines)


def _figure(name: str, value: float, low: float, high: float, n: int) -> str:
    return f"| {name} | {value:.1%} | {low:.1%}–{high:.1%} | {n:,} |"


def data_package() -> str:
    """Return data/snapshot/datapackage.json: the columns of the facts as programs read them (Frictionless schema)."""
    columns_ = [
        {
            "name": field.name,
            "type": _type(field.type),
            "description": field.metadata[b"doc"].decode(),
            "constraints": {"required": not field.nullable},
        }
        for field in FACT_SCHEMA
    ]
    package = {
        "name": f"{NAME}-facts",
        "title": citation.TITLE,
        "version": read_json("snapshot/manifest.json")["vintage"],
        "licenses": [{"name": "CC-BY-4.0", "title": citation.LICENCE}],
        "resources": [
            {
                "name": "facts",
                "path": FACTS,
                "format": "parquet",
                "schema": {"fields": columns_, "primaryKey": "posting_id"},
            }
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "array"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "integer" if pa.types.is_integer(kind) else "number" if pa.types.is_floating(kind) else "string"


def main() -> None:
    """Write the pages of a checkout."""
    docs = Files(ROOT / "docs")
    docs.write("cli.md", command_page().encode())
    docs.write("figures.md", figure_page().encode())
    update(ROOT / "docs" / "methodology.md", method_parts(load(only_from="snapshot")))
    Files(ROOT / "data" / "snapshot").write("datapackage.json", data_package().encode())
    update(ROOT / "data" / "README.md", {"codebook results": columns.codebook()})


if __name__ == "__main__":
    main()

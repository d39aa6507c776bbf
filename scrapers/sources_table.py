"""The table of sources in docs/sources.md, generated from what each source declares; `make docs` writes it."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from scrapers.files import Files
from scrapers.sources import Source, load, names
from scrapers.store import bundled

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "sources.md"
_PLACE: Final = re.compile(r"(<!-- sources -->\n).*?(<!-- end -->)", re.S)
_COLUMNS: Final = (
    *(
        "source",
        "what",
        "family",
        "languages",
        "date",
        "boards listed",
        "pause between polls",
        "asked of those who show",
    ),
    *("licence", "terms", "never gives"),
)


def table(sources: Iterable[Source], listed: Mapping[str, int]) -> str:
    """Return a Markdown table of sources; `listed` counts the boards of the bundled list by source."""
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|---" * len(_COLUMNS) + "|"]
    lines += ["| " + " | ".join(map(_cell, _row(source, listed))) + " |" for source in sources]
    return "\n".join(lines)


def _row(source: Source, listed: Mapping[str, int]) -> tuple[str, ...]:
    pause = f"{source.min_interval_hours:g} h" if source.min_interval_hours else ""
    return (
        f"`{source.name}`",
        f"[{source.title}]({source.home})",
        source.family,
        ", ".join(source.languages),
        source.date_kind,
        str(listed.get(source.name, 0) or ""),
        pause,
        source.attribution,
        source.licence,
        source.terms,
        ", ".join(f"`{field}`" for field in source.never_gives),
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def render(page: str) -> str:
    """Return the page with the table between its marks written anew; raises ValueError for a page without the marks."""
    with bundled("boards.csv").open(encoding="utf-8", newline="") as lines:
        listed = Counter(row["platform"] for row in csv.DictReader(lines))
    found = table((load(name).SOURCE for name in names()), listed)
    filled, n_places = _PLACE.subn(lambda place: f"{place[1]}{found}\n{place[2]}", page)
    if n_places != 1:
        raise ValueError("the page has no one place between <!-- sources --> and <!-- end -->")
    return filled


def main() -> None:
    """Write the table into the page of a checkout."""
    Files(PAGE.parent).write(PAGE.name, render(PAGE.read_text(encoding="utf-8")).encode())


if __name__ == "__main__":
    main()

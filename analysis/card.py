"""The data card: keeps the generated parts of data/README.md true to the records and the snapshot's manifest."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from analysis.fact import Fact
from scrapers.posting import Posting, codebook
from scrapers.store import Files

_COLUMNS: Final = {
    "short": "under 200 characters",
    "truncated": "cut off",
    "vendor": "vendor's own",
    "no countable date": "no usable date",
    "survivor": "survivor",
    "later weak date": "weak date, counted earlier",
    "duplicate": "copy or repost",
    "counted": "counted",
}


def parts(manifest: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the generated parts by the name of their place in the card."""
    found = {f"codebook {r.__name__}": codebook(r) for r in (Posting, Fact)}
    if manifest is not None:
        found["datasets"] = _datasets(manifest)
        found["funnel"] = _funnel(manifest)
    return found


def _datasets(manifest: Mapping[str, Any]) -> str:
    lines = [
        "| dataset | what | site | family | rows | rejected | posted | dated by | licence of the repository | from |",
        "|---|---|---|---|---:|---:|---|---|---|---|",
    ]
    for d in manifest["datasets"]:
        period = "–".join(dict.fromkeys(day[:7] for day in d["period"])) if d["period"] else ""
        dated = ", ".join(f"{kind} {n:,}" for kind, n in d["dated_by"].items())
        lines.append(
            f"| `{d['dataset']}` | {d['title_en']} | {d['site']} | {d['family']} | {d['n_rows']:,} "
            f"| {d['n_rejected']:,} | {period} | {dated} | {d['licence']} | {d['repos']} |"
        )
    return "\n".join(lines)


def _funnel(manifest: Mapping[str, Any]) -> str:
    rows: Mapping[str, Mapping[str, int]] = manifest["funnel"]
    total = {key: sum(row.get(key, 0) for row in rows.values()) for key in _COLUMNS}
    lines = ["| dataset | facts | " + " | ".join(_COLUMNS.values()) + " |", "|---|---:" + "|---:" * len(_COLUMNS) + "|"]
    for name, row in [*((f"`{name}`", row) for name, row in rows.items()), ("**all**", total)]:
        cells = [sum(row.values()), *(row.get(key, 0) for key in _COLUMNS)]
        lines.append(f"| {name} | " + " | ".join(f"{n:,}" for n in cells) + " |")
    return "\n".join(lines)


def _fill(content: str, place: re.Match[str]) -> str:
    return f"{place[1]}{content}\n{place[2]}"


def update(card: Path, manifest: Mapping[str, Any] | None) -> None:
    """Rewrite what stands between `<!-- NAME -->` and `<!-- end -->` in the card, for every generated part."""
    text = card.read_text(encoding="utf-8")
    for name, content in parts(manifest).items():
        place = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
        text = place.sub(partial(_fill, content), text)
    Files(card.parent.resolve()).write(card.name, text.encode())

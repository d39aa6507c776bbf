"""The pages with numbers in them: keeps the generated parts of the data card and the READMEs true to the snapshot."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from analysis.fact import Fact
from analysis.headline import headline
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


def update(page: Path, generated: Mapping[str, str]) -> None:
    """Rewrite what stands between `<!-- NAME -->` and `<!-- end -->` in a page, for every generated part."""
    text = page.read_text(encoding="utf-8")
    for name, content in generated.items():
        place = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
        text = place.sub(partial(_fill, content), text)
    Files(page.parent.resolve()).write(page.name, text.encode())


def update_checkout(root: Path, manifest: Mapping[str, Any], facts: pa.Table) -> None:
    """Bring the data card and both READMEs of a checkout up to date with a new snapshot."""
    update(root / "data" / "README.md", parts(manifest))
    for lang, name in (("en", "README.md"), ("ko", "README.ko.md")):
        update(root / name, {"headline": headline(facts, lang)})

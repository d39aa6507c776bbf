"""Invented stores with facts of two weeks, drafts of them, and what a reader must find in a published folder."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pyarrow as pa
import pytest

from analysis.draw.bundle import NOTHING
from analysis.fact import FACT_SCHEMA
from analysis.fingerprint import company_id
from analysis.publishing import publish, write_rates
from analysis.publishing.basis import find_basis
from analysis.publishing.drafts import write_part
from analysis.publishing.vintages import CURRENT, FOLDER, MANIFEST, to_json
from scrapers.posting import Posting
from scrapers.store import Store

FIRST, SECOND, THIRD = "weekly-2026-11-16", "weekly-2026-11-23", "weekly-2026-11-30"
SVG = '<?xml version="1.0"?>\n<svg width="40pt" height="20pt" viewBox="0 0 40 20">\n <g id="a"/>\n</svg>\n'
PAGE = '<html><body><main id="main" tabindex="-1">\n<h1>{title}</h1></main></body></html>'


def make_fact(i: int, company: str, year: int, has_airflow: bool) -> dict[str, Any]:
    row = {
        "posting_id": f"p{i}",
        "cluster_id": f"p{i}",
        "cluster_rank": 0,
        "source": "greenhouse",
        "family": "ats",
        "company_id": company_id(company),
        "title_hash": i,
        "body_hash": i,
        "near_hash": i,
        "posted_on": f"{year}-05-01",
        "posted_on_kind": "published",
        "country": "KR",
        "lang": "en",
        "n_chars": 900,
        "is_truncated": False,
        "is_survivor": False,
        "roles": ["data_engineer"],
        "role_method": "title",
        "role_confidence": 0.9,
        "skills": [{"skill": "airflow", "level": "required", "how": "cue"}] if has_airflow else [],
        "is_unsectioned": False,
        "tagger_version": "1",
    }
    return {name: row.get(name) for name in FACT_SCHEMA.names}


def to_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=FACT_SCHEMA)


WEEK_ONE = [make_fact(i, f"Moss {i % 60}", 2024 + i % 2, i % 10 == 0) for i in range(300)]
WEEK_TWO = [*WEEK_ONE, *(make_fact(300 + i, f"Fern {i % 12}\x1b", 2025, i % 12 < 10) for i in range(60))]


def collect_week(store: Store, run: str, rows: list[dict[str, Any]], shown: int, tag: str = "") -> None:
    """Commit a run whose board shows all but the first `300 - shown` postings, then the facts."""
    with store.begin(run, read_on=run[-10:]) as writer:
        names = [f"Moss {i % 60}" if i < 300 else f"Fern {i % 12}\x1b" for i in range(len(rows))]
        writer.add(
            Posting(posting_id=row["posting_id"], source="greenhouse", board="b", company=name, text="words")
            for row, name in zip(rows, names, strict=True)
        )
        writer.seen("greenhouse", "b", [row["posting_id"] for row in rows][300 - shown :], may_vanish=True)
        writer.commit({"run": run, "boards": []})
    covers = [c.run for c in store.commits() if c.kind == "postings"]
    with store.lock():
        store.write_facts(
            tag or f"tag-{run}", iter([("greenhouse", to_table(rows))]), covers=covers, tagger_version="1"
        )


def picture(paper: int = 255, width: int = 600) -> bytes:
    found = io.BytesIO()
    matplotlib.image.imsave(found, np.full((60, width, 4), [paper, paper, paper, 255], np.uint8), format="png")
    return found.getvalue()


_RATES: dict[str | None, dict[str, bytes]] = {}
"""Rates counted so far, by the state of the data: counting takes longer than all else."""


def write_draft(store: Store, run: str, note: str = "first") -> None:
    """Write all parts of a run: true rates, and small stand-ins for one figure and the pages."""
    basis = find_basis(store, "store")
    if basis.data in _RATES:
        write_part(store, run, "rates", _RATES[basis.data], basis, {})
    else:
        write_rates(store, run, "store")
        names = store.files.names(f"drafts/{run}/rates")
        _RATES[basis.data] = {name.removeprefix(f"drafts/{run}/"): store.files.read(name) for name in names}
    figure: dict[str, bytes] = {}
    for lang in ("ko", "en"):
        stem = f"figures/fig_4_1.{lang}"
        figure |= {f"{stem}.png": picture(), f"{stem}.svg": SVG.encode(), f"{stem}.pdf": b"%PDF-1.7 " + note.encode()}
        figure[f"{stem}.md"] = f"**{note}**\n".encode()
    words = {"ko": "그림", "en": "figure"}
    figure["figures/fig_4_1.meta.json"] = to_json({"id": "fig_4_1", "title": words, "alt": words})
    figure["figures/fig_4_1.csv"] = f"note\n{note}\n".encode()
    write_part(store, run, "figures", figure, basis, {"fig_4_8": NOTHING, "fig_4_9": NOTHING})
    pages = {name: PAGE.format(title=note).encode() for name in ("report.html", "quality.html")}
    pages |= {f"section4.{lang}.md": f"# {note}\n".encode() for lang in ("ko", "en")}
    write_part(store, run, "report", pages, basis, {})


def second_week(store: Store) -> None:
    """Commit and draft a second week: twelve employers are new, the ten oldest postings are gone from the board."""
    collect_week(store, SECOND, WEEK_TWO, 290)
    write_draft(store, SECOND, "second")


def check_vintage(root: Path, vintage: str) -> dict[str, Any]:
    """Return the manifest of a vintage; fails where a file is missing, differs, or is not named."""
    folder = root / FOLDER / vintage
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    del found[MANIFEST]
    assert {n: hashlib.sha256(c).hexdigest() for n, c in found.items()} == {
        n: each["sha256"] for n, each in manifest["files"].items()
    }
    return manifest


def shown(root: Path) -> str:
    """Return the vintage that readers are shown; fails where it is not whole or link and record differ."""
    name = str(json.loads((root / CURRENT).read_bytes())["vintage"])
    assert check_vintage(root, name)["vintage"] == name
    return name


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return bytes and modification time of every published file, by path."""
    return {
        str(p.relative_to(root)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in sorted((root / FOLDER).rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="session")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of data roots: `new` after its first week, `one` with that published, `two` a week later."""
    folder = tmp_path_factory.mktemp("weeks")
    store = Store(folder / "new")
    collect_week(store, FIRST, WEEK_ONE, 300)
    shutil.copytree(folder / "new", folder / "one")
    store = Store(folder / "one")
    write_draft(store, FIRST)
    publish(store, FIRST)
    shutil.copytree(folder / "one", folder / "two", symlinks=True)
    second_week(Store(folder / "two"))
    return folder


Copy = Callable[[str], Store]


@pytest.fixture
def copy(weeks: Path, tmp_path: Path) -> Copy:
    """Return a copy of one of `weeks`."""

    def take(name: str) -> Store:
        shutil.copytree(weeks / name, tmp_path / "root", symlinks=True)
        return Store(tmp_path / "root")

    return take


@pytest.fixture
def published(copy: Copy) -> Store:
    return copy("one")


@pytest.fixture
def second(copy: Copy) -> Store:
    return copy("two")

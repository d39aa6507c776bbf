"""Corpora: a folder of datasets that describes itself in manifest.csv, imported in one go."""

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scrapers.importing import ImportProblem, ImportSummary, import_files
from scrapers.store import Store


def import_corpora(folder: Path, store: Store, on_rows: Callable[[int], None]) -> list[ImportSummary]:
    """Import every dataset of a folder that describes itself in manifest.csv; returns one summary per dataset.

    The manifest's columns are dataset, family, truncated, years and provenance. Raises ImportProblem when the folder
    has no manifest or a file is missing.
    """
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise ImportProblem(f"{folder} has no manifest.csv (columns dataset, family, truncated, provenance)")
    summaries = []
    with manifest.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            summaries += import_files(
                [folder / f"{row['dataset']}.parquet"],
                store,
                family=row["family"],
                is_truncated=True if row["truncated"] == "True" else None,
                read_on=_read_on(folder / f"{row['dataset']}.parquet", row),
                on_rows=on_rows,
            )
    return summaries


def _read_on(path: Path, row: Mapping[str, str]) -> str | None:
    """Return the day on which a dataset was read: the latest one that its provenance or its own rows name.

    Provenance alone is not enough: where it lists only some of the files, rows of the others would seem to be dated in
    the future.
    """
    days = re.findall(r"\b20\d\d-\d\d-\d\d\b", f"{row.get('original', '')} {row['provenance']}")
    years = re.findall(r"\b(20\d\d):", row.get("years", ""))
    if years and not any(day.startswith(max(years)) for day in days):
        days.append(f"{max(years)}-12-31")
    if path.is_file() and "posted_at" in pq.read_schema(path).names:
        posted = pq.read_table(path, columns=["posted_at"])["posted_at"].drop_null().cast(pa.string()).to_pylist()
        days += [day[:10] for day in posted if re.match(r"20\d\d-\d\d-\d\d", day)]
    return max(days, default=None)

"""Provenance: which postings, which tagger and which version of this project stand behind a figure."""

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from analysis.draw.caption import Provenance
from analysis.loading import Part
from scrapers.store import Store, bundled


def read_json(name: str) -> dict[str, Any]:
    """Return a bundled JSON file, or nothing where the checkout does not have it yet."""
    path = bundled(name)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def code_version() -> str | None:
    """Return the version of the installed project, or None in a checkout that is not installed."""
    try:
        return version("airflow-demand")
    except PackageNotFoundError:
        return None


def vintage(store: Store | None, only_from: Part | None, after: str | None = None) -> str | None:
    """Return the state of the data: the snapshot's newest day and the store's last commit, whichever are read.

    `after` names an earlier commit, for the state as that left it.

    Facts that came back are what they were: their own run is named, so that figures come out with the same bytes.
    """
    parts = []
    if only_from != "store" and (manifest := read_json("snapshot/manifest.json")):
        parts.append(manifest["vintage"])
    commits = store.commits() if store and only_from != "snapshot" else []
    last = next((c for c in reversed(commits) if after in (None, c.run)), None)
    if last:
        parts.append(last.restores or last.run)
    return " + ".join(parts) or None


def provenance(store: Store, only_from: Part | None = None, after: str | None = None) -> Provenance:
    """Return what figures say about their data, with the tagger's quality as measured on labelled postings.

    `after` is that of `vintage`.
    """
    quality = read_json("snapshot/tagger_quality.json").get("figures", [])
    measured = {
        f["name"]: {k: f[k] for k in ("value", "low", "high", "n_postings")} for f in quality if f["group"] == "all"
    }
    manifest = read_json("snapshot/manifest.json")
    days = [d["collected"] for d in manifest.get("datasets", []) if d["collected"]]
    return Provenance(
        vintage=vintage(store, only_from, after),
        code_version=code_version(),
        licence="CC-BY-4.0",
        sites={d["dataset"]: d["site"] for d in manifest.get("datasets", []) if d["site"]},
        retrieved=(min(days), max(days)) if days and only_from != "store" else None,
        role_classifier={name: f for name, f in measured.items() if "role" in name or "engineer" in name},
        skill_extractor={name: f for name, f in measured.items() if "skill" in name or "airflow" in name},
    )

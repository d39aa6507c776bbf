"""Basis: which facts, snapshot, tagger and code stand behind what is published."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from analysis.loading import Part, load_files, snapshot_files
from analysis.provenance import code_version, read_json, vintage
from analysis.publishing.vintages import PublishError, digest
from analysis.quality.runs import runs_until
from scrapers.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The state of the data that one vintage is made of, enough to load the same facts again later."""

    data: str | None
    """The state of snapshot and store, as figures print it."""
    facts_commit: str
    """Run of the commit that made the store's facts current; "" without one."""
    facts_files: Mapping[str, str]
    """The file with the facts of each source of the store, which may be in facts_history/ by now."""
    n_commits: int
    """The last commit's number: what the store held then are the commits up to it."""
    tagger_versions: tuple[str, ...]
    snapshot_vintage: str
    snapshot_sha256: str
    code_version: str | None
    only_from: Part | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "tagger_versions": list(self.tagger_versions)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Basis":
        """Return what `to_dict` was made from."""
        return cls(**{**values, "tagger_versions": tuple(values["tagger_versions"])})


def name_facts(store: Store, run: str | None = None) -> str | None:
    """Return the run of the commit that made the store's facts current, to come back to them; None without facts.

    With the `run` of a commit that collected, they are the facts by which the gate judges it: what later runs brought
    is not among them. Raises QualityError as the gate does.
    """
    if run:
        return runs_until(store, run)[-1].tagged_by
    return next((c.run for c in reversed(store.commits()) if c.kind == "facts"), None)


def find_basis(store: Store, only_from: Part | None, after: str | None = None) -> Basis:
    """Return what would be published now, or what would have been after the commit that `name_facts` named.

    Raises PublishError for a commit that the store does not have.
    """
    is_stored, is_bundled = only_from != "snapshot", only_from != "store"
    commits = store.commits()
    while after and commits and commits[-1].run != after:
        commits.pop()
    if after and not commits:
        raise PublishError(f"the store has no facts of {after}: check the run again")
    facts = next((c for c in reversed(commits) if c.kind == "facts"), None) if is_stored else None
    manifest = read_json("snapshot/manifest.json") if is_bundled else {}
    versions = {*manifest.get("tagger_versions", ()), *([facts.tagger_version] if facts else [])}
    content = b"".join(path.read_bytes() for path in snapshot_files()) if is_bundled else b""
    return Basis(
        data=vintage(store, only_from, after),
        facts_commit=facts.run if facts else "",
        facts_files=store.fact_files(after) if is_stored else {},
        n_commits=commits[-1].seq if commits else 0,
        tagger_versions=tuple(sorted(versions)),
        snapshot_vintage=str(manifest.get("vintage", "")),
        snapshot_sha256=digest(content) if content else "",
        code_version=code_version(),
        only_from=only_from,
    )


def load_facts(store: Store, basis: Basis) -> pa.Table:
    """Return the facts of a basis; raises PublishError where there are none, StoreError where a file is gone."""
    facts = load_files(store, basis.facts_files.values(), basis.only_from)
    if not len(facts):
        raise PublishError("there is no fact to publish: collect and tag postings first")
    return facts

"""Making: what a store gives figures and reports beside its facts, alike for commands and for what is published."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.claim_file import ClaimError, check_claims, load_claims
from analysis.draw.figure import choose
from analysis.draw.options import Options
from analysis.excerpt import Excerpt, excerpts
from analysis.learn.outcomes import outcomes, version_history
from analysis.learn.versions import Versions
from analysis.loading import Part
from analysis.measure.claims import judge
from analysis.measure.population import Query
from analysis.provenance import provenance, read_json
from analysis.quality.gate import history
from analysis.report.evidence import Evidence, gather
from scrapers.store import Store

Progress = Callable[[int, int | None], None]


def complete_options(
    store: Store, style: Options, only: Sequence[str] | None, only_from: Part | None, after: str | None = None
) -> Options:
    """Return options with what the figures named (None: all) take from a store: postings to quote, claims to judge.

    `after` names the commit whose facts are drawn, if not the last.
    """
    taken = {option for spec in choose(only) for option in spec.takes}
    if "excerpts" in taken:
        style = replace(style, excerpts=_quoted(store, only_from, after))
    if "claims" in taken:
        style = replace(style, claims=load_claims(store.files.address))
    return style


def find_evidence(
    store: Store, facts: pa.Table, claims: pd.DataFrame | None, only_from: Part | None, after: str | None = None
) -> Evidence:
    """Return what the report says of these facts of a store, with its claims as judged.

    `after` names the commit that they are of, if not the last.
    """
    return gather(
        facts,
        provenance(store, only_from, after),
        claims,
        quality=read_json("snapshot/tagger_quality.json").get("figures", []),
        datasets=[] if only_from == "store" else read_json("snapshot/manifest.json").get("datasets", []),
        past=[] if only_from == "snapshot" else history(store),
        models=[] if only_from == "snapshot" else version_history(Versions(store.files.address), outcomes(store)),
    )


def judge_claims(
    store: Store, facts: pa.Table, file: Path | None = None, on_progress: Progress = lambda done, total: None
) -> tuple[pd.DataFrame | None, str]:
    """Return the claims judged, and why there are none where these facts cannot answer those that come unasked.

    Raises ClaimError where claims of a `file` that was asked for cannot be judged.
    """
    asked = load_claims(store.files.address, file)
    try:
        check_claims(asked, facts)
    except ClaimError as error:
        if file is not None:
            raise
        return None, str(error)
    return judge(facts, asked, on_progress), ""


def _quoted(store: Store, only_from: Part | None, after: str | None) -> tuple[Excerpt, ...]:
    if only_from == "snapshot" or not store.fact_files(after):
        return ()
    return tuple(excerpts(store, Query(), after=after))

"""Parts: rates, figures and report of a store, as a run of refreshes makes them for its vintage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.draw.bundle import Drawing
from analysis.draw.figure import choose
from analysis.draw.options import Options
from analysis.draw.style import DrawError
from analysis.loading import Part
from analysis.making import complete_options, find_evidence, judge_claims
from analysis.measure.population import Query
from analysis.measure.rates import rates
from analysis.pool import map_in_order
from analysis.provenance import provenance
from analysis.publishing.basis import find_basis, load_facts
from analysis.publishing.drafts import write_part
from analysis.publishing.vintages import Published, latest, read_manifest
from analysis.publishing.words import say
from analysis.report import explorer
from analysis.report.build import make_report
from analysis.table import to_text
from scrapers.store import Store

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "overall": (),
    "by_year": ("year",),
    "by_role": ("role",),
    "by_year_role": ("year", "role"),
    "by_source": ("source",),
}
"""Tables of rates of Airflow in data roles, and what each is grouped by."""


def write_rates(store: Store, run: str, only_from: Part | None = None, after: str | None = None) -> dict[str, Any]:
    """Write TABLES as CSV and JSON, each as the command `rates` prints it, into the run's draft; return counts.

    As for the other parts: a second call leaves files alone that stay the same, and nothing is done for a run that has
    been published. `after` pins the facts to those that `name_facts` named: what is tagged meanwhile changes nothing.
    Raises PublishError where there is no fact.
    """
    if done := _published(store, run):
        return _counts(store, done, "rates/")
    basis = find_basis(store, only_from, after)
    facts = load_facts(store, basis)
    content: dict[str, bytes] = {}
    for name, by in TABLES.items():
        table = rates(facts, Query(by=by))
        table["vintage"] = basis.data
        content |= {f"rates/{name}.csv": to_text(table, "csv").encode()}
        content |= {f"rates/{name}.json": to_text(table, "json").encode()}
    return write_part(store, run, "rates", content, basis, {})


def write_figures(
    store: Store,
    run: str,
    only: Sequence[str] | None = None,
    only_from: Part | None = None,
    workers: int = 2,
    after: str | None = None,
) -> dict[str, Any]:
    """Draw the figures named in `only` (ids; None: all) into the run's draft; return counts, as `write_rates` does.

    A figure that these facts cannot draw is told of under `missing`, with the reason: a young store has no posting of
    the years that most figures show. Raises DrawError for unknown names.
    """
    if done := _published(store, run):
        return _counts(store, done, "figures/")
    basis = find_basis(store, only_from, after)
    facts = load_facts(store, basis)
    ids = [spec.id for spec in choose(only)]
    options = complete_options(store, Options(), ids, only_from, after)
    known = provenance(store, only_from, after)
    content: dict[str, bytes] = {}
    missing = {}
    for drawn in map_in_order(_Attempt(Drawing(facts, options, known)), iter(ids), min(workers, len(ids))):
        content |= {f"figures/{name}": each for name, each in drawn.files.items()}
        if drawn.problem:
            missing[drawn.id] = drawn.problem
    return write_part(store, run, "figures", content, basis, missing)


def write_report(
    store: Store,
    run: str,
    only_from: Part | None = None,
    workers: int = 2,
    after: str | None = None,
    *,
    is_held: bool = False,
) -> dict[str, Any]:
    """Write report, quality page and section 4 into the run's draft; return counts, as `write_rates` does.

    Claims that these facts cannot answer, and the explorer without its extra, are told of under `missing`. With
    `is_held` they are written though the run has been published: judged anew, it is to show what is wrong.
    """
    if not is_held and (done := _published(store, run)):
        return _counts(store, done, "report.html", "quality.html", "section4.")
    basis = find_basis(store, only_from, after)
    facts = load_facts(store, basis)
    judged, why_not = judge_claims(store, facts)
    evidence = find_evidence(store, facts, judged, only_from, after)
    missing = {"claims": why_not} if why_not else {}
    if not explorer.is_installed():
        missing["explorer"] = say("en", "no_extra")
    return write_part(store, run, "report", make_report(facts, evidence, workers=workers), basis, missing)


@dataclass(frozen=True, slots=True)
class _Drawn:
    id: str
    files: Mapping[str, bytes]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Draws a figure in whatever process; one that cannot be drawn must not cost the others."""

    drawing: Drawing

    def __call__(self, id: str) -> _Drawn:
        try:
            return _Drawn(id, self.drawing(id))
        except DrawError as error:
            return _Drawn(id, {}, str(error).removeprefix(f"{id}: "))


def _published(store: Store, run: str) -> Published | None:
    found = latest(store, run)
    return found if found and not found.is_held else None


def _counts(store: Store, done: Published, *starts: str) -> dict[str, Any]:
    manifest = read_manifest(store, done.vintage)
    n_files = sum(name.startswith(starts) for name in manifest["files"])
    missing = {name: why for name, why in manifest["missing"].items() if _room(name).startswith(starts)}
    return {"n_files": n_files, "n_changed": 0, "missing": missing}


def _room(name: str) -> str:
    """Return where what is missing would have been: a figure by its id, else a piece of the report."""
    return f"figures/{name}" if name.startswith("fig_") else "report.html"

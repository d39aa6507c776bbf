"""Evidence: everything that the pages say, counted once from the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis import audit
from analysis.coverage import levels_decided, section_coverage
from analysis.draw.caption import Provenance
from analysis.headline import PERIOD, questions
from analysis.measure.population import Query, QueryError, funnel
from analysis.measure.rates import rates
from analysis.measure.steady import steady
from analysis.measure.trend import trends
from analysis.quality.verdict import Assessment

SKILL: Final = "airflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured; a part that these facts cannot answer is None or empty."""

    rows: Sequence[pd.Series]
    """A row of `rates` for each of `headline.questions`."""
    trends: pd.DataFrame
    growth: str
    """The verdict of `steady`."""
    claims: pd.DataFrame | None
    """What `claims.judge` returns."""
    coverage: pd.DataFrame
    """Postings for data roles by family (rows) and year (columns)."""
    by_source: pd.DataFrame
    """All facts by source (rows) and year (columns; "" when undated)."""
    sections: pd.DataFrame
    how: Mapping[str, float]
    funnel: pd.DataFrame
    audit: Mapping[str, Any] | None
    quality: Sequence[Mapping[str, Any]]
    datasets: Sequence[Mapping[str, Any]]
    provenance: Provenance
    past: Sequence[Assessment] = ()
    """What the weekly checks said of each run of the store, oldest first."""
    models: Sequence[Mapping[str, Any]] = ()
    """What `learn.outcomes.version_history` tells of the versions of the tagger's models."""

    @property
    def headline(self) -> "pd.Series[Any]":
        return self.rows[0]


def gather(
    facts: pa.Table,
    provenance: Provenance,
    claims: pd.DataFrame | None = None,
    quality: Sequence[Mapping[str, Any]] = (),
    datasets: Sequence[Mapping[str, Any]] = (),
    past: Sequence[Assessment] = (),
    models: Sequence[Mapping[str, Any]] = (),
) -> Evidence:
    """Return the evidence of facts with the columns of FACT_SCHEMA; the rest is what the caller knows of them."""
    by_year = rates(facts, Query(by=("family", "year")))
    years = facts.select(["source", "posted_on"]).to_pandas().astype({"source": str})
    years["year"] = years["posted_on"].astype(object).where(years["posted_on"].notna(), "").str[:4]
    return Evidence(
        rows=[rates(facts, query).iloc[0] for query, *_ in questions("en")],
        trends=trends(facts, Query(years=PERIOD)).set_index("series"),
        growth=str(steady(facts, Query(years=PERIOD)).attrs["verdict"]),
        claims=claims,
        coverage=by_year.pivot(index="family", columns="year", values="n").fillna(0).astype(int),
        by_source=years.groupby(["source", "year"]).size().unstack(fill_value=0),
        sections=section_coverage(facts),
        how=levels_decided(facts),
        funnel=funnel(facts, Query(years=PERIOD)),
        audit=_audit(facts),
        quality=quality,
        datasets=datasets,
        provenance=provenance,
        past=past,
        models=models,
    )


def _audit(facts: pa.Table) -> Mapping[str, Any] | None:
    try:
        return audit.report(audit.graded(facts, SKILL))
    except QueryError:
        return None

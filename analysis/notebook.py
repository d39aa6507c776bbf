"""What notebooks call: questions asked in keywords, answered as results that carry what they rest on."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis import exporting as _exporting
from analysis import loading as _loading
from analysis.audit import graded as _graded
from analysis.known import check as _check
from analysis.measure.population import Query
from analysis.measure.rates import rates as _rates
from analysis.measure.trend import trends as _trends
from analysis.provenance import code_version, vintage
from analysis.results import Result, result
from scrapers.store import Store, default_root

_VINTAGE: Final = b"airflow-demand vintage"


def load(data: str | Path | None = None, only_from: _loading.Part | None = None) -> pa.Table:
    """Return facts, one row per posting: those of the snapshot and of the store at `data` (a data root).

    `only_from` is "snapshot" or "store" for one of them alone. The columns are explained in data/README.md.
    """
    facts = _loading.load(data, only_from)
    known = vintage(Store(data if data is not None else default_root()), only_from)
    return facts.replace_schema_metadata({_VINTAGE: known.encode()} if known else None)


def export(facts: pa.Table, path: str | Path) -> Path:
    """Write facts as .parquet or .csv (lists as JSON), whole or not at all, and return the path."""
    return _exporting.export(facts, Path(path))


def rates(facts: pa.Table | None = None, *, correct: bool = False, **question: Any) -> Result:
    """Return rates with n and 95% intervals; with `correct`, also as they would be had every hit been read.

    Keywords: skill ("airflow"), level (any, required, preferred, required_or_preferred, mentioned), roles, years (a
    year, or first and last), families, sources, countries, posting_lang, by (year, role, source, family, country,
    ...), weights (none, mix, company, capped), with_vendors, with_survivors. A single name needs no tuple.

    rate = k / n (weights none). Interval: Wilson (Journal of the American Statistical Association 22, 1927) at
    n_eff = n / design effect, the design effect from a delete-one-company jackknife; below n_eff 30 withheld.

    Without `facts`, those of the snapshot and of the default store are used. Raises QueryError for a question that
    cannot be asked, and to correct a skill whose hits nobody read (only those of airflow were).

    Example: rates(by=("year", "role"), years=(2020, 2024), level="required", correct=True)
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "rates", _rates(facts, query, _graded(facts, query.skill) if correct else None))


def trend(facts: pa.Table | None = None, **question: Any) -> Result:
    """Return the trend over years crude, with role and source type held fixed, and of Hacker News alone.

    One row each, in points per year with a 95% interval and a verdict; `.attrs["verdict"]` is what the last two agree
    on. The crude row alone says nothing: sources change from year to year. Keywords as for `rates`.

    Weighted least squares of the yearly rates at their effective sizes; interval by company jackknife.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "trend", _trends(facts, query))


def _ask(facts: pa.Table | None, question: dict[str, Any]) -> tuple[pa.Table, Query]:
    """Return the facts and the question; raises QueryError for one that no fact can answer."""
    facts, query = load() if facts is None else facts, Query(**_plain(question))
    _check(query, facts)
    return facts, query


_LISTS: Final = ("roles", "families", "sources", "countries", "by", "date_kinds")


def _plain(question: dict[str, Any]) -> dict[str, Any]:
    """Return keywords as Query wants them: a lone name as a tuple of one, a lone year as a period."""
    plain = {k: (v,) if k in _LISTS and isinstance(v, str) else v for k, v in question.items()}
    if isinstance(year := plain.get("years"), int):
        plain["years"] = (year, year)
    return plain


def _answer(facts: pa.Table, kind: str, table: pd.DataFrame) -> Result:
    known = (facts.schema.metadata or {}).get(_VINTAGE)
    return result(table, kind=kind, vintage=known.decode() if known else None, code_version=code_version())

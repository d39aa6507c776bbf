"""What notebooks call: questions asked in keywords, answered as DataFrames that carry what they rest on in `.attrs`."""

from typing import Any

import pandas as pd
import pyarrow as pa

from analysis import loading as _loading
from analysis.audit import graded as _graded
from analysis.measure.population import Query
from analysis.measure.rates import rates as _rates
from analysis.measure.trend import trends as _trends


def load(**where: Any) -> pa.Table:
    """Return facts; keywords as for `analysis.loading.load`: data (a data root), only_from ("snapshot" or "store")."""
    return _loading.load(**where)


def rates(facts: pa.Table | None = None, *, correct: bool = False, **question: Any) -> pd.DataFrame:
    """Return rates with n and 95% intervals; with `correct`, also as they would be had every hit been read.

    Keywords: skill ("airflow"), level (any, required, preferred, required_or_preferred, mentioned), roles, years
    (first, last), families, sources, countries, posting_lang, by (a tuple of year, role, source, family, country, ...),
    weights (none, mix, company, capped), with_vendors, with_survivors.

    Without `facts`, those of the snapshot and of the default store are used. Raises QueryError for a question that
    cannot be asked, and to correct a skill whose hits nobody read (only those of airflow were).

    Example: rates(by=("year", "role"), years=(2020, 2024), level="required", correct=True)
    """
    facts, query = _facts(facts), Query(**question)
    return _rates(facts, query, _graded(facts, query.skill) if correct else None)


def trend(facts: pa.Table | None = None, **question: Any) -> pd.DataFrame:
    """Return the trend over years crude, with role and source type held fixed, and of Hacker News alone.

    One row each, in points per year with a 95% interval and a verdict; `.attrs["verdict"]` is what the last two agree
    on. The crude row alone says nothing: sources change from year to year. Keywords as for `rates`.
    """
    return _trends(_facts(facts), Query(**question))


def _facts(facts: pa.Table | None) -> pa.Table:
    return _loading.load() if facts is None else facts

"""What notebooks call: questions asked in keywords, answered as DataFrames that carry what they rest on in `.attrs`."""

from typing import Any

import pandas as pd
import pyarrow as pa

from analysis import loading as _loading
from analysis.measure.population import Query
from analysis.measure.rates import rates as _rates
from analysis.measure.trend import Trend
from analysis.measure.trend import trend as _trend


def load(**where: Any) -> pa.Table:
    """Return facts; keywords as for `analysis.loading.load`: data (a data root), only_from ("snapshot" or "store")."""
    return _loading.load(**where)


def rates(facts: pa.Table | None = None, **question: Any) -> pd.DataFrame:
    """Return rates with n and 95% intervals; keywords are the fields of `analysis.measure.population.Query`.

    Without `facts`, those of the snapshot and of the default store are used. Raises QueryError for a question that
    cannot be asked.

    Example: rates(by=("year", "role"), years=(2020, 2024), level="required")
    """
    return _rates(_facts(facts), Query(**question))


def trend(facts: pa.Table | None = None, **question: Any) -> Trend:
    """Return the trend over years in points per year with its 95% interval; keywords as for `rates`."""
    return _trend(_facts(facts), Query(**question))


def _facts(facts: pa.Table | None) -> pa.Table:
    return _loading.load() if facts is None else facts

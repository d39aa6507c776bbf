"""What notebooks call: questions asked in keywords, answered as results that carry what they rest on."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analysis import claim_file as _claim_file
from analysis import excerpt as _excerpt
from analysis import exporting as _exporting
from analysis import loading as _loading
from analysis.audit import graded as _graded
from analysis.explanation import explain as _explain
from analysis.known import check as _check
from analysis.known import check_skill as _check_skill
from analysis.measure.chained import chained as _chained
from analysis.measure.change import decompose as _decompose
from analysis.measure.claims import judge as _judge
from analysis.measure.companies import companies as _companies
from analysis.measure.compare import compare as _compare
from analysis.measure.cooccur import cooccur as _cooccur
from analysis.measure.effects import margins as _margins
from analysis.measure.population import Query, QueryError
from analysis.measure.rates import rates as _rates
from analysis.measure.sensitivity import sensitivity as _sensitivity
from analysis.measure.steady import steady as _steady
from analysis.measure.trend import trends as _trends
from analysis.provenance import code_version, vintage
from analysis.results import Lines, Result, result
from analysis.telling import explanation_lines as _explanation_lines
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


def steady(facts: pa.Table | None = None, **question: Any) -> Result:
    """Return whether growth was steady: the share of draws of whole companies in which every year is above the last.

    Rows crude, standardised and hn; `.attrs["verdict"]` is what the last two agree on. Keywords as for `rates`.
    Company bootstrap, seeded; Cochran-Armitage z at effective sizes; lack of fit of a straight line.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "steady", _steady(facts, query))


def decompose(
    facts: pa.Table | None = None, first: int | None = None, last: int | None = None, **question: Any
) -> Result:
    """Return what the change from the first to the last year is made of; the parts add up.

    within = sum_j (w_0j + w_1j)/2 (p_1j - p_0j), mix = sum_j (p_0j + p_1j)/2 (w_1j - w_0j) over cells of role x kind of
    source (Kitagawa, Journal of the American Statistical Association 50, 1955). Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "decompose", _decompose(facts, query, first, last))


def margins(facts: pa.Table | None = None, **question: Any) -> Result:
    """Return yearly rates by a logistic regression on year, role and kind of source, averaged over one mix.

    `.attrs["odds_ratio"]` is the factor per year with its interval. Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "margins", _margins(facts, query))


def chained(facts: pa.Table | None = None, unit: str = "family", **question: Any) -> Result:
    """Return yearly rates of the sources that last (fixed panel) and linked through matched cells (chained).

    L_t = L_s + sum_j w_j (p_tj - p_sj). `unit` is family or source. Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "chained", _chained(facts, query, unit))


def companies(facts: pa.Table | None = None, **question: Any) -> Result:
    """Return the rate with one vote per posting, capped, with one per company, and of companies with any hit.

    sum k_g / sum n_g; weights min(n_g, 3) / n_g; mean of k_g / n_g; share with k_g > 0. Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "companies", _companies(facts, query))


def compare(facts: pa.Table | None = None, skills: Sequence[str] = (), **question: Any) -> Result:
    """Return skills on the same postings, each with its difference from the first one in percentage points.

    Paired: square-and-add of the intervals with their jackknife correlation (Newcombe, Statistics in Medicine 17,
    1998). Keywords as for `rates`, but for skill.
    """
    facts, query = _ask(facts, question)
    for skill in skills:
        _check_skill(skill, facts)
    return _answer(facts, "compare", _compare(facts, query, skills))


def cooccur(facts: pa.Table | None = None, n_top: int = 20, **question: Any) -> Result:
    """Return what is named together with the skill: Mantel-Haenszel odds ratios over role x year.

    sum(a d / n) / sum(b c / n); q is p after Benjamini and Hochberg over the whole list. Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "cooccur", _cooccur(facts, query, n_top))


def sensitivity(facts: pa.Table | None = None, **question: Any) -> Result:
    """Return the rate under every other defensible way of counting; `.attrs["span"]` is the lowest and the highest.

    A specification curve (Simonsohn, Simmons & Nelson, Nature Human Behaviour 4, 2020). Keywords as for `rates`.
    """
    facts, query = _ask(facts, question)
    return _answer(facts, "sensitivity", _sensitivity(facts, query))


def claims(facts: pa.Table | None = None, file: str | Path | None = None, data: str | Path | None = None) -> Result:
    """Return the verdict on each claim of a file, of claims.yaml in the data root, or else of the presentation.

    Each is held against its own measure, for all postings and for Korea, and again under other ways of counting. The
    fields of a file are explained in data/README.md. Raises ClaimError with file and line.
    """
    facts = load(data) if facts is None else facts
    asked = _claim_file.load_claims(data, None if file is None else Path(file))
    _claim_file.check_claims(asked, facts)
    return _answer(facts, "claims", _judge(facts, asked))


def excerpts(data: str | Path | None = None, n: int = 1, masked: bool = False, **question: Any) -> Result:
    """Return for each level the `n` best excerpts of your store: at most 25 words on each side, and what decided.

    Without texts in the store they are from postings written for this project, and `is_example` says so. `masked`
    leaves out employer, title and link. Keywords as for `rates`.
    """
    store, query = Store(data if data is not None else default_root()), Query(**_plain(question))
    is_own = bool(store.fact_files())
    found = _excerpt.excerpts(store, query, n, is_masked=masked) if is_own else _excerpt.examples(query, n)
    names = [f.name for f in fields(_excerpt.Excerpt) if f.name != "lines"]
    rows = [
        {name: getattr(e, name) for name in names} | {"quote": " / ".join(line.text for line in e.lines)} for e in found
    ]
    known = vintage(store, "store") if is_own else None
    return result(pd.DataFrame(rows, columns=[*names, "quote"]), kind="excerpts", query=asdict(query), vintage=known)


def explain(
    posting: str, facts: pa.Table | None = None, skill: str = "airflow", data: str | Path | None = None
) -> Lines:
    """Return why a posting counts or does not: its vacancy, date, roles and skills, and the words that decided.

    `posting` is its id, a beginning of it, or its number on Hacker News; words are shown where your store has the text.
    Raises Misuse when no posting or more than one answers to it.
    """
    facts = load(data) if facts is None else facts
    _check_skill(skill, facts)
    told = _explain(facts, Store(data if data is not None else default_root()), posting.strip().lower(), skill)
    return Lines((line.text, line.spans) for line in _explanation_lines(told))


def _ask(facts: pa.Table | None, question: dict[str, Any]) -> tuple[pa.Table, Query]:
    """Return the facts and the question; raises QueryError for one that no fact can answer."""
    if not isinstance(facts, pa.Table | None):
        raise QueryError(
            f"{facts!r} is not a table of facts: pass what load() returns, or nothing; everything else goes by name, "
            'as in rates(skill="dagster") or compare(skills=["airflow", "dagster"])'
        )
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
